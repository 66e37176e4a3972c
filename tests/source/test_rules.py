"""`audit.source.rules`: which members and arguments the standard library of a Python has."""

from __future__ import annotations

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

from audit.shipped import MEMBER_DIFFERENCES, STDLIB_DIFFERENCES, data_text
from audit.source.rules import NO_MEMBERS, Members, read_members
from audit.source.stdlib import read_differences

PYENV = Path.home() / ".pyenv" / "versions"
SAMPLE = 400


@pytest.fixture(scope="module")
def rules() -> Members:
    return read_members(
        data_text(MEMBER_DIFFERENCES), read_differences(data_text(STDLIB_DIFFERENCES))
    )


@pytest.mark.parametrize(
    ("name", "having", "lacking"),
    [
        pytest.param("os.getcwdu", "2.7", "3.6 3.10 3.14", id="by vermin's rule, removed"),
        pytest.param("asyncio.run", "3.7 3.10 3.14", "3.6", id="by vermin's rule, added"),
        pytest.param("string.maketrans", "2.7", "3.6 3.10", id="measured, removed"),
        pytest.param("time.clock", "2.7 3.6 3.7", "3.8 3.9 3.14", id="measured, removed within 3"),
        pytest.param("collections.Mapping", "2.7 3.6 3.9", "3.10", id="measured, by __getattr__"),
        pytest.param("calendar.MONDAY", "2.7 3.6", "", id="where vermin's rule is wrong"),
        pytest.param("unicode", "2.7", "3.6 3.14", id="a built-in name"),
        pytest.param("dict.has_key", "2.7", "3.6 3.14", id="a method of a built-in type"),
        pytest.param("str.isdecimal", "3.6", "2.7", id="a method of text"),
        pytest.param("list.__class_getitem__", "3.9 3.10", "2.7 3.6 3.8", id="an index of a class"),
        pytest.param("type.__or__", "3.10 3.14", "2.7 3.9", id="a union of types"),
        pytest.param("sys.setdefaultencoding", "2.7", "3.6", id="what reload brings back"),
        pytest.param("os.startfile", "", "2.7 3.6 3.14", id="what Windows alone has"),
        pytest.param("typing.Literal", "3.8 3.10", "3.6 3.7", id="what no 2.7 has the module of"),
    ],
)
def test_a_member_is_there_or_not(rules: Members, name: str, having: str, lacking: str) -> None:
    assert [rules.has(name, python) for python in having.split()] == [True] * len(having.split())
    assert [rules.has(name, python) for python in lacking.split()] == [False] * len(lacking.split())


@pytest.mark.parametrize(
    ("name", "python"),
    [("typing.Literal", "2.7"), ("os.nowhere", "3.6"), ("nowhere.x", "3.6"), ("x", "3.6")],
)
def test_what_is_not_known_is_neither(rules: Members, name: str, python: str) -> None:
    assert rules.has(name, python) is None


@pytest.mark.parametrize(
    ("name", "keyword", "having", "lacking"),
    [
        ("subprocess.run", "capture_output", "3.7 3.10", "3.6"),
        ("open", "encoding", "3.6 3.10", "2.7"),
        ("sorted", "cmp", "2.7", "3.6 3.10"),
        ("os.makedirs", "exist_ok", "3.6", "2.7"),
        ("tarfile.TarFile.add", "exclude", "2.7 3.6", "3.7 3.10"),
        ("sum", "start", "3.8", "2.7 3.7"),
    ],
)
def test_an_argument_is_taken_or_not(
    rules: Members, name: str, keyword: str, having: str, lacking: str
) -> None:
    assert all(rules.has_keyword(name, keyword, python) for python in having.split())
    assert {rules.has_keyword(name, keyword, python) for python in lacking.split()} == {False}


def test_a_function_that_is_not_there_has_no_arguments(rules: Members) -> None:
    assert rules.has_keyword("subprocess.run", "capture_output", "2.7") is None


