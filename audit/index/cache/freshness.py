"""How long an answer may be used again without asking, by its headers (RFC 9111)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSAID = 600.0
"""Seconds for an answer that says nothing of it, as pip and uv take the package index."""
_LONGEST = 86_400.0
"""Whatever an index says: a release of yesterday has to be seen today."""
_DIRECTIVE = re.compile(r'([\w-]+)(?:\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s,"]+)))?')


def fresh_for(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds an answer is fresh; None where it must not be kept.

    0 where it may be kept but the index has to be asked before each use. The cache is one
    user's own, so `private` and `s-maxage` say nothing to it; `must-revalidate` neither, as
    what is stale is always asked about again. What cannot be read makes an answer stale.
    """
    said = {name.lower(): text for name, text in headers.items()}
    directives = _directives(said.get("cache-control", ""))
    if "no-store" in directives:
        return None
    if "no-cache" in directives or said.get("vary", "").strip() == "*":
        return 0.0
    if "max-age" in directives:
        lifetime = _seconds(directives["max-age"])
    elif "expires" in said:
        lifetime = _span(said.get("date", ""), said["expires"])
    else:
        lifetime = UNSAID
    return min(max(lifetime - _seconds(said.get("age", "")), 0.0), _LONGEST)


def _directives(text: str) -> Mapping[str, str]:
    """Read Cache-Control; of a directive that stands there twice the first counts."""
    found: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(text):
        found.setdefault(name.lower(), quoted or plain)
    return found


def _seconds(text: str) -> float:
    digits = text.strip()
    return float(digits) if digits.isascii() and digits.isdigit() else 0.0


def _span(start: str, end: str) -> float:
    """Return the seconds between two dates of HTTP, 0 where one is none."""
    # Only few servers say Expires and no max-age.
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        span = parsedate_to_datetime(end) - parsedate_to_datetime(start)
    except (TypeError, ValueError, OverflowError):  # Python 3.10 had TypeError for no date at all
        return 0.0
    return span.total_seconds()
