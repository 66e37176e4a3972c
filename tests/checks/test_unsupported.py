"""SCF108: what the project says of itself, end to end through the reader of pyproject.toml."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from audit.model import Location, Problem, Supports
from audit.requirements import read_requirements

PEP_621 = "[project]\nname = 'a'\nrequires-python = {}\n"
POETRY = "[tool.poetry.dependencies]\npython = {}\n"


@pytest.mark.parametrize(
    ("text", "specifier", "line"),
    [
        (PEP_621.format("'>=3.7,!=3.9.*'"), ">=3.7,!=3.9.*", 3),
        (POETRY.format("'^3.7'"), ">=3.7,<4", 2),
        (POETRY.format("'~2.7'"), ">=2.7,<2.8", 2),
    ],
)
def test_what_a_project_says_of_its_pythons_is_read(text: str, specifier: str, line: int) -> None:
    (said,) = read_requirements("pyproject.toml", text.encode(), environ={})
    assert isinstance(said, Supports)
    assert said.at == Location("pyproject.toml", line)
    for version in ("2.7.13", "3.6.1", "3.7.2", "3.9.10", "3.10.4"):
        assert said.specifier.contains(version) == SpecifierSet(specifier).contains(version)


@pytest.mark.parametrize("value", ["3", "'three'", "['>=3']"])
def test_what_cannot_be_read_is_a_problem(value: str) -> None:
    (said,) = read_requirements("pyproject.toml", PEP_621.format(value).encode(), environ={})
    assert isinstance(said, Problem)
    assert said.at.line == 3
