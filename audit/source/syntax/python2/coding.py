"""What 2.7 refuses of the bytes of a file before it parses them: PEP 263, as on import."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from audit.source.syntax.versions import since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.code import Construct
    from audit.source.syntax.facts import Facts


def refused(facts: Facts) -> Iterator[Construct]:
    """Yield what is wrong with the encoding of a file.

    Characters beyond ASCII need a coding line or the mark of UTF-8, whatever the rest is:
    `import` refuses them even in a comment, other than `compile` of the same bytes.
    """
    raw = facts.raw
    beyond = _BEYOND_ASCII(raw)
    if beyond is None and b"coding" not in raw[:_HEAD]:
        return
    cookie = _COOKIE(raw)
    if cookie:
        name = cookie[1].decode().lower().replace("_", "-")
        if name in _NEWER_CODECS:
            line = len(_LINE(raw[: cookie.start(1)])) + 1
            yield since(line, f"the encoding {name}", 3, "UTF-8")
    elif beyond and not raw.startswith(codecs.BOM_UTF8):
        line = len(_LINE(raw[: beyond.start()])) + 1
        what = "a character beyond ASCII without a coding line"
        yield since(line, what, 0, "# -*- coding: utf-8 -*- as the first line")


_HEAD = 2000
"""Bytes in which a coding line of plain files is looked for."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]").search
_LINE = re.compile(rb"\r\n?|\n").findall
_COOKIE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?"
    rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
).match
"""In the second line where the first has nothing but a comment."""
_NEWER_CODECS = frozenset({"cp273", "cp1125", "koi8-t", "kz1048", "utf-8-variants"})
"""Encodings that Python 3 added, of those that both could have for source."""
