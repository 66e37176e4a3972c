from __future__ import annotations

import importlib.metadata
from email.parser import HeaderParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from audit.metadata import (
    classified,
    lenient_requirement,
    lenient_specifier,
    parse_metadata,
    read_headers,
    read_metadata,
    read_requires_txt,
    requires_txt_lines,
    supports,
)

METADATA = """\
Metadata-Version: 2.1
Name: thing
Version: 1.0
Home-page: UNKNOWN
License: MIT
        and more
        Requires-Dist: not-this
Requires-Python: >=2.7,
	!=3.0.*
requires-dist: six (>=1.0)
Requires-Dist: grpcio (>=1.0<2)
Requires-Dist: ???
Dynamic: Requires-Dist

Requires-Dist: nor-this
"""


def test_headers_are_read_as_they_stand() -> None:
    headers = read_headers(METADATA)
    assert (headers.name, headers.version, headers.metadata_version) == ("thing", "1.0", "2.1")
    assert headers.requires_dist == ("six (>=1.0)", "grpcio (>=1.0<2)", "???")
    assert headers.requires_python == ">=2.7,\n\t!=3.0.*"
    assert headers.dynamic == ("requires-dist",)


def test_metadata_keeps_good_lines_repairs_others_and_names_the_rest() -> None:
    metadata = read_metadata(METADATA, ("thing",))
    assert metadata.requires == (Requirement("six>=1.0"), Requirement("grpcio>=1.0,<2"))
    assert metadata.requires_python == str(SpecifierSet(">=2.7,!=3.0.*"))
    assert metadata.import_names == ("thing",)
    repaired, left_out = metadata.notes
    assert repaired == "'grpcio (>=1.0<2)' is no valid requirement; read as 'grpcio>=1.0,<2'"
    assert left_out.startswith("'???' is no valid requirement and was left out: ")


@pytest.mark.parametrize(
    "text", ["", "\n", "no header at all", "\ufeffName: a", "Name: a\rVersion: 1"]
)
def test_headers_of_odd_files_are_read_without_failing(text: str) -> None:
    assert read_headers(text).name == ("a" if "Name" in text else None)


@pytest.mark.parametrize(
    "text",
    [
        METADATA,
        METADATA.replace("\n", "\r\n"),
        "Name: a\n\nName: b\n",
        "Name: a\nnot a header\nName: b\n",
    ],
)
def test_headers_are_what_the_standard_librarys_parser_reads(text: str) -> None:
    assert_same_as_email(text)


def test_headers_of_installed_distributions_are_what_the_standard_library_reads() -> None:
    texts = [
        text
        for found in importlib.metadata.distributions()
        if (text := found.read_text("METADATA"))
    ]
    assert len(texts) > 10
    for text in texts:
        assert_same_as_email(text)


def assert_same_as_email(text: str) -> None:
    message = HeaderParser().parsestr(text)
    headers = read_headers(text)
    assert headers.name == message["Name"]
    assert headers.version == message["Version"]
    unfolded = [value.replace("\r\n", "\n") for value in message.get_all("Requires-Dist") or ()]
    assert list(headers.requires_dist) == unfolded
    said = message["Requires-Python"]
    assert headers.requires_python == (said.replace("\r\n", "\n") if said else None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("pytz (>dev)", "pytz"),
        ("pytz (>=dev)", "pytz"),
        ("pytz (>=2011k)", "pytz>=2011"),
        ("pytz>=2004d; python_version < '3'", "pytz>=2004; python_version < '3'"),
        ("grpcio (>=1.0<2)", "grpcio>=1.0,<2"),
        ("grpcio >=1.0 <2", "grpcio>=1.0,<2"),
        ("a>=1.0.*", "a>=1.0"),
        ("a<2.*", "a<2"),
        ("a~=1.0.*", "a==1.0.*"),
        ("a>=1,,<2", "a>=1,<2"),
        ("a=1", "a==1"),
        ("a[x] = 1.0.*", "a[x]==1.0.*"),
        ("a; python_version < \u20183\u2019", "a; python_version < '3'"),
        ("a >= \u201c1.0\u201d", "a>=1.0"),
        ("a>=2013b,<2014k", "a>=2013b,<2014"),
        ("a>=1; python_version < '3';", "a>=1; python_version < '3'"),
        ("pytz (>dev,)", "pytz"),
    ],
)
def test_known_faults_are_repaired_and_noted(text: str, meant: str) -> None:
    requirement, note = lenient_requirement(text)
    assert requirement == Requirement(meant)
    assert note is not None
    assert repr(text) in note
    with pytest.raises(InvalidRequirement):
        Requirement(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "(x",
        "a b c",
        "a (1.0)",
        "a~=1",
        "a ; python_version < 3",
        "a[x,]",
        "a==",
        "==1",
        "a>=latest",
    ],
)
def test_what_is_beyond_repair_is_named_and_never_guessed(text: str) -> None:
    requirement, note = lenient_requirement(text)
    assert requirement is None
    assert note is not None
    assert note.startswith(f"{text!r} is no valid requirement and was left out: ")


