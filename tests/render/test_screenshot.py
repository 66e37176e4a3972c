from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from audit.render.canvas import Canvas
from audit.render.text import render

if TYPE_CHECKING:
    from audit.report import Report

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def screenshot() -> Any:  # noqa: ANN401 - a module that is found by path has no type
    path = Path(__file__).parents[2] / "tools" / "screenshot.py"
    spec = importlib.util.spec_from_file_location("screenshot", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("plain words", [(0, "", "plain words")]),
        ("  a   b", [(2, "", "a"), (6, "", "b")]),
        ("\x1b[31merror\x1b[0m x", [(0, "31", "error"), (6, "", "x")]),
        ("图片  \x1b[2mx\x1b[0m", [(0, "", "图片"), (6, "2", "x")]),
        ("", []),
    ],
)
def test_pieces_stand_at_their_columns(
    screenshot: Any,  # noqa: ANN401 - see the fixture
    line: str,
    pieces: list[tuple[int, str, str]],
) -> None:
    assert list(screenshot.pieces(line)) == pieces


def test_the_picture_holds_every_word_of_the_output(
    screenshot: Any,  # noqa: ANN401 - see the fixture
    small: Report,
) -> None:
    picture = screenshot.draw(render(small, Canvas(width=100, color=True)), "x & y")
    drawn = [text.text for text in ET.fromstring(picture).iter(f"{_SVG}text")]  # noqa: S314 - our own
    expected = render(small, Canvas(width=100)).split()
    assert " ".join(word or "" for word in drawn).split() == expected


def test_the_picture_of_the_readme_is_what_the_program_prints(
    screenshot: Any,  # noqa: ANN401 - see the fixture
) -> None:
    assert screenshot.main(["--check"]) == 0, "run python -m tools.screenshot"
