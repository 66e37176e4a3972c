"""Asks the Python that runs us: its parser, and its compiler behind that."""

from __future__ import annotations

import ast
import sys
from typing import NamedTuple

from audit.source.quiet import quiet

HOST = sys.version_info[:2]


class Refusal(NamedTuple):
    """What the host says of code that it does not compile."""

    message: str
    line: int
    too_much: bool = False
    """Whether it is the host's limits that are exceeded, not the rules of the language."""


def parsed(code: bytes) -> ast.Module | Refusal:
    """Return the tree of code as `encoding.readable` gives it, its lines those of the file."""
    try:
        with quiet():
            return ast.parse(code[1:-1].decode())
    except SyntaxError as error:
        return _refusal(error)
    except (ValueError, MemoryError, RecursionError):
        return TOO_NESTED


def refused(tree: ast.Module) -> Refusal | None:
    """Return what the stages after the parser refuse: symbol table and compiler."""
    try:
        with quiet():
            compile(tree, "", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _refusal(error)
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return TOO_NESTED
    return None


TOO_NESTED = Refusal("nested too deeply to tell", 1, too_much=True)
TOO_LARGE = Refusal("too large to tell", 1, too_much=True)


def _refusal(error: SyntaxError) -> Refusal:
    message = error.msg or "invalid syntax"
    return Refusal(message, error.lineno or 1, too_much=message.startswith("Exceeds the limit"))
