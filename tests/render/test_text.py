from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import wcwidth
from packaging.utils import canonicalize_name

from audit.model import Location
from audit.render.canvas import Canvas
from audit.render.rows import MOST_ROWS
from audit.render.text import render
from audit.report import Verdict

if TYPE_CHECKING:
    from audit.report import Report

_ANSI = re.compile(r"\x1b\[[0-9]+m")
WIDTHS = [*range(60, 104), 120, 160, 200]
REPORTS = ["small", "one_runtime", "empty", "chinese", "hostile", "big"]

SMALL_AT_80 = """\
scf-audit 1.0: requirements.txt, 2 source files
built-in table builtin_libs.csv: 55 libraries

                        Python2.7  Python3.6  Python3.7  Python3.9  Python3.10
----------------------  ---------  ---------  ---------  ---------  ----------
requests>=2.18          built-in   built-in   vendor     vendor     vendor
                        2.18.4     2.21.0     2.27.1     2.27.1     2.27.1
flask>=2                conflict   conflict   vendor ?   vendor ?   vendor ?
pyyaml                  excluded   excluded   -          -          -
certifi (for requests)  -          -          vendor     vendor     vendor
                                              2021.10.8  2021.10.8  2021.10.8
import requests         built-in   built-in   vendor     vendor     vendor
                        2.18.4     2.21.0     2.27.1     2.27.1     2.27.1
import yaml             missing    missing    missing    missing    missing

error SCF101 flask requirements.txt:3 [Python2.7, Python3.6]
    flask==1.0 and flask>=2 cannot both be met; the runtime has no flask
    fix: keep one of the two lines: `flask>=2` or `flask==1.0`

warning SCF201 yaml index.py:3 [every runtime]
    nothing provides the module yaml
    fix: add `pyyaml` to requirements.txt

note SCF103 requests requirements.txt:1 [Python3.7, Python3.9, Python3.10]
    requests is not built in

not read: requirements.txt:7: no PEP 508 requirement: what is this

Python2.7   blocked  1 built-in, 0 to vendor, 1 conflict, 1 missing, 0 unknown
Python3.6   blocked  1 built-in, 0 to vendor, 1 conflict, 1 missing, 0 unknown
Python3.7   unknown  0 built-in, 2 to vendor, 0 conflicts, 1 missing, 1 unknown
Python3.9   unknown  0 built-in, 2 to vendor, 0 conflicts, 1 missing, 1 unknown
Python3.10  unknown  0 built-in, 2 to vendor, 0 conflicts, 1 missing, 1 unknown

recommended: Python3.10, not blocked, and the newest Python of those with as
    little to vendor
    not Python2.7: blocked: 1 conflict
    not Python3.6: blocked: 1 conflict
    not Python3.7: an older Python with as much to vendor
    not Python3.9: an older Python with as much to vendor
"""


@pytest.fixture
def any_report(request: pytest.FixtureRequest) -> Report:
    report: Report = request.getfixturevalue(request.param)
    return report


def test_five_runtimes_fit_a_terminal_of_80_columns(small: Report) -> None:
    assert render(small, Canvas(width=80)) == SMALL_AT_80


def test_a_wide_terminal_has_every_row_on_one_line(small: Report) -> None:
    text = render(small, Canvas(width=160))
    assert "\nrequests>=2.18          built-in 2.18.4  built-in 2.21.0  vendor 2.27.1 " in text
    assert "\nPython3.10  unknown  0 built-in, 2 to vendor, 0 conflicts, 1 missing, " in text
    assert "1 unknown, 63 kB\n" in text


def test_what_does_not_fit_beside_each_other_stands_below(small: Report) -> None:
    lines = render(small, Canvas(width=60)).split("\n")
    assert "                 Python2.7  Python3.6  Python3.7  Python3.9" in lines
    assert "                 Python3.10" in lines
    assert lines.count("import yaml      missing") == 1


def test_a_narrow_terminal_still_has_one_line_a_runtime(small: Report) -> None:
    lines = render(small, Canvas(width=60)).split("\n")
    assert "Python3.6   blocked  1 built-in, 1 conflict, 1 missing" in lines
    assert "Python3.10  unknown  2 to vendor, 1 missing, 1 unknown" in lines


def test_chinese_names_keep_the_columns_straight(chinese: Report) -> None:
    text = render(chinese, Canvas(width=80))
    assert (
        """
                                         Python3.6
---------------------------------------  ---------
requests @ file:///函数/图书馆/请求.whl  vendor ?
import 图像.处理                         missing
"""
        in text
    )
    assert "warning SCF201 yaml 函数/处理图片/入口文件.py:3 [Python3.6]\n" in text


def test_nothing_to_audit_is_said(empty: Report) -> None:
    text = render(empty, Canvas())
    assert "no requirements, and no imports beyond the standard library" in text
    assert "recommended: none of these runtimes\n" in text


def test_thousands_of_imports_are_cut_and_the_cut_is_named(big: Report) -> None:
    text = render(big, Canvas())
    assert "9,900 more rows left out; see all with --format json\n" in text
    assert text.count("\nimport ") == MOST_ROWS
    assert re.search(r"\nimport zzz +missing ", text)


def test_findings_are_never_left_out(small: Report) -> None:
    part = small.runtimes[0]
    many = [part.findings[0]._replace(at=Location("x.txt", n)) for n in range(1, 501)]
    text = render(small._replace(runtimes=(part._replace(findings=tuple(many)),)), Canvas())
    assert text.count("error SCF101 ") == 500


