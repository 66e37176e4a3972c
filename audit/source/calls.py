"""Which functions of a file run as it is loaded, and so end it where they end themselves."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

from audit.code import Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.code import Ending


def as_loaded(body: Sequence[ast.stmt], found: Iterable[Ending]) -> Iterator[Ending]:
    """Yield the endings; those of a function that loading the file surely calls as the file's."""
    endings = tuple(found)
    is_any_called = any(isinstance(block, Function) for each in endings for block in each.blocks)
    called = _calls(body) if is_any_called else ()
    for each in endings:
        functions = [block for block in each.blocks if isinstance(block, Function)]
        if functions and functions[0].name in called:
            blocks = tuple(block for block in each.blocks if not isinstance(block, Function))
            yield each._replace(blocks=blocks)
        yield each


def _calls(body: Sequence[ast.stmt]) -> set[str]:
    """Return the plain functions of a module that statements right at its top level call."""
    bound: Counter[str] = Counter()
    plain, called = set(), set()
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name, decorator_list=[]):
                bound[name] += 1
                if not any(isinstance(each, _YIELDS) for each in ast.walk(statement)):
                    plain.add(name)
            case (
                ast.Expr(value=ast.Call(func=ast.Name(id=name)))
                | ast.Assign(value=ast.Call(func=ast.Name(id=name)))
            ):
                called.add(name)
            case _:
                bound.update(map(_name, ast.walk(statement)))
    return {name for name in plain & called if bound[name] == 1}


def _name(node: ast.AST) -> str:
    """Return the name that a node may bind; empty for none."""
    if isinstance(node, ast.alias):
        return node.asname or node.name
    return str(getattr(node, "id", None) or getattr(node, "name", None) or "")


_YIELDS = ast.Yield | ast.YieldFrom
