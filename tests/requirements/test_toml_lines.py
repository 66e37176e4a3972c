from __future__ import annotations

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from audit.requirements.toml_lines import Path, value_lines

BARE = st.sampled_from(["a", "b", "c-d", "1", "x_y"])
QUOTED = st.sampled_from(['"a b"', "'c.d'", '"\\u00e9"', '"]"', "'#'", '"="'])
SCALARS = st.sampled_from(
    [
        *("1", "-1.5e3", "true", "1979-05-27T07:32:00Z", "inf", '"s"', "'#]}'", '"\\"]"', '""'),
        *('"""\nm\n"""', "'''\nx''y'''", '"""a"b"""', '"""q\\""""', '"""z"""""', "07:32:00"),
    ]
)
GAPS = st.sampled_from(["", " ", "\n", "\n\n", " # ] ' \" comment\n"])


def _list(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(st.builds("{}{}{}".format, GAPS, values, GAPS), max_size=3)
    return st.builds("[{}{}]".format, items.map(",".join), GAPS)


def _inline_table(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.dictionaries(BARE | QUOTED, values.filter(lambda text: "\n" not in text), max_size=2)
    return pairs.map(lambda pairs: "{" + ", ".join(f"{k} = {v}" for k, v in pairs.items()) + "}")


VALUES = st.recursive(SCALARS, lambda values: _list(values) | _inline_table(values), max_leaves=6)
KEYS = st.lists(BARE | QUOTED, min_size=1, max_size=3).map(" . ".join)
PAIRS = st.builds("{} = {}".format, KEYS, VALUES)
HEADERS = KEYS.map("[{}]".format) | KEYS.map("[[ {} ]]".format)
LINES = PAIRS | HEADERS | st.sampled_from(["", "# comment", "  "])
DOCUMENTS = st.lists(LINES, max_size=8).map("\n".join)


def _paths(value: object, path: Path = ()) -> set[Path]:
    found = {path} if path else set()
    if isinstance(value, dict):
        return found.union(*(_paths(each, (*path, key)) for key, each in value.items()))
    if isinstance(value, list):
        return found.union(*(_paths(each, (*path, i)) for i, each in enumerate(value)))
    return found


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        return None


@given(DOCUMENTS.filter(lambda text: _parsed(text) is not None))
def test_everything_that_tomli_finds_has_a_line_and_nothing_else(text: str) -> None:
    lines = value_lines(text)
    assert set(lines) == _paths(_parsed(text))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


@given(st.lists(GAPS.map(lambda gap: gap + '"x"'), max_size=9))
def test_the_line_of_a_string_is_where_it_begins(items: list[str]) -> None:
    text = f"k = [{', '.join(items)}]"
    # The same string may stand anywhere: its position in the list tells which is meant.
    expected = [
        text[: len("k = [") + sum(map(len, items[: n + 1])) + 2 * n - len('"x"')].count("\n") + 1
        for n in range(len(items))
    ]
    lines = value_lines(text)
    assert [lines["k", n] for n in range(len(items))] == expected


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("\n[a.b]\nc = 1", ("a",), 2),
        ("\n[a.b]\nc = 1", ("a", "b"), 2),
        ("\n[a.b]\nc = 1", ("a", "b", "c"), 3),
        ("[[a]]\nx=1\n[[a]]\nx=1\n[a.b]\ny=1", ("a", 1, "x"), 4),
        ("[[a]]\nx=1\n[[a]]\nx=1\n[a.b]\ny=1", ("a", 1, "b", "y"), 6),
        ("k = '''\n\n'''\nl = 1", ("l",), 4),
        ("k = '''\n\n'''\nl = 1", ("k",), 1),
        ("k = [\r\n  'a',\r\n  'a',\r\n]", ("k", 1), 3),
        ("k = [ {a = 1},\n {b = 'x'} ]", ("k", 1, "b"), 2),
    ],
)
def test_lines_are_counted_from_one(text: str, path: Path, line: int) -> None:
    assert value_lines(text)[path] == line
