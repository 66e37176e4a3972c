"""What Python 2.7 compiles, told without it; and, where it is at hand, by it."""

from __future__ import annotations

import ast
import json
import random
import re
import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audit.source.encoding import readable
from audit.source.syntax import read
from audit.source.syntax.rewriting import modernised

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTHON_2 = Path.home() / ".pyenv/versions/2.7.18/bin/python"

ONLY_PYTHON_2 = (
    "del __debug__",
    "def f():\n print(x)\n global x",
    "b'é'",
    "x = 0777L",
    "x=0o777l",
    "a.None",
    "f(True=1)",
    "True = 1",
    "a.True = 1",
    "class True: pass",
    "`x, y`",
    "exec a in b in c",
    "try: a\nexcept b, c.d: e",
    "try: a\nexcept b, (c, d): e",
    "def f((a)): pass",
    "def f((a,)): pass",
    "[x for x in 1, 2 if x]",
    "[x for x in lambda: y]",
    "[x for x in lambda: y, z]",
    "def f():\n from a import *",
    "class C:\n from a import *",
    "b'a' 'b'",
    "b'a' u'b'",
    "'\\u12'",
    "'\\N{foo}'",
    "def f(): print (yield)",
    "print a,",
    "print lambda: 1",
    "print not a",
    "exec 'a' in b",
    "nonlocal = 1",
    "async = 1",
    "await = 1",
    "def f(async): async.await",
    "from async import x",
    "a <> b",
    "lambda (a, b)=c, *d: a",
    "def f(a=(1, 2), (b, c)=d): pass",
    "if a:\n\tb\n        c",
    "if a:\n        b\n\tc",
    "print a, b",
    "print 'a' % b,",
    "print `a`",
    "print {1: 2}",
    "print {}",
    "print []",
    "print [x for x in y]",
    "print ~a",
    "print .5",
    "print 0777, 10L",
    "print >>not f, a",
    "print'a'",
    "print\\\n  a,\\\n  b",
    "if a: print b; print c",
    "for a in b: print a,\nelse: print",
    "try: print a\nfinally: print b",
    "class C: print a",
    "def f(): print a; return b",
    "exec 'a'",
    "exec a",
    "exec a in b",
    "exec a in b, c",
    "exec a.b(c) in {}, globals()",
    "exec a + b in c",
    "raise a, b",
    "raise a, b, c",
    "raise a, (b, c)",
    "raise a(b), None, c",
    "raise a, 'x' % b",
    "if a: raise b, c; d",
    "raise a, lambda x, y: z",
    "try: a\nexcept b, c: d",
    "try: a\nexcept (b, c), d: e",
    "try: a\nexcept b.c, d: e\nexcept: f",
    "try: a\nexcept b, c[0]: e",
    "try: a\nexcept b, [c, d]: e",
    "`a`",
    "`a`.b",
    "`a` + `b`",
    "`a + `b` + c`",
    "`(a, `b`)`",
    "[`a`, `b`]",
    "f(`a`, b)",
    "a in`b`",
    "`a`\\\n + b",
    "a <> b <> c",
    "a<>b",
    "if a <> b: c",
    "07",
    "0777",
    "0L",
    "0l",
    "10l",
    "0xFFL",
    "0b11L",
    "0o17L",
    "ur'a'",
    "UR'a'",
    "uR'''a\nb'''",
    "ur'a' 'b'",
    "'C:\\Users'",
    "'\\Na'",
    "'\\U00110000'",
    "from __future__ import unicode_literals\nb'a' 'b'",
    "def f(a, (b, c)): pass",
    "def f((a, b), (c, d)=e, *g, **h): pass",
    "def f((a, (b, c))): pass",
    "lambda (a, b): a",
    "lambda a, (b, c)=d: b",
    "lambda (a, b)=c, d=lambda (e, f): e: a",
    "f(lambda (a, b): a, c)",
    "sorted(a, key=lambda (k, v): v)",
    "def f(a=lambda (b, c): b, (d, e)=g): pass",
    "[a for a in b, c]",
    "[a for a in b, c,]",
    "[a for a in b, c if d]",
    "[a for a in b for d in e, f]",
    "[a for a in lambda: b, lambda: c if d()]",
    "True, False = 1, 0",
    "True = False = 1",
    "a.True",
    "a.False = 1",
    "f(False=1)",
    "del True",
    "global True",
    "import True",
    "def False(): pass",
    "a.None()",
    "nonlocal.a(nonlocal)",
    "def nonlocal(): pass",
    "await = a",
    "a.async(await=1)",
    "def async(): pass",
    "def f():\n if a:\n  from b import *",
    "if a:\n  if b:\n\tc\n  d",
    "if a:\n\tb\n  \tc",
    "from __future__ import print_function\nexec 'a'",
    "'''from __future__ import print_function'''\nprint a",
    "from a import print_function\nprint b",
    "\fprint a",
    "if a:\n\f  print b",
    "print a # b, c",
    "print a; # b",
    "print a,; b",
    "for True in a: b",
    "def f():\n exec 'a'",
)

