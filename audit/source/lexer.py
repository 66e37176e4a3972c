"""Reads the imports of Python source without parsing it, exactly or not at all.

Strings and comments are told from code only up to the last `import`, and what encloses a
statement only for those that are indented. What this cannot decide raises
`UndecidedError`, for a full parser to look at.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from audit.code import Block, Import
from audit.source.bindings import MARKS, NO_BINDINGS
from audit.source.blocks import Chains
from audit.source.heads import enclosing
from audit.source.statements import Candidate, Kind, candidates, without_strangers
from audit.source.tokens import Code, UndecidedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def imports(data: bytes, bindings: Mapping[str, str] = NO_BINDINGS) -> tuple[Import, ...]:
    """Return the imports of source as `encoding.readable` gives it.

    `bindings` are its names that are bound to tests of the version. Raises UndecidedError where
    it takes a parser to tell.
    """
    found = without_strangers(list(_statements(data, Code(data))))
    return _imports(data, found, _blocks(data, found, bindings))


def beginning(
    data: bytes, bindings: Mapping[str, str] = NO_BINDINGS
) -> tuple[tuple[Import, ...], int]:
    """Return the imports before the first place that cannot be decided, and its offset.

    Without what encloses them, where that is undecided.
    """
    code, found = Code(data), list[Candidate]()
    blocks: Mapping[int, tuple[Block, ...]] = {}
    with suppress(UndecidedError):
        found.extend(_statements(data, code))
    found = without_strangers(found)
    with suppress(UndecidedError):
        blocks = _blocks(data, found, bindings)
    return _imports(data, found, blocks), code.read


def _imports(
    data: bytes, found: list[Candidate], blocks: Mapping[int, tuple[Block, ...]]
) -> tuple[Import, ...]:
    result: list[Import] = []
    line = start = 0
    for candidate in found:
        line += data.count(b"\n", start, candidate.start)
        start = candidate.start
        around, dynamic = blocks.get(start, ()), candidate.kind is not Kind.STATEMENT
        for module in candidate.modules:
            each = Import(module, line, candidate.names, candidate.level, around, dynamic)
            result.append(each)
    return tuple(result)


def _statements(data: bytes, code: Code) -> Iterator[Candidate]:
    for candidate in candidates(data):
        if code.holds(candidate.start):
            if candidate.kind is Kind.UNREADABLE:
                raise UndecidedError
            yield candidate


def _blocks(
    data: bytes, found: list[Candidate], bindings: Mapping[str, str]
) -> Mapping[int, tuple[Block, ...]]:
    """Return the blocks of those statements that may have any: at the left margin few do."""
    last = found[-1].start if found else 0
    siblings = any(data.find(mark, 0, last) >= 0 for mark in MARKS)
    places = [(each.start, each.indent) for each in found if siblings or each.indent != b""]
    if not places:
        return {}
    chains = Chains(data, bindings)
    around = enclosing(data, places, siblings=siblings)
    return {start: chains.around(each) for (start, _), each in zip(places, around, strict=True)}
