"""The compound statements around a place in Python source, told by their indentation.

Only the lines that begin a compound statement (heads) are looked at: in valid source the
nearest one with less indentation encloses a statement. Offsets are as in
`audit.source.tokens`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from audit.source.tokens import Code, UndecidedError, head_end, logical_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


class Head:
    """The first line of a compound statement, or of one of its clauses."""

    __slots__ = ("before", "clauses", "end", "indent", "parent", "rank", "start", "within", "word")

    def __init__(
        self, word: bytes, span: tuple[int, int], indent: int, parent: Head | None
    ) -> None:
        self.word = word
        """Its keyword; empty for the test of a clause, which runs outside of it."""
        self.start, self.end = span
        """Where its line begins, and its keyword ends."""
        self.indent = indent
        self.parent = parent
        self.clauses = [self]
        """All clauses of the statement so far (`if`, `elif`, `else`), shared among them."""
        self.rank = 0
        """Its place among the clauses."""
        self.before: Passed | None = None
        """What stands before its statement, in the same body."""
        self.within: Passed | None = None
        """What stands in its own body, as far as it is read."""


class Passed(NamedTuple):
    """An `if` that control has passed, and those before it in the same body."""

    head: Head
    before: Passed | None


class Place(NamedTuple):
    """Where a statement stands."""

    head: Head | None
    """The innermost around it."""
    before: Passed | None
    """What stands before it in the same body."""


def enclosing(
    data: bytes, places: list[tuple[int, bytes | None]], *, siblings: bool = False
) -> list[Place]:
    """Return what is around each place, for places in rising order.

    A place is an offset with the white space before it on its line; None where there is
    more than that. All clauses of every `try` around them are read to the end. What stands
    before a place in its own body is read only with `siblings`.
    """
    outline, code = _Outline(data), Code(data)
    found: list[Place] = []
    waiting = iter(places)
    place = next(waiting, None)
    for match in _pattern(data, places, int(siblings)).finditer(data):
        start = match.start(2)
        while place and place[0] < start:
            found.append(outline.place(*place))
            place = next(waiting, None)
        if not place and not outline.within_try():
            break
        if code.holds(match.start(1)):
            outline.add(match)
    while place:
        found.append(outline.place(*place))
        place = next(waiting, None)
    return found


def _pattern(
    data: bytes, places: Iterable[tuple[int, bytes | None]], more: int
) -> re.Pattern[bytes]:
    """Return what finds the heads that can be around the places: deeper ones only by `more`."""
    widths = [_WIDEST + 1 if indent is None else len(indent) + more for _, indent in places]
    limit = next((limit for limit in _LIMITS if limit >= max(widths)), None)
    if limit is None or b"\n\t" in data or b"\n\f" in data:
        return _heads(rb"[ \t\f]*")
    return _heads(b" {0,%d}" % (limit - 1))


_LIMITS = (4, 8, 16)
_WIDEST = _LIMITS[-1]


@cache  # at most four patterns, compiled when the first indented import is met
def _heads(indent: bytes) -> re.Pattern[bytes]:
    # The look-ahead takes the white space at once: giving it back could only waste time.
    return re.compile(
        rb"\n(?=("
        + indent
        + rb"))\1(?:async[ \t]+)?(if|for|else(?=[ \t\f\\\n]*:)|elif|def|class|try"
        rb"|except|finally|with|while|match|case)(?![\w\x80-\xff])"
    )


_AMBIGUOUS = frozenset({b"if", b"for", b"match", b"case"})
"""Words that may also begin a line within brackets, or after a backslash."""
_CLAUSES = frozenset({b"elif", b"else", b"except", b"finally"})
_PLAIN = re.compile(
    rb"[^\n'\"#\\\[{:]*"
    rb"(?:(?:'(?!'')[^'\n\\]*'|\"(?!\"\")[^\"\n\\]*\")[^\n'\"#\\\[{:]*){0,9}:[ \t]*\n"
).match
_LIMIT = 100
"""CPython's own limit of indentation levels (`MAXINDENT` of its tokenizer)."""


