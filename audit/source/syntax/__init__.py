"""Which Pythons compile a file: parsed once, for this and for whoever else needs the tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from audit.source.syntax import features, host, limits, parentheses, python2, refusals
from audit.source.syntax.asynchronous import coroutines, has_coroutines
from audit.source.syntax.coding import undecodable
from audit.source.syntax.facts import Facts
from audit.source.syntax.walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.code import Construct
    from audit.source.syntax.facts import Rule


class Syntax(NamedTuple):
    """What a file is as Python."""

    tree: ast.Module | None
    """The tree, its lines those of the file (counted from 1); None where no parser reads it.

    Columns are those of the code that was parsed: rewritten, where only Python 2 reads the file.
    """
    constructs: tuple[Construct, ...]
    """What some Python refuses, by line; the first of each kind."""


class _Parsed(NamedTuple):
    """How a file came to be read: what was parsed in the end, and what had to be rewritten."""

    code: bytes
    tree: ast.Module | host.Refusal
    constructs: tuple[Construct, ...] = ()


def read(raw: bytes, code: bytes) -> Syntax:
    """Read a file: `raw` is its bytes, `code` what `encoding.readable` makes of them."""
    parsed = _parsed(code)
    found = [*undecodable(raw, code), *parsed.constructs]
    if isinstance(parsed.tree, host.Refusal):
        found.append(refusals.construct(parsed.tree))
        found += python2.refused(Facts(raw, parsed.code, _NOTHING))
        return Syntax(None, _first_of_a_kind(found))
    found += _constructs(parsed.tree, Facts(raw, parsed.code, parsed.tree))
    return Syntax(parsed.tree, _first_of_a_kind(found))


_NOTHING = ast.Module(body=[], type_ignores=[])


def _parsed(code: bytes) -> _Parsed:
    if limits.is_too_large(code):
        return _Parsed(code, host.TOO_LARGE)
    tree = host.parsed(code)
    if not isinstance(tree, host.Refusal) or tree.too_much:
        return _Parsed(code, tree)
    return _rewritten(code) or _Parsed(code, tree)


def _rewritten(code: bytes) -> _Parsed | None:
    """Parse what the host reads once old words and forms are rewritten; None where none are."""
    from audit.source.syntax import rewriting  # noqa: PLC0415 - few files need it

    constructs: tuple[Construct, ...] = ()
    if b"async" in code or b"await" in code:
        from audit.source.syntax import keywords  # noqa: PLC0415 - fewer yet

        if freed := keywords.freed(code):
            code, constructs = freed.code, (freed.construct,)
    if modern := rewriting.modernised(code):
        code, constructs = modern.code, (*constructs, *modern.constructs)
    return _Parsed(code, host.parsed(code), constructs) if constructs else None


def _constructs(tree: ast.Module, facts: Facts) -> Iterator[Construct]:
    nested = limits.is_too_nested(tree, facts.code)
    refusal = host.TOO_NESTED if nested else host.refused(tree)
    if refusal is not None:
        yield refusals.construct(refusal)
    yield from python2.refused(facts)
    yield from walk(facts, _RULES)
    if has_coroutines(facts.code):
        yield from coroutines(tree)


def _merged(*tables: Mapping[type[ast.AST], tuple[Rule, ...]]) -> Mapping[type, tuple[Rule, ...]]:
    kinds = frozenset[type[ast.AST]]().union(*tables)
    return {kind: sum((table.get(kind, ()) for table in tables), ()) for kind in kinds}


_RULES = _merged(features.RULES, parentheses.RULES, python2.RULES)


def _first_of_a_kind(found: Iterable[Construct]) -> tuple[Construct, ...]:
    first: dict[str, Construct] = {}
    for each in found:
        known = first.get(each.what)
        if known is None or each.line < known.line:
            first[each.what] = each
    return tuple(sorted(first.values(), key=lambda each: (each.line, each.what)))
