"""Resolution of one project on one runtime: requirements in, pins or explained clashes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Declared, Location
from audit.pins import Clash, Conflicted, Demand, Resolution, Resolved, Undecided
from audit.resolve.engine import GaveUp, Refuted, Solved
from audit.resolve.outcome import clash, pins, shown
from audit.resolve.universe import Target, Universe
from audit.resolve.versions import VersionSet
from audit.runtimes import marker_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName

    from audit.resolve.engine import Engine, Limits

__all__ = ["MOST_NAMES", "Target", "resolve"]

MOST_NAMES = 5_000
"""Distributions that a project may ask for by name; real functions ask for fewer than 300."""

_MOST_CLASHES = 50
"""Independent conflicts that one run shows; a project with more has other worries first."""


def resolve(
    target: Target,
    declared: Sequence[Declared],
    engine: Engine | None = None,
    imported: Sequence[Demand] = (),
) -> Resolution:
    """Choose a candidate for every distribution that a project needs on a runtime.

    `declared` are its lines, of which those that a marker excludes there are left out;
    `imported` is demanded beside them, for what is used and declared nowhere. After a
    conflict, the demands that it is about are set aside and the rest is resolved, so that
    one run shows every conflict. The order of the lines makes no difference.
    """
    search = engine or _default_engine()
    universe = Universe(target)
    active = [line for line in declared if marker_holds(line.requirement.marker, target.runtime)]
    lines = [_demand(line) for line in active if not line.constraint]
    wanted = sorted([*lines, *imported], key=_by_meaning)
    names = {demand.name for demand in wanted}
    if len(names) > MOST_NAMES:
        return Undecided(reason=f"{len(names)} distributions are asked for; {MOST_NAMES} at most")
    constraints = sorted((_demand(line) for line in active if line.constraint), key=_by_meaning)
    limits = _limits(universe, constraints)
    clashes: list[Clash] = []
    while True:
        roots = [edge for demand in wanted for edge in universe.edges_of(demand)]
        match search(universe, roots, limits):
            case Solved(choices):
                chosen = pins(universe, [*wanted, *constraints], choices)
                if clashes:
                    return Conflicted(clashes=tuple(clashes), pins=chosen)
                return Resolved(pins=chosen)
            case Refuted(proof, limited):
                used = [*proof, *(c for c in constraints if c.name in limited)]
                clashes.append(clash(universe, used))
                # A line that the proof needs and the clash does not show stays, lest it be lost.
                # A proof always rests on a root; without one the loop would not end.
                aside = shown(clashes[-1]) & set(wanted) or set(proof)
                wanted = [demand for demand in wanted if demand not in aside]
            case GaveUp(rounds):
                if not clashes:
                    return Undecided(reason=f"gave up after {rounds} rounds of search")
                return Conflicted(clashes=tuple(clashes), pins=())
        if len(clashes) == _MOST_CLASHES:
            return Conflicted(clashes=tuple(clashes), pins=())


def _default_engine() -> Engine:
    # Loads the engine, some 15 ms: due only when there is something to resolve.
    from audit.resolve.pubgrub import solve  # noqa: PLC0415

    return solve


def _demand(line: Declared) -> Demand:
    return Demand(requirement=line.requirement, asker=line)


def _by_meaning(demand: Demand) -> tuple[str, str, str, int]:
    at = demand.asker.at if isinstance(demand.asker, Declared) else Location("")
    return demand.name, str(demand.requirement), at.file, at.line or 0


def _limits(universe: Universe, constraints: Iterable[Demand]) -> Limits:
    limits: dict[NormalizedName, VersionSet] = {}
    for demand in constraints:
        allowed = universe.edges_of(demand)[0].allowed
        limits[demand.name] = limits.get(demand.name, VersionSet.full()) & allowed
    return limits
