"""What the compound statements around an import mean for it.

Offsets are as in `audit.source.tokens`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Attempt, Block, Condition, Function, Handled
from audit.source.conditions import is_version_test
from audit.source.exceptions import BARE, sees_import
from audit.source.heads import Head, body, columns, indent_at
from audit.source.terms import CAUGHT
from audit.source.tokens import STRING, line_end, logical_lines, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.source.heads import Passed, Place

ON_PYTHON_3 = "sys.version_info >= (3,)"
"""The test of a handler that sees a name fail which Python 2 alone has built in."""
ELDERS = 50
"""How many tests of earlier clauses an `elif` or `else` carries: the nearest ones."""


class Tried(NamedTuple):
    """What a `try` statement does about a failed import, and about what else fails."""

    branch: dict[Head, Attempt]
    """The clauses that are a branch where an import fails."""
    handled: dict[Head, Handled]
    """All clauses but `finally`."""


class Chains:
    """The blocks around each head of one file, outermost first."""

    def __init__(self, data: bytes, bindings: Mapping[str, str]) -> None:
        self._data = data
        self._bindings = bindings
        self._chains: dict[Head | None, tuple[Block, ...]] = {None: ()}
        self._past: dict[Head, tuple[Condition, ...]] = {}
        self._tests: dict[Head, str] = {}
        self._tried: dict[Head, Tried | None] = {}
        self._groups = 0

    def around(self, place: Place) -> tuple[Block, ...]:
        """Return what decides about a statement at a place."""
        return (*self._around(place.head), *self._early(place.before))

    def _around(self, head: Head | None) -> tuple[Block, ...]:
        """Return what encloses a statement right within `head`."""
        missing: list[Head] = []
        while head is not None and head not in self._chains:
            missing.append(head)
            head = head.parent
        chain = self._chains[head]
        for inner in reversed(missing):
            early = self._early(inner.before)
            chain = self._chains[inner] = (*chain, *early, *self._own(inner))
        return chain

    def _early(self, passed: Passed | None) -> list[Condition]:
        """Return the tests of the version before a place that must let control come to it."""
        found: list[tuple[Condition, ...]] = []
        while passed is not None:
            found.append(self._left_by(passed.head))
            passed = passed.before
        conditions = [each for conditions in reversed(found) for each in conditions]
        return conditions[:ELDERS]

    def _left_by(self, first: Head) -> tuple[Condition, ...]:
        """Return what must be so that control comes past an `if`: nothing where it always does."""
        if first not in self._past:
            asks = is_version_test(self._test(first), self._bindings)
            self._past[first] = self._past_version(first) if asks else ()
        return self._past[first]

    def _past_version(self, first: Head) -> tuple[Condition, ...]:
        clauses = first.clauses
        is_left = self._leaves(first)
        has_else = [each.word for each in clauses[1:]] == [b"else"]
        if is_left or (has_else and self._leaves(clauses[1])):
            return (Condition(self._test(first), holds=not is_left, is_early=True),)
        return ()

    def _leaves(self, clause: Head) -> bool:
        """Whether the last statement of a clause leaves it for good, and is a simple one."""
        last = b""
        for each in _all_statements(self._data, body(self._data, clause), clause.indent):
            last = each
        parts = [part.strip() for part in last.split(b";")]
        return bool(_LEAVES(next(filter(None, reversed(parts)), b"")))

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

    def _suppressed(self, head: Head) -> Iterable[Block]:
        names = suppressed(self._test(head))
        if not names:
            return
        self._groups += 1
        yield Handled(self._groups, 0, (names,), (True,))
        if sees_import(names):
            yield Attempt(self._groups, 0, (True, True))

    def _attempt(self, head: Head) -> Iterable[Block]:
        first = head.clauses[0]
        if first not in self._tried:
            self._tried[first] = self._try(first)
        tried = self._tried[first]
        if tried is None or head not in tried.handled:
            return
        yield tried.handled[head]
        if head in tried.branch:
            yield tried.branch[head]
        tried_first = _first_statement(self._data, body(self._data, first)).decode()
        if head.word in {b"try", b"else"}:
            yield from past(tried.handled[head].caught, tried_first)
        elif head not in tried.branch:
            yield Condition(unseen(self._test(head), tried_first), holds=True)

    def _try(self, first: Head) -> Tried | None:
        handlers = [clause for clause in first.clauses if clause.word == b"except"]
        if not handlers:
            return None
        self._groups += 1
        others = [clause for clause in first.clauses if clause.word == b"else"]
        names = tuple(caught(self._test(each)) for each in handlers)
        ends = tuple(not self._stops(each) for each in handlers)
        handled = {
            clause: Handled(self._groups, number, names, ends)
            for clause, number in _numbered(first, handlers, others)
        }
        catching = [number for number, each in enumerate(handlers) if sees_import(names[number])]
        branches = (not self._stops(first), *(ends[number] for number in catching))
        seeing = [handlers[number] for number in catching]
        branch = {
            clause: Attempt(self._groups, number, branches)
            for clause, number in _numbered(first, seeing, others)
            if seeing
        }
        return Tried(branch, handled)

    def _stops(self, clause: Head) -> bool:
        """Whether a statement right within the clause raises or exits."""
        start = body(self._data, clause)
        return any(_STOPS(each) for each in _statements(self._data, start, clause.indent))


def _numbered(first: Head, handlers: list[Head], others: list[Head]) -> list[tuple[Head, int]]:
    """Return the clauses of a `try` with the numbers of their branches."""
    numbered = [(each, number) for number, each in enumerate((first, *handlers))]
    return [*numbered, *((each, OTHERWISE) for each in others)]


def _statements(data: bytes, start: int, outer: int) -> Iterator[bytes]:
    """Yield the simple ones of the logical lines right within a clause."""
    return (each for each in _all_statements(data, start, outer) if not _HEAD(each))


def _all_statements(data: bytes, start: int, outer: int) -> Iterator[bytes]:
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
        if statement and width == inner:
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
_LEAVES = re.compile(
    rb"(?:return|raise|continue|break)(?![\w\x80-\xff])|(?:(?:sys\.)?exit|quit|os\._exit)[ \t]*\("
).match
_BOUND = re.compile(r"\s+as\s+\w+\Z|,\s*[\w.]+\s*\Z").sub


def caught(handler: str) -> tuple[str, ...]:
    """Return all names in what an `except` clause catches, as written after that word; sorted."""
    exceptions = _BOUND("", handler.removeprefix("*").strip())
    return tuple(sorted(set(_WORDS(exceptions)))) if exceptions else BARE


def unseen(handler: str, tried: str) -> str:
    """Return the test of a handler that sees no failed import.

    `handler` is what it catches, and `tried` the first statement of its `try`.
    """
    is_named = "NameError" in caught(handler)
    return ON_PYTHON_3 if is_named and fails_on_python_3(tried) else CAUGHT


def fails_on_python_3(statement: str) -> bool:
    """Whether a statement fails for a name that Python 2 alone has built in, before all else."""
    return _OF_PYTHON_2(statement) is not None


def past(caught_by: Iterable[tuple[str, ...]], tried: str) -> tuple[Condition, ...]:
    """Return what must be so that control comes past the first statement of a `try`.

    That is known where it fails for its name alone, and what catches that sees no failed import.
    """
    catching = next((each for each in caught_by if not _NO_NAME.isdisjoint(each)), ())
    is_told = "NameError" in catching and not sees_import(catching)
    return (Condition(ON_PYTHON_3, holds=False),) if is_told and fails_on_python_3(tried) else ()


_NO_NAME = frozenset({"NameError", "Exception", "BaseException", "StandardError"})
_OF_PYTHON_2 = re.compile(
    r"(?s)(?:\w+[ \t]*=[ \t]*)?(?:basestring|buffer|cmp|execfile|file|intern|long|raw_input|reduce"
    r"|reload|unichr|unicode|xrange)(?:[ \t]*[(.\[].*)?"
).fullmatch


def suppressed(items: str) -> tuple[str, ...]:
    """Return the names in what a `with`, as written after that word, suppresses; sorted."""
    return tuple(sorted({name for each in _SUPPRESS(items) for name in _WORDS(each[1])}))
