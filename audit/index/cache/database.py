"""The table of the cache in SQLite: reads by key, and one write for everything.

Raises what `cachefile.failures` lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from audit.index.cache.entries import Damaged, Entry, Total

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from audit.index.cache.entries import Address, Changes, Kind

SCHEMA = 1
"""Rises with the table and with the form of any value; each number has a file of its own."""
_APPLICATION = int.from_bytes(b"SCFA", "big")
"""SQLite's place for telling whose file it is."""

_TABLE = """
CREATE TABLE entry (
  kind TEXT NOT NULL, key BLOB NOT NULL, checksum INTEGER NOT NULL, etag BLOB NOT NULL,
  stored REAL NOT NULL, fresh_until REAL NOT NULL, used REAL NOT NULL,
  value BLOB NOT NULL,  -- last: the rest is read and summed without it
  PRIMARY KEY (kind, key)
)"""
_READ = """
SELECT value, stored, etag, fresh_until, used, checksum, key FROM entry
WHERE kind = ? AND key IN (?{more})"""
_AT_ONCE = 500
"""Keys in one question, which SQLite limits to 999 in older releases. 12,000 entries are read in
a quarter of the time that they take one by one."""
_WRITE = """
INSERT OR REPLACE INTO entry (value, stored, etag, fresh_until, used, checksum, kind, key)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
# What another process has stored in the meantime is newer than what was confirmed.
_RENEW = """
UPDATE entry SET stored = ?, fresh_until = ?, used = ?
WHERE kind = ? AND key = ? AND stored <= ?"""
_TOTALS = """
SELECT kind, count(*), sum(length(value)), min(stored) FROM entry
WHERE typeof(kind) = 'text' AND typeof(value) = 'blob' AND typeof(stored) = 'real' GROUP BY kind"""
_USE = "UPDATE entry SET used = ? WHERE kind = ? AND key = ?"
_DROP = "DELETE FROM entry WHERE kind = ? AND key = ?"


def lay_out(connection: sqlite3.Connection) -> None:
    """Make an empty cache of an empty file."""
    # A power cut may damage it: it is replaced then, and nothing is lost.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = WAL")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")


class Database(NamedTuple):
    """An open file. Not for several threads at once."""

    connection: sqlite3.Connection

    def check(self) -> None:
        """Raise as for a damaged file where it is not a cache of this version."""
        import sqlite3  # noqa: PLC0415 - loaded already, for the connection

        # With WAL, NORMAL may lose the last transactions in a power cut, and nothing else.
        self.connection.execute("PRAGMA synchronous = NORMAL")
        if (self._fact("application_id"), self._fact("user_version")) != (_APPLICATION, SCHEMA):
            raise sqlite3.DatabaseError("not a cache of this version")

    def read(self, address: Address) -> tuple[Entry, float] | Damaged | None:
        """Return an entry and when it was last used, or None where there is none."""
        kind, key = address
        return self.read_many(kind, (key,)).get(key)

    def read_many(
        self, kind: Kind, keys: Sequence[str]
    ) -> dict[str, tuple[Entry, float] | Damaged]:
        """Return what `read` does for each of these keys that has anything."""
        spelled = {_spelled(key): key for key in keys}
        asked = list(spelled)
        found = {}
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            question = _READ.format(more=", ?" * (len(some) - 1))
            for row in self.connection.execute(question, (kind, *some)).fetchall():
                key = spelled[row[-1]]
                found[key] = _entry((kind, key), row)
        return found

    def write(self, changes: Changes, now: float, limit: int) -> None:
        """Make all changes or, where it raises, none; keep the entries within `limit` bytes.

        Over the limit, what was not used for longest goes until a quarter is free again.
        Its room is used for what comes next: the file itself does not get smaller.
        """
        with self.connection as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(_DROP, map(_place, changes.damaged))
            database.executemany(_WRITE, _written(changes, now))
            database.executemany(_RENEW, _renewed(changes, now))
            database.executemany(_USE, ((now, *_place(each)) for each in changes.used))
            if self._size() > limit:
                oldest = self._beyond(limit * 3 / 4)
                database.executemany("DELETE FROM entry WHERE rowid = ?", oldest)

    def totals(self) -> tuple[Total, ...]:
        """Count what is kept, by kind."""
        return tuple(Total(*row) for row in self.connection.execute(_TOTALS))

    def _size(self) -> int:
        """Return the bytes of the file that hold something."""
        pages = self._fact("page_count") - self._fact("freelist_count")
        return pages * self._fact("page_size")

    def _fact(self, name: str) -> int:
        number: int = self.connection.execute(f"PRAGMA {name}").fetchone()[0]
        return number

    def _beyond(self, room: float) -> list[tuple[int]]:
        """Return the rows that do not fit in the room, those used last having the first claim."""
        found = []
        for row, size in self.connection.execute(
            "SELECT rowid, length(value) FROM entry ORDER BY used DESC, rowid DESC"
        ):
            room -= size
            if room < 0:
                found.append((row,))
        return found


def _entry(address: Address, row: tuple[Any, ...]) -> tuple[Entry, float] | Damaged:
    value, stored, etag, fresh_until, used, checksum, _ = row
    if {type(stored), type(fresh_until), type(used)} != {float}:
        return Damaged(address)
    if not (isinstance(value, bytes) and isinstance(etag, bytes)):
        return Damaged(address)
    if checksum != _checksum(address, etag, value):
        return Damaged(address)
    return Entry(value, stored, etag.decode("utf-8", "surrogatepass"), fresh_until), used


def _written(changes: Changes, now: float) -> Iterator[tuple[object, ...]]:
    for address, (value, stored, text, fresh_until) in changes.written.items():
        etag = _spelled(text)
        checksum = _checksum(address, etag, value)
        yield (value, stored, etag, fresh_until, now, checksum, *_place(address))


def _renewed(changes: Changes, now: float) -> Iterator[tuple[object, ...]]:
    for address, (stored, fresh_until) in changes.renewed.items():
        yield (stored, fresh_until, now, *_place(address), stored)


def _place(address: Address) -> tuple[str, bytes]:
    kind, key = address
    return kind, _spelled(key)


def _checksum(address: Address, etag: bytes, value: bytes) -> int:
    """Tell a value that was altered, and one that belongs elsewhere."""
    return crc32(value, crc32(b"\0".join((*map(_spelled, address), etag))))


def _spelled(text: str) -> bytes:
    """Return text as bytes, with the undecodable letters of file names."""
    return text.encode("utf-8", "surrogatepass")
