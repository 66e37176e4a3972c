"""Changes of one line that would end a clash: each tried before it is told."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import Version

from audit.model import Declared
from audit.pages import Page
from audit.pins import BuiltIn, Demand, Fix, Unchecked
from audit.resolve.engine import Solved
from audit.resolve.outcome import pins
from audit.resolve.preference import found
from audit.resolve.universe import Node, Universe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.pins import Candidate, Clash, Pin
    from audit.resolve.engine import Engine

_MOST_LINES = 4
"""Lines of one clash that are tried."""
_ROUNDS = 150
"""Rounds of one try: nobody waits long for advice."""
_FAR = 1 << 20


class Lines(NamedTuple):
    """What is asked for of a universe."""

    wanted: Sequence[Demand]
    constraints: Sequence[Demand]
    active: Sequence[Declared]
    """The lines in force: those behind the demands, and maybe others."""


def fixes(universe: Universe, engine: Engine, lines: Lines, clash: Clash) -> tuple[Fix, ...]:
    """Return what would end a clash, the best first: the built-in, else the smallest change.

    `lines` are those that resolve without the clash, and those that are set aside for it.
    """
    tried: list[tuple[tuple[bool, bool, int, int], Fix]] = []
    roots = [root.asker for root in clash.roots if isinstance(root.asker, Declared)]
    limiting = [line for line in roots if _may_change(line, clash)]
    for place, line in enumerate(limiting[:_MOST_LINES]):
        fix = _tried(universe, engine, lines, line)
        if fix is not None:
            far = _distance(universe, line, fix.candidate)
            is_built_in = isinstance(fix.candidate, BuiltIn)
            rank = (not is_built_in, isinstance(fix.candidate, Unchecked), far, -place)
            tried.append((rank, fix))
    return tuple(fix for _, fix in sorted(tried, key=lambda each: each[0]))


def _may_change(line: Declared, clash: Clash) -> bool:
    """Whether a line limits its name by what may be given up.

    A file that fits stays: what an index has under its name may be a stranger's.
    """
    if line.file or line.requirement.url:
        return line.name == clash.name and bool(clash.stock and clash.stock.obstacles)
    return bool(line.requirement.specifier or line.hashes)


def _names_files(line: Declared) -> bool:
    return bool(line.hashes or line.file or line.requirement.url)


def _tried(universe: Universe, engine: Engine, lines: Lines, line: Declared) -> Fix | None:
    free = _freed(line)
    wanted = [*_swapped(lines.wanted, line, free)]
    constraints = [*_swapped(lines.constraints, line, free)]
    if _names_files(line):
        # Which files may be taken is part of a universe.
        active = [free if each == line else each for each in lines.active]
        universe = Universe(universe.target, active)
    outcome = found(universe, engine, wanted, constraints, _ROUNDS)
    if not isinstance(outcome, Solved) or Node(line.name) not in outcome.choices:
        return None
    chosen = pins(universe, [*wanted, *constraints], outcome.choices)
    (pin,) = (pin for pin in chosen if pin.candidate.name == line.name)
    if pin.unsure is not None:
        return None  # psycopg2 2.6, of 2015, for Python 3.10: nobody knows that it compiles there
    return Fix(line, _specifier(line, free, pin), pin.candidate, _names_files(line))


def _freed(line: Declared) -> Declared:
    """Return a line for any version of its name, wherever it comes from."""
    requirement = copy.copy(line.requirement)
    requirement.specifier, requirement.url = SpecifierSet(), None
    return line._replace(requirement=requirement, hashes=(), file=None)


def _swapped(demands: Iterable[Demand], line: Declared, free: Declared) -> Iterator[Demand]:
    for demand in demands:
        mine = demand.asker == line
        yield Demand(requirement=free.requirement, asker=free) if mine else demand


def _specifier(line: Declared, free: Declared, pin: Pin) -> str:
    """Return what to write for a line's versions, so that it admits what it would get.

    Of a release that nobody has looked up, only what the others ask for is known.
    """
    if isinstance(pin.candidate, Unchecked):
        others = {str(d.requirement.specifier) for d in pin.demands if d.asker != free}
        return str(SpecifierSet(",".join(sorted(others - {""}))))
    return widened(line.requirement.specifier, pin.candidate.version)


def widened(specifiers: SpecifierSet, version: Version) -> str:
    """Return the nearest specifiers that admit a version too, in the manner of the given ones.

    A bound moves to the version and what was admitted still is, so that other runtimes keep
    what they have; only a pin stays a pin.
    """
    if not specifiers:
        return f"=={version}"
    parts = [part for each in specifiers for part in _bounds(each)]
    moved = dict.fromkeys(_moved(part, version) for part in parts)
    # `>=` first, as most people write it.
    return ",".join(sorted(filter(None, moved), key=lambda part: (part[0] != ">", part)))


def _bounds(part: Specifier) -> Iterator[Specifier]:
    """Take apart what is two bounds in one (PEP 440: `~=`, `==1.*`)."""
    text, operator = part.version, part.operator
    if operator == "~=":
        release = Version(text).release[:-1]
    elif operator == "==" and text.endswith(".*"):
        text = text.removesuffix(".*")
        release = Version(text).release
    else:
        yield part
        return
    above = ".".join(map(str, (*release[:-1], release[-1] + 1)))
    epoch = f"{Version(text).epoch}!" if Version(text).epoch else ""
    yield Specifier(f">={text}")
    yield Specifier(f"<{epoch}{above}")


def _moved(part: Specifier, version: Version) -> str:
    if part.contains(version, prereleases=True):
        return str(part)
    match part.operator:
        case ">=" | ">":
            return f">={version.public}"
        case "<=" | "<":
            return f"<={version.public}"
        case "!=":
            return ""
        case _:
            return f"=={version}"


def _distance(universe: Universe, line: Declared, candidate: Candidate) -> int:
    """Count the releases from what a line admits to what it would get; 0 where none are known."""
    if isinstance(candidate, BuiltIn | Unchecked):
        return 0
    page = universe.target.index.page(line.name)
    if not isinstance(page, Page):
        return 0
    versions = [Version(row.version) for row in page.rows]
    if candidate.version not in versions:
        return 0
    there = versions.index(candidate.version)
    numbered = {version: place for place, version in enumerate(versions)}
    admitted = line.requirement.specifier.filter(versions, prereleases=True)
    return min((abs(numbered[version] - there) for version in admitted), default=_FAR)
