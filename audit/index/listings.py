"""How the page of a distribution comes about: from the cache, the indexes, and find-links."""

from __future__ import annotations

import re
from itertools import combinations
from threading import Lock
from time import time
from typing import TYPE_CHECKING, NamedTuple

from audit.index.find_links import FindLinks
from audit.index.found import Found, from_listed, is_mirrored, joined, packed, unpacked
from audit.index.http.answers import Failed
from audit.index.places import local_path, on_disk
from audit.pages import Page
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from audit.index.cache.entries import Entry
    from audit.index.cache.store import Cache
    from audit.index.http.answers import Reply
    from audit.index.http.transport import Transport
    from audit.index.listing.simple import Listed
    from audit.index.pip.sources import Sources

MOST = 64 << 20
"""Bytes of a page; the largest known, of a nightly build with 80,000 files, has 40 MB."""
_NOT_KEPT = "not checked (--offline, and not in the cache)"
_KEPT_AS_WELL = "{}; what it said before is kept, and --offline would take it"
_ACCEPT = (
    "application/vnd.pypi.simple.v1+json, "
    "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
)
_MOST_NAMES = 3
_OK, _NOT_MODIFIED = 200, 304
_ABSENT = {404, 410}


class _Kept(NamedTuple):
    """A page of the cache that can be read."""

    entry: Entry
    found: Found


class Listings:
    """Finds pages; whoever asks sees to it that each is asked for once."""

    def __init__(
        self, sources: Sources, transport: Transport, cache: Cache, *, offline: bool
    ) -> None:
        self._sources = sources
        self._transport = transport
        self._cache = cache
        self._offline = offline
        self._links = FindLinks(transport, offline=offline)
        self._lock = Lock()
        self._oldest: float | None = None
        self._fresh_until: float | None = None
        self._shared: set[NormalizedName] = set()

    @property
    def oldest(self) -> float | None:
        """When the oldest page was stored that only --offline made good enough; since 1970."""
        return self._oldest

    @property
    def fresh_until(self) -> float:
        """Until when the cache would give the same pages again; 0 where one is not of it."""
        return self._fresh_until or 0.0

    @property
    def shared(self) -> tuple[NormalizedName, ...]:
        """The names of which two indexes have files that the other has not, by name."""
        return tuple(sorted(self._shared))

    def kept(self, name: NormalizedName) -> Found | None:
        """Return a page for which nothing has to be fetched; None where something has to."""
        if self._sources.find_links or self._sources.unasked:
            return None
        kept = [self._read_kept(f"{index}{name}/") for index in self._sources.indexes]
        good = [each for each in kept if each is not None and self._is_good(each.entry)]
        if len(good) < len(kept):
            return None
        for each in good:
            self._used(each.entry)
        return self._joined(name, [each.found for each in good], [])

    def find(self, name: NormalizedName) -> Found | Unasked:
        """Return what all sources list of a distribution, or why that cannot be told.

        A source that does not answer leaves all unknown: it may have what the others lack.
        """
        if self._sources.unasked:
            return self._untold(self._sources.unasked)
        indexes: list[Found] = []
        for index in self._sources.indexes:
            found = self._from_index(index, name)
            if isinstance(found, Unasked):
                return self._untold(found.reason)
            indexes.append(found)
        links: list[Found] = []
        for place in self._sources.find_links:
            self._limit(0.0)
            found = self._links.find(place, name)
            if isinstance(found, Unasked):
                return found
            links.append(found)
        return self._joined(name, indexes, links)

    def _joined(self, name: NormalizedName, indexes: list[Found], links: list[Found]) -> Found:
        have = [found for found in indexes if found.page.rows]
        if any(not is_mirrored(one, other) for one, other in combinations(have, 2)):
            self._shared.add(name)
        return _with_unreadable(joined(name, [*links, *indexes]))

    def _untold(self, reason: str) -> Unasked:
        self._limit(0.0)
        return Unasked(reason)

    def _used(self, entry: Entry) -> None:
        """Take note of how old a kept page is, and how long it will do."""
        self._limit(entry.fresh_until)
        if entry.fresh_until <= time():
            with self._lock:
                self._oldest = min(entry.stored, self._oldest or entry.stored)

    def _limit(self, fresh_until: float) -> None:
        """Take note of how long something will do that the answers rest on."""
        with self._lock:
            known = self._fresh_until
            self._fresh_until = fresh_until if known is None else min(known, fresh_until)

    def _is_good(self, entry: Entry) -> bool:
        return self._offline or entry.fresh_until > time()

    def _read_kept(self, url: str) -> _Kept | None:
        entry = self._cache.get("page", url)
        try:
            return None if entry is None else _Kept(entry, unpacked(entry.value))
        except ValueError:
            return None

    def _from_index(self, index: str, name: NormalizedName) -> Found | Unasked:
        root = local_path(index)
        if root is not None:
            self._limit(0.0)
            return on_disk(index, root, name)
        url = f"{index}{name}/"
        kept = self._read_kept(url)
        if kept is not None and self._is_good(kept.entry):
            self._used(kept.entry)
            return kept.found
        return Unasked(_NOT_KEPT) if self._offline else self._fetched(url, name, kept)

    def _fetched(self, url: str, name: NormalizedName, kept: _Kept | None) -> Found | Unasked:
        headers = {"Accept": _ACCEPT}
        if kept is not None and kept.entry.etag:
            headers["If-None-Match"] = kept.entry.etag
        reply = self._transport.get(url, headers, most=MOST)
        if isinstance(reply, Failed):
            return Unasked(reply.reason if kept is None else _KEPT_AS_WELL.format(reply.reason))
        if reply.status == _NOT_MODIFIED and kept is not None:
            self._renew(url, reply)
            return kept.found
        listed = _listed(reply, name)
        if isinstance(listed, str):
            return Unasked(f"{url.partition('?')[0]} {listed}")
        self._keep(url, listed, reply)
        return from_listed(listed)

    def _renew(self, url: str, reply: Reply) -> None:
        from audit.index.cache.freshness import fresh_for  # noqa: PLC0415 - a warm run asks nobody

        fresh = fresh_for(reply.headers)
        if fresh is not None:
            self._cache.renew("page", url, fresh)
        self._limit(time() + (fresh or 0.0))

    def _keep(self, url: str, listed: Listed, reply: Reply) -> None:
        from audit.index.cache.freshness import fresh_for  # noqa: PLC0415 - as above

        fresh = fresh_for(reply.headers)
        if reply.status in _ABSENT and fresh is not None:
            fresh = 0.0  # for --offline alone: an index that forgets a name may do so for a moment
        self._limit(time() + (fresh or 0.0))
        if fresh is None or "?" in url or _holds_secrets(listed):
            return
        etag = reply.headers.get("etag", "") if reply.status == _OK else ""
        self._cache.put("page", url, packed(listed), etag=etag, fresh_for=fresh)


