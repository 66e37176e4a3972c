"""What a search engine is asked and what it answers: values only, so engines can be swapped.

The order of decisions is fixed by name and kind and handed to the engine, so an answer
never depends on the engine's heuristics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName

from audit.resolve.target import Preference
from audit.resolve.universe import Edge, Node, Universe
from audit.resolve.versions import Choice, VersionSet

if TYPE_CHECKING:
    from audit.pins import Demand


class Solved(NamedTuple):
    """A version for every node that the roots reach."""

    choices: Mapping[Node, Choice]


class Refuted(NamedTuple):
    """Proof that no versions satisfy the roots: the demands that it uses."""

    demands: tuple[Demand, ...]
    limited: frozenset[NormalizedName] = frozenset()
    """Names whose constraints the proof uses."""


class GaveUp(NamedTuple):
    """The search took too many rounds; nothing is proven."""

    rounds: int
    on: NormalizedName | None = None
    """The distribution whose choice had to be taken back most often, where that is known."""


Outcome = Solved | Refuted | GaveUp

Limits = Mapping[NormalizedName, VersionSet]
"""What constraint files leave of a name, if something needs it."""

Engine = Callable[[Universe, Sequence[Edge], Limits, int], Outcome]
"""Finds a version for each node that the root edges need, or proves that there are none.

The number is the rounds that it may take, besides one for each root.
"""


def decision_order(
    universe: Universe, roots: Sequence[Edge], limits: Limits
) -> Callable[[Node, VersionSet], tuple[int, Node]]:
    """Return the key by which nodes are decided, lowest first, of a node and what is left of it.

    Exact pins of the project, then its other requirements, then what those bring in, and
    built-ins last: each is taken where everything else, at the version that it would have
    anyway, allows it, and no direct requirement is lowered to keep one. After them comes
    what only an unlisted version can meet: it stands for any that the others allow, so it
    must not bind them.
    """
    direct = {edge.node.name for edge in roots}
    pinned = {edge.node.name for edge in roots if edge.demand and _is_pin(edge.demand)}
    ignored = universe.target.preference is Preference.IGNORE
    built_ins = frozenset[str]() if ignored else universe.target.built_ins.keys()

    def key(node: Node, among: VersionSet) -> tuple[int, Node]:
        limit = limits.get(node.name)
        if universe.is_unlisted(node.name, among if limit is None else among & limit):
            return 4, node
        if node.name in pinned:
            return 0, node
        if node.name in built_ins:
            return 3, node
        return (1 if node.name in direct else 2), node

    return key


def _is_pin(demand: Demand) -> bool:
    return any(
        part.operator == "===" or (part.operator == "==" and not part.version.endswith(".*"))
        for part in demand.requirement.specifier
    )
