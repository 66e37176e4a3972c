"""The project's own modules: what an import finds among its files, as a given Python looks.

The rules are those of CPython on Linux: `imp` of Python 2.7 (packages need `__init__.py`,
a package's own modules come first without being asked for) and `importlib` of Python 3
(PEP 420 namespace packages, ABI-tagged extension modules by PEP 3149).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.code import Import, Source

_LAST_WITH_PYMALLOC_FLAG = (3, 7)  # cpython-37m, then cpython-38


class Found(NamedTuple):
    """An import finds an own module."""

    name: str
    """Its full dotted name, counted from a folder on `sys.path`."""
    path: str
    """Its file, or a folder ending in `/` for a package without `__init__.py`."""
    loads: tuple[str, ...]
    """The files that run for it: the `__init__.py` of each package around it, then its own."""
    namespace: bool = False
    """Its outermost package is a folder without `__init__.py`: a regular module or package of
    that name anywhere else on `sys.path`, also a later one, is found in its place."""


class NotFound(NamedTuple):
    """No own module answers to an import."""

    reason: str
    near: str | None = None
    """The own file or folder that was nearly it; None where nothing of the project is like it."""


class Importer(NamedTuple):
    """The file in which an import stands."""

    path: str
    absolute: bool = False
    """It has `from __future__ import absolute_import`."""


def importer_of(source: Source) -> Importer:
    """Return what a source's own imports are looked up by."""
    absolute = any("absolute_import" in each.names for each in source.imports)
    return Importer(path=source.path, absolute=absolute)


class _Package(NamedTuple):
    """Where the search stands: the folders of a package (the roots at first), what ran so far."""

    name: str
    folders: tuple[str, ...]
    loads: tuple[str, ...] = ()
    namespace: bool = False


class LocalModules(NamedTuple):
    """The files that an import could load, seen from the folders on `sys.path`.

    Paths are relative to the project root, with `/`.
    """

    files: frozenset[str]
    folders: frozenset[str]
    """Every folder with a file in it, at any depth."""
    roots: tuple[str, ...]
    """Folders on `sys.path`, each empty or ending in `/`."""
    stems: frozenset[str]
    """Every file up to the first dot of its name, and every folder."""
    alike: Mapping[str, str]
    """A module's path up to its first dot, in lower case -> one file or folder called so."""

    def find(
        self,
        module: str,
        *,
        version: tuple[int, int],
        importer: Importer | None = None,
        level: int = 0,
    ) -> Found | NotFound:
        """Look up a module as `import module` does, or with `level` leading dots.

        On Python 2 the importer's own package is searched first, unless it says otherwise.
        """
        if level:
            return self._find_relative(module, version, importer, level)
        if version < (3,) and importer is not None and not importer.absolute:
            package = self.package_of(importer.path)
            outermost = module.partition(".")[0]
            inside = self._find_from(self._start, [*package, outermost], version)
            if package and isinstance(inside, Found):
                return self._find_from(self._start, [*package, *module.split(".")], version)
        return self._find_from(self._start, module.split("."), version)

    def find_import(
        self, statement: Import, *, version: tuple[int, int], importer: Importer | None = None
    ) -> Found | NotFound:
        """Look up all that an import statement names.

        Of `from a import b`, `b` may be a module or anything that `a` defines; only a package
        without `__init__.py` can define nothing. What is loaded includes `a/b.py` if it exists.
        """
        found = self.find(
            statement.module, version=version, importer=importer, level=statement.level
        )
        if isinstance(found, NotFound):
            return found
        loads = dict.fromkeys(found.loads)
        folder = found.path.rpartition("/")[0]
        for name in statement.names:
            if found.path[-1] != "/" and f"{folder}/{name}" not in self.stems:
                continue  # what the package defines, as most names are
            below = self._find_from(self._start, [*found.name.split("."), name], version)
            if isinstance(below, Found):
                loads.update(dict.fromkeys(below.loads))
            elif found.path.endswith("/") and name != "*":
                return below
        return found._replace(loads=tuple(loads))

    @property
    def _start(self) -> _Package:
        return _Package("", self.roots)

    def package_of(self, path: str) -> tuple[str, ...]:
        """Return the names of the packages around a file, outermost first; none at a root."""
        root = max((root for root in self.roots if path.startswith(root)), key=len, default="")
        return tuple(path[len(root) :].split("/")[:-1])

    def _find_relative(
        self, module: str, version: tuple[int, int], importer: Importer | None, level: int
    ) -> Found | NotFound:
        package = self.package_of(importer.path) if importer else ()
        if not package:
            return NotFound(reason="a relative import needs a package around its file")
        if level > len(package):
            return NotFound(reason="a relative import goes beyond the outermost package")
        names = [*package[: len(package) - level + 1], *module.split(".")]
        return self._find_from(self._start, list(filter(None, names)), version)

    def _find_from(
        self, package: _Package, names: Sequence[str], version: tuple[int, int]
    ) -> Found | NotFound:
        *outer, last = names
        for position, name in enumerate(outer):
            inner = self._enter(package, name, version)
            if isinstance(inner, Found):
                if _registers(inner.path, names[position + 1]):
                    return inner
                return NotFound(reason=f"{inner.path} is no package", near=inner.path)
            if isinstance(inner, NotFound):
                return inner
            package = inner
        inner = self._enter(package, last, version)
        if isinstance(inner, _Package):
            path = inner.loads[-1] if len(inner.loads) > len(package.loads) else inner.folders[0]
            return Found(name=inner.name, path=path, loads=inner.loads, namespace=inner.namespace)
        return inner

    def _enter(
        self, package: _Package, name: str, version: tuple[int, int]
    ) -> _Package | Found | NotFound:
        dotted = f"{package.name}.{name}" if package.name else name
        portions = tuple(folder + name + "/" for folder in package.folders)
        suffixes = _suffixes(version)
        for folder, portion in zip(package.folders, portions, strict=True):
            for suffix in suffixes if portion in self.folders else ():
                init = f"{portion}__init__{suffix}"
                if init in self.files:
                    return _Package(dotted, (portion,), (*package.loads, init), package.namespace)
            for suffix in suffixes:
                path = folder + name + suffix
                if path in self.files:
                    loads = (*package.loads, path)
                    return Found(name=dotted, path=path, loads=loads, namespace=package.namespace)
        folders = tuple(portion for portion in portions if portion in self.folders)
        if folders and version >= (3, 3):
            namespace = package.namespace or not package.name
            return _Package(dotted, folders, package.loads, namespace)
        return self._miss(package, name, folders, version)

    def _miss(
        self, package: _Package, name: str, folders: Sequence[str], version: tuple[int, int]
    ) -> NotFound:
        if folders:
            reason = f"the folder {folders[0]} has no __init__.py, which Python {version[0]} needs"
            return NotFound(reason=reason, near=folders[0])
        for folder in package.folders:
            path = self.alike.get((folder + name).lower(), "")
            if path and path.startswith(folder):
                return NotFound(reason=_why_not(path, name), near=path)
        if not package.name:
            return NotFound(reason="no file of the project is called that")
        return NotFound(
            reason=f"{package.folders[0]} has no module {name}", near=package.folders[0]
        )