@pytest.mark.parametrize(
    "text",
    ["a", "a>=1,", "a (>=1,)", "a==1.0.post1", "a==0.9999999", "a==3.2.3-2", "a @ https://x/y"],
)
def test_valid_requirements_are_read_without_a_note(text: str) -> None:
    assert lenient_requirement(text) == (Requirement(text), None)


@pytest.mark.parametrize(
    ("text", "meant"),
    [(">=3.6.*", ">=3.6"), (">=2.7 !=3.0.*", ">=2.7,!=3.0.*"), ("~=3.6.*", "==3.6.*"), ("3", None)],
)
def test_requires_python_is_repaired_or_counts_as_none(text: str, meant: str | None) -> None:
    expected = None if meant is None else SpecifierSet(meant)
    found, note = lenient_specifier(text)
    assert found == expected
    metadata = parse_metadata([], text)
    assert metadata.requires_python == (None if expected is None else str(expected))
    assert metadata.notes == (f"Requires-Python: {note}",)


@given(st.one_of(st.text(), st.from_regex(r"[a-z]+ ?\(?([<>=~!]{1,3}[0-9.*a-z]+,? ?)+\)?(;.*)?")))
def test_a_line_is_read_or_named(text: str) -> None:
    requirement, note = lenient_requirement(text)
    assert requirement is not None or note is not None


def test_sections_of_requires_txt_become_markers() -> None:
    text = """\
six>=1

[:python_version < "3"]
enum34
# a comment
[socks]
PySocks>=1; os_name == 'nt'
[test:python_version < "3" or os_name == 'nt']
mock
b @ https://x/y
[empty]
"""
    assert requires_txt_lines(text) == (
        "six>=1",
        'enum34; python_version < "3"',
        "PySocks>=1; (os_name == 'nt') and (extra == \"socks\")",
        'mock; (python_version < "3" or os_name == \'nt\') and extra == "test"',
        'b @ https://x/y ; (python_version < "3" or os_name == \'nt\') and extra == "test"',
    )
    metadata = read_requires_txt(text)
    assert len(metadata.requires) == 5
    assert metadata.notes == ()
    mock = metadata.requires[3].marker
    assert mock is not None
    assert mock.evaluate({"python_version": "2.7", "os_name": "posix", "extra": "test"})
    assert not mock.evaluate({"python_version": "3.6", "os_name": "posix", "extra": "test"})
    assert not mock.evaluate({"python_version": "2.7", "os_name": "posix", "extra": ""})


def test_the_pythons_that_classifiers_name_are_kept_as_written() -> None:
    text = """\
Name: a
Classifier: Programming Language :: Python
Classifier: Programming Language :: Python :: 2
Classifier: Programming Language :: Python :: 2.7
Classifier: Programming Language :: Python :: 3 :: Only
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: Python :: Implementation :: CPython
Classifier: Topic :: Software Development
"""
    assert classified(read_headers(text).classifiers) == ("2", "2.7", "3")
    assert read_metadata(text).classified == ("2", "2.7", "3")


@pytest.mark.parametrize(
    ("text", "extras"),
    [
        ("Metadata-Version: 2.1\nProvides-Extra: A_b\nProvides-Extra: c\n", ("a-b", "c")),
        ("Metadata-Version: 2.4\nName: none\n", ()),
        ("Metadata-Version: 1.2\nProvides-Extra: c\n", None),
        ("Provides-Extra: c\n", None),
    ],
)
def test_extras_are_known_where_metadata_has_to_name_them(
    text: str, extras: tuple[str, ...] | None
) -> None:
    assert read_metadata(text).extras == extras


@pytest.mark.parametrize(
    ("named", "on_27", "on_36"),
    [
        ((), None, None),
        (("3",), False, None),
        (("3", "3.6"), False, True),
        (("3.7", "3.8"), False, None),
        (("2", "2.7"), True, False),
        (("2",), None, False),
        (("2", "3"), None, None),
        (("2.6", "3.6"), None, True),
    ],
)
def test_classifiers_hint_at_a_python_by_its_major_version(
    *, named: tuple[str, ...], on_27: bool | None, on_36: bool | None
) -> None:
    assert supports(named, (2, 7)) is on_27
    assert supports(named, (3, 6)) is on_36
