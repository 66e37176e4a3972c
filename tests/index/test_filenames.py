"""What the names of distribution files tell."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    is_normalized_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from audit.index.listing.filenames import is_distribution, may_be_of, read_name


@pytest.mark.parametrize(
    ("file", "name", "version", "tags"),
    [
        ("numpy-1.19.5-cp36-cp36m-linux_x86_64.whl", "numpy", "1.19.5", "cp36-cp36m-linux_x86_64"),
        ("six-1.16.0-py2.py3-none-any.whl", "six", "1.16.0", "py2.py3-none-any"),
        ("Zope.Interface-5.0-1-cp27-cp27mu-any.whl", "zope-interface", "5.0", "cp27-cp27mu-any"),
        ("foo-1.0+cu_11-py3-none-any.whl", "foo", "1.0+cu.11", "py3-none-any"),
        ("foo-1.0_1-py3-none-any.whl", "foo", "1.0.post1", "py3-none-any"),
        ("a__b-1.0-py3-none-any.whl", "a-b", "1.0", "py3-none-any"),
        ("a-b-1.0.tar.gz", "a-b", "1.0", ""),
        ("zope.interface-5.0.zip", "zope-interface", "5.0", ""),
        ("backports.ssl_match-3.5.0.1.tar.gz", "backports-ssl-match", "3.5.0.1", ""),
        ("functools32-3.2.3-2.tar.gz", "functools32", "3.2.3.post2", ""),
        ("Foo_Bar-1.0RC1.tar.bz2", "foo-bar", "1.0rc1", ""),
        ("foo-1.0.tgz", "foo", "1.0", ""),
        ("foo-1.0.tar.xz", "foo", "1.0", ""),
        ("foo-2-1.0.tar.gz", "foo-2", "1.0", ""),
        ("foo-0.9999999.zip", "foo", "0.9999999", ""),
    ],
)  # fmt: skip
def test_a_name_tells_version_and_tags(file: str, name: str, version: str, tags: str) -> None:
    named = read_name(file, NormalizedName(name))
    assert named is not None
    assert (str(named.version), named.text, named.tags) == (version, version, tags)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("foo-1.0-py36+-none-any.whl", "foo"),
        ("foo-1.0-py3..py2-none-any.whl", "foo"),
        ("foo-1.0-py3-none-.whl", "foo"),
        ("foo-1.0-any.whl", "foo"),
        ("foo-py3-none-any.whl", "foo"),
        ("foo-1.0-x1-py3-none-any.whl", "foo"),
        ("foo-1.0--py3-none-any.whl", "foo"),
        ("foo-1.0-1-2-py3-none-any.whl", "foo"),
        ("bar-1.0-py3-none-any.whl", "foo"),
        ("pytz-2004d.tar.gz", "pytz"),
        ("futures-0.2.python3.tar.gz", "futures"),
        ("foo-1.0.linux-x86_64.tar.gz", "foo"),
        ("foo.zip", "foo"),
        ("a-b-1.0.zip", "a"),
        ("bar-1.0.zip", "foo"),
        ("foo-1.0-1/../../x-py3-none-any.whl", "foo"),
        ("foo-1.0-py3-none-a\x1b[2Jny.whl", "foo"),
        ("foo-1.0.egg", "foo"),
    ],
)
def test_a_name_that_tells_no_release_is_not_guessed_at(file: str, name: str) -> None:
    assert read_name(file, NormalizedName(name)) is None


def test_builds_sort_as_packaging_compares_their_tags_the_highest_first() -> None:
    builds = ["", "-1", "-1a", "-1ab", "-1b", "-2", "-10", "-10x"]
    files = [f"foo-1.0{build}-py3-none-any.whl" for build in builds]

    def ours(file: str) -> tuple[int, ...]:
        named = read_name(file, NormalizedName("foo"))
        assert named is not None
        return named.build

    expected = sorted(files, key=lambda file: parse_wheel_filename(file)[2], reverse=True)
    assert sorted(files, key=ours) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("foo-1.0.zip", True), ("foo-1.0.tar.gz", True), ("foo-1.0-py3-none-any.whl", True),
        ("foo-1.0.egg", False), ("foo-1.0.win32.exe", False), ("foo-1.0.msi", False),
        ("foo-1.0.rpm", False), ("foo-1.0.dmg", False), ("foo-1.0.tar.gz.asc", False),
        ("foo-1.0-py3-none-any.whl.metadata", False), ("", False), ("index.html", False),
    ],
)  # fmt: skip
def test_only_what_pip_looks_at_is_a_distribution(file: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_distribution(file) is expected


def test_an_unreadable_file_is_of_a_name_that_a_digit_follows() -> None:
    assert may_be_of("pytz-2004d.tar.gz", NormalizedName("pytz"))
    assert not may_be_of("a-b-1.0.zip", NormalizedName("a"))
    assert not may_be_of("foo.zip", NormalizedName("foo"))


_words = st.text("abz019._-+", min_size=1, max_size=6)
_versions = (
    st.sampled_from(["1.0", "2.0rc1", "1!3", "1.0.post2", "1.0+a.b", "0.1dev3", "x"]) | _words
)
_tags = (
    st.sampled_from(["py3", "py2.py3", "cp36", "none", "any", "linux_x86_64", "py36+", "3"])
    | _words
)


@given(name=_words, version=_versions, rest=st.lists(_tags, min_size=2, max_size=5))
def test_whatever_packaging_reads_of_a_wheel_is_read_alike(
    name: str, version: str, rest: list[str]
) -> None:
    file = f"{'-'.join([name, version, *rest])}.whl"
    try:
        distribution, parsed, _, tags = parse_wheel_filename(file)
    except InvalidWheelFilename:
        return
    named = read_name(file, distribution)
    assert named is not None
    assert named.version == parsed
    assert parse_wheel_filename(f"x-1-{named.tags}.whl")[3] == tags


@given(name=_words, version=_versions, rest=st.lists(_tags, min_size=3, max_size=4))
def test_tags_that_packaging_refuses_are_unreadable(
    name: str, version: str, rest: list[str]
) -> None:
    named = read_name(f"{'-'.join([name, version, *rest])}.whl", canonicalize_name(name))
    if named is not None:
        assert parse_wheel_filename(f"x-1-{named.tags}.whl")


@given(name=_words, version=_versions, suffix=st.sampled_from([".zip", ".tar.gz"]))
def test_whatever_packaging_reads_of_an_sdist_is_read_alike(
    name: str, version: str, suffix: str
) -> None:
    try:
        distribution, parsed = parse_sdist_filename(f"{name}-{version}{suffix}")
    except InvalidSdistFilename:
        return
    assume(is_normalized_name(distribution))
    named = read_name(f"{name}-{version}{suffix}", distribution)
    assert named is not None
    assert named.version == parsed
