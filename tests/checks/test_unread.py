"""SCF001, word for word: what was not read or not decided never passes as good."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        pytest.param(
            Problem("write == instead of =", Location("requirements.txt", 4)),
            (
                "warning unknown requirements.txt:4 -",
                "not read: write == instead of =",
                "mend requirements.txt:4, or accept it: --ignore SCF001:requirements.txt",
            ),
            id="a line",
        ),
        pytest.param(
            Problem("permission denied", Location("lib/it's mine.py")),
            (
                "warning unknown lib/it's mine.py -",
                "not read: permission denied",
                "mend lib/it's mine.py, or accept it: "
                "--ignore " + shlex.quote("SCF001:lib/it's mine.py"),
            ),
            id="a file, its name fit for a shell",
        ),
    ],
)
def test_a_problem_of_the_input(
    told: Callable[..., Any], problem: Problem, said: tuple[str, str, str]
) -> None:
    assert told("SCF001", requirements="", problems=(problem,)) == [said]


def test_a_search_that_is_given_up(told: Callable[..., Any]) -> None:
    lines = "".join(f"package-{number}\n" for number in range(5_001))
    assert told("SCF001", requirements=lines) == [
        (
            "warning unknown - -",
            "versions not decided: 5001 distributions are asked for; 5000 at most",
            "pin with == what you know, or audit fewer requirements at a time",
        )
    ]


def test_what_is_read_and_decided_is_no_finding(told: Callable[..., Any]) -> None:
    assert told("SCF001", requirements="six\nsix<1\nsix>2\n") == []