BOTH = (
    "f(b=1, *a)",
    "x[..., 1]",
    "x[...,]",
    "def f():\n x=1\n exec('x', {})\n def g(): return x\n",
    "def f():\n x=1\n exec('x')\n return [x for y in z]\n",
    "def f():\n yield 1\n return",
    "print(x) if y else z",
    "exec(a).b",
    "exec(a) in b, c",
    "exec()",
    "exec(a,b,c,d)",
    "from __future__ import print_function\nx=print",
    "from __future__ import unicode_literals\nr'\\u0012'",
    "with (a, b): pass",
    "with (a) as b: pass",
    "with (a, b) as c: pass",
    "\fx = 1",
    " \fx = 1",
    "x = 1 \f",
    "if x:\n  y\n  \f  z",
    "global x; x = 1",
    "lambda: (yield)",
    "# é",
    "'é'",
    "x = 1if y else 2",
    "assert(a, b)",
    "except_",
    "x = 00",
    "x = 08.5",
    "'\\400'",
    "print",
    "print >>a if b else c, d",
    "from __future__ import nested_scopes",
    "@a.b(c)\ndef f(): pass",
    "x = a if b else lambda: c",
    "def f():\n global x\n x = 1",
    "print [1, 2], 3",
    "print -1, 2",
    "print (a), b",
    "print (a) % b,",
    "print (a, b)",
    "print ((a)), b",
    "print (a for a in b), c",
    "print()",
    "print (a).b, c",
    "print (a)[0]",
    "print >>f",
    "print >>f, a",
    "print >>f, a,",
    "print >>f.g(), 'a' % (b,), c",
    "print>>f,a",
    "print (a,\n  b), c",
    "if a: print",
    "exec (a) in b",
    "exec (a)",
    "raise a",
    "raise",
    "raise a(b)",
    "try: a\nexcept (b, c): e",
    "try: a\nexcept b as c: e",
    "00",
    "0",
    "0O17",
    "1e5",
    "09.5",
    "019j",
    "u'a'",
    "br'a'",
    "bR'a'",
    "b'a' b'b'",
    "'C:\\\\Users'",
    "'a\\u00e9'",
    "b'C:\\Users'",
    "r'C:\\Users'",
    "'\\N{LATIN SMALL LETTER A}'",
    "'\\U0001F600'",
    "def f(a=(b, c)): pass",
    "lambda a=(b, c): a",
    "[a for a in (b, c)]",
    "[a for a, b in c]",
    "[(a for a in b), c]",
    "a = True",
    "f(True)",
    "a == True",
    "if True: b",
    "None.a",
    "from a import *",
    "if a:\n from b import *",
    "try:\n from a import *\nexcept b: c",
    "if a:\n\tb\n\tc",
    "from __future__ import print_function\nprint(a, file=b)",
    "from __future__ import print_function\nprint = a",
    '"""a"""\nfrom __future__ import (print_function, division)\nprint(a, end=\'\')',
    "print(a)(b)",
    "print[0]",
    "print + a",
    "print - a",
    "print(a) if b else c",
    "print(a); exec(b)",
    "exec(a, b)",
    "exec(a)(b)",
    "f(*a, **b)",
    "f(*a, b=c)",
    "f(a, *b)",
    "f(a,)",
    "f(a for a in b)",
    "class C(a,): pass",
    "class C(): pass",
    "def f(a,): pass",
    "def f(*a, **b): pass",
    "[] = a",
    "a = ()",
    "def f():\n yield a\n return",
    "def f():\n def g(): yield a\n return b",
    "def f():\n x = lambda: (yield)\n return b",
    "def f():\n return [a for a in b]\n",
    "def f():\n yield a\n def g(): return b",
    "a[...]",
    "a[..., b]",
    "a[b, ...]",
    "a = b[...,]",
    "a[b[...]]",
    "u'é'",
    "'1_000'",
    "a_1_0",
    "def f():\n exec('a')",
    "def f():\n exec('a')\n return lambda b: b",
    "def f():\n exec('a', c)\n return lambda: b",
    "def f():\n def g():\n  exec('a')",
    "exec('a')\nf = lambda: b",
    "def f():\n x = 1\n del x\n return lambda: y",
    "def f():\n x = 1\n del x\n return [x for y in z]",
    "def f():\n global x\n del x\n return lambda: x",
    "with a as b, c as d: e",
    "with (a, b): c",
    "a if b else c",
    "from . import a",
    "from .. import a",
    "from .a import b",
    "from ... import a",
    "import a.b as c",
    "assert a, b",
    "del a, b",
    "a = b = c",
    "a += 1",
    "a <<= 1",
    "{a, b}",
    "{a: b for c in d}",
    "a[1:2, ::3]",
    "a[:, ...]",
    "def f(self, *args, **kwargs): return super(f, self).g(*args, **kwargs)",
    "x = 1;",
    "pass; pass",
    "if a:\n  b\nelif c:\n  d\nelse:\n  e",
    "while a: break\nelse: b",
    "a\\\n.b",
    "print # a",
    "def f():\n def g():\n  exec('a')",
)

