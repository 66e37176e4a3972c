"""`--format requirements` and `--format constraints` on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("requests\nflask\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("form", ["requirements", "constraints"])
@pytest.mark.parametrize("runtimes", [(), ("--runtime=2.7", "--runtime=3.6")])
def test_a_plan_for_several_runtimes_is_refused_before_anything_is_written(
    program: Program, project: Path, form: str, runtimes: tuple[str, ...]
) -> None:
    for wish in (("--format", form), ("-o", f"{form}=plan.txt")):
        ran = program(".", *runtimes, *wish, "-o", "json=a.json", cwd=project)
        assert ran.code == 2
        assert f"--format {form} is for one runtime: give --runtime NAME" in ran.err
        assert ran.out == ""
        assert [path.name for path in project.iterdir()] == ["requirements.txt"]


def test_a_configured_plan_is_refused_as_well(program: Program, project: Path) -> None:
    (project / ".scf-audit.toml").write_text('format = "requirements"\n', encoding="utf-8")
    assert "is for one runtime" in program(".", cwd=project).err


def test_the_exit_code_is_that_of_the_audit_and_what_is_unknown_is_told(
    program: Program, project: Path
) -> None:
    ran = program(".", "--runtime=3.6", "--offline", "--format=requirements", cwd=project)
    assert ran.code == 3
    assert "\n# not in this plan: flask: unknown; flask to be vendored, " in ran.out


def test_constraints_go_to_a_file_beside_the_report(program: Program, project: Path) -> None:
    ran = program(".", "--runtime=3.6", "--offline", "-o", "constraints=built-ins.txt", cwd=project)
    text = (project / "built-ins.txt").read_text(encoding="utf-8")
    assert "\nrequests==2.21.0  # built-in\n" in text
    assert ran.out.startswith("scf-audit ")
