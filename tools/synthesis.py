"""Distribution files made up from recorded facts: valid, minimal, and of nobody's making.

A wheel holds its METADATA and empty modules of the recorded names; an sdist holds PKG-INFO,
egg-info and a setup.py with the recorded requirements written out. Equal facts give equal
bytes, so that their digests can be announced.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
from typing import TYPE_CHECKING

from audit.metadata import read_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tools.facts import Said

PACKINGS: Mapping[str, Callable[[bytes], bytes]] = {
    ".tar.gz": lambda content: gzip.compress(content, mtime=0),
    ".tgz": lambda content: gzip.compress(content, mtime=0),
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".zip": bytes,
}
"""How the files of sdists end, and how their archives are packed."""
COMPILES, COMPUTES, BRANCHES = "ext_modules", "install_requires", "sys.version_info"
"""The words of an sdist's setup.py that are recorded: it compiles, it computes what it requires
where nothing static says it, it looks at the Python that runs it."""
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can name


def archive(file: str, said: Said) -> bytes:
    """Return the bytes of a wheel or sdist of this name."""
    if file.endswith(".whl"):
        return _zipped(_wheel(file, said))
    ending = next(each for each in PACKINGS if file.endswith(each))
    stem = file.removesuffix(ending)
    members = {f"{stem}/{path}": text for path, text in _sdist(stem, said).items()}
    return _zipped(members) if ending == ".zip" else PACKINGS[ending](_tarred(members))


def _wheel(file: str, said: Said) -> dict[str, str]:
    name, version, *_, python, abi, platform = file.removesuffix(".whl").split("-")
    info = f"{name}-{version}.dist-info"
    members = dict(_named(name) if said.members is None else said.members)
    members[f"{info}/METADATA"] = said.metadata
    is_pure = str(platform == "any").lower()
    members[f"{info}/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: replay\nRoot-Is-Purelib: {is_pure}\n"
        f"Tag: {python}-{abi}-{platform}\n"
    )
    record = "".join(f"{path},,\n" for path in (*members, f"{info}/RECORD"))
    return {**members, f"{info}/RECORD": record}


def _named(name: str) -> dict[str, str]:
    """Return the members of a file that nobody looked into: a package of its own name."""
    return {f"{re.sub('[-.]+', '_', name).lower()}/__init__.py": ""}


def _sdist(stem: str, said: Said) -> dict[str, str]:
    name = stem.rpartition("-")[0]
    members = dict(_named(name) if said.members is None else said.members)
    words = members.get("setup.py", "").split()
    requires = [text for path, text in members.items() if path.endswith("/requires.txt")]
    members["setup.py"] = _setup(said.metadata, requires, words)
    described = [path for path in members if path.endswith(".egg-info/PKG-INFO")]
    return {**members, **dict.fromkeys(("PKG-INFO", *described), said.metadata)}


def _setup(metadata: str, requires: list[str], words: list[str]) -> str:
    headers = read_headers(metadata)
    sections = _sections(requires[0] if requires else "\n".join(headers.requires_dist))
    arguments = {
        "name": repr(headers.name),
        "version": repr(headers.version),
        "install_requires": repr(sections.pop("", [])),
        "extras_require": repr(sections),
    }
    if COMPILES in words:
        arguments["ext_modules"] = "[Extension('made_up', ['made_up.c'])]"
    if COMPUTES in words:
        arguments["install_requires"] = "list(map(str, ()))"
    elif not requires and not headers.requires_dist:
        del arguments["install_requires"]
    lines = ["import sys", "from setuptools import Extension, setup"]
    if BRANCHES in words:
        lines.append("if sys.version_info < (2, 6): install_requires = []")
    written = "".join(f"    {key}={value},\n" for key, value in arguments.items())
    return "\n".join((*lines, f"setup(\n{written})\n"))


def _sections(text: str) -> dict[str, list[str]]:
    """Split a requires.txt: its section names are keys that `extras_require` takes."""
    sections: dict[str, list[str]] = {}
    section = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("["):
            section = line.strip("[]")
        elif "extra ==" not in line:  # of a Requires-Dist: setuptools takes no such marker
            sections.setdefault(section, []).append(line)
    return sections


def _zipped(members: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        for path, text in members.items():
            info = zipfile.ZipInfo(path, _EPOCH)
            info.external_attr = 0o644 << 16  # else unreadable once it is installed
            zipped.writestr(info, text)
    return content.getvalue()


def _tarred(members: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for path, text in members.items():
            info = tarfile.TarInfo(path)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return content.getvalue()
