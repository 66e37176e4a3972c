from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.code import Attempt, Condition, Definition, Function, Handled, Import, Source
from audit.model import Location
from audit.project.codec import members_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    NoneType: st.none(),
    bool: st.booleans(),
    int: st.integers(),
    str: st.text(st.characters()),  # lone surrogates too
    Mapping[str, str]: st.dictionaries(st.text(), st.text()),
}


def values(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  # a type
    """Return the values of a type, worked out apart from the codec."""
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, UnionType):
        return st.one_of([values(each) for each in get_args(kind)])
    if get_origin(kind) is tuple:
        first, *others = get_args(kind)
        if others == [...]:
            return st.lists(values(first), max_size=3).map(tuple)
        return st.tuples(*map(values, [first, *others]))
    hints = get_type_hints(kind, localns={"Mapping": Mapping})
    return st.builds(kind, **{name: values(hints[name]) for name in kind._fields})


def through_json(value: object) -> Any:  # noqa: ANN401  # JSON
    return json.loads(json.dumps(value, ensure_ascii=False))


@given(value=values(Source))
def test_a_source_comes_back_as_it_was(value: Source) -> None:
    source = members_of(Source)
    assert source.read(through_json(source.write(value))) == value


@pytest.mark.parametrize("kind", [Import, Definition, Location])
def test_every_value_comes_back_with_its_type(kind: type[tuple[object, ...]]) -> None:
    members = members_of(kind)

    @given(value=values(kind))
    def holds(value: tuple[object, ...]) -> None:
        back = members.read(through_json(members.write(value)))
        assert (back, type(back)) == (value, kind)
        assert list(map(type, back)) == list(map(type, value))

    holds()


def test_blocks_are_told_apart() -> None:
    blocks = (
        Function("f"),
        Condition("PY3", holds=True),
        Attempt(1, 0, (True, False)),
        Handled(1, 0, (("E",),), (True,)),
    )
    value = Import("os", 3, blocks=blocks)
    members = members_of(Import)

    back = members.read(through_json(members.write(value)))

    assert list(map(type, back.blocks)) == [Function, Condition, Attempt, Handled]


def test_what_has_its_default_takes_no_room() -> None:
    assert members_of(Import).write(Import("os", 3)) == ["os", 3]
    assert members_of(Import).write(Import("os", 3, level=1)) == ["os", 3, (), 1]


@given(found=JSON)
def test_anything_else_is_refused_or_is_what_a_source_is_written_as(found: object) -> None:
    source = members_of(Source)
    try:
        value = source.read(through_json(found))
    except (ValueError, TypeError):
        return
    assert isinstance(value, Source)
    assert source.read(through_json(source.write(value))) == value


@pytest.mark.parametrize(
    "row",
    [
        [],
        ["a.py"],
        ["a.py", 1],
        ["a.py", [], 1],
        ["a.py", [["os"]]],
        ["a.py", [["os", True]]],
        ["a.py", [["os", "3"]]],
        ["a.py", [["os", 3, ["a", 1]]]],
        ["a.py", [["os", 3, [], 0, [["f", 3]]]]],
        ["a.py", [["os", 3, [], 0, [["f", -1]]]]],
        ["a.py", [["os", 3, [], 0, [["f", False]]]]],
        ["a.py", [["os", 3, [], 0, [[]]]]],
        ["a.py", [["os", 3, [], 0, [None]]]],
        ["a.py", [], {"PY3": 1}],
        ["a.py", [], {}, [], [], [], "more"],
    ],
)
def test_what_is_of_another_type_is_refused(row: list[Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        members_of(Source).read(row)


class Ratio(NamedTuple):
    value: float


class Either(NamedTuple):
    value: tuple[int, int] | tuple[str, ...]


@pytest.mark.parametrize("kind", [Ratio, Either, int, list[int]])
def test_a_type_without_a_form_is_refused_at_once(kind: object) -> None:
    with pytest.raises(TypeError):
        members_of(kind)


class Longer(NamedTuple):
    path: str
    added: tuple[int, int] | None = None


def test_a_field_more_is_kept_without_a_line_more() -> None:
    value = Longer("a.py", (3, 6))
    longer = members_of(Longer)
    assert longer.read(through_json(longer.write(value))) == value
