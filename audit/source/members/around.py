"""The statements around a use, and what they mean for it.

While a file is walked they are links of a chain, one for each statement; only for the few
uses that matter they become the blocks of `audit.code`. Three things there are read by
`audit.lacking` alone: a condition whose test is an import statement holds where the import
works, one that starts with `has ` where a member of that name is there, and one that starts with
`except` is for nobody to decide.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Attempt, Block, Condition, Function
from audit.source.blocks import ON_PYTHON_3, fails_on_python_3
from audit.source.conditions import is_version_test
from audit.source.exceptions import EXITS
from audit.source.members.names import is_built_in, named, root
from audit.source.terms import HAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.source.members.scopes import Scope

Blocks = tuple[Block, ...]

BROAD = frozenset({"Exception", "BaseException", "StandardError"})
IMPORT_FAILS = frozenset({"ImportError", "ModuleNotFoundError"})


class Test(NamedTuple):
    """Code that runs when a test holds, or does not."""

    test: ast.expr
    holds: bool
    scope: Scope
    """Where it stands."""
    is_early: bool = False
    """The test stands before, with a body that leaves: counted only where it asks for a version."""


class Clause(NamedTuple):
    """One clause of a `try`: 0 for its body, n for its n-th handler, `OTHERWISE` for its `else`."""

    statement: ast.Try
    number: int


class After(NamedTuple):
    """What comes after an import in a `try` that survives its failure."""

    statement: ast.Import | ast.ImportFrom


class Past(NamedTuple):
    """What comes in a `try` after a name that Python 2 alone has built in."""

    name: ast.expr
    """The expression that it starts."""
    scope: Scope


class Suppressed(NamedTuple):
    """The body of a `with` that suppresses exceptions."""

    statement: ast.With | ast.AsyncWith
    names: frozenset[str]


class Link(NamedTuple):
    """One statement around a use, and those around that."""

    outer: Link | None
    block: Function | Test | Clause | After | Past | Suppressed


class Around:
    """Turns links into blocks, for one file."""

    def __init__(self, module: Scope, replaced: frozenset[str] = frozenset()) -> None:
        self._module = module
        self.replaced = replaced
        """Members that the file sets itself."""
        self._texts: dict[ast.expr, str] = {}
        self._bindings: Mapping[str, str] | None = None
        self._blocks: dict[tuple[int, frozenset[str]], Blocks] = {}

    def blocks(self, link: Link | None, failures: frozenset[str]) -> Blocks:
        """Return the blocks around a use whose failure is one of some exceptions."""
        key = (id(link), failures)  # links live as long as the walk that made them
        if key not in self._blocks:
            links: list[Link] = []
            while link is not None:
                links.append(link)
                link = link.outer
            self._blocks[key] = tuple(
                block for each in reversed(links) for block in self._own(each.block, failures)
            )
        return self._blocks[key]

    def conditions(self, link: Link | None, failures: frozenset[str]) -> Blocks:
        """Return only the tests of them."""
        return tuple(block for block in self.blocks(link, failures) if isinstance(block, Condition))

    def _own(
        self, block: Function | Test | Clause | After | Past | Suppressed, failures: frozenset[str]
    ) -> Iterator[Block]:
        match block:
            case Function():
                yield block
            case Test():
                yield from self._tested(block)
            case Clause():
                yield from _clause(block, failures)
            case After(statement=statement):
                yield Condition(text(statement), holds=True)
            case Past(name=name, scope=scope):
                if is_built_in(root(name), scope):
                    yield Condition(ON_PYTHON_3, holds=False)
            case Suppressed(statement=statement, names=names):
                if names & failures:
                    yield Attempt(statement.lineno, 0, (True, True))

    def _tested(self, block: Test) -> Iterator[Condition]:
        if block.is_early:
            asked = self.written(block.test)
            if is_version_test(asked, self._versions()):
                yield Condition(asked, block.holds)
            return
        test, holds = block.test, block.holds
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, holds = test.operand, not holds
        member = _asked(test, block.scope)
        if member and member not in self.replaced:
            yield Condition(f"{HAS}{member}", holds)
        else:
            yield Condition(self.written(block.test), block.holds)

    def written(self, test: ast.expr) -> str:
        """Return a test as source."""
        if test not in self._texts:
            self._texts[test] = text(test)
        return self._texts[test]

    def _versions(self) -> Mapping[str, str]:
        """Return the names of the module that are bound to a test of the version."""
        if self._bindings is None:
            self._bindings = {}
            for name, bound in self._module.bindings.items():
                value = getattr(bound[0], "value", None)
                if value is not None and not isinstance(value, ast.Constant):
                    asked = self.written(value)
                    if is_version_test(asked, {}):
                        self._bindings[name] = asked
        return self._bindings


def _asked(test: ast.expr, scope: Scope) -> str:
    """Return the full name of the member that a test asks for alone; empty for another test."""
    match test:
        case ast.Call(func=ast.Name(id="hasattr"), args=[owner, ast.Constant(value=str(name))]):
            asked = {each.name for each in named(owner, scope) if not each.is_unbound}
            return f"{asked.pop()}.{name}" if len(asked) == 1 else ""
        case _:
            return ""


def _clause(clause: Clause, failures: frozenset[str]) -> Iterator[Block]:
    statement = clause.statement
    catching = [each for each in statement.handlers if caught(each.type) & failures]
    branches = (not raises(statement.body), *(not raises(each.body) for each in catching))
    imports = _imports(statement.body)
    if clause.number in {0, OTHERWISE}:
        if catching:
            yield Attempt(statement.lineno, clause.number, branches)
        if clause.number == OTHERWISE and imports and survives_import(statement):
            yield Condition("; ".join(map(text, imports)), holds=True)
        return
    handler = statement.handlers[clause.number - 1]
    earlier = statement.handlers[: clause.number - 1]
    names = caught(handler.type).difference(*(caught(each.type) for each in earlier))
    if not names:
        yield _NEVER
        return
    of_imports = imports if names & IMPORT_FAILS else ()
    if of_imports and (names <= IMPORT_FAILS or len(imports) == len(statement.body)):
        yield Condition("; ".join(map(text, imports)), holds=False)
    elif handler in catching and not names & BROAD and not of_imports:
        yield Attempt(statement.lineno, catching.index(handler) + 1, branches)
    elif "NameError" in names and not names & BROAD and _fails_on_python_3(statement):
        yield Condition(ON_PYTHON_3, holds=True)
    else:
        what = f" {text(handler.type)}" if handler.type else ""
        yield Condition(f"except{what}", holds=True)


def after_import(statement: ast.Import | ast.ImportFrom, link: Link | None) -> Link | None:
    """Return what is around what comes after an import, if that is more than around it."""
    around = link
    while around is not None and isinstance(around.block, After):
        around = around.outer
    if around is None or not isinstance(around.block, Clause) or around.block.number:
        return None
    return Link(link, After(statement)) if survives_import(around.block.statement) else None


def after_name(
    statement: ast.Expr | ast.Assign | ast.Return, scope: Scope, link: Link | None
) -> Link | None:
    """Return what is around what comes after a statement that fails for its name on Python 3.

    None where that statement is none, or no `try` right around it survives that by naming it.
    """
    match link.block if link else None:
        case Clause(statement=tried, number=0) if tried.body[0] is statement and statement.value:
            is_seen = any(caught(each.type) & {"NameError"} for each in tried.handlers)
            is_told = is_seen and _fails_on_python_3(tried)
            return Link(link, Past(statement.value, scope)) if is_told else None
        case _:
            return None


def _fails_on_python_3(tried: ast.Try) -> bool:
    return fails_on_python_3(text(tried.body[0]))


_NEVER = Condition("False", holds=True)


def survives_import(statement: ast.Try) -> bool:
    """Whether a handler of a `try` catches a failed import."""
    return any(caught(each.type) & IMPORT_FAILS for each in statement.handlers)


def caught(exceptions: ast.expr | None) -> frozenset[str]:
    """Return the last names of the exceptions that a handler catches; all for a bare one."""
    if exceptions is None:
        return _EVERYTHING
    parts = exceptions.elts if isinstance(exceptions, ast.Tuple) else [exceptions]
    names = frozenset(getattr(part, "attr", "") or getattr(part, "id", "") for part in parts)
    return _EVERYTHING | names if names & BROAD else names


_EVERYTHING = BROAD | IMPORT_FAILS | {"AttributeError", "NameError", "TypeError"}


def _imports(body: Sequence[ast.stmt]) -> tuple[ast.stmt, ...]:
    return tuple(each for each in body if isinstance(each, ast.Import | ast.ImportFrom))


def suppressed(statement: ast.With | ast.AsyncWith) -> frozenset[str]:
    """Return the last names of the exceptions that `contextlib.suppress` suppresses."""
    names: frozenset[str] = frozenset()
    for item in statement.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and text(call.func) in _SUPPRESS:
            names = names.union(*map(caught, call.args))
    return names


_SUPPRESS = frozenset({"suppress", "contextlib.suppress"})


def raises(body: Iterable[ast.stmt]) -> bool:
    """Whether a statement right within a body raises or exits."""
    return any(isinstance(each, ast.Raise) or _exits(each) for each in body)


def leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether control never gets past the end of a body, as far as its last statement tells."""
    last = body[-1] if body else None
    return isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break) or _exits(last)


def _exits(statement: ast.stmt | None) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name() | ast.Attribute() as function)):
            return text(function) in EXITS
        case _:
            return False


def text(node: ast.AST) -> str:
    """Return a node as source; what nobody can decide where it is nested too deep for that."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return "..."
