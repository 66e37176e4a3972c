"""Sentences: made safe to show, and broken into lines of a width."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def within(text: str, root: str) -> str:
    """Name files as seen from a root that is absolute: where a whole path stands beside it."""
    if not root.startswith("/") or f"{root}/" not in text:
        return text
    return re.sub(rf"(?<![^\s('\"=:,;]){re.escape(root)}/(?=[^\s/])", "", text)


def wrapped(text: str, width: int, *, indent: str = "", hanging: str | None = None) -> list[str]:
    """Break text at spaces into lines of at most `width` columns, as a terminal counts them.

    Spans between backticks or quotes stay on one line, so that they can be pasted. The lines after
    the first start with `hanging`, or like the first. A token that is wider than the line
    stands alone and whole.
    """
    hanging = indent if hanging is None else hanging
    width = min(width, PROSE_WIDTH)
    glued = _WHOLE.sub(lambda span: span[0].replace(" ", _GLUE), text)
    is_plain = text.isascii() and text.isprintable() and text == " ".join(text.split())
    lines = (_filled if is_plain else _measured)(glued, width, indent, hanging)
    return [line.replace(_GLUE, " ") for line in lines]


def _filled(text: str, width: int, indent: str, hanging: str) -> Iterable[str]:
    """Yield lines as `_measured` does, of words that have as many columns as letters."""
    start = 0
    while len(text) - start > width - len(indent):
        # The last space that leaves a line of the width, or else the first of all.
        end = text.rfind(" ", start, start + max(width - len(indent), 0) + 1)
        end = end if end >= 0 else text.find(" ", start)
        if end < 0:
            break
        yield indent + text[start:end]
        start, indent = end + 1, hanging
    if text:
        yield indent + text[start:]


def _measured(text: str, width: int, indent: str, hanging: str) -> Iterable[str]:
    import wcwidth  # noqa: PLC0415 - 15 ms, and a tenth of the speed

    lines: list[str] = wcwidth.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines


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
