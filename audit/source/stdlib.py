"""Which modules the standard library of a Python has, on Linux.

The lists are those of the stdlib-list project, corrected by what real interpreters were
found to have (`data/stdlib_differences.json`, written by `tools/stdlib_differences.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import NamedTuple

_ELSEWHERE = {
    "windows": "on Windows only",
    "macos": "on macOS only",
    "unix": "on old Unix systems only",
    "build": "in special builds only",
}
# stdlib-list knows no submodules of these, so they cannot tell since when one exists.
_LISTED_IN_PART = frozenset({"2.6", "3.2", "3.3"})


class Difference(NamedTuple):
    """Modules about which the list of some Pythons is wrong, and why."""

    change: str
    """`add` (the list lacks them), `remove` (it has them too many), or `keep` (the measured
    build lacks them for want of a C library; others have them)."""
    kind: str
    pythons: frozenset[str]
    modules: frozenset[str]


@dataclass(frozen=True, kw_only=True)  # no slots: cached_property needs a __dict__
class StandardLibrary:
    """The standard libraries of every Python that is known.

    A Python that is not known is answered for by the nearest older one of its major version,
    or by the nearest newer where there is none; a list that no interpreter was compared with
    is corrected by the same rule.
    """

    measured: tuple[str, ...]
    """The Pythons whose list was compared with an interpreter."""
    differences: tuple[Difference, ...]
    _known: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False, compare=False)

    def has(self, module: str, python: str) -> bool:
        """Tell whether `import module` (dotted or not) finds it on a Python such as `3.6`."""
        known = self._known.get((module, python))
        if known is None:
            known = self._has(module, nearest(python, _known()))
            self._known[module, python] = known
        return known

    def _has(self, module: str, listed: str) -> bool:
        difference = self._difference(module, listed)
        if difference is None or difference.change == "keep":
            return module in _modules(listed)
        return difference.change == "add"

    def _difference(self, module: str, python: str) -> Difference | None:
        measured = nearest(python, self.measured)
        for difference in self.differences:
            if measured in difference.pythons and module in difference.modules:
                return difference
        return None

    def is_anywhere(self, module: str) -> bool:
        """Tell whether any Python has a module; for most names that is all there is to ask."""
        return module in self._anywhere and any(self.has(module, python) for python in _full())

    @cached_property
    def _anywhere(self) -> frozenset[str]:
        added = (each.modules for each in self.differences if each.change == "add")
        return frozenset().union(*map(_modules, _full()), *added)

    def versions_with(self, module: str) -> tuple[str, ...]:
        """Return the Pythons that have a module, oldest first."""
        return tuple(python for python in _full() if self.has(module, python))

    def elsewhere(self, module: str, python: str) -> str | None:
        """Return where else a Python has a module that it lacks here: `on Windows only`."""
        difference = self._difference(module, python)
        if difference is None or difference.change != "remove":
            return None
        return _ELSEWHERE.get(difference.kind)


def read_differences(text: str) -> StandardLibrary:
    """Read the text of `data/stdlib_differences.json`, a file of ours that is well-formed."""
    document = json.loads(text)
    return StandardLibrary(
        measured=tuple(document["measured"]),
        differences=tuple(
            Difference(
                change=row["change"],
                kind=row["kind"],
                pythons=frozenset(row["pythons"].split()),
                modules=frozenset(row["modules"].split()),
            )
            for row in document["differences"]
        ),
    )


@cache  # a handful of Pythons; the report asks for thousands of modules
def nearest(python: str, known: tuple[str, ...]) -> str:
    """Return the known Python that stands for another: itself, the next older, the next newer.

    Only its own major version counts, unless none of that is known.
    """
    wanted = _order(python)
    same_major = [each for each in known if _order(each)[0] == wanted[0]] or list(known)
    older = [each for each in same_major if _order(each) <= wanted]
    return max(older, key=_order) if older else min(same_major, key=_order)


def _order(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))


@cache
def _known() -> tuple[str, ...]:
    from stdlib_list import short_versions  # noqa: PLC0415 - not needed with --no-imports

    return tuple(short_versions)


@cache
def _full() -> tuple[str, ...]:
    return tuple(python for python in _known() if python not in _LISTED_IN_PART)


@cache
def _modules(python: str) -> frozenset[str]:
    from stdlib_list import stdlib_list  # noqa: PLC0415 - not needed with --no-imports

    return frozenset(stdlib_list(python))
