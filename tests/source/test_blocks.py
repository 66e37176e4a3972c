"""What encloses an import, by tables and by laws against an independent reading of `ast`."""

from __future__ import annotations

import ast
import json
import runpy
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.code import OTHERWISE, Attempt, Block, Condition, Function, Handled, Import
from audit.source import grammar, host, lexer
from audit.source.blocks import ON_PYTHON_3
from audit.source.encoding import readable
from audit.source.read import read_source
from audit.source.terms import CAUGHT

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = runpy.run_path(str(Path(__file__).with_name("ast_reference.script")))


def blocks(source: str) -> dict[str, tuple[Block, ...]]:
    """Return what the lexer says, without help of a parser, and without what handlers catch."""
    data, problems = readable("index.py", textwrap.dedent(source).encode())
    assert problems == ()
    return {
        each.module: tuple(block for block in each.blocks if not isinstance(block, Handled))
        for each in lexer.imports(data)
    }


def test_functions_are_named_and_classes_are_not() -> None:
    assert blocks(
        """
        def f(x=__import__("default"),
              y=1):
            import a
            class C:
                async def g(self): import b
                import c
        class D: import d
        @decorated(__import__("decorator"))
        def café():
        \timport e
        import f
        """
    ) == {
        "default": (),
        "a": (Function("f"),),
        "b": (Function("f"), Function("g")),
        "c": (Function("f"),),
        "d": (),
        "decorator": (),
        "e": (Function("café"),),
        "f": (),
    }


def test_each_branch_of_an_if_knows_what_failed_before() -> None:
    assert blocks(
        """
        if a: import x; import y
        elif (b and  # why
              c):
            import z
        elif __import__("test"): pass
        else:
            if d[1:]: import w
        import v
        """
    ) == {
        "x": (Condition("a", holds=True),),
        "y": (Condition("a", holds=True),),
        "z": (Condition("a", holds=False), Condition("(b and   c)", holds=True)),
        "test": (Condition("a", holds=False), Condition("(b and   c)", holds=False)),
        "w": (
            Condition("a", holds=False),
            Condition("(b and   c)", holds=False),
            Condition('__import__("test")', holds=False),
            Condition("d[1:]", holds=True),
        ),
        "v": (),
    }


@pytest.mark.parametrize(
    "head", ["for x in y:", "while x:", "async for x in y:", "with x as y:", "match x:"]
)
def test_other_statements_add_nothing(head: str) -> None:
    inside = "case 1:\n    import a" if head == "match x:" else "import a"
    assert blocks(f"if z: pass\n{head}\n  {inside}\n") == {"a": ()}


def test_an_else_belongs_to_its_own_statement() -> None:
    assert blocks(
        """
        if a:
            for x in y: pass
            else: import b
            while z:
                pass
            else:
                import c
        """
    ) == {"b": (Condition("a", holds=True),), "c": (Condition("a", holds=True),)}


def test_lines_within_brackets_are_no_heads() -> None:
    assert blocks(
        """
        def f():
            x = [a
         for a in b
         if c] + [d
        if e else f]
            y = {a
        if b else c: d}
            y = {a
        if b else c:
            d}
            z = g \\
        if h else i
            match = x
            import j
        """
    ) == {"j": (Function("f"),)}


@pytest.mark.parametrize(
    ("handler", "caught"),
    [
        ("except:", True),
        ("except ImportError:", True),
        ("except ImportError as e:", True),
        ("except ImportError, e:", True),
        ("except (KeyError, ModuleNotFoundError):", True),
        ("except (KeyError, (A, Exception)), e:", True),
        ("except builtins.BaseException:", True),
        ("except StandardError:", True),
        ("except* ImportError:", True),
        ("except(ImportError):", True),
        ("except KeyError:", False),
        ("except EnvironmentError:", False),
        ("except KeyError as ImportErrors:", False),
        ("except KeyError, ImportError:", False),
    ],
)
def test_only_a_handler_that_sees_import_errors_makes_an_attempt(
    handler: str, *, caught: bool
) -> None:
    found = blocks(f"try:\n  import a\n{handler}\n  import b\nelse:\n  import c\nfinally: import d")
    both = (True, True)
    if caught:
        assert found["a"] == (Attempt(1, 0, both),)
        assert found["c"] == (Attempt(1, OTHERWISE, both),)
        assert found["b"] == (Attempt(1, 1, both),)
    else:
        assert found["a"] == found["c"] == ()
        assert found["b"] == (Condition(CAUGHT, holds=True),)
    assert found["d"] == ()


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("raise", False),
        ("raise A from b", False),
        ("print('x'); sys.exit(1)", False),
        ("exit()", False),
        ("\n    quit(0)", False),
        ("\n    # no more\n\n    x = '''\nraise'''\n    os._exit (1)", False),
        ("\n    if x:\n        raise", True),
        ("\n    def f():\n        raise\n    x = [\n    exit(1)]", True),
        ("x = 'a; raise'", True),
        ("log('raise')", True),
        ("x.exit(1)", True),
        ("f = lambda: sys.exit(1)", True),
        ("return None", True),
        ("raised = 1", True),
        ("\n    pass\nraise", True),
    ],
)
def test_a_branch_that_raises_or_exits_does_not_reach_its_end(body: str, *, ends: bool) -> None:
    found = blocks(f"try:\n    import a\nexcept ImportError: {body}\n")
    assert found == {"a": (Attempt(1, 0, (True, ends)),)}


