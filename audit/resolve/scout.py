"""Looks ahead of a search, so that the index is asked for much at once instead of bit by bit.

A search asks one question at a time and waits for each answer: with 25 ms a question, a
closure of 40 distributions takes two seconds. Taking everywhere the candidate that is
preferred, without regard to others, a walk of five waves meets nearly all pages and metadata
that the search then needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.pins import Release

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.pins import Demand
    from audit.resolve.universe import Edge, Node, Universe
    from audit.resolve.versions import Choice, VersionSet

_DEEPEST = 30
"""Waves at most; chains of requirements in practice are under ten long."""


def look_ahead(universe: Universe, demands: Iterable[Demand]) -> None:
    """Ask the index about what the demands lead to, wave by wave."""
    wave = list(demands)
    left: dict[Node, VersionSet] = {}
    asked: set[tuple[Node, object]] = set()
    for _ in range(_DEEPEST):
        universe.expect(wave)
        edges = [edge for demand in wave for edge in universe.edges_of(demand)]
        chosen = _choose(universe, edges, left)
        due = [each for each in dict.fromkeys(chosen) if each not in asked]
        if not due:
            return
        asked.update(due)
        candidates = [(universe.candidate(node.name, choice), node.extra) for node, choice in due]
        universe.target.index.expect((), [c for c, _ in candidates if isinstance(c, Release)])
        wave = [
            demand
            for candidate, extra in candidates
            for demand in universe.demands(candidate, extra)
        ]


def _choose(
    universe: Universe, edges: Iterable[Edge], left: dict[Node, VersionSet]
) -> list[tuple[Node, Choice]]:
    """Take what is preferred of that which all demands so far leave, or else the last one."""
    chosen: list[tuple[Node, Choice]] = []
    for node, allowed, _ in edges:
        among = allowed & left[node] if node in left else allowed
        choice = universe.choose(node.name, among)
        if choice is None:
            choice = universe.choose(node.name, allowed)
        else:
            left[node] = among
        if choice is not None:
            chosen.append((node, choice))
    return chosen
