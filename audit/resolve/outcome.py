"""From an engine's bare choices to pins with their reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Declared, Vendored
from audit.pins import BuiltIn, Demand, PassedOver, Pin
from audit.resolve.target import Preference, misfit
from audit.resolve.universe import Node, Universe

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
    ordered = {name: sorted(in_force[name], key=directness) for name in sorted(in_force)}
    chosen = {name: universe.candidate(name, choices[Node(name)]) for name in ordered}
    return tuple(
        Pin(
            candidate=chosen[name],
            demands=tuple(demands),
            extras=tuple(sorted(extras.get(name, ()))),
            passed_over=tuple(_passed_over(universe, name, demands, choices)),
            unsure=universe.unsure(chosen[name]),
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
    return universe.listing(candidate.name).position(candidate)


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


def directness(demand: Demand) -> tuple[int, str, int]:
    """Return what sorts demands: lines, then constraints, then what distributions ask for."""
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
    for demand in sorted(on.get(name, ()), key=directness):
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
