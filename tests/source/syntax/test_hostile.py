"""Files that are made to hurt: each is answered, in time, by a process that stays alive."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import packaging
import pytest

from tools.compilers import PYENV

_ROOT = Path(__file__).parents[3]
_SCRIPT = """
import sys, time
from audit.source.encoding import readable
from audit.source.syntax import read

n = 30_000
CASES = {
    "parentheses": "(" * n + ")" * n,
    "unclosed": "(" * n,
    "nested lists": "[" * 180 + "]" * 180,
    "unary": "x=" + "-" * n + "1",
    "not": "x=" + "not " * n + "1",
    "attributes": "a" + ".b" * n,
    "attributes of a call": "a()" + ".b()" * 20_000,
    "sum": "a" + "+b" * n,
    "powers": "a" + "**b" * n,
    "indices": "a" + "[0]" * n,
    "elif": "if a: pass\\n" + "elif a: pass\\n" * 20_000,
    "conditional": "x=" + "a if b else " * n + "c",
    "lambdas": "x=" + "lambda:" * n + "1",
    "indentation": "".join(" " * i + "if a:\\n" for i in range(1500)) + " " * 1500 + "pass\\n",
    "loops in one comprehension": "[x " + "for x in y " * 50_000 + "]",
    "conditions in one comprehension": "[x for x in y " + "if z " * n + "]",
    "await": "async def f():\\n  " + "await " * n + "x",
    "async names": "async\\n" * n,
    "f-strings": "x=" + "f'{a}'" * 20_000,
    "an f-string of braces": "f'" + "{" * n + "'",
    "an f-string of fields": "f'" + "{a}" * n + "'",
    "an f-string of equals": "f'" + "{a=}" * 20_000 + "'",
    "an f-string of equals and text": "f'" + "=}}" * n + "{a}'",
    "nested f-strings": 'f"{' * 90 + "a" + '}"' * 90,
    "quotes": "'" * (n + 1),
    "decorators": "@a\\n" * 20_000 + "def f(): pass",
    "decorated with brackets": "@" + "(" * 150 + "a" + ")" * 150 + "\\ndef f(): pass\\n",
    "finally": "".join(
        " " * i + "try: pass\\n" + " " * i + "finally:\\n" for i in range(90)
    ) + " " * 90 + "pass\\n",
    "semicolons": "a;" * n,
    "digits": "x = " + "1" * n,
    "backslashes": "\\\\\\n" * n + "x",
    "print": "print 'a'\\n" * 20_000,
    "backticks": "`" * n,
    "prints in parentheses": "print ((((a" * 10_000,
    "coding": "# coding: " + "a" * n,
    "stars": "f(" + "*a," * n + ")",
    "with": "with " + "a as b," * 10_000 + "c: pass",
    "with in parentheses": "with (" + "a as b," * 15 + "): pass",
    "a pattern": "match x:\\n case " + "a.b|" * 10_000 + "c.d: pass",
    "assignments": "a=" * n + "1",
    "too large": "x = 1\\n" * 1_000_000,
    "null bytes": "\\0" * n,
    "surrogates": "\\ufffd" * n,
}

def answer():
    for name, code in CASES.items():
        begun = time.perf_counter()
        raw = code.encode()
        syntax = read(raw, readable("it.py", raw)[0])
        print(name, round(time.perf_counter() - begun, 1), len(syntax.constructs), flush=True)

answer()
print("alive")
"""


def _alive(interpreter: str) -> None:
    site = Path(packaging.__file__).parents[1]
    done = subprocess.run(
        [interpreter, "-c", _SCRIPT],
        env={**os.environ, "PYTHONPATH": f"{_ROOT}{os.pathsep}{site}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    *cases, last = done.stdout.splitlines() or ["nothing"]
    assert last == "alive", f"after {cases[-1:]}: {done.returncode} {done.stderr[-500:]}"
    slow = [case for case in cases if float(case.split()[-2]) > 20]
    assert slow == []


def test_hostile_files_are_answered() -> None:
    _alive(sys.executable)


@pytest.mark.interpreters
@pytest.mark.parametrize("version", ["3.10.13", "3.12.1", "3.13.0"])
def test_hostile_files_are_answered_on_every_host(version: str) -> None:
    interpreter = PYENV / version / "bin" / "python"
    if not interpreter.exists():
        pytest.skip("no such interpreter under pyenv")
    _alive(str(interpreter))
