"""The parts of syntax nodes, as the walk needs them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from audit.source.members.scopes import Assigned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.source.members.scopes import Scope

    Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    Functions = ast.FunctionDef | ast.AsyncFunctionDef


def comprehended(node: Comprehension) -> list[ast.expr]:
    """Return the parts of a comprehension."""
    found = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    for each in node.generators:
        found += [each.target, each.iter, *each.ifs]
    return found


def postpones(statement: ast.stmt) -> bool:
    """Whether a statement is what makes annotations mere text."""
    return (
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
    )


def set_by(node: ast.Call) -> ast.Attribute | None:
    """Return the attribute that a call of `setattr` sets, as an assignment has it; `*` for any."""
    match node:
        case ast.Call(func=ast.Name(id="setattr"), args=[owner, ast.Constant(value=str(name)), _]):
            return ast.Attribute(owner, name, ast.Store())
        case ast.Call(func=ast.Name(id="setattr"), args=[owner, *_]):
            return ast.Attribute(owner, "*", ast.Store())
        case _:
            return None


def puts_module(node: ast.Subscript) -> bool:
    """Whether a subscript puts something into `sys.modules`, or the like."""
    return isinstance(node.ctx, ast.Store) and getattr(node.value, "attr", "") == "modules"


def hands_itself(node: ast.expr | None) -> bool:
    """Whether a call is given the name of its module, and may look that up to bind names in it."""
    match node:
        case ast.Call(func=ast.Name(id=last) | ast.Attribute(attr=last), args=given):
            named = (isinstance(each, ast.Name) and each.id == "__name__" for each in given)
            return last not in _ONLY_NAMED_AFTER and any(named)
        case _:
            return False


_ONLY_NAMED_AFTER = frozenset({"Blueprint", "Flask", "getLogger", "get_logger"})


def arguments(of: ast.arguments) -> Iterator[ast.arg]:
    """Return the parameters of a function or lambda."""
    yield from (*of.posonlyargs, *of.args, *of.kwonlyargs)
    yield from (each for each in (of.vararg, of.kwarg) if each is not None)


def defaults(of: ast.arguments) -> tuple[ast.expr, ...]:
    """Return the expressions of its defaults, which run where it is defined."""
    return (*of.defaults, *(each for each in of.kw_defaults if each is not None))


def bind_arguments(of: ast.arguments, scope: Scope) -> None:
    """Bind its parameters in its scope; the event that the platform hands over is a dict."""
    is_handed = [each.arg for each in of.args] == ["event", "context"]
    for each in arguments(of):
        value = ast.Dict([], []) if is_handed and each.arg == "event" else None
        scope.bind(each.arg, Assigned(value, scope, None))