class _Outline:
    """The heads that are open at the place which the reading has come to."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[Head] = []
        self._last: Head | None = None
        self._passed: Passed | None = None
        """What stands at the left margin, as far as it is read."""
        self._line = (1, 0)
        """Where a logical line begins and ends; no place to come is before it."""

    def within_try(self) -> bool:
        """Whether a clause may follow that tells what a failed import means."""
        return any(head.clauses[0].word == b"try" for head in self._open)

    def place(self, start: int, indent: bytes | None) -> Place:
        """Return what is around a statement, or around an expression within one."""
        if indent is None:
            line, end = self._logical_line(start)
            last = self._last
            if last and line <= last.start < end:
                head = last if start >= body(self._data, last) else _outside(last)
                return Place(head, head.within)
            indent = indent_at(self._data, line)
        self._close(columns(indent))
        if not self._open:
            return Place(None, self._passed)
        return Place(self._open[-1], self._open[-1].within)

    def add(self, match: re.Match[bytes]) -> None:
        """Take note of a head."""
        word, span = match[2], (match.start(1), match.end(2))
        if word in _AMBIGUOUS and not self._is_head(span[1]):
            return
        indent = columns(match[1])
        before = self._close(indent)
        if len(self._open) >= _LIMIT:
            raise UndecidedError
        head = Head(word, span, indent, self._open[-1] if self._open else None)
        head.before = head.parent.within if head.parent else self._passed
        if word in _CLAUSES:
            if before is None:
                raise UndecidedError
            head.clauses = before.clauses
            head.before = before.before
            head.rank = len(head.clauses)
            head.clauses.append(head)
        elif word == b"if":
            self._pass(head)
        self._open.append(head)
        self._last = head

    def _pass(self, head: Head) -> None:
        """Let what follows in the same body know of an `if`."""
        passed = Passed(head, head.before)
        if head.parent:
            head.parent.within = passed
        else:
            self._passed = passed

    def _close(self, indent: int) -> Head | None:
        """Leave what a statement with this indentation is not in; return its elder clause."""
        stack = self._open
        last = None
        while stack and stack[-1].indent >= indent:
            last = stack.pop()
        return last if last and last.indent == indent else None

    def _is_head(self, end: int) -> bool:
        plain = _PLAIN(self._data, end)
        if plain and b"else" not in plain[0] and b"lambda" not in plain[0]:
            return True
        return head_end(self._data, end) is not None

    def _logical_line(self, offset: int) -> tuple[int, int]:
        """Return begin and end of the logical line around an offset."""
        line, end = self._line
        if self._last and self._last.start > line:
            line, end = self._last.start, 0
        if offset > end:
            lines = logical_lines(self._data, line)
            line, end = next((each for each in lines if offset <= each[1]), (line, end))
        self._line = line, end
        return self._line


def indent_at(data: bytes, line: int) -> bytes:
    """Return the white space that begins a line."""
    match = _SPACE(data, line)
    return match[0] if match else b""


_SPACE = re.compile(rb"[ \t\f]*").match


def body(data: bytes, head: Head) -> int:
    """Return the offset after the colon of a head."""
    end = head_end(data, head.end)
    if end is None:
        raise UndecidedError
    return end


def _outside(head: Head) -> Head:
    """Return a stand-in for the test of a clause: in what it is in, after the clauses before."""
    test = Head(b"", (head.start, head.end), head.indent, head.parent)
    test.clauses, test.rank, test.before = head.clauses, head.rank, head.before
    return test


@lru_cache(256)
def columns(indent: bytes) -> int:
    """Return the width of white space: tabs go to multiples of 8, a form feed starts anew."""
    width = 0
    for character in indent:
        if character == _TAB:
            width += 8 - width % 8
        else:
            width = 0 if character == _FORM_FEED else width + 1
    return width


_TAB, _FORM_FEED = b"\t\f"
