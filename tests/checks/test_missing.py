"""SCF201 and SCF202, word for word: imports that nothing meets, and when that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Artefact

if TYPE_CHECKING:
    from collections.abc import Callable

HANDLER = "index.main_handler"
ADD = "add what provides nowhere to the requirements, or its files to the package"
CP311 = "cp311-cp311-manylinux_2_17_x86_64"


def handler(body: str) -> str:
    return f"def main_handler(event, context):\n    {body}\n"


@pytest.mark.parametrize(
    ("sources", "head", "message"),
    [
        pytest.param(
            {"index.py": "import json\nimport nowhere\n"},
            "error blocked index.py:2 nowhere",
            "no module nowhere on Python3.6",
            id="where the handler's file is loaded",
        ),
        pytest.param(
            {"index.py": handler("import nowhere")},
            "error blocked index.py:2 nowhere",
            "no module nowhere on Python3.6",
            id="in the handler itself",
        ),
        pytest.param(
            {"index.py": "def other():\n    import nowhere\n"},
            "warning ready index.py:2 nowhere",
            "no module nowhere on Python3.6; it fails when other() is called",
            id="in another function",
        ),
        pytest.param(
            {"index.py": "import own\n", "own.py": handler("import nowhere")},
            "warning ready own.py:2 nowhere",
            "no module nowhere on Python3.6; it fails when main_handler() is called",
            id="in a function that is only called like the handler",
        ),
        pytest.param(
            {"index.py": "", "tool.py": "import nowhere\n"},
            "warning ready tool.py:1 nowhere",
            "no module nowhere on Python3.6; tool.py is not loaded by index.main_handler",
            id="in a file that the handler does not load",
        ),
        pytest.param(
            {"index.py": "import own\n", "own.py": "import nowhere\n"},
            "error blocked own.py:1 nowhere",
            "no module nowhere on Python3.6",
            id="in a file that it loads",
        ),
        pytest.param(
            {"index.py": "import os\nif os.environ:\n    import nowhere\n"},
            "warning unknown index.py:3 nowhere",
            "no module nowhere on Python3.6; it stands under a test that cannot be decided",
            id="under a test of something else",
        ),
        pytest.param(
            {
                "index.py": "def other():\n    import nowhere\nimport os\n"
                "if os.environ:\n    import nowhere\nimport nowhere.within\n"
            },
            "error blocked index.py:6 nowhere",
            "no module nowhere on Python3.6",
            id="once, at the place that weighs most",
        ),
    ],
)
def test_where_an_import_stands_decides_how_much_it_weighs(
    told: Callable[..., Any], sources: dict[str, str], head: str, message: str
) -> None:
    assert told("SCF201", sources=sources, entry=HANDLER) == [(head, message, ADD)]


def test_without_a_known_handler_every_file_counts(told: Callable[..., Any]) -> None:
    case = {"sources": {"tool.py": "import nowhere\n"}}
    assert told("SCF201", **case) == [
        ("error blocked tool.py:1 nowhere", "no module nowhere on Python3.6", ADD)
    ]


@pytest.mark.parametrize(
    ("requirements", "ending"),
    [
        ("a\n", "a, not checked"),
        ("a\nb\n", "a or b, not checked"),
        ("a\nb\nc\nd\n", "a, b, c or d, not checked"),
        ("a\nb\nc\nd\ne\n", "a, b, c or 2 more, not checked"),
    ],
)
def test_a_distribution_that_was_not_checked_may_bring_the_module(
    told: Callable[..., Any], requirements: str, ending: str
) -> None:
    case = {"sources": {"index.py": "import nowhere\n"}, "requirements": requirements}
    message = f"no module nowhere on Python3.6; unless it comes with {ending}"
    assert told("SCF201", **case) == [("warning unknown index.py:1 nowhere", message, ADD)]


def test_nothing_can_bring_a_module_to_a_finished_package(told: Callable[..., Any]) -> None:
    case = {"sources": {"index.py": "import nowhere\n"}, "requirements": "a\n"}
    ((head, message, _),) = told("SCF201", artefact=Artefact.PACKAGE, root="f.zip", **case)
    assert (head, message) == (
        "error blocked f.zip/index.py:1 nowhere",
        "no module nowhere on Python3.6",
    )


@pytest.mark.parametrize(
    ("code", "case", "module", "because", "requirement"),
    [
        pytest.param("import yaml\n", {}, "yaml", "", "'pyyaml'", id="from the table"),
    ],
)
def test_the_remedy_packs_what_is_known_to_provide_the_module(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    pip: Callable[..., str],
    code: str,
    case: dict[str, Any],
    module: str,
    because: str,
    requirement: str,
) -> None:
    assert told("SCF201", sources={"index.py": code}, **case) == [
        (
            f"error blocked index.py:1 {module}",
            f"no module {module} on Python3.6{because}",
            pip("X").replace("'X'", requirement),
        )
    ]


def test_a_name_that_is_merely_equal_is_suggested_only_where_it_is_a_built_in_elsewhere(
    told: Callable[..., Any],
) -> None:
    ((_, _, remedy),) = told("SCF201", sources={"index.py": "import nowhere\n"})
    assert "pip install" not in remedy


def test_what_only_the_platform_has_under_that_name_is_packed_and_renamed(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    case = {"sources": {"index.py": "import qcloud_cos_v5\n"}, "runtimes": ["3.7"]}
    assert told("SCF201", **case) == [
        (
            "error blocked index.py:1 qcloud_cos_v5",
            "no module qcloud_cos_v5 on Python3.7",
            pip("cos-python-sdk-v5", "3.7") + ", and import it as SCF204 says",
        )
    ]


MEND = "mend the name, or add the file to the package"
DOTS = "mend the name, or add the file; at the root of the package, leave out the dots"


@pytest.mark.parametrize(
    ("sources", "head", "message", "remedy"),
    [
        pytest.param(
            {"index.py": "from . import own\n", "own.py": ""},
            "error blocked index.py:1 .",
            '"from . import ..." fails on Python2.7; '
            "a relative import needs a package around its file",
            DOTS,
            id="relative at the root",
        ),
        pytest.param(
            {"index.py": "import a.b\n", "a/__init__.py": "", "a/b.py": "from ..c import d\n"},
            "error blocked a/b.py:1 ..c",
            '"from ..c import ..." fails on Python2.7; '
            "a relative import goes beyond the outermost package",
            DOTS,
            id="relative beyond the outermost package",
        ),
        pytest.param(
            {"index.py": "import a\n", "a/__init__.py": "from .c import d\n"},
            "error blocked a/__init__.py:1 .c",
            '"from .c import ..." fails on Python2.7; a/ has no module c',
            DOTS,
            id="relative to nothing",
        ),
        pytest.param(
            {"index.py": "import a.c\n", "a/__init__.py": ""},
            "error blocked index.py:1 a.c",
            "no module a.c on Python2.7; a/ has no module c",
            MEND,
            id="not in an own package",
        ),
        pytest.param(
            {"index.py": "import utils\n", "Utils.py": ""},
            "error blocked index.py:1 utils",
            "no module utils on Python2.7; the name is spelled otherwise in Utils.py, "
            "and Linux tells upper from lower case",
            MEND,
            id="another case of letters",
        ),
        pytest.param(
            {"index.py": "import actions.mail\n", "actions/mail.py": ""},
            "error blocked index.py:1 actions",
            "no module actions on Python2.7; "
            "the folder actions/ has no __init__.py, which Python 2 needs",
            MEND,
            id="a folder that is a package on Python 3 only",
        ),
    ],
)
def test_an_own_module_that_is_not_there_says_what_is_nearly_it(
    told: Callable[..., Any], sources: dict[str, str], head: str, message: str, remedy: str
) -> None:
    found = told("SCF201", sources=sources, entry=HANDLER, runtimes=["2.7"])
    assert found == [(head, message, remedy)]


@pytest.mark.parametrize(
    ("python", "code", "module", "span", "instead"),
    [
        ("3.6", "import urllib2\n", "urllib2", "2.7", "3.6"),
        ("2.7", "import asyncio\n", "asyncio", "3.4 to {newest}", "2.7"),
        ("2.7", "from urllib import request\n", "urllib.request", "3.4 to {newest}", "2.7"),
    ],
)
def test_a_standard_library_module_of_another_python(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    newest: str,
    python: str,
    code: str,
    module: str,
    span: str,
    instead: str,
) -> None:
    span = span.format(newest=newest)
    found = told("SCF202", sources={"index.py": code}, runtimes=[python])
    assert found == [
        (
            f"error blocked index.py:1 {module}",
            f"no module {module} on Python{python}; the standard library has it on Python {span}",
            f"try: import {module} / except ImportError: what Python {instead} has in its place",
        )
    ]
    assert told("SCF201", sources={"index.py": code}, runtimes=[python]) == []


def test_a_backport_is_offered_and_may_come_with_what_was_not_checked(
    told: Callable[..., Any], pip: Callable[..., str], newest: str
) -> None:
    case = {"sources": {"index.py": "import enum, asyncio\n"}, "runtimes": ["2.7"]}
    asyncio, enum = told("SCF202", requirements="a\n", **case)
    assert enum == (
        "warning unknown index.py:1 enum",
        (
            "no module enum on Python2.7; the standard library has it on Python 3.4 to "
            f"{newest}; "
            "unless it comes with a, not checked"
        ),
        pip("enum34", "2.7"),
    )
    assert asyncio[0] == "error blocked index.py:1 asyncio"


@pytest.mark.parametrize("code", ["SCF201", "SCF202"])
@pytest.mark.parametrize(
    ("source", "case"),
    [
        pytest.param("import json\n", {}, id="standard library"),
        pytest.param("import six\n", {"built_ins": {"six 1.12.0": ()}}, id="built-in"),
        pytest.param("import six\n", {"vendored": {"six 1.12.0": {}}}, id="vendored"),
        pytest.param("import six\n", {"requirements": "six\n"}, id="to be vendored"),
        pytest.param("import own\n", {"files": ["own.so"]}, id="own extension module"),
        pytest.param("try:\n    import no\nexcept ImportError:\n    no = 1\n", {}, id="guarded"),
        pytest.param("import sys\nif sys.version_info[0] == 2:\n    import no\n", {}, id="other"),
        pytest.param("if __name__ == '__main__':\n    import no\n", {}, id="script"),
    ],
)
def test_an_import_that_is_met_or_never_runs(
    told: Callable[..., Any], code: str, source: str, case: dict[str, Any]
) -> None:
    assert told(code, sources={"index.py": source}, **case) == []
