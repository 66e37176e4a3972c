"""Names that a module binds to a test of the Python version, such as `PY3`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.source.conditions import is_version_test
from audit.source.tokens import Code, UndecidedError, line_end, text

if TYPE_CHECKING:
    from collections.abc import Mapping

MARKS = (b"version_info", b"sys.version", b"hexversion", b"python_version", b"PY2", b"PY3")
"""What a test of the version has, or a name that is bound to one."""
_ASSIGNMENT = re.compile(rb"\n([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=(?!=)([^\n]*)")
_WORDS = re.compile(r"[^\W\d]\w*").findall
NO_BINDINGS: Mapping[str, str] = {}


def bindings(data: bytes) -> Mapping[str, str]:
    """Return name -> expression for top-level assignments that tell Python versions apart.

    `data` is as `encoding.readable` gives it. A name that is bound to different values is
    left out, and so is a test that begins on a later line than its assignment.
    """
    if not any(_is_assigned(data, root) for root in (b"version", b"PY")):  # of all marks
        return NO_BINDINGS
    found: dict[str, str] = {}
    unclear: set[str] = set()
    code = Code(data)
    for match in _ASSIGNMENT.finditer(data):
        name = match[1].decode()
        if name in found or _may_test(match[2], found):
            try:
                value = _value(data, code, match)
            except UndecidedError:
                break
            tests = is_version_test(value, found)
            if value and found.setdefault(name, value if tests else "") != value:
                unclear.add(name)
    return {name: value for name, value in found.items() if value and name not in unclear}


def _is_assigned(data: bytes, word: bytes) -> bool:
    """Whether a line that has the word is an assignment at the left margin."""
    at = data.find(word)
    while at >= 0:
        if _ASSIGNMENT.match(data, data.rfind(b"\n", 0, at)):
            return True
        at = data.find(word, data.index(b"\n", at))
    return False


def _may_test(line: bytes, known: Mapping[str, str]) -> bool:
    if any(mark in line for mark in MARKS):
        return True
    return bool(known) and not known.keys().isdisjoint(_WORDS(line.decode()))


def _value(data: bytes, code: Code, assignment: re.Match[bytes]) -> str:
    """Return what is assigned, as one line; empty where it is not code."""
    if not code.holds(assignment.start(1)):
        return ""
    start = assignment.start(2)
    return text(data, start, line_end(data, start)).partition(";")[0].rstrip()
