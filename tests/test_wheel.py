"""What users install: the wheel, alone in a virtual environment."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Program

pytestmark = pytest.mark.network

ROOT = Path(__file__).resolve().parent.parent
CLEAN = str(ROOT / "examples" / "clean" / "requirements.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built(tmp_path_factory.mktemp("from-checkout"), "--wheel")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment that holds the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    _run(str(programs / "python"), "-m", "pip", "install", "--quiet", str(wheel), cwd=folder)
    return programs


def test_the_installed_program_says_what_the_checkout_says(
    installed: Path, program: Program, tmp_path: Path
) -> None:
    arguments = (CLEAN, "--offline", "--format", "json")

    said = _run(str(installed / "scf-audit"), *arguments, cwd=tmp_path)

    assert json.loads(said) == json.loads(program(*arguments, cwd=tmp_path).out)


def test_the_installed_package_runs_as_a_module(installed: Path, tmp_path: Path) -> None:
    said = _run(str(installed / "python"), "-m", "audit", "--version", cwd=tmp_path)

    assert said.startswith("scf-audit ")


def test_the_wheel_holds_the_data_files_as_they_are(wheel: Path) -> None:
    shipped = {path.name: path.read_bytes() for path in (ROOT / "data").iterdir()}

    assert shipped
    assert {
        name.removeprefix("audit/data/"): content
        for name, content in _content(wheel).items()
        if name.startswith("audit/data/")
    } == shipped


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in _content(wheel)}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"audit"}
    assert "audit/py.typed" in _content(wheel)


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert _content(_built(tmp_path)) == _content(wheel)


def _built(folder: Path, *arguments: str) -> Path:
    """Build into a folder; without arguments, the wheel comes out of the source distribution."""
    _run(sys.executable, "-m", "build", "--outdir", str(folder), *arguments, str(ROOT), cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def _content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
