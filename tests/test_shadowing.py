"""`audit.shadowing`: what was measured, read and asked."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.errors import UsageError
from audit.shadowing import Effect, read_shadowing
from audit.shipped import SHADOWING, data_text

HEADER = "distribution,versions,python,effect,module,told,interpreter\n"
ROWS = """\
Enum34,==1.1.6,3.6,breaks,re,import re fails,CPython 3.6.15
enum34,">=1.1.8,<=1.1.9",3.6,harmless,,hides no module,CPython 3.6.15
"""


@pytest.mark.parametrize(
    ("version", "python", "effect"),
    [
        pytest.param("1.1.6", "3.6", Effect.BREAKS, id="one version"),
        pytest.param("1.1.8.post1", "3.6", Effect.HARMLESS, id="within a range"),
        pytest.param("1.1.9rc1", "3.6", Effect.HARMLESS, id="a pre-release"),
        pytest.param("1.1.7", "3.6", None, id="between what was measured and does not agree"),
        pytest.param("1.1.6", "3.7", None, id="another Python"),
    ],
)
def test_a_release_does_what_was_measured(version: str, python: str, effect: Effect | None) -> None:
    read = read_shadowing(HEADER + ROWS, "test.csv")
    fact = read.of(canonicalize_name("enum34"), Version(version), python)
    assert (fact.effect if fact else None) is effect


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a,b\n", "test.csv: expected the header distribution,", id="header"),
        pytest.param(HEADER + "a,==1,3.6,odd,,x,y\n", "test.csv:2: expected 7 cells", id="effect"),
        pytest.param(HEADER + "a,==1,3.6,breaks\n", "test.csv:2: expected 7 cells", id="short"),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        read_shadowing(text, "test.csv")


@pytest.mark.parametrize(
    ("name", "version", "python", "effect"),
    [
        # The first study of these (facts.md) imported them by hand.
        ("enum34", "1.1.6", "3.6", Effect.BREAKS),
        ("enum34", "1.1.10", "3.7", Effect.BREAKS),
        ("enum34", "1.1.8", "3.6", Effect.HARMLESS),
        ("asyncio", "3.4.3", "3.6", Effect.CHANGES),
        ("asyncio", "3.4.3", "3.7", Effect.SYNTAX),
        ("asyncio", "4.0.0", "3.7", Effect.HARMLESS),
        ("futures", "3.1.1", "3.6", Effect.HARMLESS),
        ("typing", "3.10.0.0", "3.7", Effect.BREAKS),
        ("pathlib", "1.0.1", "3.6", Effect.CHANGES),
        ("dataclasses", "0.8", "3.6", Effect.HARMLESS),
        ("dataclasses", "0.8", "3.7", Effect.CHANGES),
        ("simplejson", "3.16.0", "3.6", Effect.HARMLESS),
        ("enum34", "1.1.6", "2.7", Effect.HARMLESS),
    ],
)
def test_the_shipped_file_agrees_with_an_earlier_study(
    name: str, version: str, python: str, effect: Effect
) -> None:
    read = read_shadowing(data_text(SHADOWING), SHADOWING)
    fact = read.of(canonicalize_name(name), Version(version), python)
    assert fact is not None
    assert fact.effect is effect


def test_no_release_has_two_effects_in_the_shipped_file() -> None:
    read = read_shadowing(data_text(SHADOWING), SHADOWING)
    ends: dict[str, set[Version]] = defaultdict(set)
    for (name, _), facts in read.facts.items():
        ends[name] |= {Version(part.version) for f in facts for part in SpecifierSet(f.versions)}
    for (name, _), facts in read.facts.items():
        for version in ends[name]:
            assert sum(fact.is_about(version) for fact in facts) <= 1, (name, version)


def test_every_row_of_the_shipped_file_says_who_was_asked() -> None:
    read = read_shadowing(data_text(SHADOWING), SHADOWING)
    for (_, python), facts in read.facts.items():
        for fact in facts:
            assert fact.interpreter.startswith(f"CPython {python}.")
            assert fact.told
            assert bool(fact.module) or fact.effect is Effect.HARMLESS
