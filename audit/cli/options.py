"""Options that know their section of the help, and those that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from audit.errors import UsageError
from audit.render import FORMATS, PLANS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_LAST = "Help"
_WHERE = "Where releases come from"


class _Option(click.Option):
    """A click option with the title that help lists it under."""

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:  # noqa: ANN401  # click's own attributes
        super().__init__(*args, **kwargs)
        self.section = section

    def process_value(self, ctx: click.Context, value: Any) -> Any:  # noqa: ANN401  # click's own
        """Refuse an empty value, as of an unset variable, but for pip's options: as pip has it."""
        values = value if isinstance(value, (list, tuple)) else (value,)
        if "" in values and self.metavar and self.section != _WHERE:
            raise UsageError(f"{self.opts[-1]}: empty, expected {self.metavar}")
        return super().process_value(ctx, value)


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
    help="A runtime to audit for, such as Python3.6, py36 or 3.6; repeatable. By default "
    "those that serverless.yml or template.yaml names, else all; all means every one.",
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
    type=click.Choice([*FORMATS, *PLANS]),
    help="The form of the report; text by default. For one runtime also what to vendor, or "
    "the built-ins in use, as a file for pip.",
)
color_option = option(
    "Output",
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour; auto means on a terminal, by NO_COLOR and FORCE_COLOR.",
)
cache_dir_option = option(
    "Cache",
    "--cache-dir",
    type=click.Path(),
    metavar="DIR",
    help="Where to keep what the index says; by default in the user's cache folder.",
)


def cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Declare `--cache-dir`, `--no-cache` and `--refresh`."""
    no_cache = option(
        "Cache", "--no-cache", is_flag=True, help="Keep nothing, and use nothing that is kept."
    )
    refresh = option(
        "Cache", "--refresh", is_flag=True, help="Ask the index again about all that is kept."
    )
    return cache_dir_option(no_cache(refresh(command)))


_INDEX_OPTIONS = (
    option(
        _WHERE,
        "-i",
        "--index-url",
        metavar="URL",
        help="The package index; by default what pip is configured for, or PyPI.",
    ),
    option(
        _WHERE,
        "--extra-index-url",
        multiple=True,
        metavar="URL",
        help="One more index; repeatable.",
    ),
    option(
        _WHERE,
        "-f",
        "--find-links",
        multiple=True,
        metavar="URL|DIR",
        help="A page of links or a folder of distributions to look in too; repeatable.",
    ),
    option(_WHERE, "--no-index", is_flag=True, help="Ask no index, only what --find-links names."),
    option(_WHERE, "--pre", is_flag=True, help="Take pre-releases for releases like any other."),
    option(
        _WHERE,
        "--only-binary",
        multiple=True,
        metavar="NAMES",
        help="Take no source of these: names with commas, :all: or :none:; repeatable.",
    ),
    option(
        _WHERE,
        "--no-binary",
        multiple=True,
        metavar="NAMES",
        help="Take no wheels of these: names with commas, :all: or :none:; repeatable.",
    ),
    option(
        _WHERE,
        "--trusted-host",
        multiple=True,
        metavar="HOST",
        help="A host whose certificate is not verified; repeatable.",
    ),
    option(_WHERE, "--cert", type=click.Path(), metavar="FILE", help="CA bundle to trust."),
    option(
        _WHERE,
        "--client-cert",
        type=click.Path(),
        metavar="FILE",
        help="PEM file with our certificate and its key.",
    ),
    option(
        _WHERE, "--proxy", metavar="URL", help="Proxy for every request; empty for none at all."
    ),
    option(
        _WHERE,
        "--timeout",
        type=click.FloatRange(min=0, max=3600, min_open=True),
        metavar="SECONDS",
        help="How long to wait for an answer, 15 by default.",
    ),
    option(
        _WHERE,
        "--retries",
        type=click.IntRange(min=0, max=100),
        metavar="NUMBER",
        help="How often to try again what failed in passing, 3 by default.",
    ),
)


def index_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options that say where releases come from, named and meant as pip's are."""
    for each in reversed(_INDEX_OPTIONS):
        command = each(command)
    return command


CONTEXT = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "SCF_AUDIT"}
"""Settings that every command's context shares."""
