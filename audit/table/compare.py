"""What a change of the platform's table means, library by library."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from audit.platform import Matrix


class ChangeKind(Enum):
    """What became of a library on a runtime."""

    ADDED = "added"
    REMOVED = "removed"
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"


class Change(NamedTuple):
    """One library that differs on one runtime between two tables."""

    library: NormalizedName
    runtime: str
    kind: ChangeKind
    old: Version | None
    new: Version | None


def diff(old: Matrix, new: Matrix) -> tuple[Change, ...]:
    """Return every change from one table to another, by runtime and then by library name.

    Versions compare by PEP 440: 18 and 18.0 are no change.
    """
    return tuple(
        Change(library=name, runtime=runtime, kind=kind, old=before, new=after)
        for runtime in dict.fromkeys((*old.runtimes, *new.runtimes))
        for name, before, after in _pairs(old, new, runtime)
        if (kind := _kind(before, after)) is not None
    )


def _pairs(
    old: Matrix, new: Matrix, runtime: str
) -> Iterator[tuple[NormalizedName, Version | None, Version | None]]:
    before = {library.key: library.versions.get(runtime) for library in old.libraries}
    after = {library.key: library.versions.get(runtime) for library in new.libraries}
    for name in sorted(before.keys() | after.keys()):
        yield name, before.get(name), after.get(name)


def _kind(old: Version | None, new: Version | None) -> ChangeKind | None:
    if old == new:
        return None
    if old is None:
        return ChangeKind.ADDED
    if new is None:
        return ChangeKind.REMOVED
    return ChangeKind.UPGRADED if old < new else ChangeKind.DOWNGRADED
