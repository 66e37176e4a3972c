"""`audit.source.members.bound`: which names a file binds, as far as reading it tells."""

from __future__ import annotations

import ast
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.code import Condition, Definition
from audit.source.members import look
from audit.source.rules import NO_MEMBERS

VERSION = "sys.version_info[0] == 2"


def bound(source: str) -> tuple[Definition, ...]:
    return look(ast.parse(source), NO_MEMBERS).names


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("x = 1", {"x"}),
        ("x: int = 1", {"x"}),
        ("x += 1", {"x"}),
        ("(x, [*y]) = z = f()", {"x", "y", "z"}),
        ("a.b[c] = 1", set()),
        ("import a.b, c.d as e", {"a", "e"}),
        ("from a import b, c as d", {"b", "d"}),
        ("def f(a, b=(x := 1)):\n c = 1", {"f", "x"}),
        ("class A:\n b = 1\n def c(self): pass", {"A"}),
        ("for x, y in z: w = 1\nelse: v = 1", {"x", "y", "w", "v"}),
        ("while x: y = 1", {"y"}),
        ("with a as b, c as (d, e): f = 1", {"b", "d", "e", "f"}),
        ("try: a = 1\nexcept E as e: b = 1\nelse: c = 1\nfinally: d = 1", set("abcde")),
        ("match x:\n case {'a': b, **c}: d = 1\n case [*e]: pass", {"b", "c", "d", "e"}),
        ("(x := 1)", {"x"}),
        ("[x for x in z]", set()),
        ("[[(y := x) for x in z] for z in w]", {"y"}),
        ("def f(): return [(y := x) for x in z]", {"f"}),
        ("def f():\n if a:\n  global x\n x = 1", {"f", "x"}),
        ("del x", {"x"}),
        ("from a import *", {"*"}),
        ("globals()['x'] = 1", {"*"}),
        ("def f():\n exec('x = 1', d)", {"f", "*"}),
        ("vars()['x'] = 1", {"*"}),
        ("def f(a):\n return vars(a), locals()", {"f"}),
        ("import sys\nsys.modules[__name__] = f()", {"sys", "*"}),
        ("import sys as s\ns.modules[__name__].x = 1", {"s", "*"}),
        ("def f(net): return net.modules", {"f"}),
        ("def __getattr__(name): pass", {"__getattr__", "*"}),
        ("__path__ = extend_path(__path__, __name__)", {"__path__", "*"}),
        ("E = enum.IntEnum._convert_('E', __name__, test)", {"E", "*"}),
        ("install(__name__, {'x': 1})", {"*"}),
        ("import logging\nlog = logging.getLogger(__name__)", {"logging", "log"}),
        ("if __name__ == '__main__': f()", set()),
        ("import a\na.x = 1", {"a", ".x"}),
        ("def f(a):\n a.x = self.y = 1", {"f"}),
        ("import a\nsetattr(a, 'x', 1)", {"a", ".x"}),
        ("import a.b as c\nsetattr(c, x, 1)", {"c", ".b.*"}),
        ("from . import c\nc.__dict__.update(x=1)", {"c", ".c.*"}),
        ("import sys\ndef f(): sys.modules['a.b'] = 1", {"sys", "f", "*", ".b.*"}),
    ],
)
def test_what_a_file_binds(source: str, names: set[str]) -> None:
    assert {each.name for each in bound(source)} == names


def test_a_name_under_a_test_is_told_with_it() -> None:
    source = f"import sys\nif {VERSION}:\n a = b = 1\nelif x:\n a = 1\nelse:\n a = 1\nb = 2"
    one, two = Condition(VERSION, holds=True), Condition(VERSION, holds=False)
    assert {each.tests for each in bound(source) if each.name == "a"} == {
        (one,),
        (two, Condition("x", holds=True)),
        (two, Condition("x", holds=False)),
    }
    assert [each.tests for each in bound(source) if each.name == "b"] == [()]
    assert {each.line for each in bound(source) if each.name == "a"} == {2, 4}


def test_no_other_statement_around_it_is_taken_for_a_test() -> None:
    source = "try:\n import a\nexcept ImportError:\n b = 1\nif x: raise E\nc = 1"
    assert all(not each.tests for each in bound(source))


STATEMENTS = (
    "a = 1",
    "b, (c, *d) = 1, (2, 3)",
    "if True: e = 1",
    "if False: f = 1\nelse: g = 1",
    "for h in (1, 2): i = h",
    "while True:\n    j = 1\n    break",
    "try: k = 1 / 0\nexcept ZeroDivisionError as l: m = 1",
    "import os.path as n, json",
    "from os import path, sep as o",
    "class A:\n    p = 1",
    "def q():\n    global r\n    r = 1\nq()",
    "s = [(t := u) for u in (1, 2)]",
    "exec('v = 1')",
    "globals().update(w=1)",
    "del a",
    "x: int = 1",
    "with open(os.devnull) as y: pass",
    "match (1, 2):\n    case [z, *aa]: pass",
    "a += 1",
)


@given(st.lists(st.sampled_from(STATEMENTS), max_size=8))
def test_whatever_is_bound_when_it_runs_is_told(statements: list[str]) -> None:
    source = "\n".join(["import os", "a = 1", *statements])
    namespace: dict[str, object] = {"__name__": "os"}
    with suppress(NameError):  # after `del a`
        exec(compile(source, "module", "exec"), namespace)  # noqa: S102 - the statements above
    names = {each.name for each in bound(source)}
    assert "*" in names or {n for n in namespace if not n.startswith("__")} <= names
