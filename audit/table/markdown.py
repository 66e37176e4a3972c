"""A Markdown page -> the rows of the built-in tables that stand among its prose.

The tables are GitHub's pipe tables, read more leniently than GitHub does: closing pipes
and the alignment row may be missing, and a blank line does not end the rows. A table
counts when its column heads name runtimes, or when a heading above it does.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from audit.model import Location, Problem
from audit.table.listing import Listing, Row, mentioned_runtime, read_header
from audit.table.markup import is_alignment, split_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class _Run(NamedTuple):
    """Pipe-table lines that follow each other, and the headings they stand under."""

    headings: tuple[str, ...]
    """Innermost first."""
    rows: list[tuple[int, tuple[str, ...]]]
    """Line number and cells."""


def read_markdown(source: str, text: str, runtimes: Sequence[str]) -> Listing:
    """Read every built-in table of a page; all other tables and prose are passed over."""
    parts = [_read_run(run, source, runtimes) for run in _runs(text)]
    return Listing(
        runtimes=tuple(dict.fromkeys(name for part in parts for name in part.runtimes)),
        rows=tuple(row for part in parts for row in part.rows),
        problems=tuple(problem for part in parts for problem in part.problems),
    )


def _read_run(run: _Run, source: str, runtimes: Sequence[str]) -> Listing:
    mentions = (mentioned_runtime(heading, runtimes) for heading in run.headings)
    above = next(filter(None, mentions), None)
    header = None
    columns: list[str] = []
    rows: list[Row] = []
    problems: list[Problem] = []
    following = [*(cells for _, cells in run.rows), ()][1:]
    for (line, cells), next_cells in zip(run.rows, following, strict=True):
        at = Location(source, line)
        new = read_header(cells, at, runtimes, above)
        if is_alignment(cells):
            continue
        if new is not None or is_alignment(next_cells):
            header = new
            columns += new.columns.values() if new else ()
            problems += new.problems if new else ()
        elif header is not None:
            row, wrong = header.row(cells, at)
            problems += wrong
            rows += [row] if row else ()
    return Listing(runtimes=tuple(columns), rows=tuple(rows), problems=tuple(problems))


_HEADING = re.compile(r"(#{1,6})\s(.*)")
_UNDERLINE = re.compile(r"=+|-+")
_BOLD_LINE = re.compile(r"(\*\*|__)(.+)\1:?")
_UNDER_ALL = 7  # a line in bold serves as a heading below the six levels of Markdown


def _runs(text: str) -> Iterator[_Run]:
    """Cut a page into runs of pipe-table lines; a heading, or prose after a blank line, ends one.

    A line without a pipe right below a row is a row of one cell, as on GitHub.
    """
    headings: dict[int, str] = {}
    run = _Run((), [])
    blank_before = True
    lines = [*_visible_lines(text), (0, "")]
    for (number, line), (_, following) in pairwise(lines):
        level, heading = _heading(line, following)
        if "|" in line or (run.rows and not blank_before and line.strip() and not level):
            run.rows.append((number, split_row(line)))
        elif line.strip():
            yield run
            if level:
                headings = {key: headings[key] for key in sorted(headings) if key < level}
                headings[level] = heading
            run = _Run(tuple(reversed(headings.values())), [])
        blank_before = not line.strip()
    yield run


def _heading(line: str, following: str) -> tuple[int, str]:
    """Return a heading's level and text; level 0 where the line is none."""
    text = line.strip()
    if match := _HEADING.fullmatch(text):
        return len(match[1]), match[2]
    if match := _BOLD_LINE.fullmatch(text):
        return _UNDER_ALL, match[2]
    if text and "|" not in text and _UNDERLINE.fullmatch(following.strip()):
        return 1 if "=" in following else 2, text
    return 0, ""


_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


def _visible_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines that a reader of the rendered page sees outside of code."""
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence:
            yield number, line
