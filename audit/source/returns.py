"""What a function returns, where that is plainly nothing that JSON can hold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from audit.code import Returned
from audit.source.syntax.walk import parts
from audit.source.unfit import CALLS, DISPLAYS, EVERY, PYTHON_3, RESPONSES, Unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.code import Span

_DEEPEST = 20
"""How far into a value or from name to name is looked."""
_LONGEST_CODEC = 2
"""Arguments of `str.encode`: the encoding, and what to do about errors."""


class Names(NamedTuple):
    """What names mean in the functions of one module."""

    full: Mapping[str, str]
    """Imported name -> what it is called in full: `datetime.datetime` for `datetime`."""
    classes: frozenset[str]
    """Own classes whose instances are of no known type."""
    coroutines: frozenset[str]
    """Own functions that are `async`."""
    own: frozenset[str]
    """All else that the module binds: a builtin of that name is not meant."""
    words: frozenset[str] | None
    """Those of `_SOUGHT` that its text has; None where it may spell them otherwise."""

    def may_have(self, word: str) -> bool:
        """Whether a word may be somewhere in the module; most have none of these."""
        return self.words is None or word in self.words


BINDERS = frozenset({"exec", "execfile", "globals", "locals", "setattr", "vars"})
"""Functions that bind names which no statement shows."""
_SOUGHT = (*BINDERS, "global", "yield")
"""Words for which nobody need look where the text has none."""


def names_of(tree: ast.Module, code: bytes) -> Names:
    """Look over the top level of a module, and over all of its imports."""
    inside = list(statements(tree.body, into_functions=False))
    classes: set[str] = set()
    coroutines: set[str] = set()
    own: set[str] = set()
    for node in inside:
        match node:
            case ast.ImportFrom(level=level, names=aliases) if level:
                own.update(each.asname or each.name for each in aliases)
            case ast.ClassDef(name=name):
                (classes if _is_plain(node) else own).add(name)
            case ast.AsyncFunctionDef(name=name):
                (own if node.decorator_list else coroutines).add(name)
            case ast.FunctionDef(name=name):
                own.add(name)
            case ast.Assign(targets=targets):
                own.update(each.id for each in targets if isinstance(each, ast.Name))
            case _:
                pass
    clear = (frozenset(classes) - own, frozenset(coroutines) - own)
    # A name outside of ASCII may stand for one within (PEP 3131).
    words = frozenset(each for each in _SOUGHT if each.encode() in code) if code.isascii() else None
    return Names(_imported(inside), *clear, frozenset(own), words)


def _imported(inside: Iterable[ast.stmt]) -> dict[str, str]:
    full: dict[str, str] = {}
    for node in inside:
        match node:
            case ast.Import(names=aliases):
                full.update((each.asname, each.name) for each in aliases if each.asname)
            case ast.ImportFrom(module=str(module), level=0, names=aliases):
                full.update((each.asname or each.name, f"{module}.{each.name}") for each in aliases)
            case _:
                pass
    return full


def _is_plain(node: ast.ClassDef) -> bool:
    if any(getattr(each, "name", "") == "__new__" for each in node.body):
        return False
    bases = [base for base in node.bases if not isinstance(base, ast.Name) or base.id != "object"]
    return not (bases or node.keywords or node.decorator_list)


def statements(body: Iterable[ast.stmt], *, into_functions: bool) -> Iterator[ast.stmt]:
    """Yield statements and those within them; of classes and functions only if told so."""
    waiting = list(body)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, _LEAVES) or (isinstance(node, _SCOPES) and not into_functions):
            continue
        inner: list[ast.stmt] = []
        for field in ("body", "handlers", "cases", "orelse", "finalbody"):
            for each in getattr(node, field, ()):
                inner += [each] if isinstance(each, ast.stmt) else each.body
        waiting += inner[::-1]


_LEAVES = (ast.Assign, ast.Expr, ast.Return, ast.Import, ast.ImportFrom, ast.Raise, ast.Pass)
"""The commonest statements that hold no other."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def returned_by(
    node: ast.FunctionDef | ast.AsyncFunctionDef, names: Names
) -> tuple[str, tuple[Returned, ...]]:
    """Return what a call gives before the body runs, if so; and what the body returns."""
    is_async = isinstance(node, ast.AsyncFunctionDef)
    inside = list(statements(node.body, into_functions=False))
    if names.may_have("yield") and any(map(_yields, inside)):
        return "an asynchronous generator" if is_async else "a generator", ()
    if is_async:
        return "a coroutine", ()
    values = [each.value for each in inside if isinstance(each, ast.Return) and each.value]
    if not values:
        return "", ()
    names = names._replace(full={**names.full, **_imported(inside)})
    return "", tuple(returned(values, names, _locals(node, inside)))


def _yields(statement: ast.stmt) -> bool:
    if isinstance(statement, _SCOPES):
        return False
    return any(isinstance(each, ast.Yield | ast.YieldFrom) for each in _expressions(statement))


