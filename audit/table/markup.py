"""Text and Markdown cells freed of everything that is only looks."""

from __future__ import annotations

import re

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def plain_text(text: str) -> str:
    """Turn full-width characters (U+FF01 to U+FF5E) into ASCII, line ends into newlines.

    Not Unicode's compatibility form: that would make `1.0¹`, a footnote, version 1.01.
    """
    narrow = text.removeprefix("\ufeff").translate(_FULL_WIDTH)
    return narrow.replace("\r\n", "\n").replace("\r", "\n")


_PIPE = re.compile(r"(?<!\\)\|")
_QUOTE_MARK = re.compile(r"\s*(?:>\s*)*")


def split_row(line: str) -> tuple[str, ...]:
    """Return the cells of a pipe-table row without markup; outer pipes may be missing."""
    row = _QUOTE_MARK.sub("", line, count=1).rstrip()
    cells = _PIPE.split(row)
    if len(cells) > 1 and not cells[0].strip():
        del cells[0]
    if len(cells) > 1 and not cells[-1].strip():
        del cells[-1]
    return tuple(plain_cell(cell) for cell in cells)


_RULE = re.compile(r":?-+:?")


def is_alignment(cells: tuple[str, ...]) -> bool:
    """Tell whether a row is the one below the heads (`| :--- | --- |`)."""
    return bool(cells) and all(_RULE.fullmatch(cell) for cell in cells)


_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
_WRAPPED = re.compile(r"(\*{1,3}|_{1,3}|`+)(.+)\1")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain_cell(cell: str) -> str:
    """Return what a cell says without bold, links, code spans, tags, entities, escapes."""
    if cell.isalnum():
        return cell
    text = _TAG.sub("", _BREAK.sub(" ", cell))
    if "&" in text:
        from html import unescape  # noqa: PLC0415  # 2 ms of entity tables that few pages need

        text = unescape(text)
    text = " ".join(_LINK.sub(r"\1", text).split())
    while wrapped := _WRAPPED.fullmatch(text):
        text = wrapped[2].strip()
    return _ESCAPE.sub(r"\1", text)
