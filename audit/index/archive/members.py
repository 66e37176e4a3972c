"""The files of an sdist, read in one pass over it and never written to disk."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple, cast

from audit.index.archive.archives import (
    MOST_TEXT,
    ArchiveError,
    RangeFile,
    check_path,
    open_zip,
    read_member,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from zipfile import ZipInfo

_MOST_MEMBERS = 60_000  # ten times as many as Django has
_MOST_UNPACKED = 600_000_000  # bytes; a function version may have 500 MB
_RATIO = 100  # source packs three to twenty times; more is a bomb
_LEAST_LIMIT = 32 << 20


class Members(NamedTuple):
    """What an archive holds; paths are as in it, without `./`."""

    sizes: Mapping[str, int]
    """Regular file -> bytes."""
    texts: Mapping[str, str]
    """The content of those that were wanted."""


def read_members(
    content: bytes, is_wanted: Callable[[str, int], bool], most: int = _MOST_MEMBERS
) -> Members:
    """Read a zip, or a tar that may be packed by gzip, bzip2 or xz: its first bytes tell.

    Links and devices are passed over. Raises ArchiveError where it is damaged or past limits.
    """
    sizes: dict[str, int] = {}
    texts: dict[str, str] = {}
    kept = 0
    each = _zipped if content.startswith(b"PK") else _tarred
    for path, size, read in each(content):
        sizes[path] = size
        if len(sizes) > most:
            raise ArchiveError(f"it has more than {most:,} files")
        if is_wanted(path, size):
            kept += size
            if kept > MOST_TEXT:
                raise ArchiveError(f"its metadata has more than {MOST_TEXT >> 20} MB")
            texts[path] = read().decode("utf-8", "replace")
    return Members(sizes, texts)


_Member = tuple[str, int, "Callable[[], bytes]"]
"""Path, bytes, and how it is read, which has to be before the next one."""


def _zipped(content: bytes) -> Iterator[_Member]:
    archive = open_zip(RangeFile(whole(content)))

    def reader(info: ZipInfo) -> Callable[[], bytes]:
        return lambda: read_member(archive, info)

    for info in archive.infolist():
        if not info.is_dir():
            yield check_path(info.filename), info.file_size, reader(info)


def _tarred(content: bytes) -> Iterator[_Member]:
    import tarfile  # noqa: PLC0415 - 15 ms, and only where an sdist is read

    limited = _Limited(_unpacked(content), len(content))
    with (
        _reasons(),
        # As a stream, since going back in a packed file means to unpack it once more.
        tarfile.open(fileobj=cast("IO[bytes]", limited), mode="r|") as tar,
    ):
        for member in tar:
            if not member.isfile():
                continue
            file = tar.extractfile(member)
            yield check_path(member.name), member.size, file.read if file else bytes
        while limited.read(io.DEFAULT_BUFFER_SIZE):
            pass  # the checksum stands at the end


def _unpacked(content: bytes) -> IO[bytes]:
    packed = io.BytesIO(content)
    if content.startswith(b"\x1f\x8b"):
        import gzip  # noqa: PLC0415 - each only where it is met

        return cast("IO[bytes]", gzip.GzipFile(fileobj=packed))
    if content.startswith(b"BZh"):
        import bz2  # noqa: PLC0415

        return cast("IO[bytes]", bz2.BZ2File(packed))
    if content.startswith(b"\xfd7zXZ"):
        import lzma  # noqa: PLC0415

        return cast("IO[bytes]", lzma.LZMAFile(packed))
    return packed


class _Limited:
    """A stream that ends in an error where more comes out of it than source would unpack to."""

    def __init__(self, stream: IO[bytes], packed: int) -> None:
        self._stream = stream
        self._most = min(_MOST_UNPACKED, max(_LEAST_LIMIT, packed * _RATIO))
        self._left = self._most

    def read(self, length: int) -> bytes:
        content = self._stream.read(length)
        self._left -= len(content)
        if self._left < 0:
            raise ArchiveError(f"more than {self._most >> 20} MB came out of it")
        return content


@contextmanager
def _reasons() -> Iterator[None]:
    """Turn what tarfile and the packers raise for damaged files into one error."""
    import lzma  # noqa: PLC0415 - tarfile has it loaded, as zlib
    import tarfile  # noqa: PLC0415 - as above
    import zlib  # noqa: PLC0415

    try:
        yield
    except ArchiveError:
        raise
    except (
        lzma.LZMAError,
        tarfile.TarError,
        zlib.error,
        EOFError,
        OSError,
        OverflowError,
        ValueError,
    ) as error:
        reason = str(error) or "it ends too early"
        raise ArchiveError(f"not a tar or zip file, or a damaged one: {reason}") from None
