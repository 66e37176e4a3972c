"""SCF107, word for word: copies where the built-in would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.resolve.target import Preference

if TYPE_CHECKING:
    from collections.abc import Callable

SIX = {"six 1.12.0": ()}
COPY = {"six 1.16.0": {"files": ["six.py"]}}
DIGEST = "a" * 64


@pytest.mark.parametrize(
    ("case", "takes"),
    [
        pytest.param({"vendored": COPY}, "", id="any version"),
        pytest.param(
            {"vendored": {"six 1.16.0": {"files": ["six.py"], "size": 34_567}}},
            "; the copy takes 35 kB",
            id="its size is known",
        ),
        pytest.param(
            {"vendored": COPY, "constraints": "six>=1.10\n"}, "", id="a constraint admits both"
        ),
    ],
)
def test_a_copy_that_the_built_in_would_stand_for(
    told: Callable[..., Any], case: dict[str, Any], takes: str
) -> None:
    assert told("SCF107", requirements="six\n", built_ins=SIX, **case) == [
        (
            "note ready six-1.16.0.dist-info six",
            f"vendored six 1.16.0 is packed, and built-in six 1.12.0 of Python3.6 would do{takes}",
            "rm -r six.py six-1.16.0.dist-info",
        )
    ]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"requirements": "six>=1.13\n"}, id="the built-in is too old"),
        pytest.param({"requirements": "six\n", "constraints": "six>1.12\n"}, id="a constraint"),
        pytest.param({"requirements": f"six==1.16 --hash=sha256:{DIGEST}\n"}, id="a hash"),
        pytest.param({"requirements": "six @ https://example.com/six-1.16.zip\n"}, id="a URL"),
        pytest.param({"requirements": "six\n", "runtimes": ["3.7"]}, id="no built-ins"),
        pytest.param({"requirements": "six\n", "preference": Preference.IGNORE}, id="ignored"),
        pytest.param({"requirements": "six\n", "built_ins": {"six 1.12.0": None}}, id="unknown"),
        pytest.param(
            {
                "requirements": "six\nweb\n",
                "vendored": {**COPY, "web 1": {"requires": ["six>=1.13"]}},
            },
            id="another copy needs the newer one",
        ),
        pytest.param(
            {"requirements": "six\n", "built_ins": {"six 1.12.0": ("nowhere",)}},
            id="the built-in needs what is not there",
        ),
        pytest.param(
            {
                "requirements": "six\n",
                "built_ins": {"six 1.12.0": ("web<1",), "web 0.9": ()},
                "vendored": {**COPY, "web 1": {}},
            },
            id="the built-in needs what a copy hides",
        ),
    ],
)
def test_a_copy_that_is_needed(told: Callable[..., Any], case: dict[str, Any]) -> None:
    assert told("SCF107", **{"built_ins": SIX, "vendored": COPY, **case}) == []
