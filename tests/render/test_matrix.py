from __future__ import annotations

import json

import pytest
import wcwidth
from packaging.version import Version

from audit.model import Location, Problem
from audit.platform import Library, Matrix
from audit.render.canvas import Canvas
from audit.render.matrix import MATRIX_FORMATS, render_matrix

MATRIX = Matrix(
    source="builtin_libs.csv",
    runtimes=("Python3.6", "Python2.7"),
    libraries=(
        Library(
            name="Pillow",
            versions={"Python3.6": Version("6.0.0")},
            at=Location("builtin_libs.csv", 2),
        ),
        Library(
            name="iniparse",
            versions={"Python3.6": Version("0.4"), "Python2.7": Version("0.4")},
            at=Location("builtin_libs.csv", 3),
        ),
    ),
)
PROBLEM = Problem("iniparse stands twice; its first row counts", Location("builtin_libs.csv", 4))


def _shown(name: str, *problems: Problem, matrix: Matrix = MATRIX) -> str:
    return render_matrix(matrix, problems, name, Canvas())


def test_text() -> None:
    assert (
        _shown("text", PROBLEM)
        == """\
builtin_libs.csv: 2 libraries, 2 runtimes

library   Python3.6  Python2.7
--------  ---------  ---------
Pillow    6.0.0      -
iniparse  0.4        0.4

builtin_libs.csv:4: iniparse stands twice; its first row counts
"""
    )


def test_json() -> None:
    assert json.loads(_shown("json", PROBLEM)) == {
        "schema": 1,
        "source": "builtin_libs.csv",
        "runtimes": ["Python3.6", "Python2.7"],
        "libraries": [
            {
                "name": "Pillow",
                "key": "pillow",
                "line": 2,
                "versions": {"Python3.6": "6.0.0", "Python2.7": None},
            },
            {
                "name": "iniparse",
                "key": "iniparse",
                "line": 3,
                "versions": {"Python3.6": "0.4", "Python2.7": "0.4"},
            },
        ],
        "problems": [
            {
                "message": "iniparse stands twice; its first row counts",
                "file": "builtin_libs.csv",
                "line": 4,
            }
        ],
    }


def test_markdown() -> None:
    assert (
        _shown("markdown", PROBLEM)
        == """\
builtin\\_libs.csv: 2 libraries, 2 runtimes

| library   | Python3.6   | Python2.7   |
|:----------|:------------|:------------|
| Pillow    | 6.0.0       | -           |
| iniparse  | 0.4         | 0.4         |

- builtin\\_libs.csv:4: iniparse stands twice; its first row counts
"""
    )


def test_github() -> None:
    assert _shown("github", PROBLEM) == (
        "::warning file=builtin_libs.csv,line=4,title=scf-audit%3A not read"
        "::iniparse stands twice; its first row counts\n"
        "::notice title=scf-audit::builtin_libs.csv: 2 libraries, 2 runtimes\n"
    )


def test_csv_is_the_table_alone() -> None:
    assert (
        _shown("csv", PROBLEM) == "library,Python3.6,Python2.7\nPillow,6.0.0,-\niniparse,0.4,0.4\n"
    )


@pytest.mark.parametrize("name", MATRIX_FORMATS)
def test_an_empty_table_is_shown_as_one(name: str) -> None:
    empty = Matrix(source="empty.csv", runtimes=(), libraries=())
    assert _shown(name, matrix=empty).endswith("\n")


@pytest.mark.parametrize("name", sorted(set(MATRIX_FORMATS) - {"csv"}))
def test_hostile_names_are_made_visible(name: str) -> None:
    library = Library(name="\x1b[2J\n::error::", versions={}, at=Location("\x1b", 1))
    matrix = Matrix(source="\x1b", runtimes=("\x1b",), libraries=(library,))
    text = _shown(name, Problem("\x1b\n", Location("\x1b")), matrix=matrix)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert "\n::error::" not in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_many_columns_stay_within_the_canvas(width: int) -> None:
    names = tuple(f"Python3.{n}" for n in range(20))
    library = Library(
        name="a-library-with-a-name-of-some-length",
        versions={name: Version("2019.4.1.post1+local") for name in names},
        at=Location("x.csv", 2),
    )
    matrix = Matrix(source="x.csv", runtimes=names, libraries=(library,))
    text = render_matrix(matrix, (), "text", Canvas(width=width))
    assert max(map(wcwidth.wcswidth, text.split("\n"))) <= width
    assert all(name in text for name in names)


def test_a_canvas_too_narrow_for_anything_gets_a_column_a_block() -> None:
    lines = render_matrix(MATRIX, (), "text", Canvas(width=10)).split("\n")
    assert "library   Python3.6" in lines
    assert "library   Python2.7" in lines
