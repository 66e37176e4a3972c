"""The built-in table itself, for `scf-audit table show`."""

from __future__ import annotations

import csv
import io
from types import MappingProxyType
from typing import TYPE_CHECKING

from audit.render.github import command, problem_command
from audit.render.grid import layout
from audit.render.jsonformat import SCHEMA, json_text, problem_json
from audit.render.markdown import escaped, inline, table
from audit.render.prose import counted, visible, wrapped
from audit.render.rows import Cell, Row
from audit.render.style import Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from audit.model import Problem
    from audit.platform import Library, Matrix
    from audit.render.canvas import Canvas

    Renderer = Callable[[Matrix, Sequence[Problem], Canvas], str]

_ABSENT = "-"


def render_matrix(
    matrix: Matrix,
    problems: Sequence[Problem],
    format: str,  # noqa: A002 - the option's name
    canvas: Canvas,
) -> str:
    """Return the built-in table in one of `MATRIX_FORMATS`, with what was wrong with it.

    CSV has no place for problems: it is the table alone, in the form that `--table` reads.
    Raises KeyError for any other format.
    """
    return MATRIX_FORMATS[format](matrix, problems, canvas)


def _text(matrix: Matrix, problems: Sequence[Problem], canvas: Canvas) -> str:
    rows = [
        Row(visible(name), tuple(_cell(version) for version in versions))
        for name, *versions in _rows(matrix)
    ]
    lines = wrapped(visible(_headline(matrix)), canvas.width)
    if rows:
        lines += ["", *layout(["library", *map(visible, matrix.runtimes)], rows, canvas)]
    if problems:
        lines.append("")
    for problem in problems:
        lines += wrapped(visible(str(problem)), canvas.width, hanging="    ")
    return "\n".join(lines) + "\n"


def _json(matrix: Matrix, problems: Sequence[Problem], canvas: Canvas) -> str:  # noqa: ARG001 - one form for all
    libraries = [
        {
            "name": library.name,
            "key": library.key,
            "line": library.at.line,
            "versions": _versions(library, matrix.runtimes),
        }
        for library in matrix.libraries
    ]
    return json_text(
        {
            "schema": SCHEMA,
            "source": matrix.source,
            "runtimes": matrix.runtimes,
            "libraries": libraries,
            "problems": [problem_json(problem) for problem in problems],
        }
    )


def _versions(library: Library, runtimes: Sequence[str]) -> dict[str, str | None]:
    found = ((name, library.versions.get(name)) for name in runtimes)
    return {name: None if version is None else str(version) for name, version in found}


def _markdown(matrix: Matrix, problems: Sequence[Problem], canvas: Canvas) -> str:  # noqa: ARG001 - one form for all
    lines = [escaped(_headline(matrix)), ""]
    rows = [list(map(escaped, row)) for row in _rows(matrix)]
    lines += table(["library", *map(escaped, matrix.runtimes)], rows)
    if problems:
        lines += ["", *(f"- {inline(str(problem))}" for problem in problems)]
    return "\n".join(lines) + "\n"


def _github(matrix: Matrix, problems: Sequence[Problem], canvas: Canvas) -> str:  # noqa: ARG001 - one form for all
    lines = [problem_command("warning", problem) for problem in problems]
    return "\n".join([*lines, command("notice", None, "scf-audit", [_headline(matrix)])]) + "\n"


def _csv(matrix: Matrix, problems: Sequence[Problem], canvas: Canvas) -> str:  # noqa: ARG001 - one form for all
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["library", *matrix.runtimes])
    writer.writerows(_rows(matrix))
    return text.getvalue()


MATRIX_FORMATS: Mapping[str, Renderer] = MappingProxyType(
    {"text": _text, "json": _json, "markdown": _markdown, "github": _github, "csv": _csv}
)
"""What `table show --format` accepts, and the renderer of each."""


def _rows(matrix: Matrix) -> list[list[str]]:
    return [
        [library.name, *(str(library.versions.get(name, _ABSENT)) for name in matrix.runtimes)]
        for library in matrix.libraries
    ]


def _cell(version: str) -> Cell:
    return Cell(version, Tone.FAINT if version == _ABSENT else Tone.PLAIN)


def _headline(matrix: Matrix) -> str:
    libraries = counted(len(matrix.libraries), "library", "libraries")
    return f"{matrix.source}: {libraries}, {counted(len(matrix.runtimes), 'runtime')}"
