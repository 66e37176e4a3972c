"""Turns the bytes of a Python file into the form that the lexer reads.

What Python would refuse is a problem with its line, and the rest is read all the same.
"""

from __future__ import annotations

import codecs
import re

from audit.model import Location, Problem


def readable(path: str, data: bytes) -> tuple[bytes, tuple[Problem, ...]]:
    """Return source as UTF-8 with line feeds alone between, before and after its lines.

    Encodings follow PEP 263, newlines CPython's tokenizer: a lone carriage return is one.
    """
    problems: tuple[Problem, ...] = ()
    if b"\0" in data:
        data, problems = _without_nulls(path, data)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    declared = _declared(data.removeprefix(codecs.BOM_UTF8))
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        if declared:
            name, line = declared
            message = f"a coding line, {name}, that contradicts the UTF-8 mark of the file"
            problems += (Problem(message, Location(path, line)),)
            declared = None
    if declared or not data.isascii():
        data, more = _decoded(path, data, declared)
        problems += more
    return b"\n%b\n" % data, problems


_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_MOSTLY = 0.8
"""The share of null bytes at even or odd places that tells UTF-16 without a mark."""


def _without_nulls(path: str, data: bytes) -> tuple[bytes, tuple[Problem, ...]]:
    wide = _WIDE.get(data[:2])
    half = len(data) // 2
    if data[1::2].count(0) > half * _MOSTLY:
        wide = wide or "utf-16-le"
    if data[::2].count(0) > half * _MOSTLY:
        wide = wide or "utf-16-be"
    if wide:
        problem = Problem("UTF-16, which Python does not read; save it as UTF-8", Location(path, 1))
        return data.decode(wide, "replace").encode("utf-8", "replace"), (problem,)
    line = data.count(b"\n", 0, data.index(b"\0")) + 1
    problem = Problem("a null byte, which Python refuses in source", Location(path, line))
    return data.replace(b"\0", b" "), (problem,)


_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)").match
"""The pattern of `tokenize`, for bytes: CPython's tokenizer does not decode to look for it."""
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?\n").match


def _declared(data: bytes) -> tuple[str, int] | None:
    """Return the encoding that a coding line names, and that line; None where it is UTF-8."""
    second = data.find(b"\n") + 1
    end = data.find(b"\n", second) if second else -1
    if data.find(b"coding", 0, end if end >= 0 else len(data)) < 0:
        return None
    line, cookie = 1, _COOKIE(data)
    if cookie is None and second and _BLANK(data):
        line, cookie = 2, _COOKIE(data, second)
    if cookie is None:
        return None
    name = cookie[1].decode()
    return None if _is_utf8(name) else (name, line)


def _is_utf8(name: str) -> bool:
    """Recognise the names that the tokenizer takes for UTF-8 without asking for a codec."""
    plain = name[:12].lower().replace("_", "-")
    return plain == "utf-8" or plain.startswith("utf-8-")


_LATIN = ("latin-1", "iso-8859-1", "iso-latin-1")


def _decoded(
    path: str, data: bytes, declared: tuple[str, int] | None
) -> tuple[bytes, tuple[Problem, ...]]:
    name, line = declared or ("utf-8", 1)
    plain = name[:12].lower().replace("_", "-")
    if any(plain == latin or plain.startswith(f"{latin}-") for latin in _LATIN):
        name = "iso-8859-1"
    try:
        return data.decode(name).encode("utf-8", "replace"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"a byte that is not {name}" + ("" if declared else ", and no coding line")
    except (LookupError, ValueError):
        message = f"a coding line that names no encoding of text: {name}"
        name = "utf-8"
    text = data.decode(name, "replace").encode("utf-8", "replace")
    return text, (Problem(message, Location(path, line)),)
