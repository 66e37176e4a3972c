"""`audit.source.members`: which uses are found, under which name, and what is around them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.code import OTHERWISE, Attempt, Block, Condition, Function, Member
from audit.shipped import MEMBER_DIFFERENCES, STDLIB_DIFFERENCES, data_text
from audit.source.members import look
from audit.source.rules import read_members
from audit.source.stdlib import read_differences

RULES = read_members(data_text(MEMBER_DIFFERENCES), read_differences(data_text(STDLIB_DIFFERENCES)))


def found(source: str) -> tuple[Member, ...]:
    return look(ast.parse(source), RULES).members


def names(source: str) -> list[str]:
    return [f"{each.name}({each.keyword})" if each.keyword else each.name for each in found(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("import os\nos.getcwdu", ["os.getcwdu"], id="a module"),
        pytest.param("import os as o\no.getcwdu", ["os.getcwdu"], id="an alias"),
        pytest.param("import os.path as p\np.commonpath", ["os.path.commonpath"], id="inner alias"),
        pytest.param("import os.path\nos.path.commonpath", ["os.path.commonpath"], id="inner"),
        pytest.param("from os import path\npath.commonpath", ["os.path.commonpath"], id="from"),
        pytest.param(
            "from os import path as p\np.commonpath", ["os.path.commonpath"], id="from as"
        ),
        pytest.param("from .os import x\nx.getcwdu", [], id="relative"),
        pytest.param("from . import os\nos.getcwdu", [], id="relative module"),
        pytest.param("o = 1\nimport os\nos.getcwdu", ["os.getcwdu"], id="another name"),
        pytest.param("import os\nos = 1 + 1\nos.getcwdu", [], id="bound again"),
        pytest.param("import os\nos = None\nos.getcwdu", ["os.getcwdu"], id="None in its place"),
        pytest.param("import os\nx = os\ny = x\ny.getcwdu", ["os.getcwdu"], id="assigned twice"),
        pytest.param("x = y\ny = x\nx.getcwdu", [], id="assigned in a circle"),
        pytest.param("os.getcwdu", [], id="not imported"),
        pytest.param("def f():\n import os\nos.getcwdu", [], id="imported elsewhere"),
        pytest.param("import os\ndef f(os):\n os.getcwdu", [], id="a parameter"),
        pytest.param("import os\ndef f(*os):\n os.getcwdu", [], id="a starred parameter"),
        pytest.param("import os\nlambda os: os.getcwdu", [], id="a parameter of a lambda"),
        pytest.param("import os\n[os.getcwdu for os in x]", [], id="a comprehension's own"),
        pytest.param(
            "import os\n[x for x in os.getcwdu()]", ["os.getcwdu"], id="a comprehension's source"
        ),
        pytest.param(
            "import os\n{x: os.getcwdu for x in y}", ["os.getcwdu"], id="a comprehension's part"
        ),
        pytest.param(
            "import os\nclass A:\n os = 1 + 1\n def f(self):\n  os.getcwdu",
            ["os.getcwdu"],
            id="a class binds nothing for its methods",
        ),
        pytest.param(
            "import os\ndef f():\n global os\n os = g()\nos.getcwdu", [], id="bound by a global"
        ),
        pytest.param(
            "import os\ndef f():\n os = 1 + 1\n def g():\n  os.getcwdu", [], id="bound around"
        ),
        pytest.param("import os\nfor os in x: pass\nos.getcwdu", [], id="bound by a loop"),
        pytest.param("import os\nwith x as os: pass\nos.getcwdu", [], id="bound by a with"),
        pytest.param(
            "import os\ntry: pass\nexcept E as os: pass\nos.getcwdu", [], id="bound by an except"
        ),
        pytest.param("import os\n(os := f())\nos.getcwdu", [], id="bound by a walrus"),
        pytest.param("import os\ndef os(): pass\nos.getcwdu", [], id="bound by a def"),
        pytest.param("import os\nmatch x:\n case [os]: os.getcwdu", [], id="bound by a pattern"),
        pytest.param("import os\nos.getcwdu = 1\nos.getcwdu", [], id="set by the file"),
        pytest.param("import os\nf(os.getcwd)", [], id="what every Python has"),
        pytest.param("import os\nos.nowhere", [], id="what no Python is known to have"),
        pytest.param(
            "import urllib\nurllib.parse.quote", ["urllib.parse(import)"], id="a module in a module"
        ),
        pytest.param("import os\nos.path.join", [], id="a module that is always loaded"),
        pytest.param("import pathlib\npathlib.Path", [], id="what its module always has"),
    ],
)
def test_names_are_followed_to_their_module(source: str, expected: list[str]) -> None:
    assert names(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{}.has_key(1)", ["dict.has_key"]),
        ("dict(a=1).has_key(1)", ["dict.has_key"]),
        ("{x: 1 for x in y}.has_key(1)", ["dict.has_key"]),
        ("def f():\n d = {}\n d.has_key(1)", ["dict.has_key"]),
        ("def f():\n d = {}\n d = g()\n d.has_key(1)", []),
        ("def f(d):\n d.has_key(1)", []),
        ("d = {}\nd += 1\nd.has_key(1)", []),
        ("'a'.decode('u')", ["str.decode"]),
        ("u'a'.decode('u')", ["str.decode"]),
        ("u'a'.isdecimal()", []),
        ("'a'.isdecimal()", ["str.isdecimal"]),
        ("from __future__ import unicode_literals\n'a'.isdecimal()", []),
        ("b'a'.format()", ["bytes.format"]),
        ("import os\nos.environ.has_key", ["os.environ.has_key"]),
        (
            "from subprocess import Popen\nwith Popen(x) as p:\n p.wait(timeout=1)",
            [],
        ),
        (
            "import subprocess as s\np = s.Popen(x)\np.wait(timeout=1)",
            ["subprocess.Popen.wait(timeout)"],
        ),
        ("import threading\nthreading.Thread().isAlive()", ["threading.Thread.isAlive"]),
        ("unicode(1)", ["unicode"]),
        ("unicode = str\nunicode(1)", []),
        ("from six.moves import *\nunicode(1)", []),
        ("from os import *\ndict.has_key", []),
        ("from os import *\nimport os\nos.getcwdu", ["os.getcwdu"]),
        ("open(x, encoding=y)", ["open(encoding)"]),
        ("open(x, **y)", []),
        ("open(x, mode=y)", []),
        ("from io import open\nopen(x, encoding=y)", []),
        ("x: list[int] = 1", ["list.__class_getitem__"]),
        ("def f() -> list[int]: x: dict[str, int] = 1", ["list.__class_getitem__"]),
        ("from __future__ import annotations\ndef f(x: list[int]): pass", []),
        ("def f(x: 'list[int]'): pass", []),
        ("def f(x: int | None): pass", ["type.__or__"]),
        ("X = int | None", ["type.__or__"]),
        ("isinstance(x, list[int] | str)", ["type.__or__", "list.__class_getitem__"]),
        ("X = Other | None", []),
        ("int = x\nX = int | None", []),
        ("a = {}\nb = dict()\na | b", ["dict.__or__"]),
        ("a = {}\na | b", []),
        ("print >>f, 1", ["print.__rshift__"]),
        ("print ('%s') % 1", ["print.__mod__"]),
        ("print = x\nprint >>f, 1", []),
        ("'%s' % print('x')", []),
        (
            "@functools.lru_cache\ndef f(): pass\nimport functools",
            ["functools.lru_cache", "functools.lru_cache(user_function)"],
        ),
        (
            "from functools import lru_cache\n@lru_cache()\ndef f(): pass",
            ["functools.lru_cache"],
        ),
        ("def main_handler(event, context):\n event.has_key", ["dict.has_key"]),
        ("def f(event, context):\n event = g(event)\n event.has_key", []),
        ("def f(event):\n event.has_key", []),
        ("import builtins\nbuiltins.unicode = str\nunicode", []),
        ("import string\nsetattr(string, 'maketrans', f)\nstring.maketrans", []),
        ("def f(x: A | B): pass", []),
        ("x = 1 | 2", []),
        ("import os\nx = os.environ['a']", []),
    ],
)
def test_types_and_built_in_names_are_told_where_they_can_be(
    source: str, expected: list[str]
) -> None:
    assert names(source) == expected


def condition(test: str, *, holds: bool = True) -> Condition:
    return Condition(test, holds)


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        pytest.param("unicode", [], id="nothing"),
        pytest.param("def f(): unicode", [Function("f")], id="a function"),
        pytest.param("def f(x=unicode): pass", [], id="a default"),
        pytest.param("@unicode\ndef f(): pass", [], id="a decorator"),
        pytest.param("class A(unicode): pass", [], id="a base"),
        pytest.param("class A:\n x = unicode", [], id="a class"),
        pytest.param("lambda: unicode", [Function("lambda")], id="a lambda"),
        pytest.param("lambda x=unicode: x", [], id="a default of a lambda"),
        pytest.param("if a: unicode", [condition("a")], id="if"),
        pytest.param("if unicode: a", [], id="a test"),
        pytest.param("if a: b\nelse: unicode", [condition("a", holds=False)], id="else"),
        pytest.param(
            "if a: x\nelif b: unicode", [condition("a", holds=False), condition("b")], id="elif"
        ),
        pytest.param("unicode if a else 1", [condition("a")], id="an expression"),
        pytest.param("1 if a else unicode", [condition("a", holds=False)], id="its other half"),
        pytest.param("a and b and unicode", [condition("a"), condition("b")], id="and"),
        pytest.param("a or unicode", [condition("a", holds=False)], id="or"),
        pytest.param("while a: unicode", [condition("a")], id="while"),
        pytest.param("for a in b: unicode", [], id="for"),
        pytest.param("assert a, unicode", [condition("a", holds=False)], id="a message"),
        pytest.param("assert a\nunicode", [], id="after an assertion"),
        pytest.param("assert PY2\nunicode", [condition("PY2")], id="after one of the version"),
        pytest.param(
            "if PY3: raise E\nunicode", [condition("PY3", holds=False)], id="after a way out"
        ),
        pytest.param(
            "if PY2: pass\nelse: raise E\nunicode", [condition("PY2")], id="after another"
        ),
        pytest.param(
            "import sys\nNEW = sys.version_info > (3,)\ndef f():\n if NEW: return\n unicode",
            [Function("f"), condition("NEW", holds=False)],
            id="after one by a name",
        ),
        pytest.param("if a: raise E\nunicode", [], id="after one of something else"),
        pytest.param(
            "try: unicode\nexcept NameError: pass", [Attempt(1, 0, (True, True))], id="try"
        ),
        pytest.param(
            "try: unicode\nexcept (A, NameError): raise",
            [Attempt(1, 0, (True, False))],
            id="a handler that raises",
        ),
        pytest.param(
            "try: unicode\nexcept: pass", [Attempt(1, 0, (True, True))], id="a bare handler"
        ),
        pytest.param("try: unicode\nexcept ValueError: pass", [], id="another handler"),
        pytest.param(
            "try: a\nexcept NameError: unicode", [Attempt(1, 1, (True, True))], id="in a handler"
        ),
        pytest.param("try: a\nexcept E: unicode", [condition("except E")], id="in another handler"),
        pytest.param(
            "try: a\nexcept: unicode", [condition("except")], id="in a handler of everything"
        ),
        pytest.param(
            "try: import a\nexcept ImportError: unicode",
            [condition("import a", holds=False)],
            id="in the handler of an import",
        ),
        pytest.param(
            "try: import a\nexcept: unicode",
            [condition("import a", holds=False)],
            id="in the handler of an import and everything",
        ),
        pytest.param(
            "try: a\nexcept NameError: pass\nelse: unicode",
            [Attempt(1, OTHERWISE, (True, True))],
            id="in an else",
        ),
        pytest.param("try: a\nfinally: unicode", [], id="in a finally"),
        pytest.param(
            "with suppress(NameError): unicode", [Attempt(1, 0, (True, True))], id="suppressed"
        ),
        pytest.param("with suppress(E): unicode", [], id="another is suppressed"),
        pytest.param("match a:\n case 1: unicode", [], id="a case"),
    ],
)
def test_what_is_around_a_use_is_kept(source: str, blocks: list[Block]) -> None:
    (member,) = found(source)
    assert member.blocks == tuple(blocks)


@pytest.mark.parametrize(
    "source",
    [
        "import os\nif hasattr(os, 'getcwdu'): os.getcwdu()",
        "import os\nhasattr(os, 'getcwdu') and os.getcwdu()",
        "import os\nif not hasattr(os, 'getcwdu'): raise E\nos.getcwdu()",
        "import os\nif 'getcwdu' in dir(os): os.getcwdu()",
        "if 'unicode' in dir(__builtins__): unicode",
    ],
)
def test_what_is_asked_for_before_is_left_out(source: str) -> None:
    assert found(source) == ()


def test_a_binding_brings_its_tests_along() -> None:
    source = "try: import a.b as c\nexcept ImportError: import os as c\nc.getcwdu"
    test = "import a.b as c"
    assert found(source) == (Member("os.getcwdu", 3, "", (Condition(test, holds=False),)),)


def test_of_uses_alike_the_first_is_kept() -> None:
    source = "def f():\n unicode\n unicode\nunicode\nunicode(1)\n"
    assert found(source) == (
        Member("unicode", 2, "", (Function("f"),)),
        Member("unicode", 4),
    )


def test_names_of_imports_come_first_with_the_line_of_the_import() -> None:
    source = "import typing\nx = typing.Literal\nfrom typing import Any, Literal, List\n"
    assert found(source) == (Member("typing.Literal", 3), Member("typing.Literal", 2))


WORDS = st.sampled_from(
    (
        *("os", "unicode", "x", "getcwdu", "has_key", "import os", "\n", "\n ", ": ", "try:"),
        *("except:", "if ", "else:", "def f():", "class A:", "{}", ".", "(", ")", "lambda: "),
        *("=", "for x in ", "with ", "[", "]", "and", "PY3", "return", "from os import *"),
        *("global os", "match x:"),
    )
)


@given(st.lists(WORDS).map("".join) | st.lists(WORDS).map(" ".join))
def test_no_source_is_too_odd(source: str) -> None:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    assert isinstance(look(tree, RULES).members, tuple)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = " + "(" * 60 + "unicode" + ")" * 60, id="parentheses"),
        pytest.param("x = 0" + " + unicode" * 900, id="a sum"),
        pytest.param("x = a" + " or unicode" * 5000, id="a long or"),
        pytest.param("x = " + "a if b else " * 90 + "unicode", id="conditional expressions"),
        pytest.param("if a: pass\n" + "elif a: unicode\n" * 200, id="elif"),
        pytest.param("if PY3: raise E\n" * 2000 + "unicode", id="ways out"),
        pytest.param("x = " + "lambda: " * 90 + "unicode", id="lambdas"),
        pytest.param(
            "x0 = unicode\n" + "".join(f"x{n + 1} = x{n}\n" for n in range(500)) + "x500.a"
        ),
        pytest.param("unicode\n" * 20000, id="lines"),
        pytest.param("if a" + " + a" * 900 + ": unicode", id="a long test"),
        pytest.param("if " + "not " * 90 + "hasattr(a, 'unicode'): unicode", id="nots"),
        pytest.param("a" + ".b()" * 300 + "\nunicode", id="a chain of calls"),
        pytest.param("with a" + ".b()" * 300 + ": unicode", id="a chain of calls in a with"),
    ],
)
def test_deep_and_long_source_is_read_all_the_same(source: str) -> None:
    assert found(source)


def test_own_source_is_read() -> None:
    for path in sorted(Path(__file__).parents[2].glob("audit/**/*.py")):
        look(ast.parse(path.read_bytes()), RULES)
