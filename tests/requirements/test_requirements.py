from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model import Declared, Include, Location, Problem
from audit.requirements import FORMATS, read_requirements, resolve_include

PIP_NAMES = (
    *("requirements.txt", "requirements-dev.txt", "scf_requirements.txt", "requirements.txt.3.6"),
    *("constraints.txt", "sub/reqs.in", "../../up.txt", "pyproject.txt", "r\x07.txt"),
)


@pytest.mark.parametrize("name", PIP_NAMES)
def test_any_name_but_pyproject_toml_is_in_the_format_of_pip(name: str) -> None:
    (declared,) = read_requirements(name, b"[x]\nsix"[4:], environ={})
    assert isinstance(declared, Declared)
    assert declared.at == Location(name, 1)


@pytest.mark.parametrize("name", ["pyproject.toml", "sub/pyproject.toml", "sub\\pyproject.toml"])
def test_pyproject_toml_is_read_as_toml(name: str) -> None:
    (declared,) = read_requirements(name, b"project.dependencies = ['six']", environ={})
    assert isinstance(declared, Declared)


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
@pytest.mark.parametrize("data", [b"", b"\n", b"# nothing yet\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_nothing(name: str, data: bytes) -> None:
    assert read_requirements(name, data, environ={}) == ()


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_binary_data_gives_one_problem(name: str) -> None:
    problem = Problem("is not text", Location(name))
    assert read_requirements(name, b"a\n\0\0\0\0b", environ={}) == (problem,)


def test_what_is_known_from_outside_is_passed_on() -> None:
    led_here = (Location("a.txt", 3), Location("b.txt", 1))
    (declared,) = read_requirements(
        "c.txt", b"six<${N}", environ={"N": "2"}, constraint=True, included_from=led_here
    )
    assert isinstance(declared, Declared)
    assert str(declared.requirement) == "six<2"
    assert declared.text == "six<${N}"
    assert declared.constraint
    assert declared.included_from == led_here


@given(st.sampled_from(["requirements.txt", "pyproject.toml"]), st.binary(max_size=200))
def test_no_bytes_raise(name: str, data: bytes) -> None:
    for statement in read_requirements(name, data, environ={}):
        assert statement.at.file == name


PIECES = (
    "-r",
    "-e",
    "-c",
    " ",
    "\n",
    "\\\n",
    "a",
    "==1",
    "=",
    "[",
    "]",
    ";",
    "os_name",
    "'",
    '"',
    "@",
    "://",
    "h",
    "#",
    "--hash",
    "../",
    ".whl",
    "-1.0",
    "${X}",
    "egg=",
    "git+ssh",
    "\x00",
    "\u3000",
)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.booleans())
def test_no_line_raises_and_every_line_is_answered(text: str, constraint: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    read_requirements("r.txt", text.encode(), environ={"X": "\n#"}, constraint=constraint)


def test_the_last_format_takes_every_name() -> None:
    assert FORMATS[-1].applies("anything at all")
    assert len({each.name for each in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize(
    ("holder", "path", "expected"),
    [
        ("requirements.txt", "base.txt", "base.txt"),
        ("requirements.txt", ".", "."),
        ("requirements.txt", "../up.txt", "../up.txt"),
        ("sub/requirements.txt", "../base.txt", "base.txt"),
        ("sub/requirements.txt", "../../up.txt", "../up.txt"),
        ("sub/requirements.txt", "./more/x.txt", "sub/more/x.txt"),
        ("/srv/sub/requirements.txt", "../base.txt", "/srv/base.txt"),
        ("sub/requirements.txt", "/etc/x.txt", "/etc/x.txt"),
        ("sub/requirements.txt", "file:///etc/x%20y.txt", "/etc/x y.txt"),
        ("sub/requirements.txt", "file:x.txt", "sub/x.txt"),
        ("sub/requirements.txt", "", "sub"),
    ],
)
def test_an_include_is_relative_to_the_file_that_holds_it(
    holder: str, path: str, expected: str
) -> None:
    assert resolve_include(Include(path=path, at=Location(holder, 1))) == expected


@pytest.mark.parametrize("path", ["https://h/x.txt", "HTTP://h/x.txt", "s3://h/x.txt"])
def test_an_include_from_the_network_is_a_problem(path: str) -> None:
    at = Location("r.txt", 4)
    problem = Problem(f"fetched from the network by pip, not read: {path}", at)
    assert resolve_include(Include(path=path, at=at)) == problem


def test_a_large_file_is_read_line_by_line() -> None:
    data = "\n".join(f"package-{n % 500}>=1.{n % 7}" for n in range(20_000)).encode()
    statements = read_requirements("r.txt", data, environ={})
    assert [statement.at.line for statement in statements] == list(range(1, 20_001))
