"""Looks at every node of a tree once, whatever its depth: rules ask for those of a type."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.code import Construct
    from audit.source.syntax.facts import Facts, Rule

_WORDS = frozenset(
    (
        *("arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "kwd_attrs"),
        *("level", "lineno", "module", "name", "names", "op", "ops", "rest", "simple", "tag"),
        *("type_comment", "type_ignores"),
    )
)
"""Fields that hold no node of which a rule could ask."""


def _parts(kind: type[ast.AST]) -> tuple[str, ...]:
    if kind.__name__ == "TypeAlias":
        return ("name", "type_params", "value")
    if kind is ast.Constant:
        return ()
    return tuple(field for field in kind._fields if field not in _WORDS)


_PARTS: Mapping[type, tuple[str, ...]] = {
    kind: _parts(kind)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def parts(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right within one: those that have parts, or of which a rule could ask."""
    found: list[Any] = []
    for part in _PARTS.get(node.__class__, ()):
        value = getattr(node, part)
        if value.__class__ is list:
            found += value
        elif value is not None:
            found.append(value)
    return [each for each in found if each is not None]


def by_kind(tree: ast.Module) -> Mapping[type, list[Any]]:
    """Sort the nodes of a tree by type; those of a type are in no order."""
    nodes: dict[type, list[Any]] = {}
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        kind = node.__class__
        if kind in nodes:
            nodes[kind].append(node)
        else:
            nodes[kind] = [node]
        for part in _PARTS.get(kind, ()):
            value = getattr(node, part)
            if value.__class__ is list:
                waiting += value
            elif value is not None:
                waiting.append(value)
    return nodes


def walk(facts: Facts, rules: Mapping[type[ast.AST], tuple[Rule, ...]]) -> Iterator[Construct]:
    """Yield what the rules say of a tree's nodes, in no order."""
    for kind, nodes in facts.nodes.items():
        for rule in rules.get(kind, ()):
            for node in nodes:
                yield from rule(node, facts)
