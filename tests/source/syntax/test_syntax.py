from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.code import Construct, Span
from audit.source.encoding import readable
from audit.source.syntax import Syntax, read
from audit.source.syntax.host import HOST


def _read(data: str | bytes) -> Syntax:
    raw = data.encode() if isinstance(data, str) else data
    return read(raw, readable("it.py", raw)[0])


def _told(data: str | bytes) -> list[tuple[int, str]]:
    return [(each.line, each.what) for each in _read(data).constructs]


def _compiles(constructs: tuple[Construct, ...], python: tuple[int, int]) -> bool:
    return all(any(python in span for span in each.pythons) for each in constructs)


def test_a_file_of_every_python_has_no_construct() -> None:
    assert _told("import os\n\ndef main(a, *b):\n    return os.path.join(a, *b)\n") == []


def test_lines_of_tree_and_constructs_are_those_of_the_file() -> None:
    syntax = _read("x = 1\nif (y := x): pass\n")
    assert syntax.tree is not None
    assert [statement.lineno for statement in syntax.tree.body] == [1, 2]
    assert [(each.line, each.what) for each in syntax.constructs] == [
        (2, "an assignment expression")
    ]


def test_of_a_kind_the_first_is_told_and_all_kinds_by_line() -> None:
    code = "x = f'{a}'\ny = f'{a}'\ndef f(a, /): pass\nz = (b := 1)\nw = (c := 2)\n"
    assert _told(code) == [
        (1, "an f-string"),
        (3, "positional-only parameters"),
        (4, "an assignment expression"),
    ]


def test_the_line_is_that_of_the_slash() -> None:
    assert (3, "positional-only parameters") in _told("def f(\n    a,\n    /,\n    b,\n): pass\n")


def test_what_no_python_compiles_is_told_in_the_words_of_the_host() -> None:
    syntax = _read("x = 1\nreturn x\n")
    (construct,) = syntax.constructs
    assert (construct.line, construct.what) == (2, "'return' outside function")
    assert construct.pythons == ()


def test_a_newer_python_may_compile_what_the_host_refuses() -> None:
    (construct,) = _read("x = = 1\n").constructs
    assert construct.unsure == (Span((HOST[0], HOST[1] + 1)),)


def test_what_is_refused_since_a_later_python_is_valid_before() -> None:
    constructs = _read("def f(): return [(yield x) for x in y]\n").constructs
    assert _compiles(constructs, (3, 7))
    assert not _compiles(constructs, (3, 8))


def test_the_tree_of_python_2_has_the_lines_of_the_file() -> None:
    syntax = _read("import os\nprint 'a'\nexcept_ = 1\nprint `a`\n")
    assert syntax.tree is not None
    assert [statement.lineno for statement in syntax.tree.body] == [1, 2, 3, 4]
    assert _compiles(syntax.constructs, (2, 7))
    assert not _compiles(syntax.constructs, (3, 6))


@pytest.mark.parametrize(
    "code",
    [
        "asyncio.async(f)\n",
        "def f(x, async=True): return async\n",
        "async = await\n",
        "from async import await\n",
        "pool.apply(f, async=1)  # async def\n",
        "async def f():\n    await g()\nx.await = 1\n",
    ],
)
def test_async_and_await_are_names_until_36(code: str) -> None:
    syntax = _read(code)
    assert _compiles(syntax.constructs, (3, 6))
    assert not _compiles(syntax.constructs, (3, 7))
    assert syntax.tree is not None


def test_a_name_async_is_called_so_in_the_tree() -> None:
    tree = _read("async = f(await)\n").tree
    assert tree is not None
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names == {"async", "f", "await"}


def test_the_words_in_strings_and_comments_are_no_names() -> None:
    syntax = _read('x = async  # await\ny = "async"\n')
    assert syntax.tree is not None
    assert isinstance(assignment := syntax.tree.body[1], ast.Assign)
    assert isinstance(assignment.value, ast.Constant)
    assert assignment.value.value == "async"


