"""`audit.unbound`: which names an own module surely does not bind, and what `Finder` says of it."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.code import Construct, Import, Ruling, Source, Span
from audit.finder import Finder, surroundings
from audit.model import Project
from audit.names import ImportNames
from audit.runtimes import read_runtimes
from audit.shipped import RUNTIMES, STDLIB_DIFFERENCES, data_text
from audit.source.bindings import bindings
from audit.source.local import Importer
from audit.source.members import look
from audit.source.rules import NO_MEMBERS
from audit.source.stdlib import read_differences
from audit.unbound import own_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.code import Definition

LIBRARY = read_differences(data_text(STDLIB_DIFFERENCES))
RUNTIMES_BY_PYTHON = {each.python: each for each in read_runtimes(data_text(RUNTIMES), RUNTIMES)}
PYENV = Path.home() / ".pyenv" / "versions"

COMPAT = """\
import sys
PY2 = sys.version_info[0] == 2
TYPE_CHECKING = False
if PY2:
    text = unicode
    def only_2(): pass
else:
    text = str
if sys.version_info >= (3, 7):
    since_37 = 1
    if sys.version_info >= (3, 10):
        since_310 = 1
if __name__ == "__main__":
    when_run = 1
if TYPE_CHECKING:
    for_types = 1
try:
    import simplejson as json
except ImportError:
    import json
if len(sys.argv) > 99:
    perhaps = 1
