from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest
from pip._internal.req.req_file import get_file_content

from audit.requirements.encoding import decode

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "# 依赖\r\nrequests==2.21\r\n"
CODED = "# -*- coding: {} -*-\n# 依赖\nrequests\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        CODED.format("gbk").encode("gbk"),
        CODED.format("utf-8").encode(),
        b"#!x\n# vim: set fileencoding=big5 :\n" + "依賴".encode("big5"),
        b"# coding=latin-1\n# caf\xe9\nrequests",
        b"requests\n# coding: utf-8\n",
        b"",
        b"\n\n# coding: third line is too late\n",
    ],
)
def test_text_is_decoded_as_pip_does(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_bytes(data)
    _, expected = get_file_content(str(path), None)  # type: ignore[arg-type]  # asked only for URLs
    assert decode(data, "r.txt") == (expected, None)


@pytest.mark.parametrize(
    ("mark", "encoding"), [(codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")]
)
def test_utf_32_is_told_from_utf_16(mark: bytes, encoding: str) -> None:
    assert decode(mark + TEXT.encode(encoding), "r.txt") == (TEXT, None)


def test_gbk_without_a_coding_line_is_read() -> None:
    assert decode(TEXT.encode("gbk"), "r.txt") == (TEXT, None)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"requests\0", "is not text"),
        (b"\x89PNG\r\n\x1a\n\xff", "is not text"),
        (b"PK\x03\x04\0\0\0\0", "is not text"),
        (TEXT.encode("utf-16-le"), "is not text; if it is UTF-16, save it with"),
    ],
)
def test_what_is_not_text_gives_one_problem_and_nothing_else(data: bytes, message: str) -> None:
    text, problem = decode(data, "r.txt")
    assert text == ""
    assert str(problem).startswith(f"r.txt: {message}")


@pytest.mark.parametrize(
    ("data", "place", "message", "read"),
    [
        (
            b"# coding: klingon\na",
            "r.txt:1",
            "its coding line says klingon",
            "# coding: klingon\na",
        ),
        (b"# coding: hex\na", "r.txt:1", "its coding line says hex", "# coding: hex\na"),
        (b"a\nb\xff\xffb\nc", "r.txt:2", "neither UTF-8 nor GB18030", "a\nb\ufffd\ufffdb\nc"),
        (codecs.BOM_UTF8 + b"a\n\xff", "r.txt:2", "starts with the mark of UTF-8", "a\n\ufffd"),
        (
            codecs.BOM_UTF16_LE + b"a\0\n\0b",
            "r.txt:2",
            "starts with the mark of UTF-16-LE",
            "a\n\ufffd",
        ),
    ],
)
def test_what_is_partly_readable_is_read_and_reported(
    data: bytes, place: str, message: str, read: str
) -> None:
    text, problem = decode(data, "r.txt")
    assert text == read
    assert str(problem).startswith(f"{place}: {message}")
