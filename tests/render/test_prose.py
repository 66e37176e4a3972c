from __future__ import annotations

import re

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from audit.render.prose import (
    command_in,
    counted,
    visible,
    within,
    wrapped,
    wrapped_command,
    wrapped_remedy,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("文件 é", "文件 é"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\x9b2J", r"\x9b2J"),
        ("exe\u202etxt", r"exe\u202etxt"),
        ("odd\udc80name", r"odd\udc80name"),
        ("no\xa0break", r"no\xa0break"),
        ("C:\\code", "C:\\code"),
    ],
)
def test_what_is_not_seen_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert visible(text).isprintable()
    visible(text).encode()


@pytest.mark.parametrize(
    ("text", "root", "short"),
    [
        ("/a/b/x.py is bad; and /a/b/c/y.py:3", "/a/b", "x.py is bad; and c/y.py:3"),
        ("(from /a/b/x.txt:1)", "/a/b", "(from x.txt:1)"),
        ("/x/a/b/c.py and /a/bc/d.py and /a/b/", "/a/b", "/x/a/b/c.py and /a/bc/d.py and /a/b/"),
        ("a/b/x.py", "a/b", "a/b/x.py"),
        ("/usr/bin/python", "/", "/usr/bin/python"),
        ("/a.zip/x.py", "/a.zip", "x.py"),
    ],
)
def test_files_are_named_from_an_absolute_root_on(text: str, root: str, short: str) -> None:
    assert within(text, root) == short


def test_lines_after_the_first_hang() -> None:
    assert wrapped("fix: one two three", 12, indent="  ", hanging="       ") == [
        "  fix: one",
        "       two",
        "       three",
    ]


WORDS = st.lists(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)
).map(" ".join)


@given(WORDS, st.integers(1, 40), st.sampled_from(["", "    "]), st.sampled_from(["", " " * 8]))
def test_plain_words_are_broken_as_those_whose_columns_are_measured(
    text: str, width: int, indent: str, hanging: str
) -> None:
    measured = wcwidth.wrap(
        re.sub(r"`[^`]+`|(?<!\S)'[^']+'(?!\S)", lambda span: span[0].replace(" ", "\xa0"), text),
        width,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    lines = wrapped(text, width, indent=indent, hanging=hanging)
    assert lines == [line.replace("\xa0", " ") for line in measured]


def test_a_command_between_backticks_stays_on_one_line() -> None:
    assert wrapped("run `pip install -t . requests` now", 20) == [
        "run",
        "`pip install -t . requests`",
        "now",
    ]


def test_a_command_is_continued_with_backslashes() -> None:
    assert wrapped_command("fix: pip install 'a @ b' c", 20, hanging="  ") == [
        "fix: pip install \\",
        "  'a @ b' c",
    ]


def test_a_command_may_stand_behind_code() -> None:
    code = "in its place: try: a / except ImportError: b; and pack it: "
    assert command_in(f"{code}pip install 'a'") == (code, "pip install 'a'")
    lines = wrapped_remedy("fix: ", f"{code}pip install 'a'", 45, indent="  ", hanging="    ")
    assert lines == [
        "  fix: in its place: try: a / except",
        "    ImportError: b; and pack it:",
        "    pip install 'a'",
    ]


def test_an_apostrophe_quotes_nothing() -> None:
    assert wrapped("it's a dog's life", 8) == ["it's a", "dog's", "life"]


def test_lone_backticks_glue_nothing() -> None:
    assert wrapped("a ` b c d e", 6) == ["a ` b", "c d e"]


def test_wide_characters_count_two_columns() -> None:
    assert wrapped("图片 处理 入口", 9) == ["图片 处理", "入口"]


def test_prose_stays_readable_on_a_wide_terminal() -> None:
    assert max(map(len, wrapped("word " * 100, 300))) <= 100


@given(st.lists(st.text("abc图片,.-", min_size=1, max_size=30), min_size=1), st.integers(40, 120))
def test_no_line_is_wider_than_asked_and_nothing_is_lost(words: list[str], width: int) -> None:
    lines = wrapped(" ".join(words), width, indent="  ")
    assert " ".join(lines).split() == words
    widest = max(2 + wcwidth.wcswidth(word) for word in words)
    assert all(wcwidth.wcswidth(line) <= max(width, widest) for line in lines)


@pytest.mark.parametrize(
    ("number", "noun", "plural", "text"),
    [
        (0, "conflict", "", "0 conflicts"),
        (1, "conflict", "", "1 conflict"),
        (1234, "library", "libraries", "1,234 libraries"),
    ],
)
def test_nouns_agree_with_their_number(number: int, noun: str, plural: str, text: str) -> None:
    assert counted(number, noun, plural) == text
