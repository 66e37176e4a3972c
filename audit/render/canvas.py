"""What a renderer may know of the place it writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT_WIDTH = 80
_NARROWEST = 40
"""Below this nothing can be laid out, and a terminal that claims it is mistaken."""


class Canvas(NamedTuple):
    """How many columns a line may take, and whether escape codes for colour are welcome."""

    width: int = _DEFAULT_WIDTH
    color: bool = False


def canvas_for(*, is_terminal: bool, environ: Mapping[str, str], columns: int | None) -> Canvas:
    """Decide the canvas of a stream.

    `columns` is what the terminal reports, None where it reports nothing. COLUMNS outranks
    it; a pipe gets 80. Colour by the conventions of no-color.org and force-color.org, in
    CPython's own order (`_colorize`): NO_COLOR, FORCE_COLOR, TERM=dumb, then the terminal.
    """
    return Canvas(
        width=_width(environ.get("COLUMNS", ""), columns if is_terminal else None),
        color=_color(environ, is_terminal=is_terminal),
    )


def _width(wish: str, columns: int | None) -> int:
    asked = int(wish) if wish.isascii() and wish.isdigit() and len(wish) < len("100000") else 0
    return max(_NARROWEST, asked or columns or _DEFAULT_WIDTH)


def _color(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] not in ("0", "false")
    return is_terminal and environ.get("TERM") != "dumb"
