"""What the tests of resolution share: a platform to resolve for, and a second engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version
from resolvelib import AbstractProvider, BaseReporter
from resolvelib.resolvers import ResolutionImpossible, ResolutionTooDeep
from resolvelib.resolvers.resolution import Resolution

from audit.model import Declared, Location, Metadata, Vendored
from audit.pins import BuiltIn
from audit.resolve import Target
from audit.resolve.engine import Engine, GaveUp, Limits, Outcome, Refuted, Solved, decision_order
from audit.resolve.target import Preference
from audit.resolve.universe import Edge, Node, Universe
from audit.resolve.versions import UNLISTED, Choice, VersionSet
from audit.runtimes import read_runtimes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from audit.platform import Runtime
    from audit.resolve.index import Index

_DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def runtimes() -> Mapping[str, Runtime]:
    """Return the shipped runtimes by their feature version."""
    shipped = read_runtimes((_DATA / "runtimes.toml").read_text(), "runtimes.toml")
    return {runtime.python: runtime for runtime in shipped}


@dataclass(frozen=True)
class Platform:
    """A target in short words: `"name version": (requirement, ...)`."""

    runtime: Runtime
    built_ins: Mapping[str, Iterable[str]] = field(default_factory=dict)
    vendored: Mapping[str, Iterable[str]] = field(default_factory=dict)
    index: Mapping[str, Mapping[str, Iterable[str]]] = field(default_factory=dict)
    preference: Preference = Preference.PREFER

    def target(self, index: Index) -> Target:
        return Target(
            runtime=self.runtime,
            built_ins=dict(map(_built_in, self.built_ins.items())),
            vendored=dict(map(_vendored, self.vendored.items())),
            index=index,
            preference=self.preference,
        )


def metadata(requires: Iterable[str]) -> Metadata:
    return Metadata(requires=tuple(map(Requirement, requires)))


def _built_in(row: tuple[str, Iterable[str]]) -> tuple[NormalizedName, BuiltIn]:
    name, version = row[0].split()
    key = canonicalize_name(name)
    return key, BuiltIn(name=key, version=Version(version), metadata=metadata(row[1]))


def _vendored(row: tuple[str, Iterable[str]]) -> tuple[NormalizedName, Vendored]:
    name, version = row[0].split()
    key = canonicalize_name(name)
    at = Location(f"{name}-{version}.dist-info")
    return key, Vendored(name=key, version=Version(version), metadata=metadata(row[1]), at=at)


@pytest.fixture(scope="session")
def platform(runtimes: Mapping[str, Runtime], shelf: Callable[..., Index]) -> Callable[..., Target]:
    """Return the maker of targets: a feature version, then the fields of `Platform`."""

    def make(python: str = "3.6", **fields: Any) -> Target:  # noqa: ANN401  # a Platform's own
        asked = Platform(runtimes[python], **fields)
        return asked.target(shelf(asked.index))

    return make


@pytest.fixture(scope="session")
def lines() -> Callable[..., tuple[Declared, ...]]:
    """Return the maker of declared lines: `-c ` before a text makes it a constraint,
    ` --hash=` after it pins its files.
    """

    def make(*texts: str) -> tuple[Declared, ...]:
        return tuple(_line(text, number) for number, text in enumerate(texts, 1))

    return make


def _line(text: str, number: int) -> Declared:
    wanted, *hashes = text.removeprefix("-c ").split(" --hash=")
    constraint = text.startswith("-c ")
    return Declared(
        requirement=Requirement(wanted),
        text=wanted,
        at=Location("constraints.txt" if constraint else "requirements.txt", number),
        constraint=constraint,
        hashes=tuple(hashes),
    )


@dataclass(frozen=True, eq=False)
class _Chosen:
    """A node at a version. resolvelib tells candidates apart by identity."""

    node: Node
    choice: Choice


class _Provider(AbstractProvider[Edge, _Chosen, Node]):
    """resolvelib's questions, answered from the same universe and in the same order."""

    def __init__(self, universe: Universe, roots: Sequence[Edge], limits: Limits) -> None:
        self._universe = universe
        self._limits = limits
        self._order = decision_order(universe, roots, limits)
        self._chosen: dict[tuple[Node, Choice], _Chosen] = {}

    def identify(self, requirement_or_candidate: Edge | _Chosen) -> Node:
        return requirement_or_candidate.node

    def get_preference(
        self,
        identifier: Node,
        resolutions: object,  # noqa: ARG002  # resolvelib names its arguments
        candidates: Mapping[Node, Iterator[_Chosen]],
        information: object,  # noqa: ARG002
        backtrack_causes: object,  # noqa: ARG002
    ) -> tuple[int, Node]:
        left = VersionSet.empty()
        for candidate in candidates[identifier]:
            left |= VersionSet.singleton(candidate.choice)
        return self._order(identifier, left)

    def find_matches(
        self,
        identifier: Node,
        requirements: Mapping[Node, Iterator[Edge]],
        incompatibilities: Mapping[Node, Iterator[_Chosen]],
    ) -> list[_Chosen]:
        among = VersionSet.full() if identifier.extra else self._limit(identifier.name)
        for edge in requirements[identifier]:
            among &= edge.allowed
        for refuted in incompatibilities[identifier]:
            among -= VersionSet.singleton(refuted.choice)
        return [self._choose(identifier, choice) for choice in self._members(identifier, among)]

    def _limit(self, name: NormalizedName) -> VersionSet:
        return self._limits.get(name, VersionSet.full())

    def _members(self, node: Node, among: VersionSet) -> Iterator[Choice]:
        while (choice := self._universe.choose(node.name, among)) is not None:
            yield choice
            among -= VersionSet.singleton(choice)
            if not isinstance(choice, int):
                # Unlisted versions all ask for the same; one stands for the rest.
                return

    def _choose(self, node: Node, choice: Choice) -> _Chosen:
        return self._chosen.setdefault((node, choice), _Chosen(node, choice))

    def is_satisfied_by(self, requirement: Edge, candidate: _Chosen) -> bool:
        return candidate.choice in requirement.allowed

    def get_dependencies(self, candidate: _Chosen) -> tuple[Edge, ...]:
        return self._universe.edges(candidate.node, candidate.choice)


