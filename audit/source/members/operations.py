"""What an operator needs of what it joins, as a member: `int | None` the `|` of types."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from audit.source.members.names import Named, is_built_in, named, root
from audit.source.terms import MERGE, UNION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.source.members.scopes import Scope

_OF_PRINT = {"__rshift__": "print.__rshift__", "__mod__": "print.__mod__"}


def operated_print(node: ast.BinOp) -> str:
    """Return the operator that Python 2's statement `print` leaves to what it is later."""
    match node:
        case ast.BinOp(left=ast.Name(id="print"), op=ast.RShift()):
            return "__rshift__"
        case ast.BinOp(left=ast.Call(func=ast.Name(id="print")), op=ast.Mod()):
            return "__mod__"
        case _:
            return ""


def operated(node: ast.BinOp, scope: Scope) -> tuple[Named, ...]:
    """Return what an operator needs in a value, where that can be told."""
    of_print = operated_print(node)
    if of_print:
        return (Named(_OF_PRINT[of_print]),) if is_built_in(root(node.left), scope) else ()
    if all(_is_type(each, scope) for each in _joined(node)):
        return (Named(UNION),)
    left, right = named(node.left, scope), named(node.right, scope)
    kinds = {(each.name, each.is_instance) for each in (*left, *right)}
    if left and right and kinds == {("dict", True)}:
        return (Named(MERGE, left[0].links + right[0].links),)
    return ()


def are_types(node: ast.expr) -> bool:
    """Whether what `|` joins in an annotation are types: None or a built-in type is among them."""
    return any(_is_none(each) or _type_name(each) for each in _joined(node))


def _is_type(node: ast.expr, scope: Scope) -> bool:
    """Whether a value is None or a built-in type: no other gives `|` a meaning of its own."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return _is_none(node) or (bool(_type_name(node)) and is_built_in(node, scope))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _type_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) and node.id in _TYPES else ""


_TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple"})


def _joined(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what `|` joins, however often."""
    parts = [node]
    while parts:
        match parts.pop():
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                parts += [left, right]
            case part:
                yield part
