"""Reads the imports of source with tree-sitter's grammar, which knows Python 2 and 3 alike."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import tree_sitter_python
from tree_sitter import Language, Parser

from audit.code import OTHERWISE, Attempt, Block, Condition, Function, Import
from audit.source.blocks import ELDERS, catches, suppresses
from audit.source.statements import Candidate, Kind, candidates, without_strangers
from audit.source.tokens import text

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from tree_sitter import Node

Blocks = tuple[Block, ...]
Placed = tuple["Node", Blocks]


class _Site(NamedTuple):
    line: int
    blocks: Blocks


def imports(data: bytes) -> tuple[Import, ...]:
    """Return the imports of source as `encoding.readable` gives it.

    Around and after what is no Python the grammar reads on as well as it can.
    """
    root = Parser(Language(tree_sitter_python.language())).parse(data).root_node
    sites: dict[int, _Site] = {}
    found: list[Candidate] = []
    groups = count(1)
    waiting: list[Placed] = [(root, ())]
    while waiting:
        node, blocks = waiting.pop()
        if node.type in _IMPORTING and (candidate := _read(node)):
            found.append(candidate)
            sites[candidate.start] = _Site(node.start_point[0], blocks)
        waiting += _within(node, blocks, groups)
    if root.has_error:
        at = row = 0
        for candidate in _lost(data, root, frozenset(sites)):
            row += data.count(b"\n", at, candidate.start)
            at = candidate.start
            found.append(candidate)
            sites[at] = _Site(row, ())
    return tuple(
        Import(
            module=module,
            line=sites[each.start].line,
            names=each.names,
            level=each.level,
            blocks=sites[each.start].blocks,
            dynamic=each.kind is not Kind.STATEMENT,
        )
        for each in without_strangers(sorted(found, key=lambda each: each.start))
        for module in each.modules
    )


_STATEMENTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
_IMPORTING = _STATEMENTS | {"call"}


def _read(node: Node) -> Candidate | None:
    candidate = next(candidates(b"\n%b\n" % _bytes(node)), None)
    if candidate is None or candidate.start != 1 or candidate.kind is Kind.UNREADABLE:
        return None
    if (candidate.kind is Kind.STATEMENT) is not (node.type in _STATEMENTS):
        return None
    return candidate._replace(start=node.start_byte)


def _bytes(node: Node | None) -> bytes:
    return (node.text if node else None) or b""


def _text(node: Node | None) -> str:
    source = _bytes(node)
    return text(source, 0, len(source))


def _within(node: Node, blocks: Blocks, groups: Iterator[int]) -> Iterable[Placed]:
    """Return the parts of a node, each with what is around it."""
    match node.type:
        case "function_definition":
            name = _text(node.child_by_field_name("name"))
            return _with_body(node, blocks, (*blocks, Function(name)))
        case "with_statement" if suppresses(_head(node)):
            return _with_body(node, blocks, (*blocks, Attempt(next(groups), 0, (True, True))))
        case "if_statement":
            return _if(node, blocks)
        case "try_statement":
            return _try(node, blocks, next(groups))
        case _:
            return [(child, blocks) for child in node.children]


def _with_body(node: Node, outer: Blocks, inner: Blocks) -> list[Placed]:
    return [(child, inner if child.type == "block" else outer) for child in node.children]


def _if(node: Node, blocks: Blocks) -> list[Placed]:
    parts: list[Placed] = []
    tests: list[Condition] = []
    for clause in (node, *node.children_by_field_name("alternative")):
        around = (*blocks, *tests[-ELDERS:])
        inner = around
        if test := clause.child_by_field_name("condition"):
            tests.append(Condition(_text(test), holds=False))
            inner = (*around, tests[-1]._replace(holds=True))
        parts += [
            (child, inner if child.type == "block" else around)
            for child in clause.children
            if child.type not in _CLAUSES
        ]
    return parts


_CLAUSES = frozenset({"elif_clause", "else_clause"})
_HANDLERS = frozenset({"except_clause", "except_group_clause"})


def _try(node: Node, blocks: Blocks, group: int) -> list[Placed]:
    handlers = [
        child for child in node.children if child.type in _HANDLERS and catches(_head(child))
    ]
    if not handlers:
        return [(child, blocks) for child in node.children]
    branches = tuple(not _stops(part) for part in (node, *handlers))
    branch = {handler.id: number for number, handler in enumerate(handlers, 1)}
    branch |= {child.id: OTHERWISE for child in node.children if child.type == "else_clause"}
    parts: list[Placed] = []
    for child in node.children:
        around = (*blocks, Attempt(group, branch.get(child.id, 0), branches))
        if child.type == "block":
            parts.append((child, around))
        elif child.id in branch:
            parts += _with_body(child, blocks, around)
        else:
            parts.append((child, blocks))
    return parts


def _stops(clause: Node) -> bool:
    block = next((child for child in clause.children if child.type == "block"), None)
    return any(
        statement.type == "raise_statement"
        or (
            statement.type == "expression_statement"
            and statement.children[0].type == "call"
            and _text(statement.children[0].child_by_field_name("function")) in _EXITS
        )
        for statement in (block.named_children if block else ())
    )


_EXITS = frozenset({"exit", "quit", "sys.exit", "os._exit"})


def _head(node: Node) -> str:
    """Return what stands between the keyword and the colon."""
    block = next((child for child in node.children if child.type == "block"), None)
    source = _bytes(node)[: block.start_byte - node.start_byte if block else None]
    head = text(source, 0, len(source)).rpartition(":")[0]
    return head.partition("except")[2] if node.type in _HANDLERS else head


def _lost(data: bytes, root: Node, found: Container[int]) -> Iterator[Candidate]:
    """Yield lines that read as imports, which the grammar gave up in recovering from an error."""
    for candidate in candidates(data):
        if candidate.kind is not Kind.STATEMENT or candidate.indent is None:
            continue
        if candidate.start not in found:
            node = root.descendant_for_byte_range(candidate.start, candidate.start + 1)
            while node and node.type not in _OPAQUE:
                node = node.parent
            if node is None:
                yield candidate


_OPAQUE = frozenset({"string", "comment"})
