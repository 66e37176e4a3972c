"""SCF101, word for word: what clashes, who asks, and the one line to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Artefact
from audit.resolve.target import Preference

if TYPE_CHECKING:
    from collections.abc import Callable

REQUESTS = {"requests 2.21.0": ("urllib3<1.25,>=1.21.1",), "urllib3 1.24.2": ()}
SIX = {"six 1.12.0": ()}
ZIPPED = "in the folder that is zipped: "


@pytest.mark.parametrize(
    ("case", "head", "message", "remedy"),
    [
        pytest.param(
            {"requirements": "six<1.11\nsix>=1.13\n", "runtimes": ["3.7"]},
            "error blocked requirements.txt:1 six",
            "six<1.11 (requirements.txt:1) and six>=1.13 (requirements.txt:2) "
            "cannot be met together",
            "write six<1.11 at requirements.txt:2",
            id="two lines",
        ),
        pytest.param(
            {"requirements": "six<1.13\nsix>=1.13\n", "built_ins": SIX},
            "error blocked requirements.txt:1 six",
            "six<1.13 (requirements.txt:1) and six>=1.13 (requirements.txt:2) "
            "cannot be met together; Python3.6 has built-in six 1.12.0",
            "write six>=1.12.0 at requirements.txt:2",
            id="two lines, and the built-in meets the first",
        ),
        pytest.param(
            {"requirements": "six<1.11\nsix>=1.13\n", "built_ins": SIX},
            "error blocked requirements.txt:1 six",
            "six<1.11 (requirements.txt:1) and six>=1.13 (requirements.txt:2) "
            "cannot be met together; Python3.6 has built-in six 1.12.0",
            "write six<1.11 at requirements.txt:2",
            id="two lines, and the built-in meets none",
        ),
        pytest.param(
            {
                "requirements": "six<1.13\nsix[x]>=1.13; python_version < '3.7'\n",
                "built_ins": SIX,
                "runtimes": ["3.6", "3.7", "3.9"],
            },
            "error blocked requirements.txt:1 six",
            "six<1.13 (requirements.txt:1) and six[x]>=1.13 (requirements.txt:2) cannot be met "
            "together; Python3.6 has built-in six 1.12.0; "
            "no such conflict on Python3.7 and Python3.9",
            'write six[x]>=1.12.0; python_version < "3.7" at requirements.txt:2',
            id="a marker and extras stay in the line to write; other runtimes are named",
        ),
        pytest.param(
            {"requirements": "six==1.12\n", "constraints": "six>1.12\n", "built_ins": SIX},
            "error blocked requirements.txt:1 six",
            "six==1.12 (requirements.txt:1) and six>1.12 (constraints.txt:1) "
            "cannot be met together; Python3.6 has built-in six 1.12.0",
            "write six>=1.12.0 at constraints.txt:1",
            id="a constraint",
        ),
        pytest.param(
            {"requirements": "six>2,<1\n", "runtimes": ["3.7"]},
            "error blocked requirements.txt:1 six",
            "nothing that Python3.7 may use meets six<1,>2 (requirements.txt:1)",
            "write six at requirements.txt:1",
            id="a line that no version can meet",
        ),
        pytest.param(
            {
                "requirements": "requests\nurllib3>=1.26\n",
                "built_ins": REQUESTS,
                "preference": Preference.REQUIRE,
            },
            "error blocked requirements.txt:2 urllib3",
            "nothing that Python3.6 may use meets urllib3>=1.26 (requirements.txt:2); "
            "Python3.6 has built-in urllib3 1.24.2, and --builtins require allows no other",
            "write urllib3>=1.24.2 at requirements.txt:2",
            id="built-ins are required: a line of the project",
        ),
        pytest.param(
            {
                "requirements": "web\n",
                "built_ins": {"web 1.0": ("mid",), "mid 2": ("six>2",), **SIX},
                "preference": Preference.REQUIRE,
            },
            "error blocked requirements.txt:1 six",
            "web (requirements.txt:1) cannot be met on Python3.6; built-in web 1.0 needs mid; "
            "built-in mid 2 needs six>2; Python3.6 has built-in six 1.12.0, "
            "and --builtins require allows no other",
            "let another version be packed: --builtins prefer",
            id="built-ins are required: no line of the project, but the chain back to one",
        ),
    ],
)
def test_what_a_clash_says(
    told: Callable[..., Any], case: dict[str, Any], head: str, message: str, remedy: str
) -> None:
    assert told("SCF101", **case) == [(head, message, remedy)]


def test_a_line_against_what_a_built_in_needs_names_both_ends(told: Callable[..., Any]) -> None:
    assert told(
        "SCF101",
        requirements="tool\nurllib3>=1.26\n",
        built_ins={"tool 1.0": ("requests",), "requests 2.21.0": ("urllib3<1.25,>=1.21.1",)},
        preference=Preference.REQUIRE,
    ) == [
        (
            "error blocked requirements.txt:2 urllib3",
            (
                "tool (requirements.txt:1) and urllib3>=1.26 (requirements.txt:2) cannot be met "
                "together; built-in tool 1.0 needs requests; "
                "built-in requests 2.21.0 needs urllib3<1.25,>=1.21.1"
            ),
            "write urllib3<1.25,>=1.21.1 at requirements.txt:2",
        )
    ]


def test_three_parties_are_all_named(told: Callable[..., Any]) -> None:
    ((head, message, remedy),) = told(
        "SCF101",
        requirements="six>=1.12\nsix!=1.12.*,!=1.13.*\n",
        constraints="six<1.14\n",
        runtimes=["3.7"],
    )
    assert head == "error blocked requirements.txt:1 six"
    assert message == (
        "six>=1.12 (requirements.txt:1), six!=1.12.*,!=1.13.* (requirements.txt:2) and "
        "six<1.14 (constraints.txt:1) cannot be met together"
    )
    assert remedy == "write six!=1.12.*,!=1.13.*,>=1.12 at constraints.txt:1"


def test_a_package_can_take_nothing_more_so_what_is_missing_clashes(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    assert told(
        "SCF101",
        requirements="six>=1.11\nflask\n",
        built_ins=SIX,
        vendored={"flask 1.0": {"requires": ["Jinja2>=2.10"]}},
        artefact=Artefact.PACKAGE,
        root="function.zip",
    ) == [
        (
            "error blocked requirements.txt:2 jinja2",
            (
                "flask (requirements.txt:2) cannot be met on Python3.6; "
                "vendored flask 1.0 needs Jinja2>=2.10"
            ),
            ZIPPED + pip("Jinja2>=2.10"),
        )
    ]


def test_a_copy_in_the_package_that_does_not_help_is_named_with_the_reason(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    assert told(
        "SCF101",
        requirements="numpy\nclick>=8\n",
        vendored={"numpy 1.24.0": {"requires_python": ">=3.9"}, "click 7.0": {}},
        artefact=Artefact.PACKAGE,
        root="function.zip",
    ) == [
        (
            "error blocked requirements.txt:2 click",
            (
                "nothing that Python3.6 may use meets click>=8 (requirements.txt:2); "
                "the package has vendored click 7.0"
            ),
            ZIPPED + pip("click>=8"),
        ),
        (
            "error blocked requirements.txt:1 numpy",
            (
                "nothing that Python3.6 may use meets numpy (requirements.txt:1); the package has "
                "vendored numpy 1.24.0, but it needs Python >=3.9, here is 3.6.1"
            ),
            ZIPPED + pip("numpy"),
        ),
    ]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"requirements": "six>=1.10\nsix<1.13\n", "built_ins": SIX}, id="both met"),
        pytest.param({"requirements": "six>=1.13\n", "built_ins": SIX}, id="to be vendored"),
        pytest.param(
            {"requirements": "six<1; python_version < '3'\nsix>1\n", "built_ins": SIX},
            id="a marker keeps them apart",
        ),
        pytest.param({"requirements": "six>1\n", "constraints": "flask<1\n"}, id="limits nobody"),
    ],
)
def test_what_is_no_clash(told: Callable[..., Any], case: dict[str, Any]) -> None:
    assert told("SCF101", **case) == []
