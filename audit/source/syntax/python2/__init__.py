"""What Python 2.7 refuses of what the host reads, told by the tree and by the file.

What came to Python 3 after its first release and is not here is in `features`: a span that
begins there leaves Python 2 out as well. Rules were taken from 2.7's grammar and checked
against 2.7.18: `tests/source/syntax/test_python2.py` has a row for each.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from audit.source.syntax.python2.coding import refused
from audit.source.syntax.python2.scopes import scopes
from audit.source.syntax.python2.survey import Survey
from audit.source.syntax.python2.words import words
from audit.source.syntax.versions import since

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.code import Construct
    from audit.source.syntax.facts import Facts, Rule

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

__all__ = ["RULES", "refused"]

_ANNOTATION = ("an annotation of a function", 0, "a # type: comment, or none")


def _parameters(node: ast.arguments, facts: Facts) -> Iterator[Construct]:
    if node.kwonlyargs:
        star = node.vararg or node.kwonlyargs[0]
        start = facts.start(star)
        line = star.lineno - facts.code.count(b"\n", facts.code.rfind(b"*", 0, start), start)
        yield since(line, "keyword-only parameters", 0, "**kwargs, and kwargs.pop(...)")
    last = node.kwarg or node.vararg
    if last is None and not node.kwonlyargs and not _has_annotation(node):
        return
    for each in (*node.posonlyargs, *node.args, node.vararg, *node.kwonlyargs, node.kwarg):
        if each and each.annotation:
            yield since(each.annotation.lineno, *_ANNOTATION)
            break
    if last and _has_comma(facts, facts.end(last)):
        what = "a comma after the starred parameter"
        yield since(last.lineno, what, 6, "no comma at the end of the parameters")


def _has_annotation(node: ast.arguments) -> bool:
    return any(each.annotation for each in (*node.posonlyargs, *node.args))


_COMMA = re.compile(rb"(?:[ \t\f\n\\)]|#[^\n]*\n){0,999},").match


def _has_comma(facts: Facts, end: int) -> bool:
    """Whether a comma is what follows the last in a list, past brackets of its own."""
    return _COMMA(facts.code, end) is not None


def _returned(node: Definition, _facts: Facts) -> Iterator[Construct]:
    if node.returns:
        yield since(node.returns.lineno, *_ANNOTATION)


def _class(node: ast.ClassDef, _facts: Facts) -> Iterator[Construct]:
    if node.keywords:
        instead = "the metaclass by six.with_metaclass, or none"
        yield since(
            node.keywords[0].value.lineno, "a keyword among the bases of a class", 0, instead
        )
    elif any(isinstance(base, ast.Starred) for base in node.bases):
        yield since(node.lineno, "a star among the bases of a class", 0)


def _call(node: ast.Call, facts: Facts) -> Iterator[Construct]:
    """Tell what follows a starred argument: only keywords may, and after two stars nothing."""
    stars = [each for each in node.args if each.__class__ is ast.Starred]
    if not stars and all(each.arg for each in node.keywords):
        return
    doubles = [number for number, each in enumerate(node.keywords) if each.arg is None]
    if stars and node.args[-1:] != stars:
        yield since(stars[-1].lineno, "arguments after a starred one", 5, "one list for all")
    if doubles and doubles != [len(node.keywords) - 1]:
        line = node.keywords[doubles[0]].value.lineno
        yield since(line, "arguments after one with two stars", 5, "one dict for all")
    last = max((*node.args, *(each.value for each in node.keywords)), key=facts.end)
    starred = bool(doubles) or last.__class__ is ast.Starred
    if starred and facts.between(facts.end(last), facts.end(node)).startswith(b","):
        yield since(last.lineno, "a comma after the starred argument", 5, "no comma at the end")


def _collection(node: ast.List | ast.Tuple | ast.Set, _facts: Facts) -> Iterator[Construct]:
    kind = ast.Starred
    starred = next((each for each in node.elts if each.__class__ is kind), None)
    stored = not isinstance(node, ast.Set) and isinstance(node.ctx, ast.Store)
    if starred and stored:
        yield since(starred.lineno, "a star among what is assigned to", 0, "a slice")
    elif starred:
        yield since(starred.lineno, "a star in a list, tuple or set", 5, "list(...) and +")


def _tuple(node: ast.Tuple, facts: Facts) -> Iterator[Construct]:
    if not node.elts and not isinstance(node.ctx, ast.Load):
        yield since(node.lineno, "an empty tuple as a target", 0, "[]")
    yield from _collection(node, facts)


def _dictionary(node: ast.Dict, _facts: Facts) -> Iterator[Construct]:
    if None in node.keys:
        yield since(node.lineno, "two stars in a dict", 5, "dict(...) and update()")


def _nonlocal(node: ast.Nonlocal, _facts: Facts) -> Iterator[Construct]:
    yield since(node.lineno, "the statement nonlocal", 0, "a list that holds the value")


def _raise(node: ast.Raise, _facts: Facts) -> Iterator[Construct]:
    if node.cause:
        yield since(node.cause.lineno, "raise with from", 0, "six.raise_from, or no cause")


def _yield_from(node: ast.YieldFrom, _facts: Facts) -> Iterator[Construct]:
    yield since(node.lineno, "yield from", 3, "a loop that yields")


def _module(node: ast.Module, facts: Facts) -> Iterator[Construct]:
    yield from words(facts)
    if b"exec" in facts.code or not facts.nodes.keys().isdisjoint(_OF_SCOPES):
        yield from scopes(Survey(node), facts)


_OF_SCOPES = frozenset({ast.Delete, ast.Yield, ast.YieldFrom})


RULES: Mapping[type[ast.AST], tuple[Rule, ...]] = {
    ast.Module: (_module,),
    ast.arguments: (_parameters,),
    ast.FunctionDef: (_returned,),
    ast.AsyncFunctionDef: (_returned,),
    ast.ClassDef: (_class,),
    ast.Call: (_call,),
    ast.List: (_collection,),
    ast.Set: (_collection,),
    ast.Tuple: (_tuple,),
    ast.Dict: (_dictionary,),
    ast.Nonlocal: (_nonlocal,),
    ast.Raise: (_raise,),
    ast.YieldFrom: (_yield_from,),
}
"""By type of node: what of it 2.7 refuses."""
