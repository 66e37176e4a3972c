from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.config import Config, find_config, load_config, read_config
from audit.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

EVERY_KEY = """
runtime = ["py36", "Python2.7"]
format = "json"
fail-on = "vendor"
ignore = ["SCF103:numpy"]
builtins = "require"
offline = true
imports = false
source = "src"
exclude = ["tests/", "*.tmp"]
group = ["prod"]
handler = "app.main"
runtimes = "platform/runtimes.toml"
table = "../table.csv"
index-url = "https://mirror.example.com/simple"
extra-index-url = ["https://example.com/simple"]
find-links = ["wheels", "https://example.com/links.html"]
no-index = false
pre = true
only-binary = [":all:"]
no-binary = ["six,requests"]
"""


def test_every_key_of_a_file_is_read() -> None:
    config = read_config(EVERY_KEY, ".scf-audit.toml")

    assert config == Config(
        file=".scf-audit.toml",
        runtime=("py36", "Python2.7"),
        format="json",
        fail_on="vendor",
        ignore=("SCF103:numpy",),
        builtins="require",
        offline=True,
        imports=False,
        source="src",
        exclude=("tests/", "*.tmp"),
        group=("prod",),
        handler="app.main",
        runtimes=os.path.join("platform", "runtimes.toml"),  # noqa: PTH118  # as the system writes it
        table=os.path.join("..", "table.csv"),  # noqa: PTH118  # see above
        index_url="https://mirror.example.com/simple",
        extra_index_url=("https://example.com/simple",),
        find_links=("wheels", "https://example.com/links.html"),
        no_index=False,
        pre=True,
        only_binary=(":all:",),
        no_binary=("six,requests",),
    )


def test_the_sample_leaves_no_key_out() -> None:
    config = read_config(EVERY_KEY, ".scf-audit.toml")

    assert config is not None
    assert all(value is not None for value in config)


def test_pyproject_holds_the_same_keys_in_its_own_table() -> None:
    in_pyproject = read_config(f"[tool.scf-audit]{EVERY_KEY}", "p/pyproject.toml")
    alone = read_config(EVERY_KEY, "p/.scf-audit.toml")

    assert in_pyproject is not None
    assert alone is not None
    assert in_pyproject._replace(file=alone.file) == alone


@pytest.mark.parametrize("text", ["", "[tool]", "[tool.ruff]\nline-length = 100", "tool = 3"])
def test_a_pyproject_without_our_table_is_no_configuration(text: str) -> None:
    assert read_config(text, "pyproject.toml") is None


def test_an_empty_file_of_our_own_is_a_configuration_that_sets_nothing() -> None:
    assert read_config("", ".scf-audit.toml") == Config(file=".scf-audit.toml")


def test_one_string_will_do_where_several_may_stand() -> None:
    config = read_config('runtime = "py36"', ".scf-audit.toml")

    assert config is not None
    assert config.runtime == ("py36",)


def test_paths_are_relative_to_the_file_that_holds_them() -> None:
    config = read_config('source = "src"\ntable = "/abs/table.csv"', "a/b/.scf-audit.toml")

    assert config is not None
    assert config.source == os.path.join("a", "b", "src")  # noqa: PTH118  # as the system writes it
    assert config.table == "/abs/table.csv"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("runtime = 3.6", "runtime: expected an array of strings, found the number 3.6"),
        (
            "runtime = [3.6]",
            "runtime: expected an array of strings, found an array with the number 3.6",
        ),
        (
            'fail-on = "eror"',
            "fail-on: expected one of error, warning, note, vendor, found the string 'eror'",
        ),
        ("fail-on = []", "fail-on: expected one of error, warning, note, vendor, found an array"),
        ("fail-on = true", "fail-on: expected one of error, warning, note, vendor, found true"),
        ('offline = "yes"', "offline: expected true or false, found the string 'yes'"),
        ("offline = 1", "offline: expected true or false, found the number 1"),
        ("table = {}", "table: expected a string, found a table"),
        ('handler = ""', "handler: expected a string, found the string ''"),
        ("handler = 2026-11-22", "handler: expected a string, found 2026-11-22"),
        ('fail_on = "error"', "unknown key 'fail_on'; did you mean fail-on?"),
        ('runtimess = "x"', "unknown key 'runtimess'; did you mean runtimes?"),
        (
            'output = "json=x"',
            (
                "unknown key 'output'; known: runtime, format, fail-on, ignore, builtins, offline, "
                "imports, source, exclude, group, handler, runtimes, table, index-url, "
                "extra-index-url, find-links, no-index, pre, only-binary, no-binary"
            ),
        ),
    ],
)
def test_a_wrong_key_or_value_is_named_with_its_place(line: str, message: str) -> None:
    with pytest.raises(UsageError) as own:
        read_config(line, "a/.scf-audit.toml")
    with pytest.raises(UsageError) as shared:
        read_config(f"[tool.scf-audit]\n{line}", "a/pyproject.toml")

    assert str(own.value) == f"a/.scf-audit.toml: {message}"
    assert str(shared.value) == f"a/pyproject.toml: [tool.scf-audit]: {message}"


