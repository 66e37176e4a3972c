"""The top of the command line: which command runs, and what becomes of a failure."""

from __future__ import annotations

import re
from contextlib import redirect_stderr, redirect_stdout
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from audit import __version__
from audit.cli.group import DefaultGroup
from audit.cli.options import CONTEXT, write_sections
from audit.cli.terminal import COMPLETE_VARIABLE, PROGRAM, silence
from audit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.cli.terminal import Terminal

_HELP_WIDTH = 80
"""Prose is hard to read in longer lines."""


def run(argv: Sequence[str], terminal: Terminal) -> int:
    """Run the command that the arguments name and return the exit code.

    Everything that stops a run ends here, as one line on stderr.
    """
    try:
        # Click writes help and completions to the streams of the process.
        with redirect_stdout(terminal.stdout), redirect_stderr(terminal.stderr):
            return _invoke(argv, terminal)
    except AuditError as error:
        terminal.say("error", str(error))
        return error.exit_code
    except click.ClickException as error:
        terminal.say("error", _reworded(error.format_message()))
        return error.exit_code
    except KeyboardInterrupt:
        terminal.say("error", "interrupted")
        return 130
    except BrokenPipeError:
        silence(terminal.stdout)
        return 0
    except Exception as error:  # noqa: BLE001  # whatever it is, users get one line and a code
        _report_defect(error, argv, terminal)
        return 4


def _invoke(argv: Sequence[str], terminal: Terminal) -> int:
    instruction = terminal.environ.get(COMPLETE_VARIABLE)
    if instruction:
        # Only a shell that completes asks for it.
        from click.shell_completion import shell_complete  # noqa: PLC0415

        return shell_complete(root, {}, PROGRAM, COMPLETE_VARIABLE, instruction)
    if not argv:
        with redirect_stdout(terminal.stderr):
            _dispatch(("--help",), terminal)
        return 2
    return _dispatch(argv, terminal)


def _dispatch(argv: Sequence[str], terminal: Terminal) -> int:
    width = min(terminal.canvas("auto").width, _HELP_WIDTH)
    try:
        with root.make_context(PROGRAM, list(argv), obj=terminal, terminal_width=width) as context:
            code: int = root.invoke(context)
            return code
    except click.exceptions.Exit as done:
        return done.exit_code


def _reworded(message: str) -> str:
    """Give click's message the form of ours: lower-case start, no trailing period."""
    return f"{message[:1].lower()}{message[1:]}".rstrip(".")


def _report_defect(error: Exception, argv: Sequence[str], terminal: Terminal) -> None:
    verbose = {"-v", "--verbose"} & {*argv} or terminal.environ.get("SCF_AUDIT_VERBOSE")
    hint = "" if verbose else "; --verbose or SCF_AUDIT_VERBOSE=1 shows the traceback"
    what = f"internal error: {type(error).__name__}: {error}"
    terminal.say("error", f"{what} (please report it{hint})")
    if verbose:
        # It costs a few milliseconds that nobody else should pay.
        from traceback import format_exception  # noqa: PLC0415

        terminal.raw("".join(format_exception(error)))


def _print_version(context: click.Context, _param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  # click's signature
    if not wanted or context.resilient_parsing:
        return
    terminal: Terminal = context.obj
    # A few milliseconds that only this option needs.
    from audit.shipped import RUNTIMES, data_text  # noqa: PLC0415

    # Two facts do not need a TOML parser.
    platform = data_text(RUNTIMES).partition("[[runtime]]")[0]
    facts = dict(re.findall(r'^([\w-]+) *= *"([^"]*)"', platform, re.MULTILINE))
    table = f"built-in table of {facts['table-date']}, {facts['name']}"
    terminal.write(f"{PROGRAM} {__version__} ({table})\n")
    context.exit()


class _Root(DefaultGroup):
    """The top command: its help answers what a newcomer asks, on one page."""

    default = "check"
    modules = MappingProxyType(
        {
            "check": "audit.cli.check",
            "migrate": "audit.cli.migrate",
            "table": "audit.cli.table",
            "explain": "audit.cli.explain",
            "cache": "audit.cli.cache",
            "completion": "audit.cli.completion",
        }
    )

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both forms of the command line."""
        formatter.write_usage(ctx.command_path, "[check] [OPTIONS] TARGET...")
        formatter.write_usage(ctx.command_path, "COMMAND ...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options of the default one, then our own."""
        self.format_commands(ctx, formatter)
        check = self.get_command(ctx, self.default)
        if check is not None:
            write_sections([*check.params, *self.get_params(ctx)], ctx, formatter)


_HELP = """Will this project run on that serverless Python?

Reads requirements and imports, resolves them against what every runtime of the platform
has built in, and tells for each one whether the project is ready, what to vendor, or what
blocks it. Nothing is installed or run.

\b
Examples:
  scf-audit requirements.txt              every runtime side by side
  scf-audit . --runtime Python3.6         a folder, for one runtime
  scf-audit . --runtime 3.6 --format requirements
                                          what to pack, as a file for pip
  scf-audit . -o json=audit.json          the report, and one for programs
  scf-audit explain SCF101                what a finding means
"""

_EPILOG = """\b
Exit codes:
  0  every runtime asked for is ready or needs only vendoring
     (without --runtime: at least one is)
  1  findings at or above --fail-on
  2  usage or configuration, or an output that cannot be written
  3  undecided: an input or the index could not be read
  4  internal error
Every option can be set as SCF_AUDIT_<OPTION> in the environment, and most
in [tool.scf-audit] of pyproject.toml. A file named like a command: ./NAME.
"""

root = _Root(
    name=PROGRAM,
    help=_HELP,
    epilog=_EPILOG,
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            allow_from_autoenv=False,
            callback=_print_version,
            help="Print the version and the date of the built-in table.",
        )
    ],
    context_settings=CONTEXT,
    no_args_is_help=False,
)
