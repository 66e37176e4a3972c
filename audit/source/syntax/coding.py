"""What Pythons refuse of a file's bytes, before any grammar.

Measured with CPython 2.7 and 3.6 to 3.13, for files that are imported. Python 2 decodes nothing
where the coding line says UTF-8, and ends a line at a null byte; its own rules are elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.code import Construct
from audit.source.encoding import readable
from audit.source.syntax.versions import PYTHON_2
from audit.source.tokens import STRING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.model import Problem

_SAVE = "save the file as UTF-8"


def undecodable(raw: bytes, code: bytes) -> Iterator[Construct]:
    """Yield what of a file's bytes is refused; `code` is what `readable` made of them."""
    if raw.isascii() and b"\0" not in raw and b"coding" not in raw[:_HEAD]:
        return
    for problem in readable("", raw)[1]:
        yield from _construct(problem, raw, code)


_HEAD = 2000
"""Bytes that surely hold a coding line, if a file of nothing else than ASCII has one."""


def _construct(problem: Problem, raw: bytes, code: bytes) -> Iterator[Construct]:
    line, what = problem.at.line or 1, problem.message
    if b"\0" in raw:
        # Python 2 drops the rest of a line behind a null byte, whatever that leaves.
        unsure = () if what.startswith("UTF-16") else (PYTHON_2,)
        yield Construct(line, what, (), unsure, _SAVE)
    elif not what.startswith("a byte that is not utf-8"):
        yield Construct(line, what, (), (), _SAVE)
    elif (at := _replaced(code)) is not None:
        # Within a comment nothing decodes it: no Python 3 that imports the file cares.
        yield Construct(code.count(b"\n", 0, at), what, (PYTHON_2,), (), _SAVE)


_MARK = "\N{REPLACEMENT CHARACTER}".encode()


def _replaced(code: bytes) -> int | None:
    """Return where outside of comments a byte was replaced that is not UTF-8."""
    # It takes a millisecond to compile, for a kind of file that few projects have.
    for token in re.finditer(rb"(?s)(#[^\n]*)|" + STRING + rb"|" + _MARK, code):
        if token[1] is None and _MARK in token[0]:
            return token.start() + token[0].index(_MARK)
    return None
