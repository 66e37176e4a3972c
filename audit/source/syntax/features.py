"""What came to Python 3 after its first release, told by the tree.

What the trees of both sides look like was taken from PEPs and checked against interpreters:
`tests/source/syntax/test_features.py` has a row for each.
"""

# ruff: noqa: ARG001 - rules are called alike, whether they look at the source or not

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from audit.code import Construct, Span
from audit.source.syntax.fstrings import formatted
from audit.source.syntax.parentheses import follows_parenthesis, is_enclosed
from audit.source.syntax.versions import PYTHON_2, since
from audit.source.syntax.walk import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.source.syntax.facts import Facts, Rule

    Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_MOST = 255


def _parameters(node: ast.arguments, facts: Facts) -> Iterator[Construct]:
    if node.posonlyargs:
        last = node.posonlyargs[-1]
        end = facts.end(last)
        line = last.lineno + facts.code.count(b"\n", end, facts.code.find(b"/", end))
        yield since(line, "positional-only parameters", 8, "leave out the / among the parameters")
    if node.vararg and isinstance(node.vararg.annotation, ast.Starred):
        yield since(node.vararg.lineno, "a starred annotation", 11, "Unpack[...] for it")
    named = (*node.posonlyargs, *node.args, *node.kwonlyargs)
    if len(named) > _MOST:
        yield _too_many(named[0].lineno, "more than 255 parameters")


def _too_many(line: int, what: str) -> Construct:
    return Construct(line, what, (PYTHON_2, Span((3, 7))), (), "*[...] for them")


def _call(node: ast.Call, facts: Facts) -> Iterator[Construct]:
    """Tell too many arguments: Python 2 counts those without a star, Python 3 all."""
    if len(node.args) + len(node.keywords) <= _MOST:
        return
    given = (*node.args, *(each.value for each in node.keywords))
    starred = sum(isinstance(each, ast.Starred) for each in node.args)
    starred += sum(each.arg is None for each in node.keywords)
    if len(given) - starred > _MOST:
        yield since(given[0].lineno, "more than 255 arguments", 7, "*[...] for them")
    else:
        yield _too_many(given[0].lineno, "more than 255 arguments with those starred")


def _definition(node: Definition, facts: Facts) -> Iterator[Construct]:
    if isinstance(node, ast.ClassDef) and len(node.bases) + len(node.keywords) > _MOST:
        yield _too_many(node.lineno, "more than 255 bases")
    for each in node.decorator_list:
        if not _is_plain(each, facts):
            yield since(
                each.lineno, "a decorator other than a dotted name or its call", 9, "a name for it"
            )
    yield from _type_parameters(node, facts)


