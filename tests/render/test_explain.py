from __future__ import annotations

import re

import pytest

from audit.render.canvas import Canvas
from audit.render.explain import explain
from audit.report import Rule, Severity

RULE = Rule(
    code="SCF101",
    name="requirement conflict",
    severity=Severity.ERROR,
    explanation="""\
Two requirements ask for the same distribution, and there is
no version that meets both of them at the same time.

## What to do

- loosen one of the two requirements until some version meets both of them
- or choose a runtime
  on which it does
1. numbered

```
pip install --target . --python-version 3.6 --only-binary=:all: numpy==1.19.5 and more

    kept
```

The end.
""",
)

AT_60 = """\
SCF101 requirement conflict (error)

Two requirements ask for the same distribution, and there is
no version that meets both of them at the same time.

What to do

- loosen one of the two requirements until some version
  meets both of them
- or choose a runtime on which it does
1. numbered

    pip install --target . --python-version 3.6 --only-binary=:all: numpy==1.19.5 and more

        kept

The end.
"""


def test_the_story_is_wrapped_and_its_code_is_not() -> None:
    assert explain(RULE, Canvas(width=60)) == AT_60


def test_colour_only_adds_escape_codes() -> None:
    colored = explain(RULE, Canvas(width=60, color=True))
    assert "\x1b[31merror\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9]+m", "", colored) == AT_60


@pytest.mark.parametrize("explanation", ["", "  ", "one", "```\nnever closed", "#", "- "])
def test_odd_markdown_does_not_crash(explanation: str) -> None:
    rule = Rule(code="SCF001", name="x", severity=Severity.NOTE, explanation=explanation)
    assert explain(rule, Canvas()).startswith("SCF001 x (note)\n")
