from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.code import Import, Source
from audit.index.cache.cachefile import NAME
from audit.project.kept import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import Program, Ran

    Check = Callable[..., Ran]

LIBRARY = Path(__file__).parents[1] / "audit"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a small tree, of Python 2 and 3."""
    folder = tmp_path / "project"
    copy(sorted(LIBRARY.glob("*.py")), folder)
    (folder / "requirements.txt").write_text("six\n")
    (folder / "index.py").write_text("import missing_here\nprint 'two'\n")
    (folder / "odd.py").write_bytes(b"import gone\nx = '\xff'\n")
    return folder


def copy(files: Iterable[Path], folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, path in enumerate(files):
        (folder / f"m{number}.py").write_bytes(path.read_bytes())


@pytest.fixture
def check(
    program: Program, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Check:
    monkeypatch.delenv("SCF_AUDIT_NO_CACHE")

    def run(*options: str) -> Ran:
        kept = ("--cache-dir", str(tmp_path / "kept"))
        return program("check", str(project), "--format=json", *kept, *options)

    return run


def rows(tmp_path: Path) -> dict[bytes, bytes]:
    with closing(sqlite3.connect(tmp_path / "kept" / NAME)) as database:
        return dict(database.execute("SELECT key, value FROM entry WHERE kind = 'source'"))


def test_cold_warm_and_without_a_cache_say_the_same(
    check: Check, project: Path, tmp_path: Path
) -> None:
    copy(sorted(LIBRARY.rglob("*.py")), project / "more")
    without = check("--no-cache")
    assert "missing_here" in without.out
    assert not (tmp_path / "kept").exists()

    cold = check()
    kept = rows(tmp_path)
    warm = check()

    assert cold == warm == without == check("--refresh")
    assert len(kept) > 150
    assert rows(tmp_path) == kept


def test_what_is_kept_is_what_answers(check: Check, tmp_path: Path) -> None:
    check()
    forge(tmp_path, lambda _: encode((Source("", (Import("forged", 1),)), ())))

    assert "forged" in check().out
    assert "forged" in check("--refresh").out  # what it rests on cannot be stale
    assert "forged" not in check("--no-cache").out


def forge(tmp_path: Path, value: Callable[[bytes], bytes]) -> None:
    """Put other values where they were, as a program would that keeps something else."""
    from audit.index.cache.store import Store  # noqa: PLC0415  # for this test alone

    store = Store.open(tmp_path / "kept")
    for key, kept in rows(tmp_path).items():
        store.put("source", key.decode(), value(kept))
    store.close()


def test_a_changed_file_is_read_anew(check: Check, project: Path, tmp_path: Path) -> None:
    check()
    before = rows(tmp_path)
    (project / "index.py").write_text("import another_name\n")

    ran = check()

    assert "another_name" in ran.out
    assert "missing_here" not in ran.out
    assert ran == check("--no-cache")
    assert len(rows(tmp_path)) == len(before) + 1


def test_foreign_entries_are_read_anew(check: Check, tmp_path: Path) -> None:
    cold = check()
    before = rows(tmp_path)
    forge(tmp_path, lambda kept: kept[:-1])

    assert check() == cold
    assert rows(tmp_path) == before


def test_damaged_entries_are_read_anew(check: Check, tmp_path: Path) -> None:
    cold = check()
    before = rows(tmp_path)
    with closing(sqlite3.connect(tmp_path / "kept" / NAME)) as database, database:
        database.execute("UPDATE entry SET value = x'00' WHERE kind = 'source'")

    assert check() == cold
    assert rows(tmp_path) == before


def test_a_damaged_file_and_one_of_another_form_are_made_anew(check: Check, tmp_path: Path) -> None:
    cold = check()
    (tmp_path / "kept" / NAME).write_bytes(b"no database" * 1000)
    assert check() == cold
    with closing(sqlite3.connect(tmp_path / "kept" / NAME)) as database:
        database.execute("PRAGMA user_version = 99")
    assert check() == cold
    assert rows(tmp_path)


def test_a_cache_out_of_reach_is_told_and_does_no_harm(check: Check, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("in the way")
    ran = check()
    assert (ran.code, ran.out) == check("--no-cache")[:2]
    assert "cannot be used as cache" in ran.err


def test_what_is_kept_of_sources_is_shown(check: Check, program: Program, tmp_path: Path) -> None:
    check()
    out = program("cache", "--cache-dir", str(tmp_path / "kept")).out
    assert ["source", str(len(rows(tmp_path)))] in [line.split()[:2] for line in out.splitlines()]
