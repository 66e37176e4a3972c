"""Puts what only Python 2 reads into words that every parser knows, line by line.

One parser, and one walk over its tree, then serve files of Python 2 and 3 alike. What a
statement reads, calls and binds stays, and so do the lines; columns do not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from audit.source.syntax.rewriting import expressions, statements
from audit.source.syntax.rewriting.edits import applied, constructs
from audit.source.syntax.rewriting.layout import expanded, stars
from audit.source.syntax.rewriting.parameters import flattened
from audit.source.syntax.rewriting.tokens import Line, Token, lines, split, tokens
from audit.source.tokens import UndecidedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.code import Construct
    from audit.source.syntax.rewriting.edits import Edit


class Modernised(NamedTuple):
    """A file of Python 2 in words of both."""

    code: bytes
    """As `encoding.readable` gives it, with the lines of the file."""
    constructs: tuple[Construct, ...]
    """What was rewritten: the first of each kind."""


def modernised(code: bytes) -> Modernised | None:
    """Rewrite source as `encoding.readable` gives it; None where nothing is Python 2's alone.

    For what the parser refuses. `async` and `await` as names are left to `keywords`.
    """
    try:
        every = tuple(lines(code))
        edits = list(_edits(code, every))
    except UndecidedError:
        return None
    if b"\t" in code:
        edits += expanded(code, every)
    if _STAR(code):
        edits += stars(code, every)
    if not edits:
        return None
    edits.sort(key=_place)
    return Modernised(applied(code, edits), constructs(code, edits))


_STAR = re.compile(rb"\bimport[ \t]*\*").search


def _place(edit: Edit) -> tuple[int, int]:
    """Sort what is put in before what is put in the place of a token."""
    return edit.start, edit.end


def _edits(code: bytes, every: Iterable[Line]) -> Iterator[Edit]:
    futures: frozenset[bytes] = frozenset()
    for line in every:
        if not line.odd:
            continue
        words = tokens(code, line)
        parts = tuple(split(words))
        futures = futures.union(*map(_futures, parts))
        function, text = b"print_function" in futures, b"unicode_literals" in futures
        yield from expressions.rewritten(words, text=text)
        yield from flattened(words)
        for statement in parts:
            yield from statements.rewritten(statement, function=function)


def _futures(statement: Sequence[Token]) -> frozenset[bytes]:
    """Return what a statement imports from `__future__`."""
    if [text for _, _, text in statement[:2]] != [b"from", b"__future__"]:
        return frozenset()
    return frozenset(text for _, _, text in statement[2:])
