"""Reads the imports of source with the `ast` of the Python that runs us."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from audit.code import OTHERWISE, Attempt, Block, Condition, Function, Handled, Import
from audit.source.bindings import NO_BINDINGS
from audit.source.blocks import ELDERS, past, unseen
from audit.source.conditions import is_version_test
from audit.source.exceptions import caught, dotted, sees_import, suppressed
from audit.source.members.around import leaves, raises

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Blocks = tuple[Block, ...]
Placed = tuple[ast.AST, Blocks]
Body = tuple[Sequence[ast.AST], Blocks]


def imports(tree: ast.Module, bindings: Mapping[str, str] = NO_BINDINGS) -> tuple[Import, ...]:
    """Return the imports of a file whose tree has the lines of the file.

    `bindings` are its names that are bound to tests of the version.
    """
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
        for body, around in _within(node, blocks, groups):
            waiting += _placed(body, around, bindings)
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
            called = dotted(function)
            known = called in _CALLS or (called == "import_module" and has_method)
            if known and DOTTED(name) and not (rest and called == "__import__"):
                yield Import(module=name, line=function.lineno, blocks=blocks, dynamic=True)
        case _:
            pass


_CALLS = frozenset({"__import__", "importlib.import_module"})
DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*").fullmatch


def _within(node: ast.AST, blocks: Blocks, groups: Iterator[int]) -> Iterator[Body]:
    """Yield the parts of a node, those of one body together, with what is around them."""
    if isinstance(node, _TRY):
        yield from _try(node, blocks, next(groups))
        return
    inside: Blocks | None = None
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inside = (*blocks, Function(node.name))
        case ast.If(test=test):
            asked = ast.unparse(test)
            yield [test], blocks
            yield node.body, (*blocks, Condition(asked, holds=True))
            yield node.orelse, (*blocks, Condition(asked, holds=False))
            return
        case ast.With() | ast.AsyncWith() if names := suppressed(node.items):
            inside = (*blocks, *_suppressing(names, next(groups)))
        case _:
            pass
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            parts = [each for each in value if isinstance(each, ast.AST)]
            yield parts, inside if inside is not None and name == "body" else blocks
        elif isinstance(value, ast.AST):
            yield [value], blocks


def _placed(
    body: Iterable[ast.AST], blocks: Blocks, bindings: Mapping[str, str]
) -> Iterator[Placed]:
    early = 0
    for node in body:
        yield node, blocks
        if isinstance(node, ast.If) and early < ELDERS and (past := _past(node, bindings)):
            blocks, early = (*blocks, past), early + 1


def _past(node: ast.If, bindings: Mapping[str, str]) -> Condition | None:
    """Return what must be so that control comes past an `if`, where it asks for the version."""
    is_left = leaves(node.body)
    if not is_left and not leaves(node.orelse):
        return None
    test = ast.unparse(node.test)
    if not is_version_test(test, bindings):
        return None
    return Condition(test, holds=not is_left, is_early=True)


_TRY: tuple[type[ast.Try], ...] = (ast.Try, getattr(ast, "TryStar", ast.Try))


def _try(node: ast.Try, blocks: Blocks, group: int) -> Iterator[Body]:
    names = tuple(caught(handler.type) for handler in node.handlers)
    ends = tuple(not raises(handler.body) for handler in node.handlers)
    seeing = [number for number, each in enumerate(names, 1) if sees_import(each)]
    branches = (not raises(node.body), *(ends[number - 1] for number in seeing))

    def around(number: int) -> Blocks:
        if not names:
            return blocks
        handled = Handled(group, number, names, ends)
        if number > 0 and number not in seeing:
            return (*blocks, handled, unseen_by(node.handlers[number - 1]))
        branch = seeing.index(number) + 1 if number > 0 else number
        attempts = (Attempt(group, branch, branches),) if seeing else ()
        tests = () if number > 0 else past(names, ast.unparse(node.body[0]))
        return (*blocks, handled, *attempts, *tests)

    def unseen_by(handler: ast.ExceptHandler) -> Condition:
        exceptions = ast.unparse(handler.type) if handler.type else ""
        return Condition(unseen(exceptions, ast.unparse(node.body[0])), holds=True)

    yield node.body, around(0)
    for number, handler in enumerate(node.handlers, 1):
        yield handler.body, around(number)
        if handler.type:
            yield [handler.type], blocks
    yield node.orelse, around(OTHERWISE)
    yield node.finalbody, blocks


def _suppressing(names: tuple[str, ...], group: int) -> Iterator[Block]:
    yield Handled(group, 0, (names,), (True,))
    if sees_import(names):
        yield Attempt(group, 0, (True, True))
