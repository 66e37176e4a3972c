"""SCF302, word for word: what the standard library lacks, and when that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HANDLER = "index.main_handler"
GETCWDU = "os.getcwdu is not in the standard library of Python3.6: Python 2.7 has it"
PIP27 = (
    "pip install --target . --only-binary=:all: --implementation cp --python-version 2.7.13 "
    "--abi cp27mu --platform manylinux2014_x86_64 "
)
LRU_CACHE = (
    "try: from functools import lru_cache / "
    "except ImportError: from backports.functools_lru_cache import lru_cache"
)
PACK = f"pack it: {PIP27}'backports.functools-lru-cache==1.6.6'"


def tell(told: Callable[..., Any], python: str, source: str, **fields: Any) -> list[Any]:  # noqa: ANN401  # a Case's own
    found: list[Any] = told("SCF302", sources={"index.py": source}, runtimes=(python,), **fields)
    return found


@pytest.mark.parametrize(
    ("python", "source", "message"),
    [
        ("3.6", "import os\nos.getcwdu()", GETCWDU),
        ("3.6", "unicode", "unicode is not built into Python3.6: Python 2.7 has it"),
        ("3.6", "'x'.encode('Hex')", ".encode('hex') fails on Python3.6: Python 2.7 has it"),
        ("3.6", "{}.has_key", "dict.has_key is not built into Python3.6: Python 2.7 has it"),
        (
            "3.6",
            "import asyncio\nasyncio.run",
            "asyncio.run is not in the standard library of Python3.6: since Python 3.7",
        ),
        (
            "3.9",
            "import time\ntime.clock",
            "time.clock is not in the standard library of Python3.9: until Python 3.7",
        ),
        (
            "2.7",
            "import gettext\ngettext.pgettext",
            "gettext.pgettext is not in the standard library of Python2.7: since Python 3.8",
        ),
        (
            "2.7",
            "import subprocess\nsubprocess.run",
            (
                "subprocess.run is not in the standard library of Python2.7: "
                "Python 3.6 and later have it"
            ),
        ),
        (
            "2.7",
            "import ssl\nssl.RAND_pseudo_bytes",
            (
                "ssl.RAND_pseudo_bytes is not in the standard library of Python2.7: "
                "Python 3.6 to 3.11 have it"
            ),
        ),
        (
            "3.6",
            "import os\nos.startfile('x')",
            (
                "os.startfile is not in the standard library of Python3.6: "
                "no Python before 3.14 has it on Linux"
            ),
        ),
        (
            "2.7",
            "open(x, encoding='utf-8')",
            "open has no argument encoding on Python2.7: Python 3.6 and later have it",
        ),
        (
            "3.6",
            "import subprocess\nsubprocess.run(x, capture_output=True)",
            "subprocess.run has no argument capture_output on Python3.6: since Python 3.7",
        ),
        (
            "3.7",
            "x: list[int]",
            "list[...] fails on Python3.7, where the class takes no index: since Python 3.9",
        ),
        ("3.9", "x: int | None", "| between types fails on Python3.9: since Python 3.10"),
        (
            "3.6",
            "from typing import Any, Literal",
            "typing.Literal is not in the standard library of Python3.6: since Python 3.8",
        ),
    ],
)
def test_the_message_says_what_and_which_pythons_have_it(
    told: Callable[..., Any], python: str, source: str, message: str
) -> None:
    assert [each[1] for each in tell(told, python, source)] == [message]


@pytest.mark.parametrize(
    ("python", "source", "remedy"),
    [
        ("3.6", "import os\nos.getcwdu()", "in its place: os.getcwd()"),
        (
            "3.10",
            "from collections import Mapping",
            (
                "in its place: try: from collections.abc import Mapping / "
                "except ImportError: from collections import Mapping"
            ),
        ),
        (
            "2.7",
            "import functools\nfunctools.lru_cache",
            f"first in the file: {LRU_CACHE}; and here: lru_cache; and {PACK}",
        ),
        (
            "2.7",
            "from functools import lru_cache",
            f"in its place: {LRU_CACHE}; and {PACK}",
        ),
        ("3.6", "unicode", "first in the file: try: unicode / except NameError: unicode = str"),
        (
            "3.6",
            "from string import letters",
            "in its place: string.ascii_letters, which Python 2 has too",
        ),
        (
            "2.7",
            "import sys\nsys.stdout.buffer",
            "in its place: getattr(sys.stdout, 'buffer', sys.stdout)",
        ),
        (
            "2.7",
            "import os\nos.replace(a, b)",
            (
                "under the test `sys.version_info >= (3, 6)` alone, "
                "with what there is without it otherwise"
            ),
        ),
        (
            "3.9",
            "import inspect\ninspect.nothing\nimport sys\nsys.getcheckinterval()",
            (
                "under the test `sys.version_info < (3, 9)` alone, "
                "with what there is without it otherwise"
            ),
        ),
        (
            "2.7",
            "import select\nselect.kevent(1)",
            (
                "under the test `hasattr(select, 'kevent')` alone, "
                "with what there is without it otherwise"
            ),
        ),
        (
            "3.6",
            "import os\nos.tmpfile()",
            (
                "under the test `sys.version_info < (3,)` alone, "
                "with what there is without it otherwise"
            ),
        ),
        (
            "2.7",
            "from os import replace",
            "try: from os import replace / except ImportError: what there is without it",
        ),
        (
            "2.7",
            "import glob\nglob.glob(x, recursive=True)",
            "leave out recursive, or do it another way where it is not taken",
        ),
    ],
)
def test_the_remedy_can_be_pasted(
    told: Callable[..., Any], python: str, source: str, remedy: str
) -> None:
    assert [each[2] for each in tell(told, python, source)] == [remedy]


def test_a_backport_that_is_there_needs_no_packing(told: Callable[..., Any]) -> None:
    source = "import functools\nfunctools.lru_cache"
    vendored: dict[str, Any] = {"backports.functools-lru-cache 1.6.6": {}}
    (finding,) = tell(told, "2.7", source, vendored=vendored)
    assert finding[2] == f"first in the file: {LRU_CACHE}; and here: lru_cache"


@pytest.mark.parametrize(
    ("sources", "head", "reason"),
    [
        pytest.param(
            {"index.py": "import os\nos.getcwdu()"},
            "error blocked index.py:2 os.getcwdu",
            "",
            id="where the handler's file is loaded",
        ),
        pytest.param(
            {"index.py": "import os\ndef other(): os.getcwdu()"},
            "warning ready index.py:2 os.getcwdu",
            "; it fails when other() is called",
            id="in another function",
        ),
        pytest.param(
            {"index.py": "", "tool.py": "import os\nos.getcwdu()"},
            "warning ready tool.py:2 os.getcwdu",
            "; tool.py is not loaded by index.main_handler",
            id="in a file that the handler does not load",
        ),
        pytest.param(
            {"index.py": "def other(): import own", "own.py": "import os\nos.getcwdu()"},
            "warning ready own.py:2 os.getcwdu",
            "; own.py is loaded only when a function is called or an import fails",
            id="in a file that a function loads",
        ),
        pytest.param(
            {
                "index.py": "import os\nif os.environ: import own",
                "own.py": "import os\nos.getcwdu()",
            },
            "warning unknown own.py:2 os.getcwdu",
            "; own.py is loaded under a test that cannot be decided",
            id="in a file that a test may load",
        ),
        pytest.param(
            {"index.py": "import os\nif os.environ: os.getcwdu()"},
            "warning unknown index.py:2 os.getcwdu",
            "; it stands under a test that cannot be decided",
            id="under a test of something else",
        ),
        pytest.param(
            {"index.py": "import os\ntry: f()\nexcept OSError: os.getcwdu()"},
            "warning unknown index.py:3 os.getcwdu",
            "; it stands under a test that cannot be decided",
            id="in the handler of another failure",
        ),
        pytest.param(
            {
                "index.py": "import a, b\nimport os\ndef f(): os.getcwdu()\nos.getcwdu()",
                "a.py": "import os\nos.getcwdu()",
                "b.py": "import os\nos.getcwdu()",
            },
            "error blocked a.py:2 os.getcwdu",
            "; also in 2 more files",
            id="once, at the place that weighs most",
        ),
    ],
)
def test_where_a_use_stands_decides_how_much_it_weighs(
    told: Callable[..., Any], sources: dict[str, str], head: str, reason: str
) -> None:
    (finding,) = told("SCF302", sources=sources, entry=HANDLER)
    assert finding[:2] == (head, GETCWDU + reason)


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param({"index.py": "import os\nos.getcwdu", "os.py": ""}, id="an own module"),
        pytest.param(
            {"index.py": "import pathlib\npathlib.Path('x').read_text()"},
            id="a module that is not there at all",
        ),
        pytest.param(
            {
                "index.py": "try:\n from typing import Literal\n"
                "except ImportError:\n from own import Literal",
                "own.py": "",
            },
            id="an import with an alternative",
        ),
    ],
)
def test_what_something_else_meets_is_no_finding(
    told: Callable[..., Any], sources: dict[str, str]
) -> None:
    assert told("SCF302", sources=sources, runtimes=("2.7",)) == []


@pytest.mark.parametrize(
    ("vendored", "codes"),
    [
        ({"typing-extensions 4.1.1": {"files": ["typing_extensions.py"]}}, []),
        ({}, ["SCF201", "SCF302"]),
    ],
)
def test_an_import_is_made_up_for_by_what_is_packed(
    told: Callable[..., Any], vendored: dict[str, Any], codes: list[str]
) -> None:
    source = (
        "try:\n    from typing import Literal\n"
        "except ImportError:\n    from typing_extensions import Literal\n"
    )
    sources = {"index.py": source}
    for code in ("SCF201", "SCF302"):
        found = told(code, sources=sources, vendored=vendored, runtimes=("3.6",))
        assert bool(found) is (code in codes)


@pytest.mark.parametrize(
    ("python", "source", "code"),
    [
        (
            "3.6",
            "import urllib2",
            "try: import urllib2 / except ImportError: import urllib.request as urllib2",
        ),
        (
            "3.6",
            "from urllib2 import Request, urlopen as get",
            (
                "try: from urllib2 import Request, urlopen / "
                "except ImportError: from urllib.request import Request, urlopen"
            ),
        ),
        (
            "3.6",
            "import StringIO",
            (
                "try: import StringIO / except ImportError: import io as StringIO; "
                "and for bytes: import io, with io.BytesIO(...)"
            ),
        ),
        (
            "3.6",
            "from StringIO import StringIO",
            (
                "try: from StringIO import StringIO / except ImportError: from io import StringIO; "
                "and for bytes: from io import BytesIO as StringIO"
            ),
        ),
        (
            "2.7",
            "from urllib.parse import urlencode, urljoin",
            (
                "try: from urllib.parse import urlencode / "
                "except ImportError: from urllib import urlencode / "
                "try: from urllib.parse import urljoin / "
                "except ImportError: from urlparse import urljoin"
            ),
        ),
        (
            "2.7",
            "import urllib.parse",
            (
                "try: import urllib.parse as parse / except ImportError: import urlparse as parse; "
                "and parse for urllib.parse"
            ),
        ),
        (
            "2.7",
            "from urllib import parse",
            "try: import urllib.parse as parse / except ImportError: import urlparse as parse",
        ),
    ],
)
def test_a_module_has_its_remedy_too(
    told: Callable[..., Any], python: str, source: str, code: str
) -> None:
    found = told("SCF202", sources={"index.py": source}, runtimes=(python,))
    assert [each[2] for each in found] == [f"in its place: {code}"]


@pytest.mark.parametrize(
    ("python", "source", "head", "message", "remedy"),
    [
        (
            "3.6",
            "import logging\nlogging.handlers",
            "warning unknown index.py:2 logging.handlers",
            (
                "logging.handlers is not loaded by logging on Python3.6, and nothing imports it; "
                "it is there only if the platform loaded it before"
            ),
            "first in the file: import logging.handlers",
        ),
        (
            "3.6",
            "import logging, tkinter\nlogging.handlers",
            "warning ready index.py:2 logging.handlers",
            (
                "logging.handlers is not loaded by logging on Python3.6, and nothing imports it; "
                "it is there only if tkinter loaded it before"
            ),
            "first in the file: import logging.handlers",
        ),
        (
            "3.6",
            "import logging, tkinter\ndef other(): logging.handlers",
            "warning ready index.py:2 logging.handlers",
            (
                "logging.handlers is not loaded by logging on Python3.6, and nothing imports it; "
                "it is there only if tkinter loaded it before"
            ),
            "first in the file: import logging.handlers",
        ),
        (
            "3.6",
            "import logging\ndef other(): logging.handlers",
            "warning ready index.py:2 logging.handlers",
            (
                "logging.handlers is not loaded by logging on Python3.6, and nothing imports it; "
                "it fails when other() is called"
            ),
            "first in the file: import logging.handlers",
        ),
        (
            "2.7",
            "import collections\ncollections.abc.Mapping",
            "error blocked index.py:2 collections.abc",
            (
                "collections.abc is not in the standard library of Python2.7: "
                "Python 3.6 and later have it"
            ),
            (
                "first in the file: try: import collections.abc as abc / "
                "except ImportError: import collections as abc; and here: abc"
            ),
        ),
    ],
)
def test_a_submodule_that_nothing_loads_is_told(  # noqa: PLR0913, PLR0917 - a row of a table
    told: Callable[..., Any], python: str, source: str, head: str, message: str, remedy: str
) -> None:
    assert tell(told, python, source) == [(head, message, remedy)]