def _expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """Yield the expressions of one statement itself, none of a lambda within."""
    waiting = [each for each in parts(statement) if isinstance(each, _PARTS)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            yield node
        if not isinstance(node, ast.Lambda):
            waiting += [each for each in parts(node) if isinstance(each, _PARTS)]


_PARTS = (ast.expr, ast.withitem, ast.keyword, ast.comprehension)

_Value = ast.expr | ast.ExceptHandler | None
_Locals = dict[str, list[_Value]]


def _locals(node: ast.FunctionDef | ast.AsyncFunctionDef, inside: Iterable[ast.stmt]) -> _Locals:
    """Return all that each local name is bound to; None is what cannot be looked at."""
    arguments = node.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    bound: _Locals = {each.arg: [None] for each in every}
    bound |= {each.arg: [None] for each in (arguments.vararg, arguments.kwarg) if each}
    for statement in inside:
        for name, value in _bindings(statement):
            bound.setdefault(name, []).append(value)
    return bound


def _bindings(
    statement: ast.stmt,
) -> Iterator[tuple[str, _Value]]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, None
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from ((name, None) for name in names)
        case _:
            for each in getattr(statement, "handlers", ()):
                if each.name:
                    yield each.name, each
            for each in _expressions(statement):
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                    yield each.id, None


def returned(
    values: Iterable[ast.expr], names: Names, local: _Locals | None = None
) -> Iterator[Returned]:
    """Yield those of the returned values that are plainly no JSON, each kind once."""
    seen: set[Unfit] = set()
    scope = _Scope(names, local or {}, {})
    for value in values:
        found = scope.look(value, ())
        if found is not None and found not in seen:
            seen.add(found)
            yield Returned(found.what, value.lineno, found.pythons)


class _Scope(NamedTuple):
    """One function, within which values are looked at."""

    names: Names
    local: Mapping[str, list[_Value]]
    known: dict[tuple[str, bool], Unfit | None]
    """What names were found to hold, alone and in a container."""

    def look(self, node: ast.expr | ast.ExceptHandler, around: tuple[str, ...]) -> Unfit | None:
        """Return why a value is no JSON; None where it may be. `around` are containers."""
        match node:
            case _ if len(around) > _DEEPEST:
                return None
            case ast.Name(id=name):
                found = self._named(name, in_container=any(around))
                return found and _within(found.what, found.pythons, around)
            case ast.Call():
                return self._call(node, around)
            case ast.Attribute(value=ast.Name() | ast.Call() as value, attr="content"):
                of = self.look(value, ())
                is_response = of is not None and of.what in RESPONSES
                return _within("bytes", PYTHON_3, around) if is_response else None
            case ast.IfExp(body=body, orelse=orelse):
                return self.look(body, (*around, "")) or self.look(orelse, (*around, ""))
            case _:
                return self._display(node, around)

    def _named(self, name: str, *, in_container: bool) -> Unfit | None:
        key = (name, in_container)
        if key not in self.known:
            self.known[key] = None  # until it is: a name may be bound to itself
            around = (_SOME,) if in_container else ()
            values = self.local.get(name, [None])
            found = [self.look(value, around) if value else None for value in values]
            first = found[0] if all(found) else None
            self.known[key] = first and first._replace(what=first.what.removesuffix(_IN_SOME))
        return self.known[key]

    def _display(self, node: ast.expr | ast.ExceptHandler, around: tuple[str, ...]) -> Unfit | None:
        parts: list[ast.expr] = []
        match node:
            case ast.Dict(values=parts):
                container = "a dict"
            case ast.List(elts=parts):
                container = "a list"
            case ast.Tuple(elts=parts):
                container = "a tuple"
            case ast.Constant(value=bytes()):
                return _within("bytes", PYTHON_3, around)
            case _:
                what = DISPLAYS.get(type(node))
                return _within(what, EVERY, around) if what else None
        found = (self.look(part, (*around, container)) for part in parts)
        return next(filter(None, found), None)

    def _call(self, node: ast.Call, around: tuple[str, ...]) -> Unfit | None:
        match node:
            case ast.Call(func=ast.Attribute(attr="encode"), args=arguments, keywords=[]) if len(
                arguments
            ) <= _LONGEST_CODEC and all(isinstance(each, ast.Constant) for each in arguments):
                return _within("bytes", PYTHON_3, around)
            case _:
                name = self._full(node.func)
        if name == "decimal.Decimal" and not any(around):
            return None  # the platform's runtime makes text of it, if it is all that is returned
        if name in self.names.classes:
            return _within(f"an instance of {name}", EVERY, around)
        if name in self.names.coroutines:
            return _within("a coroutine that nobody awaits", EVERY, around)
        known = CALLS.get(name)
        return None if known is None else _within(known.what, known.pythons, around)

    def _full(self, node: ast.expr) -> str:
        """Return what is called, by its full name; empty where it has none."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in self.local or node.id in self.names.own:
            return ""
        return ".".join((self.names.full.get(node.id, node.id), *names[::-1]))


_SOME = "a container"
_IN_SOME = f" in {_SOME}"


def _within(what: str, pythons: Span, around: tuple[str, ...]) -> Unfit:
    container = next(filter(None, around), "")
    return Unfit(f"{what} in {container}" if container else what, pythons)