def local_modules(files: Iterable[str], import_roots: Iterable[str]) -> LocalModules:
    """Make own modules of paths relative to the project root, and the folders on `sys.path`."""
    paths = frozenset(files)
    folders: set[str] = set()
    for path in paths:
        end = path.rfind("/")
        while end > 0 and (folder := path[: end + 1]) not in folders:
            folders.add(folder)
            end = path.rfind("/", 0, end)
    roots = tuple(f"{root.rstrip('/')}/" if root else "" for root in import_roots)
    alike = {_stem(path).lower(): path for path in sorted({*paths, *folders}, reverse=True)}
    stems = {path[: path.find(".", path.rfind("/") + 1)] for path in paths}
    stems |= {stem.removesuffix("module") for stem in stems}  # `foomodule.so`, on Python 2
    stems |= {folder[:-1] for folder in folders}
    return LocalModules(
        files=paths, folders=frozenset(folders), roots=roots, alike=alike, stems=frozenset(stems)
    )


def _stem(path: str) -> str:
    folder, slash, name = path.rstrip("/").rpartition("/")
    return folder + slash + name.partition(".")[0]


@cache
def _suffixes(version: tuple[int, int]) -> tuple[str, ...]:
    """Return what a module's file may end in, in the order in which that Python tries."""
    if version < (3,):
        return (".so", "module.so", ".py", ".pyc")
    flag = "m" if version <= _LAST_WITH_PYMALLOC_FLAG else ""
    abi = f".cpython-{version[0]}{version[1]}{flag}-x86_64-linux-gnu.so"
    return (abi, ".abi3.so", ".so", ".py", ".pyc")


def _registers(path: str, name: str) -> bool:
    # A module that is no package, yet `import six.moves.urllib` works: it fills sys.modules.
    return name == "moves" and path.rpartition("/")[2] == "six.py"


def _why_not(path: str, name: str) -> str:
    if path.endswith(".pyd"):
        return f"{path} is for Windows"
    if f"{name}." in path and path.endswith(".so"):
        return f"{path} is for another Python or system"
    return f"the name is spelled otherwise in {path}, and Linux tells upper from lower case"
