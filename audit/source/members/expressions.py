"""The expressions of a file: which of their parts are uses that are worth a look."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from audit.code import Function
from audit.source.blocks import ELDERS
from audit.source.members.around import Link, Test
from audit.source.members.operations import operated_print
from audit.source.members.parts import (
    bind_arguments,
    comprehended,
    defaults,
    puts_module,
    set_by,
)
from audit.source.members.scopes import Assigned, Scope, Use
from audit.source.syntax.walk import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from audit.source.members.parts import Comprehension
    from audit.source.rules import Words


OPENERS = frozenset(
    {
        *("_convert", "_convert_", "exec", "execfile", "f_globals", "f_locals", "global_enum"),
        *("globals", "locals", "modules", "vars", "__path__"),
    }
)
"""Names and attributes by which code may bind what no statement shows: `sys.modules`, and what
`enum` has for that."""


CODING = frozenset({"decode", "encode"})
"""Methods of which the first argument is a codec, which may stand for an argument of that name."""


@cache
def _watched(words: Words) -> tuple[frozenset[str], frozenset[str]]:
    """Return the attributes and the built-in names that are worth a look."""
    return words.members | OPENERS | {"__dict__"}, words.built_in | OPENERS


class Expressions:
    """Looks at expressions without recursion, however deep they are nested."""

    def __init__(self, words: Words) -> None:
        self.uses: list[Use] = []
        self.replaced: list[Use] = []
        """Attributes that the file sets itself: they are there from then on."""
        self.settings: list[Use] = []
        """Attributes that it sets in what may be another module."""
        self.openers: list[Use] = []
        """What may bind names of the module that no statement shows."""
        self._words = words
        self._members, self._built_in = _watched(words)
        self._apart: list[tuple[ast.expr, Scope, Link | None]] = []
        """Expressions with a scope or a test of their own."""
        self._of_expressions = self._inner_steps()

    def _inner_steps(self) -> Mapping[type, Callable[..., Iterable[ast.AST]]]:
        return {
            ast.BinOp: self._joins,
            ast.BoolOp: self._both,
            ast.Call: self._call,
            ast.DictComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.IfExp: self._either,
            ast.Lambda: self._lambda,
            ast.ListComp: self._comprehension,
            ast.NamedExpr: self._walrus,
            ast.SetComp: self._comprehension,
            ast.Subscript: self._subscript,
        }

    def _look(self, node: ast.AST | None, scope: Scope, link: Link | None) -> None:
        """Look at an expression and all within it."""
        waiting = [node] if node is not None else []
        members, built_in = self._members, self._built_in
        steps = self._of_expressions
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Name):
                if type(node.ctx) is not ast.Load:
                    scope.bind(node.id, Assigned(None, scope, link))
                elif node.id in built_in:
                    self._used(node, node.id, scope, link)
            elif isinstance(node, ast.Attribute):
                if type(node.ctx) is ast.Store:
                    self._set(node, scope, link)
                elif node.attr in members:
                    self._used(node, node.attr, scope, link)
                waiting.append(node.value)
            elif not isinstance(node, ast.Constant):
                step = steps.get(type(node))
                waiting += step(node, scope, link) if step is not None else parts(node)

    def _used(self, node: ast.expr, name: str, scope: Scope, link: Link | None) -> None:
        self.uses.append(Use(node, scope, link))
        if name in OPENERS:
            self.openers.append(Use(node, scope, link))
        elif name == "__dict__" and isinstance(node, ast.Attribute):
            self.settings.append(Use(ast.Attribute(node.value, "*"), scope, link))

    def _set(self, node: ast.Attribute, scope: Scope, link: Link | None) -> None:
        if isinstance(node.value, ast.Name) and node.value.id != "self":
            self.settings.append(Use(node, scope, link))
        if node.attr in self._words.members or node.attr in self._words.built_in:
            self.replaced.append(Use(node, scope, link))

    def _joins(self, node: ast.BinOp, scope: Scope, link: Link | None) -> Iterable[ast.AST]:
        if isinstance(node.op, ast.BitOr) or operated_print(node):
            self.uses.append(Use(node, scope, link))
        return (node.left, node.right)

    def _call(self, node: ast.Call, scope: Scope, link: Link | None) -> Iterable[ast.AST]:
        function = node.func
        attribute = set_by(node)
        if attribute is not None:
            self._set(attribute, scope, link)
        if node.keywords:
            name = getattr(function, "attr", None) or getattr(function, "id", None)
            if name in self._words.called:
                self.uses.append(Use(node, scope, link))
            return (function, *node.args, *(each.value for each in node.keywords))
        if type(function) is ast.Attribute and function.attr in CODING and node.args:
            self.uses.append(Use(node, scope, link))
        return (function, *node.args)

    def _subscript(self, node: ast.Subscript, scope: Scope, link: Link | None) -> Iterable[ast.AST]:
        if type(node.ctx) is ast.Load and isinstance(node.value, ast.Name | ast.Attribute):
            self.uses.append(Use(node, scope, link))
        elif puts_module(node):
            self.settings.append(Use(node, scope, link))
        return (node.value, node.slice)

    def _lambda(self, node: ast.Lambda, scope: Scope, link: Link | None) -> Iterable[ast.AST]:
        inner = Scope(scope)
        bind_arguments(node.args, inner)
        self._apart.append((node.body, inner, Link(link, Function("lambda"))))
        return defaults(node.args)

    def _comprehension(
        self, node: Comprehension, scope: Scope, link: Link | None
    ) -> Iterable[ast.AST]:
        inner = Scope(scope)
        inner.is_comprehension = True
        # The first iterable is the only part that is not within the new scope.
        first = node.generators[0].iter
        self._apart += [(part, inner, link) for part in comprehended(node) if part is not first]
        return (first,)

    def _walrus(self, node: ast.NamedExpr, scope: Scope, link: Link | None) -> Iterable[ast.AST]:
        """Bind its name around the comprehensions that it stands in (PEP 572)."""
        while scope.is_comprehension and scope.parent is not None:
            scope = scope.parent
        scope.bind(node.target.id, Assigned(None, scope, link))
        return (node.value,)

    def _either(self, node: ast.IfExp, scope: Scope, link: Link | None) -> Iterable[ast.AST]:
        for part, holds in ((node.body, True), (node.orelse, False)):
            self._apart.append((part, scope, Link(link, Test(node.test, holds, scope))))
        return (node.test,)

    def _both(self, node: ast.BoolOp, scope: Scope, link: Link | None) -> Iterable[ast.AST]:
        for place, value in enumerate(node.values[1:]):
            if place < ELDERS:
                test = Test(node.values[place], holds=isinstance(node.op, ast.And), scope=scope)
                link = Link(link, test)
            self._apart.append((value, scope, link))
        return (node.values[0],)
