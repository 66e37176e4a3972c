"""What a host is not given to parse or to compile, since it would not come back in time.

Each was seen to end the process, or to take minutes, with CPython 3.10 to 3.13.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from audit.source.syntax.host import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 1_000_000
"""Bytes that are parsed: a file that is made to hurt takes 900 times as much memory."""
_MOST_FIELDS = 10_000
"""In a file with a long f-string: before 3.12 a host looks for each from the string's beginning."""
_MOST_LOOPS = 500
"""In one comprehension: the compiler calls itself for each."""
_DEEPEST_FINALLY = 8
"""The compiler writes a `finally` twice, and so what is within it."""


def is_too_large(code: bytes) -> bool:
    """Tell whether code is more than a host should parse."""
    if len(code) > LARGEST:
        return True
    if HOST >= (3, 12) or code.count(b"{") <= _MOST_FIELDS:
        return False
    return re.search(_LONG_STRING, code) is not None


_DOUBLE = rb'"""(?:[^"]|"(?!"")){30000}|"(?!"")[^"\n]{30000}'
_LONG_STRING = rb"(?s)[fF][rR]?(?:" + _DOUBLE + b"|" + _DOUBLE.replace(b'"', b"'") + b")"


def is_too_nested(tree: ast.Module, code: bytes) -> bool:
    """Tell whether a tree is more than a host should compile."""
    return (code.count(b"for") > _MOST_LOOPS and _has_long_comprehension(tree)) or (
        code.count(b"finally") > _DEEPEST_FINALLY and _deepest_finally(tree) > _DEEPEST_FINALLY
    )


def _has_long_comprehension(tree: ast.Module) -> bool:
    return any(
        len(node.generators) > _MOST_LOOPS
        for node in ast.walk(tree)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    )


def _deepest_finally(tree: ast.Module) -> int:
    deepest = 0
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += _statements(node, depth)
    return deepest


def _statements(node: ast.AST, depth: int) -> Iterator[tuple[ast.AST, int]]:
    """Yield the statements within one, and how many `finally` are around each."""
    for name in ("body", "handlers", "orelse", "cases"):
        value = getattr(node, name, ())
        if isinstance(value, list):
            yield from ((each, depth) for each in value)
    yield from ((each, depth + 1) for each in getattr(node, "finalbody", ()))