def _is_plain(decorator: ast.expr, facts: Facts) -> bool:
    """Whether a decorator is what all Pythons take: `@a.b` or `@a.b(...)` (PEP 614)."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    start = facts.start(decorator)
    at = facts.code.rfind(b"@", 0, start)
    return (
        isinstance(called, ast.Name | ast.Attribute)
        and facts.start(called) == start
        and not facts.between(at + 1, start)
        and _DOTTED(facts.segment(called)) is not None
    )


_DOTTED = re.compile(rb"[\w\x80-\xff]+(?:[\s\\]*\.[\s\\]*[\w\x80-\xff]+)*").fullmatch


def _type_parameters(node: ast.AST, facts: Facts) -> Iterator[Construct]:
    parameters = getattr(node, "type_params", ())  # of hosts since 3.12
    for each in parameters:
        yield since(each.lineno, "type parameters in brackets", 12, "TypeVar from typing")
        if getattr(each, "default_value", None) is not None:
            yield since(
                each.lineno, "a default of a type parameter", 13, "TypeVar of typing_extensions"
            )


def _type_alias(node: ast.stmt, facts: Facts) -> Iterator[Construct]:
    yield since(node.lineno, "the statement type", 12, "X = ... without the word type")
    yield from _type_parameters(node, facts)


def _module(node: ast.Module, facts: Facts) -> Iterator[Construct]:
    """Tell names annotated after a function declared them global: 3.6 and 3.7 mixed up the two."""
    annotated = dict(_annotated_names(node)) if _GLOBAL(facts.code) else {}
    if not annotated:
        return
    for each in facts.nodes.get(ast.Global, ()):
        for name in annotated.keys() & set(each.names):
            if each.lineno < annotated[name]:
                what = "an annotation of what a function above declares global"
                yield since(annotated[name], what, 8, "the annotation above the function")


_GLOBAL = re.compile(rb"\bglobal\b").search


def _annotated_names(module: ast.Module) -> Iterator[tuple[str, int]]:
    waiting: list[ast.AST] = [module]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), simple=1):
                yield name, node.lineno
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.expr():
                pass
            case _:
                waiting += parts(node)


def _annotated(node: ast.AnnAssign, facts: Facts) -> Iterator[Construct]:
    yield since(node.lineno, "a variable annotation", 6, "a # type: comment, or none")
    if isinstance(node.value, ast.Tuple) and not is_enclosed(node.value, facts):
        yield since(node.lineno, "an annotated tuple without parentheses", 8, "parentheses")
    if isinstance(node.value, ast.Yield | ast.YieldFrom) and not follows_parenthesis(
        node.value, facts.end(node.annotation), facts
    ):
        yield since(node.lineno, "an annotated yield without parentheses", 8, "parentheses")


def _operation(node: ast.BinOp | ast.AugAssign, facts: Facts) -> Iterator[Construct]:
    if isinstance(node.op, ast.MatMult):
        yield since(node.lineno, "the operator @", 5, "a method such as dot()")


def _walrus(node: ast.NamedExpr, facts: Facts) -> Iterator[Construct]:
    yield since(node.lineno, "an assignment expression", 8, "an assignment on a line before it")


def _match(node: ast.Match, facts: Facts) -> Iterator[Construct]:
    yield since(node.lineno, "the statement match", 10, "if and elif")


def _try(node: ast.Try, facts: Facts) -> Iterator[Construct]:
    if node.finalbody:
        yield from _continued(node.finalbody)
    for handler in node.handlers:
        if isinstance(handler.type, ast.Tuple) and not is_enclosed(handler.type, facts):
            spans = (PYTHON_2, Span((3, 14)))
            what = "an except clause without parentheses"
            yield Construct(handler.lineno, what, spans, (), "except (A, B):")


def _try_star(node: ast.Try, facts: Facts) -> Iterator[Construct]:
    line = node.handlers[0].lineno
    yield since(line, "the clause except*", 11, "except ExceptionGroup as group")
    yield from _try(node, facts)


def _continued(final: list[ast.stmt]) -> Iterator[Construct]:
    """Yield the `continue` that leaves a `finally`: the compiler refused it before 3.8."""
    waiting: list[ast.AST] = [*final]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Continue():
                yield since(node.lineno, "continue in a finally clause", 8, "a flag and an if")
            case ast.For() | ast.AsyncFor() | ast.While():
                waiting += node.orelse
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.expr():
                pass
            case _:
                waiting += ast.iter_child_nodes(node)


def _future(node: ast.ImportFrom, facts: Facts) -> Iterator[Construct]:
    if node.module != "__future__":
        return
    for each in node.names:
        if node.level and each.name not in _FUTURES and each.name not in _OLD_FUTURES:
            # A relative import was taken for the real one until 3.13.
            yield since(node.lineno, f"{each.name} from an own module __future__", 13)
        elif each.name in _FUTURES:
            minor, instead = _FUTURES[each.name]
            yield since(node.lineno, f"from __future__ import {each.name}", minor, instead)


_FUTURES = {
    "barry_as_FLUFL": (1, ""),
    "generator_stop": (5, "nothing: it is the rule since Python 3.7"),
    "annotations": (7, "annotations as strings where they need it, without that line"),
}
"""What `__future__` has beyond 2.7's: the first version as the module itself gives it, except
that the pre-releases count for the release."""
_OLD_FUTURES = frozenset(
    {
        "nested_scopes",
        "generators",
        "division",
        "absolute_import",
        "with_statement",
        "print_function",
        "unicode_literals",
    }
)


def _template(node: ast.expr, facts: Facts) -> Iterator[Construct]:
    yield since(node.lineno, "a t-string", 14, "an f-string, or format()")


def _rules() -> Mapping[type[ast.AST], tuple[Rule, ...]]:
    rules: dict[type[ast.AST], tuple[Rule, ...]] = {
        ast.Module: (_module,),
        ast.arguments: (_parameters,),
        ast.Call: (_call,),
        ast.FunctionDef: (_definition,),
        ast.AsyncFunctionDef: (_definition,),
        ast.ClassDef: (_definition,),
        ast.AnnAssign: (_annotated,),
        ast.AugAssign: (_operation,),
        ast.BinOp: (_operation,),
        ast.NamedExpr: (_walrus,),
        ast.Match: (_match,),
        ast.Try: (_try,),
        ast.ImportFrom: (_future,),
        ast.JoinedStr: (formatted,),
    }
    newer: dict[str, Rule] = {
        "TryStar": _try_star,
        "TypeAlias": _type_alias,
        "TemplateStr": _template,
    }
    for name, rule in newer.items():
        kind = getattr(ast, name, None)  # a host has those that it knows
        if kind is not None:
            rules[kind] = (rule,)
    return rules


RULES = _rules()
"""By type of node: what of it some Python 3 refuses."""
