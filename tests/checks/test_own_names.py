"""SCF402, word for word: own modules that hide others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

REQUESTS = {"requests 2.21.0": ()}
QUEUE = "own module queue comes before queue of the standard library on the path of Python3.6"


@pytest.mark.parametrize(
    ("case", "head", "message"),
    [
        pytest.param({"sources": {"queue.py": ""}}, "queue.py queue", QUEUE, id="the library's"),
        pytest.param(
            {"sources": {"queue.py": "", "index.py": "\nimport queue\n", "a.py": "import queue"}},
            "queue.py queue",
            f"{QUEUE}; the import at a.py:1 gets the own one",
            id="and it is imported",
        ),
        pytest.param(
            {"sources": {"queue.py": ""}, "root": "app"}, "app/queue.py queue", QUEUE, id="a root"
        ),
        pytest.param(
            {"sources": {"email/__init__.py": ""}},
            "email/__init__.py email",
            "own module email comes before email of the standard library on the path of Python3.6",
            id="a package",
        ),
        pytest.param(
            {"sources": {"time.py": ""}},
            "time.py time",
            "own module time is never found: Python3.6 has time built in",
            id="a module of the interpreter itself",
        ),
        pytest.param(
            {"sources": {"time.py": ""}, "runtimes": ["2.7"]},
            "time.py time",
            "own module time comes before time of the standard library on the path of Python2.7",
            id="which it is not on Python 2",
        ),
        pytest.param(
            {
                "sources": {"requests.py": "", "index.py": "import requests\n"},
                "built_ins": REQUESTS,
            },
            "requests.py requests",
            "own module requests comes before that of built-in requests 2.21.0 "
            "on the path of Python3.6; the import at index.py:1 gets the own one",
            id="a built-in's, and it is imported",
        ),
        pytest.param(
            {
                "sources": {"requests.py": ""},
                "built_ins": {**REQUESTS, "web 1": ("requests",)},
                "requirements": "web\n",
            },
            "requests.py requests",
            "own module requests comes before that of built-in requests 2.21.0 "
            "on the path of Python3.6",
            id="a built-in's that another one needs",
        ),
        pytest.param(
            {"sources": {"docker.py": ""}, "requirements": "docker\n"},
            "docker.py docker",
            "own module docker comes before that of docker on the path of Python3.6",
            id="that of a distribution to be packed",
        ),
    ],
)
def test_an_own_module_that_hides_another(
    told: Callable[..., Any], case: dict[str, Any], head: str, message: str
) -> None:
    place = head.partition(" ")[0].removesuffix("/__init__.py")
    assert told("SCF402", **case) == [(f"warning ready {head}", message, f"rename {place}")]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"sources": {"index.py": "", "helpers.py": ""}}, id="names of its own"),
        pytest.param({"sources": {"app/queue.py": ""}}, id="not at the root"),
        pytest.param({"sources": {"email/send.py": ""}}, id="a folder without __init__.py"),
        pytest.param({"sources": {"queue.py": ""}, "runtimes": ["2.7"]}, id="another Python's"),
        pytest.param({"sources": {"test/__init__.py": ""}}, id="the library's own tests"),
        pytest.param({"vendored": {"enum34 1.1.6": {"files": ["enum.py"]}}}, id="a vendored copy"),
        pytest.param(
            {"sources": {"requests.py": ""}, "built_ins": REQUESTS},
            id="a built-in that nothing asks for",
        ),
        pytest.param({"sources": {"docker.py": "", "index.py": "import docker\n"}}, id="nobody's"),
    ],
)
def test_an_own_module_that_hides_nothing(told: Callable[..., Any], case: dict[str, Any]) -> None:
    assert told("SCF402", **case) == []
