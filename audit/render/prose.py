"""Sentences: made safe to show, and broken into lines of a width."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"`[^`]+`|(?<!\S)'[^']+'(?!\S)")
_COMMAND = re.compile(r"(?:.*?: )?(?P<command>(?:python[\d.]+ -m )?pip install |rm -r )")
_GLUE = "\xa0"
"""Stands for a space that must not break; `visible` lets no such character through."""

PROSE_WIDTH = 100
"""Longer lines of prose are hard to read, however wide the terminal."""


def visible(text: str) -> str:
    r"""Return the text with everything that is not seen written as an escape.

    Control characters, bidirectional overrides, odd spaces and the surrogates of undecodable
    file names become `\x1b`, `\u202e`, `\udc80`: what comes from a project can neither
    steer a terminal nor start a line of its own.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def wrapped(text: str, width: int, *, indent: str = "", hanging: str | None = None) -> list[str]:
    """Break text at spaces into lines of at most `width` columns, as a terminal counts them.

    Spans between backticks or quotes stay on one line, so that they can be pasted. The lines after
    the first start with `hanging`, or like the first. A token that is wider than the line
    stands alone and whole.
    """
    import wcwidth  # noqa: PLC0415 - 15 ms that json and github do not need

    lines = wcwidth.wrap(
        _WHOLE.sub(lambda span: span[0].replace(" ", _GLUE), text),
        min(width, PROSE_WIDTH),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_GLUE, " ") for line in lines]


def command_in(text: str) -> tuple[str, str]:
    """Split a remedy before its command for a shell, which is empty where there is none."""
    found = _COMMAND.match(text)
    start = found.start("command") if found else len(text)
    return text[:start], text[start:]


def wrapped_command(
    text: str, width: int, *, indent: str = "", hanging: str | None = None
) -> list[str]:
    """Break a command as `wrapped` does, each line but the last continued with a backslash."""
    *most, last = wrapped(text, width - len(" \\"), indent=indent, hanging=hanging)
    return [*(f"{line} \\" for line in most), last]


def wrapped_remedy(
    lead: str, remedy: str, width: int, *, indent: str = "", hanging: str
) -> list[str]:
    """Break what to do, with its lead, such as `fix: `; a command behind code has its own lines."""
    before, command = command_in(remedy)
    told = visible(f"{lead}{remedy}")
    if not command:
        return wrapped(told, width, indent=indent, hanging=hanging)
    if before.count(": ") <= 1:
        return wrapped_command(told, width, indent=indent, hanging=hanging)
    return [
        *wrapped(visible(f"{lead}{before}").rstrip(), width, indent=indent, hanging=hanging),
        *wrapped_command(visible(command), width, indent=hanging, hanging=hanging + "    "),
    ]


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 conflict`, `0 conflicts`, `1,200 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