@pytest.mark.parametrize(
    ("any_report", "widths"),
    [*((name, WIDTHS) for name in REPORTS[:-1]), ("big", [60, 80, 120])],
    indirect=["any_report"],
)
def test_no_line_is_wider_than_the_canvas(any_report: Report, widths: list[int]) -> None:
    for width in widths:
        for line in render(any_report, Canvas(width=width)).split("\n"):
            assert wcwidth.wcswidth(line) <= width, (width, line)


@pytest.mark.parametrize("any_report", REPORTS, indirect=True)
def test_colour_only_adds_escape_codes(any_report: Report) -> None:
    for width in (60, 80, 160):
        plain = render(any_report, Canvas(width=width))
        colored = render(any_report, Canvas(width=width, color=True))
        assert "\x1b" not in plain
        assert "\x1b" in colored
        assert _ANSI.sub("", colored) == plain


def test_of_a_command_for_each_runtime_that_of_the_recommended_one_is_shown(small: Report) -> None:
    assert """
note SCF103 requests requirements.txt:1 [every runtime]
    requests is not built in
    fix on Python3.10: pip install --target . --only-binary=:all: --abi cp310 \\
        --platform manylinux2014_x86_64 'requests @ https://example.com'

where runtimes differ, one is shown; --runtime NAME or --format json shows the
others
""" in render(_with_commands(small), Canvas(width=80))


def test_without_a_recommendation_the_last_command_is_shown(small: Report) -> None:
    report = _with_commands(small)._replace(recommended=None)
    text = render(report._replace(runtimes=report.runtimes[:2]), Canvas(width=80))
    assert "fix on Python3.9: pip" in text
    assert "fix on Python3.7: pip" not in text


def test_what_only_has_to_be_packed_is_packed_by_one_command(small: Report) -> None:
    lines = render(_to_pack(small, "requests", "certifi"), Canvas(width=80)).split("\n")
    start = lines.index("note SCF103 certifi requirements.txt:1 [every runtime]")
    assert lines[start : start + 11] == [
        "note SCF103 certifi requirements.txt:1 [every runtime]",
        "    Python3.10: certifi==3.10 to be vendored",
        "",
        "note SCF103 requests requirements.txt:1 [every runtime]",
        "    Python3.10: requests==3.10 to be vendored",
        "",
        "to pack them all, add --runtime Python3.10 --format requirements to this",
        "command: it prints the pins with their hashes, below the pip command that",
        "installs them",
        "",
        "where runtimes differ, one is shown; --runtime NAME or --format json shows the",
    ]


def test_for_one_runtime_the_command_that_packs_all_need_not_name_it(small: Report) -> None:
    report = _to_pack(small, "requests", "certifi")
    text = render(report._replace(runtimes=report.runtimes[:1]), Canvas(width=200))
    assert "to pack them all, add --format requirements to this command: it" in text
    assert "where runtimes differ" not in text


def test_one_distribution_to_pack_keeps_its_command_and_the_messages_for_all(small: Report) -> None:
    text = render(_to_pack(small, "requests"), Canvas(width=200))
    assert "Python3.7: requests==3.7 to be vendored\n" in text
    assert "fix on Python3.10: pip install x310\n" in text
    assert "to pack them all" not in text


def _to_pack(report: Report, *names: str) -> Report:
    """Return the last three runtimes of a report, with findings on what is to be packed."""
    parts = [
        part._replace(
            findings=tuple(
                part.findings[0]._replace(
                    message=f"{name}=={part.runtime.python} to be vendored",
                    remedy=f"pip install x{part.runtime.abi[2:]}",
                    package=canonicalize_name(name),
                    verdict=Verdict.VENDOR,
                )
                for name in names
            )
        )
        for part in report.runtimes[2:]
    ]
    return report._replace(runtimes=tuple(parts))


@pytest.mark.parametrize(
    "remedy",
    [
        "in the folder that is zipped: pip install --target . {}",
        "python3.10 -m pip install --no-deps --target . {}",
        "rm -r {}",
    ],
)
def test_every_command_that_takes_two_lines_can_be_pasted(small: Report, remedy: str) -> None:
    words = " ".join(f"a/long/path/to/somewhere/{n}" for n in range(3))
    part = small.runtimes[0]
    finding = part.findings[0]._replace(remedy=remedy.format(words))
    report = small._replace(runtimes=(part._replace(findings=(finding,)),))
    command = re.search(r"    fix: ((?:.*\\\n)+.*)\n", render(report, Canvas(width=80)))
    assert command
    assert " ".join(command[1].replace("\\\n", " ").split()) == remedy.format(words)


def _with_commands(report: Report) -> Report:
    parts = tuple(
        part._replace(findings=(part.findings[0]._replace(remedy=_pip(part.runtime.abi)),))
        for part in report.runtimes[2:]
    )
    return report._replace(runtimes=parts)


def _pip(abi: str) -> str:
    platform = "--platform manylinux2014_x86_64 'requests @ https://example.com'"
    return f"pip install --target . --only-binary=:all: --abi {abi} {platform}"


def test_no_line_ends_in_spaces(small: Report) -> None:
    for width in WIDTHS:
        assert not re.search(r" \n", render(small, Canvas(width=width)))


def test_a_path_that_cannot_be_broken_stands_whole(small: Report) -> None:
    path = "a/very/long/path/" * 10 + "index.py"
    part = small.runtimes[0]
    finding = part.findings[0]._replace(at=Location(path, 3))
    report = small._replace(runtimes=(part._replace(findings=(finding,)),))
    assert f"\n    {path}:3\n" in render(report, Canvas(width=80))


def test_hostile_text_reaches_the_terminal_as_visible_escapes(hostile: Report) -> None:
    text = render(hostile, Canvas(width=200))
    assert all(char.isprintable() or char == "\n" for char in text)
    assert r"\x1b[31mred\x1b[0m\r\n::error::owned" in text
    assert "\n::error" not in text
    text.encode()
