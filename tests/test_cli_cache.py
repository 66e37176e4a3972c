from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from audit.index.cache.cachefile import NAME
from audit.index.cache.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program


def fill(folder: Path) -> None:
    store = Store.open(folder, clock=lambda: 1_790_000_000.0)
    store.put("page", "six", b"1" * 1000)
    store.put("page", "yaml", b"1" * 234)
    store.put("run", "x", b"")
    store.close()
    assert store.problem is None


def test_the_folder_is_the_option_the_variable_or_that_of_the_user(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = {"XDG_CACHE_HOME": str(tmp_path)}
    assert program("cache", "dir", environ=users) == (0, f"{tmp_path}/scf-audit\n", "")
    # click reads variables of options from the process alone
    monkeypatch.setenv("SCF_AUDIT_CACHE_DIR", "/variable")
    assert program("cache", "dir", environ=users).out == "/variable\n"
    assert program("cache", "dir", "--cache-dir", "/option", environ=users).out == "/option\n"
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_is_shown_by_kind(program: Program, tmp_path: Path) -> None:
    fill(tmp_path)
    size = (tmp_path / NAME).stat().st_size

    ran = program("cache", "--cache-dir", str(tmp_path))

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"{tmp_path}: 3 entries, {size:,} bytes on disk"
    kinds = [line.split()[:3] for line in ran.out.splitlines()[2:]]
    assert kinds[0] == ["kind", "entries", "bytes"]
    assert kinds[2:] == [["page", "2", "1,234"], ["run", "1", "0"]]
    assert "2026-09-2" in ran.out


def test_what_is_kept_is_told_to_programs(program: Program, tmp_path: Path) -> None:
    fill(tmp_path)

    told = json.loads(program("cache", "info", "--format=json", "--cache-dir", str(tmp_path)).out)

    assert [tuple(kind) for kind in told["kinds"]] == [("kind", "entries", "bytes", "oldest")] * 2
    assert told["kinds"][0].pop("oldest").startswith("2026-09-2")
    assert told["kinds"][0] == {"kind": "page", "entries": 2, "bytes": 1234}
    del told["kinds"]
    assert told == {
        "schema": 1,
        "folder": str(tmp_path),
        "bytes": (tmp_path / NAME).stat().st_size,
        "entries": 3,
        "problem": None,
    }


def test_only_our_own_files_are_removed(program: Program, tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "scf-audit-v0.sqlite").write_bytes(b"12345")
    (tmp_path / "notes.sqlite").touch()
    size = (tmp_path / NAME).stat().st_size + 5

    ran = program("cache", "clear", "--cache-dir", str(tmp_path))

    assert ran == (0, f"{tmp_path}: removed 3 entries, {size:,} bytes on disk\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.sqlite"]


@pytest.mark.parametrize("folder", ["", "missing", "file"])
def test_where_nothing_is_kept_nothing_is_wrong(
    program: Program, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").touch()
    place = tmp_path / folder

    ran = program("cache", "info", "--cache-dir", str(place))
    assert ran == (0, f"{place}: 0 entries, 0 bytes on disk\n", "")
    ran = program("cache", "clear", "--cache-dir", str(place))
    assert ran == (0, f"{place}: nothing to remove\n", "")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("content", [b"", b"rubbish" * 5000])
def test_a_damaged_cache_is_told_and_can_be_removed(
    program: Program, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / NAME).write_bytes(content)
    size = f"{len(content):,} bytes on disk"

    ran = program("cache", "info", "--cache-dir", str(tmp_path))
    assert ran == (0, f"{tmp_path}: {NAME} is damaged; the next run makes a new one\n", "")
    ran = program("cache", "clear", "--cache-dir", str(tmp_path))
    assert ran == (0, f"{tmp_path}: removed 0 entries, {size}\n", "")
    assert list(tmp_path.iterdir()) == []


def test_a_moment_that_cannot_be_is_unknown(program: Program, tmp_path: Path) -> None:
    fill(tmp_path)
    with closing(sqlite3.connect(tmp_path / NAME)) as connection, connection:
        connection.execute("UPDATE entry SET stored = 1e300")

    assert "unknown" in program("cache", "info", "--cache-dir", str(tmp_path)).out


def test_what_cannot_be_removed_is_a_usage_error(program: Program, tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()

    ran = program("cache", "info", "--cache-dir", str(tmp_path))
    said = f"{tmp_path}: {NAME} cannot be read: unable to open database file"
    told = f"scf-audit: error: {said}; remove it, or use another: --cache-dir DIR\n"
    assert ran == (3, f"{said}\n", told)
    ran = program("cache", "info", "--format=json", "--cache-dir", str(tmp_path))
    assert (ran.code, json.loads(ran.out)["entries"], ran.err) == (3, 0, told)
    ran = program("cache", "clear", "--cache-dir", str(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"scf-audit: error: {tmp_path}: cannot be cleared: ")


@pytest.mark.parametrize("command", ["cache", "cache dir", "cache info", "cache clear"])
def test_every_cache_command_has_help(program: Program, command: str) -> None:
    ran = program(*command.split(), "--help")

    assert ran.code == 0
    assert ran.out.startswith(f"Usage: scf-audit {command}")


def test_the_format_of_reports_is_none_of_its_business(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCF_AUDIT_FORMAT", "markdown")

    assert program("cache", "--cache-dir", str(tmp_path)).code == 0


def test_a_command_that_there_is_not_is_no_argument_of_another(program: Program) -> None:
    ran = program("cache", "clean")
    assert ran.code == 2
    assert ran.err == "scf-audit: error: cache: no command 'clean'; known: dir, info, clear\n"
