"""The search with built-ins preferred: which are used, and at what price none is.

A direct requirement is never lowered to keep a built-in. Built-ins are taken wherever
everything else, at the version it would have anyway, allows them; then each that was lost is
tried once more, with only indirect packages free to move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Vendored
from audit.pins import BuiltIn, Demand, Release
from audit.resolve.engine import Outcome, Solved
from audit.resolve.target import Preference
from audit.resolve.universe import Node
from audit.resolve.versions import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.resolve.engine import Engine, Limits
    from audit.resolve.universe import Universe
    from audit.resolve.versions import Choice

_ROUNDS = 20_000
"""Rounds of one search; sets seen in practice take under 3,000."""
_EXTRA_ROUNDS = 150
"""Rounds for winning one built-in back; of 21 lost ones, those that could be took under 50."""


def search(
    universe: Universe,
    engine: Engine,
    wanted: Sequence[Demand],
    constraints: Sequence[Demand],
) -> Outcome:
    """Search for the demands; what a runtime has is taken where that costs nothing."""
    outcome = found(universe, engine, wanted, constraints)
    if isinstance(outcome, Solved) and universe.target.preference is Preference.PREFER:
        return _won_back(universe, engine, (wanted, constraints), outcome)
    return outcome


def found(
    universe: Universe,
    engine: Engine,
    wanted: Sequence[Demand],
    constraints: Sequence[Demand],
    rounds: int = _ROUNDS,
) -> Outcome:
    """Search, and search again while the answer rests on what the index was not asked about."""
    while True:
        limits = limits_of(universe, constraints)
        roots = [edge for demand in wanted for edge in universe.edges_of(demand)]
        outcome = engine(universe, roots, limits, rounds)
        if not isinstance(outcome, Solved):
            return outcome
        closed = _still_closed(universe, outcome.choices)
        if not closed:
            return outcome
        universe.open(closed)


def limits_of(
    universe: Universe, constraints: Iterable[Demand]
) -> dict[NormalizedName, VersionSet]:
    """Return what constraint files leave of each name that they speak of."""
    limits: dict[NormalizedName, VersionSet] = {}
    for demand in constraints:
        allowed = universe.edges_of(demand)[0].allowed
        limits[demand.name] = limits.get(demand.name, VersionSet.full()) & allowed
    return limits


def _still_closed(universe: Universe, choices: Mapping[Node, Choice]) -> set[NormalizedName]:
    return {
        node.name
        for node, choice in choices.items()
        if not isinstance(choice, int) and not universe.listing(node.name).is_open
    }


def _won_back(
    universe: Universe,
    engine: Engine,
    demands: tuple[Sequence[Demand], Sequence[Demand]],
    outcome: Solved,
) -> Solved:
    """Try each built-in that was lost once more, in the order of names.

    No try loses another one: what else is built in is used as it is, or is not needed.
    """
    wanted, constraints = demands
    direct = {demand.name for demand in wanted}
    for name in sorted(_lost(universe, outcome.choices)):
        lost = _lost(universe, outcome.choices)
        if name not in lost:
            continue
        limits: Limits = {
            **_there(universe, universe.target.built_ins.keys() - lost | {name}, constraints),
            **{each: VersionSet.singleton(outcome.choices[Node(each)]) for each in direct - {name}},
        }
        roots = [edge for demand in wanted for edge in universe.edges_of(demand)]
        again = engine(universe, roots, limits, _EXTRA_ROUNDS)
        if isinstance(again, Solved) and not _still_closed(universe, again.choices):
            outcome = again
    return outcome


def _there(
    universe: Universe, names: Iterable[NormalizedName], constraints: Iterable[Demand]
) -> dict[NormalizedName, VersionSet]:
    """Return what constraints leave of all names, and of these only what is there already."""
    limits = limits_of(universe, constraints)
    for name in names:
        there = universe.listing(name).only(BuiltIn, Vendored, unlisted=False)
        limits[name] = there & limits.get(name, VersionSet.full())
    return limits


def _lost(universe: Universe, choices: Mapping[Node, Choice]) -> set[NormalizedName]:
    built_ins = universe.target.built_ins
    return {
        node.name
        for node, choice in choices.items()
        if node.name in built_ins and isinstance(universe.candidate(node.name, choice), Release)
    }