"""
ASKED = (
    *("text", "only_2", "since_37", "since_310", "when_run", "for_types", "json", "perhaps"),
    *("nothing", "PY2"),
)


def project(files: Mapping[str, str], **more: Source) -> Project:
    sources = tuple(
        more.get(path, Source(path, (), bindings=bindings(text.encode()), names=bound(text)))
        for path, text in files.items()
    )
    return Project(
        root="app",
        declared_in=(),
        declared=(),
        sources=sources,
        files=frozenset(files),
        import_roots=("",),
    )


def bound(text: str) -> tuple[Definition, ...]:
    return look(ast.parse(text), NO_MEMBERS).names


def lacked(files: Mapping[str, str], python: str, *asked: str) -> dict[str, str]:
    runtime = RUNTIMES_BY_PYTHON[python]
    known = own_names(project(files))
    found = {name: known.lacks("compat.py", name, runtime) for name in asked}
    return {name: why for name, why in found.items() if why}


def test_what_is_bound_nowhere_or_under_other_tests_alone_is_lacking() -> None:
    assert lacked({"compat.py": COMPAT}, "3.6", *ASKED) == {
        "only_2": "app/compat.py binds only_2 only where `PY2` holds (line 4)",
        "since_37": (
            "app/compat.py binds since_37 only where `sys.version_info >= (3, 7)` holds (line 9)"
        ),
        "since_310": (
            "app/compat.py binds since_310 only where `sys.version_info >= (3, 7)` holds (line 11)"
        ),
        "when_run": (
            "app/compat.py binds when_run only where `__name__ == '__main__'` holds (line 13)"
        ),
        "for_types": "app/compat.py binds for_types only where `TYPE_CHECKING` holds (line 15)",
        "nothing": "app/compat.py binds nothing called nothing",
    }


@pytest.mark.parametrize(
    "files",
    [
        {"compat.py": "from os import *"},
        {"compat.py": "x = 1", "index.py": "import compat\ncompat.y = 1"},
        {"compat.py": "x = 1", "index.py": "import compat\nfor n in 'xy': setattr(compat, n, 1)"},
        {"compat.py": "x = 1", "index.py": "import sys\nsys.modules['compat'] = f()"},
    ],
)
def test_what_something_else_may_bind_is_not(files: Mapping[str, str]) -> None:
    assert not lacked(files, "3.6", "y", "*", "__file__")


@pytest.mark.parametrize("how", ["def __getattr__(name): pass", "__getattr__ = attach()"])
def test_what_a_module_gives_when_asked_is_lacking_before_python_3_7(how: str) -> None:
    files = {"compat.py": how}
    told = "compat.py binds y only where `sys.version_info >= (3, 7)` holds (line 1)"
    assert {
        name: each.removeprefix("app/") for name, each in lacked(files, "3.6", "y").items()
    } == {"y": told}
    assert not lacked(files, "3.7", "y")


def test_what_another_module_is_given_is_lacking_all_the_same() -> None:
    files = {"compat.py": "x = 1", "index.py": "import os\nsetattr(os, n, 1)\nos.z = 1"}
    assert list(lacked(files, "3.6", "y", "z")) == ["y"]


def test_of_a_file_that_does_not_compile_nothing_is_said() -> None:
    span = Construct(1, "an f-string", (Span((3, 6)),))
    refused = Source("compat.py", (), constructs=(span,), names=bound("x = f''"))
    found = own_names(project({"compat.py": ""}, **{"compat.py": refused}))
    assert not found.lacks("compat.py", "y", RUNTIMES_BY_PYTHON["2.7"])
    assert found.lacks("compat.py", "y", RUNTIMES_BY_PYTHON["3.6"])
    ruled = found._replace(rulings={"3.6": {"compat.py": Ruling("no", 1, "Python 3.6")}})
    assert not ruled.lacks("compat.py", "y", RUNTIMES_BY_PYTHON["3.6"])


def test_of_a_file_that_was_not_read_nothing_is_said() -> None:
    unread = project({"compat.py": ""}, **{"compat.py": Source("compat.py", ())})
    assert not own_names(unread).lacks("compat.py", "y", RUNTIMES_BY_PYTHON["3.6"])


PACKAGE = {
    "pkg/__init__.py": "x = 1\n",
    "pkg/sub.py": "",
    "pkg/folder/below.py": "",
    "one.py": "a = 1\n",
    "queue.py": "own = 1\n",
    "plain/inner.py": "",
}


@pytest.mark.parametrize(
    ("statement", "python", "expected"),
    [
        ("from one import a, b", "3.6", {"one.b": "app/one.py binds nothing called b"}),
        ("from pkg import x, sub", "2.7", {}),
        ("from pkg import folder", "3.6", {}),
        (
            "from pkg import folder",
            "2.7",
            {"pkg.folder": "the folder pkg/folder/ has no __init__.py, which Python 2 needs"},
        ),
        ("from pkg import y", "3.6", {"pkg.y": "app/pkg/__init__.py binds nothing called y"}),
        ("from . import y", "3.6", {".y": "app/pkg/__init__.py binds nothing called y"}),
        ("from .sub import y", "3.6", {".sub.y": "app/pkg/sub.py binds nothing called y"}),
        ("from sub import y", "2.7", {"sub.y": "app/pkg/sub.py binds nothing called y"}),
        ("from sub import y", "3.6", {}),
        ("from plain import inner", "3.6", {}),
        ("from one import *", "3.6", {}),
        ("import one", "3.6", {}),
        # The platform may have loaded the library's own before the package's folder is searched.
        ("from queue import Queue", "3.6", {}),
        (
            "from queue import Queue",
            "2.7",
            {"queue.Queue": "app/queue.py binds nothing called Queue"},
        ),
    ],
)
def test_an_import_asks_the_module_that_it_finds(
    statement: str, python: str, expected: Mapping[str, str]
) -> None:
    names = ImportNames(by_import={}, by_distribution={})
    around = surroundings(project(PACKAGE), LIBRARY, names)
    finder = Finder(around, RUNTIMES_BY_PYTHON[python], ())
    question = around.own.question(_import(statement), Importer("pkg/asks.py"))
    assert {each.module: each.because for each in finder.lacking(question, ())} == expected


def _import(statement: str) -> Import:
    match ast.parse(statement).body[0]:
        case ast.ImportFrom(module=module, names=aliases, level=level):
            return Import(module or "", 1, tuple(each.name for each in aliases), level)
        case ast.Import(names=[alias]):
            return Import(alias.name, 1)
        case _:
            raise ValueError(statement)


@pytest.mark.interpreters
@pytest.mark.parametrize("python", ["2.7", "3.6", "3.7", "3.9", "3.10"])
def test_what_is_lacking_cannot_be_imported(python: str, tmp_path: Path) -> None:
    (tmp_path / "compat.py").write_text(COMPAT)
    asking = (
        "import sys\nsys.dont_write_bytecode = True\nsys.path.insert(0, sys.argv[1])\n"
        "for name in sys.argv[2:]:\n"
        "    try: exec('from compat import ' + name)\n"
        "    except ImportError: print(name)\n"
    )
    lacking = lacked({"compat.py": COMPAT}, python, *ASKED)
    for interpreter in PYENV.glob(f"{python}.*/bin/python"):
        ran = subprocess.run(
            [interpreter, "-c", asking, str(tmp_path), *ASKED],
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.split() == [name for name in ASKED if name in {*lacking, "perhaps"}]
