"""Bytes of a requirements file -> text, in pip's order: BOM, PEP 263 coding line, UTF-8.

Where pip would then take the encoding of its locale, which differs from machine to machine,
GB18030 (a superset of GBK and GB2312) is taken: it is what such files turn out to be.
"""

from __future__ import annotations

import codecs
import re

from audit.model import Location, Problem

_BOMS = (
    # UTF-32 first: its little-endian mark starts with the one of UTF-16.
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def decode(data: bytes, file: str) -> tuple[str, Problem | None]:
    """Return the text of a file, empty where it is none, and what is wrong with it."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, file)
    if b"\0" in data:
        return "", Problem(_binary(data), Location(file))
    declared = _declared_encoding(data)
    if declared is None:
        return _undeclared(data, file)
    try:
        return data.decode(declared), None
    except (LookupError, UnicodeError):
        text, problem = _undeclared(data, file)
        message = f"its coding line says {declared}, which it is not; read as UTF-8 or GB18030"
        return text, problem or Problem(message, Location(file, 1))


def _strict(data: bytes, encoding: str, file: str) -> tuple[str, Problem | None]:
    try:
        return data.decode(encoding), None
    except UnicodeDecodeError as error:
        text = data.decode(encoding, errors="replace")
        line = text.count("\n", 0, text.find("\N{REPLACEMENT CHARACTER}")) + 1
        message = f"starts with the mark of {encoding.upper()} but is not: {error.reason}"
        return text, Problem(message, Location(file, line))


def _binary(data: bytes) -> str:
    # Text in UTF-16 has a null byte beside every ASCII character.
    sample = data[:1000]
    if sample.count(0) * 3 > len(sample) and b"\0\0" not in sample:
        return "is not text; if it is UTF-16, save it with a byte order mark or as UTF-8"
    return "is not text"


def _declared_encoding(data: bytes) -> str | None:
    for line in data.split(b"\n", 2)[:2]:
        if line.startswith(b"#") and (found := _CODING.search(line)):
            return found[1].decode("ascii")
    return None


def _undeclared(data: bytes, file: str) -> tuple[str, Problem | None]:
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        if _CONTROL.search(data):
            return "", Problem("is not text", Location(file))
        try:
            return data.decode("gb18030"), None
        except UnicodeDecodeError:
            line = data.count(b"\n", 0, error.start) + 1
            message = "neither UTF-8 nor GB18030: save it as UTF-8 or add a coding line (PEP 263)"
            return data.decode("utf-8", errors="replace"), Problem(message, Location(file, line))
