"""`scf-audit table`: show, check, import and compare built-in tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from audit.cli.group import DefaultGroup
from audit.cli.options import (
    CONTEXT,
    SectionedCommand,
    color_option,
    option,
    runtime_option,
    runtimes_option,
    table_option,
)
from audit.cli.outputs import Output, check_places, write_file
from audit.cli.tables import all_runtimes, import_page, known_metadata, table_of
from audit.cli.terminal import one_line
from audit.render.matrix import MATRIX_FORMATS, render_matrix
from audit.runtimes import marker_environment, select
from audit.table import diff, self_check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.cli.terminal import Terminal
    from audit.model import Problem
    from audit.table import Change


class _Table(DefaultGroup):
    default = "show"


@click.group(
    "table",
    cls=_Table,
    context_settings=CONTEXT,
    options_metavar="",
    subcommand_metavar="[COMMAND] ...",
)
def command() -> None:
    """Show, check, import or compare built-in tables.

    Without a command: show. A FILE is CSV, the platform's Markdown page, or what pip freeze
    or pip list --format=json say on a live runtime (tell which one with --runtime). Without
    a FILE it is the table that scf-audit brings along.
    """


_file_argument = click.argument("file", required=False, type=click.Path())
_format_option = option(
    "Output",
    "--format",
    type=click.Choice(list(MATRIX_FORMATS)),
    default="text",
    help="The form of the table; text by default.",
)


@command.command(cls=SectionedCommand, context_settings=CONTEXT)
@_file_argument
@runtime_option
@runtimes_option
@table_option
@_format_option
@color_option
@click.pass_obj
def show(terminal: Terminal, /, file: str | None, color: str, **given: Any) -> int:  # noqa: ANN401  # one type an option
    """Show which library has which version in which runtime."""
    names, runtimes = given["runtime"], all_runtimes(given["runtimes"])
    matrix, problems = table_of(file or given["table"], runtimes, names)
    asked = {runtime.name for runtime in select(names, runtimes)}
    shown = replace(matrix, runtimes=tuple(name for name in matrix.runtimes if name in asked))
    terminal.write(render_matrix(shown, problems, given["format"], terminal.canvas(color)))
    return 0


@command.command(cls=SectionedCommand, context_settings=CONTEXT)
@_file_argument
@runtime_option
@runtimes_option
@table_option
@click.pass_obj
def check(terminal: Terminal, /, file: str | None, **platform: Any) -> int:  # noqa: ANN401  # one type an option
    """Report what is wrong with a table.

    The exit code is 1 where anything is. One line each: cells that are no version, libraries
    listed twice, unknown columns, and built-ins whose own requirements the other built-ins do
    not meet.
    """
    names, runtimes = platform["runtime"], all_runtimes(platform["runtimes"])
    file = file or platform["table"]
    matrix, problems = table_of(file, runtimes, names)
    asked = {runtime.name: marker_environment(runtime) for runtime in select(names, runtimes)}
    unmet = self_check(matrix, known_metadata(file, matrix, runtimes), asked)
    lines = [*problems, *(f"{matrix.source}: {one}" for one in unmet)]
    terminal.write("".join(f"{one_line(str(line))}\n" for line in lines))
    return 1 if lines else 0


@command.command("import", cls=SectionedCommand, context_settings=CONTEXT)
@click.argument("page", type=click.Path())
@option("Output", "-o", "--output", type=click.Path(), metavar="FILE", help="The CSV to write.")
@runtime_option
@runtimes_option
@click.pass_obj
def import_(terminal: Terminal, /, page: str, output: str | None, **platform: Any) -> int:  # noqa: ANN401  # one type an option
    """Turn the platform's page into CSV, row for row as printed.

    What is wrong with the page is told on stderr and stands in the CSV as it stood there.
    """
    places = [Output(format="csv", file=output)]
    check_places(places, [page])
    text, problems = import_page(page, all_runtimes(platform["runtimes"]), platform["runtime"])
    _warn(terminal, problems)
    if output is None:
        terminal.write_utf8(text)
    else:
        write_file(output, text)
    return 0


@command.command("diff", cls=SectionedCommand, context_settings=CONTEXT)
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@runtime_option
@runtimes_option
@click.pass_obj
def diff_(terminal: Terminal, /, old: str, new: str, **platform: Any) -> int:  # noqa: ANN401  # one type an option
    """Tell what changed from one table to another.

    One line for each library and runtime. The exit code is 0 whether or not anything did.
    """
    names, runtimes = platform["runtime"], all_runtimes(platform["runtimes"])
    before, old_problems = table_of(old, runtimes, names)
    after, new_problems = table_of(new, runtimes, names)
    _warn(terminal, [*old_problems, *new_problems])
    asked = {runtime.name for runtime in select(names, runtimes)}
    changes = [change for change in diff(before, after) if change.runtime in asked]
    terminal.write("".join(map(_line, changes)) or "no difference\n")
    return 0


def _line(change: Change) -> str:
    versions = " -> ".join(str(version) for version in (change.old, change.new) if version)
    return f"{change.runtime}: {change.library} {change.kind.value}: {versions}\n"


def _warn(terminal: Terminal, problems: Iterable[Problem]) -> None:
    for problem in problems:
        terminal.say("warning", str(problem))
