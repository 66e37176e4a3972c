"""A zip file read by ranges, so that of a wheel of any size a few parts are fetched.

A wheel's table of contents stands at its end, and its METADATA shortly before that: one part
of 64 KB holds both for most wheels, a second one for those with thousands of files. zipfile
does the reading, over a file that fetches what it is asked for.
"""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile, ZipInfo

_TAIL = 64 * 1024
_BEFORE = 8 * 1024
_MOST_AT_ONCE = 8 << 20  # a table of contents of 60,000 files; tensorflow's has 12,000
_MOST_IN_ALL = 32 << 20
_MOST_PARTS = 100
MOST_TEXT = 16 << 20
"""Bytes that a file of metadata may have; the largest known are below 2 MB."""


class ArchiveError(ValueError):
    """A file is not the archive that it should be; the text says why, without naming the file."""


class UnrangedError(Exception):
    """Who has the file does not give parts of it, or not such parts."""


class Part(NamedTuple):
    """Some consecutive bytes of a file."""

    start: int
    content: bytes
    size: int
    """Bytes of the whole file."""


class Ranges(Protocol):
    """Where parts of a file come from. What it raises reaches the caller, but for OSError."""

    def __call__(self, start: int, stop: int | None, /) -> Part:
        """Return the bytes from `start` up to `stop`, or the last ones where `start` is negative.

        More, fewer or all bytes are an answer too. Raises UnrangedError.
        """


def whole(content: bytes) -> Ranges:
    """Return the ranges of a file that is there already."""
    return lambda _start, _stop: Part(0, content, len(content))


def range_header(start: int, stop: int | None) -> str:
    """Return the value of the Range header (RFC 9110) that asks for what `Ranges` is asked for."""
    if start < 0:
        return f"bytes={start}"
    return f"bytes={start}-" if stop is None else f"bytes={start}-{stop - 1}"


_CONTENT_RANGE = re.compile(r"bytes (?P<first>\d{1,18})-\d{1,18}/(?P<size>\d{1,18})")


def received(status: int, content_range: str | None, body: bytes) -> Part:
    """Return what an answer to such a request holds, whatever part that is.

    Raises UnrangedError for an answer that is neither a part (206) nor the whole file (200).
    """
    if status == 200:  # noqa: PLR2004 - HTTP's number, as below
        return Part(0, body, len(body))
    said = _CONTENT_RANGE.match(content_range or "")
    if status != 206 or said is None:  # noqa: PLR2004
        raise UnrangedError(f"answered {status} where a part of a file was asked for")
    return Part(int(said["first"]), body, int(said["size"]))


