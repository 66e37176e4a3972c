"""Resolution by example: what requirements mean, and which candidate they get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.metadata import parse_metadata
from audit.model import Declared, Location, Metadata, Vendored
from audit.pins import BuiltIn, Conflicted, Release, Resolution, Resolved, Unchecked
from audit.resolve import Target, resolve
from audit.resolve.engine import GaveUp
from audit.resolve.target import Preference, by_name

Platforms: TypeAlias = Callable[..., Target]
Lines: TypeAlias = Callable[..., tuple[Declared, ...]]

PREFER, REQUIRE, IGNORE = Preference.PREFER, Preference.REQUIRE, Preference.IGNORE


def pinned(resolution: Resolution) -> dict[str, str]:
    """Return the pins in words: `built-in 1.0`, `vendored 1.0`, `1.0` from the index, `?`."""
    assert not isinstance(resolution, Conflicted), clashing(resolution)
    assert isinstance(resolution, Resolved)
    found: dict[str, str] = {}
    for pin in resolution.pins:
        match pin.candidate:
            case BuiltIn(version=version):
                found[pin.candidate.name] = f"built-in {version}"
            case Vendored(version=version):
                found[pin.candidate.name] = f"vendored {version}"
            case Release(version=version):
                found[pin.candidate.name] = str(version)
            case Unchecked():
                found[pin.candidate.name] = "?"
    return found


def clashing(resolution: Resolution) -> dict[str, set[str]]:
    """Return the clashes: on which name, and the requirements that leave nothing."""
    assert isinstance(resolution, Conflicted), resolution
    return {
        clash.name: {str(demand.requirement) for demand in clash.demands}
        for clash in resolution.clashes
    }


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("", "built-in 18"),
        ("==18.0", "built-in 18"),
        ("==18.*", "built-in 18"),
        ("~=18.0", "built-in 18"),
        (">=18,<19", "built-in 18"),
        ("===18", "built-in 18"),
        ("===18.0", "?"),  # strings, not versions
        ("!=18", "?"),
        (">18", "?"),
        (">=18.0.1", "?"),
        ("==18.0+local", "?"),
        ("==18.post1", "?"),
    ],
)
def test_a_built_in_is_taken_where_pep_440_admits_it(
    specifier: str, expected: str, platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins={"pip 18": ()})
    assert pinned(resolve(target, lines(f"pip{specifier}"))) == {"pip": expected}


@pytest.mark.parametrize(
    ("version", "specifier", "admitted"),
    [
        ("1.0.post1", "==1.0", False),
        ("1.0.post1", "==1.0.*", True),
        ("1.0.post1", ">1.0", False),
        ("1.0.post1", ">=1.0", True),
        ("1.0.post1", "<=1.0", False),
        ("1.0.post2", ">1.0.post1", True),
        ("3.2.3-2", "==3.2.3.post2", True),
        ("2.0rc1", ">=1.0", True),  # it is there, so nothing is asked for by taking it
        ("2.0rc1", "<2.0", False),
        ("2.0rc1", ">=2.0", False),
        ("2.0.dev3", ">=2.0.dev1", True),
        ("2.0.dev3", "==2.0.*", True),
        ("1.0+ubuntu1", "==1.0", True),
        ("1.0+ubuntu1", "==1.0+ubuntu1", True),
        ("1.0+ubuntu1", "==1.0+ubuntu2", False),
        ("1.0+ubuntu1", "===1.0", False),
        ("1!1.0", ">=2", True),
        ("1!1.0", "==1.0", False),
    ],
)
def test_post_dev_pre_and_local_versions_count_as_pep_440_says(
    version: str, specifier: str, *, admitted: bool, platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins={f"lib {version}": ()})
    got = pinned(resolve(target, lines(f"lib{specifier}")))["lib"]
    assert got.startswith("built-in") == admitted


STOCK = {"1.0": (), "1.1": (), "1.2rc1": (), "2.0rc1": (), "2.0rc2": ()}


@pytest.mark.parametrize(
    ("stock", "asked", "expected"),
    [
        (STOCK, ["foo"], "1.1"),
        (STOCK, ["foo", "foo>=2rc1"], "2.0rc2"),
        (STOCK, ["foo>=2rc1", "foo"], "2.0rc2"),
        (STOCK, ["foo>=1.1"], "1.1"),
        (STOCK, ["foo==2.0rc1"], "2.0rc1"),
        (STOCK, ["foo>1.1,<1.2.1"], "1.2rc1"),  # nothing else matches
        ({"1a1": (), "1b2": ()}, ["foo"], "1b2"),  # only pre-releases exist
        ({"1.dev1": (), "1.post1": ()}, ["foo"], "1.post1"),
        ({"1.0": (), "1.0.post1": (), "1.0+x": ()}, ["foo==1.0"], "1.0+x"),
    ],
)
def test_final_releases_come_before_pre_releases(
    stock: dict[str, Any], asked: list[str], expected: str, platform: Platforms, lines: Lines
) -> None:
    assert pinned(resolve(platform(index={"foo": stock}), lines(*asked))) == {"foo": expected}


@pytest.mark.parametrize("spelling", ["Zope.Interface", "zope-interface", "ZOPE__interface"])
def test_names_are_compared_normalised(spelling: str, platform: Platforms, lines: Lines) -> None:
    target = platform(built_ins={"zope.interface 4": (), "x 1": (f"{spelling}>=4",)})
    expected = {"x": "built-in 1", "zope-interface": "built-in 4"}
    assert pinned(resolve(target, lines("x"))) == expected
    assert pinned(resolve(target, lines("x", f"{spelling}==4"))) == expected


EXTRAS = {
    "pkg 1": (
        'a; extra == "a"',
        'b>=2; extra == "B_b"',
        'pkg[a, b.b]; extra == "all"',
        'c; extra == "a" and python_version < "3"',
        'd; extra != "a"',
    ),
    "a 1": (),
    "b 2": (),
}


@pytest.mark.parametrize(
    ("asked", "python", "expected", "extras"),
    [
        ("pkg", "3.6", {"pkg", "d"}, ()),
        ("pkg[a]", "3.6", {"pkg", "a", "d"}, ("a",)),
        ("pkg[a]", "2.7", {"pkg", "a", "c", "d"}, ("a",)),
        ("pkg[b-B]", "3.6", {"pkg", "b", "d"}, ("b-b",)),
        ("pkg[all]", "3.6", {"pkg", "a", "b", "d"}, ("a", "all", "b-b")),
        ("pkg[unknown]", "3.6", {"pkg", "d"}, ("unknown",)),
    ],
)
def test_an_extra_adds_its_requirements(  # noqa: PLR0913, PLR0917  # a row of the table
    asked: str,
    python: str,
    expected: set[str],
    extras: tuple[str, ...],
    platform: Platforms,
    lines: Lines,
) -> None:
    answer = resolve(platform(python, built_ins=EXTRAS), lines(asked))
    assert pinned(answer).keys() == expected
    assert isinstance(answer, Resolved)
    assert [pin.extras for pin in answer.pins if pin.candidate.name == "pkg"] == [extras]


def test_an_extra_whose_requirement_cannot_be_met_gives_up_the_built_in(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins={"pkg 1": ('b>=2; extra == "x"',), "b 1": ()})
    assert pinned(resolve(target, lines("pkg[x]", "b<2"))) == {"b": "built-in 1", "pkg": "?"}
    assert pinned(resolve(target, lines("pkg", "b<2"))) == {
        "b": "built-in 1",
        "pkg": "built-in 1",
    }


@pytest.mark.parametrize(
    ("marker", "python", "holds"),
    [
        ('sys_platform == "linux"', "2.7", False),
        ('sys_platform == "linux2"', "2.7", True),
        ('sys_platform == "linux"', "3.6", True),
        ('sys.platform == "linux"', "3.6", True),
        ('python_version < "3"', "2.7", True),
        ('python_version < "3.10"', "3.9", True),
        ('python_version in "2.6 2.7"', "2.7", True),
        ('python_full_version < "3.6.2"', "3.6", True),
        ('python_full_version >= "3.6.2"', "3.6", False),
        ('implementation_name == "cpython"', "3.6", True),
        ('implementation_name == "cpython"', "2.7", False),
        ('platform_python_implementation == "CPython"', "2.7", True),
        ('platform_machine == "x86_64" and os_name == "posix"', "3.10", True),
        ('platform_system == "Windows"', "3.10", False),
        ('extra == "x"', "3.6", False),
        ('os_name ~= "1"', "3.6", True),  # undefined: shown rather than dropped
        ('"a" in extras', "3.6", True),  # a variable of lock files
        ('"a" in dependency_groups', "3.6", True),
    ],
)
def test_markers_are_the_runtimes(
    marker: str, python: str, *, holds: bool, platform: Platforms, lines: Lines
) -> None:
    target = platform(python, built_ins={"root 1": (f"foo; {marker}",)})
    assert ("foo" in pinned(resolve(target, lines(f"foo; {marker}")))) == holds
    assert ("foo" in pinned(resolve(target, lines("root")))) == holds


@pytest.mark.parametrize(
    ("line", "preference", "expected"),
    [
        ("foo==1 --hash=sha256:00", PREFER, "?"),
        ("foo==1 --hash=sha256:00", REQUIRE, "built-in 1"),
        ("foo @ https://example.org/foo-1.zip", PREFER, "?"),
        ("foo==1", PREFER, "built-in 1"),
        ("foo==1", IGNORE, "?"),
    ],
)
def test_a_built_in_has_no_file_and_no_url(
    line: str, preference: Preference, expected: str, platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins={"foo 1": ()}, preference=preference)
    assert pinned(resolve(target, lines(line))) == {"foo": expected}


def test_a_copy_in_the_tree_may_be_what_a_url_serves(platform: Platforms, lines: Lines) -> None:
    target = platform(built_ins={"foo 1": ()}, vendored={"foo 2": ()})
    declared = lines("foo @ https://example.org/foo-2.zip --hash=sha256:00")
    assert pinned(resolve(target, declared)) == {"foo": "vendored 2"}


def test_a_url_is_not_refuted_by_what_the_index_lists(platform: Platforms, lines: Lines) -> None:
    target = platform(index={"foo": {"1": ()}})
    assert pinned(resolve(target, lines("foo @ https://example.org/foo-2.zip"))) == {"foo": "?"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["foo", "-c foo<2"], {"foo": "built-in 1"}),
        (["foo", "-c foo>=2"], {"foo": "?"}),
        (["foo", "-c foo>=2", "-c foo<3"], {"foo": "?"}),
        (["-c foo==1", "-c bar"], {}),
        (["top", "-c foo<2"], {"foo": "built-in 1", "top": "built-in 1"}),
        (["top", "-c foo>=2"], {"foo": "?", "top": "built-in 1"}),
        (["foo", '-c foo>=2; python_version < "3"'], {"foo": "built-in 1"}),
        (["foo", "-c foo==1 --hash=sha256:00"], {"foo": "?"}),
    ],
)
def test_a_constraint_limits_and_installs_nothing(
    asked: list[str], expected: dict[str, str], platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins={"foo 1": (), "top 1": ("foo",)})
    assert pinned(resolve(target, lines(*asked))) == expected


@pytest.mark.parametrize(
    ("asked", "preference", "expected"),
    [
        (["foo"], PREFER, {"foo": "built-in 1"}),
        (["foo"], REQUIRE, {"foo": "built-in 1"}),
        (["foo"], IGNORE, {"foo": "2"}),
        (["foo>=2"], PREFER, {"foo": "2"}),
        (["new"], REQUIRE, {"new": "1", "foo": "built-in 1"}),  # new 2 needs foo>=2
        (["new"], PREFER, {"new": "2", "foo": "2"}),  # a direct requirement is never lowered
        (["new==1"], PREFER, {"new": "1", "foo": "built-in 1"}),
        (["absent"], REQUIRE, {"absent": "?"}),
    ],
)
def test_built_ins_are_preferred_required_or_ignored(
    asked: list[str],
    preference: Preference,
    expected: dict[str, str],
    platform: Platforms,
    lines: Lines,
) -> None:
    target = platform(
        built_ins={"foo 1": ()},
        index={"foo": {"2": (), "1": ()}, "new": {"2": ("foo>=2",), "1": ("foo",)}},
        preference=preference,
    )
    assert pinned(resolve(target, lines(*asked))) == expected


def test_requiring_built_ins_makes_a_conflict_of_what_they_do_not_meet(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(built_ins={"foo 1": ()}, preference=REQUIRE)
    assert clashing(resolve(target, lines("foo>=2"))) == {"foo": {"foo>=2"}}


def test_a_pin_by_prefix_does_not_lower_another_requirement_for_a_built_in(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(
        built_ins={"base 1.0": ()}, index={"other": {"2": ("base>=1.5",), "1": ("base",)}}
    )
    answer = resolve(target, lines("base==1.*", "other"))
    assert pinned(answer) == {"base": "?", "other": "2"}


@pytest.mark.parametrize("asked", [["markdown", "board"], ["markdown>0.1", "board"]])
def test_an_unlisted_version_stands_for_any_and_binds_nobody(
    asked: list[str], platform: Platforms, lines: Lines
) -> None:
    target = platform(
        built_ins={"board 1": ("markdown>=2.6.8",)},
        index={"other": {"2": ("markdown>=2.9",), "1": ()}},
    )
    answer = resolve(target, lines(*asked, "other"))
    assert pinned(answer) == {"board": "built-in 1", "markdown": "?", "other": "2"}
    assert isinstance(answer, Resolved)
    for pin in answer.pins:
        for demand in pin.demands:
            assert demand.requirement.specifier.contains(pin.candidate.version)


def test_what_was_not_asked_for_carries_the_reason(platform: Platforms, lines: Lines) -> None:
    answer = resolve(platform(), lines("foo>=2"))
    assert isinstance(answer, Resolved)
    (pin,) = answer.pins
    assert isinstance(pin.candidate, Unchecked)
    assert pin.candidate.reason == "no index was asked"


@pytest.mark.parametrize(
    ("python", "asked", "expected"),
    [
        ("3.6", "foo", "vendored 2"),  # first on the path
        ("3.6", "foo>=2", "vendored 2"),
        ("3.6", "foo<2", "built-in 1"),
        ("3.6", "foo>2", "?"),
        ("3.6", "foo==2 --hash=sha256:00", "vendored 2"),
    ],
)
def test_a_vendored_copy_is_taken_before_the_built_in(
    python: str, asked: str, expected: str, platform: Platforms, lines: Lines
) -> None:
    target = platform(python, built_ins={"foo 1": ()}, vendored={"foo 2": ()})
    assert pinned(resolve(target, lines(asked))) == {"foo": expected}


def test_of_two_copies_of_one_name_the_first_is_loaded() -> None:
    copies = [_copy("lib/a.dist-info"), _copy("a.dist-info")]
    assert by_name(copies) == {"foo": copies[0]}


def _copy(place: str) -> Vendored:
    return Vendored(
        name=canonicalize_name("foo"), version=Version("1"), metadata=Metadata(), at=Location(place)
    )


def test_requirements_that_are_no_pep_508_are_read_leniently_and_resolved(
    platform: Platforms, lines: Lines
) -> None:
    read = parse_metadata(["grpcio (>=1.0<2)", "pytz (>dev)"])
    serving = BuiltIn(name=canonicalize_name("serving"), version=Version("1"), metadata=read)
    base = platform(built_ins={"grpcio 1.13": (), "pytz 2018.5": ()})
    target = Target(
        runtime=base.runtime,
        built_ins={**base.built_ins, serving.name: serving},
        vendored={},
        index=base.index,
    )
    assert pinned(resolve(target, lines("serving"))) == {
        "grpcio": "built-in 1.13",
        "pytz": "built-in 2018.5",
        "serving": "built-in 1",
    }
    # Read as `>=1.0`, the second bound lost, 2.1 would be no reason to leave the built-in.
    assert pinned(resolve(target, lines("serving", "grpcio>=2.1")))["serving"] == "?"


def test_a_built_in_of_unknown_requirements_is_taken(platform: Platforms, lines: Lines) -> None:
    base = platform()
    ghost = BuiltIn(name=canonicalize_name("ghost"), version=Version("1"), metadata=None)
    target = Target(
        runtime=base.runtime, built_ins={ghost.name: ghost}, vendored={}, index=base.index
    )
    assert pinned(resolve(target, lines("ghost"))) == {"ghost": "built-in 1"}


@pytest.mark.parametrize(
    ("built_ins", "asked", "expected"),
    [
        ({"a 1": ("b",), "b 1": ("a",)}, ["a"], {"a", "b"}),
        ({"a 1": ("b>=1",), "b 1": ("c",), "c 1": ("a[x]", "b")}, ["c"], {"a", "b", "c"}),
        ({"a 1": ("a",)}, ["a"], {"a"}),
        ({"a 1": ('b; extra == "x"', 'a[x]; extra == "x"')}, ["a[x]"], {"a", "b"}),
    ],
)
def test_cycles_end(
    built_ins: dict[str, Any],
    asked: list[str],
    expected: set[str],
    platform: Platforms,
    lines: Lines,
) -> None:
    assert pinned(resolve(platform(built_ins=built_ins), lines(*asked))).keys() == expected


def test_a_candidate_that_requires_another_version_of_itself_is_passed_over(
    platform: Platforms, lines: Lines
) -> None:
    assert pinned(resolve(platform(built_ins={"a 1": ("a>=2",)}), lines("a"))) == {"a": "?"}


def test_three_hundred_lines_are_resolved(platform: Platforms, lines: Lines) -> None:
    built_ins = {f"lib{n} 1": (f"lib{n + 1}>=1",) for n in range(0, 300, 2)}
    declared = lines(*(f"lib{n}>=0.{n}" for n in range(300)))
    got = pinned(resolve(platform(built_ins=built_ins), declared))
    assert list(got.values()).count("built-in 1") == 150
    assert list(got.values()).count("?") == 150


def test_three_hundred_lines_on_one_name_are_resolved(platform: Platforms, lines: Lines) -> None:
    declared = lines("foo==2", "foo[x]", *(f"foo!=3.{n}" for n in range(300)))
    assert pinned(resolve(platform(), declared)) == {"foo": "?"}


def test_a_search_that_is_given_up_proves_nothing(platform: Platforms, lines: Lines) -> None:
    answer = resolve(platform(), lines("foo"), engine=lambda *_: GaveUp(7))
    assert str(answer) == "Undecided(reason='gave up after 7 rounds of search')"


def test_nothing_asked_for_is_resolved(platform: Platforms) -> None:
    assert resolve(platform(), ()) == Resolved(pins=())
