"""Which submodules of the standard library are there once their package is imported.

Measured: each interpreter imported each module in a process of its own (`tools/submodules.py`,
kept in `data/member_differences.json`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.source.stdlib import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

LOADED, LOADABLE, ABSENT = "+.-"
"""Signs: there once its package is imported, once it is imported itself, not at all."""

UNMEASURED = frozenset(
    {
        *("antigravity", "ctypes", "curses", "distutils", "encodings", "ensurepip", "idlelib"),
        *("lib2to3", "msilib", "pydoc_data", "test", "this", "tkinter", "turtle", "turtledemo"),
    }
)
"""Modules that were not asked what they load."""


class Submodules(NamedTuple):
    """Those that some Python has not at all, or not before they are imported themselves."""

    pythons: tuple[str, ...]
    """Those that were measured."""
    rows: Mapping[str, Mapping[str, str]]
    """Submodule -> its signs, under the empty key, and signs -> the modules that load it."""

    def sign(self, name: str, python: str) -> str:
        """Return what a submodule is on a Python; empty where that is not known."""
        signs = self.rows.get(name, {}).get("", "")
        return signs[self._place(python)] if signs else ""

    def loaded_by(self, name: str, python: str) -> frozenset[str]:
        """Return the modules that load a submodule on a Python, beside those within it."""
        place = self._place(python)
        return frozenset(
            module
            for signs, modules in self.rows.get(name, {}).items()
            if signs and signs[place] == LOADED
            for module in modules.split()
        )

    def having(self, name: str) -> tuple[str, ...]:
        """Return the measured Pythons that have a submodule, oldest first."""
        return tuple(each for each in self.pythons if self.sign(name, each) in {LOADED, LOADABLE})

    def _place(self, python: str) -> int:
        return self.pythons.index(nearest(python, self.pythons))
