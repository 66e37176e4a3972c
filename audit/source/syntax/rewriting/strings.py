"""Gives strings the prefix with which Python 3 reads what only Python 2 has in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.source.syntax.rewriting.edits import BYTES, ESCAPE, MIXED, RAW_UNICODE, Edit, Kind
from audit.source.syntax.rewriting.tokens import Token, gap, is_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def strings(line: Sequence[Token], *, text: bool) -> Iterator[Edit]:
    """Yield the edits of the strings of a logical line.

    `text` where those without a prefix are text, by the future import of `unicode_literals`.
    What gets a new prefix becomes raw: what is in it stays as it is.
    """
    run: list[int] = []
    for number, (_, _, word) in enumerate((*line, _END)):
        if is_string(word):
            run.append(number)
            continue
        mixed = len(run) > 1 and len({_is_bytes(line[each].text) for each in run}) > 1
        for each in run:
            found = _refused(line[each].text, mixed=mixed, text=text)
            if found:
                yield _edit(line, each, *found)
        run.clear()


_END = Token(0, 0, b"")
_QUOTE = re.compile(rb"['\"]").search


def _prefix(string: bytes) -> bytes:
    quote = _QUOTE(string)
    return string[: quote.start()].lower() if quote else b""


def _is_bytes(string: bytes) -> bool:
    return b"b" in _prefix(string)


def _refused(string: bytes, *, mixed: bool, text: bool) -> tuple[int, Kind] | None:
    """Return how long the prefix is that Python 3 refuses, and why."""
    prefix = _prefix(string)
    kind = None
    if prefix == b"ur":
        kind = RAW_UNICODE
    elif b"b" in prefix:
        kind = MIXED if mixed else None if string.isascii() else BYTES
    elif not prefix and not text and b"\\" in string and any(map(_is_odd, _ESCAPES(string))):
        kind = ESCAPE
    return (len(prefix), kind) if kind else None


def _edit(line: Sequence[Token], number: int, prefix: int, kind: Kind) -> Edit:
    start, _, string = line[number]
    end = start + prefix + 1
    return Edit(start, end, gap(line, number) + b"r" + string[prefix : prefix + 1], kind)


_ESCAPES = re.compile(rb"(?s)\\(?:N\{([^}]*)\}|(.))").finditer
_HEXADECIMAL = re.compile(rb"u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}").match


def _is_odd(escape: re.Match[bytes]) -> bool:
    """Whether text of Python 3 cannot have an escape that byte strings have as it stands."""
    if escape[1] is not None:
        return not _is_character(escape[1])
    return escape[2] in {b"u", b"U", b"N"} and not _HEXADECIMAL(escape.string, escape.start(2))


def _is_character(name: bytes) -> bool:
    import unicodedata  # noqa: PLC0415  # a megabyte, for a rare escape

    try:
        unicodedata.lookup(name.decode())
    except KeyError:
        return False
    return True
