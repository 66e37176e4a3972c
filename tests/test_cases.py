"""Audits the projects under `cases/`, each of which says why it exists.

A case is a folder with the files of a small `project/` and an `expected.toml`:

- `why`: what the case is there to hold;
- `arguments`: of the command line, run in the project's folder; `--offline` and
  `--format json` are added;
- `exit`: the exit code;
- `problems`: every place that could not be read; none by default;
- `links`: symbolic links to make, path to target;
- `zip`: pack the project into this file and audit that;
- a table for every runtime in the report: its `verdict`, all its `findings` (code,
  severity, place, subject), and of its `packages` and `imports` those that matter here.
"""

from __future__ import annotations

import difflib
import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

if TYPE_CHECKING:
    from tests.conftest import Program

CASES = Path(__file__).with_name("cases")
NAMES = sorted(path.parent.name for path in CASES.glob("*/expected.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_audit_says_what_the_case_expects(name: str, program: Program, tmp_path: Path) -> None:
    expected = tomli.loads((CASES / name / "expected.toml").read_text(encoding="utf-8"))
    folder = _laid_out(CASES / name / "project", expected, tmp_path)

    ran = program(*expected["arguments"], "--offline", "--format", "json", cwd=folder)

    assert ran.out, f"no report; stderr: {ran.err}"
    said = _said(json.loads(ran.out), ran.code, expected)
    difference = difflib.unified_diff(_wanted(expected), said, "expected", "said", lineterm="")
    assert _wanted(expected) == said, "\n".join((*difference, ran.err))


def test_every_case_says_why_it_exists() -> None:
    assert len(NAMES) >= 20
    for name in NAMES:
        expected = tomli.loads((CASES / name / "expected.toml").read_text(encoding="utf-8"))
        assert expected["why"].strip().endswith("."), name


def test_every_folder_of_cases_is_a_case() -> None:
    assert sorted(path.name for path in CASES.iterdir() if path.is_dir()) == NAMES


def _laid_out(project: Path, expected: dict[str, Any], folder: Path) -> Path:
    """Copy a project out of this repository, whose own settings are not the case's."""
    copy = folder / "project"
    shutil.copytree(project, copy)
    for path, target in expected.get("links", {}).items():
        (copy / path).symlink_to(target)
    if "zip" not in expected:
        return copy
    with zipfile.ZipFile(folder / expected["zip"], "w") as archive:
        for path in sorted(copy.rglob("*")):
            archive.write(path, path.relative_to(copy))
    return folder


def _wanted(expected: dict[str, Any]) -> list[str]:
    """Write what a case states, a line a statement."""
    lines = [f"exit {expected['exit']}"]
    lines += sorted(f"problem {place}" for place in expected.get("problems", ()))
    for name in _runtimes(expected):
        runtime = expected[name]
        lines.append(f"{name} {runtime['verdict']}")
        lines += sorted(f"{name} {finding}" for finding in runtime["findings"])
        for kind in ("packages", "imports"):
            lines += [
                f"{name} {kind} {key}: {value}" for key, value in runtime.get(kind, {}).items()
            ]
    return lines


def _said(report: dict[str, Any], code: int, expected: dict[str, Any]) -> list[str]:
    """Write the same of a report; of packages and imports those that the case names."""
    lines = [f"exit {code}"]
    lines += sorted(f"problem {_place(problem)}" for problem in report["problems"])
    for runtime in report["runtimes"]:
        name = runtime["name"]
        wanted = expected.get(name, {})
        lines.append(f"{name} {runtime['verdict']}")
        lines += sorted(f"{name} {_finding(finding)}" for finding in runtime["findings"])
        packages = {package["name"]: _package(package) for package in runtime["packages"]}
        imports = {module["module"]: _import(module) for module in runtime["imports"]}
        for kind, found in (("packages", packages), ("imports", imports)):
            lines += [f"{name} {kind} {key}: {found.get(key)}" for key in wanted.get(kind, {})]
    return lines


def _runtimes(expected: dict[str, Any]) -> list[str]:
    return [key for key, value in expected.items() if isinstance(value, dict) and key != "links"]


def _finding(finding: dict[str, Any]) -> str:
    subject = finding["module"] or finding["package"]
    return " ".join((finding["code"], finding["severity"], _place(finding), subject or "-"))


def _place(item: dict[str, Any]) -> str:
    if item["file"] is None:
        return "-"
    return item["file"] if item["line"] is None else f"{item['file']}:{item['line']}"


def _package(package: dict[str, Any]) -> str:
    """Write `status version`, and the built-in where another version is used."""
    words = [package["status"]]
    if package["version"]:
        words.append(package["version"])
    if package["builtin_version"] not in {None, package["version"]}:
        words.append(f"(built-in {package['builtin_version']})")
    return " ".join(words)


def _import(module: dict[str, Any]) -> str:
    return " ".join(filter(None, (module["status"], module["provider"])))
