from __future__ import annotations

import io

import pytest

from audit.cli.progress import progress_for
from audit.cli.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_it_is_and_left_clean() -> None:
    screen = Screen()
    progress = progress_for(Terminal(io.StringIO(), screen, {}), quiet=False)
    assert progress is not None
    assert screen.getvalue() == ""
    progress.tell(1, 4)
    progress.tell(4, 4)
    progress.close()
    assert "asking the package index" in screen.getvalue()
    assert "4/4" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K"), "the line is wiped"


def test_nothing_is_written_where_nothing_was_asked() -> None:
    screen = Screen()
    progress = progress_for(Terminal(io.StringIO(), screen, {}), quiet=False)
    assert progress is not None
    progress.close()
    assert screen.getvalue() == ""


@pytest.mark.parametrize(
    ("stream", "environ", "quiet"),
    [
        pytest.param(io.StringIO(), {}, False, id="off a terminal"),
        pytest.param(Screen(), {}, True, id="--quiet"),
        pytest.param(Screen(), {"TERM": "dumb"}, False, id="a terminal that cannot erase"),
    ],
)
def test_nobody_else_gets_a_display(
    stream: io.StringIO,
    environ: dict[str, str],
    quiet: bool,  # noqa: FBT001  # a row
) -> None:
    assert progress_for(Terminal(io.StringIO(), stream, environ), quiet=quiet) is None