def test_our_table_must_be_a_table() -> None:
    with pytest.raises(UsageError, match="expected a table, found the number 3"):
        read_config("[tool]\nscf-audit = 3", "pyproject.toml")


def test_what_is_no_toml_is_told_with_its_line() -> None:
    with pytest.raises(UsageError) as caught:
        read_config('offline = true\nruntime = "py36\n', ".scf-audit.toml")

    assert str(caught.value).startswith(".scf-audit.toml:2: not TOML: ")


@pytest.mark.parametrize("deep", ["[" * 100_000, "{a=" * 100_000])
def test_absurd_nesting_is_a_usage_error_too(deep: str) -> None:
    with pytest.raises(UsageError, match="not TOML"):
        read_config(f"runtime = {deep}", ".scf-audit.toml")


@given(st.text())
def test_no_text_raises_anything_but_a_usage_error(text: str) -> None:
    try:
        read_config(text, ".scf-audit.toml")
    except UsageError as error:
        assert str(error).startswith(".scf-audit.toml:")  # noqa: PT017  # most texts raise, some do not


def test_the_nearest_configuration_upwards_is_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.scf-audit]\nhandler = "far.away"\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'a'\n")

    found = find_config(str(inner))

    assert found is not None
    assert found.handler == "far.away"
    assert found.file == str(tmp_path / "pyproject.toml")

    (tmp_path / "a" / ".scf-audit.toml").write_text('handler = "near.by"\n')
    found = find_config(str(inner))
    assert found is not None
    assert found.handler == "near.by"


def test_our_own_file_wins_over_pyproject_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.scf-audit]\nhandler = "shared.file"\n')
    (tmp_path / ".scf-audit.toml").write_text('handler = "own.file"\n')

    found = find_config(str(tmp_path))

    assert found is not None
    assert found.handler == "own.file"


def test_a_foreign_pyproject_is_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[broken \xff")

    assert load_config(str(tmp_path / "pyproject.toml")) is None


def test_a_folder_that_does_not_exist_is_searched_from_where_it_would_be(tmp_path: Path) -> None:
    (tmp_path / ".scf-audit.toml").write_text('handler = "a.b"\n')

    found = find_config(str(tmp_path / "not" / "there"))

    assert found is not None
    assert found.handler == "a.b"


def test_a_loop_of_links_is_searched_as_any_folder(tmp_path: Path) -> None:
    (tmp_path / ".scf-audit.toml").write_text("")
    (tmp_path / "loop").symlink_to("loop")

    assert find_config(str(tmp_path / "loop")) == Config(file=str(tmp_path / ".scf-audit.toml"))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file or directory"), (b"handler = '\xff'", "not UTF-8: invalid start byte")],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    file = tmp_path / ".scf-audit.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(UsageError) as caught:
        load_config(str(file))

    assert str(caught.value).startswith(f"{file}: {message}")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / ".scf-audit.toml"
    file.write_bytes(b'\xef\xbb\xbfhandler = "a.b"\n')

    assert load_config(str(file)) == Config(file=str(file), handler="a.b")
