"""`scf-audit migrate`: what it reads, writes and ends with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

MOVE = ("migrate", "--from=3.6", "--to=3.10", "--offline")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("requests\ncos-python-sdk-v5\n", encoding="utf-8")
    (tmp_path / "index.py").write_text(
        "import dataclasses\nimport qcloud_cos_v5\nimport requests\n\n\n"
        "def main_handler(event, context):\n    return event\n",
        encoding="utf-8",
    )
    return tmp_path


def test_a_move_is_told(program: Program, project: Path) -> None:
    ran = program(*MOVE, ".", cwd=project)
    lines = ran.out.splitlines()
    assert "imports by another name: qcloud_cos_v5 -> qcloud_cos" in lines
    assert "imports found now: dataclasses: missing -> standard library" in lines
    assert "to vendor now: cos-python-sdk-v5 ?, requests ?" in lines
    assert ran.out.endswith("Python3.6 -> Python3.10: blocked -> unknown; to vendor 0 kB -> ?\n")
    assert ran.err == ""


def test_the_exit_code_is_that_of_the_runtime_moved_to(program: Program, project: Path) -> None:
    assert program(*MOVE, ".", cwd=project).code == 3
    assert program("migrate", "--from=3.10", "--to=3.6", ".", cwd=project).code == 1
    (project / "index.py").write_text(
        "import requests\ndef main_handler(event, context): pass\n", encoding="utf-8"
    )
    assert program("migrate", "--from=3.10", "--to=3.6", ".", cwd=project).code == 0


@pytest.mark.parametrize("to", ["py310", "cp310", "Python3.10", "3.10"])
def test_runtimes_take_the_spellings_of_check(program: Program, project: Path, to: str) -> None:
    ran = program("migrate", "--from=python3", f"--to={to}", "--format=json", ".", cwd=project)
    document = json.loads(ran.out)
    assert document["from"]["name"] == "Python3.6"
    assert document["to"]["name"] == "Python3.10"


def test_the_direction_is_that_of_the_options(program: Program, project: Path) -> None:
    ran = program("migrate", "--from=3.10", "--to=2.7", "--format=json", ".", cwd=project)
    document = json.loads(ran.out)
    assert (document["from"]["name"], document["to"]["name"]) == ("Python3.10", "Python2.7")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from=3.6", "--to=py36"), "--from and --to are both Python3.6"),
        (("--from=3.6", "--to=all"), "--to all: expected one runtime"),
        (("--from=3.6", "--to=3.5"), "3.5"),
        (("--from=3.6",), "missing option '--to'"),
        (("--to=3.6",), "missing option '--from'"),
        (("--from=3.6", "--to=3.7", "--format=github"), "'github' is not one of"),
        (("--from=3.6", "--to=3.7", "-o", "jsn=x"), "no format 'jsn'; did you mean json?"),
        (("--from=3.6", "--to=3.7", "-o", "requirements.txt"), "input"),
        (("--from=3.6", "--to=3.7", "--ignore=SCF999"), "SCF999"),
        (("--from=3.6", "--to=3.7", "--ignore=SCF103:"), "names no package"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    program: Program, project: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = program("migrate", *arguments, "-o", "json=out.json", "requirements.txt", cwd=project)
    assert ran.code == 2
    assert message in ran.err
    assert ran.out == ""
    assert not (project / "out.json").exists()


def test_an_empty_folder_is_nothing_to_audit(program: Program, tmp_path: Path) -> None:
    ran = program(*MOVE, ".", cwd=tmp_path)
    assert ran.code == 3
    assert "nothing to audit" in ran.err


def test_several_reports_are_written(program: Program, project: Path) -> None:
    ran = program(*MOVE, "-o", "json=a.json", "-o", "markdown=a.md", ".", cwd=project)
    assert json.loads((project / "a.json").read_text(encoding="utf-8"))["schema"] == 1
    assert (project / "a.md").read_text(encoding="utf-8").startswith("## scf-audit: Python3.6")
    assert ran.out.startswith("scf-audit ")


def test_a_configuration_counts_but_for_its_runtimes_and_format(
    program: Program, project: Path
) -> None:
    (project / ".scf-audit.toml").write_text(
        'runtime = "2.7"\nformat = "github"\nimports = false\nignore = "SCF103"\n',
        encoding="utf-8",
    )
    ran = program(*MOVE, ".", cwd=project)
    assert "Python3.6 -> Python3.10: ready -> unknown" in ran.out
    assert "SCF103" not in ran.out
    assert "dataclasses" not in ran.out


def test_what_cannot_be_read_is_repeated_on_stderr(program: Program, project: Path) -> None:
    (project / "requirements.txt").write_text("requests\nwhat is this\n", encoding="utf-8")
    ran = program(*MOVE, ".", cwd=project)
    assert "requirements.txt:2" in ran.err
    assert "requirements.txt:2" in ran.out
    assert program(*MOVE, "--quiet", ".", cwd=project).err == ""


def test_thousands_of_problems_are_cut_on_stderr(program: Program, project: Path) -> None:
    (project / "requirements.txt").write_text("what is this\n" * 50, encoding="utf-8")
    ran = program(*MOVE, ".", cwd=project)
    assert ran.err.count("\n") == 11
    assert ran.err.endswith("40 more problems are in the report\n")


def test_the_help_names_both_runtimes(program: Program) -> None:
    ran = program("migrate", "--help")
    assert ran.code == 0
    assert {"--from", "--to", "--table", "--offline"} <= set(ran.out.split())
    assert "--runtime " not in ran.out
    assert ran.out.index("\nMove:\n") < ran.out.index("\nWhat to audit for:\n")
