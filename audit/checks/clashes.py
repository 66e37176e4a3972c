"""The phrases of a conflict: the lines that it rests on, the steps from them, what exists."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from packaging.version import Version

from audit.checks.wording import asked, called, listed, wanted
from audit.model import Declared
from audit.resolve.demands import PYTHON
from audit.resolve.refusals import NO_SUCH_HASH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.specifiers import SpecifierSet

    from audit.model import Vendored
    from audit.pins import BuiltIn, Clash, Demand, Obstacle, Release, Step, Stock

_MOST_ROOTS = 4
_MOST_STEPS = 4
_MOST_OBSTACLES = 3


def blame(clash: Clash, runtime: str) -> str:
    """Say which lines cannot be met."""
    roots = clash.roots or clash.demands
    asks = [asked(root, {}) for root in roots[:_MOST_ROOTS]]
    if len(roots) > _MOST_ROOTS:
        asks.append(f"{len(roots) - _MOST_ROOTS} more lines")
    if len(asks) > 1:
        return f"{listed(asks)} cannot be met together"
    if clash.steps:
        return f"{asks[0]} cannot be met on {runtime}"
    if clash.stock is None:
        return f"nothing that {runtime} may use meets {asks[0]}"
    return _without(clash.stock, roots[0], asks[0], runtime)


def _without(stock: Stock, root: Demand, ask: str, runtime: str) -> str:
    """Say what one line asks for in vain."""
    if _names_file(root) and stock.obstacles:
        return f"{runtime} cannot use the file of {ask}"
    if stock.newest is None:
        return f"no index has {ask}"
    if stock.obstacles and not root.requirement.specifier:
        return f"{ask} has no release for {runtime}"
    which = f"{root.name} for {runtime}" if stock.obstacles else root.name
    return f"no release of {which} meets {ask}"


def chain(steps: Sequence[Step]) -> Iterator[str]:
    """Say step by step what the lines bring in."""
    told = [(who, [*each]) for who, each in groupby(steps, key=lambda step: step.askers)]
    for askers, needs in told[:_MOST_STEPS]:
        verb = "needs" if len(askers) == 1 else "need"
        yield f"{_together(askers)} {verb} {listed(map(_needed, needs))}"
    if len(told) > _MOST_STEPS:
        yield f"and so on, {len(told) - _MOST_STEPS} more such needs"


def existing(clash: Clash, stock: Stock, runtime: str) -> Iterator[str]:
    """Say what there is of the distribution that a clash is about, and why it does not do."""
    is_told = not clash.steps and len(clash.roots) <= 1
    name = clash.name
    if any(_names_file(demand) for demand in clash.demands) and stock.obstacles:
        yield from (f"{name} {each.first} {each.reason}" for each in stock.obstacles)
        return
    if stock.newest is None:
        if not is_told:
            yield f"no index has {name}"
    else:
        if not is_told:
            yield (
                f"no such {name} fits {runtime}" if stock.obstacles else f"there is no such {name}"
            )
        yield from _newest(clash, stock, runtime)
    yield from _reasons(stock.obstacles)
    yield from stock.notes


def _newest(clash: Clash, stock: Stock, runtime: str) -> Iterator[str]:
    fitting = stock.newest_fitting
    if not stock.obstacles:
        other = "" if fitting == stock.newest else f", for {runtime} {fitting or 'none'}"
        yield f"the newest is {stock.newest}{other}"
    elif fitting is not None:
        yield f"newest for {runtime} is {fitting}"
    elif _asks_for_some(clash) and all(e.reason != NO_SUCH_HASH for e in stock.obstacles):
        yield f"no other release fits {runtime} either"


def _asks_for_some(clash: Clash) -> bool:
    return any(demand.requirement.specifier for demand in clash.demands)


_NEEDS_PYTHON = re.compile(r"needs Python (>=?[\d.]+)")


def _reasons(obstacles: Sequence[Obstacle]) -> Iterator[str]:
    """Yield why releases do not fit, newest first; rising needs of Python are one reason."""
    pythons = [_NEEDS_PYTHON.fullmatch(each.reason) for each in obstacles]
    if len(obstacles) > 1 and all(pythons):
        oldest, newest = (match[1] for match in (pythons[-1], pythons[0]) if match)
        reason = f"need Python {oldest}" + ("" if newest == oldest else f", the newest {newest}")
        yield f"{obstacles[-1].first} to {obstacles[0].last} {reason}"
        return
    for each in obstacles[:_MOST_OBSTACLES]:
        yield f"{_span(each.first, each.last, each.releases)} {_of_many(each)}"
    more = sum(each.releases for each in obstacles[_MOST_OBSTACLES:])
    if more:
        yield f"{more} older ones do not fit either"


def _span(first: Version, last: Version, releases: int) -> str:
    word = "and" if releases == 2 else "to"  # noqa: PLR2004  # then nothing lies between
    return str(first) if releases == 1 else f"{first} {word} {last}"


_PLURAL = {"needs": "need", "has": "have", "is": "are", "comes": "come"}


def _of_many(obstacle: Obstacle) -> str:
    if obstacle.releases == 1:
        return obstacle.reason
    verb, _, rest = obstacle.reason.partition(" ")
    return f"{_PLURAL.get(verb, verb)} {rest}".replace(" its ", " their ")


def _names_file(demand: Demand) -> bool:
    beside = demand.asker.file if isinstance(demand.asker, Declared) else None
    return bool(demand.requirement.url or beside)


def _together(askers: Sequence[BuiltIn | Vendored | Release]) -> str:
    first, last = askers[0], askers[-1]
    if len(askers) == 1:
        return called(first)
    span = f"{first.name} {_span(first.version, last.version, len(askers))}"
    return span if len(askers) == 2 else f"{span} ({len(askers)} releases)"  # noqa: PLR2004  # both are named


def _needed(step: Step) -> str:
    name, specifiers = step.requirements[0].name, [each.specifier for each in step.requirements]
    if name == PYTHON:
        return f"Python {' or '.join(map(str, specifiers))}"
    if len(specifiers) <= 2:  # noqa: PLR2004  # more are summed up
        return " or ".join(map(wanted, step.requirements))
    return f"{name} {_around(specifiers)}"


def _around(specifiers: Sequence[SpecifierSet]) -> str:
    """Sum up many specifiers by what lies around them all."""
    lows = [_bounds(each, (">=", ">", "~=", "==")) for each in specifiers]
    highs = [_bounds(each, ("<", "<=")) for each in specifiers]
    told: list[str] = []
    if all(lows):
        version, is_out = min(min(bounds) for bounds in lows)
        told.append(f"newer than {version}" if is_out else f"{version} or newer")
    if all(highs):
        version, is_out = max(
            (max(bounds) for bounds in highs), key=lambda each: (each[0], not each[1])
        )
        told.append(f"older than {version}" if is_out else f"{version} or older")
    return listed(told) if told else "at versions that differ"


def _bounds(specifiers: SpecifierSet, operators: tuple[str, ...]) -> list[tuple[Version, bool]]:
    """Return the versions that bound a set on one side, each with whether it is out itself."""
    return [
        (Version(part.version.removesuffix(".*")), part.operator in {"<", ">"})
        for part in specifiers
        if part.operator in operators
    ]
