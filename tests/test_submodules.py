"""Submodules of the standard library that nothing imports, against real interpreters."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.finder import Finder, surroundings
from audit.imports import meet, survey
from audit.lacking import Asked, Lack, lacking
from audit.model import Project
from audit.names import read_import_names
from audit.pins import Pin, Unchecked
from audit.runtimes import read_runtimes
from audit.shipped import MEMBER_DIFFERENCES, RUNTIMES, STDLIB_DIFFERENCES, data_text
from audit.source.read import read_source
from audit.source.rules import read_members
from audit.source.stdlib import read_differences

if TYPE_CHECKING:
    from collections.abc import Mapping

LIBRARY = read_differences(data_text(STDLIB_DIFFERENCES))
RULES = read_members(data_text(MEMBER_DIFFERENCES), LIBRARY)
NAMES = read_import_names("import,distribution,provider\nyaml,PyYAML,index\n", "names.csv")
RUNTIMES_BY_PYTHON = {each.python: each for each in read_runtimes(data_text(RUNTIMES), RUNTIMES)}
PYENV = Path.home() / ".pyenv" / "versions"
PYTHONS = ("2.7", "3.6", "3.7", "3.9", "3.10")


def lacks(files: Mapping[str, str], python: str, *live: str) -> tuple[Lack, ...]:
    sources = tuple(read_source(path, text.encode(), RULES)[0] for path, text in files.items())
    project = Project(
        root=".",
        declared_in=(),
        declared=(),
        sources=sources,
        files=frozenset(files),
        import_roots=("",),
    )
    around = surroundings(project, LIBRARY, NAMES, RULES)
    runtime = RUNTIMES_BY_PYTHON[python]
    unchecked = Unchecked(canonicalize_name("pyyaml"), Version("5"), "no index")
    finder = Finder(around, runtime, [Pin(candidate=unchecked, demands=())])
    found = meet(survey(".", sources, around), finder, runtime, live or None)
    return lacking(".", sources, found.lacking, Asked(runtime, around, finder, live or None))


@pytest.mark.parametrize(
    ("source", "python", "expected"),
    [
        ("import urllib\nurllib.parse", "2.7", [("urllib.parse", None)]),
        ("import urllib\nurllib.parse", "3.6", [("urllib.parse", ())]),
        ("import urllib\nurllib.parse\nimport yaml", "3.6", [("urllib.parse", ("yaml",))]),
        ("import urllib, urllib.request\nurllib.parse", "3.6", []),
        ("import urllib\nurllib.parse\nfrom urllib import parse", "2.7", []),
        ("import urllib\nurllib.parse\nimport urllib.parse as p", "2.7", []),
        ("import urllib\nif hasattr(urllib, 'parse'): urllib.parse", "2.7", []),
        ("import urllib\ntry: urllib.parse\nexcept AttributeError: pass", "2.7", []),
        ("import urllib\nif sys.version_info > (3,): urllib.parse", "2.7", []),
        ("import os\nos.path", "3.6", []),
        ("import xml.dom\nxml.dom.minidom", "3.6", [("xml.dom.minidom", ())]),
        ("from xml import dom\ndom.minidom", "3.6", [("xml.dom.minidom", ())]),
        ("import logging as l\nl.handlers", "3.10", [("logging.handlers", ())]),
        ("import logging as l\nl.handlers\nimport logging.config", "3.10", []),
        ("import concurrent\nconcurrent.futures", "3.6", [("concurrent.futures", ())]),
        ("import concurrent\nconcurrent.futures\nimport asyncio", "3.6", []),
        (
            "import logging\nlogging.handlers\nimport ctypes",
            "3.6",
            [("logging.handlers", ("ctypes",))],
        ),
        ("def f(logging): logging.handlers", "3.6", []),
        ("logging.handlers", "3.6", []),
    ],
)
def test_a_submodule_is_there_if_something_loads_it(
    source: str, python: str, expected: list[tuple[str, tuple[str, ...] | None]]
) -> None:
    found = lacks({"index.py": source}, python)
    assert [(each.member, each.unless) for each in found if each.keyword] == expected


def test_another_file_loads_it_if_the_handler_reaches_that() -> None:
    files = {"index.py": "import logging\nlogging.handlers", "own.py": "import logging.handlers"}
    assert not lacks(files, "3.6")
    assert not lacks(files, "3.6", "index.py", "own.py")
    assert [each.member for each in lacks(files, "3.6", "index.py")] == ["logging.handlers"]


def test_a_file_that_the_handler_does_not_reach_may_load_it_itself() -> None:
    files = {"index.py": "", "own.py": "import logging.handlers\nlogging.handlers.SMTPHandler"}
    assert not lacks(files, "3.6", "index.py")


def test_an_own_module_of_that_name_is_not_the_librarys() -> None:
    files = {"index.py": "import logging\nlogging.handlers", "logging.py": ""}
    assert not lacks(files, "3.6")


PROGRAMS = (
    "import urllib; urllib.parse",
    "import urllib; urllib.request",
    "import urllib, urllib.request; urllib.parse; urllib.error",
    "import logging; logging.handlers",
    "import logging, logging.config; logging.handlers",
    "import collections; collections.abc",
    "import collections, json; collections.abc",
    "import collections, typing; collections.abc",
    "import importlib; importlib.util",
    "import importlib; importlib.metadata",
    "import xml; xml.etree",
    "import xml.etree; xml.etree.ElementTree",
    "import xml.sax; xml.dom",
    "import email; email.utils",
    "import email, smtplib; email.utils",
    "import email, email.mime.text; email.mime.base",
    "import http; http.client",
    "import http, xmlrpc.client; http.client",
    "import concurrent; concurrent.futures",
    "import concurrent, asyncio; concurrent.futures",
    "import multiprocessing; multiprocessing.pool",
    "import unittest; unittest.mock",
    "import json; json.decoder; json.tool",
    "import os; os.path",
    "import wsgiref; wsgiref.util",
)


@pytest.mark.interpreters
@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_told_fails_where_nothing_else_is_loaded(python: str) -> None:
    for interpreter in PYENV.glob(f"{python}.*/bin/python"):
        alone = ["-E", "-s"] if python == "2.7" else ["-I"]
        for program in PROGRAMS:
            ran = subprocess.run(
                [interpreter, *alone, "-c", program], check=False, capture_output=True, text=True
            )
            if "ImportError" in ran.stderr or "ModuleNotFoundError" in ran.stderr:
                continue  # what it imports is not there
            assert bool(lacks({"index.py": program}, python)) is bool(ran.returncode), program
