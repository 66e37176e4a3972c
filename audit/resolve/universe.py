"""What there is to choose from on one runtime: candidates, what each asks for, in which order.

The engines know nothing of packaging; they ask a `Universe`. It never asks the Python that
runs it: markers, tags and Requires-Python are the runtime's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from audit.model import Declared, Metadata, Vendored
from audit.pins import BuiltIn, Candidate, Demand, Release, Unchecked
from audit.resolve.index import Index, Unasked
from audit.resolve.versions import UNLISTED, Choice, VersionSet, admitted_range, witness
from audit.runtimes import marker_holds, wheel_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.requirements import Requirement

    from audit.model import Runtime


class Preference(Enum):
    """What `--builtins` says of libraries that the runtime already has."""

    PREFER = "prefer"
    REQUIRE = "require"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One runtime as a resolution sees it."""

    runtime: Runtime
    built_ins: Mapping[NormalizedName, BuiltIn]
    vendored: Mapping[NormalizedName, Vendored]
    index: Index
    preference: Preference = Preference.PREFER


class Node(NamedTuple):
    """What gets a version: a distribution, or (PEP 508) one of its extras at the same version."""

    name: NormalizedName
    extra: str = ""


class Edge(NamedTuple):
    """A demand as the engines see it: these versions of that node."""

    node: Node
    allowed: VersionSet
    demand: Demand | None
    """None for the tie of an extra to its own distribution."""


class Listing(NamedTuple):
    """The candidates of a name in order of preference, and whether there may be others."""

    candidates: tuple[Candidate, ...]
    unlisted: str | None
    """Why other releases may exist that nobody has listed; None where the list is complete."""


