"""What is read of a file: every form of an import, and what is said of the rest."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from audit.source.read import read_source

if TYPE_CHECKING:
    from audit.code import Import
    from audit.model import Problem


def read(source: str | bytes) -> tuple[tuple[Import, ...], tuple[Problem, ...]]:
    data = source if isinstance(source, bytes) else source.encode()
    found, problems = read_source("index.py", data)
    return found.imports, problems


def refused(source: str | bytes) -> list[str]:
    """Return what no Python takes of a file, as `line: what`."""
    found, _ = read_source("index.py", source if isinstance(source, bytes) else source.encode())
    return [f"{each.line}: {each.what}" for each in found.constructs if not each.pythons]


def told(source: str | bytes) -> list[tuple[int, str, int, tuple[str, ...]]]:
    """Return line, module, level and names of each import of source without problems."""
    imports, problems = read(source)
    assert problems == ()
    return [(each.line, each.module, each.level, each.names) for each in imports]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a", [(1, "a", 0, ())]),
        ("import a.b as c, d", [(1, "a.b", 0, ()), (1, "d", 0, ())]),
        ("import\ta . b\\\n  , c  # why", [(1, "a.b", 0, ()), (1, "c", 0, ())]),
        ("from a import b", [(1, "a", 0, ("b",))]),
        ("from a.b import*", [(1, "a.b", 0, ("*",))]),
        ("from .x import (a as b, c)", [(1, "x", 1, ("a", "c"))]),
        ("from . import x", [(1, "", 1, ("x",))]),
        ("from.import x", [(1, "", 1, ("x",))]),
        ("from . . a . b import(x)", [(1, "a.b", 2, ("x",))]),
        ("from ...a import b,\\\nc", [(1, "a", 3, ("b", "c"))]),
        ("from a \\\n.b \\\n import c", [(1, "a.b", 0, ("c",))]),
        ("from a \\\nimport b", [(1, "a", 0, ("b",))]),
        ("from a import (b, # ) is no end\n  c,\n # (\n)", [(1, "a", 0, ("b", "c"))]),
        ("from a import (\n'b' if 0 else\n)", None),
        (
            "\n\n   \nimport a;import b; x = 1; from c import d",
            [(4, "a", 0, ()), (4, "b", 0, ()), (4, "c", 0, ("d",))],
        ),
        ("try: import x\nexcept: import y", [(1, "x", 0, ()), (2, "y", 0, ())]),
        ("if x:\\\n  import y", [(2, "y", 0, ())]),
        ("# says \\\nimport a", [(2, "a", 0, ())]),
        ("'''a\nimport b\n'''; import c", [(3, "c", 0, ())]),
        ('"""\\""" import b\n"""\nimport c', [(3, "c", 0, ())]),
        ("x = 'it\\'s\\\nimport b'\nimport c", [(3, "c", 0, ())]),
        ("x = '''don't\nimport b'''\nimport c", [(3, "c", 0, ())]),
        ("def f(x):\n  yield from x\n  import a\n  raise b from a", [(3, "a", 0, ())]),
        ("x = y.important\nreimport = 1\nimports = 2", []),
        ("print('; import a')  # ; import b", []),
        ("\fimport a\n\f  \fimport b", [(1, "a", 0, ()), (2, "b", 0, ())]),
        ("import a\rimport b\r\nimport c", [(1, "a", 0, ()), (2, "b", 0, ()), (3, "c", 0, ())]),
        ("\ufeffimport a", [(1, "a", 0, ())]),
        ("import caf\u00e9, \ufb01n", [(1, "caf\u00e9", 0, ()), (1, "fin", 0, ())]),
        ("", []),
        ("import a" + "\n" * 99 + "import b", [(1, "a", 0, ()), (100, "b", 0, ())]),
    ],
)
def test_every_form_of_an_import_is_read(
    source: str, expected: list[tuple[int, str, int, tuple[str, ...]]] | None
) -> None:
    if expected is None:
        assert refused(source)
    else:
        assert told(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "print 'a', `b`\nimport a",
        'print >>x, "it\'s"\nexec "import b" in ns\nimport a',
        "raise A, 'b'\nx = `\"'\"` + ur'\\'\nimport a".replace("ur'\\'", "ur'x'"),
        "try: pass\nexcept A, e: print e\nimport a",
    ],
)
def test_python_2_is_read_as_well(source: str) -> None:
    assert [module for _, module, _, _ in told(source)] == ["a"]


