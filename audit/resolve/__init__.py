"""Resolution of one project on one runtime: requirements in, pins or explained clashes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Declared, Location
from audit.pins import Clash, Conflicted, Demand, Resolution, Resolved, Undecided
from audit.resolve.engine import GaveUp, Refuted, Solved
from audit.resolve.explanation import clash, shown
from audit.resolve.outcome import pins
from audit.resolve.preference import search
from audit.resolve.remedies import Lines, fixes
from audit.resolve.scout import look_ahead
from audit.resolve.straight import solve
from audit.resolve.target import Target
from audit.resolve.universe import Universe
from audit.runtimes import marker_holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.resolve.engine import Engine

__all__ = ["MOST_NAMES", "Target", "resolve"]

MOST_NAMES = 5_000
"""Distributions that a project may ask for by name; real functions ask for fewer than 300."""

_MOST_CLASHES = 50
"""Independent conflicts that one run shows; a project with more has other worries first."""

_MOST_MENDED = 10
"""Conflicts for which a remedy is searched for."""


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
    active = [line for line in declared if marker_holds(line.requirement.marker, target.runtime)]
    lines = [_demand(line) for line in active if not line.constraint]
    wanted = sorted([*lines, *imported], key=_by_meaning)
    names = {demand.name for demand in wanted}
    if len(names) > MOST_NAMES:
        return Undecided(reason=f"{len(names)} distributions are asked for; {MOST_NAMES} at most")
    constraints = sorted((_demand(line) for line in active if line.constraint), key=_by_meaning)
    universe = Universe(target, active)
    look_ahead(universe, wanted)
    return _resolve(universe, engine or solve, Lines(wanted, constraints, active))


def _resolve(universe: Universe, engine: Engine, lines: Lines) -> Resolution:
    constraints = lines.constraints
    clashes: list[tuple[Clash, set[Demand]]] = []
    while len(clashes) < _MOST_CLASHES:
        match search(universe, engine, lines.wanted, constraints):
            case Solved(choices):
                chosen = pins(universe, [*lines.wanted, *constraints], choices)
                if not clashes:
                    return Resolved(pins=chosen)
                return Conflicted(tuple(_mended(universe, engine, lines, clashes)), pins=chosen)
            case Refuted(proof, limited):
                used = [*proof, *(c for c in constraints if c.name in limited)]
                found = clash(universe, used, lines.wanted)
                # A line that the proof needs and the clash does not show stays, lest it be lost.
                # A proof always rests on a root; without one the loop would not end.
                aside = shown(found) & set(lines.wanted) or set(proof)
                clashes.append((found, aside))
                rest = [demand for demand in lines.wanted if demand not in aside]
                lines = lines._replace(wanted=rest)
            case GaveUp() as gave_up:
                if not clashes:
                    return Undecided(reason=_given_up(gave_up))
                break
    return Conflicted(clashes=tuple(found for found, _ in clashes), pins=())


def _mended(
    universe: Universe, engine: Engine, rest: Lines, clashes: Sequence[tuple[Clash, set[Demand]]]
) -> Iterator[Clash]:
    """Add to each clash what would end it, beside the lines that resolve without it."""
    for place, (found, aside) in enumerate(clashes):
        if place < _MOST_MENDED:
            ordered = sorted({*rest.wanted, *aside}, key=_by_meaning)
            lines = rest._replace(wanted=ordered)
            yield found._replace(fixes=fixes(universe, engine, lines, found))
        else:
            yield found


def _given_up(gave_up: GaveUp) -> str:
    told = f"gave up after {gave_up.rounds} rounds of search"
    if gave_up.on is None:
        return told
    return f"{told}; {gave_up.on} stood in the way most often"


def _demand(line: Declared) -> Demand:
    return Demand(requirement=line.requirement, asker=line)


def _by_meaning(demand: Demand) -> tuple[str, str, str, int]:
    at = demand.asker.at if isinstance(demand.asker, Declared) else Location("")
    return demand.name, str(demand.requirement), at.file, at.line or 0
