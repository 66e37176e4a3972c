from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomli

from audit.checks import RULES
from audit.config import read_config
from audit.render import FORMATS

if TYPE_CHECKING:
    from tests.conftest import Program

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_generated_parts_are_what_the_program_says() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "tools.write_readme", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    advice = "run python -m tools.write_readme"
    assert checked.returncode == 0, f"{advice}\n{checked.stdout}{checked.stderr}"


def test_every_rule_has_its_row() -> None:
    assert re.findall(r"^\| (SCF\d{3}) \|", README, re.MULTILINE) == [rule.code for rule in RULES]


def test_every_format_is_named() -> None:
    assert [name for name in FORMATS if f"`{name}`" not in README] == []


@pytest.mark.parametrize(
    "target",
    sorted({target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", README)} - {""}),
)
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_configuration_shown_is_one_that_is_accepted(program: Program, tmp_path: Path) -> None:
    (shown,) = re.findall(r"```toml\n(\[tool\.scf-audit\].*?)```", README, re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(shown, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("six\n", encoding="utf-8")

    config = read_config(shown, "pyproject.toml")
    ran = program(".", cwd=tmp_path)

    assert config is not None
    assert config.runtime == tuple(tomli.loads(shown)["tool"]["scf-audit"]["runtime"])
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("line", re.findall(r"^scf-audit (.+)$", README, re.MULTILINE))
def test_every_option_shown_exists(line: str, program: Program) -> None:
    shown = set(re.findall(r"--[a-z-]+", line))

    first = line.partition(" ")[0]
    command = first if first in {"cache", "migrate", "table"} else "check"
    assert shown <= set(re.findall(r"--[a-z-]+", program(command, "--help").out))


def test_the_example_ends_as_the_readme_says(program: Program) -> None:
    assert program("examples/thumbnail/requirements.txt", "--offline", cwd=ROOT).code == 3


def test_the_clean_example_is_ready_where_its_readme_says(program: Program) -> None:
    ran = program("examples/clean", "--offline", "--runtime=2.7", "--runtime=3.6", cwd=ROOT)

    assert ran.code == 0, ran.out
