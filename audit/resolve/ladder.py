"""Which listed releases a specifier admits, found by halving instead of by asking each.

Asking `packaging` about every release of botocore takes 14 ms a specifier, and its 2,500
releases bring as many specifiers with them; a range of a sorted list has only two ends.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.specifiers import Specifier, SpecifierSet


class Ladder:
    """Versions in ascending order, each with the bit that stands for its place in a list."""

    def __init__(self, versions: Sequence[Version]) -> None:
        order = sorted(range(len(versions)), key=versions.__getitem__)
        self._versions = [versions[place] for place in order]
        below = [0]
        for place in order:
            below.append(below[-1] | 1 << place)
        self._below = below
        self._parts: dict[tuple[str, str], int] = {}

    @property
    def everything(self) -> int:
        """The bits of all versions."""
        return self._below[-1]

    def admitted(self, specifiers: SpecifierSet) -> int:
        """Return the bits of the versions that PEP 440 specifiers admit, pre-releases too."""
        mask = self.everything
        for part in specifiers:
            key = part.operator, part.version  # a Specifier's own hash normalises its version
            if key not in self._parts:
                self._parts[key] = self._admitted(part)
            mask &= self._parts[key]
        return mask

    def _admitted(self, part: Specifier) -> int:
        match part.operator:
            case ">=" | ">":
                return self.everything & ~self._below[self._first(part, holds=True)]
            case "<=" | "<":
                return self._below[self._first(part, holds=False)]
            case "==" if not part.version.endswith(".*"):
                return self._equal(part)
            case _:
                admitted = part.filter(enumerate(self._versions), True, key=_version)  # noqa: FBT003
                return sum(self._bit(rung) for rung, _ in admitted)

    def _first(self, part: Specifier, *, holds: bool) -> int:
        """Find where an ordered comparison, true of all from or up to some version, turns."""
        return bisect_left(
            self._versions,
            True,  # noqa: FBT003 - what the key is compared with
            key=lambda version: part.contains(version, prereleases=True) is holds,
        )

    def _equal(self, part: Specifier) -> int:
        """Return the version itself and, where it names none, its local ones: they follow it."""
        rung = bisect_left(self._versions, Version(part.version))
        mask = 0
        while rung < len(self._versions) and part.contains(self._versions[rung], prereleases=True):
            mask |= self._bit(rung)
            rung += 1
        return mask

    def _bit(self, rung: int) -> int:
        return self._below[rung + 1] & ~self._below[rung]


def _version(rung: tuple[int, Version]) -> Version:
    return rung[1]
