"""Where strings, comments and logical lines of Python source begin and end.

Offsets are into the bytes that `encoding.readable` returns: UTF-8 with a line
feed between lines, before the first and after the last. Python 2 and 3 are read alike.

Every pattern is built so that it cannot backtrack into a second way of matching: time is
linear in the input. Repeats are bounded because `re` keeps some 100 bytes an iteration;
what is longer goes through `string_end`, piece by piece.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOUBLE = (
    rb'"(?:""(?:'
    rb'[^"\\{]*(?:(?:\\.|"(?!"")|\{[^"\\{}]*\})[^"\\{]*){0,999}"""|'
    rb'(?<![fF]""")(?<![fF][rR]""")[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*){0,999}""")|'
    rb'(?!"")(?:'
    rb'[^"\\\n{]*(?:(?:\\.|\{[^"\\\n{}]*\})[^"\\\n{]*){0,999}"|'
    rb'(?<![fF]")(?<![fF][rR]")[^"\\\n]*(?:\\.[^"\\\n]*){0,999}"))'
)
STRING = b"(?:" + _DOUBLE + b"|" + _DOUBLE.replace(b'"', b"'") + b")"
"""A whole string, without its prefix; an f-string only where its fields are simple.

Since 3.12 a quote inside a replacement field may be the one that delimits the string.
"""

_SKIP = re.compile(
    rb"(?s)[^'\"#]*(?:(?:#[^\n]*\n|" + STRING + rb")[^'\"#]*){0,499}",
).match
_INSIDE = {
    b'"': re.compile(rb'(?s)[^"\\\n]*(?:\\.[^"\\\n]*){0,999}').match,
    b"'": re.compile(rb"(?s)[^'\\\n]*(?:\\.[^'\\\n]*){0,999}").match,
    b'"""': re.compile(rb'(?s)[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*){0,999}').match,
    b"'''": re.compile(rb"(?s)[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*){0,999}").match,
}
_FORMATTED = re.compile(rb"[fF][rR]?\Z").search
_PAIRED = re.compile(
    rb"[^{}]*(?:(?:\{\{|\}\}|\{(?!\{)[^{}]*(?:\{[^{}]*\}[^{}]*){0,99}\})[^{}]*){0,999}"
).match


class UndecidedError(Exception):
    """The lexer cannot tell what is code here; a full parser must look."""


def string_end(data: bytes, start: int) -> int:
    """Return where the string whose first quote is at `start` ends, whatever its length."""
    quote = data[start : start + 3]
    if quote not in _INSIDE:
        quote = quote[:1]
    inside, at = _INSIDE[quote], start + len(quote)
    while (match := inside(data, at)) and match.end() > at:
        at = match.end()
    if not data.startswith(quote, at):
        raise UndecidedError
    inner = start + len(quote)
    if _FORMATTED(data[start - 2 : start]):
        while inner < at:
            match = _PAIRED(data, inner, at)
            if match is None or match.end() == inner:
                raise UndecidedError
            inner = match.end()
    return at + len(quote)


class Code:
    """Tells code from strings and comments, for offsets asked in rising order."""

    __slots__ = ("_data", "read")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.read = 0
        """Up to here everything is told; never inside a string or comment."""

    def holds(self, offset: int) -> bool:
        """Whether `offset` is code. Raises UndecidedError after a string without an end."""
        data = self._data
        while self.read < offset:
            match = _SKIP(data, self.read, offset)
            at = match.end() if match else self.read
            if at < offset:
                at = self._past(at)
            self.read = at
        return self.read == offset

    def _past(self, at: int) -> int:
        """Step over the string or comment that the pattern stopped at, if it did."""
        data = self._data
        first = data[at : at + 1]
        if first == b"#":
            return data.index(b"\n", at) + 1
        return string_end(data, at) if first in b"'\"" else at


_SCAN = re.compile(
    rb"(?s)#[^\n]*|\\\n|"
    + STRING
    + rb"|([(\[{])|([)\]}])|(\n)|(:=?)|(\b(?:if|else|lambda)\b)|(['\"])"
)
_OPEN, _CLOSE, _NEWLINE, _COLON, _WORD = range(1, 6)


def line_end(data: bytes, start: int) -> int:
    """Return the offset of the newline that ends the logical line around `start`.

    `start` must be outside of strings, comments and brackets.
    """
    depth = 0
    for kind, match in _scan(data, start):
        if kind == _OPEN:
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
        elif kind == _NEWLINE and depth <= 0:
            return match.start()
    raise UndecidedError


def head_end(data: bytes, start: int) -> int | None:
    """Return the offset after the colon of the compound statement whose test is at `start`.

    None where it is none: a comprehension, a conditional expression on a line of its own.
    """
    depth = 0
    words: list[bytes] = []
    for kind, match in _scan(data, start):
        if kind == _OPEN:
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
        if depth < 0 or (kind == _NEWLINE and not depth):
            return None
        if depth:
            continue
        if kind == _WORD:
            words.append(match[0])
        elif match[0] == b":":
            if b"lambda" not in words:
                return None if words.count(b"else") > words.count(b"if") else match.end()
            words.remove(b"lambda")
    raise UndecidedError


def _scan(data: bytes, start: int) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Yield what shapes a logical line, until brackets nest deeper than Python takes."""
    return scanned(_SCAN, data, start)


def scanned(
    pattern: re.Pattern[bytes], data: bytes, start: int
) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Yield the matches of a pattern that have a group, and its number.

    The last group is the quote of a string that the pattern cannot match whole, which is left out.
    """
    at: int | None = start
    while at is not None:
        for match in pattern.finditer(data, at):
            kind = match.lastindex
            if kind == pattern.groups:
                at = string_end(data, match.start())
                break
            if kind is not None:
                yield kind, match
        else:
            at = None


def logical_lines(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of every logical line from one on; blank ones and comments too."""
    depth = 0
    for kind, match in _scan(data, start):
        if kind == _OPEN:
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
        elif kind == _NEWLINE and depth <= 0:
            yield start, match.start()
            start, depth = match.end(), 0


def text(data: bytes, start: int, end: int) -> str:
    """Return an expression as one line, without its comments."""
    return _COMMENT.sub(lambda match: match[1] or b" ", data[start:end]).decode().strip()


_COMMENT = re.compile(rb"(?s)(?:(?:#[^\n]*|\\?\n)[ \t\f]*){1,999}|(" + STRING + rb")")
