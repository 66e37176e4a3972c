"""What files can be imported as, once they are installed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MODULE = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\.py|(?:\.[\w-]+)?\.so)")
_DEEPEST = 50  # folders around a module; no import statement goes that deep
_INIT = "__init__.py"


def import_names(paths: Iterable[str], shared: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names that installing these files makes importable, sorted.

    A namespace package (a folder without `__init__.py`, PEP 420, or one of the folders
    `shared`) belongs to nobody, so what stands for it are the names inside of it:
    `google.protobuf`, not `google`.
    """
    modules = {}
    for path in paths:
        folder, _, base = path.rpartition("/")
        if folder.count("/") < _DEEPEST and (module := _MODULE.fullmatch(base)):
            modules[path] = (folder, module["name"])
    # Python takes `a/__init__.py` before `a.py`, and that before a folder `a` without one.
    own = {
        folder if name == "__init__" else f"{folder}/{name}".lstrip("/")
        for folder, name in modules.values()
    }
    own.difference_update(shared)
    return tuple(sorted({name for each in modules.values() if (name := _name(*each, own))}))


def _name(folder: str, module: str, packages: set[str]) -> str:
    """Return the outermost name that is its distribution's own; empty where none can be."""
    parts = folder.split("/") if folder else []
    for count, part in enumerate(parts, start=1):
        if not part.isidentifier():
            return ""
        if "/".join(parts[:count]) in packages:
            return ".".join(parts[:count])
    return "" if module == "__init__" else ".".join((*parts, module))


def shared_packages(paths: Iterable[str], shares: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the folders of packages whose own `__init__.py` says that they are shared.

    `shares` is asked about an `__init__.py` by its path, and only where every package around
    it is shared as well. A package inside of a shared one that has modules of its own is not
    asked: `google/protobuf/__init__.py` of protobuf 3.6 says it too, and nobody shares that.
    """
    split = (path.rpartition("/")[::2] for path in paths if path.count("/") <= _DEEPEST)
    modules = [(folder, base) for folder, base in split if folder and _MODULE.fullmatch(base)]
    packages = {folder for folder, base in modules if base == _INIT}
    with_modules = {folder for folder, base in modules if base != _INIT}
    found: set[str] = set()
    for folder in sorted(packages, key=lambda folder: (folder.count("/"), folder)):
        if "/" in folder and (folder in with_modules or _own_above(folder, packages - found)):
            continue
        if shares(f"{folder}/{_INIT}"):
            found.add(folder)
    return tuple(sorted(found))


def dotted(folders: Iterable[str]) -> tuple[str, ...]:
    """Return folders as the packages that they are."""
    return tuple(folder.replace("/", ".") for folder in folders)


def _own_above(folder: str, own: set[str]) -> bool:
    # From the outside in: the first part mostly decides.
    ends = (at for at, letter in enumerate(folder) if letter == "/")
    return any(folder[:end] in own for end in ends)


MOST_INIT = 2048
"""Bytes up to which an `__init__.py` may say it; google's, with a licence above, has 800."""

_NAMESPACE = re.compile(r"declare_namespace\(\s*(?:__name__|['\"])|extend_path\(\s*__path__")


def says_shared(text: str) -> bool:
    """Tell whether an `__init__.py` declares a namespace: pkg_resources' way or pkgutil's."""
    return _NAMESPACE.search(text) is not None
