"""One walk over a file: which names are bound where, and which uses are worth a look."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from audit.code import OTHERWISE, Function
from audit.source.blocks import ELDERS
from audit.source.members.around import (
    Clause,
    Link,
    Suppressed,
    Test,
    after_import,
    after_name,
    leaves,
    suppressed,
)
from audit.source.members.expressions import Expressions
from audit.source.members.parts import (
    arguments,
    bind_arguments,
    defaults,
    hands_itself,
    postpones,
)
from audit.source.members.scopes import Assigned, Imported, Scope, Use

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from audit.source.members.parts import Functions
    from audit.source.rules import Words


class Walk(Expressions):
    """Walks without recursion, however deep the source is nested."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.module = Scope()
        self.joined: list[Use] = []
        """What `|` joins in annotations."""
        self.decorators: list[Use] = []
        """Those that are given what they decorate, without a call of their own."""
        self.imports: list[ast.ImportFrom] = []  # of names of which one is worth a look
        self.getattr_line = 1
        """Where the module defines its own `__getattr__`, if it does."""
        self.has_star = False
        """Whether an import brings in names that nobody can see here."""
        self.globals: set[str] = set()
        """Names of the module that functions bind, if they are called."""
        self._annotations_run = True
        self._bodies: list[tuple[Sequence[ast.stmt], Scope, Link | None]] = []
        self._of_statements = self._steps()

    def run(self, tree: ast.Module) -> Walk:
        """Walk over a whole file."""
        self._annotations_run = not any(map(postpones, tree.body))
        self._bodies.append((tree.body, self.module, None))
        while self._bodies:
            body, scope, link = self._bodies.pop()
            exits = 0
            for statement in body:
                step = self._of_statements.get(type(statement), self._any)
                after = step(statement, scope, link)
                if after is not None and exits < ELDERS:
                    link, exits = after, exits + 1
                while self._apart:
                    self._look(*self._apart.pop())
        return self

    def _steps(self) -> Mapping[type, Callable[..., Link | None]]:
        return {
            ast.AnnAssign: self._annotated,
            ast.Assert: self._assert,
            ast.Assign: self._assign,
            ast.AsyncFor: self._for,
            ast.AsyncFunctionDef: self._function,
            ast.AsyncWith: self._with,
            ast.ClassDef: self._class,
            ast.Expr: self._expression,
            ast.For: self._for,
            ast.FunctionDef: self._function,
            ast.Global: self._declare,
            ast.If: self._if,
            ast.Import: self._import,
            ast.ImportFrom: self._from,
            ast.Nonlocal: self._declare,
            ast.Return: self._expression,
            ast.Try: self._try,
            getattr(ast, "TryStar", ast.Try): self._try,
            ast.While: self._while,
            ast.With: self._with,
        }

    def _any(self, node: ast.AST, scope: Scope, link: Link | None) -> None:
        """Take a statement as its parts, in whatever version of Python it came."""
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.stmt):
                self._bodies.append(([part], scope, link))
            elif isinstance(part, ast.expr):
                self._look(part, scope, link)
            else:
                self._named(part, scope, link)
                self._any(part, scope, link)

    def _named(self, node: ast.AST, scope: Scope, link: Link | None) -> None:
        """Bind what a pattern of `match` or a type parameter calls its own."""
        for field in ("name", "rest"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                scope.bind(name, Assigned(None, scope, link))

    def _expression(
        self, node: ast.Expr | ast.Return, scope: Scope, link: Link | None
    ) -> Link | None:
        self._look(node.value, scope, link)
        if scope is self.module:
            self._opens(node.value, link)
        return after_name(node, scope, link)

    def _opens(self, value: ast.expr | None, link: Link | None) -> None:
        if value is not None and hands_itself(value):
            self.openers.append(Use(value, self.module, link))

    def _assign(self, node: ast.Assign, scope: Scope, link: Link | None) -> Link | None:
        self._look(node.value, scope, link)
        if scope is self.module:
            self._opens(node.value, link)
        for target in node.targets:
            if isinstance(target, ast.Name):
                scope.bind(target.id, Assigned(node.value, scope, link))
            else:
                self._look(target, scope, link)
        return after_name(node, scope, link)

    def _annotated(self, node: ast.AnnAssign, scope: Scope, link: Link | None) -> None:
        self._look(node.value, scope, link)
        self._look(node.target, scope, link)
        if scope is self.module or scope.is_class:
            self._annotation(node.annotation, scope, link)

    def _annotation(self, node: ast.expr | None, scope: Scope, link: Link | None) -> None:
        if node is not None and self._annotations_run:
            self._look(node, scope, link)
            for each in ast.walk(node):
                if isinstance(each, ast.BinOp) and isinstance(each.op, ast.BitOr):
                    self.joined.append(Use(each, scope, link))

    def _declare(self, node: ast.Global | ast.Nonlocal, scope: Scope, _link: Link | None) -> None:
        scope.elsewhere.update(node.names)
        if isinstance(node, ast.Global):
            self.globals.update(node.names)

    def _import(self, node: ast.Import, scope: Scope, link: Link | None) -> Link | None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            scope.bind(name, Imported(alias.name if alias.asname else name, link))
        return after_import(node, link)

    def _from(self, node: ast.ImportFrom, scope: Scope, link: Link | None) -> Link | None:
        if not node.level and not self._words.members.isdisjoint(a.name for a in node.names):
            self.imports.append(node)
        for alias in node.names:
            if alias.name == "*":
                self.has_star = True
            whole = "" if node.level else f"{node.module}.{alias.name}"
            scope.bind(alias.asname or alias.name, Imported(whole, link))
        return after_import(node, link)

    def _function(self, node: Functions, scope: Scope, link: Link | None) -> None:
        scope.bind(node.name, Assigned(None, scope, link))
        if node.name == "__getattr__" and scope is self.module:
            self.getattr_line = node.lineno
        for each in (*node.decorator_list, *defaults(node.args)):
            self._look(each, scope, link)
        bare = (each for each in node.decorator_list if not isinstance(each, ast.Call))
        self.decorators += [Use(each, scope, link) for each in bare]
        for argument in (*arguments(node.args), node):
            note = node.returns if argument is node else getattr(argument, "annotation", None)
            self._annotation(note, scope, link)
        inner = Scope(scope)
        bind_arguments(node.args, inner)
        self._bodies.append((node.body, inner, Link(link, Function(node.name))))

    def _class(self, node: ast.ClassDef, scope: Scope, link: Link | None) -> None:
        scope.bind(node.name, Assigned(None, scope, link))
        keywords = (each.value for each in node.keywords)
        for each in (*node.decorator_list, *node.bases, *keywords):
            self._look(each, scope, link)
        self._bodies.append((node.body, Scope(scope, is_class=True), link))

    def _if(self, node: ast.If, scope: Scope, link: Link | None) -> Link | None:
        """Go through all clauses; return what is around what comes after, if that is more."""
        clause = after = link
        elders = 0
        passed: list[ast.expr] = []
        rest: list[ast.stmt] = [node]
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            node, elders = rest[0], elders + 1
            self._look(node.test, scope, clause)
            self._bodies.append(
                (node.body, scope, Link(clause, Test(node.test, scope=scope, holds=True)))
            )
            gone = leaves(node.body)
            if elders < ELDERS and (gone or leaves(node.orelse)):
                asked = _one_of(passed, node.test, holds=not gone)
                after = Link(after, Test(*asked, scope=scope, is_early=True))
            if not gone:
                passed.append(node.test)
            if elders < ELDERS:
                clause = Link(clause, Test(node.test, scope=scope, holds=False))
            rest = node.orelse
        self._bodies.append((rest, scope, clause))
        return None if after is link else after

    def _assert(self, node: ast.Assert, scope: Scope, link: Link | None) -> Link:
        self._look(node.test, scope, link)
        self._look(node.msg, scope, Link(link, Test(node.test, scope=scope, holds=False)))
        return Link(link, Test(node.test, scope=scope, holds=True, is_early=True))

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope, link: Link | None) -> None:
        self._look(node.iter, scope, link)
        self._look(node.target, scope, link)
        self._bodies += [(node.body, scope, link), (node.orelse, scope, link)]

    def _while(self, node: ast.While, scope: Scope, link: Link | None) -> None:
        self._look(node.test, scope, link)
        self._bodies.append(
            (node.body, scope, Link(link, Test(node.test, scope=scope, holds=True)))
        )
        self._bodies.append((node.orelse, scope, link))

    def _try(self, node: ast.Try, scope: Scope, link: Link | None) -> None:
        self._bodies.append((node.body, scope, Link(link, Clause(node, 0))))
        self._bodies.append((node.orelse, scope, Link(link, Clause(node, OTHERWISE))))
        self._bodies.append((node.finalbody, scope, link))
        for number, handler in enumerate(node.handlers, 1):
            inner = Link(link, Clause(node, number))
            self._look(handler.type, scope, inner)
            if handler.name:
                scope.bind(handler.name, Assigned(None, scope, inner))
            self._bodies.append((handler.body, scope, inner))

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope, link: Link | None) -> None:
        for item in node.items:
            self._look(item.context_expr, scope, link)
            self._look(item.optional_vars, scope, link)
        names = suppressed(node)
        inner = Link(link, Suppressed(node, names)) if names else link
        self._bodies.append((node.body, scope, inner))


def _one_of(passed: Sequence[ast.expr], test: ast.expr, *, holds: bool) -> tuple[ast.expr, bool]:
    """Return what must be so past an `elif`: that a clause before it went on, or its own test."""
    if not passed:
        return test, holds
    own = test if holds else ast.UnaryOp(ast.Not(), test)
    return ast.copy_location(ast.BoolOp(ast.Or(), [*passed, own]), test), True
