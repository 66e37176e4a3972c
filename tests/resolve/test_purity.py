"""Compiled modules of another system that give way to Python beside them, held against Pythons."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from audit.resolve.purity import is_pure_beside

DARWIN = "p/md.cpython-39-darwin.so"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({DARWIN, "p/md.py"}, True),
        ({DARWIN, "p/md/__init__.py"}, True),
        ({DARWIN, "p/md.py", "p/md__mypyc.cpython-39-darwin.so"}, True),
        ({"md.cp39-win_amd64.pyd", "md.py"}, True),
        ({"p/md.cpython-311-x86_64-linux-gnu.so", "p/md.py"}, True),
        ({DARWIN}, False),
        ({DARWIN, "md.py"}, False),
        ({DARWIN, "p/md.py", "p/other.cpython-39-darwin.so"}, False),
        ({"p/md.so", "p/md.py"}, False),
        ({"p/md.abi3.so", "p/md.py"}, False),
        ({"p/md.cpython-39-x86_64-linux-gnu.so", "p/md.py"}, False),
        ({"p/md.py"}, False),
        (set(), False),
    ],
)
def test_what_gives_way_is_not_seen_and_has_python_beside(
    files: set[str], *, expected: bool
) -> None:
    assert is_pure_beside(files, "cp39") is expected


NAMES = (
    *("md.cpython-39-darwin.so", "md.cpython-36m-darwin.so", "md.cp39-win_amd64.pyd", "md.pyd"),
    *("md.so", "md.abi3.so", "md.cpython-39-x86_64-linux-gnu.so"),
    *("md.cpython-36m-x86_64-linux-gnu.so", "md.cpython-310-x86_64-linux-gnu.so"),
)


@pytest.mark.interpreters
@pytest.mark.parametrize(
    ("python", "abi"),
    [("2.7.18", "cp27mu"), ("3.6.15", "cp36m"), ("3.7.16", "cp37m"), ("3.9.18", "cp39")],
)
@pytest.mark.parametrize("name", NAMES)
def test_a_real_interpreter_loads_the_python_beside(
    tmp_path: Path, python: str, abi: str, name: str
) -> None:
    (tmp_path / name).write_bytes(b"built elsewhere")
    (tmp_path / "md.py").touch()
    program = Path(f"/root/.pyenv/versions/{python}/bin/python")
    if not program.exists():
        pytest.skip("no such interpreter here")
    ran = subprocess.run([program, "-c", "import md"], cwd=tmp_path, stderr=-3, check=False)
    if is_pure_beside({name, "md.py"}, abi):
        assert ran.returncode == 0
