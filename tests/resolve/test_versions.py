"""The algebra of version sets, and the witness of what nobody has listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from audit.resolve.versions import UNLISTED, VersionSet, admitted_range, witness

if TYPE_CHECKING:
    from packaging.ranges import VersionRange

releases = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(
    lambda parts: ".".join(map(str, parts))
)
epochs = st.sampled_from(("", "", "", "1!"))
suffixes = st.sampled_from(
    (
        *("", "", "", "a0", "a1", "b2", "rc1", ".post0", ".post1", ".dev0", ".dev2"),
        *("rc1.post1", "a1.dev1", ".post1.dev0", "rc1.post0.dev3"),
    )
)
spellings = st.tuples(epochs, releases, suffixes).map("".join)
locals_ = st.tuples(epochs, releases, suffixes, st.sampled_from(("+l", "+1.b"))).map("".join)
versions = (spellings | locals_).map(Version)


def _with(operators: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(operators.split()), texts).map("".join)


single = st.one_of(
    _with("== != < <= > >= ===", spellings),
    _with("== != ===", locals_),
    _with("== !=", st.tuples(epochs, releases, st.just(".*")).map("".join)),
    _with("~=", st.tuples(epochs, releases, st.just(".1"), suffixes).map("".join)),
)
specifiers = st.lists(single, max_size=3).map(",".join)
sets = st.recursive(
    st.builds(VersionSet, st.integers(0, 15), specifiers.map(admitted_range)),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=4,
)
choices = st.integers(0, 5) | versions


@given(sets, sets, choices)
def test_operations_on_sets_are_operations_on_their_members(
    one: VersionSet, two: VersionSet, choice: int | Version
) -> None:
    here, there = choice in one, choice in two
    assert (choice in one & two) == (here and there)
    assert (choice in one | two) == (here or there)
    assert (choice in one - two) == (here and not there)
    assert (choice in ~one) == (not here)


@given(sets, sets)
def test_the_laws_of_the_algebra_hold_exactly(one: VersionSet, two: VersionSet) -> None:
    assert ~~one == one
    assert ~(one & two) == ~one | ~two
    assert ~(one | two) == ~one & ~two
    assert one - two == one & ~two
    assert one & VersionSet.full() == one
    assert one | VersionSet.empty() == one
    assert (one & ~one).is_empty
    assert one | ~one == VersionSet.full()
    assert one.is_subset((one - two) | two)  # what the engine's proofs rest on


@given(sets, sets)
def test_relations_agree_with_the_operations(one: VersionSet, two: VersionSet) -> None:
    relation = one.relation(two)
    assert relation.is_subset == one.is_subset(two) == (one - two).is_empty
    assert relation.is_disjoint == one.is_disjoint(two) == (one & two).is_empty
    assert one.is_superset(two) == two.is_subset(one)
    assert (relation.is_subset and relation.is_disjoint) == one.is_empty


@given(choices, choices)
def test_a_singleton_has_one_member(choice: int | Version, other: int | Version) -> None:
    only = VersionSet.singleton(choice)
    assert choice in only
    alike = type(choice) is type(other) and choice == other
    assert (other in only) == alike


def test_listed_and_unlisted_versions_do_not_meet() -> None:
    assert UNLISTED.is_disjoint(VersionSet.singleton(3))
    assert VersionSet.singleton(Version("1")).is_subset(UNLISTED)
    assert VersionSet(-1) == ~UNLISTED


@given(specifiers, versions)
def test_a_range_admits_what_packaging_admits(specifier: str, version: Version) -> None:
    parts = specifier.replace("===", "==")
    admitted = SpecifierSet(parts).contains(version, prereleases=True)
    assert (version in admitted_range(specifier)) == admitted


@pytest.mark.parametrize(
    ("specifier", "inside", "outside"),
    [
        ("===1.0", ["1.0", "1"], ["1.1", "1.0.post1"]),
        ("===1.0,>=1", ["1.0"], ["2"]),
        ("===1.0,>1", [], ["1.0", "2"]),
        ("===wat", [], ["1.0"]),
        ("===1.*", [], ["1.0", "1.1"]),
        ("", ["0.dev0", "1!0", "1+l"], []),
    ],
)
def test_arbitrary_equality_means_the_one_version_that_it_spells(
    specifier: str, inside: list[str], outside: list[str]
) -> None:
    admitted = admitted_range(specifier)
    assert all(version in admitted for version in inside)
    assert not any(version in admitted for version in outside)


@st.composite
def _made(draw: st.DrawFn) -> tuple[VersionRange, list[str]]:
    """Draw a range with the specifiers that it was made from."""
    used = draw(st.lists(specifiers, min_size=1, max_size=5))
    made = admitted_range(used[0])
    for specifier in used[1:]:
        other = admitted_range(specifier)
        other = ~other if draw(st.booleans()) else other
        made = made & other if draw(st.integers(0, 3)) else made | other
    return made, used


@given(_made())
def test_a_witness_is_found_wherever_there_is_one(made: tuple[VersionRange, list[str]]) -> None:
    wanted, used = made
    found = witness(wanted, used)
    assert wanted.is_empty if found is None else found in wanted


@given(_made(), versions)
def test_no_version_is_in_what_has_no_witness(
    made: tuple[VersionRange, list[str]], version: Version
) -> None:
    wanted, used = made
    if version in wanted:
        assert witness(wanted, used) is not None


@pytest.mark.parametrize(
    "specifier",
    [
        ">1,<1.0.0.0.0.1",  # above 1 and its post-releases there is no first version
        ">1.0.0.0.1,<1.0.0.1",
        ">1,<1.1.dev0",
        ">1.0a1,<1.0a2",  # 1.0a2.dev0
        ">1.dev1,<1.dev3",
        ">=1a0,<1a1,!=1a0",  # 1a0.post0.dev0
        "==1.*,<1",  # nothing: `<1` excludes the pre-releases of 1
        "==1.*,!=1.0,!=1.0.*",
        "~=1.4.5,>1.4.99",
        ">=1,<=1,!=1+l",
        ">1!1,<1!1.0.0.1",
        "<0.dev1",
    ],
)
def test_a_witness_is_found_in_the_narrowest_gaps(specifier: str) -> None:
    wanted = admitted_range(specifier)
    assert (witness(wanted, [specifier]) is None) == wanted.is_empty


@pytest.mark.parametrize("specifier", ["<0.dev0", ">1,<=1", "==1,!=1", ">1.post1,<1.post2"])
def test_a_range_without_versions_has_no_witness(specifier: str) -> None:
    assert witness(admitted_range(specifier), [specifier]) is None


def test_a_range_that_no_specifier_limits_has_a_witness() -> None:
    assert witness(admitted_range(""), []) == Version("1")
