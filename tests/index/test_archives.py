from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.index.archive.archives import (
    ArchiveError,
    Part,
    RangeFile,
    Ranges,
    UnrangedError,
    open_zip,
    range_header,
    read_member,
    received,
    whole,
)


class Served:
    """A file behind a server that knows ranges, and what was asked of it."""

    def __init__(self, content: bytes, *, suffixes: bool = True, most: int | None = None) -> None:
        self.content = content
        self.suffixes = suffixes
        self.most = most
        self.asked: list[tuple[int, int | None]] = []

    def __call__(self, start: int, stop: int | None) -> Part:
        self.asked.append((start, stop))
        if start < 0 and not self.suffixes:
            raise UnrangedError("answered 416 where a part of a file was asked for")
        size = len(self.content)
        begin = max(0, size + start) if start < 0 else start
        end = size if stop is None else stop
        if self.most is not None and begin > 0:
            end = min(end, begin + self.most)
        return Part(begin, self.content[begin:end], size)


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def opened(ranges: Ranges, size: int | None = None) -> zipfile.ZipFile:
    return open_zip(RangeFile(ranges, size))


def noise(length: int, seed: int = 1) -> bytes:
    """Bytes that no packer makes smaller."""
    return hashlib.shake_128(str(seed).encode()).digest(length)


LARGE = zipped({"a/data": noise(300_000), "a/b.py": b"x = 1", "a-1.dist-info/METADATA": b"Name: a"})


@pytest.mark.parametrize(
    ("start", "stop", "header"),
    [
        (0, 1, "bytes=0-0"),
        (5, 10, "bytes=5-9"),
        (5, None, "bytes=5-"),
        (-100, None, "bytes=-100"),
    ],
)
def test_a_part_is_asked_for_as_http_says_it(start: int, stop: int | None, header: str) -> None:
    assert range_header(start, stop) == header


def test_an_answer_is_a_part_or_the_whole_file_or_no_answer() -> None:
    assert received(206, "bytes 5-9/20", b"abcde") == Part(5, b"abcde", 20)
    assert received(200, None, b"abc") == Part(0, b"abc", 3)
    for status, content_range in [(206, None), (206, "bytes 5-9/*"), (416, "bytes */20")]:
        with pytest.raises(UnrangedError, match=f"answered {status} where a part"):
            received(status, content_range, b"")


def test_a_small_member_of_a_large_file_takes_one_request() -> None:
    served = Served(LARGE)
    archive = opened(served)
    content = read_member(archive, archive.getinfo("a-1.dist-info/METADATA"))
    assert content == b"Name: a"
    assert served.asked == [(-65536, None)]


def test_a_known_size_makes_suffix_ranges_unnecessary() -> None:
    served = Served(LARGE, suffixes=False)
    opened(served, len(LARGE))
    assert served.asked == [(len(LARGE) - 65536, len(LARGE))]


def test_a_server_without_suffix_ranges_is_asked_for_the_size_first() -> None:
    served = Served(LARGE, suffixes=False)
    opened(served)
    assert served.asked == [(-65536, None), (0, 1), (len(LARGE) - 65536, len(LARGE))]


def test_a_server_without_ranges_is_the_callers_business() -> None:
    def refusing(_start: int, _stop: int | None) -> Part:
        raise UnrangedError("answered 501 where a part of a file was asked for")

    with pytest.raises(UnrangedError):
        opened(refusing)


def test_a_server_that_sends_everything_is_asked_once() -> None:
    asked = []

    def generous(start: int, stop: int | None) -> Part:
        asked.append((start, stop))
        return Part(0, LARGE, len(LARGE))

    archive = opened(generous)
    assert read_member(archive, archive.getinfo("a/data")) == noise(300_000)
    assert len(asked) == 1


def test_a_long_table_of_contents_brings_what_stands_before_it() -> None:
    members = {f"package/module_{number:05}.py": noise(40, number) for number in range(2000)}
    record = b"".join(name.encode() + noise(32, n) for n, name in enumerate(members))
    members |= {"a-1.dist-info/METADATA": b"Name: a", "a-1.dist-info/RECORD": record}
    served = Served(zipped(members))
    archive = opened(served)
    read_member(archive, archive.getinfo("a-1.dist-info/METADATA"))
    assert len(served.asked) == 2


@given(
    lengths=st.dictionaries(
        st.text("abc/._", min_size=1, max_size=8).filter(
            lambda name: not name.startswith("/") and ".." not in name
        ),
        st.integers(0, 60_000),
        max_size=6,
    ),
    compression=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    most=st.one_of(st.none(), st.integers(20_000, 90_000)),
    suffixes=st.booleans(),
    is_size_known=st.booleans(),
)
def test_by_ranges_a_file_reads_as_it_does_whole(
    *,
    lengths: dict[str, int],
    compression: int,
    most: int | None,
    suffixes: bool,
    is_size_known: bool,
) -> None:
    members = {name: noise(length) for name, length in lengths.items()}
    content = zipped(members, compression)
    served = Served(content, suffixes=suffixes, most=most)
    archive = opened(served, len(content) if is_size_known else None)
    read = {info.filename: read_member(archive, info) for info in archive.infolist()}
    assert read == members


