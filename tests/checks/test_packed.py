from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Told = Callable[..., list[tuple[str, str, str]]]

HANDLER = "\ndef main_handler(event, context): return 1\n"
NEW = "x = f'{1}'\n"
OLD = "from collections import Mapping\n"


def case(code: str, index: str = "import thing", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """A function that packs a copy of thing, which is a module with some code."""
    sources = {"index.py": index + HANDLER, "thing.py": code, **fields.pop("sources", {})}
    vendored = {"thing 1.0": {"files": ("thing.py",)}, **fields.pop("vendored", {})}
    return {"entry": "index.main_handler", "sources": sources, "vendored": vendored, **fields}


@pytest.mark.parametrize(
    "row",
    [
        (NEW, "2.7", "1: not valid: an f-string (line 1, since Python 3.6)", "an older"),
        (
            "print 'x'",
            "3.6",
            "1: not valid: the statement print (line 1, only Python 2)",
            "a newer",
        ),
        (
            f"\n{OLD}",
            "3.10",
            "2: collections.Mapping is not in the standard library of Python3.10: until Python 3.9",
            "a newer",
        ),
        (
            "import subprocess\nsubprocess.run(['ls'], capture_output=True)",
            "3.6",
            "2: subprocess.run has no argument capture_output on Python3.6: since Python 3.7",
            "an older",
        ),
        (
            "import urllib2",
            "3.6",
            "1: no module urllib2; the standard library has it on Python 2.7",
            "a newer",
        ),
        (
            "import sys\nif sys.version_info < (3, 7): raise ImportError('3.7 please')",
            "3.6",
            "2: it ends itself there: ImportError: 3.7 please",
            "another",
        ),
    ],
)
def test_a_copy_that_does_not_load_is_told_with_the_line(
    row: tuple[str, str, str, str], told: Told, pip: Callable[..., str]
) -> None:
    code, python, said, which = row
    bound = {"an older": "<", "a newer": ">", "another": "!="}[which]
    command = pip(f"thing{bound}1.0", python)
    assert told("SCF504", **case(code, runtimes=(python,))) == [
        (
            f"error blocked thing.py:{said.partition(':')[0]} thing",
            f"vendored thing 1.0 does not load on Python{python}: thing.py:{said}",
            f"try {which} release: {command} --upgrade",
        )
    ]


@pytest.mark.parametrize(
    ("code", "index", "head"),
    [
        (NEW, "import thing", "error blocked"),
        (NEW, "def main_handler(event, context):\n  import thing", "error blocked"),
        (NEW, "try: import thing\nexcept ImportError: thing = None", "error blocked"),
        (NEW, "try: import thing\nexcept SyntaxError: thing = None", None),
        (NEW, "if DEBUG: import thing", None),
        (NEW, "try: compile('x', '', 'eval')\nexcept E: pass\nelse: import thing", None),
        (NEW, "try: import json\nexcept ImportError: pass\nelse: import thing", None),
        (NEW, "def f(): import thing", None),
        (NEW, "import sys\nif sys.version_info > (3,): import thing", None),
        (NEW, "", None),
        ("import asyncio", "import thing", "error blocked"),
        ("import asyncio", "try: import thing\nexcept ImportError: thing = None", None),
        ("import asyncio", "if DEBUG: import thing", None),
        ("if DEBUG: import asyncio", "import thing", None),
        ("def f(): import asyncio", "import thing", None),
        ("try: import asyncio\nexcept ImportError: pass", "import thing", None),
        ("import logging\nlogging.handlers", "import thing", None),
    ],
)
def test_only_what_runs_as_the_function_is_loaded_counts(
    code: str, index: str, head: str | None, told: Told
) -> None:
    found = told("SCF504", **case(code, index, runtimes=("2.7",)))
    assert [each[0].rpartition(" thing.py")[0] for each in found] == ([head] if head else [])


def test_it_is_followed_from_copy_to_copy_and_each_is_told_once(told: Told) -> None:
    found = told(
        "SCF504",
        **case(
            "import other\nimport other.more",
            sources={"other/__init__.py": NEW, "other/more.py": f"import json\n{NEW}"},
            vendored={"other 2": {"files": ("other/__init__.py", "other/more.py")}},
            runtimes=("2.7",),
        ),
    )
    ((head, message, _),) = found
    assert head == "error blocked other/__init__.py:1 other"
    assert message.endswith("; also other/more.py")


def test_without_a_handler_what_own_files_import_counts(told: Told) -> None:
    found = told("SCF504", **{**case(NEW), "entry": None, "runtimes": ("2.7",)})
    assert [each[0] for each in found] == ["error blocked thing.py:1 thing"]


@pytest.mark.parametrize(
    "fields",
    [
        {"vendored": {"thing 1.0": {"files": ("thing.py",), "requires_python": ">=3.6"}}},
        {"requirements": "thing>=2\n"},
        {"built_ins": {"thing 2.0": ()}, "requirements": "thing>=2\n"},
    ],
    ids=["for another Python", "not what is asked for", "to be removed"],
)
def test_a_copy_that_is_to_be_replaced_is_not_judged(fields: dict[str, Any], told: Told) -> None:
    assert told("SCF504", **case(NEW, runtimes=("2.7",), **fields)) == []


def test_one_that_shadows_the_standard_library_is_another_matter(told: Told) -> None:
    sources = {"index.py": f"import json{HANDLER}", "json.py": NEW}
    vendored = {"json 1.0": {"files": ("json.py",)}}
    assert told("SCF504", sources=sources, vendored=vendored, runtimes=("2.7",)) == []


@pytest.mark.parametrize(
    "index",
    [
        "import collections\ncollections.Mapping = dict\nimport thing",
        "import collections\nfor x in y: setattr(collections, x, dict)\nimport thing",
    ],
)
def test_a_member_that_is_put_there_may_be_there(index: str, told: Told) -> None:
    code = "import collections\ncollections.Mapping\n"
    assert told("SCF504", **case(code, "import thing", runtimes=("3.10",))) != []
    assert told("SCF504", **case(code, index, runtimes=("3.10",))) == []


def test_a_module_of_another_distribution_is_a_matter_of_metadata(told: Told) -> None:
    assert told("SCF504", **case("import yaml")) == []


def test_a_file_that_is_too_large_to_tell_may_be_told_by_an_interpreter(told: Told) -> None:
    ((head, message, remedy),) = told("SCF504", **case("x = 1\n" * 200_000))
    assert head == "warning unknown thing.py:1 thing"
    assert message.endswith("thing.py:1: perhaps not valid: too large to tell (line 1)")
    assert remedy == "give --python 3.6=PATH"
