"""Text of a built-in table in any of its formats -> version matrix, or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.table.delimited import read_csv
from audit.table.listing import Listing
from audit.table.markup import plain_text
from audit.table.matrix import to_matrix
from audit.table.write import write_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.platform import Matrix


def read_table(
    source: str, text: str | bytes, runtimes: Sequence[str], *, runtime: str | None = None
) -> tuple[Matrix, tuple[Problem, ...]]:
    """Read a built-in table: CSV, the platform's Markdown page, or what pip says.

    `runtimes` are the names a column may have; `Python 3` means the first of them that is a
    Python 3, so those with built-ins come first. `runtime` is the one that the output of
    `pip list --format=json` or `pip freeze` is from, or a column headed only `version`.
    A text without any table gives an empty matrix and a problem.
    """
    listing = _read(source, text, runtimes, runtime)
    return to_matrix(source, listing)


def import_table(
    source: str, text: str | bytes, runtimes: Sequence[str], *, runtime: str | None = None
) -> tuple[str, tuple[Problem, ...]]:
    """Turn a built-in table into CSV with every row as printed, even one listed twice.

    The problems are those of reading it; the CSV has the same ones.
    """
    listing = _read(source, text, runtimes, runtime)
    return write_rows(listing), to_matrix(source, listing)[1]


def _read(source: str, text: str | bytes, runtimes: Sequence[str], runtime: str | None) -> Listing:
    decoded, problems = _decode(source, text)
    listing = _parse(source, plain_text(decoded), runtimes, runtime)
    if not listing.runtimes and not listing.problems:
        message = (
            "no table of built-in libraries found: expected a column for one of "
            f"{', '.join(runtimes)}, or output of pip list --format=json or pip freeze"
        )
        problems += (Problem(message, Location(source)),)
    elif not listing.rows and not listing.problems:
        problems += (Problem("the table has no rows", Location(source)),)
    return Listing(
        runtimes=listing.runtimes, rows=listing.rows, problems=(*problems, *listing.problems)
    )


def _parse(source: str, text: str, runtimes: Sequence[str], runtime: str | None) -> Listing:
    """Tell the format by the text itself: a page saved under any name is still a page."""
    table = read_csv(source, text, runtimes, runtime)
    if table.runtimes or table.problems:
        return table
    from audit.table.installed import read_installed  # noqa: PLC0415  # most runs read CSV alone
    from audit.table.markdown import read_markdown  # noqa: PLC0415  # as above

    only = runtime or (runtimes[0] if len(runtimes) == 1 else None)
    return read_installed(source, text, only) or read_markdown(source, text, runtimes)


def _decode(source: str, text: str | bytes) -> tuple[str, tuple[Problem, ...]]:
    if isinstance(text, str):
        return text, ()
    encoding = "utf-16" if text[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return text.decode(encoding), ()
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        message = (
            f"not {encoding.removesuffix('-sig').upper()}: {error.reason}; read as far as it is"
        )
        return text.decode(encoding, "replace"), (Problem(message, Location(source, line)),)
