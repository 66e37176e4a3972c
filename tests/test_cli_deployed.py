"""Which runtimes are audited where none is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program, Ran

CONFIGURATION = """\
component: scf
inputs:
  src: ./
  handler: index.main_handler
  runtime: {}
"""
NOTE = (
    "scf-audit: note: audited for Python3.6 (serverless.yml:5); --runtime all for every runtime\n"
)


def ran(program: Program, folder: Path, runtime: str, *arguments: str) -> Ran:
    (folder / "serverless.yml").write_text(CONFIGURATION.format(runtime), encoding="utf-8")
    code = "def main_handler(event, context): return 1\n"
    (folder / "index.py").write_text(code, encoding="utf-8")
    return program("--format=json", ".", *arguments, cwd=folder)


def audited(found: Ran) -> list[str]:
    return [each["name"] for each in json.loads(found.out)["runtimes"]]


def test_the_runtime_of_the_configuration_is_the_default(program: Program, tmp_path: Path) -> None:
    found = ran(program, tmp_path, "python3.6")
    assert (found.code, found.err, audited(found)) == (0, NOTE, ["Python3.6"])
    assert ran(program, tmp_path, "Python3.6", "--quiet").err == ""


def test_a_runtime_that_is_asked_for_overrides_it(program: Program, tmp_path: Path) -> None:
    found = ran(program, tmp_path, "Python3.6", "--runtime=2.7")
    assert (found.err, audited(found)) == ("", ["Python2.7"])
    found = ran(program, tmp_path, "Python3.6", "--runtime=all")
    assert len(audited(found)) == 5


@pytest.mark.parametrize(
    ("runtime", "message"),
    [
        ("${env:RUNTIME}", "note: serverless.yml:5: runtime ${env:RUNTIME} is not known here"),
        ("Python3.8", "warning: serverless.yml:5: there is no runtime Python3.8"),
    ],
)
def test_a_runtime_that_is_not_known_leaves_all_of_them(
    program: Program, tmp_path: Path, runtime: str, message: str
) -> None:
    found = ran(program, tmp_path, runtime)
    assert found.err.startswith(f"scf-audit: {message}")
    assert len(audited(found)) == 5


def test_each_runtime_that_is_named_has_to_pass(program: Program, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("PyYAML==5.1\n", encoding="utf-8")
    assert ran(program, tmp_path, "Python2.7").code == 0
    assert ran(program, tmp_path, "Python3.6").code == 3
    assert ran(program, tmp_path, "Nodejs12.16").code == 0


def test_a_plan_needs_no_runtime_where_one_is_configured(program: Program, tmp_path: Path) -> None:
    ran(program, tmp_path, "Python3.6")
    assert program("--format=requirements", ".", cwd=tmp_path).code == 0
