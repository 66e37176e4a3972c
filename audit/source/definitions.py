"""What the top level of a module binds: the names that a platform may look for its handler in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from audit.code import (
    Accepts,
    Alias,
    Brought,
    Condition,
    Definition,
    Deleted,
    Inert,
    Returned,
    Routine,
)
from audit.source.returns import BINDERS, Names, names_of, returned, returned_by, statements
from audit.source.unfit import EVERY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ARGUMENTS = 2
"""What the platform calls a handler with: event and context."""


UNREAD = (Definition("*", 1, None),)
"""Of a file that no parser reads: it may bind any name."""


class _Around(NamedTuple):
    """What decides whether a statement runs."""

    tests: tuple[Condition, ...] = ()
    sure: bool = True


def definitions(tree: ast.Module, code: bytes) -> tuple[Definition, ...]:
    """Return what a module's top level binds, in its order; `code` is what was parsed.

    A value that cannot be called is left out unless something else is bound to its name.
    """
    names = names_of(tree, code)
    try:
        found = [*_bound(tree.body, _Around(), names)]
        if names.may_have("global"):
            found += _globals(tree)
    except RecursionError:  # an expression that is nested too deeply
        return UNREAD
    others = {each.name for each in found if not isinstance(each.value, Inert)}
    return tuple(each for each in found if each.name in others)


def _bound(body: Iterable[ast.stmt], around: _Around, names: Names) -> Iterator[Definition]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield _definition(node.name, node, _function(node, names), around)
            case ast.ClassDef():
                yield _definition(node.name, node, _class(node), around)
            case ast.Import() | ast.ImportFrom():
                yield from _imported(node, around)
            case ast.If() | ast.Try() | ast.For() | ast.While() | ast.With() | ast.Match():
                yield from _compound(node, around, names)
            case _ if isinstance(node, _TRY_STAR):
                yield from _compound(node, around, names)
            case _:
                yield from _simple(node, around, names)


_TRY_STAR: type[ast.stmt] = getattr(ast, "TryStar", ast.Try)


def _definition(
    name: str,
    node: ast.stmt,
    value: Routine | Brought | Alias | Inert | Deleted | None,
    around: _Around,
) -> Definition:
    return Definition(name, node.lineno, value, around.tests, around.sure)


def _compound(node: ast.stmt, around: _Around, names: Names) -> Iterator[Definition]:
    unsure = around._replace(sure=False)
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            written = ast.unparse(test)
            for part, holds in ((body, True), (orelse, False)):
                tests = (*around.tests, Condition(written, holds=holds))
                yield from _bound(part, around._replace(tests=tests), names)
        case ast.With(items=items, body=body):
            targets = [item.optional_vars for item in items if item.optional_vars]
            yield from _unknown(targets, node, around)
            yield from _bound(body, around, names)
        case ast.For(target=target, body=body, orelse=orelse):
            yield from _unknown([target], node, unsure)
            yield from _bound((*body, *orelse), unsure, names)
        case ast.Match(cases=cases):
            for case in cases:
                yield from _bound(case.body, unsure, names)
        case ast.While(body=body, orelse=orelse):
            yield from _bound((*body, *orelse), unsure, names)
        case _:
            yield from _tried(node, around, names)


def _tried(node: ast.stmt, around: _Around, names: Names) -> Iterator[Definition]:
    handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
    unsure = around._replace(sure=False)
    inner = unsure if handlers else around
    yield from _bound((*getattr(node, "body", ()), *getattr(node, "orelse", ())), inner, names)
    for handler in handlers:
        yield from _bound(handler.body, unsure, names)
    yield from _bound(getattr(node, "finalbody", ()), around, names)


def _simple(node: ast.stmt, around: _Around, names: Names) -> Iterator[Definition]:
    match node:
        case ast.Assign(targets=targets, value=value):
            bound = _value(value, names)
            for target in targets:
                if isinstance(target, ast.Name):
                    yield _definition(target.id, node, bound, around)
                else:
                    yield from _unknown([target], node, around)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield _definition(name, node, _value(value, names), around)
        case ast.AugAssign(target=target):
            yield from _unknown([target], node, around)
        case ast.Delete(targets=targets):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield _definition(target.id, node, Deleted(), around)
        case _:
            pass
    if any(map(names.may_have, BINDERS)) and any(map(_is_binder, ast.walk(node))):
        yield _definition("*", node, None, around)


def _is_binder(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in BINDERS


def _unknown(targets: Iterable[ast.expr], node: ast.stmt, around: _Around) -> Iterator[Definition]:
    for target in targets:
        for each in ast.walk(target):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                yield _definition(each.id, node, None, around)


def _imported(node: ast.Import | ast.ImportFrom, around: _Around) -> Iterator[Definition]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            brought = Brought(node.module or "", node.level, alias.name)
            yield _definition(alias.asname or alias.name, node, brought, around)
        else:
            name = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else name
            yield _definition(name, node, Brought(module), around)


def _globals(tree: ast.Module) -> Iterator[Definition]:
    """Yield what functions declare global: whether they are called, nobody knows."""
    for node in statements(tree.body, into_functions=True):
        if isinstance(node, ast.Global):
            for name in node.names:
                yield _definition(name, node, None, _Around(sure=False))


def _value(node: ast.expr, names: Names) -> Routine | Alias | Inert | None:
    match node:
        case ast.Name(id=name):
            return Alias(name)
        case ast.Lambda(args=arguments, body=body):
            accepts = _accepts(arguments)
            return Routine(accepts, "", tuple(returned([body], names)) if _fits(accepts) else ())
        case ast.Constant(value=value):
            return Inert("None" if value is None else f"the value {ast.unparse(node)[:_LONGEST]}")
        case _:
            what = _DISPLAYS.get(type(node))
            return Inert(what) if what else None


_DISPLAYS: Mapping[type[ast.expr], str] = {
    ast.Dict: "a dict",
    ast.DictComp: "a dict",
    ast.List: "a list",
    ast.ListComp: "a list",
    ast.Tuple: "a tuple",
    ast.JoinedStr: "a string",
}
_LONGEST = 30
"""Characters of a value that a message repeats."""


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, names: Names) -> Routine:
    if node.decorator_list:
        return Routine(None)
    accepts = _accepts(node.args)
    if not _fits(accepts):
        return Routine(accepts)
    gives, found = returned_by(node, names)
    return Routine(accepts, gives, found)


def _accepts(arguments: ast.arguments, *, bound: int = 0) -> Accepts:
    """Count what a function takes; the first `bound` arguments are not the caller's."""
    count = len(arguments.posonlyargs) + len(arguments.args)
    needed = tuple(
        each.arg
        for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    )
    return Accepts(
        least=max(0, count - len(arguments.defaults) - bound),
        most=None if arguments.vararg else max(0, count - bound),
        keywords=needed,
    )


def _fits(accepts: Accepts) -> bool:
    enough = accepts.most is None or accepts.most >= _ARGUMENTS
    return accepts.least <= _ARGUMENTS and enough and not accepts.keywords


def _class(node: ast.ClassDef) -> Routine:
    """Return what a call of a class takes, where nothing but itself decides that."""
    ways = [each for each in node.body if getattr(each, "name", "") in {"__init__", "__new__"}]
    bases = [base for base in node.bases if not isinstance(base, ast.Name) or base.id != "object"]
    if bases or node.keywords or node.decorator_list or len(ways) > 1:
        return Routine(None)
    instance = (Returned(f"an instance of {node.name}", node.lineno, EVERY),)
    match ways:
        case [ast.FunctionDef(name="__init__", decorator_list=[], args=arguments)]:
            return Routine(_accepts(arguments, bound=1), "", instance)
        case []:
            return Routine(Accepts(0, 0), "", instance)
        case _:
            return Routine(None)
