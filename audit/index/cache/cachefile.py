"""The cache as a file on disk: where it is, how it comes to be, how it goes.

Raises what `failures` lists. A file is there whole or not at all, readers and writers of
several processes do not wait for each other (WAL), and a process that is killed leaves either
all of its changes or none.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from audit.index.cache.database import SCHEMA, Database, lay_out

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

NAME = f"scf-audit-v{SCHEMA}.sqlite"
_OURS = re.compile(r"scf-audit-v\d+\.sqlite(\.new-\w+)?(-wal|-shm|-journal)?")
_PATIENCE = 1.0
"""Seconds to wait for another process, which holds the file for milliseconds at a time."""

_OUT_OF_REACH = ("locked", "locking", "full", "unable to open", "disk I/O")


def user_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of this user's cache, as platformdirs names it; None without a home.

    On Linux that is the XDG base directory specification, which is read here: platformdirs
    takes 20 ms to import, half of what a run from the cache may take.
    """
    if sys.platform == "linux":
        base = _xdg_cache(environ)
        return base and base / "scf-audit"
    from platformdirs import user_cache_path  # noqa: PLC0415 - as said above

    try:
        return user_cache_path("scf-audit", appauthor=False)
    except RuntimeError:
        return None


def _xdg_cache(environ: Mapping[str, str]) -> Path | None:
    named = Path(environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named
    home = Path(environ.get("HOME", ""))
    if not home.is_absolute():
        import pwd  # noqa: PLC0415 - not there on every system

        try:
            home = Path(pwd.getpwuid(os.getuid()).pw_dir)
        except KeyError:  # a container that runs as a number
            return None
    return home / ".cache" if home.is_absolute() else None


def connect(file: Path) -> Database | None:
    """Open a cache; None where there is no file."""
    connection = _opened(file)
    if connection is None:
        return None
    try:
        database = Database(connection)
        database.check()
    except BaseException:
        connection.close()
        raise
    return database


def _opened(file: Path) -> sqlite3.Connection | None:
    # 6 ms that a run without an index does not need.
    import sqlite3  # noqa: PLC0415

    # SQLite opens for reading alone what it cannot open for writing, and so it does with a file
    # that another process makes between the two: seen under load, once in hundreds of first runs.
    if not file.exists():
        return None
    try:
        return _open(file)
    except sqlite3.OperationalError:
        if file.exists():
            raise
        return None


def failures() -> tuple[type[Exception], ...]:
    """Return what working with a cache may raise, however damaged the file is."""
    import sqlite3  # noqa: PLC0415 - as in `_opened`

    # Python decodes SQLite's messages, which quote from a damaged file.
    return sqlite3.Error, OSError, UnicodeDecodeError


def is_damaged(error: Exception, file: Path) -> bool:
    """Whether a failure means that the file is broken or foreign, rather than out of reach.

    Most damage is a DatabaseError itself; in the description of the table it is an
    OperationalError, like a lock or a full disk. SQLite's codes are only there from Python
    3.11 on, so its messages decide, which have not changed for many years.
    """
    import sqlite3  # noqa: PLC0415 - as in `_opened`

    if isinstance(error, sqlite3.OperationalError):
        if "readonly" in str(error):  # the file system says so, or a damaged header
            return os.access(file, os.W_OK)
        return not any(words in str(error) for words in _OUT_OF_REACH)
    return not isinstance(error, OSError)


def create(file: Path) -> None:
    """Make an empty cache, for this user alone, unless there is one by then."""
    from tempfile import mkstemp  # noqa: PLC0415 - 4 ms that only a first run needs

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = mkstemp(prefix=f"{file.name}.new-", dir=file.parent)
    os.close(descriptor)
    beside = Path(name)
    try:
        with closing(_open(beside)) as connection:
            lay_out(connection)
        _publish(beside, file)
    finally:
        discard(beside)


def _open(file: Path) -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - as in `_opened`

    return sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=rw",  # SQLite makes a missing file otherwise
        uri=True,
        timeout=_PATIENCE,
        isolation_level=None,  # transactions begin where we say so
        check_same_thread=False,
    )


def _publish(beside: Path, file: Path) -> None:
    try:
        file.hardlink_to(beside)
    except FileExistsError:
        return  # another process was faster, and may have entries in it by now
    except OSError:  # a file system without hard links
        beside.replace(file)


def discard(file: Path) -> None:
    """Remove a cache and what SQLite keeps beside it.

    The companions go first: who makes a new file in between must not lose those of that one.
    Who has the old file open goes on with it; SQLite sees that it was moved, and leaves the
    companions of the new one alone.
    """
    for suffix in ("-wal", "-shm", ""):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def cache_files(folder: Path) -> tuple[Path, ...]:
    """Return our files in a folder, of every version, companions before their files."""
    if not folder.is_dir():
        return ()
    found = (path for path in folder.iterdir() if _OURS.fullmatch(path.name))
    return tuple(sorted(found, key=lambda path: (-len(path.name), path.name)))
