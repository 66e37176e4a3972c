"""What there is to choose from on one runtime: candidates, what each asks for, in which order.

The engines know nothing of packaging; they ask a `Universe`. It never asks the Python that
runs it: markers, tags and Requires-Python are the runtime's.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from audit.model import Declared, Metadata, Vendored
from audit.pages import Page, Row, Trait
from audit.pins import BuiltIn, Candidate, Demand, Release, Unchecked
from audit.resolve.demands import PYTHON, demanded
from audit.resolve.fitness import Hashes, offers
from audit.resolve.index import Unasked
from audit.resolve.listing import Listing
from audit.resolve.refusals import MUST_BE_COMPILED
from audit.resolve.target import Preference, Target, file_limits, last_resort, misfit
from audit.resolve.versions import UNLISTED, Choice, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.resolve.fitness import Offer, Offers

_PATIENCE = 3
"""Candidates of one name that may be refused one at a time, before several are fetched at once."""
_FURTHEST = 50
"""The most candidates fetched at once."""


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


class Universe:
    """Answers what the engines ask about one target; every answer is worked out once.

    `declared` are the project's lines in force: their hashes and URLs decide which files of a
    distribution may be taken at all.
    """

    def __init__(self, target: Target, declared: Iterable[Declared] = ()) -> None:
        self.target = target
        self._digests, self._files = file_limits(declared)
        self._direct: dict[str, Release] = {}
        self._listings: dict[NormalizedName, Listing] = {PYTHON: Listing(())}
        self._asked: set[NormalizedName] = set()
        self._edges: dict[Node, dict[Choice, tuple[Edge, ...]]] = {}
        self._demands: dict[tuple[Candidate, str], tuple[Demand, ...]] = {}
        self._twins: dict[Node, dict[object, int]] = {}

    def listing(self, name: NormalizedName, specifier: str = "") -> Listing:
        """Return the candidates of a name.

        Where something that is there meets the first specifier, the index is not asked yet.
        """
        if name not in self._listings:
            self._listings[name] = self._list(name, specifier)
        return self._listings[name]

    def _list(self, name: NormalizedName, specifier: str) -> Listing:
        target, present = self.target, self._present(name)
        if target.preference is Preference.REQUIRE and name in target.built_ins:
            return Listing(present)
        for file in self._files.get(name, ()):
            direct = target.index.direct(name, file)
            if isinstance(direct, Unasked):
                return Listing(present, unlisted=direct.reason)
            if self.misfit(direct) is None:
                self._direct[file] = direct
                present.append(direct)
        if self._does(name, specifier):
            return Listing(present, unlisted="the index was not asked", is_open=False)
        page = target.index.page(name)
        if isinstance(page, Unasked):
            return Listing(present, unlisted=page.reason)
        fitting = self.offers(page).fitting
        if not present and not fitting:
            present += last_resort(target, name)
        return Listing(present, fitting, partial(self._release, name))

    def _does(self, name: NormalizedName, specifier: str) -> bool:
        """Whether what is there meets a specifier, so that the index need not be asked yet."""
        return name not in self._asked and _meets(self._present(name), specifier)

    def expect(self, demands: Iterable[Demand]) -> None:
        """Have the index fetch the pages of what is asked for and has to be looked up there."""
        names = {
            demand.name
            for demand in demands
            if demand.name not in self._listings
            and not self._does(demand.name, str(demand.requirement.specifier))
        }
        self.target.index.expect(names)

    def _present(self, name: NormalizedName) -> list[BuiltIn | Vendored | Release]:
        target = self.target
        present: list[BuiltIn | Vendored | Release] = []
        copy = target.vendored.get(name)
        if copy is not None and misfit(copy, target.runtime) is None:
            present.append(copy)
        built_in = target.built_ins.get(name)
        if built_in is not None and target.preference is not Preference.IGNORE:
            present.append(built_in)
        return present

    def misfit(self, release: Release) -> str | None:
        """Say why the target cannot use the file that a line names; None where it can."""
        tags = ""
        if release.file.kind == "wheel":
            tags = "-".join(release.file.name.removesuffix(".whl").split("-")[-3:])
        row = Row(version=str(release.version), signature=0)
        page = Page(name=release.name, rows=(row,), signatures=((Trait(tags=tags),),))
        refused = offers(page, self.target.terms).refused
        return refused[0].reason if refused else None

    def offers(self, page: Page) -> Offers:
        """Return what a page offers to the target, and what it does not."""
        digests = self._digests.get(page.name)
        if digests is None:
            return offers(page, self.target.terms)
        files = partial(self.target.index.files, page.name)
        return offers(page, self.target.terms, Hashes(digests, files))

    def _release(self, name: NormalizedName, offer: Offer) -> Release:
        files = self.target.index.files(name, offer.text)
        return Release(name=name, version=offer.version, file=files[offer.file])

    def open(self, names: Iterable[NormalizedName]) -> None:
        """Ask the index about names after all: what is there did not do."""
        opened = set(names)
        self.target.index.expect(opened)
        self._asked |= opened
        for name in opened:
            del self._listings[name]
        # Sets over the old listings stand in edges everywhere; demands stay.
        self._edges.clear()
        self._twins.clear()

    def edges_of(self, demand: Demand) -> tuple[Edge, ...]:
        """Return what a demand means for the engines: the distribution, and each extra it names."""
        allowed = self._allowed(demand)
        extras = sorted(canonicalize_name(extra) for extra in demand.requirement.extras)
        return tuple(Edge(Node(demand.name, extra), allowed, demand) for extra in ("", *extras))

    def _allowed(self, demand: Demand) -> VersionSet:
        requirement = demand.requirement
        listing = self.listing(demand.name, str(requirement.specifier))
        allowed = listing.admitted(str(requirement.specifier))
        beside = demand.asker.file if isinstance(demand.asker, Declared) else None
        file = requirement.url or beside
        if file is not None:
            # A copy in the tree may be that file; a built-in is, as far as a version can tell.
            kinds = (Vendored,) if requirement.url is not None else (Vendored, BuiltIn)
            named = listing.at(self._direct[file]) if file in self._direct else VersionSet.empty()
            return allowed & (listing.only(*kinds) | named)
        if _pins_files(demand) and self.target.preference is not Preference.REQUIRE:
            # A built-in has no file whose hash could be compared.
            return allowed - listing.only(BuiltIn, unlisted=False)
        return allowed

    def choose(self, name: NormalizedName, among: VersionSet) -> Choice | None:
        """Return the preferred member of a set, or None where no candidate is in it."""
        return self.listing(name).choose(among)

    def is_unlisted(self, name: NormalizedName, among: VersionSet) -> bool:
        """Whether no listed candidate is in a set and others may exist."""
        listing = self.listing(name)
        return listing.unlisted is not None and not listing.listed(among)

    def candidate(self, name: NormalizedName, choice: Choice) -> Candidate:
        """Return the candidate that a choice stands for."""
        listing = self.listing(name)
        if isinstance(choice, int):
            return listing.candidate(choice)
        return Unchecked(name=name, version=choice, reason=listing.unlisted or "")

    def edges(self, node: Node, choice: Choice) -> tuple[Edge, ...]:
        """Return what a node at a version asks for on the runtime.

        Unlisted versions all ask for the same: nothing, and an extra for its distribution to
        be unlisted too. Which one stands for the others is not for an extra to say.
        """
        known = self._edges.setdefault(node, {})
        if choice not in known:
            if isinstance(choice, int) and len(known) >= _PATIENCE:
                self._look_ahead(node, choice, len(known))
            known[choice] = self._work_out(node, choice)
        return known[choice]

    def known_edges(self, node: Node, among: VersionSet) -> Iterator[Edge]:
        """Return the edges of those versions in a set that were asked for."""
        for choice, edges in self._edges.get(node, {}).items():
            if choice in among:
                yield from edges

    def known_edges_alike(self, node: Node) -> Iterator[tuple[VersionSet, tuple[Edge, ...]]]:
        """Return listed versions whose edges are known, together where they ask for the same."""
        for mask in self._twins.get(node, {}).values():
            first = (mask & -mask).bit_length() - 1
            yield VersionSet(mask), self._edges[node][first]

    def _work_out(self, node: Node, choice: Choice) -> tuple[Edge, ...]:
        candidate = self.candidate(node.name, choice)
        demands = self.demands(candidate, node.extra)
        same = VersionSet.singleton(choice) if isinstance(choice, int) else UNLISTED
        tie = (Edge(Node(node.name), same, None),) if node.extra else ()
        self.expect(demands)
        edges = (*tie, *(edge for demand in demands for edge in self.edges_of(demand)))
        if isinstance(choice, int):
            groups = self._twins.setdefault(node, {})
            key = tuple((edge.node, edge.allowed) for edge in edges)
            groups[key] = groups.get(key, 0) | 1 << choice
        return edges

    def _look_ahead(self, node: Node, choice: int, rejected: int) -> None:
        """Fetch what the next candidates say in one go: this many were wanted and refused.

        As many again as there were, at most `_FURTHEST`: boto3 1.15 is 390 releases down.
        """
        known, listing = self._edges[node], self.listing(node.name)
        ahead = range(choice, min(choice + min(rejected, _FURTHEST), len(listing)))
        due = [place for place in ahead if place not in known]
        if len(due) < len(ahead):
            return  # still within the last look
        candidates = (listing.candidate(place) for place in due)
        releases = [each for each in candidates if isinstance(each, Release)]
        self.target.index.expect((), releases)
        for place in due:
            known[place] = self._work_out(node, place)

    def twins(self, node: Node, choice: Choice) -> VersionSet:
        """Return the versions, this one among them, that are known to ask for the same."""
        if not isinstance(choice, int):
            return UNLISTED
        groups = self._twins.get(node, {}).values()
        return VersionSet(next(mask for mask in groups if mask >> choice & 1))

    def demands(self, candidate: Candidate, extra: str = "") -> tuple[Demand, ...]:
        """Return the demands of a candidate, or those that one of its extras adds."""
        key = (candidate, extra)
        if key not in self._demands:
            known = None if isinstance(candidate, Unchecked) else self.metadata(candidate)
            runtime = self.target.runtime
            self._demands[key] = tuple(demanded(candidate, known, runtime, extra))
        return self._demands[key]

    def metadata(self, candidate: BuiltIn | Vendored | Release) -> Metadata | None:
        """Return what a candidate says of itself, or None where that is not known."""
        if not isinstance(candidate, Release):
            return candidate.metadata
        answer = self.target.index.metadata(candidate)
        return answer if isinstance(answer, Metadata) else None

    def unsure(self, candidate: Candidate) -> str | None:
        """Say why it is not proven that a chosen candidate does; None where it is."""
        if not isinstance(candidate, Release):
            copy = candidate if isinstance(candidate, Vendored) else None
            return copy and misfit(copy, self.target.runtime)
        match self.target.index.metadata(candidate):
            case Unasked(reason):
                return reason
            case Metadata(unsure=str(reason)):
                return reason
            case Metadata(compiles=True) if candidate.name not in self.target.optional_extensions:
                return MUST_BE_COMPILED
            case Metadata(python_2=str(reason)) if self.target.runtime.version >= (3, 0):
                return reason
            case _:
                return None


def _meets(present: Iterable[BuiltIn | Vendored | Release], specifier: str) -> bool:
    admitted = SpecifierSet(specifier)
    return any(admitted.contains(each.version, prereleases=True) for each in present)


def _pins_files(demand: Demand) -> bool:
    return isinstance(demand.asker, Declared) and bool(demand.asker.hashes)
