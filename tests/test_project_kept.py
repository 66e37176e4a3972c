from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.code import Import, Source
from audit.model import Location, Problem
from audit.project.kept import decode, encode, key_of, moved, program_digest
from audit.source.read import read_source

if TYPE_CHECKING:
    from audit.project.kept import Read

READ: Read = (
    Source("pkg/a.py", (Import("os", 3), Import("six", 4, ("moves", "\udcff")))),
    (Problem("a null byte", Location("pkg/a.py", 7)), Problem("nothing", Location("pkg/a.py"))),
)


def test_what_was_read_comes_back_for_the_same_content_elsewhere() -> None:
    back = decode(encode(READ))
    assert back is not None
    assert moved(back, "pkg/a.py") == READ
    source, problems = moved(back, "b.py")
    assert source == READ[0]._replace(path="b.py")
    assert [str(each.at) for each in problems] == ["b.py:7", "b.py"]


def test_where_a_file_lies_is_not_kept() -> None:
    assert encode(READ) == encode(moved(READ, "elsewhere/b.py"))


@pytest.mark.parametrize(
    "content",
    [
        b"import os\nx = 1\n",
        b"print 'a'\nimport urllib2\n",
        b"x = '\xff'\nimport os\n",
        b"# coding: nonsense\nimport a\0b\n",
        b"def f(:\n  import '\n",
        b"async def main_handler(event, context):\n    return f'{event}'\n",
    ],
)
def test_what_is_read_of_a_file_follows_from_its_content(content: bytes) -> None:
    here, there = read_source("index.py", content), read_source("pkg/__init__.py", content)
    assert moved(here, "pkg/__init__.py") == there
    back = decode(encode(here))
    assert back is not None
    assert moved(back, "pkg/__init__.py") == there


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\0",
        zlib.compress(b""),
        zlib.compress(b"null"),
        zlib.compress(b"{}"),
        zlib.compress(b'"ab"'),
        zlib.compress(b"[[],[]]"),
        zlib.compress(b"\xff"),
        zlib.compress(b"[" * 100_000),
        encode(READ)[:-1],
    ],
)
def test_anything_else_is_as_if_it_were_not_there(value: bytes) -> None:
    assert decode(value) is None


@given(place=st.integers(0), bit=st.integers(0, 7))
def test_a_flipped_bit_never_raises(place: int, bit: int) -> None:
    value = bytearray(encode(READ))
    value[place % len(value)] ^= 1 << bit
    decode(bytes(value))


def test_keys_are_those_of_content_and_program() -> None:
    program, other = program_digest(), program_digest()
    other.update(b"a release later")
    assert key_of(program, b"import os") == key_of(program_digest(), b"import os")
    keys = {key_of(program, b""), key_of(program, b"\n"), key_of(other, b"")}
    assert len(keys) == 3
