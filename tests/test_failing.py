from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.code import Handled
from audit.failing import Failing, Survived, decided, failing
from audit.model import Project
from audit.own import OwnModules
from audit.runtimes import read_runtimes
from audit.shipped import RUNTIMES, data_text
from audit.source.exceptions import catcher, catches, survivor
from audit.source.read import read_source

if TYPE_CHECKING:
    from audit.code import Source

RUNTIME = next(r for r in read_runtimes(data_text(RUNTIMES), RUNTIMES) if r.python == "3.6")
FILES = {
    "old.py": "print 'x'\n",
    "refusing.py": "import sys\nif sys.version_info < (3, 7): raise RuntimeError\n",
    "ending.py": "import os, sys\nif sys.version_info < (3, 7): os._exit(1)\n",
    "through.py": "import old\n",
    "further.py": "from through import x\n",
    "surviving.py": "try: import old\nexcept Exception: pass\n",
    "later.py": "def f():\n    import old\n",
    "fine.py": "",
}


def read(code: str) -> tuple[Failing, Source]:
    sources = [read_source(path, text.encode())[0] for path, text in FILES.items()]
    index, _ = read_source("index.py", code.encode())
    paths = frozenset({*FILES, "index.py"})
    project = Project(root=".", declared_in=(), declared=(), sources=(*sources, index), files=paths)
    return failing(project, OwnModules(paths, [""]), RUNTIME), index


@pytest.mark.parametrize(
    ("module", "handler", "survives"),
    [
        ("old", "SyntaxError", True),
        ("old", "(ImportError, SyntaxError)", True),
        ("old", "Exception", True),
        ("old", "ImportError", False),
        ("refusing", "RuntimeError", True),
        ("refusing", "SyntaxError", False),
        ("ending", "BaseException", False),
        ("through", "SyntaxError", True),
        ("further", "SyntaxError", True),
        ("surviving", "SyntaxError", False),
        ("later", "SyntaxError", False),
        ("fine", "Exception", False),
    ],
)
def test_a_try_survives_the_failure_that_it_catches(
    module: str, handler: str, *, survives: bool
) -> None:
    found, index = read(f"try: import {module}\nexcept {handler}: import json\n")
    first, other = index.imports
    assert (found.survived(index, first) is not None) is survives
    assert found.survived(index, other) is None
    assert found.taken(index) == (frozenset({(1, 1)}) if survives else frozenset())


@pytest.mark.parametrize(
    ("code", "survived"),
    [
        ("try: import old\nexcept SyntaxError: pass\n", Survived(1, 0)),
        ("try: import old\nexcept ImportError: pass\nexcept: pass\n", Survived(1, 2)),
        ("try: import old\nexcept KeyError: pass\nexcept Exception: pass\n", Survived(1, 1)),
        ("try: import old\nexcept SyntaxError: raise\nexcept Exception: pass\n", None),
        ("def f():\n  try: import old\n  except: pass\n", Survived(1, 1)),
        ("try:\n  def f(): import old\nexcept: pass\n", None),
        ("with suppress(SyntaxError): import old\n", Survived(1, 0)),
    ],
)
def test_the_handler_is_the_first_that_catches(code: str, survived: Survived | None) -> None:
    found, index = read(code)
    assert found.survived(index, index.imports[0]) == survived


@pytest.mark.parametrize(
    ("exception", "handlers", "number"),
    [
        ("SyntaxError", [["ImportError"], ["SyntaxError"], ["Exception"]], 2),
        ("IndentationError", [["SyntaxError"]], 1),
        ("SyntaxError", [["StandardError"]], 1),
        ("SystemExit", [["Exception"], ["BaseException"]], 2),
        ("Unsupported", [["RuntimeError"], ["Unsupported", "own"]], 2),
        ("Unsupported", [["Exception"]], 1),
        ("", [["BaseException"]], 0),
    ],
)
def test_exceptions_are_caught_by_their_own_name_or_an_elder_one(
    exception: str, handlers: list[list[str]], number: int
) -> None:
    handled = Handled(1, 0, tuple(map(tuple, handlers)), (True,) * len(handlers))
    assert catcher(handled, exception) == number
    assert catches(["KeyError"], exception) is False


def test_a_handler_that_raises_again_passes_it_on() -> None:
    again = Handled(2, 0, (("SyntaxError",),), (False,))
    outer = Handled(1, 0, (("Exception",),), (True,))
    assert survivor([outer, again], "SyntaxError") == outer
    assert survivor([again], "SyntaxError") is None
    assert survivor([outer._replace(branch=1)], "SyntaxError") is None


@pytest.mark.parametrize(
    ("body", "runs"), [("probe()", None), ("import json", True), ("import json; probe()", True)]
)
def test_what_follows_a_probe_that_is_no_import_may_run(body: str, *, runs: bool | None) -> None:
    _, index = read(f"try: {body}\nexcept ValueError: pass\nelse: import fine\n")
    assert decided(index.imports[-1].blocks, index, RUNTIME) is runs
