"""A sample of real files: what we say of them, and what real interpreters say."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.compilers import Word, interpreters, ours, theirs
from tools.confusion import compare, corpus

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILES = 600
_LEAST = {(2, 7): 0.998}
_LEAST_OF_3 = 0.999


@pytest.fixture(scope="module")
def sample() -> tuple[Path, ...]:
    paths = corpus()
    return tuple(random.Random(4).sample(paths, min(_FILES, len(paths))))  # noqa: S311 - fixed


@pytest.fixture(scope="module")
def said(sample: tuple[Path, ...]) -> Mapping[tuple[int, int], list[Word]]:
    targets = list(interpreters())
    rows = ours(Path(sys.executable), targets, sample)
    return {target: [row[n] for row in rows] for n, target in enumerate(targets)}


@pytest.mark.interpreters
@pytest.mark.parametrize("target", interpreters(), ids=lambda each: f"{each[0]}.{each[1]}")
def test_we_agree_with_an_interpreter_on_real_files(
    target: tuple[int, int],
    sample: tuple[Path, ...],
    said: Mapping[tuple[int, int], list[Word]],
) -> None:
    words = theirs(interpreters()[target], sample)
    result = compare(said[target], words)
    wrong = [(str(sample[n]), said[target][n], words[n]) for n in result.misses]
    assert result.agreement >= _LEAST.get(target, _LEAST_OF_3), wrong
    if target <= sys.version_info[:2]:
        assert not any(word.verdict == "unsure" for word in said[target])


def test_the_same_word_is_no_miss_and_another_is_one() -> None:
    valid, invalid, unsure = Word("valid"), Word("invalid", 3), Word("unsure", 3)
    result = compare(
        [valid, invalid, invalid, valid, unsure, invalid],
        [valid, invalid, valid, invalid, valid, Word("invalid", 4)],
    )
    assert result.misses == (2, 3)
    assert result.agreement == 3 / 5
    assert result.same_line == 1