NOT_PYTHON_2 = (
    "() = x",
    "for () in x: pass",
    "del ()",
    "f(*a,)",
    "f(**a,)",
    "def f(*a,): pass",
    "def f(**a,): pass",
    "lambda *a,: 0",
    "f(*a, b)",
    "f(*a, *b)",
    "f(**a, **b)",
    "f(**a, b=1)",
    "x[(...)]",
    "x[[...]]",
    "x[...:1]",
    "x[1, (..., 2)]",
    "x = ...",
    "rb'a'",
    "1_0",
    "class C(*a): pass",
    "class C(a=1): pass",
    "def f():\n x=1\n def g(): return x\n del x",
    "def f():\n exec('x')\n def g(): return y\n",
    "def f():\n x=1\n exec('x')\n def g(): return x\n",
    "def f():\n x=1\n def g():\n  exec('x')\n  return x\n",
    "def f():\n x=1\n exec('x')\n return (x for y in z)\n",
    "def f():\n yield 1\n return 2",
    "def f():\n yield 1\n return None",
    "print[1:2]",
    "print >>f,",
    "print(*a)",
    "exec(a) and b",
    "exec(a), b",
    "exec",
    "x.print",
    "def print(): pass",
    "from __future__ import unicode_literals\nr'\\u12'",
    "def f(a, *, b): pass",
    "(a, *b) = c",
    "[*a]",
    "{**a}",
    "def f(a:1): pass",
    "def f()->1: pass",
    "class C(a for a in b): pass",
    "print >>f, *a",
    "é = 1",
    "print @ x",
    "print * x",
    "print(a=1)",
    "print,",
    "f(print)",
    "x = {a: b, **c}",
    "from __future__ import annotations",
    "@a[0]\ndef f(): pass",
    "@a().b\ndef f(): pass",
    "lambda: print(a)",
    "a = print",
    "a.print()",
    "from a import print",
    "import exec",
    "import a as exec",
    "f(print=1)",
    "def exec(): pass",
    "def f(print): pass",
    "global print",
    "class print: pass",
    "try: a\nexcept b as exec: c",
    "def f():\n x = 1\n def g():\n  nonlocal x",
    "async def f(): pass",
    "async def f():\n await a",
    "print(a, end='')",
    "print(a, sep='', file=b)",
    "print(*a, b)",
    "print(**a)",
    "print.a",
    "print == a",
    "print and a",
    "print if a else b",
    "print, a",
    "print @ a",
    "print ** a",
    "a and print(b)",
    "[print(a) for a in b]",
    "return_ = print(a)",
    "(print(a))",
    "print(a), print(b)",
    "exec(a, globals=b)",
    "exec(a) if b else c",
    "exec(*a)",
    "a = exec(b)",
    "f(**a, b=c)",
    "f(*a, **b,)",
    "f(*(a), )",
    "class C(a, metaclass=b): pass",
    "class C(**a): pass",
    "def f(*a, b): pass",
    "def f(*, a=1): pass",
    "lambda *, a: a",
    "def f(a: b): pass",
    "def f(*a: b): pass",
    "def f(**a: b): pass",
    "def f(*, a: b): pass",
    "def f() -> a: pass",
    "def f(a, **b,): pass",
    "lambda *a,: a",
    "*a, b = c",
    "[a, *b] = c",
    "for a, *b in c: d",
    "{*a}",
    "(*a, b)",
    "{a: b, **c}",
    "() = a",
    "for () in a: b",
    "raise a from b",
    "raise a from None",
    "def f(): yield from a",
    "def f():\n yield a\n return b",
    "def f():\n if a:\n  return b\n yield c",
    "def f():\n return (yield a)",
    "...",
    "a[(...)]",
    "a[(b, ...)]",
    "a[...:b]",
    "[...]",
    "f(...)",
    "class C: ...",
    "a[[...]]",
    "a.é",
    "def é(): pass",
    "import é",
    "f(é=1)",
    "1_000",
    "0x_f",
    "1_0.5",
    "0.0_1",
    "def f():\n exec('a')\n return lambda: b",
    "def f(x):\n def g():\n  exec('a')\n  return x",
    "def f():\n x = 1\n del x\n return lambda: x",
    "with (a as b): c",
    "a @ b",
    "(a := b)",
    "f'{a}'",
    "a: b = c",
    "match a:\n case b: c",
    "print , a",
    ".0_1",
    "0x_f",
)

