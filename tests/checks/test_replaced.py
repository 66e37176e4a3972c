"""SCF102 and SCF104, word for word: built-ins that are there and cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.resolve.target import Preference

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

SIX = {"six 1.12.0": ()}
REQUESTS = {"requests 2.21.0": ("urllib3<1.25,>=1.21.1",), "urllib3 1.24.2": ()}
DIGEST = "a" * 64


@pytest.mark.parametrize(
    ("case", "head", "message", "remedy"),
    [
        pytest.param(
            {"requirements": "six>=1.13\n"},
            "note ready requirements.txt:1 six",
            "Python3.6 has built-in six 1.12.0, which does not meet six>=1.13 (requirements.txt:1)",
            "if it does for your code, write six==1.12.0 at requirements.txt:1",
            id="too old",
        ),
        pytest.param(
            {"requirements": "six[x]<1.11; python_version < '3.7'\n"},
            "note ready requirements.txt:1 six",
            "Python3.6 has built-in six 1.12.0, "
            "which does not meet six[x]<1.11 (requirements.txt:1)",
            "if it does for your code, "
            'write six[x]==1.12.0; python_version < "3.7" at requirements.txt:1',
            id="too new, under a marker",
        ),
        pytest.param(
            {"requirements": "six>=1.13\nsix!=1.12.0\n"},
            "note ready requirements.txt:1 six",
            "Python3.6 has built-in six 1.12.0, which does not meet six>=1.13 "
            "(requirements.txt:1) and six!=1.12.0 (requirements.txt:2)",
            "if it does for your code, write six==1.12.0 at requirements.txt:1 "
            "and six==1.12.0 at requirements.txt:2",
            id="two lines",
        ),
        pytest.param(
            {"requirements": "six>1\n", "constraints": "six>1.12\n"},
            "note ready constraints.txt:1 six",
            "Python3.6 has built-in six 1.12.0, which does not meet six>1.12 (constraints.txt:1)",
            "if it does for your code, write six==1.12.0 at constraints.txt:1",
            id="a constraint",
        ),
        pytest.param(
            {"requirements": f"six==1.12.0 --hash=sha256:{DIGEST}\n"},
            "note ready requirements.txt:1 six",
            "Python3.6 has built-in six 1.12.0, "
            "which does not meet six==1.12.0 with --hash (requirements.txt:1)",
            "if it does for your code, write six==1.12.0, without --hash, at requirements.txt:1",
            id="a hash, which a built-in has not",
        ),
        pytest.param(
            {"requirements": "six @ https://me:secret@example.com/six-1.16.zip\n"},
            "note ready requirements.txt:1 six",
            "Python3.6 has built-in six 1.12.0, which does not meet "
            "six @ https://****@example.com/six-1.16.zip (requirements.txt:1)",
            "if it does for your code, write six==1.12.0 at requirements.txt:1",
            id="a URL, without its credentials",
        ),
        pytest.param(
            {"requirements": "web\n", "vendored": {"web 1.0": {"requires": ["six>=1.13"]}}},
            "note ready requirements.txt:1 six",
            "Python3.6 has built-in six 1.12.0, which does not meet six>=1.13 "
            "(needed by vendored web 1.0, from requirements.txt:1)",
            "vendor it, or a release of web that built-in six 1.12.0 will do for",
            id="only a vendored copy asks: no line to loosen",
        ),
        pytest.param(
            {
                "requirements": "web\nsix>=1.13\n",
                "vendored": {"web 1.0": {"requires": ["six>=1.14"]}},
            },
            "note ready requirements.txt:2 six",
            "Python3.6 has built-in six 1.12.0, which does not meet six>=1.13 "
            "(requirements.txt:2) and six>=1.14 "
            "(needed by vendored web 1.0, from requirements.txt:1)",
            "vendor it, or a release of web that built-in six 1.12.0 will do for",
            id="a line and a vendored copy: loosening the line would not do",
        ),
    ],
)
def test_a_built_in_that_requirements_do_not_admit(
    told: Callable[..., Any], case: dict[str, Any], head: str, message: str, remedy: str
) -> None:
    assert told("SCF102", built_ins=SIX, **case) == [(head, message, remedy)]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"requirements": "six>=1.12\n"}, id="the built-in does"),
        pytest.param({"requirements": "flask>=2\n"}, id="no built-in"),
        pytest.param({"requirements": "six>=1.13\n", "runtimes": ["3.7"]}, id="no built-ins"),
        pytest.param(
            {"requirements": "six>=1.13; python_version > '3.6'\n"}, id="a line for others"
        ),
        pytest.param({"requirements": "six>=1.13\n", "vendored": {"six 1.16": {}}}, id="vendored"),
        pytest.param(
            {"requirements": "six>=1.13\n", "preference": Preference.IGNORE}, id="ignored anyway"
        ),
    ],
)
def test_a_built_in_that_is_not_passed_over(told: Callable[..., Any], case: dict[str, Any]) -> None:
    assert told("SCF102", built_ins=SIX, **case) == []
    assert told("SCF104", built_ins=SIX, **case) == []


@pytest.mark.parametrize(
    ("case", "head", "reason", "remedy"),
    [
        pytest.param(
            {"requirements": "requests>=2.20\nurllib3>=1.26\n"},
            "note ready requirements.txt:1 requests",
            "urllib3>=1.26 (requirements.txt:2)",
            "if it does for your code, write urllib3==1.24.2 at requirements.txt:2",
            id="a line",
        ),
        pytest.param(
            {"requirements": "requests\n", "constraints": "urllib3>=1.26\n"},
            "note ready requirements.txt:1 requests",
            "urllib3>=1.26 (constraints.txt:1)",
            "if it does for your code, write urllib3==1.24.2 at constraints.txt:1",
            id="a constraint on what is nowhere declared",
        ),
        pytest.param(
            {"requirements": f"requests\nurllib3==1.26 --hash=sha256:{DIGEST}\n"},
            "note ready requirements.txt:1 requests",
            "urllib3==1.26 with --hash (requirements.txt:2)",
            "if it does for your code, "
            "write urllib3==1.24.2, without --hash, at requirements.txt:2",
            id="a hash line",
        ),
        pytest.param(
            {
                "requirements": "requests\nweb\n",
                "vendored": {"web 1.0": {"requires": ["urllib3>=1.26"]}},
            },
            "note ready requirements.txt:1 requests",
            "urllib3>=1.26 (needed by vendored web 1.0, from requirements.txt:2)",
            "vendor both, or a release of web that urllib3<1.25,>=1.21.1 will do for",
            id="a vendored copy",
        ),
        pytest.param(
            {"requirements": "urllib3>=1.26\n", "sources": {"index.py": "import requests\n"}},
            "note ready - requests",
            "urllib3>=1.26 (requirements.txt:1)",
            "if it does for your code, write urllib3==1.24.2 at requirements.txt:1",
            id="the built-in is imported and declared nowhere",
        ),
    ],
)
def test_a_built_in_whose_own_needs_lose_names_the_competing_demand(
    told: Callable[..., Any], case: dict[str, Any], head: str, reason: str, remedy: str
) -> None:
    message = (
        "Python3.6 has built-in requests 2.21.0, "
        f"but it needs urllib3<1.25,>=1.21.1, against {reason}"
    )
    assert told("SCF104", built_ins=REQUESTS, **case) == [(head, message, remedy)]


def test_what_the_built_in_needs_is_written_where_the_runtime_has_no_version_that_meets_it(
    told: Callable[..., Any],
) -> None:
    built_ins = {"a 1.0": ("b<1",), "b 1.5": ()}
    ((_, message, remedy),) = told("SCF104", requirements="a\nb>=2\n", built_ins=built_ins)
    assert message == (
        "Python3.6 has built-in a 1.0, but it needs b<1, against b>=2 (requirements.txt:2)"
    )
    assert remedy == "if it does for your code, write b<1 at requirements.txt:2"


def test_a_built_in_whose_needs_are_not_known_is_never_passed_over_for_them(
    told: Callable[..., Any],
) -> None:
    unknown = {**REQUESTS, "requests 2.21.0": None}
    case = {"requirements": "requests\nurllib3>=1.26\n", "built_ins": unknown}
    assert told("SCF104", **case) == []


CLOSURE = {
    "boto3": {"1.15": ("botocore==1.18",), "1.23": ("botocore==1.26",)},
    "botocore": {"1.18": ("urllib3<1.26,>=1.20",), "1.26": ("urllib3<1.27,>=1.25.4",)},
    "requests": {"2.21.0": ("urllib3<1.25,>=1.21.1",), "2.27.1": ("urllib3<1.27,>=1.21.1",)},
    "web": {"1.0": ("urllib3>=1.20",)},  # against nobody
    "urllib3": {"1.24.2": (), "1.26.20": ()},
}


def test_with_an_index_a_built_in_says_what_it_was_given_up_for(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    case = {
        "requirements": "requests\nboto3\nweb\n",
        "built_ins": REQUESTS,
        "index": shelf(CLOSURE),
    }
    need = (
        "urllib3<1.27,>=1.25.4 (needed by botocore 1.26, needed by boto3 1.23, "
        "from requirements.txt:2)"
    )
    assert told("SCF104", **case) == [
        (
            "note ready requirements.txt:1 requests",
            (
                f"Python3.6 has built-in requests 2.21.0, but it needs urllib3<1.25,>=1.21.1, "
                f"against {need}"
            ),
            "vendor both, or a release of botocore that urllib3<1.25,>=1.21.1 will do for",
        )
    ]
    assert told("SCF102", **case) == [
        (
            "note ready requirements.txt:2 urllib3",
            f"Python3.6 has built-in urllib3 1.24.2, which does not meet {need}",
            "vendor it, or a release of botocore that built-in urllib3 1.24.2 will do for",
        )
    ]


def test_a_built_in_that_indirect_packages_make_room_for_is_used_and_not_reported(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    # Won back by the second try: openssl 2 would have had cryptography 3.
    case = {
        "requirements": "requests[security]\n",
        "built_ins": {
            "requests 2.21.0": ('openssl; extra == "security"',),
            "cryptography 2.6.1": (),
        },
        "index": shelf(
            {
                "openssl": {"1": ("cryptography>=2.3",), "2": ("cryptography>=3",)},
                "cryptography": {"3": ()},
            }
        ),
    }
    assert told("SCF102", **case) == told("SCF104", **case) == []


def test_a_built_in_whose_needs_have_no_release_says_so(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    case = {
        "requirements": "tool\n",
        "built_ins": {"tool 1.0": ("helper>=2",)},
        "index": shelf({"tool": {"2.0": ("helper>=1",)}, "helper": {"1.0": ()}}),
    }
    assert told("SCF104", **case) == [
        (
            "note ready requirements.txt:1 tool",
            (
                "Python3.6 has built-in tool 1.0, but it needs helper>=2, "
                "which cannot be had beside the rest"
            ),
            "to see what is against it, add helper>=2 to the requirements",
        )
    ]
