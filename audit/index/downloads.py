"""Files of releases, from a host or the disk: whole and as their index means them, or in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from audit.index.http.answers import Failed
from audit.index.places import content_of, local_path
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.index.archive.archives import Part, Ranges
    from audit.index.http.answers import Reply
    from audit.index.http.transport import Transport
    from audit.pages import File

MOST = 128 << 20
"""Bytes of a file that is fetched whole."""
_MOST_METADATA = 16 << 20
_MOST_PROBES = 4
"""Wheels whose metadata an index does not announce and does not have, before it is believed."""
_OK = 200
_ABSENT = {404, 410}
_NO_RANGES = {400, 403, 405, 501}
_NOT_MEANT = "{} is not the file that its index means: its hash differs"
_NOT_NAMED = "{} is not the file that its line means: its hash differs"


class UnreadError(Exception):
    """A part of a file could not be fetched; the text says why."""


class Downloads:
    """Fetches files. Any thread may ask; nothing is kept."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lines: dict[str, str] = {}
        self._came_whole: dict[str, bytes] = {}
        self._misses: dict[str, int] = {}
        self._have: set[str] = set()

    def lend(self, bare: str, url: str) -> None:
        """Remember the URL, perhaps with credentials, that a line of the project has for a file."""
        self._lines[bare] = url

    def is_direct(self, file: File) -> bool:
        """Whether a line of the project names the file itself: no index vouches for it."""
        return file.url in self._lines

    def whole(self, file: File, most: int = MOST) -> bytes | Unasked:
        """Fetch a file, and see that it is the one that is meant."""
        wrong = (_NOT_NAMED if self.is_direct(file) else _NOT_MEANT).format(file.name)
        path = local_path(file.url)
        if path is not None:
            content = content_of(path)
            is_good = isinstance(content, Unasked) or is_meant(content, file.hashes)
            return content if is_good else Unasked(wrong)
        if file.size is not None and file.size > most:
            return Unasked(f"{file.name} is too large to be read: {file.size / 1e6:.0f} MB")
        for _ in range(2):  # a broken transfer need not be noticed by its length
            fetched = self._came_whole.pop(file.url, None) or self._fetch(file, most)
            if isinstance(fetched, Unasked) or is_meant(fetched, file.hashes):
                return fetched
        return Unasked(wrong)

    def _fetch(self, file: File, most: int) -> bytes | Unasked:
        reply = self._get(file.url, most=most)
        if isinstance(reply, Failed):
            return Unasked(f"{file.name}: {reply.reason}")
        if reply.status != _OK:
            return Unasked(f"{file.name}: its index answers {reply.status}")
        return reply.body

    def ranges(self, file: File) -> Ranges:
        """Return the ranges of a file that is on a host.

        They raise UnreadError; and UnrangedError where the file is to be had whole only, or has
        a hash that the project's own line gives and that nothing else can prove.
        """
        from audit.index.archive.archives import UnrangedError, range_header, received  # noqa: PLC0415 - a warm run reads no file

        def fetch(start: int, stop: int | None) -> Part:
            if self._is_whole_only(file):
                raise UnrangedError
            reply = self._get(file.url, {"Range": range_header(start, stop)}, most=MOST)
            if isinstance(reply, Failed):
                if reply.status in _NO_RANGES:
                    raise UnrangedError
                raise UnreadError(f"{file.name}: {reply.reason}")
            if reply.status in _ABSENT:
                raise UnreadError(f"{file.name}: its index answers {reply.status}")
            if reply.status == _OK:
                self._came_whole[file.url] = reply.body
                raise UnrangedError
            return received(reply.status, reply.headers.get("content-range"), reply.body)

        return fetch

    def _is_whole_only(self, file: File) -> bool:
        if local_path(file.url) is not None or file.url in self._came_whole:
            return True
        return self.is_direct(file) and bool(file.hashes)

    def beside(self, file: File) -> bytes | None:
        """Return the metadata beside a wheel (PEP 658), None where there is none.

        Some indexes have it and do not say so: they are asked until it is clear that they do
        not. What is there need not be metadata, unless it was announced with its hash.
        """
        host = urlsplit(file.url).netloc
        if file.metadata is None and not self._may_have(file, host):
            return None
        reply = self._get(f"{file.url}.metadata", most=_MOST_METADATA)
        if not isinstance(reply, Failed) and reply.status == _OK:
            self._have.add(host)
            return reply.body if is_meant(reply.body, filter(None, [file.metadata])) else None
        # Two threads may count one miss: that costs one more question, nothing else.
        self._misses[host] = self._misses.get(host, 0) + (file.metadata is None)
        return None

    def _may_have(self, file: File, host: str) -> bool:
        if "?" in file.url or self.is_direct(file):
            return False
        return host in self._have or self._misses.get(host, 0) < _MOST_PROBES

    def _get(
        self, url: str, headers: Mapping[str, str] | None = None, *, most: int
    ) -> Reply | Failed:
        return self._transport.get(self._lines.get(url, url), headers, most=most)


def is_meant(content: bytes, hashes: Iterable[str]) -> bool:
    """Whether content has each hash of an algorithm that is known here."""
    import hashlib  # noqa: PLC0415 - a warm run compares none

    told = (each.split(":", 1) for each in hashes)
    return all(
        hashlib.new(algorithm, content, usedforsecurity=False).hexdigest() == digest
        for algorithm, digest in told
        if algorithm in hashlib.algorithms_guaranteed and not algorithm.startswith("shake")
    )
