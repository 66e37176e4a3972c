"""`scf-audit migrate`: what a move from one runtime to another changes for a project."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Any

import click

from audit.cli.check import command as check_command
from audit.cli.kept import open_cache
from audit.cli.options import CONTEXT, SectionedCommand, option
from audit.cli.outputs import check_places, plan, write_file
from audit.cli.platform import load_platform
from audit.cli.run import audited
from audit.cli.settings import configuration, decide
from audit.errors import UsageError
from audit.migration import compare
from audit.render.migration import MIGRATION_FORMATS, render_migration
from audit.runtimes import select
from audit.verdict import exit_code

if TYPE_CHECKING:
    from audit.cli.outputs import Output
    from audit.cli.settings import Settings
    from audit.cli.terminal import Terminal
    from audit.migration import Migration
    from audit.report import Report

_NOT_AS_IN_CHECK = frozenset({"runtime", "format"})
_MOVE = "Move"


class _Migrate(SectionedCommand):
    """Names first what it cannot do without."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the parameters in the order of the help."""
        params = super().get_params(ctx)
        return sorted(params, key=lambda each: getattr(each, "section", "") != _MOVE)


@click.command(
    "migrate",
    cls=_Migrate,
    context_settings=CONTEXT,
    params=[each for each in check_command.params if each.name not in _NOT_AS_IN_CHECK],
)
@option(
    _MOVE,
    "--from",
    "before",
    required=True,
    metavar="NAME",
    help="The runtime that the project is on, such as Python3.6, py36 or 3.6.",
)
@option(
    _MOVE,
    "--to",
    "after",
    required=True,
    metavar="NAME",
    help="The runtime to move it to; its verdict decides the exit code.",
)
@option(
    "Output",
    "--format",
    "form",
    type=click.Choice(list(MIGRATION_FORMATS)),
    default="text",
    help="The form of the report; text by default.",
)
@click.pass_obj
def command(  # noqa: PLR0913  # its own options beside those of check
    terminal: Terminal,
    /,
    *,
    targets: tuple[str, ...],
    before: str,
    after: str,
    form: str,
    config: str | None,
    **given: Any,  # noqa: ANN401  # one type an option
) -> int:
    """Tell what a move from one runtime to another changes.

    Built-ins that are lost, what has to be vendored, imports that are missing or called
    otherwise, findings that appear and disappear. TARGET is as for check.
    """
    for option_name, name in (("--from", before), ("--to", after)):
        if name.strip().lower() == "all":
            raise UsageError(f"{option_name} {name}: expected one runtime")
    found = configuration(config, targets)
    settings = decide({"targets": targets, "runtime": (before, after), **given}, found)
    outputs = plan(settings.output, form, MIGRATION_FORMATS)
    check_places(outputs, settings.targets)
    report, migration = _migration(settings, terminal, (before, after))
    for output in sorted(outputs, key=lambda output: output.file is None):
        _write(output, (report, migration), settings, terminal)
    arrived = report._replace(runtimes=(migration.after,))
    return exit_code(arrived, settings.fail_on, every_runtime=True)


def _migration(
    settings: Settings, terminal: Terminal, move: tuple[str, str]
) -> tuple[Report, Migration]:
    started = time()
    platform = load_platform(settings.runtimes, settings.table, settings.runtime)
    if len(platform.runtimes) == 1:
        raise UsageError(f"--from and --to are both {platform.runtimes[0].name}")
    with open_cache(settings, terminal) as cache:
        report, notes, _ = audited(settings, platform, terminal, cache, started)
    for kind, message in notes:
        terminal.say(kind, message)
    parts = {part.runtime.name: part for part in report.runtimes}
    (old,), (new,) = (select([name], platform.runtimes) for name in move)
    return report, compare(parts[old.name], parts[new.name], platform.import_names)


def _write(
    output: Output, compared: tuple[Report, Migration], settings: Settings, terminal: Terminal
) -> None:
    if output.file is not None:
        write_file(output.file, render_migration(*compared, output.format, terminal.page()))
        return
    text = render_migration(*compared, output.format, terminal.canvas(settings.color))
    if output.format == "text":
        terminal.write(text)
    else:
        terminal.write_utf8(text)
