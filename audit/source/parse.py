"""Reads the imports of source that the lexer cannot decide, from trees.

The host's own where there is one; else that of tree-sitter's grammar, which knows Python 2 and
what is newer than the host, and reads on after what it does not understand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.source import lexer
from audit.source.bindings import NO_BINDINGS

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from audit.code import Import


def parsed(
    path: str, data: bytes, tree: ast.Module | None, bindings: Mapping[str, str] = NO_BINDINGS
) -> tuple[tuple[Import, ...], tuple[Problem, ...]]:
    """Return the imports of source as `encoding.readable` gives it, and where they end unseen.

    `tree` is the host's; where it has none, what is wrong with the file is told elsewhere.
    `bindings` are its names that are bound to tests of the version.
    """
    if tree is not None:
        from audit.source import host  # noqa: PLC0415 - few files need it

        return host.imports(tree, bindings), ()
    if len(data) > _LARGEST:
        return _begun(path, data, bindings)
    from audit.source import grammar  # noqa: PLC0415 - loads tree-sitter and its grammar

    return grammar.imports(data, bindings), ()


_LARGEST = 250_000
"""Bytes that tree-sitter is given. It was seen to take 400 times as much memory, and a time that
grows with the square, for a file that is made to hurt."""


def _begun(
    path: str, data: bytes, bindings: Mapping[str, str]
) -> tuple[tuple[Import, ...], tuple[Problem, ...]]:
    """Return the imports up to the place where the lexer cannot go on, and that place."""
    found, offset = lexer.beginning(data, bindings)
    line = max(1, data.count(b"\n", 0, offset))
    message = "not read from here on: unclear without a parser, and too large for one"
    return found, (Problem(message, Location(path, line)),)