class RangeFile(io.RawIOBase):
    """A file of which only those parts are fetched that are read; the end comes first."""

    def __init__(self, ranges: Ranges, size: int | None = None) -> None:
        """Fetch the end; `size` saves asking for it where suffix ranges are unknown."""
        self._ranges = ranges
        self._parts: list[Part] = []
        self._at = 0
        self._fetched = 0
        last = self._last() if size is None else ranges(max(0, size - _TAIL), size)
        self._size = last.size
        self._keep(last)

    def _last(self) -> Part:
        try:
            return self._ranges(-_TAIL, None)
        except UnrangedError:  # some servers know ranges, yet no suffix ranges
            size = self._ranges(0, 1).size
            return self._ranges(max(0, size - _TAIL), size)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the offset that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to an offset from the start (0), from here (1) or from the end (2)."""
        at = offset + (0, self._at, self._size)[whence]
        if at < 0:
            raise OSError("its table of contents points outside of it")  # what zipfile expects
        self._at = at
        return at

    def read(self, length: int | None = -1, /) -> bytes:
        """Return that many bytes, or all up to the end, fetching what is not there yet."""
        rest = max(0, self._size - self._at)
        length = rest if length is None or length < 0 else min(length, rest)
        if length > _MOST_AT_ONCE:
            raise ArchiveError(f"more than {_MOST_AT_ONCE >> 20} MB of it would be read at once")
        start, stop = self._at, self._at + length
        pieces = []
        while self._at < stop:
            piece = self._held(self._at, stop) or self._fetch(self._at, stop)
            pieces.append(piece)
            self._at += len(piece)
        content = b"".join(pieces)
        self._at = start + len(content)
        return content

    def _held(self, start: int, stop: int) -> bytes:
        for part in self._parts:
            if part.start <= start < part.start + len(part.content):
                return part.content[start - part.start : stop - part.start]
        return b""

    def _fetch(self, start: int, stop: int) -> bytes:
        """Fetch up to the next part that is there, and some bytes before.

        What is read first is the table of contents; before it lies RECORD, which grows as it
        does, and mostly METADATA: so as much again before it saves another request.
        """
        stop = min([part.start for part in self._parts if part.start > start] + [stop])
        begin = max(0, start - (stop - start) - _BEFORE)
        ends = [part.start + len(part.content) for part in self._parts]
        begin = max([end for end in ends if end <= start] + [begin])
        for each in (begin, start):  # a server may send less than it was asked for
            self._keep(self._ranges(each, stop))
            if found := self._held(start, stop):
                return found
        raise ArchiveError(f"bytes {start} to {stop - 1} of it were not given")

    def _keep(self, part: Part) -> None:
        if part.size != self._size:
            raise ArchiveError("its size changed while it was read")
        self._fetched += 0 if len(part.content) == part.size else len(part.content)
        if self._fetched > _MOST_IN_ALL or len(self._parts) == _MOST_PARTS:
            raise ArchiveError("too much of it would have to be read")
        self._parts.append(part)


def open_zip(file: RangeFile) -> ZipFile:
    """Read the table of contents of a zip file; raises ArchiveError, as `read_member`."""
    import zipfile  # noqa: PLC0415 - 22 ms, and only where an archive is read

    with _reasons():
        archive = zipfile.ZipFile(file)
    for name in archive.NameToInfo:
        check_path(name)
    return archive


def check_path(path: str) -> str:
    """Return a member's path without leading `./`; ArchiveError where it leads out, as in pip.

    And where there is none: zipfile fails to tell whether such a member is a folder.
    """
    if not path:
        raise ArchiveError("it has a file without a name")
    if path.startswith("/") or (".." in path and ".." in path.replace("\\", "/").split("/")):
        raise ArchiveError(f"it would write outside of its folder: {path[:80]!r}")
    return path.removeprefix("./")


def read_member(archive: ZipFile, info: ZipInfo) -> bytes:
    """Return the content of a file in a zip file, fetched as one part."""
    if info.file_size > MOST_TEXT:
        raise ArchiveError(f"its {_base(info)} has more than {MOST_TEXT >> 20} MB")
    if info.compress_type not in _METHODS:
        raise ArchiveError(f"its {_base(info)} is compressed in a way that wheels are not")
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"its {_base(info)} is encrypted")
    with _reasons():
        if archive.fp is not None:
            archive.fp.seek(info.header_offset)
            archive.fp.read(_HEADER + len(info.orig_filename) + info.compress_size)
        return archive.read(info)


_METHODS = (0, 8)  # stored and deflated: the others are no protection against a bomb
_ENCRYPTED = 1
_HEADER = 30 + 64  # bytes before a member's content, its name aside; 64 for extra fields


def _base(info: ZipInfo) -> str:
    return info.filename.rpartition("/")[2]


@contextmanager
def _reasons() -> Iterator[None]:
    """Turn what zipfile raises for damaged files into the one error that callers know."""
    import struct  # noqa: PLC0415 - zipfile has it loaded, as zlib
    import zipfile  # noqa: PLC0415 - as above
    import zlib  # noqa: PLC0415

    try:
        yield
    except ArchiveError:
        raise
    except (
        zipfile.BadZipFile,
        EOFError,
        NotImplementedError,
        OSError,
        OverflowError,
        RuntimeError,
        ValueError,
        struct.error,
        zlib.error,
    ) as error:
        reason = str(error) or "it ends too early"
        raise ArchiveError(f"not a zip file, or a damaged one: {reason}") from None
