"""Laws of resolution, on small universes in which about half of all projects conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import event, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from audit.model import Declared, Metadata, Vendored
from audit.pins import (
    BuiltIn,
    Candidate,
    Clash,
    Conflicted,
    Demand,
    Release,
    Resolution,
    Resolved,
    Unchecked,
)
from audit.resolve import Target, pubgrub, resolve
from audit.resolve.index import Unasked
from audit.resolve.target import Preference
from audit.runtimes import marker_environment

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from audit.platform import Runtime
    from audit.resolve.engine import Engine

Platforms: TypeAlias = Callable[..., Target]
Lines: TypeAlias = Callable[..., tuple[Declared, ...]]

NAMES = "abcde"
VERSIONS = ("1", "1.5", "2", "3", "2rc1", "1.post1", "1.dev1")
SPECIFIERS = (
    *("",) * 6,
    *("==1", "==2", "==1.*", "===1", "==1.post1", "!=1", "!=2", "~=1.0"),
    *("<1", "<2", "<=1", ">1", ">2", ">=1.5,<3", ">=2", ">=2rc1", ">=3"),
)
MARKERS = (*("",) * 6, '; python_version < "3"', '; sys_platform == "linux"')
FOR_EXTRAS = ('; extra == "x"', '; extra == "y"') * 3

names = st.sampled_from(NAMES)
versions = st.sampled_from(VERSIONS)
extras = st.sampled_from((*("",) * 4, "[x]", "[y]", "[x,y]"))
specifiers = st.sampled_from(SPECIFIERS)
wanted = st.tuples(names, extras, specifiers, st.sampled_from(MARKERS)).map("".join)
needed = st.tuples(names, extras, specifiers, st.sampled_from(MARKERS + FOR_EXTRAS)).map("".join)
needs = st.lists(needed, max_size=3)
hashed = st.sampled_from((*("",) * 7, " --hash=sha256:00"))
constraint = st.tuples(st.just("-c "), names, specifiers).map("".join)


@dataclass(frozen=True)
class World:
    """A platform and a project on it, in the words of the fixtures."""

    python: str
    platform: Mapping[str, Any]
    lines: tuple[str, ...]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    def there() -> dict[str, list[str]]:
        found = draw(st.dictionaries(names, st.tuples(versions, needs), max_size=3))
        return {f"{name} {version}": needs for name, (version, needs) in found.items()}

    # An index's pre-release is taken only where one is named or nothing else is there: what a
    # search may take then depends on what it has met, and test_pitfalls.py holds the rule.
    finals = st.sampled_from([each for each in VERSIONS if not Version(each).is_prerelease])
    stock = st.dictionaries(finals, needs, max_size=4)
    return World(
        python=draw(st.sampled_from(("3.6", "2.7"))),
        platform={
            "built_ins": there(),
            "vendored": there() if draw(st.booleans()) else {},
            "index": draw(st.dictionaries(names, stock, max_size=4)),
            "preference": draw(st.sampled_from((Preference.PREFER, *Preference))),
        },
        lines=(
            *map("".join, draw(st.lists(st.tuples(wanted, hashed), min_size=1, max_size=5))),
            *draw(st.lists(constraint, max_size=2)),
        ),
    )


law = settings(deadline=None)


@law
@given(world=worlds())
def test_a_second_engine_and_an_exhaustive_search_agree_on_what_can_be_resolved(
    world: World, platform: Platforms, lines: Lines, oracle: Engine
) -> None:
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    answer = resolve(target, declared)
    event(type(answer).__name__)
    assert isinstance(answer, Resolved) == isinstance(
        resolve(target, declared, engine=oracle), Resolved
    )
    assert isinstance(answer, Resolved) == Judge(target, declared).can_be_met()


@law
@given(world=worlds())
def test_the_pins_are_the_first_that_a_search_in_decision_order_finds(
    world: World, platform: Platforms, lines: Lines, depth_first: Engine
) -> None:
    # Not so with resolvelib: it pins anew what is decided and drops pins when it jumps back.
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    answer = resolve(target, declared)
    if isinstance(answer, Resolved):
        assert _bare(answer) == _bare(resolve(target, declared, engine=depth_first))


@law
@given(world=worlds())
def test_the_engine_is_not_missed_where_nothing_is_in_the_way(
    world: World, platform: Platforms, lines: Lines
) -> None:
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    answer = resolve(target, declared)
    event(type(answer).__name__)
    if isinstance(answer, Resolved):
        assert _bare(answer) == _bare(resolve(target, declared, engine=pubgrub.solve))


@law
@given(world=worlds())
def test_every_pin_satisfies_every_demand_on_it(
    world: World, platform: Platforms, lines: Lines, oracle: Engine
) -> None:
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    for engine in (None, oracle):
        for pin in resolve(target, declared, engine=engine).pins:  # type: ignore[union-attr]  # small worlds are decided
            for demand in pin.demands:
                assert _meets(pin.candidate, demand, target)


@law
@given(world=worlds())
def test_the_answer_holds_what_is_needed_and_nothing_else(
    world: World, platform: Platforms, lines: Lines, oracle: Engine
) -> None:
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    for engine in (None, oracle):
        answer = resolve(target, declared, engine=engine)
        if isinstance(answer, Resolved):
            chosen = {pin.candidate.name: pin.candidate for pin in answer.pins}
            expected = Judge(target, declared).demands(chosen)
            assert {pin.candidate.name: set(pin.demands) for pin in answer.pins} == {
                name: {*demands, *_constraints(declared, target.runtime, name)}
                for name, demands in expected.items()
            }
            assert {pin.candidate.name: set(pin.extras) for pin in answer.pins} == {
                name: {extra for demand in demands for extra in demand.requirement.extras}
                for name, demands in expected.items()
            }


@law
@given(world=worlds(), more=wanted | constraint)
def test_a_further_line_never_turns_a_conflict_into_an_answer(
    world: World, more: str, platform: Platforms, lines: Lines
) -> None:
    target = platform(world.python, **world.platform)
    if isinstance(resolve(target, lines(*world.lines)), Conflicted):
        assert isinstance(resolve(target, lines(*world.lines, more)), Conflicted)


@law
@given(world=worlds(), data=st.data())
def test_the_order_of_the_lines_makes_no_difference(
    world: World, data: st.DataObject, platform: Platforms, lines: Lines
) -> None:
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    shuffled = data.draw(st.permutations(declared))
    assert resolve(target, shuffled) == resolve(target, declared)


@law
@given(world=worlds(), what=st.tuples(names, st.just("[x]"), specifiers).map("".join))
def test_a_line_for_another_runtime_adds_nothing(
    world: World, what: str, platform: Platforms, lines: Lines
) -> None:
    target = platform(world.python, **world.platform)
    more = f'{what}; python_version == "3.7"'
    assert resolve(target, lines(*world.lines, more)) == resolve(target, lines(*world.lines))


@law
@given(world=worlds())
def test_constraints_install_nothing(world: World, platform: Platforms, lines: Lines) -> None:
    limits = (f"-c {line.partition('[')[0]}" for line in world.lines if not line.startswith("-c"))
    declared = lines(*limits)
    assert resolve(platform(world.python, **world.platform), declared) == Resolved(pins=())


@law
@given(world=worlds())
def test_what_is_there_is_used_where_the_pins_allow_it(
    world: World, platform: Platforms, lines: Lines
) -> None:
    """A vendored copy or built-in that meets all demands, and whose own are met, is chosen."""
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    answer = resolve(target, declared)
    if isinstance(answer, Resolved):
        chosen = {pin.candidate.name: pin.candidate for pin in answer.pins}
        for pin in answer.pins:
            for passed in pin.passed_over:
                swapped = {**chosen, pin.candidate.name: passed.candidate}
                assert not Judge(target, declared).meets_all(swapped)


@law
@given(world=worlds())
def test_what_is_passed_over_says_why(world: World, platform: Platforms, lines: Lines) -> None:
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    for pin in resolve(target, declared).pins:  # type: ignore[union-attr]  # small worlds are decided
        present: list[Candidate | None] = [target.vendored.get(pin.candidate.name)]
        if target.preference is not Preference.IGNORE:
            present.append(target.built_ins.get(pin.candidate.name))
        there = [candidate for candidate in present if candidate is not None]
        before = there.index(pin.candidate) if pin.candidate in there else len(there)
        assert [passed.candidate for passed in pin.passed_over] == there[:before]
        for passed in pin.passed_over:
            assert passed.because
            for demand in passed.because:
                own = demand.asker == passed.candidate
                assert own or not _meets(passed.candidate, demand, target)


@law
@given(world=worlds())
def test_a_clash_leads_back_to_lines_and_loses_none(
    world: World, platform: Platforms, lines: Lines
) -> None:
    target, declared = platform(world.python, **world.platform), lines(*world.lines)
    answer = resolve(target, declared)
    if isinstance(answer, Conflicted):
        for clash in answer.clashes:
            assert all(demand.name == clash.name for demand in clash.demands)
            askers = {d.asker.name for d in clash.demands if not isinstance(d.asker, Declared)}
            assert clash.paths.keys() == askers
            for asker, path in clash.paths.items():
                assert isinstance(path[0].asker, Declared)
                assert not path[0].asker.constraint
                assert [demand.asker.name for demand in path[1:]] == [d.name for d in path[:-1]]
                assert path[-1].name == asker
        spoken_of = [demand.asker for clash in answer.clashes for demand in _shown(clash)]
        rest = [line for line in declared if line.constraint or line not in spoken_of]
        assert _bare(resolve(target, rest)) == _bare(Resolved(pins=answer.pins))


def _shown(clash: Clash) -> Iterator[Demand]:
    yield from clash.demands
    for path in clash.paths.values():
        yield from path


def _bare(answer: Resolution) -> list[tuple[str, Candidate | None, set[Demand], tuple[str, ...]]]:
    """Return the pins; which of all unlisted versions is named makes no difference."""
    assert isinstance(answer, Resolved)
    return [
        (
            pin.candidate.name,
            None if isinstance(pin.candidate, Unchecked) else pin.candidate,
            set(pin.demands),
            pin.extras,
        )
        for pin in answer.pins
    ]


def _holds(marker: Marker | None, runtime: Runtime, extra: str = "") -> bool:
    return marker is None or marker.evaluate({**marker_environment(runtime), "extra": extra})


def _constraints(
    declared: Iterable[Declared], runtime: Runtime, name: NormalizedName
) -> Iterator[Demand]:
    for line in declared:
        if line.constraint and line.name == name and _holds(line.requirement.marker, runtime):
            yield Demand(requirement=line.requirement, asker=line)


def _meets(candidate: Candidate, demand: Demand, target: Target) -> bool:
    """Whether a candidate satisfies a demand, as packaging and the rule on hashes say."""
    unhashed = isinstance(candidate, BuiltIn) and target.preference is not Preference.REQUIRE
    pins_files = isinstance(demand.asker, Declared) and bool(demand.asker.hashes)
    specifier = demand.requirement.specifier
    return specifier.contains(candidate.version, prereleases=True) and not (pins_files and unhashed)


GRID = tuple(
    Version(release + suffix)
    for release in ("0", "1", "1.0.1", "1.2", "1.5", "1.9", "2", "2.1", "3", "4")
    for suffix in ("", "a1", "rc1", "rc2", ".dev0", ".dev2", ".post0", ".post1", ".post2", "+l")
)
"""A version for every way in which the specifiers above can overlap."""


@lru_cache
def _on_grid(specifier: str) -> frozenset[Version]:
    allowed = SpecifierSet(specifier.replace("===", "=="))
    return frozenset(version for version in GRID if allowed.contains(version, prereleases=True))


@dataclass(frozen=True)
class Judge:
    """An answer's checker and an exhaustive search, on packaging alone.

    It knows no set of versions and no order: it tries every candidate of every name, an
    unlisted version being one candidate more, there if any version of the grid will do.
    """

    target: Target
    declared: tuple[Declared, ...]

    def can_be_met(self) -> bool:
        return self._search({})

    def _search(self, chosen: Mapping[NormalizedName, Candidate | None]) -> bool:
        demands = self.demands(chosen)
        if not all(self._meet(chosen[name], demands[name]) for name in chosen if name in demands):
            return False
        ahead = min((name for name in demands if name not in chosen), default=None)
        return ahead is None or any(
            self._search({**chosen, ahead: candidate}) for candidate in self._candidates(ahead)
        )

    def meets_all(self, chosen: Mapping[NormalizedName, Candidate]) -> bool:
        demands = self.demands(chosen)
        return all(
            name in chosen and _meets(chosen[name], demand, self.target)
            for name, on in demands.items()
            for demand in (*on, *_constraints(self.declared, self.target.runtime, name))
        )

    def demands(
        self, chosen: Mapping[NormalizedName, Candidate | None]
    ) -> dict[NormalizedName, set[Demand]]:
        """Return the demands in force, on everything that the lines reach through choices."""
        runtime = self.target.runtime
        found: dict[NormalizedName, set[Demand]] = {}
        ahead = [
            Demand(requirement=line.requirement, asker=line)
            for line in self.declared
            if not line.constraint and _holds(line.requirement.marker, runtime)
        ]
        while ahead:
            demand = ahead.pop()
            if demand in found.setdefault(demand.name, set()):
                continue
            found[demand.name].add(demand)
            asker = chosen.get(demand.name)
            if asker is not None and not isinstance(asker, Unchecked):
                ahead += self._asked(asker, {"", *demand.requirement.extras})
        return found

    def _asked(
        self, asker: BuiltIn | Vendored | Release, extras: Iterable[str]
    ) -> Iterator[Demand]:
        metadata = (
            self.target.index.metadata(asker) if isinstance(asker, Release) else asker.metadata
        )
        assert isinstance(metadata, Metadata)
        for requirement in metadata.requires:
            if any(_holds(requirement.marker, self.target.runtime, extra) for extra in extras):
                yield Demand(requirement=requirement, asker=asker)

    def _meet(self, candidate: Candidate | None, demands: Iterable[Demand]) -> bool:
        name = next(iter(demands)).name
        every = [*demands, *_constraints(self.declared, self.target.runtime, name)]
        if candidate is not None:
            return all(_meets(candidate, demand, self.target) for demand in every)
        return bool(
            frozenset(GRID).intersection(
                *(_on_grid(str(demand.requirement.specifier)) for demand in every)
            )
        )

    def _candidates(self, name: NormalizedName) -> Iterator[Candidate | None]:
        if name in self.target.vendored:
            yield self.target.vendored[name]
        if name in self.target.built_ins and self.target.preference is not Preference.IGNORE:
            yield self.target.built_ins[name]
            if self.target.preference is Preference.REQUIRE:
                return
        page = self.target.index.page(name)
        if isinstance(page, Unasked):
            yield None
            return
        for row in page.rows:
            (file,) = self.target.index.files(name, row.version)
            yield Release(name=name, version=Version(row.version), file=file)
