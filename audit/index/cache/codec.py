"""What the cache keeps of an index, as bytes: compact, and quick to read.

Each begins with the schema's number and its kind, then comes deflated JSON, whose checksum
tells a damaged entry.
"""

from __future__ import annotations

import json
import zlib
from itertools import chain
from typing import TYPE_CHECKING

from audit.metadata import lenient_requirement
from audit.model import Metadata
from audit.pages import Contents, File, Page, Row, Trait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.requirements import Requirement

_SCHEMA = 2
"""Goes up whenever what is written here changes: entries of another number are foreign."""


def encode_page(page: Page) -> bytes:
    """Write a page: traits and signatures once, each release as its version and a number."""
    traits = dict.fromkeys(chain.from_iterable(page.signatures))
    numbers = {trait: number for number, trait in enumerate(traits)}
    return _packed(
        "page",
        page.name,
        [row.version for row in page.rows],
        [row.signature for row in page.rows],
        [[numbers[trait] for trait in signature] for signature in page.signatures],
        list(traits),
        *(page.unreadable, page.sources, page.notes),
    )


def decode_page(data: bytes) -> Page:
    """Read a page; ValueError for what `encode_page` did not write."""
    try:
        content, _ = _unpacked("page", data)
        name, versions, numbers, signatures, traits, *told = content
        known = [Trait(*each) for each in traits]
        unreadable, sources, notes = map(tuple, told)
        return Page(
            name=name,
            rows=tuple(map(Row, versions, numbers)),
            signatures=tuple([tuple(map(known.__getitem__, each)) for each in signatures]),
            unreadable=unreadable,
            sources=sources,
            notes=notes,
        )
    except _FOREIGN:
        raise ValueError("no page that this version wrote") from None


def encode_files(files: Mapping[str, tuple[File, ...]]) -> bytes:
    """Write the files of a page's releases, in parts that can be read one by one."""
    parts = list(_parts(files))
    deflated = [_deflated([files[version] for version in part]) for part in parts]
    return b"".join([_packed("files", parts, [len(each) for each in deflated]), *deflated])


_PART = 16
"""Files that are deflated together, unless one release has more. Measured on numpy's 4,381 and
botocore's 4,984 files: 460 and 505 KB, written in 22 ms, all read in 14, those of one release
in 0.1 and 0.3 ms. Parts of 64 save 1 % and read half as fast; one a release takes 770 KB."""


def _parts(files: Mapping[str, tuple[File, ...]]) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for version, each in files.items():
        part.append(version)
        size += len(each)
        if size >= _PART:
            yield part
            part, size = [], 0
    if part:
        yield part


class KeptFiles:
    """The files of a page's releases, as `encode_files` wrote them, read part by part.

    ValueError for what it did not write, whenever that shows.
    """

    def __init__(self, data: bytes) -> None:
        """Take the bytes; nothing is read yet, as of most pages no file is asked for."""
        self._data = data
        self._parts: dict[str, tuple[list[str], bytes]] | None = None
        self._read: dict[str, tuple[File, ...]] = {}

    def of(self, version: str) -> tuple[File, ...]:
        """Return the files of one release; none if it is not there."""
        if self._parts is None:
            self._parts = _parts_of(self._data)
        if version not in self._read and version in self._parts:
            self._read.update(_part(*self._parts[version]))
        return self._read.get(version, ())

    def all(self) -> dict[str, tuple[File, ...]]:
        """Return the files of all releases."""
        if self._parts is None:
            self._parts = _parts_of(self._data)
        return {version: self.of(version) for version in self._parts}


def _parts_of(data: bytes) -> dict[str, tuple[list[str], bytes]]:
    """Return each release with all that are in its part, and that part, still deflated."""
    found: dict[str, tuple[list[str], bytes]] = {}
    try:
        (parts, lengths), rest = _unpacked("files", data)
        start = 0
        for part, length in zip(parts, lengths, strict=True):
            found.update(dict.fromkeys(part, (part, rest[start : start + length])))
            start += length
    except _FOREIGN:
        raise ValueError("no files that this version wrote") from None
    return found


def _part(versions: list[str], deflated: bytes) -> dict[str, tuple[File, ...]]:
    try:
        releases = json.loads(zlib.decompress(deflated))
        return {
            version: tuple(
                [
                    File(name, url, size, tuple(hashes), told)
                    for name, url, size, hashes, told in files
                ]
            )
            for version, files in zip(versions, releases, strict=True)
        }
    except _FOREIGN:
        raise ValueError("no files that this version wrote") from None


def encode_metadata(metadata: Metadata) -> bytes:
    """Write metadata, requirements as text."""
    return _packed("metadata", [str(each) for each in metadata.requires], *metadata[1:])


def decode_metadata(data: bytes) -> Metadata:
    """Read metadata; ValueError for what `encode_metadata` did not write."""
    try:
        (requires, *rest), _ = _unpacked("metadata", data)
        facts = [tuple(each) if isinstance(each, list) else each for each in rest]
        return Metadata._make([tuple([_requirement(each) for each in requires]), *facts])
    except _FOREIGN:
        raise ValueError("no metadata that this version wrote") from None


def _requirement(text: str) -> Requirement:
    requirement, _ = lenient_requirement(text)
    if requirement is None:
        raise ValueError("no requirement")
    return requirement


def encode_contents(contents: Contents) -> bytes:
    """Write what a file installs."""
    return _packed("contents", *contents)


def decode_contents(data: bytes) -> Contents:
    """Read what a file installs; ValueError for what `encode_contents` did not write."""
    try:
        (import_names, unpacked, shared, python_3), _ = _unpacked("contents", data)
        return Contents(tuple(import_names), unpacked, tuple(shared), python_3)
    except _FOREIGN:
        raise ValueError("no contents that this version wrote") from None


_FOREIGN = (ValueError, TypeError, LookupError, RecursionError, zlib.error)
"""What reading other bytes than ours can raise."""


def _packed(kind: str, *content: object) -> bytes:
    return _prefix(kind) + _deflated(content)


def _deflated(content: Iterable[object]) -> bytes:
    text = json.dumps(content, separators=(",", ":"))
    return zlib.compress(text.encode("ascii"), level=1)  # 6 takes four times as long for a tenth


def _unpacked(kind: str, data: bytes) -> tuple[list, bytes]:  # type: ignore[type-arg] # JSON
    """Return the content of an entry, and what follows it."""
    prefix = _prefix(kind)
    if not data.startswith(prefix):
        raise ValueError("another kind or schema")
    inflater = zlib.decompressobj()
    content = json.loads(inflater.decompress(data[len(prefix) :]))
    if not inflater.eof:
        raise ValueError("cut short")
    return content, inflater.unused_data


def _prefix(kind: str) -> bytes:
    return f"{_SCHEMA} {kind}\n".encode("ascii")
