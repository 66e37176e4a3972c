"""Rewrites tuples among parameters: their names become parameters of their own."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from audit.source.syntax.rewriting.edits import PARAMETERS, Edit
from audit.source.syntax.rewriting.tokens import CLOSING, OPENING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.source.syntax.rewriting.tokens import Token


def flattened(line: Sequence[Token]) -> Iterator[Edit]:
    """Yield the edits that put `def f(a, (b, c)=d)` as `def f(a, b=0, c=d)`."""
    frames = [_Frame(_Kind.OTHER)]
    for number, (_, _, text) in enumerate(line):
        top = frames[-1]
        if text in OPENING:
            frames.append(_opened(line, number, top))
            if frames[-1].kind is _Kind.TUPLE:
                yield _blank(line[number])
        elif text in CLOSING or (text == b":" and top.kind is _Kind.LAMBDA):
            if top.kind is _Kind.TUPLE:
                yield from _closed(line, number, top)
            if len(frames) > 1:
                frames.pop()
        elif text == b"lambda":
            frames.append(_Frame(_Kind.LAMBDA))
        elif top.kind is _Kind.TUPLE and text in _STARS:
            top.kind = _Kind.OTHER  # which no Python has: its bracket stays, and no parser reads it
        elif top.expecting and top.kind is _Kind.TUPLE and text != b",":
            top.names.append(number)
        frames[-1].expecting = text == b"," or (text in _BEGINS and text != b":")


_STARS = frozenset({b"*", b"**"})
_BEGINS = OPENING | {b"lambda"}


class _Kind(Enum):
    OTHER = 0
    DEF = 1
    LAMBDA = 2
    TUPLE = 3


class _Frame:
    """Brackets, or the parameters of a lambda up to its colon."""

    __slots__ = ("expecting", "kind", "names")

    def __init__(self, kind: _Kind, names: list[int] | None = None) -> None:
        self.kind = kind
        self.expecting = True
        """Whether a parameter begins here."""
        self.names = [] if names is None else names
        """The tokens that are names in a tuple, in those around it as well."""


def _opened(line: Sequence[Token], number: int, top: _Frame) -> _Frame:
    if line[number].text != b"(":
        return _Frame(_Kind.OTHER)
    if number > 1 and line[number - 2].text == b"def":
        return _Frame(_Kind.DEF)
    empty = number + 1 < len(line) and line[number + 1].text == b")"
    if top.kind is _Kind.OTHER or not top.expecting or empty:
        return _Frame(_Kind.OTHER)
    return _Frame(_Kind.TUPLE, top.names if top.kind is _Kind.TUPLE else None)


def _closed(line: Sequence[Token], number: int, top: _Frame) -> Iterator[Edit]:
    """Take out the bracket and a comma before it; give every name but the last a default."""
    before = line[number - 1]
    if before.text == b",":
        yield _blank(before)
    yield _blank(line[number])
    if number + 1 < len(line) and line[number + 1].text == b"=":
        for name in top.names[:-1]:
            end = line[name].end
            yield Edit(end, end, b"=0", PARAMETERS)


def _blank(token: Token) -> Edit:
    return Edit(token.start, token.end, b" ", PARAMETERS)
