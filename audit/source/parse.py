"""Reads the imports of source that the lexer cannot decide, with a full parser.

The host's own `ast` first; then tree-sitter's grammar, which knows Python 2 and what is
newer than the host, and reads on after what it does not understand.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.source import lexer

if TYPE_CHECKING:
    from audit.code import Import


def parsed(path: str, data: bytes) -> tuple[tuple[Import, ...], tuple[Problem, ...]]:
    """Return the imports of source as `encoding.readable` gives it, and what is wrong with it."""
    if len(data) > _LARGEST:
        return _begun(path, data)
    from audit.source import host  # noqa: PLC0415  # loads ast, which few files need

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is the author's business
            return host.imports(data), ()
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        pass
    from audit.source import grammar  # noqa: PLC0415  # loads tree-sitter and its grammar

    found, line = grammar.imports(data)
    if line is None:
        return found, ()
    message = "not Python as any version has it; imports were read as far as it goes"
    return found, (Problem(message, Location(path, line)),)


_LARGEST = 250_000
"""Bytes that a full parser is given. Both were seen to take 400 times as much memory, and
tree-sitter a time that grows with the square, for a file that is made to hurt."""


def _begun(path: str, data: bytes) -> tuple[tuple[Import, ...], tuple[Problem, ...]]:
    """Return the imports up to the place where the lexer cannot go on, and that place."""
    found, offset = lexer.beginning(data)
    line = max(1, data.count(b"\n", 0, offset))
    message = "not read from here on: unclear without a parser, and too large for one"
    return found, (Problem(message, Location(path, line)),)
