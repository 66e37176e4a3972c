"""`scf-audit check`, the default command: read, audit, write, answer with a code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from audit.assess import Policy, audit
from audit.cli.explain import find_rule
from audit.cli.options import (
    CONTEXT,
    SectionedCommand,
    color_option,
    format_option,
    option,
    runtime_option,
    runtimes_option,
    table_option,
)
from audit.cli.outputs import check_places, plan, write_file
from audit.cli.platform import load_platform
from audit.cli.settings import Settings, configuration, decide
from audit.config import BUILTINS, FAIL_ON
from audit.errors import InputError, UsageError
from audit.project import read_project
from audit.render import FORMATS, render
from audit.resolve.universe import Preference
from audit.verdict import exit_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.cli.outputs import Output
    from audit.cli.terminal import Terminal
    from audit.model import Problem, Project
    from audit.report import Report

_MOST_PROBLEMS = 10
"""How many problems stderr repeats; a binary file would fill the screen otherwise."""


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
    metavar="MODULE.FUNCTION",
    help="The function that the platform calls; index.main_handler by default.",
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
    policy = _policy(settings)
    platform = load_platform(settings.runtimes, settings.table, settings.runtime)
    project = read_project(
        settings.targets,
        source=settings.source,
        scan_imports=settings.imports,
        exclude=settings.exclude,
        groups=settings.group,
        handler=settings.handler,
        environ=terminal.environ,
    )
    _refuse_nothing(project, settings.targets)
    report = audit(project, platform, policy)
    _tell(settings, terminal, project, report)
    for output in outputs:
        _write(output, report, settings, terminal)
    return exit_code(report, settings.fail_on, every_runtime=bool(settings.runtime))


def _refuse_nothing(project: Project, targets: Sequence[str]) -> None:
    """Never call a project ready of which nothing was seen: a wrong folder looks like that."""
    if not (project.declared or project.sources or project.vendored or project.problems):
        raise InputError(f"{', '.join(targets)}: nothing to audit, no requirement and no source")


def _outputs(settings: Settings) -> Sequence[Output]:
    """Decide where reports go, files first: a closed pipe must not cost a file."""
    if settings.format not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(f"{settings.config}: format: expected one of {known}")
    outputs = plan(settings.output, settings.format, FORMATS)
    check_places(outputs, settings.targets)
    return sorted(outputs, key=lambda output: output.file is None)


def _policy(settings: Settings) -> Policy:
    place = settings.config or "--ignore"
    for wish in settings.ignore:
        code, colon, subject = wish.partition(":")
        find_rule(code, place)
        if colon and not subject:  # an unset shell variable must not ignore everything
            raise UsageError(f"{place}: {wish!r} names no package, module or file after the colon")
    return Policy(builtins=Preference(settings.builtins), ignore=settings.ignore)


def _write(output: Output, report: Report, settings: Settings, terminal: Terminal) -> None:
    if output.file is not None:
        write_file(output.file, render(report, output.format, terminal.page()))
        return
    text = render(report, output.format, terminal.canvas(settings.color))
    if output.format == "text":
        terminal.write(text)
    else:
        terminal.write_utf8(text)


def _tell(settings: Settings, terminal: Terminal, project: Project, report: Report) -> None:
    """Repeat on stderr what could not be read: whoever reads only that must see it too."""
    if settings.verbose:
        _tell_inputs(settings, terminal, project, report)
    if settings.quiet:
        return
    own_table = report.table.problems if settings.table else ()
    problems: tuple[Problem, ...] = (*own_table, *report.problems)
    for problem in problems[:_MOST_PROBLEMS]:
        terminal.say("warning", str(problem))
    if len(problems) > _MOST_PROBLEMS:
        terminal.say("warning", f"{len(problems) - _MOST_PROBLEMS} more problems are in the report")


def _tell_inputs(settings: Settings, terminal: Terminal, project: Project, report: Report) -> None:
    terminal.say("note", f"configuration: {settings.config or 'none'}")
    terminal.say(
        "note", f"built-in table: {report.table.source}, {report.table.libraries} libraries"
    )
    terminal.say("note", f"requirements: {', '.join(project.declared_in) or 'none'}")
    terminal.say("note", f"sources: {len(project.sources)} under {project.root}")