@pytest.mark.parametrize(
    ("tried", "handler", "test"),
    [
        ("reload", "NameError", ON_PYTHON_3),
        ("text = unicode", "(NameError, KeyError) as e", ON_PYTHON_3),
        ("reload; import c", "NameError", ON_PYTHON_3),
        ("reload(sys)", "NameError", ON_PYTHON_3),
        ("kind = unicode.encode", "NameError", ON_PYTHON_3),
        ("reloaded(sys)", "NameError", CAUGHT),
        ("import c; reload", "NameError", CAUGHT),
        ("if x: pass\n  reload", "NameError", CAUGHT),
        ("reload", "KeyError", CAUGHT),
        ("thing", "NameError", CAUGHT),
    ],
)
def test_a_name_that_python_2_alone_has_fails_on_python_3(
    tried: str, handler: str, test: str
) -> None:
    found = blocks(f"try:\n  {tried}\nexcept {handler}:\n  import b\n")
    assert found["b"] == (Condition(test, holds=True),)


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ("try:\n  unicode\n  import b\nexcept NameError: pass", True),
        ("try: unicode\nexcept NameError: pass\nelse: import b", True),
        ("try:\n  import b\n  unicode\nexcept NameError: pass", False),
        ("try:\n  unicode\n  import b\nexcept KeyError: pass", False),
        ("try:\n  unicode\nexcept NameError: pass\nfinally: import b", False),
    ],
)
def test_what_comes_past_such_a_name_runs_on_python_2_alone(source: str, *, is_told: bool) -> None:
    told = (Condition(ON_PYTHON_3, holds=False),) if is_told else ()
    assert blocks(source)["b"] == told
    assert host_blocks(source) == told


def host_blocks(source: str) -> tuple[Block, ...]:
    [found] = host.imports(ast.parse(source))
    return tuple(each for each in found.blocks if not isinstance(each, Handled))


VERSION = "sys.version_info < (3,)"


@pytest.mark.parametrize(
    ("before", "decided"),
    [
        pytest.param(f"if {VERSION}: return", (VERSION, False), id="it returns"),
        pytest.param(f"if {VERSION}:\n  x()\n  raise E  # why", (VERSION, False), id="it raises"),
        pytest.param(f"if {VERSION}: sys.exit(';')", (VERSION, False), id="it exits"),
        pytest.param(f"if {VERSION}: x = 1; return 'x'", (VERSION, False), id="it does both"),
        pytest.param("if PY3: pass\nelse: return", ("PY3", True), id="the else returns"),
        pytest.param("if OLD: continue", ("OLD", False), id="a name bound to a test"),
        pytest.param("if DEBUG: return", None, id="another test"),
        pytest.param("if PY3: f(); g()", None, id="it goes on"),
        pytest.param("if PY3:\n  if x: return", None, id="it may go on"),
        pytest.param("if PY3:\n  return\n  def f(): pass", None, id="not the last statement"),
        pytest.param("if PY3: pass\nelif x: return", None, id="a later clause"),
        pytest.param("for x in y:\n  if PY3: continue", None, id="in an inner body"),
        pytest.param("for x in y: pass\nelse:\n  if PY3: raise", None, id="in an inner clause"),
    ],
)
@pytest.mark.parametrize("width", [0, 1, 4, 8, 16, 20])
def test_what_leaves_on_some_pythons_decides_about_what_comes_after(
    before: str, decided: tuple[str, bool] | None, width: int
) -> None:
    body = "".join(f"{line}\n" for line in (*before.split("\n"), "import a", "if x: import b"))
    head = "def f():\n" if width else ""
    source = "import z\nOLD = PY2\n" + head + textwrap.indent(body, " " * width)
    data, _ = readable("index.py", source.encode())
    bound = {"OLD": "PY2"}
    around = (Function("f"),) if width else ()
    tests = (Condition(*decided, is_early=True),) if decided else ()
    readers = [
        lexer.imports(data, bound),
        host.imports(ast.parse(data[1:]), bound),
        grammar.imports(data, bound),
    ]
    for found in readers:
        assert {each.module: each.blocks for each in found} == {
            "z": (),
            "a": (*around, *tests),
            "b": (*around, *tests, Condition("x", holds=True)),
        }


