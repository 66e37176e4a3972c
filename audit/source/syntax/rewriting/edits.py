"""What only Python 2 reads, by kind, and the edits that put it into other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.code import Construct, Span

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(NamedTuple):
    """A construct that is to be rewritten, as `audit.code.Construct` tells it."""

    what: str
    instead: str
    pythons: tuple[Span, ...] = (Span((2, 0), (3, 0)),)


class Edit(NamedTuple):
    """Puts `new` in the place of `data[start:end]`."""

    start: int
    end: int
    new: bytes
    kind: Kind


PRINT = Kind("the statement print", "print(...), with from __future__ import print_function")
EXEC = Kind("the statement exec", "exec(code, globals)")
EXCEPT = Kind(
    "except with a comma before the name",
    "except Error as name",
    (Span((2, 0), (3, 0)), Span((3, 14))),
)
"""Since Python 3.14 (PEP 758) the comma stands between two exceptions."""
RAISE = Kind("raise with a comma", "raise Error(message)")
BACKTICKS = Kind("backticks", "repr(...)")
UNEQUAL = Kind("the operator <>", "!=")
OCTAL = Kind("an octal number that begins with 0 alone", "0o before its digits, as in 0o777")
LONG = Kind("a number that ends in L", "the number without L")
RAW_UNICODE = Kind("a string with the prefix ur", 'u"..." with its backslashes doubled')
BYTES = Kind("a byte string with a character beyond ASCII", "an escape such as \\xe9 for it")
MIXED = Kind("a byte string next to a text string", "the same prefix on both")
ESCAPE = Kind("a \\U, \\u or \\N that is no escape", "two backslashes, or a raw string")
PARAMETERS = Kind("a tuple among the parameters", "one name, unpacked in the first line")
LOOP = Kind("a comprehension over a tuple without parentheses", "parentheses around the tuple")
STAR = Kind("import * inside a function or class", "the names in place of *")
CONSTANT = Kind("True, False or None as a name", "another name")
NONLOCAL = Kind("nonlocal as a name", "another name")
TABS = Kind("indentation that mixes tabs and spaces", "spaces alone")


def applied(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return source with its edits, which stand in order and do not overlap."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new, _ in edits:
        pieces += (data[at:start], new)
        at = end
    return b"".join((*pieces, data[at:]))


def constructs(data: bytes, edits: Iterable[Edit]) -> tuple[Construct, ...]:
    """Return the first of each kind that edits, which stand in order, rewrite."""
    first: dict[Kind, int] = {}
    for edit in edits:
        first.setdefault(edit.kind, edit.start)
    return tuple(
        Construct(data.count(b"\n", 0, start), kind.what, kind.pythons, instead=kind.instead)
        for kind, start in first.items()
    )