NEITHER = (
    "f(**a, *b)",
    "f(a for a in b, c)",
    "f(c, a for a in b)",
    "def f(__debug__): pass",
    "__debug__ = 1",
    "x.__debug__ = 1",
    "f(__debug__=1)",
    "import __debug__",
    "nonlocal x",
    "x = yield",
    "class C: yield 1",
    "f(None=1)",
    "None = 1",
    "def None(): pass",
    "x.None = 1",
    "for None in x: pass",
    "import None",
    "import a as None",
    "def f(None): pass",
    "`x,`",
    "``",
    "raise a, b, c, d",
    "raise a,",
    "exec a, b",
    "exec a in b, c,",
    "exec not a",
    "exec a < b",
    "exec lambda: a",
    "exec a if b else c",
    "try: a\nexcept b, f(): e",
    "try: a\nexcept b, None: e",
    "def f(a, (b, a)): pass",
    "def f(()): pass",
    "def f(*(a, b)): pass",
    "[x for x in 1,]",
    "(x for x in 1, 2)",
    "{x for x in 1, 2}",
    "x = 09",
    "x = 0_7",
    "x = 1__0",
    "u'\\u12'",
    "'\\x1'",
    "b'\\x1'",
    "print (yield)",
    "print a b",
    "print a = 1",
    "print (a) b",
    "print print",
    "print exec",
    "from __future__ import barry_as_FLUFL\na <> b",
    "a if b else c = 1",
    "if a:\n    b\n\tc",
    "return 1",
    "def f(x):\n global x",
    "exec a, b, c",
    "exec a,",
    "exec a = b",
    "exec a in",
    "raise a, b from c",
    "try: a\nexcept b, c, d: e",
    "try: a\nexcept b, c if d else e: f",
    "`a b`",
    "`a for a in b`",
    "a < > b",
    "1.5L",
    "08",
    "0_7",
    "1jL",
    "[07, 08]",
    "ru'a'",
    "u'C:\\Users'",
    "from __future__ import unicode_literals\n'C:\\Users'",
    "def f(a, (b, c)=d, e): pass",
    "{a for a in b, c}",
    "{a: b for a in c, d}",
    "(a for a in b, c)",
    "def f():\n nonlocal x",
    "if a:\n    b\n  c",
    "from __future__ import print_function\nprint a",
    "a := b",
    "print a,,b",
    "print a = b",
    "print (a) = b",
    "print a: b",
    "lambda (a, *b): a",
    "'a'; from __future__ import print_function\nprint b",
)
MISSED = {
    "f(a for a in b, )": True,
    "def f(True): pass": True,
    "[a for a in b if lambda: c]": True,
    "True **= 1": True,
    "[a for a in lambda: b, ]": False,
    "print >>not a, ": False,
    "def f():\n import a; from a import *\n def g(): return x": False,
    "def f((,)): pass": False,
    "f(u'\\N{BELL}')": False,
}
"""What 2.7 says of the rare things that are told wrong."""
EVERY = (*ONLY_PYTHON_2, *BOTH, *NOT_PYTHON_2, *NEITHER)


