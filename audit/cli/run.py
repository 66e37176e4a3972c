"""One audit, from settings to what is said: everything that a run does but write it down."""

from __future__ import annotations

from dataclasses import replace
from time import time
from typing import TYPE_CHECKING, NamedTuple

from audit.assess import Policy, audit
from audit.cli.deployed import asked_for, unoffered
from audit.cli.explain import find_rule
from audit.cli.index import notes_of, open_index
from audit.cli.interpreters import Inquiry
from audit.cli.kept import KeptSources
from audit.cli.memo import Answer, Grounds, grounds_of
from audit.cli.platform import load_platform
from audit.errors import InputError, UsageError
from audit.project import read_project
from audit.render import PLANS, render
from audit.resolve.target import Preference
from audit.verdict import exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.assess import Platform
    from audit.cli.outputs import Output
    from audit.cli.settings import Settings
    from audit.cli.terminal import Terminal
    from audit.index.cache.store import Cache
    from audit.model import Problem, Project
    from audit.report import Report

_MOST_PROBLEMS = 10
"""How many problems stderr repeats; a binary file would fill the screen otherwise."""


class Ran(NamedTuple):
    """What came of one audit."""

    report: Report
    notes: tuple[tuple[str, str], ...]
    """Kind and message of each line for stderr."""
    grounds: Grounds | None


def answered(
    settings: Settings, outputs: Sequence[Output], terminal: Terminal, cache: Cache
) -> tuple[Answer, Grounds | None]:
    """Audit, and lay out the reports for their outputs; say what the answer rests on.

    Raises UsageError and InputError for what stops a run.
    """
    started = time()
    asked = asked_for(settings)
    platform = load_platform(settings.runtimes, settings.table, asked.runtimes)
    _refuse_plans(outputs, platform)
    report, notes, grounds = audited(settings, platform, terminal, cache, started)
    canvas = terminal.canvas(settings.color)
    answer = Answer(
        reports=tuple(
            render(report, output.format, canvas if output.file is None else terminal.page())
            for output in outputs
        ),
        notes=(*asked.notes, *notes),
        code=exit_code(report, settings.fail_on, every_runtime=bool(asked.runtimes)),
    )
    return answer, grounds


def _refuse_plans(outputs: Sequence[Output], platform: Platform) -> None:
    """Refuse a plan for several runtimes before any work: each has its own."""
    for output in outputs:
        if output.format in PLANS and len(platform.runtimes) != 1:
            raise UsageError(f"--format {output.format} is for one runtime: give --runtime NAME")


def audited(
    settings: Settings, platform: Platform, terminal: Terminal, cache: Cache, started: float
) -> Ran:
    """Read the project and audit it; `started` is when the first of it was read.

    Raises UsageError and InputError for what stops a run.
    """
    policy = _policy(settings)
    pythons = dict.fromkeys(runtime.python for runtime in platform.runtimes)
    inquiry = Inquiry(settings, pythons, terminal, cache)
    project = read_project(
        settings.targets,
        source=settings.source,
        scan_imports=settings.imports,
        exclude=settings.exclude,
        groups=settings.group,
        handler=settings.handler,
        environ=terminal.environ,
        ask=inquiry.ask,
        kept=None if settings.no_cache else KeptSources(cache),
        members=platform.members,
    )
    _refuse_nothing(project, settings.targets)
    project = project._replace(problems=(*project.problems, *unoffered(project, settings)))
    with open_index(settings, project.options, terminal, cache) as index:
        report = audit(project, replace(platform, index=index), policy)
        good_until = index.good_until
    told = () if settings.quiet else (*inquiry.notes(verbose=settings.verbose), *notes_of(index))
    notes = (*_notes(settings, project, report), *told)
    files = (settings.table, settings.runtimes, *settings.targets)
    # An answer that a silent interpreter would have completed is not for keeping.
    grounds = None
    if not inquiry.silences:
        grounds = grounds_of(project, filter(None, files), good_until, started)
    rests = grounds and grounds.resting_on(inquiry.pythons, inquiry.programs)
    return Ran(report, notes, rests)


def _refuse_nothing(project: Project, targets: Sequence[str]) -> None:
    """Never call a project ready of which nothing was seen: a wrong folder looks like that."""
    if not (project.declared or project.sources or project.vendored or project.problems):
        raise InputError(f"{', '.join(targets)}: nothing to audit, no requirement and no source")


def _policy(settings: Settings) -> Policy:
    place = settings.config or "--ignore"
    for wish in settings.ignore:
        code, colon, subject = wish.partition(":")
        find_rule(code, place)
        if colon and not subject:  # an unset shell variable must not ignore everything
            raise UsageError(f"{place}: {wish!r} names no package, module or file after the colon")
    return Policy(builtins=Preference(settings.builtins), ignore=settings.ignore)


def _notes(settings: Settings, project: Project, report: Report) -> Iterator[tuple[str, str]]:
    """Repeat for stderr what could not be read: whoever reads only that must see it too."""
    if settings.verbose:
        yield "note", f"configuration: {settings.config or 'none'}"
        table = report.table
        yield "note", f"built-in table: {table.source}, {table.libraries} libraries"
        yield "note", f"requirements: {', '.join(project.declared_in) or 'none'}"
        packed = f", {len(project.packed)} of vendored copies" if project.packed else ""
        yield "note", f"sources: {len(project.sources)} under {project.root}{packed}"
        handlers = (
            f"{each.handler} ({each.at})" if each.at else each.handler for each in project.entries
        )
        yield "note", f"handler: {', '.join(handlers) or 'none known, give --handler'}"
    if settings.quiet:
        return
    own_table = report.table.problems if settings.table else ()
    problems: tuple[Problem, ...] = (*own_table, *report.problems)
    for problem in problems[:_MOST_PROBLEMS]:
        yield "warning", str(problem)
    if len(problems) > _MOST_PROBLEMS:
        yield "warning", f"{len(problems) - _MOST_PROBLEMS} more problems are in the report"
