"""Where a file, or a function at its top level, ends itself on some Pythons.

`if sys.version_info < (3, 7): raise RuntimeError(...)`, an `assert` of the version, an exit: what
a test decides, and no `try` around it in the same file catches.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from audit.code import Condition, Ending, Function, Handled
from audit.source.blocks import ELDERS
from audit.source.calls import as_loaded
from audit.source.conditions import is_version_test
from audit.source.exceptions import EXITS, caught, dotted, last_name, suppressed, survivor
from audit.source.members.around import leaves, raises

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    Blocks = tuple[Condition | Function, ...]

_ASKING = (b"version", b"PY2", b"PY3", b"platform", b"os.name")
"""What a test of the Python or the system has, or a name that is bound to one."""
_ENDS = (b"raise", b"exit", b"quit", b"assert")
_OF_SYSTEM = re.compile(r"\bplatform\b|\bos\.name\b").search
_OWN_VERSION = re.compile(r"(?<![\w.])version_info\b").search
_WORDS = re.compile(r"[^\W\d]\w*").findall
_TRY: tuple[type[ast.Try], ...] = (ast.Try, getattr(ast, "TryStar", ast.Try))


def endings(tree: ast.Module, code: bytes, bindings: Mapping[str, str]) -> tuple[Ending, ...]:
    """Return them in the order of the file; `code` is what was parsed, `bindings` as `Source`'s.

    Only tests that ask for the Python or the system count: others are no matter of a runtime.
    """
    marked = _marked(code, bindings) if any(each in code for each in _ENDS) else ()
    if not marked:
        return ()
    try:
        names = _Names(bindings, _constants(tree.body), code, marked)
        return tuple(as_loaded(tree.body, _found(tree.body, _Around(names))))
    except RecursionError:  # nested too deeply: what is so deep ends no file
        return ()


def _marked(code: bytes, bindings: Mapping[str, str]) -> list[int]:
    """Return the lines with something that a test of the Python or the system has, in order."""
    there = [each for each in _ASKING if each in code]
    if not there:
        return []
    names = (rb"\b%b\b" % name.encode() for name in bindings)
    pattern = b"|".join((*map(re.escape, there), *names))
    lines: list[int] = []
    line = at = 0
    for match in re.finditer(pattern, code):
        line += code.count(b"\n", at, match.start())
        at = match.start()
        lines.append(line)
    return lines


class _Names(NamedTuple):
    """What names of the module stand for in a test."""

    bindings: Mapping[str, str]
    constants: Mapping[str, ast.expr]
    code: bytes
    marked: Sequence[int]
    """Its lines without which nothing here is of interest."""

    def may_ask(self, statement: ast.stmt) -> bool:
        """Whether a statement may have a test of the Python or the system."""
        place = bisect_left(self.marked, statement.lineno)
        last = statement.end_lineno or statement.lineno
        return place < len(self.marked) and self.marked[place] <= last

    def condition(self, test: ast.expr, *, holds: bool) -> Condition:
        """Return a test with what is constant written out."""
        asked = ast.unparse(test)
        named = self.constants.keys() & _WORDS(asked) if self.matters(asked) else ()
        values = {name: self.constants[name] for name in named if _bound(name, self.code) == 1}
        if values:
            asked = ast.unparse(_Written(values).visit(ast.parse(asked, mode="eval")))
        return Condition(asked, holds)

    def matters(self, test: str) -> bool:
        """Whether a test is one of the Python or the system."""
        if _OWN_VERSION(test) and _bound("version_info", self.code):
            return False
        return is_version_test(test, self.bindings) or _OF_SYSTEM(test) is not None


class _Written(ast.NodeTransformer):
    """Writes constants in place of their names."""

    def __init__(self, constants: Mapping[str, ast.expr]) -> None:
        self._constants = constants

    def visit_Name(self, node: ast.Name) -> ast.expr:  # as `ast` calls it
        return self._constants.get(node.id, node)


class _Around(NamedTuple):
    """What is around a statement."""

    names: _Names
    blocks: Blocks = ()
    tries: tuple[Handled, ...] = ()
    in_class: bool = False
    is_asked: bool = False
    """Whether a test around it is one of the Python or the system."""

    def under(self, test: ast.expr, *, holds: bool) -> _Around:
        """Return what is around code that runs where a test holds, or does not."""
        condition = self.names.condition(test, holds=holds)
        is_asked = self.is_asked or self.names.matters(condition.test)
        return self._replace(blocks=(*self.blocks, condition), is_asked=is_asked)

    def past(self, test: ast.expr, *, holds: bool) -> _Around:
        """Return what is around code that is not come to unless a test held, or did not."""
        return self.under(test, holds=holds)._replace(is_asked=self.is_asked)

    def within(self, caught: Iterable[tuple[str, ...]], ends: Iterable[bool]) -> _Around:
        """Return what is around the body of a `try`."""
        return self._replace(tries=(*self.tries, Handled(0, 0, tuple(caught), tuple(ends))))


def _found(
    body: Sequence[ast.stmt], around: _Around
) -> Generator[Ending, None, tuple[Condition | Function, ...] | None]:
    """Yield what is in a body; return what must be so at its end, None where it has none."""
    elders = 0
    for before, statement in zip((None, *body), body, strict=False):
        exception = _exception(statement)
        if exception is None and not around.is_asked and not around.names.may_ask(statement):
            if isinstance(statement, ast.Return):
                return None
            continue
        match statement:
            case ast.If():
                yield from _clauses(statement, around)
                if elders < ELDERS and (after := _past(statement, around)) is not around:
                    around, elders = after, elders + 1
            case ast.Assert(test=test, msg=message):
                if around.names.matters(ast.unparse(test)):
                    broken = around.under(test, holds=False)
                    yield from _ending(statement, "AssertionError", _text(message), broken)
                    around = around.past(test, holds=True)
            case _ if exception is not None:
                yield from _ending(statement, exception, _said(statement, before), around)
                return None
            case ast.Return():
                return None
            case _:
                yield from _within(statement, around)
    return around.blocks


def _within(statement: ast.stmt, around: _Around) -> Iterator[Ending]:
    match statement:
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            yield from _found(body, around.within([suppressed(items)], [True]))
        case ast.ClassDef(body=body):
            yield from _found(body, around._replace(in_class=True))
        case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body):
            if not around.in_class and not any(isinstance(b, Function) for b in around.blocks):
                blocks = (*around.blocks, Function(name))
                yield from _found(body, around._replace(blocks=blocks, tries=()))
        case _ if isinstance(statement, _TRY):
            yield from _tried(statement, around)
        case _:
            pass


def _tried(node: ast.Try, around: _Around) -> Iterator[Ending]:
    caught_by = [caught(each.type) for each in node.handlers]
    ends = [not raises(each.body) for each in node.handlers]
    at_end = yield from _found(node.body, around.within(caught_by, ends))
    if at_end is not None:
        yield from _found(node.orelse, around._replace(blocks=at_end))
    yield from _found(node.finalbody, around)


def _clauses(node: ast.If, around: _Around) -> Iterator[Ending]:
    rest: list[ast.stmt] = [node]
    while len(rest) == 1 and isinstance(rest[0], ast.If) and len(around.blocks) < ELDERS:
        clause = rest[0]
        yield from _found(clause.body, around.under(clause.test, holds=True))
        around, rest = around.under(clause.test, holds=False), clause.orelse
    if len(around.blocks) < ELDERS:
        yield from _found(rest, around)


def _past(node: ast.If, around: _Around) -> _Around:
    """Return what is around what comes after: some clauses never let it come to that."""
    rest: list[ast.stmt] = [node]
    while len(rest) == 1 and isinstance(rest[0], ast.If):
        clause = rest[0]
        is_left = leaves(clause.body)
        decides = is_left or leaves(clause.orelse)
        if decides and around.names.matters(ast.unparse(clause.test)):
            around = around.past(clause.test, holds=not is_left)
        if not is_left or len(around.blocks) >= ELDERS:
            break
        rest = clause.orelse
    return around


def _ending(statement: ast.stmt, exception: str, says: str, around: _Around) -> Iterator[Ending]:
    if around.is_asked and not survivor(around.tries, exception):
        yield Ending(statement.lineno, exception, says, around.blocks)


def _exception(statement: ast.stmt) -> str | None:
    """Return what a statement raises: empty for what nothing catches; None where it does not."""
    match statement:
        case (
            ast.Raise(exc=ast.Call(func=kind))
            | ast.Raise(exc=ast.Tuple(elts=[kind, *_]))  # of Python 2
            | ast.Raise(exc=ast.expr() as kind)
        ):
            return last_name(kind) or "Exception"
        case ast.Raise():
            return "RuntimeError"
        case ast.Expr(value=ast.Call(func=function)):
            return EXITS.get(dotted(function))
        case _:
            return None


def _said(statement: ast.stmt, before: ast.stmt | None) -> str:
    """Return what is said on the way out: with the exception, or printed right before."""
    match statement:
        case (
            ast.Raise(exc=ast.Call(args=[first, *_]))
            | ast.Raise(exc=ast.Tuple(elts=[_, first, *_]))
            | ast.Expr(value=ast.Call(args=[first, *_]))
        ) if said := _text(first):
            return said
        case _:
            pass
    match before:
        case ast.Expr(value=ast.Call(func=function, args=[first, *_])):
            is_told = last_name(function) in {"print", "write", "error"}
            return _text(first) if is_told else ""
        case _:
            return ""


def _text(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str() as text) if text.strip():
            line = text.strip().splitlines()[0].rstrip()
            return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
        case _:
            return ""


_LONGEST = 90
"""Characters of a message that a finding repeats."""


def _constants(body: Iterable[ast.stmt]) -> dict[str, ast.expr]:
    """Return what the top level binds to a number, a string or a tuple of such."""
    return {
        statement.targets[0].id: statement.value
        for statement in body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and _is_constant(statement.value)
    }


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return all(isinstance(each, ast.Constant) for each in node.elts)
    return isinstance(node, ast.Constant)


def _bound(name: str, code: bytes) -> int:
    """Return how often a name seems to be bound."""
    assignment = rb"(?<![\w.])%b[ \t]*(?::[^\n=]*)?[-+*/]?=(?!=)" % name.encode()
    return len(re.findall(assignment, code))
