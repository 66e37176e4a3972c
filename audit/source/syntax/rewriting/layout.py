"""Rewrites indentation that Python 3 finds inconsistent, and `import *` in functions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.source.syntax.rewriting.edits import STAR, TABS, Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.source.syntax.rewriting.tokens import Line

_INDENT = re.compile(rb"[ \t\f]*(?=([^ \t\f\n#])?)").match
_TAB = 8
"""A tab goes to the next multiple of this, in every Python."""


def expanded(data: bytes, lines: Iterable[Line]) -> tuple[Edit, ...]:
    """Return the edits that write all indentation in spaces; none where Python 3 reads it.

    It refuses what would be indented otherwise if a tab were one column wide.
    """
    edits: list[Edit] = []
    stack = [(0, 0)]
    consistent = True
    for start, end in _indentations(data, lines):
        indent = data[start:end].rpartition(b"\f")[2]
        width = len(indent) if b"\t" not in indent else len(indent.expandtabs(_TAB))
        if width != end - start:
            edits.append(Edit(start, end, b" " * width, TABS))
        consistent = consistent and _fits(stack, width, len(indent))
    return () if consistent else tuple(edits)


def _indentations(data: bytes, lines: Iterable[Line]) -> Iterator[tuple[int, int]]:
    """Yield where the indentation of every line that has code begins and ends."""
    for line in lines:
        match = _INDENT(data, line.start)
        if match and match[1]:
            yield line.start, match.end()


def _fits(stack: list[tuple[int, int]], width: int, narrow: int) -> bool:
    """Whether a line fits to those before it, whatever a tab is; puts it on the stack."""
    while stack[-1][0] > width:
        stack.pop()
    if stack[-1][0] == width:
        return stack[-1][1] == narrow
    fits = narrow > stack[-1][1]
    stack.append((width, narrow))
    return fits


_SCOPE = re.compile(rb"(?:def|class)[ \t\f\\]").match
_STAR = re.compile(rb"from\b[^#\n;]*?\bimport[ \t]*(\*)").match


def stars(data: bytes, lines: Iterable[Line]) -> Iterator[Edit]:
    """Yield the edits of `from module import *`, on its own line in a function or class."""
    stack: list[tuple[int, bool]] = []
    for start, end in _indentations(data, lines):
        width = len(data[start:end].rpartition(b"\f")[2].expandtabs(_TAB))
        while stack and stack[-1][0] >= width:
            stack.pop()
        inside = bool(stack) and stack[-1][1]
        if inside and (match := _STAR(data, end)):
            yield Edit(match.start(1), match.end(1), b"__name__", STAR)
        stack.append((width, inside or bool(_SCOPE(data, end))))
