"""Where files end themselves, by tables and held against what Python does with them."""

from __future__ import annotations

import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.code import Condition, Ending, Function
from audit.source.conditions import is_version_test
from audit.source.read import read_source

VERSION = "sys.version_info < (3, 7)"
HOLDS = Condition(VERSION, holds=True)
BARE = Ending(2, "E", "", (Condition("version_info < (3, 7)", holds=True),))
FAILS = Condition(VERSION, holds=False)


def endings(source: str) -> tuple[Ending, ...]:
    read, problems = read_source("index.py", source.encode())
    assert problems == ()
    return read.endings


@pytest.mark.parametrize(
    ("statement", "exception", "says"),
    [
        ("raise RuntimeError('needs 3.7')", "RuntimeError", "needs 3.7"),
        ("raise own.Unsupported", "Unsupported", ""),
        ("raise ValueError('%s' % x)", "ValueError", ""),
        ("raise RuntimeError, 'in Python 2'", "RuntimeError", "in Python 2"),
        ("sys.exit('needs 3.7\\n\\nsorry')", "SystemExit", "needs 3.7"),
        ("print('needs 3.7'); sys.exit(1)", "SystemExit", "needs 3.7"),
        ("sys.stderr.write('needs 3.7\\n'); exit(1)", "SystemExit", "needs 3.7"),
        ("quit()", "SystemExit", ""),
        ("os._exit(1)", "", ""),
        ("raise E('" + "x" * 200 + "')", "E", "x" * 87 + "..."),
    ],
)
def test_what_ends_a_file_is_told_with_its_message(
    statement: str, exception: str, says: str
) -> None:
    found = endings(f"import sys\nif {VERSION}: {statement}\n")
    assert found == (Ending(2, exception, says, (HOLDS,)),)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (f"assert {VERSION}, 'no'\n", [Ending(1, "AssertionError", "no", (FAILS,))]),
        (f"if {VERSION}: pass\nelse: raise E\n", [Ending(2, "E", "", (FAILS,))]),
        (
            f"if x: pass\nelif {VERSION}: raise E\n",
            [Ending(2, "E", "", (Condition("x", holds=False), HOLDS))],
        ),
        (
            f"if {VERSION}:\n  if x: raise E\n",
            [Ending(2, "E", "", (HOLDS, Condition("x", holds=True)))],
        ),
        (f"class C:\n  if {VERSION}: raise E\n", [Ending(2, "E", "", (HOLDS,))]),
        (f"with x:\n  if {VERSION}: raise E\n", [Ending(2, "E", "", (HOLDS,))]),
        (f"def f():\n  if {VERSION}: raise E\n", [Ending(2, "E", "", (Function("f"), HOLDS))]),
        (f"def f():\n  def g():\n    if {VERSION}: raise E\n", []),
        (f"class C:\n  def f(self):\n    if {VERSION}: raise E\n", []),
        (f"for x in y:\n  if {VERSION}: raise E\n", []),
        (
            f"OLD = {VERSION}\nif OLD: raise E\n",
            [Ending(2, "E", "", (Condition("OLD", holds=True),))],
        ),
        (
            "LEAST = (3, 7)\nif sys.version_info < LEAST: raise E\n",
            [Ending(2, "E", "", (HOLDS,))],
        ),
        (
            "LEAST = (3, 6)\nif x: LEAST = (3, 7)\nif sys.version_info < LEAST: raise E\n",
            [Ending(3, "E", "", (Condition("sys.version_info < LEAST", holds=True),))],
        ),
        (
            "if sys.platform == 'win32': raise E\n",
            [Ending(1, "E", "", (Condition("sys.platform == 'win32'", holds=True),))],
        ),
        ("if not os.environ.get('VERSION'): sys.exit(1)\n", []),
        ("raise E  # on every version\n", []),
        ("if tornado.version_info < (4,): raise E\n", []),
        ("version_info = system()\nif version_info < (10, 8): raise E\n", []),
        ("from sys import version_info\nif version_info < (3, 7): raise E\n", [BARE]),
        (f"def f():\n  return\n  if {VERSION}: raise E\n", []),
        (f"sys.exit()\nif {VERSION}: raise E\n", []),
        (
            f"if {VERSION}: raise E\nif PY2: raise F\n",
            [
                Ending(1, "E", "", (HOLDS,)),
                Ending(2, "F", "", (FAILS, Condition("PY2", holds=True))),
            ],
        ),
        (
            f"def f():\n  if PY2: return\n  if {VERSION}: raise E\n",
            [Ending(3, "E", "", (Function("f"), Condition("PY2", holds=False), HOLDS))],
        ),
    ],
)
def test_the_tests_around_it_are_kept(source: str, found: list[Ending]) -> None:
    assert list(endings(source)) == found


