"""The functions of a tree, told by their statements: a tenth of the nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Scope:
    """A function, and what of its own statements matters to 2.7's compiler."""

    __slots__ = ("deleted", "executed", "node", "result")

    def __init__(self, node: Function) -> None:
        self.node = node
        self.result: ast.Return | None = None
        """The first `return` with a value."""
        self.deleted: dict[str, int] = {}
        """Names that `del` takes away, with a line."""
        self.executed: list[int] = []
        """The lines of `exec(code)`, without a namespace."""


class Survey:
    """What of the statements of a file's functions matters to 2.7."""

    def __init__(self, tree: ast.Module) -> None:
        self.scopes: list[Scope] = []
        waiting: list[tuple[list[ast.stmt], Scope | None]] = [(tree.body, None)]
        while waiting:
            body, scope = waiting.pop()
            for statement in body:
                inner = self._noted(statement, scope)
                waiting += ((each, inner) for each in _bodies(statement))

    def _noted(self, statement: ast.stmt, scope: Scope | None) -> Scope | None:
        """Note a statement, and return the scope of those within it."""
        match statement:
            case ast.Expr():
                if scope and _is_bare_exec(statement):
                    scope.executed.append(statement.lineno)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope = Scope(statement)
                self.scopes.append(scope)
            case ast.ClassDef():
                return None
            case ast.Return(value=ast.expr()) if scope:
                if scope.result is None or statement.lineno < scope.result.lineno:
                    scope.result = statement
            case ast.Delete(targets=targets) if scope:
                scope.deleted |= _names(targets)
            case _:
                pass
        return scope


def _bodies(statement: ast.stmt) -> Iterable[list[ast.stmt]]:
    if not hasattr(statement, "body"):
        return [case.body for case in getattr(statement, "cases", ())]
    bodies = [statement.body, getattr(statement, "orelse", []), getattr(statement, "finalbody", [])]
    return [*bodies, *(each.body for each in getattr(statement, "handlers", ()))]


def _names(targets: Iterable[ast.expr]) -> dict[str, int]:
    return {
        node.id: node.lineno
        for target in targets
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
    }


def _is_bare_exec(statement: ast.Expr) -> bool:
    match statement.value:
        case ast.Call(func=ast.Name(id="exec"), args=[_], keywords=[]):
            return True
        case _:
            return False
