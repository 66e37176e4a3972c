"""`audit.remedies`: what to do without what a standard library lacks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.errors import UsageError
from audit.remedies import read_remedies
from audit.shadowing import read_shadowing
from audit.shipped import (
    MEMBER_DIFFERENCES,
    SHADOWING,
    STDLIB_DIFFERENCES,
    STDLIB_REMEDIES,
    data_text,
)
from audit.source.rules import read_members
from audit.source.stdlib import read_differences

HEADER = "names,pythons,distribution,code,source\n"
ROWS = """\
a.b a.c,<3.7,,"use {name}, of {whole}",test
a.b,==3.7.*,d==1.0 (sdist),x,test
"""
PYTHONS = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10")
PYENV = Path.home() / ".pyenv" / "versions"

SHIPPED = read_remedies(data_text(STDLIB_REMEDIES), STDLIB_REMEDIES)


def test_a_remedy_is_found_by_name_and_python() -> None:
    remedies = read_remedies(HEADER + ROWS, "test.csv")
    older, newer = remedies.of("a.b", "3.6"), remedies.of("a.b", "3.7")
    assert older is not None
    assert (older.code, older.distribution) == ("use b, of a", "")
    assert newer is not None
    assert (newer.code, newer.distribution, newer.is_source) == ("x", "d==1.0", True)
    assert remedies.of("a.b", "3.8") is None
    assert remedies.of("a.d", "3.6") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "test.csv: expected the header names,"),
        (HEADER + "a,,\n", "test.csv:2: expected 5 cells"),
        (HEADER + "a,,,,source\n", "test.csv:2: expected 5 cells"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        read_remedies(text, "test.csv")


def test_every_row_that_is_shipped_is_well_formed_and_says_how_it_is_known() -> None:
    for name, remedies in SHIPPED.by_name.items():
        for remedy in remedies:
            assert SpecifierSet(remedy.pythons) is not None, name
            assert remedy.source, name
            if remedy.distribution:
                Requirement(remedy.distribution)


def test_what_is_remedied_is_lacking_there() -> None:
    library = read_differences(data_text(STDLIB_DIFFERENCES))
    members = read_members(data_text(MEMBER_DIFFERENCES), library)
    for name in SHIPPED.by_name:
        function, _, keyword = name.removesuffix(")").partition("(")
        needed = [python for python in members.pythons if SHIPPED.of(name, python) is not None]
        module = name.rpartition(".")[0]
        if any(not library.has(module, python) for python in needed if library.is_anywhere(module)):
            continue  # what to import it from instead, where its module is not there
        if library.is_anywhere(name):
            lacking = [python for python in needed if not library.has(name, python)]
        else:
            lacking = [p for p in needed if p in members.versions_without(function, keyword)]
        assert lacking, name


def test_no_backport_breaks_the_python_that_it_is_recommended_for() -> None:
    shadowing = read_shadowing(data_text(SHADOWING), SHADOWING)
    for remedies in SHIPPED.by_name.values():
        for remedy in remedies:
            requirement = Requirement(remedy.distribution) if remedy.distribution else None
            pins = [each.version for each in requirement.specifier] if requirement else []
            for python in PYTHONS:
                if requirement and pins and python in SpecifierSet(remedy.pythons):
                    name = canonicalize_name(requirement.name)
                    fact = shadowing.of(name, Version(pins[0]), python)
                    assert fact is None or not fact.effect.fails, (name, python)


OTHERS = {"Tkinter", "breakpoint", "distutils", "gdbm"}
"""What not every interpreter is built with, or brings; and what waits for input."""


@pytest.mark.interpreters
@pytest.mark.parametrize("python", ["2.7", "3.6", "3.10"])
def test_every_import_that_is_given_works_where_it_is_given(python: str) -> None:
    known = [(name, SHIPPED.of(name, python)) for name in SHIPPED.by_name]
    given = {
        remedy.code.partition("; and ")[0].replace(" / ", "\n")
        for name, remedy in known
        if remedy is not None and not remedy.distribution
        if name.partition(".")[0] not in OTHERS
    }
    codes = sorted(each for each in given if each.startswith(("try: ", "import ", "from ")))
    tried = "import sys\nfor code in eval(sys.stdin.read()):\n    exec(code, {})\n"
    assert len(codes) > 20
    for interpreter in PYENV.glob(f"{python}.*/bin/python"):
        subprocess.run(
            [interpreter, "-E", "-s", "-W", "ignore", "-c", tried],
            input=repr(codes),
            text=True,
            check=True,
        )
