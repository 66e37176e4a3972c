"""Statements of one major version alone, as the interpreters see them."""

from __future__ import annotations

import ast

import pytest

from audit.index.archive.statements import is_python_2, is_python_3

OLD = (
    "print x",
    "print 'x' % y",
    "if x: print y",
    "x = 1; print x",
    "try: pass\nexcept E, e: pass",
    "try: pass\nexcept (E, F), e: pass",
    "raise E, 'x'",
    "exec 'x' in y",
    "x = `y`",
)
NEW = (
    "print(x)",
    "print (x)",
    "print",
    "print = x",
    "printed = 1",
    "x.print(y)",
    "try: pass\nexcept E as e: pass",
    "try: pass\nexcept (E, F): pass",
    "raise E('x', y)",
    "raise E from e",
    "exec('x')",
    "'''\nprint x\n'''",
    "# print x",
    "'except E, e:'",
    "def f(raise_, e): pass",
    "x = {'print': y}",
)


@pytest.mark.parametrize("text", OLD)
def test_what_only_python_2_reads_is_told(text: str) -> None:
    assert is_python_2(text)
    with pytest.raises(SyntaxError):
        ast.parse(text)


def test_what_python_3_reads_and_cannot_run_is_told_too() -> None:
    assert is_python_2("print >>file, x")


@pytest.mark.parametrize("text", NEW)
def test_what_python_3_reads_is_not(text: str) -> None:
    assert not is_python_2(text)
    ast.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "def f() -> None: pass",
        "def f(x: int): pass",
        "def f(a, x: int = 1): pass",
        "def f(self, *, x): pass",
        "def f():\n    nonlocal x",
        "raise E('x') from e",
        "yield from x",
        "async def f(): pass",
        "class A(B, metaclass=C): pass",
        "x = f'{y}'",
        "if x := y: pass",
    ],
)
def test_what_only_python_3_reads_is_told(text: str) -> None:
    assert is_python_3(text)


@pytest.mark.parametrize(
    "text",
    [
        *OLD,
        "def f(x=lambda a: a): pass",
        "def f(*args): pass",
        "x = {a: b}",
        "x = y[1:z]",
        "def f(a, b={1: 2}): pass",
        "raise E('x from y')",
        "'def f() -> int: x'",
        "if f(x): print 'a'",
        "x = of('y')",
    ],
)
def test_what_python_2_reads_is_not(text: str) -> None:
    assert not is_python_3(text)
