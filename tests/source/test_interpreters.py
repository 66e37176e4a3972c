"""The imports of real files, against the `ast` of the interpreters that they are written for."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from audit.code import Attempt, Block, Condition, Function, Handled
from audit.source.read import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRIPT = Path(__file__).with_name("ast_reference.script")
PYENV = Path.home() / ".pyenv" / "versions"
SAMPLE = 250
"""Files of each library; all of them were compared when this was written."""


def _library(interpreter: Path) -> Path:
    return next(interpreter.parents[1].glob("lib/python*"))


def _plain(block: Block) -> list[Any]:
    match block:
        case Function(name):
            return ["def", name]
        case Condition(test, holds, is_early):
            return ["if", test, holds, is_early]
        case Attempt(group, branch, branches):
            return ["try", group, branch, list(branches)]
        case Handled(group, branch, caught, ends):
            return ["handled", group, branch, [list(each) for each in caught], list(ends)]


def _differences(interpreter: Path, files: Iterable[Path]) -> dict[str, Any]:
    read = {}
    for path in files:
        source, _ = read_source(str(path), path.read_bytes())
        imports = [
            [
                *(each.line, each.level, each.module, list(each.names), each.dynamic),
                [_plain(block) for block in each.blocks],
            ]
            for each in source.imports
        ]
        read[str(path)] = [list(source.bindings), imports]
    done = subprocess.run(
        [interpreter, SCRIPT],
        input=json.dumps(read),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    answers: dict[str, dict[str, Any]] = json.loads(done.stdout)
    assert sum(answer.get("same", 0) for answer in answers.values()) > len(read)
    return {
        path: answer
        for path, answer in answers.items()
        if answer.keys().isdisjoint({"same", "refused"})
    }


def _sample(files: Iterable[Path]) -> list[Path]:
    every = sorted(files)
    return every[:: max(1, len(every) // SAMPLE)]


@pytest.mark.interpreters
@pytest.mark.parametrize(
    "interpreter", sorted(PYENV.glob("*/bin/python")), ids=lambda path: path.parts[-3]
)
def test_a_standard_library_is_read_as_its_own_interpreter_reads_it(interpreter: Path) -> None:
    library = _library(interpreter)
    files = [path for path in library.rglob("*.py") if "site-packages" not in path.parts]
    assert _differences(interpreter, _sample(files)) == {}


@pytest.mark.interpreters
def test_installed_packages_are_read_as_this_interpreter_reads_them() -> None:
    packages = Path(sysconfig.get_path("purelib"))
    python = Path(sysconfig.get_path("scripts")) / "python"
    if not python.exists():
        pytest.skip("this Python has no `python` among its scripts")
    assert _differences(python, _sample(packages.rglob("*.py"))) == {}
