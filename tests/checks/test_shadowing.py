"""SCF401, word for word: what comes before the standard library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Artefact

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

ROWS = """\
enum34,==1.1.6,3.6,breaks,re,import re fails with AttributeError: IntFlag,CPython 3.6.15
enum34,==1.1.8,3.6,harmless,,hides no module,CPython 3.6.15
asyncio,==3.4.3,3.6,changes,asyncio,asyncio lacks run,CPython 3.6.15
futures,==3.2.0,3.6,syntax,concurrent.futures,import concurrent.futures fails,CPython 3.6.15
asyncio,==3.4.3,3.7,syntax,asyncio,import asyncio fails with SyntaxError: no,CPython 3.7.16
"""
BREAKS = "import re fails with AttributeError: IntFlag, measured with CPython 3.6.15"
FUTURES = ["concurrent/__init__.py", "concurrent/futures/__init__.py"]
ENUM = {"names": ["enum"]}


@pytest.mark.parametrize(
    ("case", "head", "message", "remedy"),
    [
        pytest.param(
            {"vendored": {"enum34 1.1.6": {"files": ["enum/__init__.py"]}}},
            "error blocked enum34-1.1.6.dist-info enum34",
            f"vendored enum34 1.1.6 comes before the standard library of Python3.6: {BREAKS}",
            "rm -r enum enum34-1.1.6.dist-info",
            id="a copy that nothing asks for breaks every program",
        ),
        pytest.param(
            {
                "vendored": {"enum34 1.1.6": {"files": ["enum/__init__.py"]}},
                "artefact": Artefact.PACKAGE,
            },
            "error blocked enum34-1.1.6.dist-info enum34",
            f"vendored enum34 1.1.6 comes before the standard library of Python3.6: {BREAKS}",
            "in the folder that is zipped: rm -r enum enum34-1.1.6.dist-info",
            id="in a deployment zip",
        ),
        pytest.param(
            {
                "vendored": {"asyncio 3.4.3": {}},
                "sources": {"index.py": "import asyncio\n"},
                "runtimes": ["3.7"],
            },
            "error blocked asyncio-3.4.3.dist-info asyncio",
            "vendored asyncio 3.4.3 comes before the standard library of Python3.7: "
            "import asyncio fails with SyntaxError: no, measured with CPython 3.7.16",
            "rm -r asyncio asyncio-3.4.3.dist-info",
            id="the project imports what fails",
        ),
        pytest.param(
            {
                "vendored": {"futures 3.2.0": {"files": FUTURES}},
                "sources": {"index.py": "from concurrent import futures\n"},
            },
            "error blocked futures-3.2.0.dist-info futures",
            "vendored futures 3.2.0 comes before the standard library of Python3.6: "
            "import concurrent.futures fails, measured with CPython 3.6.15",
            "rm -r concurrent futures-3.2.0.dist-info",
            id="the project imports it from its package",
        ),
        pytest.param(
            {
                "vendored": {"asyncio 3.4.3": {}},
                "sources": {"index.py": "def f():\n    import asyncio\n"},
                "runtimes": ["3.7"],
            },
            "warning unknown asyncio-3.4.3.dist-info asyncio",
            "vendored asyncio 3.4.3 comes before the standard library of Python3.7: "
            "import asyncio fails with SyntaxError: no, measured with CPython 3.7.16; "
            "no file of the project imports that when it is loaded",
            "rm -r asyncio asyncio-3.4.3.dist-info",
            id="nothing surely imports what fails",
        ),
        pytest.param(
            {"vendored": {"asyncio 3.4.3": {}}},
            "warning ready asyncio-3.4.3.dist-info asyncio",
            "vendored asyncio 3.4.3 comes before the standard library of Python3.6: "
            "asyncio lacks run, measured with CPython 3.6.15",
            "rm -r asyncio asyncio-3.4.3.dist-info",
            id="an older one, which works",
        ),
        pytest.param(
            {"vendored": {"asyncio 3.4.1": {}}},
            "warning unknown asyncio-3.4.1.dist-info asyncio",
            "vendored asyncio 3.4.1 comes before asyncio of the standard library of Python3.6; "
            "what that does was not measured",
            "rm -r asyncio asyncio-3.4.1.dist-info",
            id="not measured",
        ),
        pytest.param(
            {"requirements": "enum34\n"},
            "warning unknown requirements.txt:1 enum34",
            f"enum34 would come before the standard library of Python3.6: with enum34==1.1.6 "
            f"{BREAKS}",
            'write enum34; python_version < "3.4" at requirements.txt:1',
            id="no index was asked",
        ),
        pytest.param(
            {"requirements": "configparser\n"},
            "warning unknown requirements.txt:1 configparser",
            "configparser would come before the standard library of Python3.6: "
            "it has configparser, and what that does was not measured",
            'write configparser; python_version < "3.4" at requirements.txt:1',
            id="no index was asked, and nothing measured",
        ),
    ],
)
def test_what_comes_before_the_standard_library(
    told: Callable[..., Any], case: dict[str, Any], head: str, message: str, remedy: str
) -> None:
    assert told("SCF401", shadowing=ROWS, **case) == [(head, message, remedy)]


@pytest.mark.parametrize(
    ("lines", "head", "remedy"),
    [
        pytest.param(
            "enum34==1.1.6; python_version > '3'\n",
            "error blocked requirements.txt:1 enum34",
            'write enum34==1.1.6; (python_version > "3") and python_version < "3.4" '
            "at requirements.txt:1",
            id="a line, which has a marker",
        ),
        pytest.param(
            "web\n",
            "error blocked requirements.txt:1 enum34",
            "do not pack enum34: what it brings is in the library of Python 3.6",
            id="something else asks for it",
        ),
    ],
)
def test_a_release_that_is_to_be_packed(
    told: Callable[..., Any], shelf: Callable[..., Index], lines: str, head: str, remedy: str
) -> None:
    stock = {"enum34": {"1.1.6": ()}, "web": {"1": ("enum34",)}}
    index = shelf(stock, {"enum34 1.1.6": ENUM})
    message = f"enum34 1.1.6 comes before the standard library of Python3.6: {BREAKS}"
    found = told("SCF401", shadowing=ROWS, requirements=lines, index=index)
    assert found == [(head, message, remedy)]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"vendored": {"enum34 1.1.8": {}}}, id="measured, and harmless"),
        pytest.param({"vendored": {"six 1.16": {}}}, id="no name of the standard library"),
        pytest.param(
            {"vendored": {"x 1": {"files": ["x.py", "test/__init__.py"]}}},
            id="tests packed by mistake hide only the tests of Python itself",
        ),
        pytest.param(
            {"vendored": {"asyncio 3.4.3": {"is_hollow": True, "files": []}}}, id="not there"
        ),
        pytest.param(
            {"built_ins": {"enum34 1.1.6": ()}, "requirements": "enum34\n"},
            id="built-ins come after the standard library",
        ),
        pytest.param({"requirements": "enum34==1.1.8\n"}, id="pinned to what is harmless"),
        pytest.param({"requirements": "six\n"}, id="no index was asked, and no such name"),
        pytest.param(
            {"requirements": "enum34; python_version < '3.4'\n"}, id="with the marker of the remedy"
        ),
    ],
)
def test_what_hides_nothing_or_does_as_well(told: Callable[..., Any], case: dict[str, Any]) -> None:
    assert told("SCF401", shadowing=ROWS, **case) == []
