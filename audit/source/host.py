"""Reads the imports of source with the `ast` of the Python that runs us."""

from __future__ import annotations

import ast
import re
from itertools import count
from typing import TYPE_CHECKING

from audit.code import OTHERWISE, Attempt, Block, Condition, Function, Import
from audit.source.blocks import CATCHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Blocks = tuple[Block, ...]
Placed = tuple[ast.AST, Blocks]


def imports(tree: ast.Module) -> tuple[Import, ...]:
    """Return the imports of a file whose tree has the lines of the file."""
    has_method = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "importlib"
        and any(alias.name == "import_module" for alias in node.names)
        for node in ast.walk(tree)
    )
    found: list[tuple[int, Import]] = []
    groups = count(1)
    waiting: list[Placed] = [(tree, ())]
    while waiting:
        node, blocks = waiting.pop()
        column = getattr(node, "col_offset", 0)
        found += [(column, each) for each in _read(node, blocks, has_method=has_method)]
        waiting += _within(node, blocks, groups)
    found.sort(key=lambda each: (each[1].line, each[0]))
    return tuple(each for _, each in found)


def _read(node: ast.AST, blocks: Blocks, *, has_method: bool) -> Iterator[Import]:
    match node:
        case ast.Import():
            for alias in node.names:
                yield Import(module=alias.name, line=node.lineno, blocks=blocks)
        case ast.ImportFrom():
            yield Import(
                module=node.module or "",
                line=node.lineno,
                names=tuple(alias.name for alias in node.names),
                level=node.level,
                blocks=blocks,
            )
        case ast.Call(func=function, args=[ast.Constant(value=str(name)), *rest]):
            called = _dotted(function)
            known = called in _CALLS or (called == "import_module" and has_method)
            if known and DOTTED(name) and not (rest and called == "__import__"):
                yield Import(module=name, line=function.lineno, blocks=blocks, dynamic=True)
        case _:
            pass


_CALLS = frozenset({"__import__", "importlib.import_module"})
DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*").fullmatch


def _within(node: ast.AST, blocks: Blocks, groups: Iterator[int]) -> Iterator[Placed]:
    """Yield the parts of a node, each with what is around it."""
    if isinstance(node, _TRY):
        yield from _try(node, blocks, next(groups))
        return
    inside: tuple[ast.stmt, ...] = ()
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inside = tuple(node.body)
            yield from _placed(inside, (*blocks, Function(node.name)))
        case ast.If():
            inside = (*node.body, *node.orelse)
            test = ast.unparse(node.test)
            yield from _placed(node.body, (*blocks, Condition(test, holds=True)))
            yield from _placed(node.orelse, (*blocks, Condition(test, holds=False)))
        case ast.With() | ast.AsyncWith() if any(map(_suppresses, node.items)):
            inside = tuple(node.body)
            yield from _placed(inside, (*blocks, Attempt(next(groups), 0, (True, True))))
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        if child not in inside:
            yield child, blocks


def _placed(nodes: Iterable[ast.AST], blocks: Blocks) -> Iterator[Placed]:
    return ((node, blocks) for node in nodes)


_TRY: tuple[type[ast.Try], ...] = (ast.Try, getattr(ast, "TryStar", ast.Try))


def _try(node: ast.Try, blocks: Blocks, group: int) -> Iterator[Placed]:
    handlers = [handler for handler in node.handlers if _catches(handler.type)]
    branches = (not _stops(node.body), *(not _stops(handler.body) for handler in handlers))

    def around(branch: int) -> Blocks:
        return (*blocks, Attempt(group, branch, branches)) if handlers else blocks

    yield from _placed(node.body, around(0))
    for handler in node.handlers:
        caught = handler in handlers
        branch = around(handlers.index(handler) + 1) if caught else blocks
        yield from _placed(handler.body, branch)
        if handler.type:
            yield handler.type, blocks
    yield from _placed(node.orelse, around(OTHERWISE))
    yield from _placed(node.finalbody, blocks)


def _catches(exceptions: ast.AST | None) -> bool:
    return exceptions is None or any(_last(node) in CATCHING for node in ast.walk(exceptions))


def _suppresses(item: ast.withitem) -> bool:
    call = item.context_expr
    if not isinstance(call, ast.Call) or _dotted(call.func) not in _SUPPRESS:
        return False
    return any(_last(each) in CATCHING for each in call.args)


_SUPPRESS = frozenset({"suppress", "contextlib.suppress"})
_EXITS = frozenset({"exit", "quit", "sys.exit", "os._exit"})


def _stops(body: Iterable[ast.stmt]) -> bool:
    return any(
        isinstance(node, ast.Raise)
        or (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and _dotted(node.value.func) in _EXITS
        )
        for node in body
    )


def _last(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return f"{name}.{attribute}"
        case _:
            return ""
