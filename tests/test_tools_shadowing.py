"""`tools.shadowing`: asked of the Python that runs the tests, with folders made up here."""

from __future__ import annotations

import colorsys
import inspect
import sys
from pathlib import Path

import pytest

from tools.shadowing import Measured, effect, merged


@pytest.mark.parametrize(
    ("files", "expected", "module", "told"),
    [
        pytest.param(
            {"enum.py": "class Enum: pass\n"}, "breaks", "re", "import re fails with", id="breaks"
        ),
        pytest.param(
            {"json/__init__.py": "print 'hello'\n"},
            "syntax",
            "json",
            "import json fails with SyntaxError: ",
            id="a syntax error",
        ),
        pytest.param(
            {"this.py": "d = {}\n", "this_one.py": ""}, "changes", "this", "this lacks ", id="lacks"
        ),
        pytest.param(
            {"sched.py": "def never(: pass\n"},
            "syntax",
            "sched",
            "import sched fails with SyntaxError: ",
            id="what nothing else imports",
        ),
        pytest.param(
            {"colorsys.py": inspect.getsource(colorsys)},
            "harmless",
            "colorsys",
            "lacks nothing public",
            id="as good",
        ),
        pytest.param(
            {"mine.py": "import json\n"}, "harmless", "", "hides no module", id="hides none"
        ),
    ],
)
def test_what_a_folder_does_before_the_standard_library(
    tmp_path: Path, files: dict[str, str], expected: str, module: str, told: str
) -> None:
    folder = tmp_path / "here" / "folder"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    found = effect(Path(sys.executable), "1.0", folder, tmp_path)
    assert (found.effect, found.module) == (expected, module)
    assert told in found.told
    assert str(tmp_path) not in found.told


def test_releases_that_agree_one_after_the_other_are_one_row() -> None:
    found = [
        Measured("1.0", "breaks", "re", "first", "CPython 3.6.15"),
        Measured("1.1", "breaks", "re", "second", "CPython 3.6.15"),
        Measured("1.2", "harmless", "", "third", "CPython 3.6.15"),
        Measured("1.3", "breaks", "re", "fourth", "CPython 3.6.15"),
    ]
    assert [row[1:] for row in merged("x", "3.6", found)] == [
        [">=1.0,<=1.1", "3.6", "breaks", "re", "second", "CPython 3.6.15"],
        ["==1.2", "3.6", "harmless", "", "third", "CPython 3.6.15"],
        ["==1.3", "3.6", "breaks", "re", "fourth", "CPython 3.6.15"],
    ]