def test_what_leaves_decides_about_what_is_defined_after_it_and_not_before() -> None:
    assert blocks(
        """
        def f():
            import a
        if PY2:
            import b
            raise SystemExit
        elif x:
            import c
        class C:
            def g(self):
                import d
        """
    ) == {
        "a": (Function("f"),),
        "b": (Condition("PY2", holds=True),),
        "c": (Condition("PY2", holds=False), Condition("x", holds=True)),
        "d": (Condition("PY2", holds=False, is_early=True), Function("g")),
    }


def test_of_a_try_it_is_known_what_each_handler_catches() -> None:
    source = """
        try: import a
        except (b.C, SyntaxError) as e: import d
        except ImportError: raise
        except: import f
        else: import g
        """
    data, _ = readable("index.py", textwrap.dedent(source).encode())
    caught = (("C", "SyntaxError", "b"), ("ImportError",), ("BaseException",))
    ends = (True, False, True)
    first = {each.module: each.blocks[0] for each in lexer.imports(data)}
    assert first == {
        module: Handled(1, branch, caught, ends)
        for module, branch in (("a", 0), ("d", 1), ("f", 3), ("g", OTHERWISE))
    }


def test_every_catching_handler_is_a_branch_and_groups_differ() -> None:
    assert blocks(
        """
        try:
            import a
            raise KeyError
        except KeyError: import b
        except ImportError:
            try: import c
            except: raise
        except Exception:
            import d
        with contextlib.suppress(ImportError): import e
        with open(x), suppress(OSError, ImportError) as y:
            import f
        with suppress(OSError): import g
        """
    ) == {
        "a": (Attempt(1, 0, (False, True, True)),),
        "b": (Condition(CAUGHT, holds=True),),
        "c": (Attempt(1, 1, (False, True, True)), Attempt(2, 0, (True, False))),
        "d": (Attempt(1, 2, (False, True, True)),),
        "e": (Attempt(3, 0, (True, True)),),
        "f": (Attempt(4, 0, (True, True)),),
        "g": (),
    }


def test_tabs_go_to_multiples_of_eight_and_a_form_feed_starts_anew() -> None:
    assert blocks("if a:\n        if b:\n    \t    import c\n\tx = 1\n \f\timport d\n") == {
        "c": (Condition("a", holds=True), Condition("b", holds=True)),
        "d": (Condition("a", holds=True),),
    }


def test_as_wide_with_spaces_as_with_tabs_is_as_wide() -> None:
    source = "if a:\n\tif b:\n\t\timport c\n    \telse:\n\t\timport d\n"
    a = Condition("a", holds=True)
    assert blocks(source)["d"] == (a, Condition("b", holds=False))


def test_strings_do_not_end_a_block() -> None:
    assert blocks('def f():\n    """\nif x:\n  """\n    y = """\nelse:"""; import a\n') == {
        "a": (Function("f"),)
    }


SIMPLE = st.sampled_from(
    [
        "pass",
        "import a",
        "import a.b as c, d",
        "from . import e",
        "from .f import (g, # ) '\n h)",
        "x = 1; import i",
        "__import__('j')",
        "x = [\n1, importlib.import_module('k')]",
        "raise",
        "sys.exit(1)",
        "x = '''\nelse:\n import no'''",
        "y = [z\nfor z in x\nif z]",
        "# if x: import no",
        "if PY3: raise",
        "if PY3:\n  x; exit('#')  # why",
        "if PY3: continue",
        "return",
        "if x: pass\nelse: sys.exit(2)",
        "if PY2: pass\nelse: import l; exit()",
        "print('''it's'''); exit(2)",
        "w = {a\n if b else c: d}",
    ]
)
TESTS = st.sampled_from(
    [
        *("a", "(b,\n c)", "d[1:] == ':'", "lambda: e", "f if g else h", "'''x\n'''"),
        *("PY2", "PY2", "sys.version_info < (\n3,)"),
    ]
)
HANDLERS = st.sampled_from(
    [
        *("", " ImportError", " (A, Exception) as e", " KeyError", " mod.ModuleNotFoundError as e"),
        *(" SyntaxError", " (b.Own, SyntaxError)"),
    ]
)


def _indented(lines: list[str], width: int) -> str:
    """Indent the first line of each statement; the rest of it stands where it was drawn."""
    return "\n".join(" " * width + line for line in lines)


def _clause(head: str, body: list[str], width: int, *, one_line: bool) -> str:
    simple = [line for line in body if not line.startswith("#")]
    if one_line and all(_is_simple(line) for line in simple):
        return f"{head}: " + "; ".join(simple or ["pass"])
    pad = " " * width
    inner = [pad + _shifted(each, pad) for each in body] + [pad + "pass"]
    return f"{head}:\n" + "\n".join(inner)


