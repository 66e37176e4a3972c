"""Which handlers of a `try` catch which exceptions, by their names."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from audit.code import Handled

BARE = ("BaseException",)
"""What a handler catches that names nothing."""
_BROAD = frozenset({"BaseException", "Exception", "StandardError"})


CATCHING = frozenset(
    {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "StandardError"}
)
"""Exceptions whose handler sees a failed import; the last is Python 2's."""
EXITS = {"sys.exit": "SystemExit", "exit": "SystemExit", "quit": "SystemExit", "os._exit": ""}
"""Calls that end the program, and what they raise: nothing, where nothing can catch it."""


def catches(names: Collection[str], exception: str) -> bool:
    """Whether a handler of some names catches an exception; empty stands for none that can be.

    What is no exception of Python's is taken for one of the program's own.
    """
    return bool(exception) and not _ancestry(exception).isdisjoint(names)


def sees_import(names: Iterable[str]) -> bool:
    """Whether a handler of some names sees a failed import."""
    return not CATCHING.isdisjoint(names)


def catcher(handled: Handled, exception: str) -> int:
    """Return the number of the first handler that catches an exception; 0 for none."""
    numbered = enumerate(handled.caught, 1)
    return next((number for number, names in numbered if catches(names, exception)), 0)


def survivor(tries: Sequence[Handled], exception: str) -> Handled | None:
    """Return the `try` of those around code, outermost first, that goes on after an exception.

    A handler that raises or exits passes it on, to what is around that `try`.
    """
    for each in reversed(tries):
        number = 0 if each.branch else catcher(each, exception)
        if number and each.ends[number - 1]:
            return each
    return None


def _ancestry(exception: str) -> frozenset[str]:
    kind = getattr(builtins, exception, None)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        return _BROAD | {exception}
    names = frozenset(each.__name__ for each in kind.__mro__)
    # StandardError is Python 2's, and the parent of nearly all.
    return names | _BROAD if "Exception" in names else names


def caught(exceptions: ast.expr | None) -> tuple[str, ...]:
    """Return all names in what a handler catches, sorted."""
    return BARE if exceptions is None else tuple(sorted(set(filter(None, _names(exceptions)))))


def _names(exceptions: ast.expr) -> list[str]:
    return [last_name(node) for node in ast.walk(exceptions)]


def suppressed(items: Iterable[ast.withitem]) -> tuple[str, ...]:
    """Return all names in what a `with` suppresses, sorted."""
    calls = [item.context_expr for item in items if isinstance(item.context_expr, ast.Call)]
    given = (each for call in calls if dotted(call.func) in _SUPPRESS for each in call.args)
    return tuple(sorted({name for each in given for name in caught(each)}))


_SUPPRESS = frozenset({"suppress", "contextlib.suppress"})


def last_name(node: ast.AST) -> str:
    """Return a name, or the last one of a dotted name; empty for what is neither."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def dotted(node: ast.AST) -> str:
    """Return a name, or one with a dot; empty for what is neither."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return f"{name}.{attribute}"
        case _:
            return ""
