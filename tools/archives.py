"""What a wheel or an sdist says of itself, read out of the archive; nothing of it is run."""

from __future__ import annotations

import re
import tarfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from audit.metadata import read_headers, requires_txt_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Described:
    """The facts of one file of a release."""

    requires: tuple[str, ...]
    requires_python: str | None
    import_names: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """A wheel or sdist, opened: its members and a way to read one as text."""

    members: tuple[str, ...]
    read: Callable[[str], str]

    def first(self, pattern: str) -> str | None:
        """Return the shallowest member that matches: the project's own, not one of its tests'."""
        found = [member for member in self.members if re.fullmatch(pattern, member)]
        return min(found, key=lambda member: (member.count("/"), member), default=None)

    def text(self, pattern: str) -> str:
        """Return the text of the first member that matches; empty where none does."""
        member = self.first(pattern)
        return self.read(member) if member else ""


def describe(path: Path, name: str) -> Described:
    """Read a wheel, or an sdist as tar or zip; `name` is the file's name on the index."""
    with _opened(path, name) as archive:
        return _describe_wheel(archive) if name.endswith(".whl") else _describe_sdist(archive)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Archive]:
    if name.endswith((".whl", ".zip")):
        with zipfile.ZipFile(path) as zipped:
            yield Archive(tuple(zipped.namelist()), lambda member: _text(zipped.read(member)))
        return
    with tarfile.open(path) as tar:
        files = {member.name: member for member in tar.getmembers() if member.isfile()}

        def read(member: str) -> str:
            content = tar.extractfile(files[member])
            return _text(content.read()) if content else ""

        yield Archive(tuple(files), read)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _describe_wheel(wheel: Archive) -> Described:
    headers = read_headers(wheel.text(r"[^/]+\.dist-info/METADATA"))
    data = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")
    installed = {data.sub("", member): member for member in wheel.members}
    modules = {
        path: member
        for path, member in installed.items()
        if not re.match(r"[^/]+\.(dist-info|data)/", path)
    }
    return Described(
        requires=headers.requires_dist,
        requires_python=headers.requires_python,
        import_names=import_names(modules, _namespaces(wheel, modules.items())),
    )


def _describe_sdist(sdist: Archive) -> Described:
    headers = read_headers(sdist.text(r"[^/]+/PKG-INFO"))
    lines = requires_txt_lines(sdist.text(r".*\.egg-info/requires\.txt"))
    note = None
    if not sdist.first(r".*\.egg-info/PKG-INFO") and "install_requires" in sdist.text(
        r"[^/]+/setup\.py"
    ):
        note = "its setup.py names install_requires that nothing static repeats"
    return Described(
        requires=headers.requires_dist or lines,
        requires_python=headers.requires_python,
        import_names=_sdist_names(sdist),
        note=note,
    )


_NOT_INSTALLED = re.compile(
    r"(setup|conf|\w*_setup|tests?(_.*)?|runtests|docs?|examples?|scripts?|tools|build|benchmarks?)"
)


def _sdist_names(sdist: Archive) -> tuple[str, ...]:
    """Take what lies where packages lie; `top_level.txt`, where there is one, says which count."""
    top_level = set(sdist.text(r".*\.egg-info/top_level\.txt").split())
    inside = {member.partition("/")[2]: member for member in sdist.members}
    for root in ("src/", "lib/", "python/", ""):
        paths = {
            path.removeprefix(root): member
            for path, member in inside.items()
            if path.startswith(root)
        }
        found = import_names(paths, _namespaces(sdist, paths.items()))
        tops = {name: name.partition(".")[0] for name in found}
        if top_level:
            own = {name for name, top in tops.items() if top in top_level}
        else:
            own = {name for name, top in tops.items() if not _NOT_INSTALLED.fullmatch(top)}
        if own:
            # What top_level.txt has and no file shows is an extension module, still to be built.
            return tuple(sorted(own | (top_level - set(tops.values()))))
    return tuple(sorted(top_level))


_NAMESPACE = re.compile(r"declare_namespace\(__name__\)|extend_path\(__path__")


def _namespaces(archive: Archive, paths: Iterable[tuple[str, str]]) -> set[str]:
    """Return the top-level packages whose own `__init__.py` says that they are shared."""
    return {
        path.partition("/")[0]
        for path, member in paths
        if re.fullmatch(r"\w+/__init__\.py", path) and _NAMESPACE.search(archive.read(member))
    }


_MODULE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\.py|(?:\.[\w-]+)?\.so)")


def import_names(paths: Iterable[str], namespaces: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names that installing these files makes importable, sorted.

    A namespace package (PEP 420, or one of `namespaces`) belongs to nobody, so what stands
    for it are the names inside of it: `google.protobuf`, not `google`.
    """
    modules = {path for path in paths if _MODULE.fullmatch(PurePosixPath(path).name)}
    return tuple(sorted(_names(modules, "", frozenset(namespaces))))


def _names(modules: set[str], folder: str, namespaces: frozenset[str]) -> Iterator[str]:
    dotted = folder.replace("/", ".")
    for child in sorted({path[len(folder) :].partition("/")[0] for path in modules}):
        module = _MODULE.fullmatch(child)
        inside = {path for path in modules if path.startswith(f"{folder}{child}/")}
        if module and module["name"] != "__init__":
            yield dotted + module["name"]
        elif child.isidentifier():
            is_package = f"{folder}{child}/__init__.py" in inside
            if is_package and dotted + child not in namespaces:
                yield dotted + child
            else:
                yield from _names(inside, f"{folder}{child}/", namespaces)
