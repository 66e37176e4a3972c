"""Pages of links and folders that have files of many distributions, each page fetched once."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from audit.index.found import from_listed
from audit.index.http.answers import Failed
from audit.index.places import content_of, in_folder, local_path
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

    from audit.index.found import Found
    from audit.index.http.transport import Transport
    from audit.index.listing.links import Links

_MOST = 64 << 20
_OK = 200


class FindLinks:
    """Reads what `--find-links` names. Any thread may ask."""

    def __init__(self, transport: Transport, *, offline: bool) -> None:
        self._transport = transport
        self._offline = offline
        self._pages: dict[str, tuple[Links, str] | Unasked] = {}
        self._reading = Lock()

    def find(self, place: str, name: NormalizedName) -> Found | Unasked:
        """Return what a place has of a distribution."""
        path = local_path(place)
        if path is not None and path.is_dir():
            return in_folder(path, place, name)
        from audit.index.listing.simple import linked  # noqa: PLC0415 - seldom used

        with self._reading:
            if place not in self._pages:
                self._pages[place] = self._page(place, path)
            page = self._pages[place]
        return page if isinstance(page, Unasked) else from_listed(linked(*page, name))

    def _page(self, place: str, path: Path | None) -> tuple[Links, str] | Unasked:
        """Return the links of a page, and where it was found after redirects."""
        from audit.index.listing.received import read_links  # noqa: PLC0415 - seldom used

        shown = place.partition("?")[0]
        if path is not None:
            body, content_type, url = content_of(path), "text/html", place
        elif self._offline:
            return Unasked(f"{shown} is not asked, as --offline says")
        else:
            reply = self._transport.get(place, {"Accept": "text/html"}, most=_MOST)
            if isinstance(reply, Failed):
                return Unasked(reply.reason)
            if reply.status != _OK:
                return Unasked(f"{shown} answered {reply.status}")
            body, url = reply.body, reply.url
            content_type = reply.headers.get("content-type", "text/html")
        if isinstance(body, Unasked):
            return body
        try:
            return read_links(body, content_type, url), url.partition("?")[0]
        except ValueError as error:
            return Unasked(f"{shown} is no page of links: {error}")