def _code(text: str) -> bytes:
    return b"\n%b\n" % text.encode()


def _refused(text: str) -> list[str]:
    """Return what keeps 2.7 from compiling a snippet."""
    raw = b"# coding: utf-8\n" + text.encode()
    found = read(raw, readable("x.py", raw)[0]).constructs
    return [each.what for each in found if not any((2, 7) in span for span in each.pythons)]


def _parsed(code: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code.decode().strip("\n"))


@pytest.mark.parametrize("text", ONLY_PYTHON_2)
def test_what_only_python_2_has_is_rewritten_and_named(text: str) -> None:
    raw = b"# coding: utf-8\n" + text.encode()
    found = read(raw, readable("x.py", raw)[0])
    assert found.tree is not None
    assert _refused(text) == []
    assert not all(any((3, 11) in span for span in each.pythons) for each in found.constructs)


@pytest.mark.parametrize("text", BOTH)
def test_what_both_have_stays_as_it_is(text: str) -> None:
    assert modernised(_code(text)) is None
    assert _refused(text) == []


@pytest.mark.parametrize("text", NOT_PYTHON_2)
def test_what_only_python_3_has_is_refused_for_2(text: str) -> None:
    assert _refused(text)


@pytest.mark.parametrize("text", NEITHER)
def test_what_no_python_has_is_not_made_valid(text: str) -> None:
    assert _refused(text)


@pytest.mark.parametrize(("text", "valid"), MISSED.items())
def test_what_is_known_to_be_told_wrong_still_is(text: str, valid: bool) -> None:  # noqa: FBT001  # a row
    assert bool(_refused(text)) is valid


