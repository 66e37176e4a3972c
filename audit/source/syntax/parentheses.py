"""What newer Pythons take without parentheses, or within them: seen in the source alone.

A tree has no parentheses, so the punctuation around a node tells them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from audit.source.syntax.versions import since

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.code import Construct
    from audit.source.syntax.facts import Facts, Placed, Rule


def _returned(node: ast.Return | ast.Yield, facts: Facts) -> Iterator[Construct]:
    if _has_bare_star(node.value, facts):
        word = "return" if isinstance(node, ast.Return) else "yield"
        yield since(
            node.lineno, f"a starred {word} without parentheses", 8, "parentheses around it"
        )


def _augmented(node: ast.AugAssign, facts: Facts) -> Iterator[Construct]:
    if _has_bare_star(node.value, facts):
        yield since(node.lineno, "a starred value of an augmented assignment", 9, "parentheses")


def _loop(node: ast.For | ast.AsyncFor, facts: Facts) -> Iterator[Construct]:
    if _has_bare_star(node.iter, facts):
        yield since(node.iter.lineno, "stars in a loop without parentheses", 9, "parentheses")


def _has_bare_star(node: ast.expr | None, facts: Facts) -> bool:
    return (
        isinstance(node, ast.Tuple)
        and any(isinstance(each, ast.Starred) for each in node.elts)
        and not is_enclosed(node, facts)
    )


def _subscript(node: ast.Subscript, facts: Facts) -> Iterator[Construct]:
    index = node.slice
    parts = [index]
    if isinstance(index, ast.Tuple):
        if _has_bare_star(index, facts):
            yield since(index.lineno, "a star in an index", 11, "parentheses around the index")
        parts = [] if is_enclosed(index, facts) else index.elts
    before = facts.end(node.value)
    for each in parts:
        if isinstance(each, ast.NamedExpr) and not follows_parenthesis(each, before, facts):
            yield _bare_walrus(each, "an index", 10)
        before = facts.end(each)


def _bare_walrus(node: ast.NamedExpr, where: str, minor: int) -> Construct:
    what = f"an assignment expression in {where} without parentheses"
    return since(node.lineno, what, minor, "parentheses around it")


def _set(node: ast.Set | ast.SetComp, facts: Facts) -> Iterator[Construct]:
    before = facts.start(node)
    for each in node.elts if isinstance(node, ast.Set) else (node.elt,):
        if isinstance(each, ast.NamedExpr) and not follows_parenthesis(each, before, facts):
            yield _bare_walrus(each, "a set", 9)
        before = facts.end(each)


def _with(node: ast.With | ast.AsyncWith, facts: Facts) -> Iterator[Construct]:
    """Tell `with (a as b, c):`; without `as` that is a tuple, which every Python takes."""
    named = next((each for each in node.items if each.optional_vars), None)
    if named is None:
        return
    first = node.items[0]
    following: Placed = node.body[0]
    if first.optional_vars:
        following = first.optional_vars
    elif len(node.items) > 1:
        following = node.items[1].context_expr
    opened = facts.between(facts.start(node), facts.start(first.context_expr)).count(b"(")
    closed = facts.between(facts.end(first.context_expr), facts.start(following))
    if opened > closed.partition(b",")[0].partition(b"as")[0].count(b")"):
        line = (named.optional_vars or named.context_expr).lineno
        yield since(line, "a with statement in parentheses", 9, "a backslash to go on a new line")


def is_enclosed(node: ast.Tuple, facts: Facts) -> bool:
    """Whether a tuple has parentheses of its own."""
    start = facts.start(node)
    if facts.code[start : start + 1] != b"(":
        return False
    if not node.elts:
        return True
    first = node.elts[0]
    opened = facts.between(start, facts.start(first)).count(b"(")
    following = facts.start(node.elts[1]) if len(node.elts) > 1 else facts.end(node)
    closed = facts.between(facts.end(first), following).partition(b",")[0].count(b")")
    return opened > closed


def follows_parenthesis(node: ast.expr, before: int, facts: Facts) -> bool:
    """Whether a parenthesis opens between a place and the node after it."""
    return b"(" in facts.between(before, facts.start(node))


RULES: Mapping[type[ast.AST], tuple[Rule, ...]] = {
    ast.Return: (_returned,),
    ast.Yield: (_returned,),
    ast.AugAssign: (_augmented,),
    ast.For: (_loop,),
    ast.AsyncFor: (_loop,),
    ast.Subscript: (_subscript,),
    ast.Set: (_set,),
    ast.SetComp: (_set,),
    ast.With: (_with,),
    ast.AsyncWith: (_with,),
}
"""By type of node: what of its punctuation some Python refuses."""
