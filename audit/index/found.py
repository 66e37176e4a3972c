"""A page that was found, with a way to its files, which are read when one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.index.cache.codec import KeptFiles, decode_page, encode_files, encode_page
from audit.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packaging.utils import NormalizedName

    from audit.index.listing.simple import Listed
    from audit.pages import File

_SIZE = 4
"""Bytes that say how long the page is that follows them."""


class Found(NamedTuple):
    """What a source lists of a distribution."""

    page: Page
    files: Callable[[str], tuple[File, ...]]
    """Version of a row -> its files, in the order of its signature."""
    all_files: Callable[[], Mapping[str, tuple[File, ...]]]


def from_listed(listed: Listed) -> Found:
    """Return what was just read."""
    return Found(listed.page, lambda version: listed.files[version], lambda: listed.files)


def packed(listed: Listed) -> bytes:
    """Write a page and its files as one entry, so that none is ever there without the other."""
    page = encode_page(listed.page)
    return len(page).to_bytes(_SIZE, "big") + page + encode_files(listed.files)


def unpacked(entry: bytes) -> Found:
    """Read what `packed` wrote, the files later; ValueError for what it did not write."""
    end = _SIZE + int.from_bytes(entry[:_SIZE], "big")
    files = KeptFiles(entry[end:])
    return Found(decode_page(entry[_SIZE:end]), files.of, files.all)


def joined(name: NormalizedName, found: Iterable[Found]) -> Found:
    """Join what several sources list; most often only one has anything."""
    told = [each for each in found if each.page != Page(name)]
    if len(told) <= 1:
        return told[0] if told else Found(Page(name), lambda _: (), dict)
    from audit.index.listing.simple import Listed, merged  # noqa: PLC0415 - a warm run joins seldom

    return from_listed(merged(name, [Listed(each.page, each.all_files()) for each in told]))


def is_mirrored(one: Found, other: Found) -> bool:
    """Whether one of two sources has nothing but files that the other has too, by their hashes."""
    here, there = _digests(one), _digests(other)
    return here <= there or there <= here


def _digests(found: Found) -> set[str]:
    files = [file for files in found.all_files().values() for file in files]
    return {file.sha256 or file.url for file in files}
