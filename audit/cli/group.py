"""A click group with a default command, whose commands load when they are due."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem


class DefaultGroup(click.Group):
    """A group that takes what is none of its commands as arguments of a default one.

    A command in `modules` is the `command` of a module that is imported when the command
    is first needed: `--version` must not wait for the whole tool.
    """

    default: ClassVar[str]
    modules: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names in the order in which help shows them."""
        return [*self.modules, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module where it has one of its own."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(self.modules[cmd_name]).command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        own = {option for param in self.get_params(ctx) for option in param.opts}
        named = args[:1] and args[0] in {*self.list_commands(ctx), *own}
        completing = ctx.resilient_parsing and not args
        if args and not named and not args[0].startswith("-"):
            self._refuse_unless_argument(ctx, args[0])
        return super().parse_args(ctx, args if named or completing else [self.default, *args])

    def _refuse_unless_argument(self, ctx: click.Context, word: str) -> None:
        """Tell of the commands who writes none of them where the default one takes no argument."""
        default = self.get_command(ctx, self.default)
        params = default.params if default is not None else ()
        if not any(isinstance(param, click.Argument) for param in params):
            known = ", ".join(self.list_commands(ctx))
            ctx.fail(f"{self.name}: no command {word!r}; known: {known}")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete commands and, since it may be left out, what the default one takes."""
        found = super().shell_complete(ctx, incomplete)
        default = self.get_command(ctx, self.default)
        if default is not None:
            inner = click.Context(default, info_name=self.default, parent=ctx)
            found += default.shell_complete(inner, incomplete)
            if not incomplete.startswith("-"):
                found += [
                    item
                    for param in default.params
                    if isinstance(param, click.Argument)
                    for item in param.shell_complete(inner, incomplete)
                ]
        return list({(item.type, item.value): item for item in found}.values())