@pytest.mark.parametrize(
    "source",
    [
        """x = f"{d["; import no; "]}"\nimport a""",
        """x = f"{a['"']}"; import a # '""",
        """x = f"{\n  y["k"]\n}"\nimport a""",
        '''x = f"""{ """; import no; """ }"""\nimport a''',
        """x = rf'{d['a']}' + F"{'import no'}"\nimport a""",
        """x = f"{{" + f"{x!r:{w}}" + f'{x:{'>'}}'\nimport a""",
    ],
)
def test_quotes_within_the_fields_of_an_f_string_end_nothing(source: str) -> None:
    imports, _ = read(source)
    assert [each.module for each in imports] == ["a"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("__import__('a.b')", [("a.b", 0)]),
        ("x = __import__ ( u\"a\", globals(), {}, ['b'], 1).b", [("a", 1)]),
        ("__import__(name)\n__import__('a' + x)\nself.__import__('a')\nmy__import__('a')", []),
        ("importlib.import_module('a')", [("a", 0)]),
        ("importlib.import_module(\n  name='a',\n)", [("a", 0)]),
        ("importlib.import_module('.a', 'b.c')", [("b.c.a", 0)]),
        ("importlib.import_module('..a', package='b.c')", [("b.a", 0)]),
        ("importlib.import_module('.a', __package__)", [("a", 1)]),
        ("importlib.import_module('.a', package)", []),
        ("importlib.import_module('....a', 'b')", []),
        ("import_module('a')\nother.import_module('b')", []),
        ("from importlib import import_module\nimport_module('a')", [("importlib", 0), ("a", 0)]),
    ],
)
def test_a_call_that_imports_a_literal_name_is_read(
    source: str, expected: list[tuple[str, int]]
) -> None:
    imports, problems = read(source)
    assert problems == ()
    assert [(each.module, each.level) for each in imports] == expected
    assert all(each.dynamic is (each.module != "importlib") for each in imports)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import a\n".encode("utf-16"), "1: UTF-16"),
        ("import a\n".encode("utf-16-be"), "1: UTF-16"),
        (b"x = 1\nimport a\nx = '\0'\n", "3: a null byte"),
        (
            b"# coding: nonsense\nimport a",
            "1: a coding line that names no encoding of text: nonsense",
        ),
        (b"#!python\n# coding=rot13\nimport a", "2: a coding line that names no encoding"),
        (b"\xef\xbb\xbf# coding: gbk\nimport a", "1: a coding line, gbk, that contradicts"),
        (b"import a\nx = '\xe9'", "2: a byte that is not utf-8, and no coding line"),
        (b"# coding: gbk\n\nimport a\nx = '\xff'", "4: a byte that is not gbk"),
        (b"import a\nx = 'open\nimport ", "2: "),
        (b'import a\nx = """open\nimport ', "2: "),
        (b"import a\nfrom b import (c\n", "2: "),
        (b"import a\nfrom b import c d\n", "2: "),
        (b"import a\nx = f'{' * 2\nimport", "2: "),
    ],
)
def test_what_python_refuses_is_told_and_hides_no_import(source: bytes, what: str) -> None:
    imports, problems = read(source)
    assert "a" in [each.module for each in imports]
    assert problems == ()
    found, _ = read_source("index.py", source)
    assert any(f"{each.line}: {each.what}".startswith(what) for each in found.constructs)


def test_an_import_after_an_error_is_still_read() -> None:
    source = """import a\nx = '\nimport b\n'''\nimport no\n'''\ndef f(:\n  import c\n"""
    imports, problems = read(source)
    assert [each.module for each in imports] == ["a", "b", "c"]
    assert problems == ()


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        (b"# -*- coding: gbk -*-", "gbk"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=shift_jis :", "shift_jis"),
        (b"# -*-encoding=utf8-*-", "utf-8"),
        (b"# coding: Latin_1-unix", "latin-1"),
        (b"\n# coding: big5", "big5"),
        (b"# coding: iso2022_jp", "iso2022_jp"),
    ],
)
def test_the_coding_line_decides(head: bytes, encoding: str) -> None:
    text = "x = '\u00fc'" if encoding == "latin-1" else "x = '\u8868\u529f'"
    lines = head.count(b"\n") + 2
    assert told(head + f"\n{text}; import a".encode(encoding)) == [(lines, "a", 0, ())]


def test_a_coding_line_below_code_decides_nothing() -> None:
    assert told("x = 1\n# coding: ascii\nimport caf\u00e9") == [(3, "caf\u00e9", 0, ())]


@pytest.mark.parametrize(
    "data",
    [
        b"'" * 200_000 + b"\nimport a\n",
        b'x = "' + b"\\\\" * 200_000 + b'"\nimport a\n',
        b'x = """' + b'\\"""' * 200_000 + b'"""\nimport a\n',
        b"x = f'" + b"{a}" * 200_000 + b"'\nimport a\n",
        b"(" * 200_000 + b"\nimport a\n",
        b"if (\n" * 20_000 + b" import a\n",
        b"from a import (\n# c\n" * 20_000,
        b"from a import (\n" + b"# c\n" * 200_000,
        b"import a;" * 20_000 + b"\n",
        b"if x: " + b"import a;" * 20_000 + b"\n",
        b"def f():\n    import a\n" * 20_000,
        b"if a:\n import a\n" + b"elif b:\n import a\n" * 5_000,
        b"try:\n import a\n" + b"except ImportError:\n import a\n" * 5_000,
        b"x = [\n" + b"  if x\n" * 50_000 + b"]\nif x:\n import a\n",
        b"import " + b"importlib, " * 20_000 + b"x y\n",
        b"import a; \\\n" * 20_000,
        b"X = sys.version_info\n" * 20_000 + b"import a\n",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_hostile_files_take_no_longer_than_their_size(data: bytes) -> None:
    found, problems = read_source("index.py", data)
    assert found.imports or found.constructs or problems


def test_imports_are_read_however_deep_they_are_nested() -> None:
    data = b"".join(b" " * depth + b"if x:\n" for depth in range(300)) + b" " * 300 + b"import a"
    imports, problems = read(data)
    assert [each.module for each in imports] == ["a"]
    assert len(problems) <= 1


def test_nobody_is_told_what_the_audited_code_is_warned_about() -> None:
    code = b"print 1\nx = 1 if 1else '\\d'\ndef f():\n    def g(): return x\n    exec 'x = 1'\n"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        refused(code)
    assert not told
