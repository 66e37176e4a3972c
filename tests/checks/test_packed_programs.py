"""SCF504 against real interpreters: functions that load what they pack, or do not."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from tests.checks.test_refusing_programs import HANDLER

if TYPE_CHECKING:
    from tests.checks.conftest import Misjudged

THINGS = {
    "nothing special": "x = 1",
    "an f-string": "x = f'{1}'",
    "a print statement": "print 'x'",
    "an assignment expression": "x = (y := 1)",
    "async as a name": "async = 1",
    "a name that moved": "from collections import Mapping",
    "an attribute that moved": "import collections\nclass A(collections.Mapping): pass",
    "an argument": "import subprocess\nsubprocess.run(['true'], capture_output=True)",
    "a built-in name": "x = unicode('x')",
    "a module of Python 3": "import asyncio",
    "a module of Python 2": "import urllib2",
    "either module": "try: import urllib2\nexcept ImportError: import urllib.request as urllib2",
    "neither is needed": "try: import asyncio\nexcept ImportError: asyncio = None",
    "one under a test": "import sys\nif sys.version_info[0] == 2: import urllib2",
    "one in a function": "def f():\n    import urllib2, asyncio, dataclasses",
    "a refusal": "import sys\nif sys.version_info < (3, 7): raise RuntimeError('no')",
    "a refusal to import": "import sys\nif sys.version_info < (3, 7): raise ImportError('no')",
}
NOT_TOLD = {
    ("needless where it cannot be imported", what)
    for what in ("an attribute that moved", "an argument", "a built-in name")
}
"""Nothing is said of what fails below a `try`, unless that file is not compiled, or ends itself."""
INDEXES = {
    "imported": "import thing" + HANDLER,
    "through another copy": "import through" + HANDLER,
    "one name of it": "from thing import __name__ as name" + HANDLER,
    "in the handler": "def main_handler(event, context):\n    import thing\n",
    "in a function": "def f():\n    import thing\n" + HANDLER,
    "needless": "try: import thing\nexcept Exception: thing = None\n" + HANDLER,
    "needless where it cannot be imported": (
        "try: import thing\nexcept ImportError: thing = None\n" + HANDLER
    ),
}


@pytest.mark.interpreters
@pytest.mark.parametrize("python", ["2.7", "3.6", "3.7", "3.9", "3.10"])
def test_a_function_is_blocked_where_an_interpreter_cannot_load_what_it_packs(
    python: str, misjudged: Misjudged
) -> None:
    projects = {
        f"{how}: {what}": {
            "index.py": INDEXES[how],
            "thing.py": THINGS[what],
            "through.py": "import thing\n",
        }
        for how, what in product(INDEXES, THINGS)
        if (how, what) not in NOT_TOLD
    }
    vendored = {"thing 1.0": {"files": ("thing.py",)}, "through 1": {"files": ("through.py",)}}
    assert misjudged(python, projects, vendored=vendored) == {}
