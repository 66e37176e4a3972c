"""SCF203, word for word: what is imported and declared nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

BUILT_INS = {"six 1.12.0": (), "requests 2.21.0": ("urllib3",), "urllib3 1.24.2": ()}
FILES = ["urllib3/__init__.py", "urllib3/util.py"]
URLLIB3 = {"sources": {"index.py": "import six\nimport urllib3.util\nimport urllib3\n"}}


@pytest.mark.parametrize(
    ("case", "by"),
    [
        pytest.param({"requirements": "six\n"}, "built-in urllib3 1.24.2", id="built in"),
        pytest.param(
            {"requirements": "six\nrequests\n"},
            "built-in urllib3 1.24.2, which built-in requests 2.21.0 asks for",
            id="brought along",
        ),
        pytest.param(
            {"requirements": "six\n", "vendored": {"urllib3 1.26": {"files": FILES}}},
            "vendored urllib3 1.26",
            id="packed",
        ),
        pytest.param(
            {"requirements": "six\n", "constraints": "urllib3<2\n"},
            "built-in urllib3 1.24.2",
            id="a constraint declares nothing",
        ),
    ],
)
def test_an_import_that_no_line_names(
    told: Callable[..., Any], case: dict[str, Any], by: str
) -> None:
    assert told("SCF203", built_ins=BUILT_INS, **URLLIB3, **case) == [
        (
            "warning ready index.py:2 urllib3",
            f"urllib3 is imported and declared nowhere; on Python3.6 it is there by {by}",
            "add urllib3 to requirements.txt",
        )
    ]


def test_a_release_that_another_brings_along(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    index = shelf(
        {"web": {"1": ("jinja2",)}, "jinja2": {"3": ()}},
        {"web 1": {"names": ["web"]}, "jinja2 3": {"names": ["jinja2"]}},
    )
    sources = {"index.py": "import jinja2\nimport web\n"}
    ((head, message, _),) = told("SCF203", requirements="web\n", sources=sources, index=index)
    assert head == "warning ready index.py:1 jinja2"
    assert message.endswith("on Python3.6 it is there by jinja2 3, which web 1 asks for")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({**URLLIB3}, id="nothing is declared at all"),
        pytest.param({**URLLIB3, "requirements": "six\nurllib3\n"}, id="declared"),
        pytest.param(
            {**URLLIB3, "requirements": "six\nurllib3; python_version > '3.8'\n"},
            id="declared for others",
        ),
        pytest.param(
            {"requirements": "six\n", "sources": {"index.py": "import json, six\n"}},
            id="the standard library",
        ),
        pytest.param(
            {
                "requirements": "six\n",
                "sources": {
                    "a.py": "try:\n    import json\nexcept ImportError:\n    import urllib3"
                },
            },
            id="an alternative that is not needed",
        ),
        pytest.param(
            {"requirements": "six\n", "sources": {"index.py": "import yaml\n"}}, id="missing"
        ),
    ],
)
def test_an_import_that_is_declared_or_no_distribution(
    told: Callable[..., Any], case: dict[str, Any]
) -> None:
    assert told("SCF203", built_ins=BUILT_INS, **case) == []
