from __future__ import annotations

import pytest

from audit.render.canvas import Canvas, canvas_for


@pytest.mark.parametrize(
    ("is_terminal", "environ", "columns", "width"),
    [
        (True, {}, 120, 120),
        (True, {}, None, 80),
        (False, {}, 120, 80),
        (False, {"COLUMNS": "100"}, None, 100),
        (True, {"COLUMNS": "100"}, 120, 100),
        (True, {"COLUMNS": ""}, 120, 120),
        (True, {"COLUMNS": "wide"}, 120, 120),
        (True, {"COLUMNS": "-5"}, 120, 120),
        (True, {"COLUMNS": "0"}, 120, 120),
        (True, {"COLUMNS": "9" * 5000}, 120, 120),
        (True, {}, 0, 80),
        (True, {"COLUMNS": "3"}, 120, 40),
        (True, {}, 7, 40),
    ],
)
def test_the_width_is_what_the_user_then_the_terminal_says(
    *, is_terminal: bool, environ: dict[str, str], columns: int | None, width: int
) -> None:
    assert canvas_for(is_terminal=is_terminal, environ=environ, columns=columns).width == width


@pytest.mark.parametrize(
    ("is_terminal", "environ", "color"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "xterm"}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": ""}, False),
        (False, {"FORCE_COLOR": "0"}, False),
        (True, {"FORCE_COLOR": "0"}, False),
        (False, {"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_follows_the_conventions(
    *, is_terminal: bool, environ: dict[str, str], color: bool
) -> None:
    assert canvas_for(is_terminal=is_terminal, environ=environ, columns=None).color is color


def test_a_canvas_without_wishes_is_a_pipe() -> None:
    assert Canvas() == canvas_for(is_terminal=False, environ={}, columns=None)
