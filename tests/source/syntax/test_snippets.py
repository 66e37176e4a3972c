"""Every construct in a few words: what we say of it, and what real interpreters say."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from audit.source.encoding import readable
from audit.source.syntax import read
from tools.compilers import interpreters, theirs

_DATA = Path(__file__).parents[2] / "data" / "syntax" / "snippets.txt"
_PYTHONS = ((2, 7), *((3, minor) for minor in range(6, 14)))


class Snippet(NamedTuple):
    code: str
    compiles: frozenset[tuple[int, int]]


def _snippets() -> list[Snippet]:
    _, *groups = _DATA.read_text(encoding="utf-8").split("\n==== ")
    found = []
    for group in groups:
        versions, _, text = group.partition("\n")
        compiles = {
            "all": frozenset(_PYTHONS),
            "none": frozenset[tuple[int, int]](),
        }.get(versions) or frozenset(
            (int(version[0]), int(version[2:])) for version in versions.split() if version != "none"
        )
        codes = text.removesuffix("\n").split("\n----\n")
        found += [Snippet(f"{code}\n", compiles) for code in codes]
    return found


SNIPPETS = _snippets()

# What is wrong, and so rare that it stays: the Pythons on which we say otherwise than they do.
KNOWN = {
    "class C(x for x in y): pass": "3.6",  # nothing but 3.6 ever took it
    "f((a)=1)": "2.7 3.6 3.7",
    "[x for x in y if lambda: z]": "2.7 3.6 3.7 3.8",
    "(x for x in y if lambda: z)": "2.7 3.6 3.7 3.8",
    "((a) := 1)": "3.8",
    "__peg_parser__ = 1": "3.9",  # an Easter egg, a keyword for one release
    "async \\\ndef f(): pass": "3.6",
    "f'{a:{b=}}'": "3.12",  # a bug of the first 3.12
    # `async` and `await` as names next to coroutines, and a call of what is named so.
    "await(x)": "2.7 3.6",
    "await (x)": "2.7 3.6",
    "async def f():\n    def g():\n        await = 1": "3.6",
    "async def f():\n    await = 1": "3.6",
    "async def async(): pass": "3.6",
    "async def f(async): pass": "3.6",
    # Two things wrong at once, of which the compiler tells the first, and 2.7 minds the other.
    "[(yield x) for x in y]": "2.7",
    "class A: [(yield x) for x in y]": "2.7",
    "def f():\n    from a import *\n    def g(): return y": "2.7",
    'b"doc"\nfrom __future__ import division': "2.7",
}


def _said(code: str) -> dict[tuple[int, int], str]:
    data = code.encode()
    constructs = read(data, readable("it.py", data)[0]).constructs
    said = {}
    for python in _PYTHONS:
        refused = [c for c in constructs if not any(python in span for span in c.pythons)]
        sure = [c for c in refused if not any(python in span for span in c.unsure)]
        said[python] = "invalid" if sure else "unsure" if refused else "valid"
    return said


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda each: each.code.strip()[:60])
def test_a_snippet_compiles_on_the_pythons_that_were_seen_to_compile_it(snippet: Snippet) -> None:
    wrong = {
        f"{python[0]}.{python[1]}"
        for python, word in _said(snippet.code).items()
        if word != "unsure" and (word == "valid") != (python in snippet.compiles)
    }
    assert wrong <= set(KNOWN.get(snippet.code.strip("\n"), "").split())


@pytest.mark.interpreters
@pytest.mark.parametrize("python", _PYTHONS, ids=lambda each: f"{each[0]}.{each[1]}")
def test_the_snippets_are_what_the_interpreters_say(
    python: tuple[int, int], tmp_path: Path
) -> None:
    interpreter = interpreters().get(python)
    if interpreter is None:
        pytest.skip("no such interpreter under pyenv")
    paths = [tmp_path / f"snippet_{number}.py" for number in range(len(SNIPPETS))]
    for path, snippet in zip(paths, SNIPPETS, strict=True):
        path.write_bytes(snippet.code.encode())
    words = theirs(interpreter, paths)
    wrong = [
        snippet.code
        for snippet, word in zip(SNIPPETS, words, strict=True)
        if (word.verdict == "valid") != (python in snippet.compiles)
    ]
    assert wrong == []
