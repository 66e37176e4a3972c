"""`scf-audit explain`: the long story of a finding's code, offline."""

from __future__ import annotations

import difflib
from operator import eq
from typing import TYPE_CHECKING

import click

from audit.checks import RULES
from audit.cli.options import CONTEXT, SectionedCommand, color_option
from audit.errors import UsageError
from audit.render.explain import explain

if TYPE_CHECKING:
    from audit.cli.terminal import Terminal
    from audit.report import Rule


def _complete(_context: click.Context, _param: click.Parameter, start: str) -> list[str]:
    return [rule.code for rule in RULES if rule.code.startswith(start.upper())]


@click.command("explain", cls=SectionedCommand, context_settings=CONTEXT)
@click.argument("code", required=False, shell_complete=_complete)
@color_option
@click.pass_obj
def command(terminal: Terminal, /, code: str | None, color: str) -> int:
    """Tell the long story behind a finding's code.

    What it means, why it breaks, what to do. CODE is one such as SCF101, in upper or lower
    case; without it, every code is listed.
    """
    if code is None:
        terminal.write(
            "".join(f"{rule.code}  {rule.severity.value:<7}  {rule.name}\n" for rule in RULES)
        )
    else:
        terminal.write(explain(find_rule(code, "explain"), terminal.canvas(color)))
    return 0


def find_rule(code: str, place: str) -> Rule:
    """Return the rule of a code; raises UsageError, with the nearest code, for none."""
    known = {rule.code: rule for rule in RULES}
    rule = known.get(code.upper())
    if rule is None:
        near = difflib.get_close_matches(code.upper(), known, n=len(known))
        best = max(near, key=lambda each: sum(map(eq, each, code.upper())), default="")
        hint = f"did you mean {best}?" if best else "scf-audit explain lists them"
        raise UsageError(f"{place}: no code {code!r}; {hint}")
    return rule