@pytest.mark.parametrize(
    ("text", "rewritten"),
    [
        ("print a, b,", "0, a, b,"),
        ("if a: print 'x'; print", "if a: 0, 'x'; print"),
        ("print >>not f, a", "0,not f, a"),
        ("exec code in names", "0, code in names"),
        ("raise E, 'x', tb", "raise (E, 'x', tb)"),
        ("try: a\nexcept E, e: b", "try: a\nexcept E as  e: b"),
        ("try: a\nexcept E, (b, c): d", "try: a\nexcept [E for  (b, c) in ()]: d"),
        ("a = `b`", "a = repr((b,0))"),
        ("a in`b`", "a in repr((b,0))"),
        ("a <> 0777L", "a != 0o777 "),
        ("ur'a'", "r'a'"),
        ("'C:\\Users'", "r'C:\\Users'"),
        ("b'a' 'b'", "r'a' 'b'"),
        ("def f(a, (b, (c, d),)=e): f", "def f(a,  b=0,  c=0, d   =e): f"),
        ("lambda (a, b): a", "lambda  a, b : a"),
        ("[a for a in b, c if d]", "[a for a in (b, c) if d]"),
        ("True, False = 1, 0", "True_, False_ = 1, 0"),
        ("def f():\n from a import *", "def f():\n from a import __name__"),
        ("if a:\n\tb\n        c", "if a:\n        b\n        c"),
    ],
)
def test_a_rewritten_statement_reads_calls_and_binds_the_same(text: str, rewritten: str) -> None:
    found = modernised(_code(text))
    assert found is not None
    assert found.code == _code(rewritten)
    _parsed(found.code)


def test_strings_and_comments_are_never_rewritten() -> None:
    text = "a = 'print b'  # print c\nd = '''\nprint e <> `f`\n'''\nprint g"
    found = modernised(_code(text))
    assert found is not None
    assert found.code == _code(text.replace("print g", "0, g"))


def test_the_first_of_each_kind_is_told_with_its_line() -> None:
    found = modernised(_code("a\nprint b\n\nprint c\nif d <> e: print f"))
    assert found is not None
    assert [(each.line, each.what) for each in found.constructs] == [
        (2, "the statement print"),
        (5, "the operator <>"),
    ]


def test_a_comma_in_an_except_is_python_3_14_again() -> None:
    found = modernised(_code("try: a\nexcept b, c: d"))
    assert found is not None
    (construct,) = found.constructs
    valid = {version: any(version in span for span in construct.pythons) for version in VERSIONS}
    assert valid == {(2, 7): True, (3, 0): False, (3, 13): False, (3, 14): True}


VERSIONS = ((2, 7), (3, 0), (3, 13), (3, 14))


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"a\n# \xc3\xa9\n", 2),
        (b"a\r\n\r\n# \xc3\xa9\n", 3),
        (b"a = 1\n# coding: utf-8\n# \xc3\xa9\n", 3),
        (b"\n\n# coding: utf-8\n# \xc3\xa9\n", 4),
        (b"# coding : utf-8\n# \xc3\xa9\n", 2),
        (b"# coding: koi8_t\n", 1),
        (b"# coding: utf-8\n# \xc3\xa9\n", None),
        (b"\n# coding: utf-8\n# \xc3\xa9\n", None),
        (b"#!/bin/x\n# vim: set fileencoding=utf-8 :\n# \xc3\xa9\n", None),
        (b"# -*-encoding=utf8-*-\n# \xc3\xa9\n", None),
        (b"# coding: latin-1\n# \xe9\n", None),
        (b"\xef\xbb\xbf# \xc3\xa9\n", None),
        (b"# plain\n", None),
    ],
)
def test_characters_beyond_ascii_need_a_coding_line_on_import(raw: bytes, line: int | None) -> None:
    found = read(raw, readable("x.py", raw)[0]).constructs
    refused = [each for each in found if not any((2, 7) in span for span in each.pythons)]
    assert [each.line for each in refused] == ([] if line is None else [line])


