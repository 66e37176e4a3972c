"""The version matrix, or a table's rows as printed -> CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from packaging.utils import NormalizedName, canonicalize_name

from audit.table.listing import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.platform import Matrix
    from audit.table.listing import Listing


def write_csv(matrix: Matrix) -> str:
    """Write a matrix in the form of `data/builtin_libs.csv`; reading it gives the same matrix."""
    rows = (
        (library.name, {runtime: str(version) for runtime, version in library.versions.items()})
        for library in matrix.libraries
    )
    return _csv(matrix.runtimes, rows)


def write_rows(listing: Listing) -> str:
    """Write rows as printed; those of one library in tables of different runtimes become one."""
    merged: list[tuple[str, dict[str, str]]] = []
    places: dict[NormalizedName, int] = {}
    for row in listing.rows:
        place = places.setdefault(canonicalize_name(row.library), len(merged))
        if place < len(merged) and not merged[place][1].keys() & row.cells.keys():
            merged[place][1].update(row.cells)
        else:
            merged.append((row.library, dict(row.cells)))
    return _csv(listing.runtimes, merged)


def _csv(runtimes: Sequence[str], rows: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("library", *runtimes))
    for name, cells in rows:
        writer.writerow((name, *(cells.get(runtime, ABSENT) for runtime in runtimes)))
    return text.getvalue()
