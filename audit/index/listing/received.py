"""A page as it was received -> links: what form it has, and how it is encoded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.index.listing.htmlpage import read_html
from audit.index.listing.jsonpage import read_json
from audit.index.listing.links import check_version

if TYPE_CHECKING:
    from audit.index.listing.links import Links

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_links(body: bytes, content_type: str, url: str) -> Links:
    """Read a page of the simple API or of find-links; ValueError with the reason if it is none.

    JSON is known by its first byte, since mirrors announce it as text/html, as
    application/octet-stream or as nothing; but what was announced as JSON has to be JSON.
    """
    media, charset = _announced(content_type)
    version = re.fullmatch(r"application/vnd\.pypi\.simple\.v(\d+)\+(?:json|html)", media)
    if version is not None:
        check_version(f"{version[1]}.0")
    first = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first == b"{":
        return read_json(body, url)
    if not body.strip():
        raise ValueError("the page is empty")
    if media.endswith("json"):
        kind = "HTML" if first == b"<" else "something else"
        raise ValueError(f"the page was announced as JSON and is {kind}")
    if first == b"<" or "html" in media or body.startswith(_UTF_16):
        return read_html(_decoded(body, charset), url)
    raise ValueError("the page is neither JSON nor HTML")


def _announced(content_type: str) -> tuple[str, str | None]:
    media, _, parameters = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters, re.IGNORECASE)
    return media.strip().lower(), None if charset is None else charset[1]


_META_CHARSET = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def _decoded(body: bytes, charset: str | None) -> str:
    """Decode HTML by its byte order mark, what was announced, what it says itself, or as UTF-8."""
    said = _META_CHARSET.search(body[:1024])
    if body.startswith(_UTF_16):
        charset = "utf-16"
    elif charset is None:
        charset = said[1].decode("ascii") if said else "utf-8"
    try:
        return body.decode(charset, "replace").removeprefix("\ufeff")
    except LookupError:
        return body.decode("utf-8-sig", "replace")
