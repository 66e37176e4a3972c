"""Which submodules of the standard library are there without an import of their own.

An interpreter imports each module in a process of its own, which has loaded nothing but what
every start does, and tells which submodules are attributes of their packages then.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING

from stdlib_list import short_versions, stdlib_list

from audit.source.submodules import ABSENT, LOADABLE, LOADED, UNMEASURED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

UNTOLD = "?"
"""The sign of a submodule whose package is not there."""

_CHILD = r"""
import os, sys
before = set(sys.modules)
names = os.read(0, 1 << 20).decode("ascii").split()
submodules = [name for name in names if "." in name]
def there():
    for name in submodules:
        owner, _, last = name.rpartition(".")
        if name not in before and hasattr(sys.modules.get(owner), last):
            yield name
for name in names:
    if os.fork():
        os.wait()
        continue
    answer = os.dup(1)
    for each in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), each)
    try:
        __import__(name)
    except BaseException:
        os._exit(1)
    os.write(answer, (" ".join([name] + list(there())) + "\n").encode("ascii"))
    os._exit(0)
"""


def submodules(interpreters: Mapping[str, Path]) -> dict[str, dict[str, str]]:
    """Return submodule -> signs, one for each Python, and signs of each -> what loads it."""
    found = {python: _asked(each, python) for python, each in interpreters.items()}
    names = sorted({name for each in found.values() for name in each if "." in name})
    return {
        name: {"": signs, **_loaders(name, found)}
        for name in names
        if set(signs := "".join(_sign(name, each) for each in found.values())) & {LOADABLE, ABSENT}
    }


def _asked(interpreter: Path, python: str) -> dict[str, list[str]]:
    """Return what is there once a module is imported, by the module."""
    alone = ["-E", "-s", "-S"] if python == "2.7" else ["-I", "-S"]
    ran = subprocess.run(
        [interpreter, *alone, "-c", _CHILD],
        input=" ".join(_names()),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    rows = (line.split() for line in ran.stdout.splitlines())
    return {name: there for name, *there in rows}


def _names() -> Sequence[str]:
    names = {name for python in short_versions for name in stdlib_list(python)}
    return sorted(
        name
        for name in names
        if name.partition(".")[0] not in UNMEASURED
        and not any(part.startswith(("_", "test")) for part in name.split("."))
    )


def _sign(name: str, found: Mapping[str, Sequence[str]]) -> str:
    owner = name.rpartition(".")[0]
    if owner not in found:
        return UNTOLD
    if name in found[owner] or (name in found and name not in found[name]):
        return LOADED  # or every start has loaded it
    return LOADABLE if name in found else ABSENT


def _loaders(name: str, found: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, str]:
    loading: dict[str, str] = defaultdict(str)
    for each in found.values():
        is_asked = _sign(name, each) == LOADABLE
        for module in {module for one in found.values() for module in one}:
            loads = is_asked and name in each.get(module, ()) and not _is_within(module, name)
            loading[module] += LOADED if loads else ABSENT
    by_signs: dict[str, list[str]] = defaultdict(list)
    for module, signs in sorted(loading.items()):
        if LOADED in signs:
            by_signs[signs].append(module)
    return {signs: " ".join(modules) for signs, modules in sorted(by_signs.items())}


def _is_within(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")
