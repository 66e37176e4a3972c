"""Which names the top level of a module binds, against what an import makes of them."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

import pytest

from audit.code import (
    Accepts,
    Alias,
    Brought,
    Condition,
    Definition,
    Deleted,
    Inert,
    Routine,
)
from audit.handler import is_called_with_two
from audit.source.definitions import UNREAD, definitions

TWO = Routine(Accepts(2, 2))


def bound(source: str) -> list[tuple[str, object]]:
    return [(each.name, each.value) for each in definitions(ast.parse(source), source.encode())]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(event, context): pass", [("f", TWO)]),
        ("def f(event, context=None, *rest): pass", [("f", Routine(Accepts(1, None)))]),
        ("def f(a, b, c): pass", [("f", Routine(Accepts(3, 3)))]),
        ("def f(a, /, b, *, c, d=1): pass", [("f", Routine(Accepts(2, 2, ("c",))))]),
        ("async def f(a, b): pass", [("f", Routine(Accepts(2, 2), "a coroutine"))]),
        ("def f(a, b): yield a", [("f", Routine(Accepts(2, 2), "a generator"))]),
        ("def f(a, b): x = yield from a", [("f", Routine(Accepts(2, 2), "a generator"))]),
        (
            "async def f(a, b):\n  if a: yield b",
            [("f", Routine(Accepts(2, 2), "an asynchronous generator"))],
        ),
        ("def f(a, b):\n  def g(): yield 1\n  h = lambda: (yield)", [("f", TWO)]),
        ("@wrapped\ndef f(): pass", [("f", Routine(None))]),
        ("f = lambda e, c: e", [("f", TWO)]),
        ("f = g = h", [("f", Alias("h")), ("g", Alias("h"))]),
        ("f = make(1)", [("f", None)]),
        ("f: Handler = g", [("f", Alias("g"))]),
        ("f: Handler", []),
        ("a, (b, *c) = d", [("a", None), ("b", None), ("c", None)]),
        ("x.f = g\nx['f'] = g", []),
        (
            "from .app import f as g, h",
            [("g", Brought("app", 1, "f")), ("h", Brought("app", 1, "h"))],
        ),
        ("import a.b, c.d as e", [("a", Brought("a")), ("e", Brought("c.d"))]),
        ("from a import *", [("*", Brought("a", 0, "*"))]),
        ("class F(Base): pass", [("F", Routine(None))]),
        ("f = 1\ng = {}\nh = None", []),
        ("f = {}\ndef f(a, b): pass", [("f", Inert("a dict")), ("f", TWO)]),
        ("f = g\ndel f, x.y", [("f", Alias("g")), ("f", Deleted())]),
        ("for f in x: pass", [("f", None)]),
        ("with x as f: g = h", [("f", None), ("g", Alias("h"))]),
        ("match x:\n  case 1:\n    f = g", [("f", Alias("g"))]),
        (
            "def f():\n  if 1:\n    global g, h\n",
            [("f", Routine(Accepts(0, 0))), ("g", None), ("h", None)],
        ),
        ("globals()['f'] = 1", [("*", None)]),
        ("exec('f = 1')", [("*", None)]),
        ("f += 1", [("f", None)]),
    ],
)
def test_what_the_top_level_binds_is_kept(source: str, expected: list[tuple[str, object]]) -> None:
    assert bound(source) == expected


def test_a_class_gives_an_instance_of_itself() -> None:
    ((_, value),) = bound("class F(object):\n  def __init__(self, a, b): pass\n")
    assert isinstance(value, Routine)
    assert value.accepts == Accepts(2, 2)
    assert [each.what for each in value.returned] == ["an instance of F"]
    ((_, bare),) = bound("class F: pass")
    assert isinstance(bare, Routine)
    assert bare.accepts == Accepts(0, 0)


def test_what_decides_whether_a_name_is_bound_is_kept() -> None:
    source = (
        "if PY3:\n  a = f\nelse:\n  a = g\n"
        "try:\n  b = f\nexcept E:\n  b = g\nfinally:\n  c = f\n"
        "try:\n  d = f\nfinally: pass\n"
        "while x: e = f\n"
    )
    assert [
        (each.name, each.line, each.tests, each.sure)
        for each in definitions(ast.parse(source), source.encode())
    ] == [
        ("a", 2, (Condition("PY3", holds=True),), True),
        ("a", 4, (Condition("PY3", holds=False),), True),
        ("b", 6, (), False),
        ("b", 8, (), False),
        ("c", 10, (), True),
        ("d", 12, (), True),
        ("e", 14, (), False),
    ]


def test_an_expression_nested_too_deeply_leaves_every_name_open() -> None:
    deep = ast.parse("if x: f = g\n")
    assert isinstance(deep.body[0], ast.If)
    for _ in range(5000):
        deep.body[0].test = ast.UnaryOp(ast.Not(), deep.body[0].test)
    assert definitions(deep, b"") == UNREAD


SNIPPETS = [
    "def f(event, context): pass",
    "def f(event): pass",
    "def f(): pass",
    "def f(*a): pass",
    "def f(a, *b): pass",
    "def f(a, b, c): pass",
    "def f(a, b, c=1): pass",
    "def f(a=1, b=2, c=3): pass",
    "def f(a, b, *, c): pass",
    "def f(a, b, *, c=1): pass",
    "def f(a, /, b): pass",
    "def f(**k): pass",
    "def f(a, b, **k): pass",
    "def f(a, b, c, *d): pass",
    "f = lambda: 1",
    "f = lambda a, b: 1",
    "f = lambda *a: 1",
    "class f:\n  def __init__(self, a, b): pass",
    "class f:\n  def __init__(self, a): pass",
    "class f:\n  def __init__(*a): pass",
    "class f: pass",
    "f = None\ndef f(a, b): pass",
    "def g(a): pass\nf = g",
]


@pytest.mark.parametrize("source", SNIPPETS)
def test_whether_two_arguments_fit_agrees_with_the_interpreter(source: str) -> None:
    module = ModuleType("handler")
    exec(compile(source, "handler", "exec"), module.__dict__)  # noqa: S102 - the snippets above
    try:
        inspect.signature(module.__dict__["f"]).bind({}, {})
        fits = True
    except TypeError:
        fits = False
    last = _last(definitions(ast.parse(source), source.encode()), "f")
    assert isinstance(last.value, Routine)
    assert is_called_with_two(last.value) is fits


def _last(found: tuple[Definition, ...], name: str) -> Definition:
    each = [each for each in found if each.name == name][-1]
    return _last(found, each.value.name) if isinstance(each.value, Alias) else each
