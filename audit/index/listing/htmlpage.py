"""A page in HTML, of the simple API (PEP 503, 592, 629, 658, 714, 792) or find-links -> links."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from audit.index.listing.anchors import read_anchors
from audit.index.listing.links import (
    STRONGEST_FIRST,
    Link,
    Marker,
    check_version,
    fragment_hashes,
    gathered,
    last_part,
    required_python,
)
from audit.pages import File

if TYPE_CHECKING:
    from audit.index.listing.anchors import Attributes
    from audit.index.listing.links import Links


def read_html(text: str, url: str) -> Links:
    """Read a page found at `url`; ValueError with the reason if it is none.

    A page with a form or a script and no file is none: a portal's login that comes instead
    of the page must not look like a distribution without releases.
    """
    page = read_anchors(text)
    facts = page.facts
    check_version(facts.get("pypi:repository-version", "1.0"))
    marker = Marker(facts.get("pypi:project-status"), facts.get("pypi:project-status-reason"))
    base = url if page.base is None else urljoin(url, page.base.strip())
    links = gathered(map(_link, page.anchors), base, marker)
    if page.is_form and not (links.links or links.unreachable or links.notes):
        raise ValueError("the page lists no files but holds a form or a script: a login, perhaps")
    return links


def _link(anchor: Attributes) -> Link:
    url = (anchor.get("href") or "").strip()
    metadata = anchor.get("data-core-metadata")
    if metadata is None:
        metadata = anchor.get("data-dist-info-metadata")
    return Link(
        File(
            name=last_part(url),
            url=url.partition("#")[0],
            hashes=fragment_hashes(url),
            metadata=None if metadata is None else _metadata(metadata),
        ),
        required_python(anchor.get("data-requires-python")),
        "data-yanked" in anchor,
    )


def _metadata(announced: str) -> str:
    name, _, digest = announced.strip().lower().partition("=")
    return f"{name}:{digest}" if digest and name in STRONGEST_FIRST else ""
