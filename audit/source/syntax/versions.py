"""Spans of Python versions, and a construct that came with one of them."""

from __future__ import annotations

from audit.code import Construct, Span

ALWAYS = Span((2, 0))
PYTHON_2 = Span((2, 0), (3, 0))


def since(line: int, what: str, minor: int, instead: str = "") -> Construct:
    """Return what Python 3 compiles from a minor version on, and Python 2 never."""
    return Construct(line, what, (Span((3, minor)),), (), instead)


def until(line: int, what: str, minor: int, instead: str = "") -> Construct:
    """Return what Python 2 compiles, and Python 3 before a minor version."""
    return Construct(line, what, (Span((2, 0), (3, minor)),), (), instead)