def _with_unreadable(found: Found) -> Found:
    """Say why nobody can choose any of the files, where that is so."""
    page = found.page
    if page.rows or not page.unreadable:
        return found
    names = ", ".join(page.unreadable[:_MOST_NAMES])
    more = len(page.unreadable) - _MOST_NAMES
    note = f"none of its files is named as a release: {names}" + (
        f" and {more} more" if more > 0 else ""
    )
    return found._replace(page=page._replace(notes=(*page.notes, note)))


def _listed(reply: Reply, name: NormalizedName) -> Listed | str:
    """Read an answer; return what is wrong with it where it says nothing of a distribution."""
    from audit.index.listing.simple import Listed, read_page  # noqa: PLC0415 - a warm run reads no page

    if reply.status in _ABSENT:
        return Listed(Page(name), {})
    if reply.status != _OK:
        return f"answered {reply.status}"
    try:
        listed = read_page(reply.body, reply.headers.get("content-type", ""), reply.url, name)
    except ValueError as error:
        return f"is no page of an index: {error}"
    if listed.page == Page(name) and not _is_index(reply.body):
        return "is no page of an index: it is HTML without any distribution file"
    return listed


_SIGNS = re.compile(rb"pypi:repository-version|links for|index of", re.IGNORECASE)


def _is_index(body: bytes) -> bool:
    """Whether a page without files may be meant as one: a login page would be taken for it.

    JSON has said what it is. Of HTML, all indexes in use have a title, or the sign of PEP 629.
    """
    head = body[:4096]
    return not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or bool(_SIGNS.search(head))


def _holds_secrets(listed: Listed) -> bool:
    """Whether URLs of files carry a query, such as a signature that lends access for a while."""
    return any("?" in file.url for files in listed.files.values() for file in files)