@pytest.fixture(scope="session")
def oracle() -> Engine:
    """Return resolvelib behind the same call as the engine in use."""

    def solve(universe: Universe, roots: Sequence[Edge], limits: Limits, rounds: int) -> Outcome:
        # `Resolver.resolve` also looks for a way back to the root, and never ends on a cycle
        # that has been left behind; `_reached` is ours.
        search = Resolution(_Provider(universe, roots, limits), BaseReporter())
        try:
            found = search.resolve(roots, max_rounds=rounds).mapping
        except ResolutionImpossible as error:
            demands = dict.fromkeys(cause.requirement.demand for cause in error.causes)
            return Refuted(tuple(demand for demand in demands if demand is not None))
        except ResolutionTooDeep as error:
            return GaveUp(error.round_count)
        choices = {node: chosen.choice for node, chosen in found.items()}
        return Solved({node: choices[node] for node in _reached(universe, roots, choices)})

    return solve


def _reached(
    universe: Universe, roots: Iterable[Edge], choices: Mapping[Node, Choice]
) -> list[Node]:
    reached: dict[Node, None] = {}
    ahead = [edge.node for edge in roots]
    while ahead:
        node = ahead.pop()
        if node not in reached:
            reached[node] = None
            ahead += (edge.node for edge in universe.edges(node, choices[node]))
    return [*reached]


@pytest.fixture(scope="session")
def depth_first() -> Engine:
    """Return the plainest engine: the first answer of a search in the order of decisions."""

    def solve(universe: Universe, roots: Sequence[Edge], limits: Limits, _rounds: int) -> Outcome:
        left: dict[Node, VersionSet] = {}
        for edge in roots:
            left[edge.node] = left.get(edge.node, VersionSet.full()) & edge.allowed
        found = _Search(universe, limits, decision_order(universe, roots, limits)).below({}, left)
        demands = dict.fromkeys(edge.demand for edge in roots if edge.demand is not None)
        return Refuted(tuple(demands)) if found is None else Solved(found)

    return solve


@dataclass(frozen=True)
class _Search:
    universe: Universe
    limits: Limits
    order: Callable[[Node, VersionSet], tuple[int, Node]]

    def below(
        self, choices: Mapping[Node, Choice], left: Mapping[Node, VersionSet]
    ) -> Mapping[Node, Choice] | None:
        open_nodes = [node for node in left if node not in choices]
        if not open_nodes:
            return choices
        node = min(open_nodes, key=lambda each: self.order(each, left[each]))
        among = self._limited(node, left[node])
        while (choice := self.universe.choose(node.name, among)) is not None:
            narrowed = self._narrowed({**choices, node: choice}, left)
            if narrowed is not None:
                found = self.below({**choices, node: choice}, narrowed)
                if found is not None:
                    return found
            among -= VersionSet.singleton(choice) if isinstance(choice, int) else UNLISTED
        return None

    def _narrowed(
        self, choices: Mapping[Node, Choice], left: Mapping[Node, VersionSet]
    ) -> Mapping[Node, VersionSet] | None:
        """Take away what the latest choice excludes; None where that leaves a node nothing."""
        narrowed = dict(left)
        *_, node = choices
        for edge in self.universe.edges(node, choices[node]):
            rest = narrowed.get(edge.node, VersionSet.full()) & edge.allowed
            narrowed[edge.node] = rest
            choice = choices.get(edge.node)
            possible = self._limited(edge.node, rest)
            if isinstance(choice, int):
                possible &= VersionSet.singleton(choice)
            elif choice is not None:
                possible &= UNLISTED
            if self.universe.choose(edge.node.name, possible) is None:
                return None
        return narrowed

    def _limited(self, node: Node, among: VersionSet) -> VersionSet:
        if node.extra:
            return among
        return among & self.limits.get(node.name, VersionSet.full())