@pytest.mark.parametrize(
    ("data", "told", "on_2"),
    [
        (b"# coding: gbk\nx = '\xff\xff'\n", (2, "a byte that is not gbk"), False),
        (b"# coding: nosuch\n", (1, "a coding line that names no encoding of text: nosuch"), False),
        (
            b"# coding: utf-8\nx = '\xe9'\n",
            (2, "a byte that is not utf-8, and no coding line"),
            True,
        ),
        (b"x = 1\n", None, True),
    ],
)
def test_bytes_that_cannot_be_decoded_are_refused(
    data: bytes,
    told: tuple[int, str] | None,
    on_2: bool,  # noqa: FBT001  # a column of the table
) -> None:
    syntax = _read(data)
    assert (told in [(each.line, each.what) for each in syntax.constructs]) is (told is not None)
    assert _compiles(syntax.constructs, (3, 6)) is (told is None)
    assert _compiles(syntax.constructs, (2, 7)) is on_2


def test_a_byte_that_is_not_utf8_matters_to_python_3_only_outside_of_comments() -> None:
    constructs = _read(b"# coding: utf-8\nx = 1  # \xe9\n").constructs
    assert _compiles(constructs, (3, 6))
    constructs = _read(b"# coding: utf-8\n# \xe9\n\nx = '\xe9'\n").constructs
    assert not _compiles(constructs, (3, 6))
    assert [each.line for each in constructs] == [4]


def test_utf_16_is_refused_everywhere() -> None:
    constructs = _read("x = 1\n".encode("utf-16")).constructs
    assert not any(_compiles(constructs, python) for python in ((2, 7), (3, 6), (3, 13)))


def test_null_bytes_are_refused_by_python_3_and_unsure_on_2() -> None:
    (construct,) = _read(b"x = 1  # \0\n").constructs
    assert construct.pythons == ()
    assert construct.unsure == (Span((2, 0), (3, 0)),)


def test_a_backslash_at_the_end_of_the_file_is_refused() -> None:
    assert [line for line, _ in _told("x = 1\\")] == [1]


def test_what_is_too_large_is_unsure_everywhere() -> None:
    syntax = _read("x = 1\n" * 200_000)
    assert syntax.tree is None
    (construct,) = syntax.constructs
    assert construct.what == "too large to tell"
    assert all((python in construct.unsure[0]) for python in ((2, 7), (3, 6), (3, 20)))


def test_a_finally_within_many_others_is_not_compiled() -> None:
    code = "".join(f"{' ' * n}try: pass\n{' ' * n}finally:\n" for n in range(12))
    (construct,) = _read(f"{code}{' ' * 12}pass\n").constructs
    assert construct.what == "nested too deeply to tell"


def test_a_number_too_long_for_the_host_is_unsure() -> None:
    constructs = _read("x = " + "1" * 10_000 + "\n").constructs
    assert all(each.unsure for each in constructs)


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    for construct in _read(data).constructs:
        assert 1 <= construct.line <= data.count(b"\n") + data.count(b"\r") + 2


_LINES = st.lists(
    st.sampled_from(
        (
            "x = f'{a=}'",
            "x = f'{a}' \\\n  f'{b:{c}}'",
            "@a.b(c)\ndef f(a, /, *, b): return *a, b",
            "with (a as b, c): pass",
            "async def f(): return [await x for x in y]",
            "print 'a', b",
            "x = {**a, 'b': (c := 1)}",
            "x: int = (1), 2",
            "match x:\n    case [1, *y]: pass",
            "async = 1",
            "try: pass\nfinally: pass",
            "x = `a`",
            "raise E, 'x'",
        )
    )
)


@given(_LINES, _LINES)
def test_more_lines_make_no_file_valid(before: list[str], after: list[str]) -> None:
    """What a Python refuses of a file it refuses of the file with more behind it."""
    first = _read("\n".join(before) + "\n").constructs
    both = _read("\n".join([*before, *after]) + "\n").constructs
    for minor in range(6, HOST[1] + 1):
        assert _compiles(first, (3, minor)) or not _compiles(both, (3, minor))
    assert _compiles(first, (2, 7)) or not _compiles(both, (2, 7))
