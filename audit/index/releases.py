"""What a file of a release says of itself, with as little fetched as will tell.

A wheel's metadata is asked for beside it (PEP 658), read out of the wheel by ranges, or out
of the whole wheel; an sdist is fetched whole and read. Nothing is built or run. Whatever was
read is kept for ever: a file of a release never changes.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from audit.index.cache.codec import (
    decode_contents,
    decode_metadata,
    encode_contents,
    encode_metadata,
)
from audit.index.downloads import MOST, Downloads
from audit.index.places import local_path
from audit.metadata import metadata_of, read_headers
from audit.model import Metadata
from audit.pages import Contents
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.index.archive.archives import Ranges
    from audit.index.cache.entries import Kind
    from audit.index.cache.store import Cache
    from audit.index.http.transport import Transport
    from audit.index.inside import Inside
    from audit.metadata import Headers
    from audit.pages import File
    from audit.pins import Release

_MOST_SDIST = 64 << 20
"""Bytes of an sdist that is fetched to be read; opencv's have 90 MB, and are not for us."""

_Told = TypeVar("_Told")


class Releases:
    """Reads files of releases; whoever asks sees to it that each is asked about once."""

    def __init__(self, transport: Transport, cache: Cache, *, offline: bool) -> None:
        self._downloads = Downloads(transport)
        self._cache = cache
        self._offline = offline
        self._whole: dict[File, Inside | Unasked] = {}
        self._reading: dict[File, Lock] = {}

    def lend(self, bare: str, url: str) -> None:
        """Remember the URL, perhaps with credentials, that a line of the project has for a file."""
        self._downloads.lend(bare, url)

    def kept_metadata(self, release: Release) -> Metadata | None:
        """Return metadata for which nothing has to be fetched."""
        return self._kept("metadata", release.file, decode_metadata)

    def kept_contents(self, release: Release) -> Contents | None:
        """Return what a file installs where nothing has to be fetched for it."""
        return self._kept("contents", release.file, decode_contents)

    def metadata(self, release: Release) -> Metadata | Unasked:
        """Return what a file says of its release, or why that cannot be told."""
        if self._is_out_of_reach(release.file):
            return _not_kept(release)
        from audit.index.inside import metadata_in_parts  # noqa: PLC0415 - a warm run reads no file

        found = self._beside(release) or self._in_parts(release, metadata_in_parts)
        if found is None:
            whole = self._read_whole(release)
            return whole if isinstance(whole, Unasked) else whole.metadata
        if isinstance(found, Metadata):
            self._keep("metadata", release.file, encode_metadata(found))
        return found

    def contents(self, release: Release) -> Contents | Unasked:
        """Return what a file installs, or why that cannot be told."""
        if self._is_out_of_reach(release.file):
            return _not_kept(release)
        from audit.index.inside import contents_in_parts  # noqa: PLC0415 - a warm run reads no file

        found = self._in_parts(release, contents_in_parts)
        if found is None:
            whole = self._read_whole(release)
            return whole if isinstance(whole, Unasked) else whole.contents
        if isinstance(found, Contents):
            self._keep("contents", release.file, encode_contents(found))
        return found

    def _is_out_of_reach(self, file: File) -> bool:
        return self._offline and local_path(file.url) is None

    def _kept(self, kind: Kind, file: File, decode: Callable[[bytes], _Told]) -> _Told | None:
        key = self._key(file)
        entry = None if key is None else self._cache.get(kind, key)
        try:
            return None if entry is None else decode(entry.value)
        except ValueError:
            return None

    def _keep(self, kind: Kind, file: File, value: bytes) -> None:
        key = self._key(file)
        if key is not None:
            self._cache.put(kind, key, value)

    def _key(self, file: File) -> str | None:
        """Return what a file is kept under; None where another may come to have its place.

        Its URL is part of it: what one index says under a hash is not taken for what another
        has. A query is not, as it may hold a signature.
        """
        bare, has_query, _ = file.url.partition("?")
        may_change = bool(has_query) or self._downloads.is_direct(file)
        if bare.startswith("file:") or (may_change and not file.hashes):
            return None
        return f"{bare}#{file.sha256 or ','.join(file.hashes)}"

    def _beside(self, release: Release) -> Metadata | None:
        file = release.file
        if file.kind == "sdist" or local_path(file.url) is not None:
            return None
        body = self._downloads.beside(file)
        if body is None:
            return None
        headers = read_headers(body.decode("utf-8", "replace"))
        return metadata_of(headers) if _is_of(headers, release) else None

    def _in_parts(
        self, release: Release, read: Callable[[Ranges, Release], _Told | Unasked | None]
    ) -> _Told | Unasked | None:
        """Return what `read` gives by ranges; None where the file is to be read whole."""
        if release.file.kind == "sdist" or release.file in self._whole:
            return None
        return read(self._downloads.ranges(release.file), release)

    def _read_whole(self, release: Release) -> Inside | Unasked:
        """Read all that is asked of a file at once, so that it is fetched once."""
        from audit.index.inside import of_whole  # noqa: PLC0415 - a warm run reads no file

        file = release.file
        with self._reading.setdefault(file, Lock()):
            if file not in self._whole:
                content = self._downloads.whole(file, _most(file))
                self._whole[file] = (
                    content if isinstance(content, Unasked) else of_whole(content, release)
                )
            found = self._whole[file]
        if not isinstance(found, Unasked):
            self._keep("metadata", file, encode_metadata(found.metadata))
            self._keep("contents", file, encode_contents(found.contents))
        return found


def _not_kept(release: Release) -> Unasked:
    called = f"{release.name} {release.version}"
    return Unasked(f"{called} is not in the cache, and --offline asks nobody")


def _most(file: File) -> int:
    return MOST if file.kind == "wheel" else _MOST_SDIST


def _is_of(headers: Headers, release: Release) -> bool:
    """Whether metadata beside a wheel is its own: a host may answer a page of HTML to anything."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415 - beside its use
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    try:
        same = Version(headers.version or "") == release.version
    except InvalidVersion:
        return False
    return same and canonicalize_name(headers.name or "") == release.name
