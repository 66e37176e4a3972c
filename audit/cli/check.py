"""`scf-audit check`, the default command: read, audit, write, answer with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from audit.cli.kept import open_cache
from audit.cli.memo import Memo
from audit.cli.options import (
    CONTEXT,
    SectionedCommand,
    cache_options,
    color_option,
    format_option,
    index_options,
    option,
    runtime_option,
    runtimes_option,
    table_option,
)
from audit.cli.outputs import check_places, plan, write_file
from audit.cli.settings import Settings, configuration, decide
from audit.config import BUILTINS, FAIL_ON
from audit.errors import UsageError
from audit.render import FORMATS, PLANS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.cli.outputs import Output
    from audit.cli.terminal import Terminal


@click.command("check", cls=SectionedCommand, context_settings=CONTEXT)
@click.argument("targets", nargs=-1, required=True, type=click.Path(), metavar="TARGET...")
@runtime_option
@runtimes_option
@table_option
@option(
    "What to audit for",
    "--builtins",
    type=click.Choice(BUILTINS),
    help="Take built-ins where they fit (prefer, the default), insist on them, or ignore them.",
)
@option(
    "What to audit for",
    "--offline/--online",
    default=None,
    help="Never touch the network; what built-ins do not satisfy is then unknown.",
)
@index_options
@cache_options
@option(
    "What to read",
    "--imports/--no-imports",
    default=None,
    help="Scan the sources for imports (the default), or look at requirements alone.",
)
@option(
    "What to read",
    "--source",
    type=click.Path(),
    metavar="DIR",
    help="Where the sources are; by default beside the requirements.",
)
@option(
    "What to read",
    "--exclude",
    multiple=True,
    metavar="PATTERN",
    help="Leave out paths, in the grammar of .gitignore; repeatable.",
)
@option(
    "What to read",
    "--group",
    multiple=True,
    metavar="NAME",
    help="Also audit an extra or dependency group of pyproject.toml; repeatable.",
)
@option(
    "What to read",
    "--handler",
    metavar="FILE.FUNCTION",
    help="The function that the platform calls, FILE.FUNCTION; by default what serverless.yml or "
    "template.yaml names, or index.main_handler.",
)
@option(
    "What to read",
    "--python",
    multiple=True,
    type=click.Path(),
    metavar="[VERSION=]PATH",
    help="An interpreter to ask which sources it compiles, 3.6=/path/python; repeatable. By "
    "default those on PATH, pythonX.Y; with none, only those given.",
)
@option(
    "What to read",
    "--config",
    type=click.Path(),
    metavar="FILE",
    help="Settings to use instead of the nearest .scf-audit.toml or [tool.scf-audit].",
)
@option(
    "Output",
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="What makes the exit code 1: findings from this severity up (error by default), "
    "or anything left to vendor.",
)
@option(
    "Output",
    "--ignore",
    multiple=True,
    metavar="CODE[:SUBJECT]",
    help="Findings to leave out: SCF103, or SCF103:numpy for one package or module; repeatable.",
)
@format_option
@option(
    "Output",
    "-o",
    "--output",
    multiple=True,
    metavar="[FORMAT=]FILE",
    help="Write the report to FILE; with FORMAT= one more report, repeatable.",
)
@color_option
@option("Output", "-q", "--quiet", is_flag=True, help="Nothing on stderr but what stops the run.")
@option("Output", "-v", "--verbose", is_flag=True, help="Tell on stderr what was read.")
@click.pass_obj
def command(
    terminal: Terminal,
    /,
    targets: tuple[str, ...],
    config: str | None,
    **given: Any,  # noqa: ANN401  # one type an option
) -> int:
    """Audit requirements and imports; the default command.

    TARGET is a requirements file, a pyproject.toml, a project folder or a deployment zip;
    several are one project.
    """
    found = configuration(config, targets)
    return check(decide({"targets": targets, **given}, found), terminal)


def check(settings: Settings, terminal: Terminal) -> int:
    """Run one audit and return its exit code; every report is written before.

    Raises UsageError and InputError for what stops a run.
    """
    outputs = _outputs(settings)
    with open_cache(settings, terminal) as cache:
        memo = Memo(cache, settings, terminal)
        answer = memo.find()
        if answer is None:
            # Loads all that an audit needs, 100 ms.
            from audit.cli.run import answered  # noqa: PLC0415

            answer, grounds = answered(settings, outputs, terminal, cache)
            memo.keep(answer, grounds)
    for kind, message in answer.notes:
        terminal.say(kind, message)
    for output, report in zip(outputs, answer.reports, strict=True):
        _write(output, report, terminal)
    return answer.code


def _outputs(settings: Settings) -> Sequence[Output]:
    """Decide where reports go, files first: a closed pipe must not cost a file."""
    formats = (*FORMATS, *PLANS)
    if settings.format not in formats:
        known = ", ".join(formats)
        raise UsageError(f"{settings.config}: format: expected one of {known}")
    outputs = plan(settings.output, settings.format, formats)
    check_places(outputs, settings.targets)
    return sorted(outputs, key=lambda output: output.file is None)


def _write(output: Output, report: str, terminal: Terminal) -> None:
    if output.file is not None:
        write_file(output.file, report)
    elif output.format == "text":
        terminal.write(report)
    else:
        terminal.write_utf8(report)
