"""Whether a distribution's compiled modules, built for another system, have Python beside them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_COMPILED = (".so", ".pyd")
_SEEN = frozenset({"so", "abi3.so"})
"""The suffixes that say nothing of a system; such a file is loaded first, and fails."""
_OF_COMPILED = "__mypyc"
"""What mypyc compiles is in a module of this ending, which only the compiled ones import."""


def is_pure_beside(files: AbstractSet[str], abi: str) -> bool:
    """Whether compiled modules are there, none of which the runtime sees, and each in Python, too.

    `md.cpython-39-darwin.so` is no module on Linux, which then finds `md.py`: the suffixes that
    an import tries are those of its own build (`importlib.machinery.EXTENSION_SUFFIXES`). So
    charset-normalizer's wheel for macOS was seen to run. Modules with no suffix of their own,
    and those of this very ABI, are loaded first.
    """
    compiled = [path for path in files if path.endswith(_COMPILED)]
    return bool(compiled) and all(_gives_way(path, files, abi) for path in compiled)


def _gives_way(path: str, files: AbstractSet[str], abi: str) -> bool:
    folder, name = posixpath.split(path)
    stem, _, suffix = name.partition(".")
    own = suffix.startswith(f"cpython-{abi.removeprefix('cp')}-") and "linux" in suffix
    if suffix in _SEEN or own:
        return False
    module = posixpath.join(folder, stem)
    return stem.endswith(_OF_COMPILED) or bool({f"{module}.py", f"{module}/__init__.py"} & files)
