"""Rewrites the statements that only Python 2 has. Names keep being read, called and bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.source.syntax.rewriting.edits import CONSTANT, EXCEPT, EXEC, PRINT, RAISE, Edit
from audit.source.syntax.rewriting.tokens import CLOSING, OPENING, commas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.source.syntax.rewriting.tokens import Token


def rewritten(statement: Sequence[Token], *, function: bool) -> Iterator[Edit]:
    """Yield the edits of one statement; `function` where `print` is one, by the future import."""
    if len(statement) < _SHORTEST:
        return
    match statement[0].text:
        case b"print" if not function:
            yield from _print(statement)
        case b"exec":
            yield from _exec(statement)
        case b"raise":
            yield from _raise(statement)
        case b"except":
            yield from _except(statement)
        case b"True" | b"False" if statement[1].text == b",":
            yield from _constants(statement)
        case _:
            pass


_SHORTEST = 2
_CONTINUES = frozenset(b"if and or in is else for as".split())
"""Words that go on with an expression, and so read on after the name `print`."""


def _print(statement: Sequence[Token]) -> Iterator[Edit]:
    """Make the statement a tuple, unless Python 3 reads it as an expression with that name."""
    start, end, _ = statement[0]
    if statement[1].text == b">>":
        if len(statement) > _SHORTEST and statement[2].text in {b"not", b"lambda"}:
            yield Edit(start, statement[1].end, b"0,", PRINT)
    elif not _goes_on(statement):
        yield Edit(start, end, b"0,", PRINT)


def _goes_on(statement: Sequence[Token]) -> bool:
    """Whether Python 3 reads an expression that begins with a name where `print` stands."""
    text = statement[1].text
    following = statement[2].text if len(statement) > _SHORTEST else b""
    match text:
        case b"(":
            return following != b"yield"
        case b"[":
            return following != b"]" and not _is_comprehension(statement)
        case b"not":
            return following == b"in"
        case b"`" | b"{" | b"~":
            return False
        case _:
            word = text[:1].isalnum() or text[:1] == b"_" or text[:1] >= b"\x80"
            literal = text[-1:] in {b"'", b'"'} or text[1:2].isdigit()
            return text in _CONTINUES or not (word or literal)


def _is_comprehension(statement: Sequence[Token]) -> bool:
    depth = 0
    for _, _, text in statement[1:]:
        depth += (text in OPENING) - (text in CLOSING)
        if text == b"for" and depth == 1:
            return True
        if not depth:
            break
    return False


def _exec(statement: Sequence[Token]) -> Iterator[Edit]:
    """Make it a tuple: `exec code in names, more` reads all three; and a call without `in`."""
    if _goes_on(statement) or statement[-1].text == b",":
        return
    depth, place = 0, len(statement)
    for number, (_, _, text) in enumerate(statement):
        depth += (text in OPENING) - (text in CLOSING)
        if not depth and text in _NO_OPERAND:
            place = number
            break
    at = commas(statement)
    if place < len(statement) and (statement[place].text != b"in" or len(at) > 1):
        return
    start, end, _ = statement[0]
    if place < len(statement):
        yield Edit(start, end, b"0,", EXEC)
    else:
        yield Edit(start, end, b"exec(", EXEC)
        yield Edit(statement[-1].end, statement[-1].end, b")", EXEC)


_NO_OPERAND = frozenset(b", in and or not if else is lambda < > == <= >= != <>".split())
"""What cannot stand in the code that `exec` runs; only `in` may follow it."""


def _raise(statement: Sequence[Token]) -> Iterator[Edit]:
    if 0 < len(commas(statement)) <= _MOST_COMMAS and statement[-1].text != b",":
        yield Edit(statement[1].start, statement[1].start, b"(", RAISE)
        yield Edit(statement[-1].end, statement[-1].end, b")", RAISE)


_MOST_COMMAS = 2
"""Of a `raise`: the exception, its argument, and a traceback."""


def _except(statement: Sequence[Token]) -> Iterator[Edit]:
    """`as` for a name; what else is assigned to becomes the target of a comprehension."""
    at = commas(statement)
    if len(at) != 1 or not 1 < at[0] < len(statement) - _SHORTEST:
        return
    comma, target = statement[at[0]], statement[at[0] + 1 : -1]
    if len(target) == 1:
        yield Edit(comma.start, comma.end, b" as ", EXCEPT)
        return
    yield Edit(statement[1].start, statement[1].start, b"[", EXCEPT)
    yield Edit(comma.start, comma.end, b" for ", EXCEPT)
    yield Edit(target[-1].end, target[-1].end, b" in ()]", EXCEPT)


def _constants(statement: Sequence[Token]) -> Iterator[Edit]:
    """Rename in `True, False = 1, 0` what is not right before the `=`: expressions do that."""
    texts = [text for _, _, text in statement]
    if b"=" in texts:
        for _, end, text in statement[: texts.index(b"=") - 1]:
            if text in {b"True", b"False"}:
                yield Edit(end, end, b"_", CONSTANT)
