"""What holds for every format."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from audit.render import FORMATS, render
from audit.render.canvas import Canvas

if TYPE_CHECKING:
    from audit.report import Report


@pytest.mark.parametrize("name", FORMATS)
def test_every_finding_is_there_with_code_and_place(small: Report, name: str) -> None:
    text = render(small, name, Canvas(width=200))
    for part in small.runtimes:
        for finding in part.findings:
            place = finding.at
            assert place is not None
            assert finding.rule.code in text
            assert place.file in text
            assert str(place.line) in text
            assert finding.message.partition("=")[0] in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_problem_and_verdict_is_there(small: Report, name: str) -> None:
    text = render(small, name, Canvas(width=200))
    assert all(problem.message in text for problem in small.problems)
    assert all(part.runtime.name in text for part in small.runtimes)
    assert all(part.verdict.value in text for part in small.runtimes)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report_name", ["small", "one_runtime", "empty", "chinese", "hostile"])
def test_output_is_encodable_ends_in_one_newline_and_repeats(
    name: str, report_name: str, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(report_name)
    text = render(report, name, Canvas())
    text.encode()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert render(report, name, Canvas()) == text


def test_an_unknown_format_is_a_key_error(small: Report) -> None:
    with pytest.raises(KeyError):
        render(small, "yaml", Canvas())


@pytest.mark.parametrize(
    "module", ["audit.render", "audit.render.jsonformat", "audit.render.github"]
)
def test_formats_for_machines_load_no_table_library(module: str) -> None:
    program = f"import sys, {module}; print(*sorted({{'tabulate', 'wcwidth'}} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == ""
