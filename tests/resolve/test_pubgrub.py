"""How the engine searches: that it ends, and how much it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from audit.pins import Demand
from audit.resolve import Target
from audit.resolve.engine import Refuted, Solved
from audit.resolve.pubgrub import solve
from audit.resolve.universe import Universe

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from audit.model import Declared
    from audit.resolve.versions import Choice, VersionSet

Platforms: TypeAlias = Callable[..., Target]
Lines: TypeAlias = "Callable[..., tuple[Declared, ...]]"


class Counting(Universe):
    """A universe that knows how often it was asked to choose."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self.asked = 0

    def choose(self, name: NormalizedName, among: VersionSet) -> Choice | None:
        self.asked += 1
        return super().choose(name, among)


def _search(target: Target, declared: tuple[Declared, ...]) -> tuple[Solved | Refuted, int]:
    universe = Counting(target)
    demands = (Demand(requirement=line.requirement, asker=line) for line in declared)
    roots = [edge for demand in demands for edge in universe.edges_of(demand)]
    outcome = solve(universe, roots, {}, 1_000)
    assert isinstance(outcome, Solved | Refuted)
    return outcome, universe.asked


def test_unlisted_versions_are_refuted_all_at_once(platform: Platforms, lines: Lines) -> None:
    target = platform(built_ins={"foo 1": ('bar>=2; extra == "x"',)})
    declared = lines("foo[x]", "bar<2", *(f"foo!=3.{n}" for n in range(30)))
    _, asked = _search(target, declared)
    assert asked < 20


def test_a_refutation_names_no_more_than_it_uses(platform: Platforms, lines: Lines) -> None:
    declared = lines("bar", "foo>=2", "baz!=1", "foo<1", *(f"other{n}" for n in range(30)))
    outcome, _ = _search(platform(built_ins={"bar 1": ("baz",)}), declared)
    assert isinstance(outcome, Refuted)
    assert {demand.asker for demand in outcome.demands} == {declared[1], declared[3]}


def test_what_the_lines_agree_on_takes_one_question_each(platform: Platforms, lines: Lines) -> None:
    target = platform(built_ins={f"lib{n} 1": (f"lib{n + 1}",) for n in range(50)})
    outcome, asked = _search(target, lines("lib0"))
    assert isinstance(outcome, Solved)
    assert len(outcome.choices) == asked == 51


def test_an_extra_is_not_tried_at_versions_that_its_distribution_cannot_have(
    platform: Platforms, lines: Lines
) -> None:
    releases = {f"{n}": ('dep<5; extra == "x"',) for n in range(1, 40)}
    deps = {"4": (), "9": ()}
    target = platform(index={"lib": releases, "dep": deps, "app": {"1": ("lib>=38", "lib[x]")}})
    outcome, asked = _search(target, lines("app", "dep"))
    assert isinstance(outcome, Solved)
    assert asked < 30


def test_releases_in_lock_step_are_refused_many_at_a_time(
    platform: Platforms, lines: Lines
) -> None:
    numbers = range(1, 200)
    target = platform(
        index={
            "app": {f"{n}": (f"lib=={n}",) for n in numbers},
            "lib": {f"{n}": ("dep<5",) for n in numbers},
            "dep": {"9": ()},
        }
    )
    outcome, asked = _search(target, lines("app", "dep"))
    assert isinstance(outcome, Refuted)
    assert asked < 100