@pytest.mark.parametrize(
    ("handlers", "is_told"),
    [
        ("except RuntimeError: pass", False),
        ("except (KeyError, RuntimeError) as e: pass", False),
        ("except Exception: pass", False),
        ("except: pass", False),
        ("except KeyError: pass", True),
        ("except RuntimeError: raise", True),
        ("except RuntimeError: sys.exit(1)", True),
        ("except RuntimeError: raise\nexcept Exception: pass", True),
        ("finally: pass", True),
    ],
)
def test_what_is_caught_where_it_stands_ends_nothing(handlers: str, *, is_told: bool) -> None:
    found = endings(f"try:\n  if {VERSION}: raise RuntimeError\n{handlers}\n")
    assert bool(found) is is_told


def test_what_is_suppressed_ends_nothing() -> None:
    body = f"  if {VERSION}: raise ImportError\n"
    assert endings(f"with suppress(ImportError):\n{body}") == ()
    assert endings(f"with suppress(KeyError):\n{body}") != ()


def test_a_chain_that_is_too_long_is_told_without_end() -> None:
    chain = "".join(f"elif x == {n}: pass\n" for n in range(900))
    source = f"if {VERSION}: raise E\n{chain}"
    assert endings(source) == (Ending(1, "E", "", (HOLDS,)),)


TESTS = st.sampled_from(
    ["sys.version_info < (3,)", "sys.version_info >= (3, 4)", "sys.version_info[0] == 3"]
)
HARMLESS = st.sampled_from(["x = 1", "import os", "assert sys.version_info >= (3,), 'no'"])
ENDING = st.sampled_from(
    [
        "raise RuntimeError('no')",
        "raise ImportError",
        "sys.exit(1)",
        "assert sys.version_info < (3,)",
    ]
)
HANDLERS = st.sampled_from(["", " ValueError", " ImportError", " (RuntimeError, OSError)"]) | (
    st.sampled_from([" Exception", " SystemExit", " AssertionError as error"])
)


def clause(head: str, body: list[str]) -> str:
    return f"{head}:\n" + textwrap.indent("\n".join(body), "    ")


@st.composite
def branched(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """Draw an `if`, within which anything may end the file."""
    bodies = st.lists(inner | ENDING, min_size=1, max_size=2)
    clauses = [clause(f"if {draw(TESTS)}", draw(bodies))]
    clauses += [clause(f"elif {draw(TESTS)}", draw(bodies)) for _ in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        clauses.append(clause("else", draw(bodies)))
    return "\n".join(clauses)


@st.composite
def around(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """Draw what is around statements without a test."""
    bodies = st.lists(inner, min_size=1, max_size=2)
    match draw(st.sampled_from(["try", "with", "class", "finally"])):
        case "try":
            named = [each for each in draw(st.lists(HANDLERS, max_size=2)) if each]
            heads = [f"except{each}" for each in (*named, draw(HANDLERS))]
            handlers = [clause(each, [draw(st.sampled_from(["pass", "raise"]))]) for each in heads]
            clauses = [clause("try", draw(bodies)), *handlers, clause("else", draw(bodies))]
            return "\n".join(clauses)
        case "finally":
            return f"{clause('try', draw(bodies))}\n{clause('finally', ['pass'])}"
        case "with":
            names = draw(st.sampled_from(["ImportError", "Exception", "ValueError, SystemExit"]))
            return clause(f"with suppress({names})", draw(bodies))
        case _:
            return clause("class C", draw(bodies))


PROGRAMS = st.lists(
    st.recursive(HARMLESS, lambda inner: branched(inner) | around(inner), max_leaves=8),
    min_size=1,
    max_size=4,
).map("\n".join)


@given(PROGRAMS)
def test_a_file_ends_where_python_ends_it(program: str) -> None:
    source = f"import sys\nfrom contextlib import suppress\n{program}\n"
    ended = ""
    try:
        exec(source, {"__name__": "program"})  # noqa: S102 - the point: Python's own word
    except (AssertionError, ImportError, RuntimeError, SystemExit) as error:
        ended = type(error).__name__
    sure = [each.exception for each in endings(source) if all(map(is_so, each.blocks))]
    if any(word in program for word in ("try:", "suppress(")):
        assert not ended or ended in sure  # after what is caught, more may seem to be come to
    else:
        assert (sure or [""])[0] == ended


def is_so(block: object) -> bool:
    assert isinstance(block, Condition)
    assert is_version_test(block.test, {})
    return bool(eval(block.test, {"sys": sys})) is block.holds  # noqa: S307 - written above