def test_a_zip64_file_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a", "w", force_zip64=True) as file:
        file.write(b"abc")
    # The end record of the 32-bit form refers to the 64-bit one, as in files past 4 GB.
    content = buffer.getvalue()
    at = content.rindex(b"PK\x05\x06")
    entries, size, offset = struct.unpack_from("<HLL", content, at + 10)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    found = opened(Served(content[:at] + end64 + locator + end))
    assert read_member(found, found.getinfo("a")) == b"abc"


def altered(content: bytes, at: int, layout: str, value: int) -> bytes:
    return content[:at] + struct.pack(layout, value) + content[at + struct.calcsize(layout) :]


SMALL = zipped({"a": b"abc" * 1000})
DIRECTORY = SMALL.index(b"PK\1\2")
END = SMALL.index(b"PK\5\6")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a zip file, or a damaged one: "),
        (b"<html>not found</html>", "not a zip file, or a damaged one: "),
        (SMALL[:-30], "not a zip file, or a damaged one: "),
        (altered(SMALL, DIRECTORY + 10, "<H", 12), "its a is compressed in a way that wheels"),
        (altered(SMALL, DIRECTORY + 8, "<H", 1), "its a is encrypted"),
        (altered(SMALL, DIRECTORY + 24, "<L", 17 << 20), "its a has more than 16 MB"),
        (altered(SMALL, DIRECTORY + 16, "<L", 1), "not a zip file, or a damaged one: Bad CRC-32"),
        (altered(SMALL, DIRECTORY + 42, "<L", 7), "not a zip file, or a damaged one: "),
        (altered(SMALL, END + 16, "<L", 2**31), ""),
        (altered(SMALL, END + 12, "<L", 2**31), ""),
        (zipped({"../a": b""}), "it would write outside of its folder: '../a'"),
        (zipped({"a/../../b": b""}), "it would write outside of its folder: "),
        (zipped({"/etc/a": b""}), "it would write outside of its folder: "),
        (zipped({"a": b"x"}, zipfile.ZIP_BZIP2), "its a is compressed in a way that wheels"),
    ],
)
def test_what_is_damaged_or_hostile_is_one_reason(content: bytes, reason: str) -> None:
    def read() -> None:
        archive = opened(whole(content))
        for info in archive.infolist():
            read_member(archive, info)

    with pytest.raises(ArchiveError) as raised:
        read()
    assert str(raised.value).startswith(reason)
    assert "\n" not in str(raised.value)


def test_a_bomb_unpacks_to_no_more_than_it_says() -> None:
    bomb = zipped({"a": b"\0" * 50_000_000})
    at = bomb.index(b"PK\1\2")
    lying = altered(altered(bomb, at + 24, "<L", 100), at + 16, "<L", zlib.crc32(b"\0" * 100))
    archive = opened(whole(lying))
    assert len(read_member(archive, archive.getinfo("a"))) == 100


@given(data=st.data())
def test_no_damage_raises_anything_else(data: st.DataObject) -> None:
    content = bytearray(zipped({"a-1.dist-info/METADATA": b"Name: a\n" * 20, "a.py": b""}))
    places = st.integers(0, len(content) - 1)
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        content[at] = value
    cut = data.draw(st.integers(0, len(content)))
    try:
        archive = opened(whole(bytes(content[:cut] if data.draw(st.booleans()) else content)))
        for info in archive.infolist():
            read_member(archive, info)
    except ArchiveError as error:
        assert str(error)  # noqa: PT017 - to end well is allowed too


def test_a_table_of_contents_past_all_measure_is_not_read() -> None:
    served = Served(b"\0" * (10 << 20) + zipped({}))
    at = len(served.content) - 22
    size = 9 << 20
    served.content = altered(served.content, at + 12, "<L", size)
    served.content = altered(served.content, at + 16, "<L", at - size)
    with pytest.raises(ArchiveError, match="more than 8 MB of it would be read at once"):
        opened(served)
    assert len(served.asked) == 1


def test_a_file_that_changes_while_it_is_read_is_told() -> None:
    sizes = iter([len(LARGE), len(LARGE) + 1])

    def changing(start: int, stop: int | None) -> Part:
        return Served(LARGE)(start, stop)._replace(size=next(sizes))

    archive = opened(changing)
    with pytest.raises(ArchiveError, match="its size changed while it was read"):
        read_member(archive, archive.getinfo("a/data"))


def test_an_answer_beside_the_question_ends_the_reading() -> None:
    def beside(start: int, stop: int | None) -> Part:
        return Served(LARGE)(start, stop) if start < 0 else Part(0, b"PK", len(LARGE))

    archive = opened(beside)
    with pytest.raises(ArchiveError, match=r"bytes \d+ to \d+ of it were not given"):
        read_member(archive, archive.getinfo("a/data"))


def test_a_server_that_gives_crumbs_is_given_up() -> None:
    served = Served(LARGE, most=100)
    archive = opened(served)
    with pytest.raises(ArchiveError, match="too much of it would have to be read"):
        read_member(archive, archive.getinfo("a/data"))
    assert len(served.asked) < 110
