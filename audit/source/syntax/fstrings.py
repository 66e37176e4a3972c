"""What came to f-strings after 3.6: `=` in a field (3.8), and the grammar of PEP 701 (3.12).

Hosts before 3.12 refuse the latter themselves. Before it the tokenizer took an f-string for any
other string, so that its fields could hold no quote like its own, no backslash and no comment.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from audit.source.syntax.host import HOST
from audit.source.syntax.versions import since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.code import Construct
    from audit.source.syntax.facts import Facts


def formatted(node: ast.JoinedStr, facts: Facts) -> Iterator[Construct]:
    """Yield what an f-string is, and what in it came later."""
    if _may_name_itself(node) and _names_itself(node, facts.segment(node)):
        yield since(node.lineno, "= in a field of an f-string", 8, "the name itself before it")
    start = facts.start(node)
    if facts.code[start : start + 1] == b":":
        return  # what follows the colon of a field, to hosts since 3.12
    yield since(node.lineno, "an f-string", 6, "format()")
    if HOST >= (3, 12):
        segment = facts.segment(node)
        at = newer(segment)
        if at is not None:
            line = node.lineno + segment.count(b"\n", 0, at)
            what = "an f-string field with what its quotes or nesting did not allow"
            yield since(line, what, 12, "other quotes, or a variable for what is in the field")


def _may_name_itself(node: ast.JoinedStr) -> bool:
    """Whether the tree could come of `{x=}`: there it is the text `x=` before the field."""
    return any(
        isinstance(text, ast.Constant)
        and isinstance(field, ast.FormattedValue)
        and isinstance(text.value, str)
        and text.value.rstrip().endswith("=")
        for text, field in zip(node.values, node.values[1:], strict=False)
    )


def _names_itself(node: ast.JoinedStr, segment: bytes) -> bool:
    texts = [
        each.value.encode("utf-8", "replace")
        for each in node.values
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    for match in _ENDING(segment):
        at = segment.rfind(b"{", 0, match.start())
        while at >= 0:
            written = segment[at + 1 : match.end(1)]
            if any(text.endswith(written) for text in texts):
                return True
            at = segment.rfind(b"{", max(0, match.start() - _LONGEST), at)
    return False


_ENDING = re.compile(rb"(=\s*)(?:![rsa]\s*)?[:}]").finditer
_LONGEST = 1000
"""Bytes of a field that are searched for its beginning."""

_PIECE = re.compile(
    rb"(?s)(?:[\s\\]|#[^\n]*\n)*([a-zA-Z]{0,2})"
    rb'("""|\'\'\'|"|\')'
)
_REST = {
    b'"': re.compile(rb'(?s)[^"\\\n]*(?:\\.[^"\\\n]*)*"'),
    b"'": re.compile(rb"(?s)[^'\\\n]*(?:\\.[^'\\\n]*)*'"),
    b'"""': re.compile(rb'(?s)[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'),
    b"'''": re.compile(rb"(?s)[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"),
}


class _NewerError(Exception):
    """Something that only the newer grammar reads, and where it is."""

    def __init__(self, at: int) -> None:
        self.at = at


def newer(segment: bytes) -> int | None:
    """Return where the source of strings needs the grammar of 3.12; None where it does not."""
    at = 0
    while at < len(segment):
        piece = _PIECE.match(segment, at)
        rest = _REST[piece[2]].match(segment, piece.end()) if piece else None
        if piece is None or rest is None:
            return at
        at = rest.end()
        prefix = piece[1].lower()
        if b"f" in prefix:
            body = segment[piece.end() : at - len(piece[2])]
            try:
                _literal(body, 0, 0, is_raw=b"r" in prefix)
            except _NewerError as error:
                return piece.end() + error.at
    return None


_PLAIN = re.compile(rb"[^{}\\]*")
_ESCAPE = re.compile(rb"(?s)\\(?:N\{[^{}]*\}|.|\Z)")


def _literal(text: bytes, at: int, level: int, *, is_raw: bool) -> int:
    """Read text between fields; return where it ends: at the end, or a `}` of a field."""
    while True:
        at = _next(text, at)
        if at == len(text):
            return at
        byte = text[at : at + 1]
        if byte == b"\\":
            escape = None if is_raw else _ESCAPE.match(text, at)
            # In a raw string, and before a brace, a backslash is a character like others.
            at = at + 1 if escape is None or escape[0] in (b"\\{", b"\\}") else escape.end()
        elif byte == b"}":
            if level:
                return at
            at += 2
        elif not level and text.startswith(b"{{", at):
            at += 2
        else:
            at = _field(text, at + 1, level, is_raw=is_raw)


def _next(text: bytes, at: int) -> int:
    match = _PLAIN.match(text, at)
    return match.end() if match else at


_DEEPEST = 2
"""How many fields lay within each other at most."""
_TOKEN = re.compile(
    rb"(?s)[^\\#'\"(\[{}\])!:=<>]+|[!=<>]=|[<>]|"
    rb"(?P<quote>'''.*?'''|\"\"\".*?\"\"\"|'[^']*'|\"[^\"]*\")|"
    rb"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>[!:=])|(?P<bad>.)"
)


def _field(text: bytes, at: int, level: int, *, is_raw: bool) -> int:
    """Read a field from after its brace; return where the text goes on."""
    if level >= _DEEPEST:
        raise _NewerError(at)
    at = _expression(text, at)
    if text.startswith(b"=", at):
        at += 1
    colon = _SPEC.match(text, at)
    if colon is None:
        raise _NewerError(at)
    at = colon.end()
    if text[at - 1 : at] == b":":
        at = _literal(text, at, level + 1, is_raw=is_raw) + 1
    return at


_SPEC = re.compile(rb"\s*(?:!\s*\w*\s*)?[:}]")


def _expression(text: bytes, at: int) -> int:
    """Return where the expression of a field ends."""
    depth = 0
    while match := _TOKEN.match(text, at):
        kind = match.lastgroup
        if kind == "bad" or (kind == "quote" and b"\\" in match[0]):
            raise _NewerError(at)
        if not depth and (kind == "end" or match[0] == b"}"):
            return at
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        at = match.end()
    raise _NewerError(at)
