from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from audit.model import Location
from audit.render.canvas import Canvas
from audit.render.markdown import code, escaped, inline, render, table
from audit.report import Verdict

if TYPE_CHECKING:
    from audit.report import Report

ONE_RUNTIME = """\
## scf-audit: none of these runtimes

| runtime   | verdict     | built-in   | to vendor   | conflict   | missing   | unknown   | size   |
|:----------|:------------|:-----------|:------------|:-----------|:----------|:----------|:-------|
| Python3.6 | **blocked** | 1          | 0           | 1          | 1         | 0         | -      |

### Findings

- **error SCF101** `flask` `requirements.txt:3` on Python3.6\x20\x20
  flask==1.0 and flask&gt;=2 cannot both be met; Python3.6 has no flask\x20\x20
  fix: keep one of the two lines: `flask>=2` or `flask==1.0`
- **warning SCF201** `yaml` `index.py:3` on Python3.6\x20\x20
  nothing provides the module yaml\x20\x20
  fix: add `pyyaml` to requirements.txt

### Not read

- requirements.txt:7: no PEP 508 requirement: what is this

### Requirements and imports

|                   | Python3.6       |
|:------------------|:----------------|
| `requests>=2.18`  | built-in 2.21.0 |
| `flask>=2`        | conflict        |
| `pyyaml`          | excluded        |
| `import requests` | built-in 2.21.0 |
| `import yaml`     | missing         |

scf-audit 1.0: requirements.txt, 2 source files; built-in table builtin\\_libs.csv: 55 libraries
"""


def test_one_runtime(one_runtime: Report) -> None:
    assert render(one_runtime, Canvas()) == ONE_RUNTIME


def test_the_recommendation_says_why_the_others_lost(small: Report) -> None:
    assert render(small, Canvas()).startswith("""\
## scf-audit: Python3.10

not blocked, and the newest Python of those with as little to vendor

- not Python2.7: blocked: 1 conflict
- not Python3.6: blocked: 1 conflict
""")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a|b", "a|b"),
        ("`x`", "\\`x\\`"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("&lt;", "&amp;lt;"),
        ("[x](y)", "\\[x\\]\\(y\\)"),
        ("by @team, me@example.com", "by @<!-- -->team, me@example.com"),
        ("a\nb", "a\\\\nb"),
        ("snake_case *x*", "snake\\_case \\*x\\*"),
    ],
)
def test_markup_in_text_is_shown_as_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("add `a_b` to a_b", "add `a_b` to a\\_b"),
        ("`<b>`", "`<b>`"),
        ("one ` only <b>", "one \\` only &lt;b&gt;"),
        ("a blank ` ` one", "a blank \\` \\` one"),
    ],
)
def test_code_spans_of_a_sentence_are_kept(text: str, shown: str) -> None:
    assert inline(text) == shown


def test_code_with_backticks_gets_a_longer_fence() -> None:
    assert code("a``b") == "``` a``b ```"


def test_bars_do_not_break_a_table() -> None:
    assert table(["a"], [["x|y"]]) == ["| a    |", "|:-----|", "| x\\|y |"]


def test_hostile_text_starts_no_line_and_no_element(hostile: Report) -> None:
    text = render(hostile, Canvas())
    assert all(char.isprintable() or char == "\n" for char in text)
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text.replace("\\`", ""))
    assert "<img" not in outside
    assert "@team" not in outside
    assert "\n::" not in text


def test_no_finding_is_left_out(small: Report) -> None:
    part = small.runtimes[0]
    many = [part.findings[0]._replace(at=Location("x.txt", n)) for n in range(1, 501)]
    text = render(small._replace(runtimes=(part._replace(findings=tuple(many)),)), Canvas())
    assert text.count("**error SCF101**") == 500


def test_a_long_matrix_says_that_it_is_cut(big: Report) -> None:
    assert "9,900 more rows left out; see all with `--format json`" in render(big, Canvas())


def test_nothing_to_audit_needs_no_matrix(empty: Report) -> None:
    assert "###" not in render(empty, Canvas())


def test_a_command_is_code(one_runtime: Report) -> None:
    part = one_runtime.runtimes[0]
    finding = part.findings[0]._replace(remedy="pip install 'a_b>=2'")
    text = render(one_runtime._replace(runtimes=(part._replace(findings=(finding,)),)), Canvas())
    assert "\n  fix: `pip install 'a_b>=2'`\n" in text


def test_what_is_said_before_a_command_is_no_code(one_runtime: Report) -> None:
    part = one_runtime.runtimes[0]
    remedy = "in the folder that is zipped: pip install 'a_b>=2'"
    finding = part.findings[0]._replace(remedy=remedy)
    text = render(one_runtime._replace(runtimes=(part._replace(findings=(finding,)),)), Canvas())
    assert "\n  fix: in the folder that is zipped: `pip install 'a_b>=2'`\n" in text


def test_what_only_has_to_be_packed_is_packed_by_one_command(one_runtime: Report) -> None:
    part = one_runtime.runtimes[0]
    findings = tuple(
        part.findings[0]._replace(
            package=canonicalize_name(name), remedy="pip install x", verdict=Verdict.VENDOR
        )
        for name in ("a", "b")
    )
    text = render(one_runtime._replace(runtimes=(part._replace(findings=findings),)), Canvas())
    assert "\nto pack them all, add --format requirements to this command: " in text
    assert "pip install x" not in text
