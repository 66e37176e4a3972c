"""Rewrites the words and operators that only Python 2 has. Names keep being read and bound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.source.syntax.rewriting.edits import (
    BACKTICKS,
    CONSTANT,
    LONG,
    LOOP,
    NONLOCAL,
    OCTAL,
    UNEQUAL,
    Edit,
)
from audit.source.syntax.rewriting.strings import strings
from audit.source.syntax.rewriting.tokens import CLOSING, OPENING, gap, is_string, is_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.source.syntax.rewriting.tokens import Token


def rewritten(line: Sequence[Token], *, text: bool) -> Iterator[Edit]:
    """Yield the edits of a logical line, each kind in order; what ends a name comes first.

    `text` where plain strings are text, by the future import of `unicode_literals`.
    """
    words = {word for _, _, word in line}
    if not words.isdisjoint(_NAMES):
        yield from _names(line)
    for start, end, word in line:
        if word == b"<>":
            yield Edit(start, end, b"!=", UNEQUAL)
        elif word[:1].isdigit():
            yield from _number(start, end, word)
    if any(map(is_string, words)):
        yield from strings(line, text=text)
    if b"`" in words:
        yield from _backticks(line)
    if b"for" in words:
        yield from _loops(line)


_KEYWORDS = frozenset(
    b"and as assert break class continue def del elif else except exec finally for from global "
    b"if import in is lambda not or pass print raise return try while with yield".split()
)


def _backticks(line: Sequence[Token]) -> Iterator[Edit]:
    """`x` in backticks is a call of `repr`. A second one closes where an operand has ended.

    The zero keeps out what brackets take and backticks do not: nothing, and a generator.
    """
    pending, operand = [0], False
    for number, (start, end, text) in enumerate(line):
        if text in OPENING:
            pending.append(0)
        elif text in CLOSING and len(pending) > 1:
            pending.pop()
        if text != b"`":
            operand = text in CLOSING or (is_word(text) and text not in _KEYWORDS)
            continue
        if pending[-1] and operand:
            pending[-1] -= 1
            yield Edit(start, end, b",0))", BACKTICKS)
        else:
            pending[-1] += 1
            operand = False
            yield Edit(start, end, gap(line, number) + b"repr((", BACKTICKS)


_OCTAL = re.compile(rb"0[0-7]*[1-7][0-7]*").fullmatch
_LONG = re.compile(rb"(?:[0-9]+|0[xXoObB][0-9a-fA-F]+)[lL]").fullmatch


def _number(start: int, end: int, text: bytes) -> Iterator[Edit]:
    if _LONG(text):
        text = text[:-1]
        yield Edit(end - 1, end, b" ", LONG)
    if _OCTAL(text):
        yield Edit(start, start + 1, b"0o", OCTAL)


def _loops(line: Sequence[Token]) -> Iterator[Edit]:
    """Put what a list comprehension loops over in parentheses, if it is a bare tuple."""
    frames = [_Loop(list_=False)]
    for number, (_, _, text) in enumerate(line):
        if text in OPENING:
            frames.append(_Loop(list_=text == b"["))
        elif text in _AFTER_LOOP or text in _IN_LOOP:
            yield from frames[-1].step(line, number)
        if text in CLOSING and len(frames) > 1:
            frames.pop()


_AFTER_LOOP = frozenset({b"for", b"if", b"]"})
_IN_LOOP = frozenset({b"in", b",", b"lambda"})


class _Loop:
    """Where within brackets a comprehension has got to."""

    __slots__ = ("bare", "first", "list_", "target")

    def __init__(self, *, list_: bool) -> None:
        self.list_ = list_
        self.target = False
        self.first = 0
        """The first token of what is looped over; 0 where that has not begun."""
        self.bare = 0
        """How much in it asks for parentheses: a lambda, a comma; one at the end is not enough."""

    def step(self, line: Sequence[Token], number: int) -> Iterator[Edit]:
        """Go on by a token that matters."""
        text = line[number].text
        if text in _AFTER_LOOP:
            trailing = line[number - 1].text == b","
            if self.list_ and self.first and self.bare > trailing:
                yield Edit(line[self.first].start, line[self.first].start, b"(", LOOP)
                yield Edit(line[number - 1].end, line[number - 1].end, b")", LOOP)
            self.target, self.first, self.bare = text == b"for", 0, 0
        elif text == b"in" and self.target:
            self.target, self.first = False, number + 1
        elif text in {b",", b"lambda"}:
            self.bare += self.first > 0


_WIDE_N = "\N{FULLWIDTH LATIN SMALL LETTER N}".encode()
_NAMES = frozenset({b"True", b"False", b"None", b"nonlocal"})
_BINDING = frozenset(b". def class global del import as for".split())


def _names(line: Sequence[Token]) -> Iterator[Edit]:
    """Rename what Python 3 has as a keyword, where it is a name.

    A first letter in full width makes the same name again, which the parser takes for no
    keyword (PEP 3131: identifiers are normalised). Constants it does not take even so.
    """
    for number, (start, end, text) in enumerate(line):
        if text not in _NAMES:
            continue
        before = line[number - 1].text if number else b""
        after = line[number + 1].text if number + 1 < len(line) else b""
        match text:
            case b"True" | b"False" if before in _BINDING or after == b"=":
                yield Edit(end, end, b"_", CONSTANT)
            case b"None" if before == b"." and after != b"=":
                yield Edit(end, end, b"_", CONSTANT)
            case b"nonlocal" if before not in {b"", b";", b":"} or not is_word(after):
                yield Edit(start, start + 1, _WIDE_N, NONLOCAL)
            case _:
                pass
