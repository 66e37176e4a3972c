"""Finds what looks like an import in Python source, and reads it.

A candidate is found without knowing whether it stands in a string or a comment; the
caller asks `tokens.Code`. Offsets are as in `audit.source.tokens`.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Kind(Enum):
    """What a candidate is, should it be code."""

    STATEMENT = "an import statement"
    CALL = "a call of `__import__` or `importlib.import_module`"
    METHOD = "a call of `import_module`, whatever that is here"
    UNREADABLE = "a statement that a full parser must read"


class Candidate(NamedTuple):
    """Something that imports, should it be code."""

    start: int
    """The offset of its first token."""
    indent: bytes | None
    """What precedes it on its line; None where that is more than white space."""
    modules: tuple[str, ...]
    """More than one for `import a, b`; empty only where it cannot be read."""
    names: tuple[str, ...] = ()
    level: int = 0
    kind: Kind = Kind.STATEMENT


_WORD = rb"[\w\x80-\xff]+"
_SPACE = rb"[ \t\f]*(?:\\\n[ \t\f]*){0,999}"
_ALIAS = rb"(?:[ \t]+as[ \t]+" + _WORD + rb")?"
_DOTTED = _WORD + rb"(?:\." + _WORD + rb"){0,99}"


def _list_of(item: bytes) -> bytes:
    return item + _ALIAS + rb"(?:[ \t]*,[ \t]*" + item + _ALIAS + rb"){0,99}"


_SIMPLE = re.compile(
    rb"([ \t\f]*)(?:import[ \t]+("
    + _list_of(_DOTTED)
    + rb")|from[ \t]+(\.*)("
    + _DOTTED
    + rb")?[ \t]+import[ \t]+(?:\(([\w\x80-\xff \t\n,]{0,9999})\)|("
    + _list_of(_WORD)
    + rb"|\*)))[ \t\f]*(?=[\n;#])"
).match
"""The forms that nearly every statement has, from the start of its line."""


def candidates(data: bytes) -> Iterator[Candidate]:
    """Yield what may import, in the order of its place."""
    line = tried = floor = beyond = 0
    at = data.find(b"import")
    while at >= 0:
        line = data.rfind(b"\n", beyond, at) + 1 or line
        simple = _SIMPLE(data, line) if line != tried else None
        tried = line
        if simple and data[line - 2] != _BACKSLASH:
            found: Candidate | None = _simple(simple)
            beyond = floor = simple.end()
        elif data[at - 1] in _WORDS or data[at + 6] in _WORDS:
            found = _call(data, at)
            beyond = at + 6
        else:
            found = _careful(data, at, line, floor)
            beyond = floor = at + 6
        if found:
            yield found
        at = data.find(b"import", beyond)


_BACKSLASH = ord("\\")


def _simple(match: re.Match[bytes]) -> Candidate:
    indent, plain, dots, module, listed, names = match.groups()
    start = match.start() + len(indent)
    if plain:
        return Candidate(start, indent, _firsts(_decode(plain)))
    modules = (_decode(module) if module else "",)
    parts = _firsts(_decode(names)) if names else _listed(listed, _NAME)
    kind = Kind.STATEMENT if parts and (module or dots) else Kind.UNREADABLE
    return Candidate(start, indent, modules, parts, len(dots), kind)


def _firsts(listed: str) -> tuple[str, ...]:
    """Return what is imported of `a as b, c`."""
    if "," not in listed:
        return (listed.split(None, 1)[0],)
    return tuple([part.split(None, 1)[0] for part in listed.split(",")])


def _decode(name: bytes) -> str:
    """Return a name as Python sees it: identifiers are compared in NFKC (PEP 3131)."""
    text = name.decode()
    if text.isascii():
        return text
    from unicodedata import normalize  # noqa: PLC0415  # most names are ASCII

    return normalize("NFKC", text)


_WORDS = frozenset(b"_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ").union(
    range(0x80, 0x100)
)
_LEAD = re.compile(
    _SPACE
    + rb"(?:(from)(?![\w\x80-\xff])"
    + rb"([\w.\x80-\xff \t\f]*(?:\\\n[\w.\x80-\xff \t\f]*){0,999}))?"
).fullmatch
_FROM = re.compile(
    rb"S((?:\.S)*)((?:WS(?:\.SWS){0,99})?)".replace(b"S", rb"[ \t\f]*").replace(b"W", _WORD)
).fullmatch
_FLAT = re.compile(_SPACE + rb"([^\n;#\\()'\"]*(?:\\\n[^\n;#\\()'\"]*){0,9999})(?=[\n;#])").match
_PARENTHESES = re.compile(
    _SPACE + rb"\(([^()#'\";]*(?:#[^\n]*\n[^()#'\";]*){0,9999})\)" + _SPACE + rb"(?=[\n;#])"
).match
_IGNORED = re.compile(rb"#[^\n]*|\\\n").sub
_NAME = re.compile(rb"\s*(" + _WORD + rb")(?:\s+as\s+" + _WORD + rb")?\s*").fullmatch
_MODULE = re.compile(
    rb"\s*(" + _WORD + rb"(?:\s*\.\s*" + _WORD + rb"){0,99})(?:\s+as\s+" + _WORD + rb")?\s*"
).fullmatch


def _careful(data: bytes, at: int, line: int, floor: int) -> Candidate | None:
    """Read any form of the statement whose `import` is at `at`; `floor` is a bound before it."""
    start = line
    while start > floor and data[start - 2] == _BACKSLASH:
        start = data.rfind(b"\n", 0, start - 1) + 1
    separator = max(data.rfind(b":", floor, at), data.rfind(b";", floor, at))
    low = max(start, separator + 1, floor)
    lead = _LEAD(data, low, at)
    if lead is None:
        alone = not data[line:at].strip()
        return _read(data, at, at, None) if alone else Candidate(at, None, (), kind=_UNREADABLE)
    start = at if lead[1] is None else lead.start(1)
    found = _read(data, start, at, lead[2])
    if low != line or data[line:start].strip():
        return found
    return found._replace(indent=data[line:start])


_UNREADABLE = Kind.UNREADABLE


def _read(data: bytes, start: int, at: int, origin: bytes | None) -> Candidate:
    """Read the statement from `start`, with `import` at `at` and `origin` after `from`."""
    match = _PARENTHESES(data, at + 6) if origin is not None else None
    match = match or _FLAT(data, at + 6)
    unreadable = Candidate(start, None, (), kind=Kind.UNREADABLE)
    if match is None:
        return unreadable
    if origin is None:
        modules = _listed(match[1], _MODULE)
        return Candidate(start, None, modules) if modules else unreadable
    source = _FROM(origin.replace(b"\\\n", b" "))
    names = ("*",) if match[1].strip() == b"*" else _listed(match[1], _NAME)
    if not source or not source[0].strip() or not names:
        return unreadable
    module = _decode(b"".join(source[2].split()))
    return Candidate(start, None, (module,), names, source[1].count(b"."))


def _listed(text: bytes, part: Callable[[bytes], re.Match[bytes] | None]) -> tuple[str, ...]:
    """Return what is imported of `a as b, c,  # why`; empty where a part is no name."""
    plain = _IGNORED(b" ", text).strip()
    matches = [part(piece) for piece in plain.removesuffix(b",").split(b",")]
    names = [_decode(b"".join(match[1].split())) for match in matches if match]
    return tuple(names) if len(names) == len(matches) else ()


_ARGUMENT = (
    rb"\s*\(\s*(?:name\s*=\s*)?[rRuU]?(?:\"(\.*)("
    + _DOTTED
    + rb")\"|'(\.*)("
    + _DOTTED
    + rb")')\s*(?:,|(\)))"
)
_DUNDER = re.compile(rb"__import__" + _ARGUMENT).match
_METHOD = re.compile(rb"import_module" + _ARGUMENT).match
_PACKAGE = re.compile(
    rb"\s*(?:package\s*=\s*)?(?:(__package__)|[rRuU]?[\"'](" + _DOTTED + rb")[\"'])\s*,?\s*\)"
).match
_LEVEL = re.compile(
    rb"(?:[^()\n]|\([^()\n]*\))*,[ \t]*(?:level[ \t]*=[ \t]*)?([1-9])[ \t]*\)"
).match


def _call(data: bytes, at: int) -> Candidate | None:
    """Read the call whose name has its `import` at `at`, if its argument is a literal."""
    if data.startswith(b"__import__", at - 2):
        return _dunder(data, at - 2)
    if data.startswith(b"import_module", at) and (match := _METHOD(data, at)):
        return _method(data, match)
    return None


def _dunder(data: bytes, start: int) -> Candidate | None:
    match = _DUNDER(data, start)
    if match is None or match[1] or match[3] or data[start - 1] in _WORDS_AND_DOT:
        return None
    level = None if match[5] else _LEVEL(data, match.end() - 1)
    module = _decode(match[2] or match[4])
    return Candidate(start, None, (module,), (), int(level[1]) if level else 0, Kind.CALL)


_WORDS_AND_DOT = _WORDS | {ord(".")}


def _method(data: bytes, match: re.Match[bytes]) -> Candidate | None:
    start, kind = match.start(), Kind.METHOD
    if data.endswith(b"importlib.", 0, start):
        start, kind = start - 10, Kind.CALL
    if data[start - 1] in _WORDS_AND_DOT:
        return None
    level = len(match[1] or match[3] or b"")
    module = _decode(match[2] or match[4])
    if level:
        package = None if match[5] else _PACKAGE(data, match.end())
        if package is None:
            return None
        if package[2]:
            parents = _decode(package[2]).split(".")
            if level > len(parents):
                return None
            module, level = ".".join([*parents[: len(parents) - level + 1], module]), 0
    return Candidate(start, None, (module,), (), level, kind)


def without_strangers(found: list[Candidate]) -> list[Candidate]:
    """Drop the calls of `import_module` where that is not importlib's."""
    if any("importlib" in each.modules and "import_module" in each.names for each in found):
        return found
    return [candidate for candidate in found if candidate.kind is not Kind.METHOD]
