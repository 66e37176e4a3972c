"""What a rule may ask about the file whose tree it looks at."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Protocol

from audit.source.syntax.walk import by_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from audit.code import Construct

    Rule = Callable[[Any, "Facts"], Iterator[Construct]]
    """Yields what of a node some Python refuses; `Any` is the node's type in the table of rules."""


class Placed(Protocol):
    """A node that has a place: a statement, an expression, an argument."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


class Facts:
    """The source behind a tree. The tree's lines are those of the file, counted from 1."""

    __slots__ = ("_starts", "code", "futures", "nodes", "raw")

    def __init__(self, raw: bytes, code: bytes, tree: ast.Module) -> None:
        self.raw = raw
        """The file as it is."""
        self.code = code
        """What was parsed: as `encoding.readable` gives it, and perhaps rewritten since."""
        self.futures = frozenset(_futures(tree))
        """The names that `from __future__` imports."""
        self.nodes = by_kind(tree)
        """The nodes by type, without those that no rule asks for, such as operators."""
        self._starts: list[int] | None = None

    def start(self, node: Placed) -> int:
        """Return where in `code` a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Placed) -> int:
        """Return where in `code` a node ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def segment(self, node: Placed) -> bytes:
        """Return the source of a node."""
        return self.code[self.start(node) : self.end(node)]

    def between(self, start: int, end: int) -> bytes:
        """Return the punctuation from one place to another: no white space, no comments."""
        return _BLANK(b"", self.code[start:end])

    def offset(self, line: int, column: int) -> int:
        """Return where in `code` a place of the tree is; columns are bytes, as `ast` has them."""
        if self._starts is None:
            self._starts = [0]  # `code` has a line feed before the first line
            for length in map(len, self.code.split(b"\n")):
                self._starts.append(self._starts[-1] + length + 1)
        return self._starts[line] + column


_BLANK = re.compile(rb"#[^\n]*|[\s\\]+").sub


def _futures(tree: ast.Module) -> Iterator[str]:
    """Yield what the imports from `__future__` name: they stand before all but the docstring."""
    for number, statement in enumerate(tree.body):
        match statement:
            case ast.ImportFrom(module="__future__"):
                yield from (alias.name for alias in statement.names)
            case ast.Expr(value=ast.Constant(value=str())) if not number:
                pass
            case _:
                return
