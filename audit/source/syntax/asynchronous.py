"""What came with coroutines, where it matters what is around: PEP 492, 525, 530 and after them.

Looked for only in files that have the words at all.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from audit.source.syntax.versions import since
from audit.source.syntax.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.code import Construct

_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class _Around(NamedTuple):
    """What is around a node."""

    coroutine: bool = False
    """Whether the nearest function is `async def`."""
    comprehension: bool = False
    """Whether a comprehension that is not asynchronous lies between that and the node."""
    formatted: bool = False
    """Whether an f-string does."""


def has_coroutines(code: bytes) -> bool:
    """Tell whether code may have any: whether one of the words is in it."""
    return (b"async" in code or b"await" in code) and _WORD(code) is not None


_WORD = re.compile(rb"(?<![\w\x80-\xff])(?:async|await)(?![\w\x80-\xff])").search


def coroutines(tree: ast.Module) -> Iterator[Construct]:
    """Yield what of `async` and `await` some Python refuses, in no order."""
    waiting: list[tuple[ast.AST, _Around]] = [(tree, _Around())]
    while waiting:
        node, around = waiting.pop()
        if node.__class__ in _WATCHED:
            yield from _constructs(node, around)
            waiting += _within(node, around)
        else:
            waiting += [(each, around) for each in parts(node)]


_WATCHED = frozenset(
    (
        *(ast.AsyncFunctionDef, ast.FunctionDef, ast.Lambda, ast.ClassDef, ast.Await, ast.Yield),
        *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr),
    )
)


def _constructs(node: ast.AST, around: _Around) -> Iterator[Construct]:
    match node:
        case ast.AsyncFunctionDef():
            yield since(node.lineno, "async def", 5, "a def that blocks")
        case ast.Await() if around.formatted:
            yield since(node.lineno, "await in an f-string", 7, "a variable for what is awaited")
        case ast.Yield() if around.coroutine:
            yield since(node.lineno, "an asynchronous generator", 6, "a list to return")
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _comprehension(node, around)
        case _:
            pass


def _comprehension(node: _Comprehension, around: _Around) -> Iterator[Construct]:
    if not _is_asynchronous(node):
        return
    instead = "a loop"
    if isinstance(node, ast.GeneratorExp):
        if around.formatted or not around.coroutine or around.comprehension:
            what = "an asynchronous generator expression outside of async def"
            yield since(node.lineno, what, 7, instead)
    elif around.comprehension:
        what = "an asynchronous comprehension in another comprehension"
        yield since(node.lineno, what, 11, instead)
    elif around.formatted:
        yield since(node.lineno, "an asynchronous comprehension in an f-string", 7, instead)
    yield since(node.lineno, "an asynchronous comprehension", 6, instead)


def _is_asynchronous(node: _Comprehension) -> bool:
    return any(each.is_async for each in node.generators) or _awaits(_inner(node))


def _inner(node: _Comprehension) -> list[ast.AST]:
    """Return what a comprehension runs within itself: all but what it iterates over first."""
    first = node.generators[0]
    parts: list[ast.AST] = [first.target, *first.ifs, *node.generators[1:]]
    return [*parts, node.key, node.value] if isinstance(node, ast.DictComp) else [*parts, node.elt]


def _awaits(nodes: Sequence[ast.AST]) -> bool:
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Await():
                return True
            case ast.Lambda():
                waiting += node.args.defaults
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                waiting.append(node.generators[0].iter)
            case _:
                waiting += parts(node)
    return False


def _within(node: ast.AST, around: _Around) -> Iterator[tuple[ast.AST, _Around]]:
    """Yield the parts of a node, each with what is around it."""
    inner: list[ast.AST] = []
    state = around
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            inner = [*node.body]
            state = _Around(coroutine=isinstance(node, ast.AsyncFunctionDef))
        case ast.Lambda():
            inner, state = [node.body], _Around(formatted=around.formatted)
        case ast.ClassDef():
            inner, state = [*node.body], _Around()
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner, state = _inner(node), around._replace(comprehension=not _is_asynchronous(node))
            yield node.generators[0].iter, around
        case ast.JoinedStr():
            inner, state = [*node.values], around._replace(formatted=True)
        case _:
            pass
    yield from ((each, state) for each in inner)
    if not isinstance(node, _Comprehension):
        known = set(map(id, inner))
        yield from ((each, around) for each in ast.iter_child_nodes(node) if id(each) not in known)
