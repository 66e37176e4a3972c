"""The search itself: PubGrub, as `nab-resolver` implements it, told everything by a `Universe`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from nab_resolver.errors import ResolutionError, ResolutionTerminatedError
from nab_resolver.resolver import BaseProvider, Resolver
from nab_resolver.types import Incompatibility, IncompatibilityCause, RootRequirement, Term

from audit.resolve.engine import GaveUp, Limits, Outcome, Refuted, Solved, decision_order
from audit.resolve.universe import Edge, Node, Universe
from audit.resolve.versions import Choice, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nab_resolver.types import RangeProtocol
    from packaging.utils import NormalizedName

    from audit.pins import Demand

_DEPENDENCY = IncompatibilityCause.DEPENDENCY


def solve(universe: Universe, roots: Sequence[Edge], limits: Limits, rounds: int) -> Outcome:
    """Search with PubGrub; an `engine.Engine`."""
    provider = _Provider(universe, roots, limits)
    resolver = Resolver[Node, Choice](
        provider,
        max_iterations=rounds + 2 * len(roots),
        range_type=VersionSet,
        root_version=0,
    )
    wanted = [RootRequirement[Node, Choice](edge.node, edge.allowed, edge) for edge in roots]
    constraints = {Node(name): limit for name, limit in limits.items()}
    try:
        return Solved(resolver.resolve(wanted, constraints))
    except ResolutionTerminatedError:
        return GaveUp(resolver.stats.rounds, provider.in_the_way())
    except ResolutionError as error:
        if error.incompatibility is None:
            return GaveUp(resolver.stats.rounds, provider.in_the_way())
        return _refuted(universe, error.incompatibility)


class _Provider(BaseProvider[Node, Choice]):
    """The engine's questions, passed on."""

    def __init__(self, universe: Universe, roots: Sequence[Edge], limits: Limits) -> None:
        self._universe = universe
        self._order = decision_order(universe, roots, limits)
        self._taken_back: Mapping[Node, int] = {}
        self._told: dict[Node, int] = {}
        self._ahead: list[Incompatibility[Node, Choice]] = []

    def in_the_way(self) -> NormalizedName | None:
        """Return the distribution whose decision was taken back most often; None if none was."""
        counts = {node: count for node, count in self._taken_back.items() if count}
        return min(counts, key=lambda node: (-counts[node], node)).name if counts else None

    def choose_version(self, package: Node, version_range: RangeProtocol[Choice]) -> Choice | None:
        # The engine hands back what it was given: sets of the `range_type` above.
        return self._universe.choose(package.name, cast("VersionSet", version_range))

    def has_satisfying_version(self, package: Node, version_range: RangeProtocol[Choice]) -> bool:
        return self.choose_version(package, version_range) is not None

    def get_dependencies(self, package: Node, version: Choice) -> dict[Node, VersionSet]:
        edges = self._universe.edges(package, version)
        self._tell_ahead(package, version)
        if package.extra and isinstance(version, int):
            self._ahead.append(_tied(package, version))
        return _needed(edges)

    def _tell_ahead(self, package: Node, version: Choice) -> None:
        """Queue what is known of other versions, so that one round refuses all that it can.

        boto3 beside an old requests would take a round for each of 390 releases, and each of
        them looks at what all before it asked for.
        """
        told = self._told.get(package, 0) | self._universe.twins(package, version).listed
        for alike, edges in self._universe.known_edges_alike(package):
            if alike.listed & ~told:
                told |= alike.listed
                self._ahead += _clauses(package, alike, edges)
        self._told[package] = told

    def consume_pending_clauses(self) -> list[Incompatibility[Node, Choice]]:
        ahead, self._ahead = self._ahead, []
        return ahead

    def prioritize(
        self,
        package: Node,
        version_range: RangeProtocol[Choice],
        conflict_counts: Mapping[Node, int],
        *_: object,
    ) -> tuple[int, Node]:
        self._taken_back = conflict_counts
        return self._order(package, cast("VersionSet", version_range))

    def widen_decision(self, package: Node, version: Choice) -> VersionSet | None:
        return self._universe.twins(package, version)


def _needed(edges: Iterable[Edge]) -> dict[Node, VersionSet]:
    needed: dict[Node, VersionSet] = {}
    for edge in edges:
        known = needed.get(edge.node)
        needed[edge.node] = edge.allowed if known is None else known & edge.allowed
    return needed


def _clauses(
    package: Node, versions: VersionSet, edges: Iterable[Edge]
) -> Iterator[Incompatibility[Node, Choice]]:
    """Yield what edges say, as the engine would record it of a version that it has chosen."""
    for node, allowed in _needed(edges).items():
        if node != package:
            needs = Term[Node, Choice](node, allowed, positive=False)
            yield Incompatibility([Term(package, versions), needs], cause=_DEPENDENCY)


def _tied(package: Node, version: int) -> Incompatibility[Node, Choice]:
    """Return that an extra has the version of its distribution, where that has this one.

    That the distribution has the version of its extra is an edge; without this as well, an extra
    that nobody limits would be tried at every release before its distribution gives way.
    """
    only = VersionSet.singleton(version)
    here = Term[Node, Choice](Node(package.name), only)
    elsewhere = Term[Node, Choice](package, ~only)
    return Incompatibility([here, elsewhere], cause=_DEPENDENCY)


def _refuted(universe: Universe, proof: Incompatibility[Node, Choice]) -> Refuted:
    demands: dict[Demand, None] = {}
    limited: set[NormalizedName] = set()
    for step in proof.walk():
        match step.cause:
            case IncompatibilityCause.ROOT:
                if step.origin.demand is not None:
                    demands[step.origin.demand] = None
            case IncompatibilityCause.DEPENDENCY:
                demands.update(dict.fromkeys(_demands_behind(universe, step)))
            case IncompatibilityCause.CONSTRAINT:
                limited |= {term.package.name for term in step.terms}
            case IncompatibilityCause.NO_VERSIONS | IncompatibilityCause.DERIVED:
                pass
    return Refuted(tuple(demands), frozenset(limited))


def _demands_behind(universe: Universe, step: Incompatibility[Node, Choice]) -> list[Demand]:
    parent, *children = step.terms
    child = children[0].package if children else parent.package
    return [
        edge.demand
        for edge in universe.known_edges(parent.package, cast("VersionSet", parent.constraint))
        if edge.node == child and edge.demand is not None
    ]
