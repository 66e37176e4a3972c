"""`async` and `await` as names: words like any other until Python 3.7."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from audit.source.syntax.versions import until
from audit.source.tokens import STRING

if TYPE_CHECKING:
    from audit.code import Construct


class Freed(NamedTuple):
    """Code whose names no host takes for keywords."""

    code: bytes
    construct: Construct


def freed(code: bytes) -> Freed | None:
    """Rewrite the two words where they are names; None where they are none.

    The first letter becomes its full-width form: an identifier to every Python 3, and the
    parser itself makes the plain name of it again (PEP 3131 normalises to NFKC).
    """
    line = 0
    parts: list[bytes] = []
    done = 0
    has_coroutines = _COROUTINE(code) is not None
    for match in _TOKEN(code):
        if match[1] and _is_name(match, has_coroutines=has_coroutines):
            line = line or code.count(b"\n", 0, match.start())
            parts += (code[done : match.start()], _WIDE)
            done = match.start() + 1
    if not parts:
        return None
    what = "async or await as a name"
    construct = until(line, what, 7, "another name, such as async_")
    return Freed(b"".join((*parts, code[done:])), construct)


_WIDE = "\N{FULLWIDTH LATIN SMALL LETTER A}".encode()
_TOKEN = re.compile(
    rb"(?s)#[^\n]*|" + STRING + rb"|(?<![\w\x80-\xff])(async|await)(?![\w\x80-\xff])"
).finditer
_COROUTINE = re.compile(rb"(?<![\w\x80-\xff.])async[ \t\f]+def[ \t\f]").search
_KEYWORD = re.compile(rb"async[ \t\f]+(?:def|for|with)(?![\w\x80-\xff])").match
_AFTER_NAME = re.compile(
    rb"(?s).{5}[ \t\f]*(?:[.,:;)\]}\n#*/%|&^]|[-+<>=!*/%|&^]*=|in\b|is\b)"
).match
_BEFORE_NAME = re.compile(rb"(?:\.|\b(?:import|def|class|as|global|nonlocal|del))[ \t\f]*\Z").search


def _is_name(match: re.Match[bytes], *, has_coroutines: bool) -> bool:
    code, at = match.string, match.start()
    if _KEYWORD(code, at):
        return False
    if not has_coroutines or match[1] == b"async":
        return True
    return bool(_AFTER_NAME(code, at) or _BEFORE_NAME(code[max(0, at - 20) : at]))