def _is_simple(statement: str) -> bool:
    try:
        return not hasattr(ast.parse(statement).body[0], "body")
    except (SyntaxError, IndexError):
        return False


def _shifted(statement: str, pad: str) -> str:
    """Indent the lines of a compound statement; a simple one may go on anywhere."""
    if _is_simple(statement) or statement.startswith("#"):
        return statement
    tree = ast.parse(statement)
    starts = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    heads = ("elif", "else", "except", "finally", "@")
    lines = statement.split("\n")
    return "\n".join(
        pad + line if number > 1 and (number in starts or line.lstrip().startswith(heads)) else line
        for number, line in enumerate(lines, 1)
    )


@st.composite
def compound(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    width = draw(st.sampled_from([1, 4, 8]))
    bodies = st.lists(inner, min_size=1, max_size=3)

    def clause(head: str) -> str:
        return _clause(head, draw(bodies), width, one_line=draw(st.booleans()))

    kind = draw(st.sampled_from(["if", "try", "finally", "with", "def", "class", "for", "while"]))
    match kind:
        case "if":
            clauses = [clause(f"if {draw(TESTS)}")]
            clauses += [clause(f"elif {draw(TESTS)}") for _ in range(draw(st.integers(0, 2)))]
        case "try":
            clauses = [clause("try")]
            clauses += [clause(f"except{h}") for h in draw(st.lists(HANDLERS, max_size=2)) if h]
            clauses += [clause(f"except{draw(HANDLERS)}")]
        case "finally":
            return f"{clause('try')}\n{clause('finally')}"
        case "with":
            items = ["x as y", "suppress(ImportError)", "contextlib.suppress(A, Exception), z"]
            items.append("suppress(SyntaxError, a.B)")
            return clause(f"with {draw(st.sampled_from(items))}")
        case "def":
            return clause(
                draw(st.sampled_from(["def f(x=':')", "async def g(\nx)", "def h() -> a"]))
            )
        case "class":
            return clause("class C(\nD)")
        case _:
            clauses = [clause("for x in y" if kind == "for" else f"while {draw(TESTS)}")]
    if draw(st.booleans()):
        clauses.append(clause("else"))
    return "\n".join(clauses)


PROGRAMS = st.lists(st.recursive(SIMPLE, compound, max_leaves=12), min_size=1, max_size=4).map(
    "\n".join
)


def _plain(found: tuple[Import, ...]) -> list[Any]:
    """Return imports in the form that the reference takes."""

    def plain(block: Block) -> list[Any]:
        match block:
            case Function(name):
                return ["def", name]
            case Condition(test, holds, is_early):
                return ["if", test, holds, is_early]
            case Attempt(group, branch, branches):
                return ["try", group, branch, list(branches)]
            case Handled(group, branch, caught, ends):
                return ["handled", group, branch, [list(each) for each in caught], list(ends)]

    return [
        [
            *(each.line, each.level, each.module, list(each.names), each.dynamic),
            [plain(block) for block in each.blocks],
        ]
        for each in found
    ]


def _comparable(found: list[Any]) -> str:
    parsed, renumbered = REFERENCE["parsed"], REFERENCE["renumbered"]
    return json.dumps(renumbered([[*each[:5], parsed(each[5])] for each in found]))


def _expected(program: str) -> str:
    return json.dumps(REFERENCE["renumbered"](REFERENCE["Reader"](ast.parse(program)).found))


@given(PROGRAMS)
def test_the_lexer_and_both_parsers_agree_with_ast(program: str) -> None:
    data, _ = readable("index.py", program.encode())
    expected = _expected(program)
    readers: list[Callable[[bytes], tuple[Import, ...]]] = [
        lexer.imports,
        lambda data: host.imports(ast.parse(data[1:])),
        grammar.imports,
    ]
    assert [_comparable(_plain(read(data))) for read in readers] == [expected] * len(readers)


@given(PROGRAMS, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(0, 3))
def test_comments_blank_lines_and_newlines_change_no_import(
    program: str, newline: str, blank: int
) -> None:
    plain, _ = read_source("index.py", program.encode())
    wrapped = "# it's\n" + "\n" * blank + program + "\n# '''; import no"
    other, problems = read_source("index.py", wrapped.replace("\n", newline).encode())
    assert problems == ()
    assert [each._replace(line=each.line - blank - 1) for each in other.imports] == list(
        plain.imports
    )


@given(st.lists(PROGRAMS, min_size=1, max_size=3))
def test_a_file_imports_what_its_parts_do(programs: list[str]) -> None:
    parts = [read_source("index.py", each.encode())[0].imports for each in programs]
    whole, _ = read_source("index.py", "\n".join(programs).encode())
    assert [each.module for each in whole.imports] == [
        each.module for part in parts for each in part
    ]
