"""From an engine's bare choices to pins with their reasons, from a proof to a clash."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from audit.model import Declared, Vendored
from audit.pins import BuiltIn, Clash, Demand, PassedOver, Pin
from audit.resolve.universe import Node, Preference, Universe, misfit
from audit.resolve.versions import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.pins import Candidate
    from audit.resolve.versions import Choice


def pins(
    universe: Universe, roots: Iterable[Demand], choices: Mapping[Node, Choice]
) -> tuple[Pin, ...]:
    """Return a pin for each distribution chosen, by name, its demands most direct first."""
    in_force: dict[NormalizedName, dict[Demand, None]] = {name: {} for name, _ in choices}
    extras: dict[NormalizedName, list[str]] = {}
    for demand in roots:
        if demand.name in in_force:
            in_force[demand.name][demand] = None
    for node, choice in choices.items():
        if node.extra:
            extras.setdefault(node.name, []).append(node.extra)
        for edge in universe.edges(node, choice):
            if edge.demand is not None:
                in_force[edge.node.name][edge.demand] = None
    ordered = {name: sorted(in_force[name], key=_directness) for name in sorted(in_force)}
    return tuple(
        Pin(
            candidate=universe.candidate(name, choices[Node(name)]),
            demands=tuple(demands),
            extras=tuple(sorted(extras.get(name, ()))),
            passed_over=tuple(_passed_over(universe, name, demands, choices)),
        )
        for name, demands in ordered.items()
    )


def _passed_over(
    universe: Universe,
    name: NormalizedName,
    demands: Iterable[Demand],
    choices: Mapping[Node, Choice],
) -> Iterator[PassedOver]:
    target = universe.target
    chosen = universe.candidate(name, choices[Node(name)])
    ignored = target.preference is Preference.IGNORE
    present: tuple[BuiltIn | Vendored | None, ...] = (
        target.vendored.get(name),
        None if ignored else target.built_ins.get(name),
    )
    for candidate in present:
        if candidate is chosen:
            return
        if candidate is None:
            continue
        unfit = misfit(candidate, target.runtime) if isinstance(candidate, Vendored) else None
        against = [] if unfit else [d for d in demands if not _admits(universe, d, candidate)]
        if not against and not unfit:
            against = _unmet(universe, candidate, choices)
        yield PassedOver(candidate=candidate, because=tuple(against), unfit=unfit)


def _admits(universe: Universe, demand: Demand, candidate: Candidate) -> bool:
    return _position(universe, candidate) in universe.edges_of(demand)[0].allowed


def _position(universe: Universe, candidate: Candidate) -> int:
    return universe.listing(candidate.name).candidates.index(candidate)


def _unmet(
    universe: Universe, candidate: BuiltIn | Vendored, choices: Mapping[Node, Choice]
) -> list[Demand]:
    """Return what a candidate would ask for that the choices do not give it.

    Where they give it all that they hold, it fails further down: by what it would bring in.
    """
    extras = [node.extra for node in choices if node.name == candidate.name]
    own = [demand for extra in extras for demand in universe.demands(candidate, extra)]
    as_if = {**choices, Node(candidate.name): _position(universe, candidate)}
    refused = [demand for demand in own if not _meets(universe, demand, as_if)]
    brought_in = [demand for demand in own if Node(demand.name) not in choices]
    return refused or brought_in or own


def _meets(universe: Universe, demand: Demand, choices: Mapping[Node, Choice]) -> bool:
    choice = choices.get(Node(demand.name))
    return choice is None or choice in universe.edges_of(demand)[0].allowed


def clash(universe: Universe, used: Sequence[Demand]) -> Clash:
    """Say what a proof comes down to: a name on which its demands leave nothing.

    `used` are the demands of the proof, constraints among them; at least one.
    """
    on: dict[NormalizedName, list[Demand]] = {}
    for demand in used:
        on.setdefault(demand.name, []).append(demand)
    impossible = [name for name in sorted(on) if _leave_nothing(universe, name, on[name])]
    # A proof over several built-ins may leave no single name without candidates; the one
    # that most demands are about is then nearest to what a reader can act on.
    candidates = impossible or sorted(on, key=lambda name: (-len(on[name]), name))
    name = candidates[0]
    demands = tuple(sorted(on[name], key=_directness))
    askers = {d.asker.name for d in demands if not isinstance(d.asker, Declared)}
    return Clash(
        name=name,
        demands=demands,
        paths={asker: path_to(asker, on) for asker in sorted(askers)},
    )


def shown(clash: Clash) -> set[Demand]:
    """Return every demand that a clash speaks of."""
    return {*clash.demands, *(demand for path in clash.paths.values() for demand in path)}


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


def _directness(demand: Demand) -> tuple[int, str, int]:
    match demand.asker:
        case Declared() as line:
            return (1 if line.constraint else 0), line.at.file, line.at.line or 0
        case asker:
            return 2, asker.name, 0


def path_to(
    name: NormalizedName,
    on: Mapping[NormalizedName, Sequence[Demand]],
    seen: frozenset[NormalizedName] = frozenset(),
) -> tuple[Demand, ...]:
    """Return the demands that lead from a line of the project to a name, that line first.

    `on` are the demands by the name that they are on. Empty where no line leads there.
    """
    for demand in sorted(on.get(name, ()), key=_directness):
        match demand.asker:
            case Declared(constraint=True):
                continue  # it limits, and brings nothing in
            case Declared():
                return (demand,)
            case asker if asker.name not in seen | {name}:
                before = path_to(asker.name, on, seen | {name})
                if before:
                    return (*before, demand)
            case _:
                pass
    return ()
