"""Which members of the standard library a file uses that some Python lacks."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from audit.code import Member
from audit.source.members.around import BROAD, Around
from audit.source.members.bound import bound
from audit.source.members.expressions import CODING
from audit.source.members.names import Named, is_built_in, named, root
from audit.source.members.operations import are_types, operated
from audit.source.members.promises import is_promised
from audit.source.members.walk import Walk
from audit.source.rules import Words
from audit.source.terms import BARE, LOADING, SUBSCRIPT, UNION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.code import Definition
    from audit.source.members.scopes import Scope, Use
    from audit.source.rules import Members

_NO_ATTRIBUTE = BROAD | {"AttributeError"}
_NO_NAME = BROAD | {"NameError"}
_NO_CODEC = BROAD | {"LookupError"}
_NO_ARGUMENT = BROAD | {"TypeError"}


class Seen(NamedTuple):
    """What one walk over a file tells."""

    members: tuple[Member, ...]
    """What imports name and then what is used; of those alike but in their line the first.

    A member that a `from` import names has the line of that import. What a test such as
    `hasattr` asks for around the use is left out, and what cannot be told apart from another
    thing of that name."""
    names: tuple[Definition, ...]
    """What the top level may bind, as `bound` has it."""


def look(tree: ast.Module, rules: Members) -> Seen:
    """Walk over a file, and return what it uses and binds."""
    walk = Walk(rules.words if rules.text else _NO_WORDS).run(tree)
    replaced = {each.name for use in walk.replaced for each in named(use.node, use.scope)}
    around = Around(walk.module, frozenset(replaced))
    names = bound(walk, around)
    if not rules.text:
        return Seen((), names)
    reading = _Reading(tree, walk, rules, around)
    used = (*reading.used(), *reading.used_unseen())
    return Seen((*_first_of_each(reading.imported()), *_first_of_each(used)), names)


_NO_WORDS = Words(frozenset(), frozenset(), frozenset())


class _Reading:
    """One file while its uses are looked up."""

    def __init__(self, tree: ast.Module, walk: Walk, rules: Members, around: Around) -> None:
        self._walk = walk
        self._rules = rules
        self._around = around
        self._is_unicode = any(map(_makes_unicode, tree.body))
        self._replaced = {_BUILT_IN.sub("", name) for name in around.replaced}

    def imported(self) -> Iterator[Member]:
        """Yield what `from` imports name; what is around them is known of the import."""
        for statement in self._walk.imports:
            for alias in statement.names:
                name = f"{statement.module}.{alias.name}"
                if alias.name in self._rules.words.members and self._matters(name):
                    yield Member(name, statement.lineno)

    def used(self) -> Iterator[Member]:
        """Yield what is used of modules, types and built-in names."""
        for use in self._walk.uses:
            match use.node:
                case ast.Call(func=function, keywords=keywords):
                    passed = (*(each.arg or "" for each in keywords), *_codec(use.node))
                    for each in self._known(function, use.scope):
                        for keyword in passed:
                            yield from self._member(use, each, keyword)
                case ast.Subscript(value=value):
                    yield from self._indexed(use, value)
                case ast.BinOp():
                    for each in operated(use.node, use.scope):
                        yield from self._member(use, each)
                case ast.Name(id=name) if use.scope.find(name):
                    pass  # what it is bound to is a use, or an import, of its own
                case _:
                    for each in self._known(use.node, use.scope):
                        yield from self._member(use, each)

    def used_unseen(self) -> Iterator[Member]:
        """Yield what annotations and decorators need, though nothing names it."""
        for use in self._walk.joined:
            if are_types(use.node):
                yield from self._member(use, Named(UNION))
        for use in self._walk.decorators:
            for each in self._known(use.node, use.scope):
                if each.name == BARE[0]:
                    yield from self._member(use, each, BARE[1])

    def _indexed(self, use: Use, value: ast.expr) -> Iterator[Member]:
        for each in self._known(value, use.scope):
            if not each.is_instance:
                yield from self._member(use, each._replace(name=f"{each.name}.{SUBSCRIPT}"))

    def _known(self, node: ast.expr, scope: Scope) -> tuple[Named, ...]:
        if self._walk.has_star and is_built_in(root(node), scope):
            return ()  # the star may have brought that name
        return named(node, scope)

    def _member(self, use: Use, named: Named, keyword: str = "") -> Iterator[Member]:
        name, last = named.name, named.name.rpartition(".")[2]
        if not keyword and name in self._rules.submodules.rows and isinstance(use.node, _PART):
            keyword = LOADING
        if name == f"unicode.{last}" or (self._is_unicode and _is_text(use.node)):
            name = f"str.{last}"
            if self._rules.has(name, "2.7") is not True:
                return
        if name in self._replaced or not self._matters(name, keyword):
            return
        if named.is_unbound and self._rules.module_of(name):
            return  # a module that is called so, but was not imported
        if keyword in {"", LOADING} and is_promised(use.link, name):
            return
        is_type_error = keyword not in {"", LOADING} or isinstance(use.node, _OPERATED)
        failures = _NO_ARGUMENT if is_type_error else _NO_ATTRIBUTE if "." in name else _NO_NAME
        if keyword and last in CODING:
            failures = _NO_CODEC
        blocks = self._around.blocks(use.link, failures)
        more = (self._around.conditions(link, failures) for link in named.links)
        tests = dict.fromkeys(test for each in more for test in each if test not in blocks)
        yield Member(name, use.node.lineno, keyword, (*tests, *blocks))

    def _matters(self, name: str, keyword: str = "") -> bool:
        if keyword == LOADING:
            return True
        if name.startswith("__future__.") or self._rules.library.is_anywhere(name):
            return False  # the syntax check knows the one, the import table the other
        return self._rules.interesting(name, keyword)


def _codec(node: ast.Call) -> tuple[str, ...]:
    """Return the name of the codec that a call of `encode` or `decode` names, if it does."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr="decode" | "encode"), args=[ast.Constant(value=str(name)), *_]
        ):
            name = name.lower().replace("-", "").replace("_", "")
            return (name.removesuffix("codec"),)
        case _:
            return ()


def _first_of_each(found: Iterable[Member]) -> Iterator[Member]:
    seen = set()
    for member in sorted(found, key=lambda each: each.line):
        key = member._replace(line=0)
        if key not in seen:
            seen.add(key)
            yield member


def _makes_unicode(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and any(
        alias.name == "unicode_literals" for alias in statement.names
    )


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(value=ast.Constant(value=str())):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()))):
            return True
        case _:
            return False


_PART = ast.Attribute
_OPERATED = ast.BinOp | ast.Subscript
_BUILT_IN = re.compile(r"(?:builtins|__builtins?__)\.")
