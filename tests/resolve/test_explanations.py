"""Why a candidate was not taken, and what a conflict comes down to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from audit.model import Declared, Metadata, Vendored
from audit.pins import (
    BuiltIn,
    Clash,
    Conflicted,
    Demand,
    Release,
    Resolution,
    Resolved,
    Unchecked,
    Undecided,
)
from audit.resolve import Target, resolve
from audit.resolve.pubgrub import solve
from audit.resolve.target import Preference, misfit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.platform import Runtime
    from audit.resolve.engine import Limits, Outcome
    from audit.resolve.universe import Edge, Universe

Platforms: TypeAlias = Callable[..., Target]
Lines: TypeAlias = Callable[..., tuple[Declared, ...]]


def passed_over(resolution: Resolution, name: str) -> list[tuple[str, list[str]]]:
    """Return what was there for a name and not taken: `built-in 1`, and the demands against it."""
    assert isinstance(resolution, Resolved)
    (pin,) = (pin for pin in resolution.pins if pin.candidate.name == name)
    return [
        (
            _candidate(passed.candidate),
            [*map(_said, passed.because), *([passed.unfit] if passed.unfit else [])],
        )
        for passed in pin.passed_over
    ]


def _candidate(candidate: BuiltIn | Vendored) -> str:
    kind = "built-in" if isinstance(candidate, BuiltIn) else "vendored"
    return f"{kind} {candidate.version}"


def _said(demand: Demand) -> str:
    asker = demand.asker
    who = str(asker.at) if isinstance(asker, Declared) else f"{asker.name} {asker.version}"
    return f"{who}: {demand.requirement}"


def clashes(resolution: Resolution) -> list[tuple[str, list[str]]]:
    assert isinstance(resolution, Conflicted), resolution
    return [
        (clash.name, [_said(demand) for demand in clash.demands]) for clash in resolution.clashes
    ]


def the_clash(resolution: Resolution) -> Clash:
    assert isinstance(resolution, Conflicted)
    (clash,) = resolution.clashes
    return clash


MIXED = {"requests 2.21.0": ("urllib3<1.25,>=1.21.1", "idna"), "urllib3 1.24.2": (), "idna 2.8": ()}


def test_a_built_in_goes_when_its_own_requirement_is_broken(
    platform: Platforms, lines: Lines
) -> None:
    answer = resolve(platform(built_ins=MIXED), lines("requests", "urllib3>=1.26"))
    assert isinstance(answer, Resolved)
    kinds = {pin.candidate.name: type(pin.candidate) for pin in answer.pins}
    assert kinds == {"requests": Unchecked, "urllib3": Unchecked}
    assert passed_over(answer, "requests") == [
        ("built-in 2.21.0", ["requests 2.21.0: urllib3<1.25,>=1.21.1"])
    ]
    assert passed_over(answer, "urllib3") == [
        ("built-in 1.24.2", ["requirements.txt:2: urllib3>=1.26"])
    ]


@pytest.mark.parametrize(
    ("built_ins", "asked", "because"),
    [
        ({"a 1": ()}, ["a>=2"], ["requirements.txt:1: a>=2"]),
        (
            {"a 1": ()},
            ["a>=2", "a!=1", "a"],
            ["requirements.txt:1: a>=2", "requirements.txt:2: a!=1"],
        ),
        ({"a 1": ()}, ["a", "-c a>1"], ["constraints.txt:2: a>1"]),
        ({"a 1": (), "1st 1": ("a>1",)}, ["1st", "a"], ["1st 1: a>1"]),
        ({"a 1": ("b>=2",)}, ["a", "b<2"], ["a 1: b>=2"]),
        ({"a 1": ("b>=2",)}, ["a", "-c b<2"], ["a 1: b>=2"]),
        ({"a 1": ('b>=2; extra == "x"',)}, ["a[x]", "b<2"], ['a 1: b>=2; extra == "x"']),
        ({"a 1": ("a>=2", "z")}, ["a"], ["a 1: a>=2"]),
        ({"a 1": ()}, ["a==1 --hash=sha256:00"], ["requirements.txt:1: a==1"]),
        ({"a 1": ("b", "c"), "c 1": ()}, ["a", "c", "d>=2"], ["a 1: b"]),  # b needs d<2
    ],
)
def test_a_built_in_that_is_not_used_says_why(
    built_ins: Mapping[str, tuple[str, ...]],
    asked: list[str],
    because: list[str],
    platform: Platforms,
    lines: Lines,
) -> None:
    target = platform(built_ins=built_ins, index={"b": {"1": ("d<2",)}} if "d>=2" in asked else {})
    assert passed_over(resolve(target, lines(*asked)), "a") == [("built-in 1", because)]


def test_a_vendored_copy_that_is_not_used_says_why(platform: Platforms, lines: Lines) -> None:
    target = platform(built_ins={"a 2": ()}, vendored={"a 1": ()})
    assert passed_over(resolve(target, lines("a")), "a") == []
    assert passed_over(resolve(target, lines("a>1")), "a") == [
        ("vendored 1", ["requirements.txt:1: a>1"])
    ]
    assert passed_over(resolve(target, lines("a>2")), "a") == [
        ("vendored 1", ["requirements.txt:1: a>2"]),
        ("built-in 2", ["requirements.txt:1: a>2"]),
    ]


CP36 = ("cp36-cp36m-manylinux1_x86_64",)
CP37 = ("cp37-cp37m-manylinux2014_x86_64", "cp37-cp37m-manylinux_2_17_x86_64")


@pytest.mark.parametrize(
    ("tags", "requires_python", "reason"),
    [
        ((), None, None),
        (CP36, None, None),
        (("py2-none-any", "py3-none-any"), None, None),
        (CP37, None, f"it was built for {CP37[0]}, {CP37[1]}, not for cp36m"),
        (("py2-none-any",), None, "it was built for py2-none-any, not for cp36m"),
        ((), ">=3.6", None),
        ((), ">=3.6.8", "it needs Python >=3.6.8, here is 3.6.1"),
        ((), ">=2.7,!=3.6.*", "it needs Python >=2.7,!=3.6.*, here is 3.6.1"),
        ((), ">=3.6 or so", None),  # unreadable counts as none
        (CP37, ">=3.7", f"it was built for {CP37[0]}, {CP37[1]}, not for cp36m"),
    ],
)
def test_a_vendored_copy_has_to_fit_the_runtime(  # noqa: PLR0913, PLR0917  # a row of the table
    tags: tuple[str, ...],
    requires_python: str | None,
    reason: str | None,
    runtimes: Mapping[str, Runtime],
    platform: Platforms,
    lines: Lines,
) -> None:
    target = platform(built_ins={"a 1": ()}, vendored={"a 2": ()})
    (copy,) = target.vendored.values()
    copy = copy._replace(tags=tags, metadata=Metadata(requires_python=requires_python))
    assert misfit(copy, runtimes["3.6"]) == reason
    answer = resolve(replace(target, vendored={copy.name: copy}), lines("a"))
    assert isinstance(answer, Resolved)
    (pin,) = answer.pins
    assert isinstance(pin.candidate, BuiltIn if reason else Vendored)
    assert passed_over(answer, "a") == ([("vendored 2", [reason])] if reason else [])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["foo>=2", "foo<1"], ["requirements.txt:1: foo>=2", "requirements.txt:2: foo<1"]),
        (["foo==1", "foo==2"], ["requirements.txt:1: foo==1", "requirements.txt:2: foo==2"]),
        (["foo>=2,<1"], ["requirements.txt:1: foo<1,>=2"]),
        (["foo[x]>=2", "Foo<1"], ["requirements.txt:1: foo[x]>=2", "requirements.txt:2: Foo<1"]),
        (["foo>=2", "-c foo<1"], ["requirements.txt:1: foo>=2", "constraints.txt:2: foo<1"]),
        (
            ["foo", "-c foo<1", "-c foo>=2"],
            [
                "requirements.txt:1: foo",
                "constraints.txt:2: foo<1",
                "constraints.txt:3: foo>=2",
            ],
        ),
        (
            ["foo==1.0.post1", "foo==1.0"],
            ["requirements.txt:1: foo==1.0.post1", "requirements.txt:2: foo==1.0"],
        ),
    ],
)
def test_a_conflict_is_proven_without_any_index(
    asked: list[str], expected: list[str], platform: Platforms, lines: Lines
) -> None:
    assert clashes(resolve(platform(), lines(*asked))) == [("foo", expected)]


@pytest.mark.parametrize(
    "asked",
    [
        ["foo>=2", "foo<=2"],
        ["foo>1", "foo<1.0.0.1"],
        ["foo>1.dev1", "foo<1.dev3"],
        ["foo>=1a0", "foo<1a1", "foo!=1a0"],
        ["foo==1", "foo==1.0"],
        ["foo===1", "foo==1.*"],
        ['foo>=2; python_version < "3"', 'foo<1; python_version >= "3"'],
        ["-c foo>=2", "-c foo<1"],
    ],
)
def test_what_some_version_may_meet_is_no_conflict(
    asked: list[str], platform: Platforms, lines: Lines
) -> None:
    assert isinstance(resolve(platform(), lines(*asked)), Resolved)


def test_one_run_shows_every_conflict_and_resolves_the_rest(
    platform: Platforms, lines: Lines
) -> None:
    declared = lines("b>=2", "a>=2", "c", "b<1", "a<1", "d")
    answer = resolve(platform(built_ins={"c 1": ("e",), "d 1": ()}), declared)
    assert isinstance(answer, Conflicted)
    assert sorted(clashes(answer)) == [
        ("a", ["requirements.txt:2: a>=2", "requirements.txt:5: a<1"]),
        ("b", ["requirements.txt:1: b>=2", "requirements.txt:4: b<1"]),
    ]
    assert [pin.candidate.name for pin in answer.pins] == ["c", "d", "e"]


def test_lines_are_named_in_their_order(platform: Platforms, lines: Lines) -> None:
    declared = lines("foo", "foo>=2", *["bar"] * 8, "foo<1")
    assert clashes(resolve(platform(), declared)) == [
        ("foo", ["requirements.txt:2: foo>=2", "requirements.txt:11: foo<1"])
    ]


CHAIN = {"top 1": ("middle",), "middle 1": ('deep; python_version >= "3"',), "deep 1": ("foo<1",)}


def test_a_conflict_leads_back_to_the_line_that_brought_it_in(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins=CHAIN, preference=Preference.REQUIRE)
    clash = the_clash(resolve(target, lines("top", "foo>=2")))
    assert clash.name == "foo"
    assert [_said(demand) for demand in clash.demands] == [
        "requirements.txt:2: foo>=2",
        "deep 1: foo<1",
    ]
    assert {asker: [_said(d) for d in path] for asker, path in clash.paths.items()} == {
        "deep": [
            "requirements.txt:1: top",
            "top 1: middle",
            'middle 1: deep; python_version >= "3"',
        ]
    }


def test_no_constraint_brings_anything_in(platform: Platforms, lines: Lines) -> None:
    target = platform(index={"c": {"1": ("b",)}, "b": {"3": (), "2": ("a",)}, "a": {}})
    clash = the_clash(resolve(target, lines("c", "-c b==2")))
    assert clash.name == "a"
    assert {asker: [_said(d) for d in path] for asker, path in clash.paths.items()} == {
        "b": ["requirements.txt:1: c", "c 1: b"]
    }


def test_without_an_index_a_built_in_yields_to_a_release_that_may_exist(
    platform: Platforms, lines: Lines
) -> None:
    answer = resolve(platform(built_ins=CHAIN), lines("top", "foo>=2"))
    assert passed_over(answer, "deep") == [("built-in 1", ["deep 1: foo<1"])]


def test_a_conflict_is_named_by_what_leaves_nothing_not_by_what_differs(
    platform: Platforms, lines: Lines
) -> None:
    # The two releases of a ask for different b, and no one asks for both at once.
    target = platform(
        index={
            "a": {"1": ("b<1",), "2": ("b>2",)},
            "b": {"0.5": ("c<1",), "3": ("c<2",)},
        }
    )
    clash = the_clash(resolve(target, lines("a", "c>=3")))
    assert clash.name == "c"
    assert {_said(demand) for demand in clash.demands} == {
        "requirements.txt:2: c>=3",
        "b 0.5: c<1",
        "b 3: c<2",
    }


def test_the_steps_of_a_clash_lead_from_its_lines_to_it(platform: Platforms, lines: Lines) -> None:
    target = platform(
        built_ins={"r 1": ("u<2",)},
        index={
            "b": {"1": ("c==1",), "2": ("c==2",), "3": ("c==3", "d")},
            "c": {"1": ("u>=2",), "2": ("u>=2",), "3": ("u>=3",)},
            "d": {"1": ()},
            "r": {"1": ("u<2",)},
            "u": {"1": (), "2": (), "3": ()},
        },
    )
    clash = the_clash(resolve(target, lines("r==1", "b>=2", "d")))
    assert clash.name == "u"
    assert [_said(root) for root in clash.roots] == [
        "requirements.txt:1: r==1",
        "requirements.txt:2: b>=2",
    ]
    assert [
        ([_candidate_name(each) for each in step.askers], [*map(str, step.requirements)])
        for step in clash.steps
    ] == [
        (["b 2", "b 3"], ["c==2", "c==3"]),
        (["built-in r 1"], ["u<2"]),  # and not the same release of the index again
        (["c 2", "c 3"], ["u>=2", "u>=3"]),
    ]
    assert clash.stock is None


def _candidate_name(candidate: BuiltIn | Vendored | Release) -> str:
    kind = "built-in " if isinstance(candidate, BuiltIn) else ""
    return f"{kind}{candidate.name} {candidate.version}"


def test_the_steps_that_lead_to_a_clash_come_before_those_that_rule_out_ways_around_it(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(
        built_ins={"z 2": ()},
        index={
            "b": {"2": ("aa",), "1": ("z<1",)},
            "aa": {"1": ("zz>1",)},
            "z": {},
            "zz": {"1": (), "2": ()},
        },
    )
    clash = the_clash(resolve(target, lines("zz==1", "b")))
    assert [_said(root) for root in clash.roots] == [
        "requirements.txt:2: b",
        "requirements.txt:1: zz==1",
    ]
    told = [[*map(str, step.requirements)] for step in clash.steps]
    assert told == [["z<1"], ["aa"], ["zz>1"]]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["foo>=4"], (Version("3"), Version("3"))),
        (["foo>=4", "-c foo"], (Version("3"), Version("3"))),
        (["foo<2", "foo>2"], None),  # they exclude each other, whatever there is
        (["bar"], (None, None)),
    ],
)
def test_what_there_is_is_told_where_that_is_why(
    asked: list[str],
    expected: tuple[Version | None, Version | None] | None,
    platform: Platforms,
    lines: Lines,
) -> None:
    index = {"foo": {"1": (), "3": (), "4.0rc1": ()}, "bar": {}}
    clash = the_clash(resolve(platform(index=index), lines(*asked)))
    told = None if clash.stock is None else (clash.stock.newest, clash.stock.newest_fitting)
    assert told == expected


def test_a_search_that_is_given_up_says_what_stood_in_the_way(
    platform: Platforms, lines: Lines
) -> None:
    def three_rounds(
        universe: Universe, roots: Sequence[Edge], limits: Limits, _rounds: int
    ) -> Outcome:
        return solve(universe, roots, limits, 3)

    answer = resolve(platform(index=LONG), lines("b", "u<1"), engine=three_rounds)
    assert answer == Undecided(
        reason="gave up after 7 rounds of search; b stood in the way most often"
    )


LONG = {
    "b": {str(n): (f"c=={n}",) for n in range(30)},
    "c": {str(n): ("u>=1",) for n in range(30)},
    "u": {"0": (), "1": ()},
}


def test_a_line_that_a_clash_does_not_speak_of_keeps_its_pin(
    platform: Platforms, lines: Lines
) -> None:
    # That b 2 is out because of f is part of the proof; the clash is about a.
    target = platform(
        built_ins={"a 2": ()},
        index={"a": {}, "b": {"2": ("f>1",), "1": ("a<1",)}},
    )
    answer = resolve(target, lines("b", "f==1"))
    assert isinstance(answer, Conflicted)
    spoken = {_said(demand) for clash in answer.clashes for demand in clash.demands}
    pinned = {pin.candidate.name for pin in answer.pins}
    assert "requirements.txt:2: f==1" in spoken or "f" in pinned


def test_a_conflict_of_what_is_only_imported_ends(platform: Platforms) -> None:
    target = platform(built_ins={"a 1": ("b>=2",), "b 1": ()}, preference=Preference.REQUIRE)
    (a,) = (candidate for name, candidate in target.built_ins.items() if name == "a")
    imported = (Demand(requirement=Requirement("a"), asker=a),)
    assert clashes(resolve(target, (), imported=imported)) == [("b", ["a 1: b>=2"])]


def test_fifty_conflicts_are_enough(platform: Platforms, lines: Lines) -> None:
    declared = lines(*(f"lib{n}{side}" for n in range(60) for side in ("<1", ">2")))
    answer = resolve(platform(), declared)
    assert isinstance(answer, Conflicted)
    assert len(answer.clashes) == 50
    assert answer.pins == ()


def test_the_witness_of_what_is_unchecked_meets_every_demand(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins={"top 1": ("foo>=1.5", "foo[x]<3")})
    answer = resolve(target, lines("foo!=1.5", "top", "-c foo<2"))
    assert isinstance(answer, Resolved)
    for pin in answer.pins:
        for demand in pin.demands:
            specifier = demand.requirement.specifier
            assert specifier.contains(pin.candidate.version, prereleases=True)
