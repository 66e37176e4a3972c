"""Whether 2.7 reads as a statement what begins with `print` or `exec`, and to the host is none."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from audit.source.quiet import quiet

if TYPE_CHECKING:
    from audit.source.syntax.facts import Facts


def is_valid(statement: ast.Expr, word: str, facts: Facts) -> bool:
    """Whether the statement, which begins with the word, is one to 2.7."""
    match statement.value:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name == word:
            return not any(isinstance(each, ast.Starred) for each in args)
        case ast.Name(id=name):
            return name != "exec"
        case _:
            rest = facts.segment(statement)[len(word) :].lstrip()
            return _is_exec(rest) if word == "exec" else _is_print(rest)


def _is_print(rest: bytes) -> bool:
    """Whether it is what follows `print`: `[>> file,] value, value`."""
    if rest.startswith(b">>"):
        given = _operands(rest[2:])
        return given is not None and (len(given) > 1 or not rest.endswith(b","))
    return _operands(rest) is not None


def _is_exec(rest: bytes) -> bool:
    """Whether it is what follows `exec`: `code [in names [, names]]`."""
    given = _operands(rest)
    if given is None or rest.endswith(b","):
        return False
    match given:
        case [ast.Compare(ops=[ast.In(), *_])] | [ast.Compare(ops=[ast.In(), *_]), _]:
            return True
        case [ast.BoolOp() | ast.Compare() | ast.IfExp() | ast.Lambda()]:
            return False
        case _:
            return len(given) == 1


def _operands(rest: bytes) -> list[ast.expr] | None:
    """Return the values that follow a word, as 2.7 separates them; None where it cannot."""
    try:
        with quiet():
            body = ast.parse(b"(0," + rest + b"\n)", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    given = body.elts[1:] if isinstance(body, ast.Tuple) else []
    if not given or any(isinstance(each, ast.Starred) for each in given):
        return None
    return given
