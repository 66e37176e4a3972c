"""Options that know their section of the help, and those that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from audit.render import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_LAST = "Help"


class _Option(click.Option):
    """A click option with the title that help lists it under."""

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:  # noqa: ANN401  # click's own attributes
        super().__init__(*args, **kwargs)
        self.section = section


class SectionedCommand(click.Command):
    """A command whose help lists its options under titles, in the order of their definition."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one definition list a section."""
        write_sections(self.get_params(ctx), ctx, formatter)


def write_sections(
    params: Iterable[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write the options under their titles; those of click itself have none and come last."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        record = param.get_help_record(ctx)
        if isinstance(param, click.Option) and record is not None:
            sections.setdefault(getattr(param, "section", _LAST), []).append(record)
    last = sections.pop(_LAST, [])
    for title, records in (*sections.items(), (_LAST, last)):
        with formatter.section(title):
            formatter.write_dl(records)


def option(section: str, *names: str, **attributes: Any) -> Decorator:  # noqa: ANN401  # click's own attributes
    """Declare an option as `click.option` does, in a section of the help."""
    return click.option(*names, cls=_Option, section=section, **attributes)


def _complete_runtimes(_context: click.Context, _param: click.Parameter, start: str) -> list[str]:
    # Completion alone needs the names before the command runs.
    from audit.cli.tables import shipped_runtimes  # noqa: PLC0415

    names = [runtime.name for runtime in shipped_runtimes()]
    return [name for name in names if name.lower().startswith(start.lower())]


runtime_option = option(
    "What to audit for",
    "--runtime",
    multiple=True,
    metavar="NAME",
    shell_complete=_complete_runtimes,
    help="A runtime to audit for, such as Python3.6, py36 or 3.6; repeatable. All by default.",
)
runtimes_option = option(
    "What to audit for",
    "--runtimes",
    type=click.Path(),
    metavar="FILE",
    help="Another platform's runtimes, in the form of data/runtimes.toml.",
)
table_option = option(
    "What to audit for",
    "--table",
    type=click.Path(),
    metavar="FILE",
    help="Another built-in table: CSV, a Markdown page, pip freeze or pip list --format=json.",
)
format_option = option(
    "Output",
    "--format",
    type=click.Choice(list(FORMATS)),
    help="The form of the report; text by default.",
)
color_option = option(
    "Output",
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour; auto means on a terminal, by NO_COLOR and FORCE_COLOR.",
)
CONTEXT = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SCF_AUDIT"}
"""Settings that every command's context shares."""
