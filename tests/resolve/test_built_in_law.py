"""With built-ins preferred: what is pinned, laid over what is there, works, and costs nothing.

The judge here knows packaging and nothing of the resolver: it reads what files say of
themselves, and walks from the project's lines through what would be installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
import tomli
from hypothesis import event, given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.model import Declared
from audit.pins import BuiltIn, Conflicted, Pin, Release, Resolved
from audit.resolve import Target, resolve
from audit.resolve.target import Preference
from audit.runtimes import marker_environment
from tools.facts import SETS
from tools.ours import answer

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from audit.model import Metadata
    from tools.ours import Ours
    from tools.replay import Replay

Platforms: TypeAlias = Callable[..., Target]
Lines: TypeAlias = Callable[..., tuple[Declared, ...]]
PREFER, IGNORE = Preference.PREFER, Preference.IGNORE

REQUIREMENTS: dict[str, list[str]] = {
    row["name"]: row["requirements"] for row in tomli.loads(SETS.read_text(encoding="utf-8"))["set"]
}
KNOWN = Path(__file__).parents[2] / "data" / "builtin_metadata.json"
REQUIRED_BY_BUILT_INS: dict[tuple[str, str], list[str]] = {
    (record["name"], runtime): record["requires"] or []
    for record in json.loads(KNOWN.read_text(encoding="utf-8"))["built-ins"]
    for runtime in record["runtimes"]
}


@dataclass(frozen=True)
class Installed:
    """Everything that is installed, and what each of it requires."""

    versions: Mapping[NormalizedName, Version]
    requires: Callable[[NormalizedName], Iterable[Requirement]]
    environment: Mapping[str, str]

    def in_use(self, roots: Iterable[Requirement]) -> set[NormalizedName]:
        """Return what the roots lead to; fails on the first requirement that is not met."""
        reached = set()
        for requirement, asker in self._walk(roots):
            name = canonicalize_name(requirement.name)
            version = self.versions.get(name)
            assert version is not None, f"{asker} needs {requirement}, nothing is there"
            assert _admits(requirement, version), f"{asker} needs {requirement}, there is {version}"
            reached.add(name)
        return reached

    def lacking(self, roots: Iterable[Requirement]) -> set[NormalizedName] | None:
        """Return what is needed and not there; None where what is there does not do."""
        found = set()
        for requirement, _ in self._walk(roots):
            name = canonicalize_name(requirement.name)
            if name not in self.versions:
                found.add(name)
            elif not _admits(requirement, self.versions[name]):
                return None
        return found

    def _walk(self, roots: Iterable[Requirement]) -> Iterator[tuple[Requirement, str]]:
        """Yield every requirement in force, and who makes it."""
        reached: dict[NormalizedName, set[str]] = {}
        ahead = [(root, "the project") for root in roots]
        while ahead:
            requirement, asker = ahead.pop()
            yield requirement, asker
            name = canonicalize_name(requirement.name)
            due = {"", *requirement.extras} - reached.setdefault(name, set())
            reached[name] |= due
            if name in self.versions and due:
                needed = self.requires(name)
                ahead += ((each, name) for each in needed if self._applies(each, due))

    def _applies(self, requirement: Requirement, extras: Iterable[str]) -> bool:
        marker = requirement.marker
        return marker is None or any(
            marker.evaluate({**self.environment, "extra": extra}) for extra in extras
        )


def _admits(requirement: Requirement, version: Version) -> bool:
    return requirement.specifier.contains(version, prereleases=True)


def installed(target: Target, pins: Iterable[Pin], replay: Replay) -> Installed:
    """Lay pins over the built-ins of a target; what they require is read from the files."""
    chosen = {pin.candidate.name: pin.candidate for pin in pins}
    there = {name: each.version for name, each in target.built_ins.items()}

    def requires(name: NormalizedName) -> Iterator[Requirement]:
        candidate = chosen.get(name)
        if not isinstance(candidate, Release):
            lines = REQUIRED_BY_BUILT_INS[name, target.runtime.name]
        elif candidate.file.kind == "wheel":
            said = replay.source.said(name, candidate.file.name).metadata
            lines = HeaderParser().parsestr(said).get_all("Requires-Dist", [])
        else:  # what an sdist requires is spread over its files; those who read it have own tests
            metadata: Metadata = target.index.metadata(candidate)  # type: ignore[assignment]  # it was read before
            yield from metadata.requires
            return
        yield from map(_requirement, lines)

    versions = {**there, **{name: each.version for name, each in chosen.items()}}
    return Installed(versions, requires, marker_environment(target.runtime))


def _requirement(line: str) -> Requirement:
    """Read a requirement; of one that is no PEP 508, such as `pytz (>dev)`, only the name."""
    try:
        return Requirement(line)
    except InvalidRequirement:
        bare, _, marker = line.partition(";")
        return Requirement(bare.partition("(")[0] + (f";{marker}" if marker else ""))


@pytest.mark.parametrize("python", ["2.7", "3.6"])
@pytest.mark.parametrize("name", REQUIREMENTS)
def test_what_is_pinned_over_the_built_ins_meets_all_that_is_in_use(
    name: str, python: str, ours: Ours, replayed: Replay
) -> None:
    target = ours.target(python, PREFER)
    resolution = answer(target, REQUIREMENTS[name])
    if isinstance(resolution, Conflicted):
        assert isinstance(answer(ours.target(python, IGNORE), REQUIREMENTS[name]), Conflicted)
        return
    assert isinstance(resolution, Resolved)
    result = installed(target, resolution.pins, replayed)
    used = result.in_use(map(Requirement, REQUIREMENTS[name]))
    assert used == {pin.candidate.name for pin in resolution.pins}


@pytest.mark.parametrize("python", ["2.7", "3.6"])
@pytest.mark.parametrize("name", REQUIREMENTS)
def test_no_direct_requirement_is_lowered_to_keep_a_built_in(
    name: str, python: str, ours: Ours
) -> None:
    direct = {canonicalize_name(Requirement(text).name) for text in REQUIREMENTS[name]}
    preferred, ignored = [
        {pin.candidate.name: pin.candidate for pin in resolution.pins}
        for preference in (PREFER, IGNORE)
        for resolution in [answer(ours.target(python, preference), REQUIREMENTS[name])]
        if isinstance(resolution, Resolved)
    ] or ({}, {})
    for each in direct & preferred.keys():
        assert isinstance(preferred[each], BuiltIn) or preferred[each] == ignored[each]


@pytest.mark.parametrize(
    ("built_ins", "index", "asked", "expected"),
    [
        (  # b 2 breaks a, and b 1 keeps it: b gives way
            {"a 1": ()},
            {"b": {"2": ("a>=2",), "1": ("a",)}, "d": {"1": ("b",)}, "a": {"2": ()}},
            ("d",),
            {"a": "built-in 1", "b": "1", "d": "1"},
        ),
        (  # but not where it is asked for
            {"a 1": ()},
            {"b": {"2": ("a>=2",), "1": ("a",)}, "a": {"2": ()}},
            ("b",),
            {"a": "2", "b": "2"},
        ),
        (  # winning a back leaves c unused, and there is e to be tried yet
            {"a 1": (), "c 1": (), "e 1": ()},
            {
                "d": {"1": ("b", "e>=2")},
                "b": {"2": ("a>=2", "c"), "1": ("a",)},
                "a": {"2": ()},
                "c": {"1": ()},
                "e": {"2": ()},
            },
            ("d",),
            {"a": "built-in 1", "b": "1", "d": "1", "e": "2"},
        ),
        (  # winning b back brings in n, whose newest loses a: it is won back as well
            {"a 1": (), "b 1": ()},
            {
                "d": {"1": ("m",)},
                "m": {"2": ("b>=2",), "1": ("b", "n")},
                "n": {"2": ("a>=2",), "1": ("a",)},
                "a": {"2": ()},
                "b": {"2": ()},
            },
            ("d",),
            {"a": "built-in 1", "b": "built-in 1", "d": "1", "m": "1", "n": "1"},
        ),
        (  # what a constraint excludes is not won back
            {"a 1": ()},
            {"d": {"1": ("a",)}, "a": {"2": ()}},
            ("d", "-c a>=2"),
            {"a": "2", "d": "1"},
        ),
    ],
)
def test_a_lost_built_in_is_won_back_where_only_indirect_packages_move(  # noqa: PLR0913, PLR0917  # a row of the table
    built_ins: dict[str, tuple[str, ...]],
    index: dict[str, dict[str, tuple[str, ...]]],
    asked: tuple[str, ...],
    expected: dict[str, str],
    platform: Platforms,
    lines: Lines,
) -> None:
    chosen = pinned(resolve(platform(built_ins=built_ins, index=index), lines(*asked)))
    assert chosen is not None
    assert expected == {
        name: f"{'built-in ' if isinstance(each, BuiltIn) else ''}{each.version}"
        for name, each in chosen.items()
    }


NAMES = "abcde"
names = st.sampled_from(NAMES)
specifiers = st.sampled_from((*("",) * 5, "==1", "==2", "!=1", "<2", "<3", ">1", ">=1.5,<3", ">=2"))
markers = st.sampled_from((*("",) * 6, '; python_version < "3"', '; extra == "x"'))
wanted = st.tuples(names, st.sampled_from(("", "", "", "[x]")), specifiers).map("".join)
needs = st.lists(st.tuples(wanted, markers).map("".join), max_size=3)
versions = st.sampled_from(("1", "1.5", "2", "3", "1.post1"))
law = settings(deadline=None)


@dataclass(frozen=True)
class World:
    """A platform with built-ins and an index that has every name, and a project on it."""

    built_ins: Mapping[str, list[str]]
    index: Mapping[str, Mapping[str, list[str]]]
    lines: tuple[str, ...]
    constraints: tuple[str, ...]

    @property
    def declared(self) -> tuple[str, ...]:
        return (*self.lines, *(f"-c {each}" for each in self.constraints))

    def admits(self, candidate: BuiltIn | Release) -> bool:
        """Whether no constraint excludes a candidate."""
        limits = map(Requirement, self.constraints)
        mine = (limit for limit in limits if limit.name == candidate.name)
        return all(_admits(limit, candidate.version) for limit in mine)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    there = draw(st.dictionaries(names, st.tuples(versions, needs), min_size=1, max_size=4))
    stock = st.dictionaries(versions, needs, min_size=1, max_size=3)
    return World(
        built_ins={f"{name} {version}": needs for name, (version, needs) in there.items()},
        index={name: draw(stock) for name in NAMES},
        lines=tuple(draw(st.lists(wanted, min_size=1, max_size=3))),
        constraints=tuple(map("".join, draw(st.lists(st.tuples(names, specifiers), max_size=1)))),
    )


def pinned(resolution: object) -> dict[NormalizedName, BuiltIn | Release] | None:
    if not isinstance(resolution, Resolved):
        return None
    found = {pin.candidate.name: pin.candidate for pin in resolution.pins}
    return {name: each for name, each in found.items() if isinstance(each, BuiltIn | Release)}


def laid_over(target: Target, chosen: Mapping[NormalizedName, BuiltIn | Release]) -> Installed:
    there = {**target.built_ins, **chosen}

    def requires(name: NormalizedName) -> tuple[Requirement, ...]:
        each = there[name]
        metadata = each.metadata if isinstance(each, BuiltIn) else target.index.metadata(each)
        return metadata.requires  # type: ignore[union-attr]  # an index in memory knows all

    return Installed(
        {name: each.version for name, each in there.items()},
        requires,
        marker_environment(target.runtime),
    )


@law
@given(world=worlds())
def test_pins_over_built_ins_work_whatever_the_world(
    world: World, platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins=world.built_ins, index=world.index)
    chosen = pinned(resolve(target, lines(*world.declared)))
    event("resolved" if chosen else "conflict")
    if chosen is not None:
        used = laid_over(target, chosen).in_use(map(Requirement, world.lines))
        assert used == chosen.keys()
        assert all(map(world.admits, chosen.values()))


@law
@given(world=worlds())
def test_direct_requirements_get_no_worse_by_built_ins_that_are_preferred(
    world: World, platform: Platforms, lines: Lines
) -> None:
    """Of those that are not built in, in the order of their names, the first that differs is newer.

    A newer first one can exclude the newest second one.
    """
    declared, there = lines(*world.declared), {text.split()[0] for text in world.built_ins}
    direct = sorted({line.name for line in declared if not line.constraint} - there)
    found = [
        pinned(
            resolve(
                platform(built_ins=world.built_ins, index=world.index, preference=preference),
                declared,
            )
        )
        for preference in (PREFER, IGNORE)
    ]
    preferred, ignored = ([each[n].version for n in direct] if each else [] for each in found)
    event(f"{len(direct)} names, {'newer' if preferred != ignored else 'the same'}")
    assert preferred >= ignored


@law
@given(world=worlds())
def test_no_lost_built_in_could_be_had_by_moving_indirect_packages(
    world: World, platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins=world.built_ins, index=world.index)
    chosen = pinned(resolve(target, lines(*world.declared)))
    if chosen is None:
        return
    roots = [Requirement(line) for line in world.lines]
    direct = {canonicalize_name(root.name) for root in roots}
    lost = {name for name in target.built_ins if isinstance(chosen.get(name), Release)}
    for name in lost:
        event("lost")
        possible: dict[str, list[BuiltIn | Release]] = {
            **{each: _candidates(target, canonicalize_name(each)) for each in NAMES},
            **{each: [built_in] for each, built_in in target.built_ins.items() if each not in lost},
            **{each: [chosen[each]] for each in direct},
            name: [target.built_ins[name]],
        }
        admitted = {each: [*filter(world.admits, some)] for each, some in possible.items()}
        assert not _can_be(target, roots, admitted, {})


def _can_be(
    target: Target,
    roots: Iterable[Requirement],
    possible: Mapping[str, Sequence[BuiltIn | Release]],
    chosen: Mapping[NormalizedName, BuiltIn | Release],
) -> bool:
    """Whether any choice of what is possible meets everything; tries all."""
    open_names = _reached(target, roots, chosen)
    if open_names is None:
        return False
    if not open_names:
        return True
    name = min(open_names)
    return any(_can_be(target, roots, possible, {**chosen, name: e}) for e in possible[name])


def _reached(
    target: Target,
    roots: Iterable[Requirement],
    chosen: Mapping[NormalizedName, BuiltIn | Release],
) -> set[NormalizedName] | None:
    """Return what is needed and not chosen yet; None where a choice does not meet its demands."""
    result = laid_over(target, chosen)
    versions = {name: each.version for name, each in chosen.items()}
    return Installed(versions, result.requires, result.environment).lacking(roots)


def _candidates(target: Target, name: NormalizedName) -> list[BuiltIn | Release]:
    page = target.index.page(name)
    releases = [
        Release(name, Version(row.version), target.index.files(name, row.version)[0])
        for row in page.rows  # type: ignore[union-attr]  # an index in memory knows all
    ]
    there = target.built_ins.get(name)
    return [*releases, *([] if there is None else [there])]
