"""SCF201 of names, word for word: what an own module does not bind, and when that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HANDLER = "index.main_handler"
COMPAT = "import sys\nif sys.version_info[0] == 2:\n    text = unicode\n"
ONLY_2 = (
    '"from compat import text" fails on Python3.6; '
    "compat.py binds text only where `sys.version_info[0] == 2` holds (line 2)"
)
REMEDY = "in its place: try: from compat import text / except ImportError: text = None"


@pytest.mark.parametrize(
    ("index", "head", "more"),
    [
        ("from compat import text", "error blocked index.py:1 compat.text", ""),
        (
            "def main_handler(event, context):\n from compat import text",
            "error blocked index.py:2 compat.text",
            "",
        ),
        (
            "def other():\n from compat import text",
            "warning ready index.py:2 compat.text",
            "; it fails when other() is called",
        ),
        (
            "import os\nif os.path.exists('x'): from compat import text",
            "warning unknown index.py:2 compat.text",
            "; it stands under a test that cannot be decided",
        ),
    ],
)
def test_a_name_that_is_not_bound_is_told_as_its_import_runs(
    told: Callable[..., Any], index: str, head: str, more: str
) -> None:
    files = {"index.py": index, "compat.py": COMPAT}
    assert told("SCF201", sources=files, runtimes=("3.6",), entry=HANDLER) == [
        (head, ONLY_2 + more, REMEDY)
    ]


@pytest.mark.parametrize(
    "index",
    [
        "import compat\ncompat.text",
        "from compat import sys",
        "import sys\nif sys.version_info[0] == 2: from compat import text",
        "try: from compat import text\nexcept ImportError: text = str",
    ],
)
def test_what_works_or_is_made_up_for_is_not_told(told: Callable[..., Any], index: str) -> None:
    files = {"index.py": index, "compat.py": COMPAT}
    assert not told("SCF201", sources=files, runtimes=("3.6",), entry=HANDLER)


def test_it_is_told_once_where_it_weighs_most(told: Callable[..., Any]) -> None:
    files = {
        "index.py": "import own",
        "own.py": "from compat import text",
        "tool.py": "from compat import text",
        "compat.py": COMPAT,
    }
    found = told("SCF201", sources=files, runtimes=("3.6",), entry=HANDLER)
    assert [each[0] for each in found] == ["error blocked own.py:1 compat.text"]


def test_a_relative_import_is_repeated_as_it_is_written(told: Callable[..., Any]) -> None:
    files = {
        "index.py": "import pkg.a",
        "pkg/__init__.py": "",
        "pkg/a.py": "from . import x\nfrom .b import y",
        "pkg/b.py": "",
    }
    found = told("SCF201", sources=files, runtimes=("3.6",), entry=HANDLER)
    assert [each[1:] for each in found] == [
        (
            '"from .b import y" fails on Python3.6; pkg/b.py binds nothing called y',
            "in its place: try: from .b import y / except ImportError: y = None",
        ),
        (
            '"from . import x" fails on Python3.6; pkg/__init__.py binds nothing called x',
            "in its place: try: from . import x / except ImportError: x = None",
        ),
    ]


def test_of_a_file_that_is_refused_nothing_is_told(told: Callable[..., Any]) -> None:
    files = {"index.py": "from compat import text\nprint 1", "compat.py": COMPAT}
    assert not told("SCF201", sources=files, runtimes=("3.6",), entry=HANDLER)
