"""The anchors of an HTML page, and what its head says of it (PEP 503, PEP 629, PEP 792)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Attributes = dict[str, str | None]
"""Attribute names in lower case -> values without character references; None where it has none."""


class Anchors(NamedTuple):
    """What is read of an HTML page."""

    anchors: tuple[Attributes, ...]
    """Those of each `a` element, in the page's order."""
    base: str | None = None
    """The first `href` of a `base` element."""
    facts: Mapping[str, str] = {}
    """The page's `meta` elements: name in lower case -> content."""
    is_form: bool = False
    """Whether it holds a form or a script, as the page of a login does."""


def read_anchors(text: str) -> Anchors:
    """Read an HTML page; ValueError where it is cut short or beyond the parser.

    Pages of indexes are written by programs in the plainest HTML; these are read by regular
    expression, the 4,415 anchors of numpy in 25 ms instead of the 66 ms of the standard
    library's parser. Whatever else is in a page goes to that parser; a test holds the two equal.
    """
    lowered = text.lower()
    is_open = "<html" in lowered and "</html" not in lowered
    if is_open or text.rfind("<!--") > text.rfind("-->"):
        raise ValueError("the page is cut short: its end is missing")
    return _plain(text) or _any(text)


_ATTRIBUTE = re.compile(r'\s+([a-z][a-z-]*)="([^"<]*)"')
_TAG = re.compile(
    r"""<(?:((?:a|meta)(?:\s+[a-z][a-z-]*="[^"<]*")*)\s*/?
        |/?(?:html|head|body|h1|p|pre|hr)|/a|br\ ?/?
        |title>[^<]*</title
        |!(?:DOCTYPE|doctype)\ html)>""",
    re.VERBOSE,
)


def _plain(text: str) -> Anchors | None:
    """Read a page of plain tags; None where a `<` begins anything but one of those.

    Since no attribute and no title that is matched holds a `<`, none of the anchors can be
    part of a comment, a script, a title or another tag.
    """
    tags = _TAG.findall(text)
    if len(tags) + text.count("</title>") != text.count("<"):
        return None
    return Anchors(
        anchors=tuple([_attributes(tag) for tag in tags if tag[:1] == "a"]),
        facts=_facts(_attributes(tag) for tag in tags if tag[:1] == "m"),
    )


def _attributes(tag: str) -> Attributes:
    found: Attributes = dict(_ATTRIBUTE.findall(tag))
    if "&" in tag:
        from html import unescape  # noqa: PLC0415 - 3 ms that many a page does not need

        return {name: value and unescape(value) for name, value in found.items()}
    return found


def _facts(metas: Iterable[Attributes]) -> dict[str, str]:
    return {(each.get("name") or "").lower(): each.get("content") or "" for each in metas}


def _any(text: str) -> Anchors:
    """Read any page with the standard library's parser, which forgives as browsers do."""
    from html.parser import HTMLParser  # noqa: PLC0415 - 6 ms that plain pages do not need

    found: list[tuple[str, Attributes]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    reader = Reader(convert_charrefs=True)
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # what the parser raises for a broken marked section, `<![x`
        raise ValueError("the page is no HTML that can be read") from None
    bases = (
        attributes["href"] for tag, attributes in found if tag == "base" if "href" in attributes
    )
    return Anchors(
        anchors=tuple(attributes for tag, attributes in found if tag == "a"),
        base=next(bases, None),
        facts=_facts(attributes for tag, attributes in found if tag == "meta"),
        is_form=any(tag in {"form", "input", "script"} for tag, _ in found),
    )
