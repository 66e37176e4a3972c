from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pip._internal.req.req_file import preprocess

from audit.requirements.lines import Line, logical_lines, redacted

ODDITIES = (
    *("a==1", "#", " # c", "\t#", "a#b", "\\", "\\\\", " \\", "\\ ", '"', "${HOME}", "${NO_SUCH}"),
    *("\n", "\r\n", "\r", "\f", "\x1c", "\u2028", "\x85", "\xa0", "-r x", "--hash=", " ", ";"),
)


@given(st.lists(st.sampled_from(ODDITIES) | st.text(max_size=3), max_size=12).map("".join))
def test_lines_are_joined_stripped_and_expanded_as_pip_does(text: str) -> None:
    ours = [(line.number, line.text) for line in logical_lines(text, os.environ)]
    assert ours == list(preprocess(text))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("\n# only a comment\n\n", []),
        ("a \\\n  ==1", [(1, "a   ==1")]),
        ("\n\na \\\n\\\n ==1\nb", [(3, "a  ==1"), (6, "b")]),
        ("a \\\n# comment\nb", [(1, "a"), (3, "b")]),
        ("# no continuation \\\nb", [(2, "b")]),
        ("a \\", [(1, "a")]),
        ("a #b\nc#d", [(1, "a"), (2, "c#d")]),
        ("a\rb\x0bc", [(1, "a"), (2, "b"), (3, "c")]),
    ],
)
def test_a_logical_line_has_the_number_of_its_first_physical_line(
    text: str, lines: list[tuple[int, str]]
) -> None:
    assert [(line.number, line.text) for line in logical_lines(text, {})] == lines


def test_a_variable_that_is_not_set_or_empty_stays_as_it_is_written() -> None:
    text = "${SET}/${EMPTY}/${UNSET}/$SET/${lower}"
    (line,) = logical_lines(text, {"SET": "x", "EMPTY": "", "lower": "y"})
    assert line == Line(1, text, "x/${EMPTY}/${UNSET}/$SET/${lower}")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a @ https://user:secret@host/a.zip", "a @ https://****@host/a.zip"),
        ("-i HTTPS://token@host/simple", "-i HTTPS://****@host/simple"),
        ("a @ git+ssh://git@host/a", "a @ git+ssh://git@host/a"),
        ("a @ https://host/x@v1", "a @ https://host/x@v1"),
    ],
)
def test_credentials_are_not_shown(written: str, shown: str) -> None:
    assert redacted(written) == shown
    (line,) = logical_lines(written, {})
    assert line == Line(1, shown, written)


def test_a_long_run_of_blanks_takes_no_quadratic_time() -> None:
    (line,) = logical_lines("a" + " " * 500_000 + "b#c", {})
    assert line.text.endswith("b#c")
