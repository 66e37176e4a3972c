"""Colour, by what a piece of text means."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from audit.report import Severity, Verdict

if TYPE_CHECKING:
    from audit.render.canvas import Canvas


class Tone(Enum):
    """What a piece of text means to the reader; the value is its SGR code (ECMA-48)."""

    PLAIN = ""
    GOOD = "32"
    DUE = "33"
    """Something is left to do or to find out."""
    BAD = "31"
    CALM = "36"
    FAINT = "2"
    STRONG = "1"


SEVERITY_TONES = {
    Severity.ERROR: Tone.BAD,
    Severity.WARNING: Tone.DUE,
    Severity.NOTE: Tone.CALM,
}

VERDICT_TONES = {
    Verdict.READY: Tone.GOOD,
    Verdict.VENDOR: Tone.GOOD,
    Verdict.UNKNOWN: Tone.DUE,
    Verdict.BLOCKED: Tone.BAD,
}


def paint(text: str, tone: Tone, canvas: Canvas) -> str:
    """Return the text in its colour where the canvas has any; never paints emptiness."""
    if not canvas.color or not text or tone is Tone.PLAIN:
        return text
    return f"\x1b[{tone.value}m{text}\x1b[0m"
