"""From a proof to a clash: the name that it is about, and how the project leads there."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from audit.model import Declared
from audit.pins import BuiltIn, Clash, Demand, Release, Step
from audit.resolve.demands import PYTHON
from audit.resolve.outcome import directness, path_to
from audit.resolve.stock import stock
from audit.resolve.versions import VersionSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.resolve.universe import Universe

    On = Mapping[NormalizedName, Sequence[Demand]]
    Links = Mapping[tuple[NormalizedName, str, NormalizedName], Sequence[Demand]]
    """By who asks, of which kind, for what."""


def clash(universe: Universe, used: Sequence[Demand], wanted: Collection[Demand]) -> Clash:
    """Say what a proof comes down to: a name on which its demands leave nothing.

    `used` are the demands of the proof, constraints among them; at least one. Those of the
    project itself are its lines and what else is `wanted`. Nothing new is fetched.
    """
    on: dict[NormalizedName, list[Demand]] = {}
    for demand in used:
        on.setdefault(demand.name, []).append(demand)
    name = _subject(universe, on)
    demands = tuple(sorted(on[name], key=directness))
    askers = {d.asker.name for d in demands if not isinstance(d.asker, Declared)}
    roots = [each for each in used if isinstance(each.asker, Declared) or each in wanted]
    links = _links([each for each in used if each not in roots])
    leading = _leading(links, {name, PYTHON})
    return Clash(
        name=name,
        demands=demands,
        paths={asker: path_to(asker, on) for asker in sorted(askers)},
        roots=tuple(sorted(roots, key=lambda root: (root.name not in leading, directness(root)))),
        steps=_steps(links, {root.name for root in roots}, leading),
        stock=stock(universe, name, demands),
    )


def shown(clash: Clash) -> set[Demand]:
    """Return every demand that a clash speaks of."""
    return {*clash.demands, *(demand for path in clash.paths.values() for demand in path)}


def _subject(universe: Universe, on: On) -> NormalizedName:
    """Choose the name that a clash is about.

    A proof over several built-ins may leave no single name without candidates; the one that
    most demands are about is then nearest to what a reader can act on. A file whose own
    metadata refuses the runtime's Python demands what is no distribution: then it is the one.
    """
    names = sorted(on.keys() - {PYTHON})
    impossible = [name for name in names if _leave_nothing(universe, name, on[name])]
    refused = {demand.asker.name for demand in on.get(PYTHON, ())}
    return next(
        iter(impossible or sorted(names, key=lambda each: (each not in refused, -len(on[each])))),
        PYTHON,
    )


def _leave_nothing(universe: Universe, name: NormalizedName, demands: Iterable[Demand]) -> bool:
    """Whether no version meets every line, and of every other name that asks, some candidate."""
    askers: dict[object, dict[object, VersionSet]] = {}
    for demand in demands:
        asker = demand.asker
        line = asker if isinstance(asker, Declared) else asker.name
        candidates = askers.setdefault(line, {})
        allowed = universe.edges_of(demand)[0].allowed
        candidates[asker] = candidates.get(asker, VersionSet.full()) & allowed
    met = (reduce(or_, candidates.values()) for candidates in askers.values())
    return universe.choose(name, reduce(and_, met)) is None


def _links(demands: Iterable[Demand]) -> Links:
    """Group what distributions demand of each other; a built-in speaks for its release too."""
    links: dict[tuple[NormalizedName, str, NormalizedName], list[Demand]] = {}
    told = {_meaning(demand) for demand in demands if isinstance(demand.asker, BuiltIn)}
    for demand in demands:
        asker = demand.asker
        if asker.name == demand.name or isinstance(asker, Declared):
            continue  # one of its extras asks for another
        if not isinstance(asker, Release) or _meaning(demand) not in told:
            key = (asker.name, type(asker).__name__, demand.name)
            links.setdefault(key, []).append(demand)
    return links


def _meaning(demand: Demand) -> tuple[object, ...]:
    asker, requirement = demand.asker, demand.requirement
    version = None if isinstance(asker, Declared) else asker.version
    return asker.name, version, demand.name, requirement.specifier


def _leading(links: Links, ends: set[NormalizedName]) -> set[NormalizedName]:
    """Return the names from which links lead to one of the ends."""
    leading = set(ends)
    while more := {asker for asker, _, asked in links if asked in leading} - leading:
        leading |= more
    return leading


def _steps(
    links: Links, roots: Iterable[NormalizedName], leading: Collection[NormalizedName]
) -> tuple[Step, ...]:
    """Put links in the order in which they are reached, those that lead to the clash first."""
    reached = dict.fromkeys(sorted(roots))
    ordered: dict[tuple[NormalizedName, str, NormalizedName], None] = {}
    wave = [*reached]
    while wave:
        found = [link for name in wave for link in sorted(links) if link[0] == name]
        ordered.update(dict.fromkeys(found))
        wave = [*dict.fromkeys(asked for *_, asked in found if asked not in reached)]
        reached.update(dict.fromkeys(wave))
    return tuple(
        _step(links[link]) for link in sorted(ordered, key=lambda link: link[2] not in leading)
    )


def _step(demands: Iterable[Demand]) -> Step:
    told = [(d.asker, d.requirement) for d in demands if not isinstance(d.asker, Declared)]
    told.sort(key=lambda each: each[0].version)
    return Step(
        askers=tuple(dict.fromkeys(asker for asker, _ in told)),
        requirements=tuple({str(each.specifier): each for _, each in told}.values()),
    )