def test_versions_are_those_measured(rules: Members) -> None:
    assert rules.versions_with("time.clock") == ("2.7", "3.6", "3.7")
    assert rules.versions_without("asyncio.run") == ("3.6",)
    assert rules.versions_with("subprocess.run", "capture_output")[0] == "3.7"


@pytest.mark.parametrize(
    ("name", "is_interesting"),
    [
        ("os.getcwdu", True),
        ("os.getcwd", False),
        ("pathlib.Path", False),
        ("annotationlib.Format", False),
        ("heapq.heapify_max", True),
        ("nowhere.x", False),
    ],
)
def test_a_member_matters_where_some_python_lacks_it(
    rules: Members,
    name: str,
    is_interesting: bool,  # noqa: FBT001  # a row
) -> None:
    assert rules.interesting(name) is is_interesting


def test_words_hold_every_name_that_matters(rules: Members) -> None:
    document = json.loads(data_text(MEMBER_DIFFERENCES))
    names = [
        f"{module}.{name}".lstrip(".")
        for module, rows in document["members"].items()
        for signs, found in rows.items()
        for name in found.split()
        if "-" in signs
    ]
    for name in names:
        last = name.rpartition(".")[2]
        assert last in (rules.words.members if "." in name else rules.words.built_in)


def test_without_rules_nothing_is_known() -> None:
    assert NO_MEMBERS.has("os.getcwdu", "3.6") is None
    assert not NO_MEMBERS.interesting("os.getcwdu")


ASK = r"""
import json, sys, warnings
warnings.simplefilter("ignore")
if sys.version_info < (3,):
    reload(sys)
streams = {"stdin": sys.stdin, "stdout": sys.stdout, "stderr": sys.stderr}
answer, sys.stdout = sys.stdout, open("/dev/null", "w")
found = {}
for name, module in json.loads(sys.stdin.read()):
    parts = name[len(module) + 1:].split(".") if module else name.split(".")
    builtin = "__builtin__" if sys.version_info < (3,) else "builtins"
    try:
        __import__(module or builtin)
    except Exception:
        continue
    value = sys.modules[module or builtin]
    if module == "sys" and parts[0] in streams:
        value, parts = streams[parts[0]], parts[1:]
    for part in parts[:-1]:
        value = getattr(value, part, None)
    if value is not None and (isinstance(value, type) or len(parts) == 1):
        found[name] = hasattr(value, parts[-1])
json.dump(found, answer)
"""


@pytest.mark.interpreters
@pytest.mark.parametrize(
    "interpreter", sorted(PYENV.glob("*/bin/python")), ids=lambda path: path.parts[-3]
)
def test_a_sample_of_rules_agrees_with_hasattr_both_ways(rules: Members, interpreter: Path) -> None:
    python = ".".join(interpreter.parts[-3].split(".")[:2])
    tables = rules._tables  # noqa: SLF001  # all names that are known
    known = sorted({*tables.since, *tables.measured})
    wanted = [
        (name, rules.module_of(name))
        for name in known
        if not re.search(r"\b_|^(test|tkinter|turtle|xml)\b", name)
        and rules.has(name, python) is not None
    ]
    sample = random.Random(python).sample(wanted, SAMPLE)  # noqa: S311  # the same every time
    answer = subprocess.run(
        [interpreter, "-E", "-s", "-c", ASK],
        input=json.dumps(sample),
        capture_output=True,
        text=True,
        check=True,
    )
    real: dict[str, bool] = json.loads(answer.stdout)
    assert len(real) > SAMPLE / 2
    assert {name for name, there in real.items() if there and not rules.has(name, python)} == set()
    # What classes set on their instances, what other systems have, what this build lacks.
    missed = {name for name, there in real.items() if not there and rules.has(name, python)}
    assert len(missed) <= len(real) * 0.06, missed
