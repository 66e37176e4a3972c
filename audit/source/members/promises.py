"""Whether a test around a use asks for the very member that is used."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from audit.source.members.around import Test
from audit.source.members.names import named

if TYPE_CHECKING:
    from audit.source.members.around import Link
    from audit.source.members.scopes import Scope


def is_promised(link: Link | None, name: str) -> bool:
    """Whether a test around a use asks by `hasattr` or the like, and the member is there then."""
    while link is not None:
        if isinstance(link.block, Test) and _promises(link.block, name):
            return True
        link = link.outer
    return False


def _promises(asked: Test, name: str, depth: int = 9) -> bool:
    test, holds, owner, last = asked.test, asked.holds, *name.rpartition(".")[::2]
    match test if depth else None:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _promises(asked._replace(test=operand, holds=not holds), name, depth - 1)
        case ast.BoolOp(op=operation, values=values):
            both = isinstance(operation, ast.And) is holds
            parts = (asked._replace(test=each) for each in values)
            return both and any(_promises(each, name, depth - 1) for each in parts)
        case ast.Call(func=ast.Name(id="hasattr" | "getattr"), args=[of, ast.Constant(value), *_]):
            return holds and value == last and _may_be(of, asked.scope, owner)
        case ast.Compare(left=ast.Constant(value), ops=[ast.In() | ast.NotIn() as operation]):
            return value == last and isinstance(operation, ast.In) is holds
        case ast.Compare(left=left, ops=[operation], comparators=[ast.Constant(value=None)]):
            is_there = isinstance(operation, ast.IsNot | ast.NotEq) is holds
            return _promises(asked._replace(test=left, holds=is_there), name, depth - 1)
        case _:
            return False


def _may_be(node: ast.expr, scope: Scope, owner: str) -> bool:
    """Whether a test asks a module or type itself, for all that can be told."""
    found = {each.name for each in named(node, scope)}
    if found & _TEXTS and owner in _TEXTS:
        return True
    return not owner or not found or owner in found


_TEXTS = frozenset({"bytes", "str", "unicode"})
