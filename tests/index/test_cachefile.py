from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.index.cache.cachefile import NAME, cache_files, connect, create, discard, user_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="platformdirs itself answers there")


@LINUX
@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HOME": "/home/somebody"},
        {"HOME": "relative"},
        {"HOME": ""},
        {"HOME": "/home/somebody", "XDG_CACHE_HOME": "/elsewhere"},
        {"HOME": "/home/somebody", "XDG_CACHE_HOME": "relative"},
        {"HOME": "/home/somebody", "XDG_CACHE_HOME": "~/elsewhere"},
        {"HOME": "/home/somebody", "XDG_CACHE_HOME": ""},
        {"HOME": "/", "XDG_CACHE_HOME": " "},
    ],
)
def test_the_folder_is_where_platformdirs_puts_it(environ: Mapping[str, str]) -> None:
    asked = subprocess.run(
        [
            sys.executable,
            "-c",
            "import platformdirs; print(platformdirs.user_cache_dir('scf-audit'), end='')",
        ],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )

    assert str(user_folder(environ)) == asked.stdout


@LINUX
def test_platformdirs_is_not_loaded_for_it() -> None:
    loads = "import os, sys; from audit.index.cache import cachefile as ours"
    loads += "; ours.user_folder(os.environ)"
    asked = [sys.executable, "-c", f"{loads}; sys.exit('platformdirs' in sys.modules)"]

    assert subprocess.run(asked, check=False).returncode == 0


def test_a_new_cache_is_for_its_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / NAME

    create(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert os.listdir(file.parent) == [NAME]  # noqa: PTH208 - names are what matters


def test_a_cache_that_is_there_by_then_stays(tmp_path: Path) -> None:
    file = tmp_path / NAME
    create(file)
    before = file.stat().st_ino

    create(file)

    assert file.stat().st_ino == before
    assert cache_files(tmp_path) == (file,)


def test_where_there_is_no_file_none_is_made(tmp_path: Path) -> None:
    assert connect(tmp_path / NAME) is None
    assert connect(tmp_path / "missing" / NAME) is None
    assert list(tmp_path.iterdir()) == []


class _MadeMeanwhile(type(Path())):  # type: ignore[misc]  # the class for this system
    """A file that another process makes while one looks whether it is there."""

    def exists(self, **_options: bool) -> bool:
        create(Path(self))
        return True


def test_a_file_that_another_process_makes_meanwhile_can_be_written(tmp_path: Path) -> None:
    database = connect(_MadeMeanwhile(tmp_path / NAME))

    assert database is not None
    database.connection.execute("DELETE FROM entry")
    database.connection.close()


@pytest.mark.parametrize("folder", ["a b", "100%25", "what?x=1#y", "报告", os.fsdecode(b"\xff")])
def test_any_folder_will_do(tmp_path: Path, folder: str) -> None:
    file = tmp_path / folder / NAME
    create(file)

    database = connect(file)

    assert database is not None
    database.connection.close()
    assert cache_files(file.parent) == (file,)


def test_only_our_own_files_are_found_and_companions_come_first(tmp_path: Path) -> None:
    ours = [
        "scf-audit-v12.sqlite.new-a_1-wal",
        "scf-audit-v12.sqlite.new-a_1",
        f"{NAME}-journal",
        f"{NAME}-shm",
        f"{NAME}-wal",
        NAME,
    ]
    for name in (*ours, "scf-audit.sqlite", f"{NAME}.bak", f"my-{NAME}", "notes.txt"):
        (tmp_path / name).touch()

    assert [path.name for path in cache_files(tmp_path)] == ours


def test_a_cache_goes_with_its_companions(tmp_path: Path) -> None:
    for name in (NAME, f"{NAME}-wal", f"{NAME}-shm", "other"):
        (tmp_path / name).touch()

    discard(tmp_path / NAME)
    discard(tmp_path / NAME)

    assert [path.name for path in tmp_path.iterdir()] == ["other"]
