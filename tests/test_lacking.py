"""`audit.lacking`: what is found to fail fails, and what is not does not."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.finder import Finder, surroundings
from audit.imports import meet, survey
from audit.lacking import Asked, Lack, lacking
from audit.model import Project
from audit.names import ImportNames
from audit.runtimes import read_runtimes
from audit.shipped import MEMBER_DIFFERENCES, RUNTIMES, STDLIB_DIFFERENCES, data_text
from audit.source.read import read_source
from audit.source.rules import read_members
from audit.source.stdlib import read_differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.platform import Runtime

LIBRARY = read_differences(data_text(STDLIB_DIFFERENCES))
RULES = read_members(data_text(MEMBER_DIFFERENCES), LIBRARY)
SHIPPED = {each.python: each for each in read_runtimes(data_text(RUNTIMES), RUNTIMES)}
HERE = "{}.{}".format(*sys.version_info)


def runtime(python: str) -> Runtime:
    return SHIPPED["3.10"]._replace(python=python, full_version=f"{python}.0")


def lacks(code: str, python: str) -> tuple[Lack, ...]:
    source, problems = read_source("index.py", code.encode(), RULES)
    assert not problems
    files = frozenset({"index.py"})
    project = Project(
        root=".", declared_in=(), declared=(), sources=(source,), files=files, import_roots=("",)
    )
    names = ImportNames(by_import={}, by_distribution={})
    around = surroundings(project, LIBRARY, names, RULES)
    here = runtime(python)
    finder = Finder(around, here, ())
    found = meet(survey(".", project.sources, around), finder, here, None)
    assert found.unmet == () or "nowhere" in code
    return lacking(".", project.sources, found.lacking, Asked(here, around, finder, None))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from itertools import izip, count", [("itertools.izip", True)]),
        ("import os\nos.getcwdu()\nos.getcwdu()", [("os.getcwdu", True)]),
        ("import os\nif os.name == 'nt': os.startfile(x)", []),
        ("import os\nif os.path.x: os.getcwdu()", [("os.getcwdu", False)]),
        ("try: import nowhere\nexcept ImportError: unicode", [("unicode", True)]),
        ("try: import json\nexcept ImportError: unicode", []),
        ("try: from itertools import izip\nexcept ImportError: unicode", [("unicode", True)]),
        ("try: from os import path\nexcept ImportError: unicode", []),
        ("try: import nowhere, json\nexcept: unicode", [("unicode", True)]),
        ("try: f()\nexcept: unicode", [("unicode", False)]),
        ("import select\nif hasattr(select, 'kqueue'): select.kevent", []),
        ("import select\nif not hasattr(select, 'kqueue'): unicode", [("unicode", True)]),
        ("import select as s\nx = s\nif hasattr(x, 'kqueue'): unicode", []),
        ("import os\nif hasattr(os, 'nobody_knows'): unicode", [("unicode", False)]),
        ("import os\nif hasattr(os, 'memfd_create'): unicode", [("unicode", True)]),
        ("import os\nos.getcwdu = f\nif hasattr(os, 'getcwdu'): unicode", [("unicode", False)]),
        ("if hasattr(x, 'kqueue'): unicode", [("unicode", False)]),
        ("import os\nif hasattr(other, 'getcwdu'): os.getcwdu", [("os.getcwdu", False)]),
        ("import os\ndef f(x):\n if hasattr(x, 'getcwdu'): os.getcwdu", []),
        ("import os\nif getattr(os, 'getcwdu', None) is not None: os.getcwdu", []),
        ("if hasattr('', 'decode'): u''.decode", []),
    ],
)
def test_a_use_fails_or_does_not(code: str, expected: list[tuple[str, bool]]) -> None:
    assert [(each.member, each.certain) for each in lacks(code, "3.9")] == expected


class Grammar(NamedTuple):
    """What programs are made of."""

    statements: Sequence[str]
    heads: Sequence[str]
    tests: Sequence[str]


CAUGHT = "NameError, AttributeError, TypeError, ImportError"
HEADS = ("except ImportError:", f"except ({CAUGHT}):", "except Exception as e:")
TESTS = ("sys.version_info[0] == 2", "sys.version_info >= (3,)")
USES = Grammar(
    statements=(
        *("unicode", "os.getcwdu", "pass", "from os import path", "import os", "'a'.decode"),
        *("x = {}", "sorted([], cmp=None)"),
    ),
    heads=(*HEADS, "except ValueError:"),
    tests=(*TESTS, "hasattr(os, 'getcwdu')", "not hasattr(os, 'getcwdu')"),
)
# Apart from uses: an import in a handler is held to run where another import failed alone.
IMPORTS = Grammar(
    statements=("from itertools import izip", "from os import path", "import os", "pass"),
    heads=HEADS,
    tests=TESTS,
)


def block(depth: int, made_of: Grammar) -> st.SearchStrategy[list[str]]:
    simple = st.sampled_from(made_of.statements).map(lambda line: [line])
    if depth == 0:
        return simple
    inner = block(depth - 1, made_of)
    handlers = st.lists(handler(inner, made_of.heads), min_size=1, max_size=2)
    attempt = st.builds(attempted, inner, handlers, inner)
    branching = st.builds(branched, st.sampled_from(made_of.tests), inner, inner)
    function = inner.map(lambda body: ["def function():", *indented(body)])
    parts = st.lists(simple | attempt | branching | function, min_size=1, max_size=3)
    return parts.map(lambda blocks: [line for part in blocks for line in part])


def handler(
    inner: st.SearchStrategy[list[str]], heads: Sequence[str]
) -> st.SearchStrategy[list[str]]:
    tails = st.sampled_from([[], [], ["raise"]])
    return st.builds(
        lambda head, body, tail: [head, *indented(body + tail)],
        st.sampled_from(heads),
        inner,
        tails,
    )


def attempted(
    body: Sequence[str], handlers: Sequence[Sequence[str]], other: Sequence[str]
) -> list[str]:
    caught = [line for each in handlers for line in each]
    return ["try:", *indented(body), *caught, "else:", *indented(other)]


def branched(test: str, body: Sequence[str], other: Sequence[str]) -> list[str]:
    return [f"if {test}:", *indented(body), "else:", *indented(other)]


def indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@settings(max_examples=200)
@given(block(2, USES) | block(2, IMPORTS))
def test_what_is_found_fails_and_what_is_not_does_not(lines: list[str]) -> None:
    code = "\n".join(["import os, sys", *lines, ""])
    at_load = [each for each in lacks(code, HERE) if each.function is None]
    fails = _fails(code)
    if fails:
        assert at_load, code
    else:
        assert not any(each.certain for each in at_load), code


def _fails(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(code, "index.py", "exec"), {"__name__": "index"})  # noqa: S102  # made up above
        except (NameError, AttributeError, TypeError, ImportError):
            return True
    return False
