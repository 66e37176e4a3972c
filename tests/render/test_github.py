from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from audit.model import Location, Problem
from audit.render.canvas import Canvas
from audit.render.github import command, problem_command, render

if TYPE_CHECKING:
    from audit.report import Report

_COMMAND = re.compile(
    r"::(error|warning|notice) (?:[a-z]+=[^:,]*)(?:,[a-z]+=[^:,]*)*::(?P<message>.*)"
)


def test_one_runtime(one_runtime: Report) -> None:
    assert render(one_runtime, Canvas()) == (
        "::error file=requirements.txt,line=7,title=scf-audit%3A not read"
        "::no PEP 508 requirement: what is this\n"
        "::error file=requirements.txt,line=3,title=SCF101 conflict flask"
        "::flask==1.0 and flask>=2 cannot both be met; Python3.6 has no flask"
        "%0Afix: keep one of the two lines: `flask>=2` or `flask==1.0`%0Aon Python3.6\n"
        "::warning file=index.py,line=3,title=SCF201 missing import yaml"
        "::nothing provides the module yaml"
        "%0Afix: add `pyyaml` to requirements.txt%0Aon Python3.6\n"
        "::notice title=scf-audit"
        "::Python3.6 blocked: 1 built-in, 0 to vendor, 1 conflict, 1 missing, 0 unknown"
        "%0Arecommended: none of these runtimes"
        "%0Abuilt-in table builtin_libs.csv: 55 libraries\n"
    )


def test_a_note_is_a_notice_and_merged_runtimes_are_named(small: Report) -> None:
    assert (
        "\n::notice file=requirements.txt,line=1,title=SCF103 to be vendored requests"
        "::requests is not built in%0Aon Python3.7, Python3.9, Python3.10\n"
    ) in render(small, Canvas())


def test_the_last_notice_says_which_runtime_and_why(small: Report) -> None:
    last = render(small, Canvas()).split("\n")[-2]
    assert "%0Arecommended: Python3.10, not blocked, and the newest" in last
    assert "%0Anot Python2.7: blocked: 1 conflict%0A" in last


@pytest.mark.parametrize(
    ("at", "title", "lines", "expected"),
    [
        (None, "t", ["m"], "::error title=t::m"),
        (Location("a.py"), "t", ["m"], "::error file=a.py,title=t::m"),
        (Location("a:b,c.py", 1), "t", ["m"], "::error file=a%3Ab%2Cc.py,line=1,title=t::m"),
        (None, "x: y, z", [], "::error title=x%3A y%2C z::"),
        (None, "50%", ["100%: a, b"], "::error title=50%25::100%25: a, b"),
        (None, "t", ["%0A", "b"], "::error title=t::%250A%0Ab"),
        (None, "t", ["a\r\nb"], r"::error title=t::a\r\nb"),
    ],
)  # fmt: skip
def test_values_are_escaped_as_documented(
    at: Location | None, title: str, lines: list[str], expected: str
) -> None:
    assert command("error", at, title, lines) == expected


def test_a_problem_names_its_place() -> None:
    problem = Problem("not UTF-8", Location("函数.py", 2))
    assert problem_command("warning", problem) == (
        "::warning file=函数.py,line=2,title=scf-audit%3A not read::not UTF-8"
    )


@pytest.mark.parametrize("name", ["small", "one_runtime", "empty", "chinese", "hostile"])
def test_every_line_is_one_command(name: str, request: pytest.FixtureRequest) -> None:
    text = render(request.getfixturevalue(name), Canvas())
    assert all(_COMMAND.fullmatch(line) for line in text.splitlines())
    assert text.splitlines()[-1].startswith("::notice title=scf-audit::")
