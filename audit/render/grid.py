"""A matrix laid out in columns that fit the canvas."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from audit.render.rows import Cell
from audit.render.style import Tone, paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.render.canvas import Canvas
    from audit.render.rows import Row

_GAP = "  "
_CELL_LIMIT = 10
"""Room for `Python3.10`, `conflict` and most versions: a cell of two words takes two lines."""


_LABEL_LIMIT = 20
"""Room that labels get however many columns there are."""


class _Broken(NamedTuple):
    """A cell on the lines that it takes, and the columns of the widest."""

    lines: list[str]
    width: int
    tone: Tone


def layout(headers: Sequence[str], rows: Sequence[Row], canvas: Canvas) -> list[str]:
    """Return the lines of a table with these headers, the first being that of the labels.

    The first of these that fits: cells on one line, cells broken into lines, and at last
    some columns at a time, one block below the other. Labels take the room that is left.
    """
    labels = [Cell(headers[0], Tone.STRONG), *(Cell(row.label, Tone.PLAIN) for row in rows)]
    cells = [[Cell(text, Tone.STRONG) for text in headers[1:]], *(row.cells for row in rows)]
    table = _fit(labels, cells, canvas.width, canvas.width)
    if sum(_widths(table)) + len(_GAP) * (len(headers) - 1) > canvas.width:
        table = _fit(labels, cells, _CELL_LIMIT, canvas.width)
    parts = _parts(_widths(table), canvas.width)
    blocks = [[[row[0], *row[part]] for row in table] for part in parts]
    return [line for block in blocks for line in ("", *_drawn(block, canvas))][1:]


def _fit(
    labels: Sequence[Cell], cells: Sequence[Sequence[Cell]], limit: int, width: int
) -> list[list[_Broken]]:
    """Break each cell to its limit, and the labels to what that leaves of the width."""
    broken = [[_fitted(*cell, limit) for cell in row] for row in cells]
    room = width - sum(len(_GAP) + column for column in _widths(broken))
    return [
        [_fitted(*label, max(room, _LABEL_LIMIT)), *row]
        for label, row in zip(labels, broken, strict=True)
    ]


def _fitted(text: str, tone: Tone, limit: int) -> _Broken:
    import wcwidth  # noqa: PLC0415 - 15 ms, due only where a table is drawn

    width = wcwidth.wcswidth(text)
    if width <= limit:
        return _Broken([text], width, tone)
    lines = wcwidth.wrap(text, limit, break_on_hyphens=False)
    return _Broken(lines, max(map(wcwidth.wcswidth, lines)), tone)


def _widths(table: Sequence[Sequence[_Broken]]) -> list[int]:
    return [max(cell.width for cell in column) for column in zip(*table, strict=True)]


def _parts(widths: Sequence[int], room: int) -> list[slice]:
    """Cut the columns after the first into runs that fit beside the first; at least one each."""
    parts: list[slice] = []
    start, used = 1, widths[0]
    for column, width in enumerate(widths[1:], 1):
        if column > start and used + len(_GAP) + width > room:
            parts.append(slice(start, column))
            start, used = column, widths[0]
        used += len(_GAP) + width
    return [*parts, slice(start, len(widths))]


def _drawn(table: Sequence[Sequence[_Broken]], canvas: Canvas) -> list[str]:
    import tabulate  # noqa: PLC0415 - 45 ms, due only where a table is drawn

    # Headers are drawn as a row, since tabulate pads headers by two columns each.
    style = tabulate.TableFormat(
        lineabove=None,
        linebelowheader=tabulate.Line("", "-", _GAP, ""),
        linebetweenrows=None,
        linebelow=None,
        headerrow=tabulate.DataRow("", _GAP, ""),
        datarow=tabulate.DataRow("", _GAP, ""),
        padding=0,
        with_header_hide=None,
    )
    header, *body = (_painted(row, canvas) for row in table)
    lines: list[list[str] | str] = [*header, tabulate.SEPARATING_LINE]
    lines += [line for row in body for line in row]
    return tabulate.tabulate(lines, tablefmt=style, disable_numparse=True).split("\n")


def _painted(row: Sequence[_Broken], canvas: Canvas) -> list[list[str]]:
    """Return the row's lines, each a list of cells."""
    columns = ([paint(line, cell.tone, canvas) for line in cell.lines] for cell in row)
    return [list(line) for line in zip_longest(*columns, fillvalue="")]
