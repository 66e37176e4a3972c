"""CSV -> the rows of the built-in table."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.table.listing import Listing, Row, read_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def read_csv(
    source: str, text: str, runtimes: Sequence[str], runtime: str | None = None
) -> Listing:
    """Read a table with a header row; `runtime` is what a column headed `version` is about."""
    header = None
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, cells in _records(text):
        at = Location(source, line)
        if isinstance(cells, csv.Error):
            problems.append(Problem(f"not CSV, nothing was read from here on: {cells}", at))
        elif header is None:
            header = read_header(cells, at, runtimes, runtime)
            if header is None:
                break
            problems += header.problems
        else:
            row, wrong = header.row(cells, at)
            problems += wrong
            rows += [row] if row else ()
    columns = tuple(header.columns.values()) if header else ()
    return Listing(runtimes=columns, rows=tuple(rows), problems=tuple(problems))


def _records(text: str) -> Iterator[tuple[int, tuple[str, ...] | csv.Error]]:
    """Yield every record that is not blank with the line it starts on, or the error that ends."""
    head = next((line for line in text.split("\n") if line.strip()), "")
    reader = csv.reader(
        (f"{row}\n" for row in text.split("\n")), delimiter=max(",;\t", key=head.count)
    )
    line = 1
    try:
        for record in reader:
            cells = tuple(" ".join(cell.split()) for cell in record)
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        yield line, error
