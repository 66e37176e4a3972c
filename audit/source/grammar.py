"""Reads the imports of source with tree-sitter's grammar, which knows Python 2 and 3 alike."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import tree_sitter_python
from tree_sitter import Language, Parser

from audit.code import OTHERWISE, Attempt, Block, Condition, Function, Handled, Import
from audit.source.bindings import NO_BINDINGS
from audit.source.blocks import ELDERS, caught, suppressed, unseen
from audit.source.conditions import is_version_test
from audit.source.exceptions import EXITS, sees_import
from audit.source.statements import Candidate, Kind, candidates, without_strangers
from audit.source.tokens import text

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from tree_sitter import Node

Blocks = tuple[Block, ...]
Placed = tuple["Node", Blocks]


class _Site(NamedTuple):
    line: int
    blocks: Blocks


def imports(data: bytes, bindings: Mapping[str, str] = NO_BINDINGS) -> tuple[Import, ...]:
    """Return the imports of source as `encoding.readable` gives it.

    `bindings` are its names that are bound to tests of the version.
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
        if node.type in _BODIES:
            waiting += _body(node, blocks, bindings)
        else:
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
        case "with_statement" if names := suppressed(_head(node)):
            group = next(groups)
            attempts = (Attempt(group, 0, (True, True)),) if sees_import(names) else ()
            inner = (*blocks, Handled(group, 0, (names,), (True,)), *attempts)
            return _with_body(node, blocks, inner)
        case "if_statement":
            return _if(node, blocks)
        case "try_statement":
            return _try(node, blocks, next(groups))
        case _:
            return [(child, blocks) for child in node.children]


def _body(node: Node, blocks: Blocks, bindings: Mapping[str, str]) -> Iterator[Placed]:
    """Yield the statements of a body, each with what must be so that control comes to it."""
    early = 0
    for child in node.children:
        yield child, blocks
        if child.type == "if_statement" and early < ELDERS:
            past = _past(child, bindings)
            if past is not None:
                blocks, early = (*blocks, past), early + 1


_BODIES = frozenset({"block", "module"})


def _past(node: Node, bindings: Mapping[str, str]) -> Condition | None:
    """Return what must be so that control comes past an `if`, where it asks for the version."""
    is_left, others = _leaves(node), node.children_by_field_name("alternative")
    has_else = [each.type for each in others] == ["else_clause"]
    if not is_left and not (has_else and _leaves(others[0])):
        return None
    test = _text(node.child_by_field_name("condition"))
    if not is_version_test(test, bindings):
        return None
    return Condition(test, holds=not is_left, is_early=True)


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
    handlers = [child for child in node.children if child.type in _HANDLERS]
    if not handlers:
        return [(child, blocks) for child in node.children]
    names = tuple(caught(_head(each)) for each in handlers)
    ends = tuple(not _stops(each) for each in handlers)
    seeing = [number for number, each in enumerate(names, 1) if sees_import(each)]
    branches = (not _stops(node), *(ends[number - 1] for number in seeing))

    def around(number: int) -> Blocks:
        handled = Handled(group, number, names, ends)
        if number > 0 and number not in seeing:
            test = Condition(unseen(_head(handlers[number - 1]), _first(node)), holds=True)
            return (*blocks, handled, test)
        branch = seeing.index(number) + 1 if number > 0 else number
        attempts = (Attempt(group, branch, branches),) if seeing else ()
        return (*blocks, handled, *attempts)

    numbers = {handler.id: number for number, handler in enumerate(handlers, 1)}
    parts: list[Placed] = []
    for child in node.children:
        if child.type == "block":
            parts.append((child, around(0)))
        elif child.id in numbers:
            parts += _with_body(child, blocks, around(numbers[child.id]))
        elif child.type == "else_clause":
            parts += _with_body(child, blocks, around(OTHERWISE))
        else:
            parts.append((child, blocks))
    return parts


def _first(clause: Node) -> str:
    """Return the first statement right within a clause."""
    return next(map(_text, _statements(clause)), "")


def _stops(clause: Node) -> bool:
    return any(each.type == "raise_statement" or _exits(each) for each in _statements(clause))


def _leaves(clause: Node) -> bool:
    """Whether the last statement of a clause leaves it for good, and is a simple one."""
    last = next(reversed(_statements(clause)), None)
    return last is not None and (last.type in _LEAVING or _exits(last))


_LEAVING = frozenset(
    {"return_statement", "raise_statement", "continue_statement", "break_statement"}
)


def _statements(clause: Node) -> list[Node]:
    block = next((child for child in clause.children if child.type == "block"), None)
    return [each for each in block.named_children if each.type != "comment"] if block else []


def _exits(statement: Node) -> bool:
    return (
        statement.type == "expression_statement"
        and statement.children[0].type == "call"
        and _text(statement.children[0].child_by_field_name("function")) in EXITS
    )


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