class Universe:
    """Answers what the engines ask about one target; every answer is worked out once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._listings: dict[NormalizedName, Listing] = {}
        self._specifiers: dict[NormalizedName, dict[str, VersionSet]] = {}
        self._edges: dict[tuple[Node, Choice], tuple[Edge, ...]] = {}

    def listing(self, name: NormalizedName) -> Listing:
        """Return the candidates of a name: vendored copy, built-in, then releases, newest first."""
        if name not in self._listings:
            self._listings[name] = self._list(name)
        return self._listings[name]

    def _list(self, name: NormalizedName) -> Listing:
        target = self.target
        candidates: list[Candidate] = []
        copy = target.vendored.get(name)
        if copy is not None and misfit(copy, target.runtime) is None:
            candidates.append(copy)
        built_in = target.built_ins.get(name)
        if built_in is not None and target.preference is not Preference.IGNORE:
            candidates.append(built_in)
            if target.preference is Preference.REQUIRE:
                return Listing(tuple(candidates), None)
        releases = target.index.releases(name)
        if isinstance(releases, Unasked):
            return Listing(tuple(candidates), releases.reason)
        finals = [release for release in releases if not release.version.is_prerelease]
        previews = [release for release in releases if release.version.is_prerelease]
        return Listing((*candidates, *finals, *previews), None)

    def edges_of(self, demand: Demand) -> tuple[Edge, ...]:
        """Return what a demand means for the engines: the distribution, and each extra it names."""
        allowed = self._allowed(demand)
        extras = sorted(canonicalize_name(extra) for extra in demand.requirement.extras)
        return tuple(Edge(Node(demand.name, extra), allowed, demand) for extra in ("", *extras))

    def _allowed(self, demand: Demand) -> VersionSet:
        requirement = demand.requirement
        if requirement.url is not None:
            # What a URL serves is unknown; only a copy in the tree can be it.
            return self._only(demand.name, Vendored)
        allowed = self._admitted(demand.name, str(requirement.specifier))
        if _pins_files(demand) and self.target.preference is not Preference.REQUIRE:
            # A built-in has no file whose hash could be compared.
            return allowed - self._only(demand.name, BuiltIn, unlisted=False)
        return allowed

    def _admitted(self, name: NormalizedName, specifier: str) -> VersionSet:
        known = self._specifiers.setdefault(name, {})
        if specifier not in known:
            listing = self.listing(name)
            spec = SpecifierSet(specifier)
            listed = sum(
                1 << position
                for position, candidate in enumerate(listing.candidates)
                if spec.contains(candidate.version, prereleases=True)
            )
            closed = listing.unlisted is None
            known[specifier] = (
                VersionSet(listed) if closed else VersionSet(listed, admitted_range(specifier))
            )
        return known[specifier]

    def _only(
        self, name: NormalizedName, kind: type[Candidate], *, unlisted: bool = True
    ) -> VersionSet:
        listing = self.listing(name)
        listed = sum(
            1 << position
            for position, candidate in enumerate(listing.candidates)
            if isinstance(candidate, kind)
        )
        if unlisted and listing.unlisted is not None:
            return VersionSet(listed, admitted_range(""))
        return VersionSet(listed)

    def choose(self, name: NormalizedName, among: VersionSet) -> Choice | None:
        """Return the preferred member of a set, or None where no candidate is in it."""
        bits = self._listed(name, among)
        if bits:
            return (bits & -bits).bit_length() - 1
        if self.listing(name).unlisted is None:
            return None
        return witness(among.unlisted, self._specifiers.get(name, {}))

    def is_unlisted(self, name: NormalizedName, among: VersionSet) -> bool:
        """Whether no listed candidate is in a set and others may exist."""
        return self.listing(name).unlisted is not None and not self._listed(name, among)

    def _listed(self, name: NormalizedName, among: VersionSet) -> int:
        return among.listed & ((1 << len(self.listing(name).candidates)) - 1)

    def candidate(self, name: NormalizedName, choice: Choice) -> Candidate:
        """Return the candidate that a choice stands for."""
        listing = self.listing(name)
        if isinstance(choice, int):
            return listing.candidates[choice]
        return Unchecked(name=name, version=choice, reason=listing.unlisted or "")

    def edges(self, node: Node, choice: Choice) -> tuple[Edge, ...]:
        """Return what a node at a version asks for on the runtime.

        Unlisted versions all ask for the same: nothing, and an extra for its distribution to
        be unlisted too. Which one stands for the others is not for an extra to say.
        """
        key = (node, choice)
        if key not in self._edges:
            candidate = self.candidate(node.name, choice)
            demands = self.demands(candidate, node.extra)
            same = VersionSet.singleton(choice) if isinstance(choice, int) else UNLISTED
            tie = (Edge(Node(node.name), same, None),) if node.extra else ()
            edges = (edge for demand in demands for edge in self.edges_of(demand))
            self._edges[key] = (*tie, *edges)
        return self._edges[key]

    def demands(self, candidate: Candidate, extra: str = "") -> tuple[Demand, ...]:
        """Return the demands of a candidate, or those that one of its extras adds."""
        if isinstance(candidate, Unchecked):
            return ()
        runtime = self.target.runtime
        return tuple(
            Demand(requirement=requirement, asker=candidate)
            for requirement in self._requires(candidate)
            if marker_holds(requirement.marker, runtime, extra)
            and not (extra and marker_holds(requirement.marker, runtime))
        )

    def _requires(self, candidate: BuiltIn | Vendored | Release) -> tuple[Requirement, ...]:
        if isinstance(candidate, Release):
            metadata: Metadata | Unasked | None = self.target.index.metadata(candidate)
        else:
            metadata = candidate.metadata
        return metadata.requires if isinstance(metadata, Metadata) else ()


def misfit(copy: Vendored, runtime: Runtime) -> str | None:
    """Say why a runtime cannot load a vendored copy; None where nothing speaks against it.

    Its WHEEL file lists the tags it was built for (PEP 427), its metadata Requires-Python.
    An unreadable Requires-Python counts as none, which is pip's rule.
    """
    if copy.tags and not wheel_tags(runtime).keys() & set(copy.tags):
        return f"it was built for {', '.join(sorted(copy.tags)[:3])}, not for {runtime.abi}"
    needed = copy.metadata.requires_python
    if needed is None:
        return None
    try:
        fits = SpecifierSet(needed).contains(runtime.full_version, prereleases=True)
    except InvalidSpecifier:
        return None
    return None if fits else f"it needs Python {needed}, here is {runtime.full_version}"


def _pins_files(demand: Demand) -> bool:
    return isinstance(demand.asker, Declared) and bool(demand.asker.hashes)


def by_name(copies: Iterable[Vendored]) -> dict[NormalizedName, Vendored]:
    """Index vendored copies; of two copies of one name, the first on the path is loaded."""
    found: dict[NormalizedName, Vendored] = {}
    for copy in copies:
        if not copy.is_hollow:
            found.setdefault(copy.name, copy)
    return found
