"""`tools.member_differences`: signs from answers, and what of them is kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.member_asked import Asked, ask, keyword_patterns, patterns
from tools.member_differences import kept, member_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

PYTHONS = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")


def asked(signs: Mapping[str, str]) -> list[Asked]:
    return [
        Asked(f"{python}.0", python, {name: each[place] for name, each in signs.items()}, {})
        for place, python in enumerate(PYTHONS)
    ]


@pytest.mark.parametrize(
    ("name", "signs", "expected"),
    [
        pytest.param("string:maketrans", "+--------", "+--------", id="without a rule"),
        pytest.param("os:getcwd", "+++++++++", None, id="on every Python"),
        pytest.param("os:getcwdu", "+--------", None, id="as vermin says"),
        pytest.param("calendar:MONDAY", "+++++++++", "+++++++++", id="not as vermin says"),
        pytest.param("os:startfile", "---------", "---------", id="of another system"),
        pytest.param("unittest:TestResult.buffer", "---------", None, id="set on instances"),
        pytest.param("os:O_SOMETHING", "+--------", None, id="a constant of the C library"),
        pytest.param("exec", "-++++++++", None, id="a statement of Python 2"),
    ],
)
def test_what_vermin_does_not_tell_is_kept(name: str, signs: str, expected: str | None) -> None:
    assert kept(patterns(asked({name: signs})), member_rule).get(name) == expected


def test_an_argument_is_told_by_signatures_alone() -> None:
    rows = [
        Asked("2.7.18", "2.7", {}, {"m:f": (frozenset({"a"}), False), "m:g": (frozenset(), True)}),
        Asked("3.6.15", "3.6", {}, {"m:f": (frozenset({"b"}), False)}),
    ]
    assert keyword_patterns(rows) == {"m:f(a)": "+-", "m:f(b)": "-+"}


def test_what_a_call_came_to_outweighs_a_signature() -> None:
    rows = [
        Asked("2.7.18", "2.7", {}, {}, {"m:f(a)": "+"}),
        Asked("3.6.15", "3.6", {}, {"m:f": (frozenset({"a"}), True)}, {"m:f(a)": "-"}),
    ]
    assert keyword_patterns(rows) == {"m:f(a)": "+-"}


def test_the_python_that_runs_the_tests_can_be_asked() -> None:
    (answer,) = ask([Path(sys.executable)])
    assert answer.states["subprocess:run"] == "+"
    assert answer.states["os:getcwdu"] == "-"
    assert answer.states["dict.has_key"] == "-"
    assert answer.states["sys:stdout.buffer"] == "+"
    keywords, others = answer.keywords["os:makedirs"]
    assert answer.called["json:dumps(encoding)"] == "-"
    assert answer.called["functools:lru_cache(user_function)"] == "+"
    assert "exist_ok" in keywords
    assert not others


def test_the_data_is_grouped_by_module_and_signs() -> None:
    text = (Path(__file__).parents[1] / "data" / "member_differences.json").read_text("utf-8")
    document = json.loads(text)
    assert tuple(document["measured"]) == PYTHONS
    for rows in (*document["members"].values(), *document["keywords"].values()):
        assert all(len(signs) == len(PYTHONS) and set(signs) <= set("+-?") for signs in rows)
    for name, rows in document["submodules"].items():
        assert all(len(signs) == len(PYTHONS) for signs in (rows[""], *filter(None, rows))), name
        assert set(rows[""]) <= set("+.-?"), name
        assert set(rows[""]) & set(".-"), name
