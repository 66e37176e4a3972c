"""Laws of remedies: what is told to be written ends the clash, and nothing that would is missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from audit.model import Declared
from audit.pins import Clash, Conflicted, Fix, Resolved
from audit.resolve import Target, resolve
from audit.resolve.remedies import widened
from audit.resolve.target import Preference

Platforms: TypeAlias = Callable[..., Target]
Lines: TypeAlias = Callable[..., tuple[Declared, ...]]

VERSIONS = ("1", "1.5", "2", "3", "2rc1", "1.post1", "2.1.dev1")
SPECIFIERS = (
    *("==1", "==2", "==1.*", "===1", "!=1", "!=2", "~=1.0", "~=1.5.0"),
    *("<1", "<2", "<=1", ">1", ">2", ">=1.5,<3", ">=2", ">=2rc1", ">=3", ">2,<1", "==1.5,!=2"),
)

PINS = ("==", "===")

names = st.sampled_from("abcd")
specifiers = st.sampled_from((*SPECIFIERS, *("",) * 4))
wanted = st.tuples(names, st.sampled_from(("", "", "[x]")), specifiers).map("".join)
needs = st.lists(wanted, max_size=3)
stock = st.dictionaries(st.sampled_from(VERSIONS), needs, max_size=4)


@st.composite
def platforms(draw: st.DrawFn) -> Mapping[str, Any]:
    there = draw(st.dictionaries(names, st.tuples(st.sampled_from(VERSIONS), needs), max_size=2))
    return {
        "built_ins": {f"{name} {version}": needs for name, (version, needs) in there.items()},
        "index": draw(st.dictionaries(names, stock, min_size=2)),
        "preference": draw(st.sampled_from((Preference.PREFER, *Preference))),
    }


hashed = st.sampled_from((*("",) * 7, " --hash=sha256:00"))
lines_of_a_project = st.builds(
    lambda *parts: [text for part in parts for text in part],
    st.lists(st.tuples(wanted, hashed).map("".join), min_size=1, max_size=4),
    st.lists(st.tuples(st.just("-c "), names, specifiers).map("".join), max_size=1),
)


def only_clash(target: Target, declared: tuple[Declared, ...]) -> Clash | None:
    answer = resolve(target, declared)
    if isinstance(answer, Conflicted) and len(answer.clashes) == 1:
        return answer.clashes[0]
    return None


def mended(declared: tuple[Declared, ...], fix: Fix) -> tuple[Declared, ...]:
    return tuple(
        _rewritten(line, fix.specifier, drops_file=fix.drops_file) if line == fix.line else line
        for line in declared
    )


def _rewritten(line: Declared, specifier: str, *, drops_file: bool) -> Declared:
    requirement = type(line.requirement)(str(line.requirement))
    requirement.specifier = SpecifierSet(specifier)
    hashes = () if drops_file else line.hashes
    return line._replace(requirement=requirement, hashes=hashes)


@settings(deadline=None)
@given(fields=platforms(), asked=lines_of_a_project)
def test_a_fix_ends_its_clash(
    fields: Mapping[str, Any], asked: list[str], platform: Platforms, lines: Lines
) -> None:
    target, declared = platform(**fields), lines(*asked)
    clash = only_clash(target, declared)
    event("no single clash" if clash is None else f"{len(clash.fixes)} fixes")
    for fix in clash.fixes if clash else ():
        assert isinstance(resolve(target, mended(declared, fix)), Resolved)


@settings(deadline=None)
@given(fields=platforms(), asked=lines_of_a_project)
def test_a_line_whose_versions_are_all_that_is_wrong_has_a_fix(
    fields: Mapping[str, Any], asked: list[str], platform: Platforms, lines: Lines
) -> None:
    target, declared = platform(**fields), lines(*asked)
    clash = only_clash(target, declared)
    if clash is None:
        return
    fixed = {fix.line for fix in clash.fixes}
    for line in [r.asker for r in clash.roots if isinstance(r.asker, Declared)][:4]:
        free = tuple(
            _rewritten(line, "", drops_file=True) if each == line else each for each in declared
        )
        if line not in fixed and (line.hashes or line.requirement.specifier):
            assert isinstance(resolve(target, free), Conflicted)


def fixes(target: Target, declared: tuple[Declared, ...]) -> list[tuple[str, str]]:
    clash = only_clash(target, declared)
    assert clash
    return [(str(fix.line.at), fix.specifier) for fix in clash.fixes]


def test_what_a_line_would_get_suits_the_rest_of_the_project(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(index={"a": {"1": (), "2": (), "3": ()}, "x": {"1": ("a<3",)}})
    assert fixes(target, lines("a==9", "x")) == [("requirements.txt:1", "==2")]


def test_a_release_is_told_before_what_nobody_has_looked_up(
    platform: Platforms, lines: Lines
) -> None:
    target = platform(index={"a": {"1": ("b<1",), "2": ("b>=2",)}})
    assert fixes(target, lines("a==1", "b>=2")) == [
        ("requirements.txt:1", "==2"),
        ("requirements.txt:2", "<1"),
    ]


def test_nobody_tries_more_than_four_lines(platform: Platforms, lines: Lines) -> None:
    target = platform(index={"a": {"1": (), "2": ()}})
    declared = lines("a>=2", *(f"a<2,!=0.{n}" for n in range(9)))
    assert len(fixes(target, declared)) <= 4


@given(text=st.sampled_from(SPECIFIERS), version=st.sampled_from(VERSIONS).map(Version))
def test_a_widened_specifier_admits_the_version_and_what_it_did_before(
    text: str, version: Version
) -> None:
    before, after = SpecifierSet(text), SpecifierSet(widened(SpecifierSet(text), version))
    assert after.contains(version, prereleases=True)
    if not any(part.operator in PINS and not part.version.endswith(".*") for part in before):
        admitted = [v for v in map(Version, VERSIONS) if before.contains(v, prereleases=True)]
        assert all(after.contains(each, prereleases=True) for each in admitted)


@pytest.mark.parametrize(
    ("specifiers", "version", "expected"),
    [
        ("", "1.2", "==1.2"),
        (">=2", "1.2", ">=1.2"),
        (">2,<4", "1.2", ">=1.2,<4"),
        ("<2,!=1.5", "3", "!=1.5,<=3"),
        ("!=1.2", "1.2", ""),
        ("==2", "1.2", "==1.2"),
        ("===2", "1.2+cpu", "==1.2+cpu"),
        (">=2", "1.2+cpu", ">=1.2"),
        ("~=2.4", "1.2", ">=1.2,<3"),
        ("~=2.4.1", "3.1", ">=2.4.1,<=3.1"),
        ("==1.2.*", "1.4", ">=1.2,<=1.4"),
        ("~=1!2.4", "1!1.2", ">=1!1.2,<1!3"),
    ],
)
def test_the_nearest_specifier_keeps_the_manner_of_the_line(
    specifiers: str, version: str, expected: str
) -> None:
    assert widened(SpecifierSet(specifiers), Version(version)) == expected
