"""What 2.7's compiler refuses for the scopes around it, though its parser reads it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from audit.source.quiet import quiet
from audit.source.syntax.versions import since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from symtable import SymbolTable

    from audit.code import Construct
    from audit.source.syntax.facts import Facts
    from audit.source.syntax.python2.survey import Scope, Survey


def scopes(survey: Survey, facts: Facts) -> Iterator[Construct]:
    """Yield what 2.7 refuses of generators, of `exec` and of `del` in functions, in no order."""
    results = [scope for scope in survey.scopes if scope.result]
    if results and b"yield" in facts.code:
        lines = _lines(facts.code)
        for scope in results:
            yield from _generator(scope, lines)
    odd = [scope for scope in survey.scopes if scope.executed or _may_be_inner(scope)]
    if odd:
        yield from _refused(odd, facts)


_YIELD = re.compile(rb"\byield\b").finditer


def _lines(code: bytes) -> list[int]:
    """Return the lines that have the word yield."""
    found: list[int] = []
    line = at = 0
    for match in _YIELD(code):
        line += code.count(b"\n", at, match.start())
        at = match.start()
        found.append(line)
    return found


def _generator(scope: Scope, lines: list[int]) -> Iterator[Construct]:
    place = bisect_left(lines, scope.node.lineno)
    if place == len(lines) or lines[place] > (scope.node.end_lineno or 0):
        return
    yields = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own(scope.node))
    if scope.result and yields and isinstance(scope.node, ast.FunctionDef):
        line = scope.result.lineno
        yield since(line, "return with a value in a generator", 3, "return alone")


_INNER = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef),
    *(ast.GeneratorExp, ast.SetComp, ast.DictComp),
)
"""Scopes of their own to 2.7; a list comprehension is none."""


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function's own scope, and the scopes right within it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)


def _may_be_inner(scope: Scope) -> bool:
    """Whether something is deleted that an inner function may read."""
    return bool(scope.deleted) and any(isinstance(node, _INNER) for node in _own(scope.node))


def _refused(odd: list[Scope], facts: Facts) -> Iterator[Construct]:
    """Yield what the host's symbol tables, and 2.7's rules about them, are needed for."""
    from symtable import symtable  # noqa: PLC0415  # for few files

    asked = {(scope.node.name, scope.node.lineno): scope for scope in odd}
    try:
        with quiet():
            waiting = [(symtable(facts.code[1:].decode(), "", "exec"), False)]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return  # the host has refused the file already
    while waiting:
        table, nested = waiting.pop()
        function = table.get_type() == "function"
        scope = asked.get((table.get_name(), table.get_lineno())) if function else None
        if scope:
            yield from _deleted(scope, table)
            yield from _executed(scope, table, nested=nested)
        waiting += [(each, nested or function) for each in table.get_children()]


def _deleted(scope: Scope, table: SymbolTable) -> Iterator[Construct]:
    free = {name for each in _children(table) for name in _free(each)}
    for name in sorted(scope.deleted.keys() & free):
        if not table.lookup(name).is_global():
            what = "del of a name that an inner function reads"
            yield since(scope.deleted[name], what, 2, "= None instead of del")


def _executed(scope: Scope, table: SymbolTable, *, nested: bool) -> Iterator[Construct]:
    if any(map(_is_open, _children(table))) or (nested and _is_open(table)):
        what = "exec without a namespace around or in an inner function"
        for line in scope.executed:
            yield since(line, what, 0, "exec(code, globals())")


def _children(table: SymbolTable) -> Iterator[SymbolTable]:
    """Yield the scopes right within one, as 2.7 counts them."""
    waiting = [*table.get_children()]
    while waiting:
        child = waiting.pop()
        if child.get_name() == "listcomp":
            waiting += child.get_children()
        else:
            yield child


def _free(table: SymbolTable) -> Iterator[str]:
    """Yield the names that a scope, or one within it, takes from around it."""
    waiting = [table]
    while waiting:
        each = waiting.pop()
        yield from (symbol.get_name() for symbol in each.get_symbols() if symbol.is_free())
        waiting += each.get_children()


def _is_open(table: SymbolTable) -> bool:
    """Whether a scope, or one within it, reads any name that is not its own."""
    waiting = [table]
    while waiting:
        each = waiting.pop()
        for symbol in each.get_symbols():
            taken = symbol.is_global() and not symbol.is_declared_global()
            if symbol.is_free() or (taken and symbol.get_name() not in _STATEMENTS):
                return True
        waiting += each.get_children()
    return False


_STATEMENTS = frozenset({"exec", "print"})
"""Names to the host, and none to 2.7."""
