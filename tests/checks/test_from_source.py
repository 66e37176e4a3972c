"""SCF105, word for word: what comes as source, and what building it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

SDIST = {"tags": "", "classified": ("3",)}


@pytest.mark.parametrize(
    ("fields", "head", "build"),
    [
        pytest.param({}, "note vendor", ", which is pure Python", id="pure"),
        pytest.param(
            {"compiles": True},
            "warning unknown",
            ", which has to be compiled against glibc 2.17 or older, as on CentOS 7",
            id="compiled",
        ),
        pytest.param(
            {"unsure": "its setup.py computes what it requires, and is not run"},
            "warning unknown",
            ", its setup.py computes what it requires, and is not run",
            id="it does not tell what it requires",
        ),
        pytest.param(
            {"classified": ()},
            "note vendor",
            ", which is pure Python; it does not say for which Pythons it is",
            id="it tells nothing of Pythons",
        ),
        pytest.param(
            {"python_2": "its old.py is Python 2"},
            "warning unknown",
            ", its old.py is Python 2",
            id="it is Python 2",
        ),
        pytest.param(
            {"classified": (), "requires_python": ">=2.7"},
            "note vendor",
            ", which is pure Python",
            id="it tells by Requires-Python",
        ),
    ],
)
def test_what_a_source_takes_to_be_built(
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    fields: dict[str, Any],
    head: str,
    build: str,
) -> None:
    index = shelf({"a": {"1": ("old<2",)}, "old": {"1": ()}}, {"old 1": {**SDIST, **fields}})
    case = {"requirements": "a\n", "index": index}
    asked = "old<2 (needed by a 1, from requirements.txt:1)"
    assert told("SCF105", **case) == [
        (
            f"{head} requirements.txt:1 old",
            f"old==1 to be vendored and built from source{build}: {asked}",
            "python3.6 -m pip install --no-deps --target . 'old==1'",
        )
    ]
    assert [each[0] for each in told("SCF103", **case)] == ["note vendor requirements.txt:1 a"]


def test_a_copy_that_is_in_the_way_is_overwritten(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    index = shelf({"old": {"1": ()}}, {"old 1": SDIST})
    case = {"requirements": "old>=1\n", "vendored": {"old 0.9": {}}, "runtimes": ["3.9"]}
    ((_, _, remedy),) = told("SCF105", index=index, root="site", **case)
    assert remedy == "python3.9 -m pip install --no-deps --target site 'old==1' --upgrade"


def test_what_is_in_a_conflict_is_not_built(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    index = shelf({"old": {"1": (), "2": ()}}, {"old 1": SDIST, "old 2": SDIST})
    assert told("SCF105", requirements="old<2\nold>1\n", index=index) == []


def test_python_2_does_for_python_2(told: Callable[..., Any], shelf: Callable[..., Index]) -> None:
    told_so = {"tags": "", "classified": ("2",), "python_2": "its old.py is Python 2"}
    index = shelf({"old": {"1": ()}}, {"old 1": told_so})
    ((head, *_),) = told("SCF105", requirements="old\n", index=index, runtimes=["2.7"])
    assert head == "note vendor requirements.txt:1 old"
