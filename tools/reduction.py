"""What of an index's pages and files is worth recording; the rest decides no resolution."""

from __future__ import annotations

import email
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import InvalidSdistFilename, parse_sdist_filename

from tools.synthesis import BRANCHES, COMPILES, COMPUTES, PACKINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tools.facts import Listed

PYTHONS = ("27", "36", "37", "39", "310", "311")
"""The runtimes, and the Python that peers of a benchmark run on."""


class _Wheel(NamedTuple):
    """A wheel's tags, as far as they decide whether it is kept."""

    fits: bool
    system: str


def kept(files: Sequence[Listed]) -> tuple[Listed, ...]:
    """Leave out what no runtime of ours can use, and nothing that changes a reason.

    A release whose wheels all are for other Pythons or systems keeps those for Linux, else one
    for each system: that it has such wheels, and no others, is what an explanation says.
    """
    releases: defaultdict[str, list[Listed]] = defaultdict(list)
    for file in files:
        if file.name.endswith((".whl", *PACKINGS)):
            releases[_release(file.name)].append(file)
    chosen = {file.name for release in releases.values() for file in _worth(release)}
    return tuple(file for file in files if file.name in chosen)


def _release(file: str) -> str:
    if file.endswith(".whl"):
        return file.split("-")[1]
    try:
        return str(parse_sdist_filename(file)[1])
    except InvalidSdistFilename:
        return file


def _worth(release: Iterable[Listed]) -> Iterator[Listed]:
    others: defaultdict[str, list[Listed]] = defaultdict(list)
    fitting = False
    for file in release:
        wheel = _wheel(file.name) if file.name.endswith(".whl") else None
        if wheel is None or wheel.fits:
            fitting |= wheel is not None
            yield file
        else:
            others[wheel.system].append(file)
    if not fitting and "linux" in others:
        yield from others["linux"]
    elif not fitting:
        yield from (files[0] for files in others.values())


def _wheel(file: str) -> _Wheel:
    *_, pythons, abis, platforms = file.removesuffix(".whl").split("-")
    system = _system(platforms)
    return _Wheel(system in {"any", "linux"} and _loads(pythons, abis), system)


def _system(platforms: str) -> str:
    if platforms == "any":
        return "any"
    if re.search(r"(many)?linux[^.]*_x86_64", platforms) and "musl" not in platforms:
        return "linux"
    return re.split(r"[_\d]", platforms)[0]


def _loads(pythons: str, abis: str) -> bool:
    for python in pythons.split("."):
        kind, version = python[:2], python[2:]
        if kind == "py" or (kind == "cp" and version in PYTHONS):
            return True
        if kind == "cp" and "abi3" in abis and version[:1] == "3" and int(version[1:] or 0) <= 11:  # noqa: PLR2004 - the newest of PYTHONS
            return True
    return False


_HEADERS = (
    "Metadata-Version",
    "Name",
    "Version",
    "Requires-Python",
    "Requires-Dist",
    "Provides-Extra",
    "Dynamic",
)
_CLASSIFIED = "Programming Language :: Python ::"


def headers(text: str) -> str:
    """Return METADATA or PKG-INFO with the headers that resolving reads, as they are written."""
    found = []
    for name, value in email.message_from_string(text).items():
        is_python = name.title() == "Classifier" and value.startswith(_CLASSIFIED)
        if name.title() in _HEADERS or is_python:
            found.append(f"{name}: {value}\n")
    return "".join(found)


_MODULE = re.compile(r"[A-Za-z_]\w*(\.py|(\.[\w-]+)?\.so)")
_NAMESPACE = re.compile(r"declare_namespace\(__name__\)|extend_path\(__path__")
_SHARED = "__import__('pkg_resources').declare_namespace(__name__)\n"
_DEEPEST = 3
_LONGEST = 600
"""The bytes of an `__init__.py` that may do no more than declare a namespace."""


def modules(sizes: dict[str, int], read: Callable[[str], str], root: str = "") -> dict[str, str]:
    """Return the members that decide what can be imported: emptied modules, shared packages.

    `sizes` are those of all members by path; packages are followed down where they are shared.
    """
    here = {path.removeprefix(root): path for path in sizes if path.startswith(root)}
    found: dict[str, str] = {}
    for path in sorted(here):
        first, _, rest = path.partition("/")
        if _MODULE.fullmatch(path) and path != "__init__.py":
            found[root + path] = ""
        elif rest == "__init__.py" and first.isidentifier():
            is_shared = sizes[here[path]] <= _LONGEST and _NAMESPACE.search(read(here[path]))
            found[root + path] = _SHARED if is_shared else ""
    folders = {path.partition("/")[0] for path in here if "/" in path}
    for folder in sorted(filter(str.isidentifier, folders)):
        if found.get(f"{root}{folder}/__init__.py") != "" and root.count("/") < _DEEPEST:
            found |= modules(sizes, read, f"{root}{folder}/")
    return found


def sdist_members(paths: dict[str, int], read: Callable[[str], str]) -> dict[str, str]:
    """Return the members of an sdist that matter, without its top folder in their paths."""
    found: dict[str, str] = {}
    for root in ("", "src/", "lib/", "lib3/", "python/"):
        found |= modules(paths, read, root)
    setup = read("setup.py") if "setup.py" in paths else ""
    info = sorted(
        (path for path in paths if ".egg-info/" in path), key=lambda path: path.count("/")
    )
    for path in info:
        if path.endswith(("/requires.txt", "/top_level.txt")):
            found[path] = read(path)
        elif path.endswith("/PKG-INFO"):
            found[path] = ""
    found["setup.py"] = " ".join(_words(paths, setup, is_static=bool(info)))
    return found


_COMPILES = re.compile(r"ext_modules|\bExtension\(|cythonize|cffi_modules|rust_extensions")
_BRANCHES = re.compile(r"version_info[\s\S]{0,300}requires|requires[\s\S]{0,300}version_info")


def _words(paths: Iterable[str], setup: str, *, is_static: bool) -> Iterator[str]:
    if _COMPILES.search(setup) or any(path.endswith((".pyx", "Cargo.toml")) for path in paths):
        yield COMPILES
    if "install_requires" in setup and not is_static:
        yield COMPUTES
    if _BRANCHES.search(setup):
        yield BRANCHES
