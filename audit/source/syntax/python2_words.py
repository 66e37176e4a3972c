"""Words that 2.7 reads otherwise: `print` and `exec`, names, `...`, literals.

The text is looked through first, since a look at every name of a tree takes long.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from audit.source.syntax.python2_prints import is_valid
from audit.source.syntax.versions import since
from audit.source.tokens import STRING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audit.code import Construct
    from audit.source.syntax.facts import Facts
    from audit.source.syntax.python2_survey import Survey

    Look = Callable[[ast.AST], Iterator[Construct]]


def words(tree: ast.Module, survey: Survey, facts: Facts) -> Iterator[Construct]:
    """Yield what 2.7 refuses of words and literals, in no order."""
    found = _seen(facts.code) if _ANY(facts.code) or not facts.code.isascii() else ()
    looks: list[Look] = []
    keywords = [each for each in ("exec", "print") if f"{each}_function" not in facts.futures]
    for keyword in keywords:
        statements = _Statements(keyword, survey, facts)
        yield from statements.refused()
        if found.count(keyword.encode()) > statements.plain:
            looks.append(statements.names)
    if any(each >= b"\x80" for each in found):
        looks.append(_beyond_ascii)
    if b"..." in found:
        looks.append(_Ellipses(tree, facts).refused)
    if b"_" in found or ("unicode_literals" in facts.futures and _has_escapes(facts.code)):
        looks.append(lambda node: _literal(node, facts))
    if looks:
        for node in ast.walk(tree):
            for look in looks:
                yield from look(node)


_ANY = re.compile(rb"print|exec|\.\.\.|(?<!\w)[0-9][0-9a-zA-Z.]*_|[rR][bB]['\"]").search
_SCAN = re.compile(
    rb"(?s)#[^\n]*|([rR][bB](?=['\"]))|"
    + STRING
    + rb"|(?<![\w\x80-\xff])(print|exec)(?![\w\x80-\xff])|(\.\.\.)|([\x80-\xff])"
    rb"|(?<!\w)[0-9][0-9a-zA-Z.]*(_)[0-9a-fA-F]"
)


def _seen(code: bytes) -> tuple[bytes, ...]:
    """Return what of interest stands outside of strings and comments; `_` for a literal."""
    found = (match for match in _SCAN.finditer(code) if match.lastindex)
    return tuple(b"_" if match[1] else match[match.lastindex or 0] for match in found)


def _has_escapes(code: bytes) -> bool:
    return b"\\u" in code or b"\\U" in code


class _Statements:
    """The statements of 2.7 that begin with a word which is a name to the host."""

    def __init__(self, word: str, survey: Survey, facts: Facts) -> None:
        self._word = word
        self._facts = facts
        self._begun: dict[tuple[int, int], ast.Expr] = {}
        begins = re.compile(rb"%b(?![\w\x80-\xff])" % word.encode()).match
        for each in survey.expressions:
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

    def names(self, node: ast.AST) -> Iterator[Construct]:
        """Yield the word where it is a name."""
        if isinstance(node, ast.Name):
            found = node.id == self._word and (node.lineno, node.col_offset) not in self._begun
        else:
            found = any(self._word in name.split(".") for name in _names(node))
        if found:
            instead = "another name"
            if self._word == "print":
                instead = "from __future__ import print_function"
            yield since(getattr(node, "lineno", 1), f"{self._word} as a name", 0, instead)


def _argument(statement: ast.Expr) -> int:
    """Return the line of the first argument by keyword, where 2.7 stops reading."""
    match statement.value:
        case ast.Call(keywords=[first, *_]):
            return first.lineno
        case _:
            return statement.lineno


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node has, other than by `ast.Name`."""
    match node:
        case ast.Attribute(attr=str(name)) | ast.arg(arg=str(name)) | ast.keyword(arg=str(name)):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.alias():
            yield node.name
            yield node.asname or ""
        case ast.ImportFrom(module=str(name)):
            yield name
        case ast.Global(names=names):
            yield from names
        case _:
            pass


def _beyond_ascii(node: ast.AST) -> Iterator[Construct]:
    names = (node.id,) if isinstance(node, ast.Name) else _names(node)
    if not all(map(str.isascii, names)):
        what = "a name with letters beyond ASCII"
        yield since(getattr(node, "lineno", 1), what, 0, "a name in ASCII letters")


class _Ellipses:
    """Tells `...` in an index, all that 2.7 has, from others."""

    def __init__(self, tree: ast.Module, facts: Facts) -> None:
        self._indices: set[ast.AST] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript):
                index = node.slice
                parts = [index]
                if isinstance(index, ast.Tuple):
                    parts = [] if facts.segment(index)[:1] == b"(" else index.elts
                self._indices |= {each for each in parts if _is_bare(each, facts)}

    def refused(self, node: ast.AST) -> Iterator[Construct]:
        """Yield the node if it is one that 2.7 has not."""
        if isinstance(node, ast.Constant) and node.value is ... and node not in self._indices:
            yield since(node.lineno, "... outside of an index", 0, "pass, or Ellipsis")


def _is_bare(node: ast.expr, facts: Facts) -> bool:
    """Whether a node is an ellipsis without parentheses."""
    if not isinstance(node, ast.Constant) or node.value is not ...:
        return False
    start = facts.start(node)
    return facts.code[max(0, start - _NEAR) : start].rstrip()[-1:] != b"("


_NEAR = 100
_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\(?:u(?![0-9a-fA-F]{4})|U(?![0-9a-fA-F]{8}))").search


def _literal(node: ast.AST, facts: Facts) -> Iterator[Construct]:
    if not isinstance(node, ast.Constant):
        return
    line, source = node.lineno, facts.segment(node)
    match node.value:
        case bytes() if source[:2].lower() == b"rb":
            yield since(line, "the prefix rb of a string", 3, "the prefix br")
        case int() | float() | complex() if b"_" in source:
            yield since(line, "an underscore in a number", 6, "the number without it")
        case str() if "unicode_literals" in facts.futures and source[:1] in {b"r", b"R"}:
            if _ESCAPE(source):
                what = "a raw text string with an incomplete \\u"
                yield since(line, what, 0, "a string that is not raw")
        case _:
            pass
