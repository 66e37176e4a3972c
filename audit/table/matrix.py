"""Rows -> the version matrix: here a cell becomes a version or a problem, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import InvalidName, NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from audit.model import Problem
from audit.platform import Library, Matrix
from audit.table.listing import ABSENT, Listing, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

_DASHES = frozenset({ABSENT, "--", "---", "\u2010", "\u2012", "\u2013", "\u2014", "\u2212"})


def to_matrix(source: str, listing: Listing) -> tuple[Matrix, tuple[Problem, ...]]:
    """Make the version matrix of the rows, one library per normalised name (PEP 503).

    Where rows of one library both give a version for a runtime, the first stands and the
    second is reported, though they be equal: nobody can tell which one the platform means.
    """
    problems = list(listing.problems)
    libraries: dict[NormalizedName, Library] = {}
    given: dict[tuple[NormalizedName, str], Row] = {}
    for row in listing.rows:
        try:
            key = canonicalize_name(row.library, validate=True)
        except InvalidName:
            problems.append(Problem(f"{row.library!r} is no valid library name", row.at))
            continue
        versions = dict(libraries[key].versions) if key in libraries else {}
        for runtime, cell in _cells(row, problems):
            if runtime not in versions:
                versions[runtime], given[key, runtime] = cell, row
            else:
                problems.append(_twice(row, runtime, given[key, runtime]))
        first = libraries.get(key)
        libraries[key] = Library(
            name=first.name if first else row.library,
            versions=versions,
            at=first.at if first else row.at,
        )
    matrix = Matrix(source=source, runtimes=listing.runtimes, libraries=tuple(libraries.values()))
    return matrix, tuple(problems)


def _cells(row: Row, problems: list[Problem]) -> Iterator[tuple[str, Version]]:
    """Yield the versions that a row gives; what is neither version nor absence is a problem."""
    for runtime, cell in row.cells.items():
        if cell in _DASHES:
            continue
        try:
            yield runtime, Version(cell)
        except InvalidVersion:
            what = f"{cell!r} is no version (PEP 440)" if cell else f"empty cell; write {ABSENT!r}"
            message = f"{row.library} on {runtime}: {what}; taken as absent"
            problems.append(Problem(message, row.at))


def _twice(row: Row, runtime: str, first: Row) -> Problem:
    return Problem(
        f"{row.library} is listed twice for {runtime}: {first.cells[runtime]} "
        f"(line {first.at.line}) stands, {row.cells[runtime]} is passed over",
        row.at,
    )
