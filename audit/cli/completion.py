"""`scf-audit completion`: the script that makes a shell complete the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from audit.cli.options import CONTEXT
from audit.cli.terminal import COMPLETE_VARIABLE, PROGRAM

if TYPE_CHECKING:
    from audit.cli.terminal import Terminal

_SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


_HELP = """Print the completion script of a shell.

\b
For bash, in ~/.bashrc:
    eval "$(scf-audit completion bash)"
For zsh, in ~/.zshrc:
    eval "$(scf-audit completion zsh)"
For fish:
    scf-audit completion fish > ~/.config/fish/completions/scf-audit.fish
"""


@click.command("completion", help=_HELP, context_settings=CONTEXT)
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the completion script of a shell."""
    terminal: Terminal = context.obj
    root = context.find_root().command
    script = _SHELLS[shell](root, {}, PROGRAM, COMPLETE_VARIABLE).source()
    terminal.write(f"{script}\n")
    return 0
