"""The search that meets no obstacle, and goes without an engine: most sets resolve like that.

Nodes are decided in the fixed order, each at the candidate that is preferred of what is left.
Where no decision is ever regretted, a search that can backtrack decides the same; where one
is, PubGrub starts over. It takes 30 ms to load, half as long as everything else does.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from audit.resolve.engine import Limits, Outcome, Solved, decision_order
from audit.resolve.versions import VersionSet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from audit.resolve.universe import Edge, Node, Universe
    from audit.resolve.versions import Choice

    Rank = tuple[int, Node]


def solve(universe: Universe, roots: Sequence[Edge], limits: Limits, rounds: int) -> Outcome:
    """Search straight on, and with PubGrub where that does not lead through; an `Engine`."""
    choices = _walk(universe, roots, limits)
    if choices is not None:
        return Solved(choices)
    from audit.resolve import pubgrub  # noqa: PLC0415 - as said above

    return pubgrub.solve(universe, roots, limits, rounds)


def _walk(universe: Universe, roots: Sequence[Edge], limits: Limits) -> dict[Node, Choice] | None:
    """Decide node after node; None at the first that takes back an earlier decision."""
    order = decision_order(universe, roots, limits)
    left: dict[Node, VersionSet] = {}
    choices: dict[Node, Choice] = {}
    waiting: list[Rank] = []
    ahead: Sequence[Edge] = roots
    while True:
        for node, allowed, _ in ahead:
            left[node] = allowed & (left[node] if node in left else _limit(node, limits))
            if node not in choices:
                heappush(waiting, order(node, left[node]))
            elif choices[node] not in left[node]:
                return None
        decided = _first(waiting, choices, left, order)
        if decided is None:
            return choices
        choice = universe.choose(decided.name, left[decided])
        if choice is None:
            return None
        choices[decided] = choice
        ahead = universe.edges(decided, choice)


def _first(
    waiting: list[Rank],
    choices: Mapping[Node, Choice],
    left: Mapping[Node, VersionSet],
    order: Callable[[Node, VersionSet], Rank],
) -> Node | None:
    """Take the node to decide next; one that has moved stands there twice, once as it was."""
    while waiting:
        rank = heappop(waiting)
        node = rank[1]
        if node not in choices and rank == order(node, left[node]):
            return node
    return None


def _limit(node: Node, limits: Limits) -> VersionSet:
    return VersionSet.full() if node.extra else limits.get(node.name, VersionSet.full())
