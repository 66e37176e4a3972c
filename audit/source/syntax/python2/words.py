"""Words that 2.7 reads otherwise: `print` and `exec`, names, `...`, literals.

The text is looked through first, since a look at every name of a tree takes long.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from audit.source.syntax.python2.prints import is_valid
from audit.source.syntax.versions import since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.code import Construct
    from audit.source.syntax.facts import Facts


def words(facts: Facts) -> Iterator[Construct]:
    """Yield what 2.7 refuses of words and literals, in no order."""
    keywords = [each for each in ("exec", "print") if f"{each}_function" not in facts.futures]
    for keyword in keywords:
        statements = _Statements(keyword, facts)
        yield from statements.refused()
        if len(_WORD[keyword](facts.code)) > statements.plain:
            yield from statements.names()
    if not facts.code.isascii():
        yield from _beyond_ascii(facts)
    if b"..." in facts.code:
        yield from _ellipses(facts)
    for node in facts.nodes.get(ast.Constant, ()):
        if node.value.__class__ in _WRITTEN:
            yield from _literal(node, facts)
    if "unicode_literals" in facts.futures and _has_escapes(facts.code):
        for node in facts.nodes.get(ast.Constant, ()):
            yield from _text(node, facts)


_WORD = {
    each: re.compile(rb"%b(?![\w\x80-\xff])" % each.encode()).findall for each in ("exec", "print")
}
_WRITTEN = frozenset({bytes, complex, float, int})
"""Types of which it matters how a value is written."""


def _has_escapes(code: bytes) -> bool:
    return b"\\u" in code or b"\\U" in code


class _Statements:
    """The statements of 2.7 that begin with a word which is a name to the host."""

    def __init__(self, word: str, facts: Facts) -> None:
        self._word = word
        self._facts = facts
        self._begun: dict[tuple[int, int], ast.Expr] = {}
        begins = re.compile(rb"%b(?![\w\x80-\xff])" % word.encode()).match
        for each in facts.nodes.get(ast.Expr, ()):
            if begins(facts.code, facts.start(each)):
                self._begun[each.lineno, each.col_offset] = each
        self.plain = len(self._begun)
        """How many statements begin so; the word anywhere else is a name."""

    def refused(self) -> Iterator[Construct]:
        """Yield the statements that 2.7 cannot read."""
        for each in self._begun.values():
            if not is_valid(each, self._word, self._facts):
                instead = "from __future__ import print_function"
                if self._word == "exec":
                    instead = "exec(code, globals)"
                yield since(_argument(each), f"{self._word} as a function", 0, instead)

    def names(self) -> Iterator[Construct]:
        """Yield where the word is a name."""
        instead = "another name"
        if self._word == "print":
            instead = "from __future__ import print_function"
        for name, node in _names(self._facts):
            if self._word not in name.split("."):
                continue
            if not isinstance(node, ast.Name) or (node.lineno, node.col_offset) not in self._begun:
                yield since(getattr(node, "lineno", 1), f"{self._word} as a name", 0, instead)


def _argument(statement: ast.Expr) -> int:
    """Return the line of the first argument by keyword, where 2.7 stops reading."""
    match statement.value:
        case ast.Call(keywords=[first, *_]):
            return first.lineno
        case _:
            return statement.lineno


def _names(facts: Facts) -> Iterator[tuple[str, ast.AST]]:
    """Yield every name that a file has, and its node."""
    nodes = facts.nodes
    for kind, field in _NAMED:
        for node in nodes.get(kind, ()):
            if name := getattr(node, field):
                yield name, node
    for node in (*nodes.get(ast.Import, ()), *nodes.get(ast.ImportFrom, ())):
        for alias in node.names:
            yield alias.name, alias
            yield alias.asname or "", alias
    for node in nodes.get(ast.Global, ()):
        for name in node.names:
            yield name, node


_NAMED = (
    (ast.Name, "id"),
    (ast.Attribute, "attr"),
    (ast.arg, "arg"),
    (ast.keyword, "arg"),
    (ast.FunctionDef, "name"),
    (ast.AsyncFunctionDef, "name"),
    (ast.ClassDef, "name"),
    (ast.ExceptHandler, "name"),
    (ast.ImportFrom, "module"),
)


def _beyond_ascii(facts: Facts) -> Iterator[Construct]:
    for name, node in _names(facts):
        if not name.isascii():
            what = "a name with letters beyond ASCII"
            yield since(getattr(node, "lineno", 1), what, 0, "a name in ASCII letters")


def _ellipses(facts: Facts) -> Iterator[Construct]:
    """Yield `...` where it is not in an index, all that 2.7 has."""
    indices: set[ast.AST] = set()
    for node in facts.nodes.get(ast.Subscript, ()):
        parts = [node.slice]
        if isinstance(node.slice, ast.Tuple):
            parts = [] if facts.segment(node.slice)[:1] == b"(" else node.slice.elts
        indices |= {each for each in parts if _is_bare(each, facts)}
    for node in facts.nodes.get(ast.Constant, ()):
        if node.value is ... and node not in indices:
            yield since(node.lineno, "... outside of an index", 0, "pass, or Ellipsis")


def _is_bare(node: ast.expr, facts: Facts) -> bool:
    """Whether a node is an ellipsis without parentheses."""
    if not isinstance(node, ast.Constant) or node.value is not ...:
        return False
    start = facts.start(node)
    return facts.code[max(0, start - _NEAR) : start].rstrip()[-1:] != b"("


_NEAR = 100
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\(?:u(?![0-9a-fA-F]{4})|U(?![0-9a-fA-F]{8}))").search


def _literal(node: ast.Constant, facts: Facts) -> Iterator[Construct]:
    source = facts.segment(node)
    if isinstance(node.value, bytes):
        if source[:2].lower() == b"rb":
            yield since(node.lineno, "the prefix rb of a string", 3, "the prefix br")
    elif b"_" in source:
        yield since(node.lineno, "an underscore in a number", 6, "the number without it")


def _text(node: ast.Constant, facts: Facts) -> Iterator[Construct]:
    if isinstance(node.value, str):
        source = facts.segment(node)
        if source[:1] in {b"r", b"R"} and _ESCAPE(source):
            what = "a raw text string with an incomplete \\u"
            yield since(node.lineno, what, 0, "a string that is not raw")
