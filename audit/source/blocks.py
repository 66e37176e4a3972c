"""What the compound statements around an import mean for it.

Offsets are as in `audit.source.tokens`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Attempt, Block, Condition, Function
from audit.source.heads import Head, body, columns, indent_at
from audit.source.tokens import STRING, line_end, logical_lines, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CATCHING = frozenset(
    {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "StandardError"}
)
"""Exceptions whose handler sees a failed import; the last is Python 2's."""
CAUGHT = "__exception__"
"""The test of a handler that sees no failed import: whether it runs nobody can decide."""
ON_PYTHON_3 = "sys.version_info >= (3,)"
"""That of a handler that sees a name fail which Python 2 alone has built in."""
ELDERS = 50
"""How many tests of earlier clauses an `elif` or `else` carries: the nearest ones."""


class Tried(NamedTuple):
    """What a `try` statement does about a failed import."""

    group: int
    branch: dict[Head, int]
    """The clauses that are a branch, with its number."""
    branches: tuple[bool, ...]


class Chains:
    """The blocks around each head of one file, outermost first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._chains: dict[Head | None, tuple[Block, ...]] = {None: ()}
        self._tests: dict[Head, str] = {}
        self._tried: dict[Head, Tried | None] = {}
        self._groups = 0

    def around(self, head: Head | None) -> tuple[Block, ...]:
        """Return what encloses a statement right within `head`."""
        missing: list[Head] = []
        while head is not None and head not in self._chains:
            missing.append(head)
            head = head.parent
        chain = self._chains[head]
        for inner in reversed(missing):
            chain = self._chains[inner] = (*chain, *self._own(inner))
        return chain

    def _own(self, head: Head) -> Iterable[Block]:
        if head.word == b"def":
            name = _NAME(self._data, head.end)
            return (Function(name[1].decode()),) if name else ()
        if head.word == b"with":
            return self._suppressed(head)
        match head.clauses[0].word:
            case b"if":
                return self._conditions(head)
            case b"try":
                return self._attempt(head)
            case _:
                return ()

    def _conditions(self, head: Head) -> Iterable[Condition]:
        for elder in head.clauses[max(0, head.rank - ELDERS) : head.rank]:
            yield Condition(self._test(elder), holds=False)
        if head.word in {b"if", b"elif"}:
            yield Condition(self._test(head), holds=True)

    def _test(self, head: Head) -> str:
        test = self._tests.get(head)
        if test is None:
            test = text(self._data, head.end, body(self._data, head) - 1)
            self._tests[head] = test
        return test

    def _suppressed(self, head: Head) -> Iterable[Attempt]:
        if not suppresses(self._test(head)):
            return ()
        self._groups += 1
        return (Attempt(self._groups, 0, (True, True)),)

    def _attempt(self, head: Head) -> Iterable[Block]:
        first = head.clauses[0]
        if first not in self._tried:
            self._tried[first] = self._try(first)
        tried = self._tried[first]
        if tried is not None and head in tried.branch:
            return (Attempt(tried.group, tried.branch[head], tried.branches),)
        if head.word != b"except":
            return ()
        tried_first = _first_statement(self._data, body(self._data, first))
        return (Condition(unseen(self._test(head), tried_first.decode()), holds=True),)

    def _try(self, first: Head) -> Tried | None:
        handlers = [
            clause
            for clause in first.clauses
            if clause.word == b"except" and catches(self._test(clause))
        ]
        if not handlers:
            return None
        ends = [not self._stops(each) for each in (first, *handlers)]
        self._groups += 1
        branch = {each: n for n, each in enumerate((first, *handlers))}
        branch |= {each: OTHERWISE for each in first.clauses if each.word == b"else"}
        return Tried(self._groups, branch, tuple(ends))

    def _stops(self, clause: Head) -> bool:
        """Whether a statement right within the clause raises or exits."""
        start = body(self._data, clause)
        return any(_STOPS(each) for each in _statements(self._data, start, clause.indent))


def _statements(data: bytes, start: int, outer: int) -> Iterator[bytes]:
    """Yield the logical lines right within a clause, from after its colon, without strings."""
    end = line_end(data, start)
    first = _BARE(b"", data[start:end]).strip()
    if first:
        yield first
        return
    inner = 0
    for line, stop in logical_lines(data, end + 1):
        width = columns(indent_at(data, line))
        statement = _BARE(b"", data[line:stop]).strip()
        if statement and width <= outer:
            return
        inner = inner or (width if statement else 0)
        if statement and width == inner and not _HEAD(statement):
            yield statement


def _first_statement(data: bytes, start: int) -> bytes:
    """Return the first statement from after a colon on, without strings."""
    for line, stop in logical_lines(data, start):
        statement = _BARE(b"", data[line:stop]).partition(b";")[0].strip()
        if statement:
            return statement
    return b""


_NAME = re.compile(rb"(?:[ \t\f]|\\\n)*([\w\x80-\xff]+)").match
_WORDS = re.compile(r"\w+").findall
_SUPPRESS = re.compile(r"(?<![\w.])(?:contextlib\.)?suppress\(([^()]*)\)").finditer
_BARE = re.compile(rb"(?s)#[^\n]*|" + STRING).sub
_HEAD = re.compile(
    rb"(?:async|if|for|else|elif|def|class|try|except|finally|with|while)(?![\w\x80-\xff])"
).match
_STOPS = re.compile(
    rb"(?:\A|;)[ \t\f]*(?:raise(?![\w\x80-\xff])|(?:(?:sys\.)?exit|quit|os\._exit)[ \t]*\()"
).search
_BOUND = re.compile(r"\s+as\s+\w+\Z|,\s*[\w.]+\s*\Z").sub


def catches(handler: str) -> bool:
    """Whether an `except` clause, as written after that word, sees a failed import."""
    exceptions = _BOUND("", handler.removeprefix("*").strip())
    return not exceptions or not CATCHING.isdisjoint(_WORDS(exceptions))


def unseen(handler: str, tried: str) -> str:
    """Return the test of a handler that sees no failed import.

    `handler` is what it catches, and `tried` the first statement of its `try`.
    """
    is_named = "NameError" in _WORDS(_BOUND("", handler))
    return ON_PYTHON_3 if is_named and _OF_PYTHON_2(tried) else CAUGHT


_OF_PYTHON_2 = re.compile(
    r"(?:\w+[ \t]*=[ \t]*)?(?:basestring|buffer|cmp|execfile|file|intern|long|raw_input|reduce"
    r"|reload|unichr|unicode|xrange)"
).fullmatch


def suppresses(items: str) -> bool:
    """Whether a `with`, as written after that word, has `contextlib.suppress(ImportError)`."""
    return any(not CATCHING.isdisjoint(_WORDS(match[1])) for match in _SUPPRESS(items))
