"""The long story of a rule, for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.render.prose import wrapped
from audit.render.style import SEVERITY_TONES, Tone, paint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.render.canvas import Canvas
    from audit.report import Rule

_FENCE = "```"
_ITEM = re.compile(r"(?:[-*]|[0-9]+[.)]) +")
_HEADING = re.compile(r"#{1,6} +")


def explain(rule: Rule, canvas: Canvas) -> str:
    """Return a rule's code, name, usual weight and explanation, wrapped to the canvas.

    The explanation's paragraphs and list items are wrapped, its code blocks are left alone.
    """
    severity = rule.severity.value
    start = f"{rule.code} {rule.name}"
    painted = paint(severity, SEVERITY_TONES[rule.severity], canvas)
    lines = [f"{paint(start, Tone.STRONG, canvas)} ({painted})", ""]
    for block in _blocks(rule.explanation):
        lines += [*_block(block, canvas), ""]
    return "\n".join(lines[:-1]) + "\n"


def _blocks(markdown: str) -> Iterator[list[str]]:
    """Split Markdown at blank lines, and before each list item; code blocks stay whole."""
    block: list[str] = []
    fenced = False
    for line in markdown.strip().splitlines():
        if not fenced and not line.strip():
            if block:
                yield block
            block = []
            continue
        block.append(line)
        if line.lstrip().startswith(_FENCE):
            fenced = not fenced
    if block:
        yield block


def _block(block: list[str], canvas: Canvas) -> list[str]:
    first = block[0]
    if first.lstrip().startswith(_FENCE):
        return [f"    {line}".rstrip() for line in block if not line.lstrip().startswith(_FENCE)]
    if first.startswith("    "):
        return block
    if heading := _HEADING.match(first):
        return [paint(first[heading.end() :], Tone.STRONG, canvas)]
    return [line for item in _items(block) for line in _filled(item, canvas)]


def _items(block: list[str]) -> list[str]:
    items: list[str] = []
    for line in block:
        if not items or _ITEM.match(line.lstrip()):
            items.append(line.rstrip())
        else:
            items[-1] += " " + line.strip()
    return items


def _filled(item: str, canvas: Canvas) -> list[str]:
    mark = _ITEM.match(item.lstrip())
    return wrapped(item, canvas.width, hanging=" " * len(mark[0]) if mark else "")