PIECES = st.sampled_from(
    [
        *("print ", "exec ", "raise ", "except ", "lambda ", "def f", "in ", "for ", "if ", "a"),
        *("`", "<>", "0777", "10L", "ur'a'", "'", '"""', "\\", "\n", "\t", "    ", "\f", "#"),
        *("(", ")", "[", "]", "{", "}", ",", ":", ";", "=", ".", "*", ">>", "True", "None"),
        *("b'\u00e9'", "'\\u'", "'\\N{x}'", "from __future__ import print_function\n", "class "),
        *("import *", "nonlocal", "from x ", "\u00e9"),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@example("print `a")
@example("except a, b")
def test_rewriting_keeps_the_lines_and_is_done_in_one_go(text: str) -> None:
    code = _code(text)
    found = modernised(code)
    if found is None:
        return
    assert found.code.count(b"\n") == code.count(b"\n")
    assert found.constructs
    try:
        _parsed(found.code)
    except (SyntaxError, ValueError):
        return
    assert modernised(found.code) is None


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw: bytes) -> None:
    code, _ = readable("x.py", raw)
    modernised(code)
    read(raw, code)


@given(st.lists(st.sampled_from(BOTH), max_size=6).map("\n".join))
def test_lines_that_both_have_stay_as_they_are(text: str) -> None:
    code = _code(text)
    try:
        _parsed(code)
    except SyntaxError:
        return
    assert modernised(code) is None


SCRIPT = """
import json, sys, warnings
warnings.simplefilter("ignore")
answers = []
for text in json.load(sys.stdin):
    try:
        compile(("# coding: utf-8\\n" + text).encode("utf-8"), "x.py", "exec", 0, True)
        answers.append(True)
    except (SyntaxError, ValueError, TypeError, MemoryError):
        answers.append(False)
print(json.dumps(answers))
"""


def _asked(texts: Sequence[str]) -> dict[str, bool]:
    """Return what the real 2.7 compiles."""
    if not PYTHON_2.exists():
        pytest.skip("no Python 2.7 here")
    done = subprocess.run(
        [PYTHON_2, "-c", SCRIPT],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(texts, json.loads(done.stdout), strict=True))


@pytest.mark.interpreters
def test_every_row_is_what_the_real_python_2_says() -> None:
    expected = {text: text in {*ONLY_PYTHON_2, *BOTH} for text in EVERY} | MISSED
    assert _asked(tuple(expected)) == expected


@pytest.mark.interpreters
def test_rows_with_a_word_too_many_or_too_few_are_told_as_well() -> None:
    chance = random.Random(4)  # noqa: S311  # the same rows every time
    texts = tuple(dict.fromkeys(_spoilt(chance.choice(EVERY), chance) for _ in range(2000)))
    wrong = [text for text, valid in _asked(texts).items() if bool(_refused(text)) is valid]
    assert len(wrong) <= 3, wrong


def _spoilt(text: str, chance: random.Random) -> str:
    words = re.findall(r"\s+|\w+|.", text)
    place = chance.randrange(len(words))
    words[place : place + chance.randrange(2)] = chance.choice([[], [chance.choice(WORDS)]])
    return "".join(words) + "\n"


WORDS = (
    *("print ", "exec ", "(", ")", ", ", "`", "<>", "a ", "in ", "not ", "lambda ", ":", "raise "),
    *(
        "*",
        "**",
        "=",
        "[",
        "]",
        "07",
        "'a'",
        "1L",
        "ur'a'",
        "for ",
        "if ",
        "yield ",
        ".",
        "...",
        ";",
    ),
)


@pytest.mark.interpreters
def test_the_library_of_python_2_is_read_whole() -> None:
    library = PYTHON_2.parents[1] / "lib/python2.7"
    if not library.exists():
        pytest.skip("no Python 2.7 here")
    every = sorted(path for path in library.rglob("*.py") if not path.name.startswith("bad"))
    unread = [path.name for path in every[::6] if not _is_read(path)]
    assert unread == []


def _is_read(path: Path) -> bool:
    raw = path.read_bytes()
    found = read(raw, readable(path.name, raw)[0])
    return found.tree is not None and all(
        any((2, 7) in span for span in each.pythons) for each in found.constructs
    )
