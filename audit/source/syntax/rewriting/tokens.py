"""Splits source that perhaps only Python 2 reads into logical lines, tokens and statements.

Offsets are as in `audit.source.tokens`. Only lines that may hold something to rewrite are
taken apart; the rest goes by at the speed of one regular expression.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from audit.source.tokens import STRING, scanned, string_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Line(NamedTuple):
    """A logical line, from its indentation to the line feed that ends it."""

    start: int
    end: int
    odd: bool
    """Whether it has something that may have to be rewritten."""


class Token(NamedTuple):
    """A name, number, string or operator; comments and white space are none."""

    start: int
    end: int
    text: bytes


_SCAN = re.compile(
    rb"(?s)#[^\n]*|\\\n|"
    + STRING
    + rb"|([(\[{])|([)\]}])|(\n)|(\bfor\b(?![ \t]+(?:True|False)\b))|"
    + rb"""(`|<>|\b(?:print|exec|raise|except|lambda|def|nonlocal|__future__)\b|
        \b(?:True|False)[ \t]*[=,]|\b(?:class|global|del|import|as|for)[ \t]+(?:True|False)\b|
        \.[ \t]*(?:True|False|None)\b|\bimport[ \t]*\*|\b0[0-9]|\b[0-9]\w*[lL]\b|
        \b(?:[uU][rR]|[bB][rR]?)(?=['"]))""".replace(b"\n        ", b"")
    + rb"|(['\"])"
)
_OPEN, _CLOSE, _NEWLINE, _FOR, _ODD = range(1, 6)
_ESCAPE = re.compile(rb"\\[uUN]")
"""What begins an escape in Python 3's strings, and is plain text in those of Python 2."""


def lines(data: bytes) -> Iterator[Line]:
    """Yield the logical lines; blank ones and comments too.

    Raises UndecidedError where a string has no end.
    """
    escapes = [match.start() for match in _ESCAPE.finditer(data)]
    escapes.reverse()
    start, depth, odd = 0, 0, False
    for kind, match in scanned(_SCAN, data, 0):
        if kind == _OPEN:
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
        elif kind == _NEWLINE and depth <= 0:
            end = match.start()
            while escapes and escapes[-1] < end:
                odd = escapes.pop() >= start
            yield Line(start, end, odd)
            start, depth, odd = end + 1, 0, False
        elif kind == _ODD or (kind == _FOR and depth > 0):
            odd = True


_TOKEN = re.compile(
    rb"(?s)[ \t\f\n]+|\\\n|#[^\n]*|"
    rb"([bBuUrRfF]{0,2}" + STRING + rb"|(?:0[xX][0-9a-fA-F]+|0[oObB][0-7]+)[lL]?|"
    rb"(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[jJlL]?|"
    rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*|\*\*=?|//=?|<<=?|>>=?|<>|[-=!<>+*/%&|^@:]=|[^'\"])|(.)"
)
_QUOTE = 2


def tokens(data: bytes, line: Line) -> tuple[Token, ...]:
    """Return the tokens of a logical line. Raises UndecidedError where a string has no end."""
    found: list[Token] = []
    at, end = line.start, line.end
    while at < end:
        stop = end
        for match in _TOKEN.finditer(data, at, end):
            kind = match.lastindex
            if kind == _QUOTE:
                stop = string_end(data, match.start())
                found.append(Token(match.start(), stop, data[match.start() : stop]))
                break
            if kind:
                found.append(Token(match.start(), match.end(), match[0]))
        at = stop
    return tuple(found)


def is_word(text: bytes) -> bool:
    """Whether a token is a name, a number or a string."""
    return text[-1:].isalnum() or text[-1:] in _WORD_ENDS or text[-1:] >= b"\x80" or is_number(text)


def is_string(text: bytes) -> bool:
    """Whether a token is a string, with its prefix."""
    return text[-1:] in _QUOTES


def is_number(text: bytes) -> bool:
    """Whether a token is a number, such as `.5`."""
    return text[:1].isdigit() or text[1:2].isdigit()


def gap(line: Sequence[Token], number: int) -> bytes:
    """Return the space that a word needs in the place of this token of a line."""
    before = line[number - 1]
    return b" " if number and before.end == line[number].start and is_word(before.text) else b""


_QUOTES = frozenset({b"'", b'"'})
_WORD_ENDS = _QUOTES | {b"_"}

OPENING = frozenset({b"(", b"[", b"{"})
CLOSING = frozenset({b")", b"]", b"}"})
_HEADS = frozenset(b"if elif else for while try except finally with def class async".split())


def split(line: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the simple statements of a line, without `;`, and the heads, with their colon."""
    begin = depth = lambdas = 0
    head = bool(line) and line[0].text in _HEADS
    for number, (_, _, text) in enumerate(line):
        if text in OPENING:
            depth += 1
        elif text in CLOSING:
            depth -= 1
        elif depth > 0:
            continue
        elif text == b"lambda":
            lambdas += 1
        elif text == b":" and lambdas:
            lambdas -= 1
        elif text == b";" or (text == b":" and head):
            yield line[begin : number + head]
            begin, lambdas, head = number + 1, 0, False
    yield line[begin:]


def commas(statement: Sequence[Token]) -> tuple[int, ...]:
    """Return where in a statement commas are that no bracket encloses and no lambda owns."""
    found: list[int] = []
    depth = lambdas = 0
    for number, (_, _, text) in enumerate(statement):
        if text in OPENING:
            depth += 1
        elif text in CLOSING:
            depth -= 1
        elif depth:
            continue
        elif text == b"lambda":
            lambdas += 1
        elif text == b":" and lambdas:
            lambdas -= 1
        elif text == b"," and not lambdas:
            found.append(number)
    return tuple(found)
