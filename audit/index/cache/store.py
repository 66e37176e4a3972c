"""The cache: what was fetched, and what was read of sources, by kind and key.

Nothing here raises: a cache that fails costs time, never an answer. Keys hold no credentials;
callers leave them out.
"""

from __future__ import annotations

from math import inf
from threading import Lock
from time import time
from typing import TYPE_CHECKING, Protocol, TypeVar

from audit.errors import reason
from audit.index.cache.cachefile import NAME, connect, create, discard, failures, is_damaged
from audit.index.cache.entries import Changes, Damaged, Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from audit.index.cache.database import Database
    from audit.index.cache.entries import Address, Kind

_Answer = TypeVar("_Answer")

_LIMIT = 128_000_000
"""Bytes; the study's 168 projects take 10 MB."""
_USED_LATELY = 7 * 86_400.0
"""Seconds for which one use is as good as the next: only reads of older entries are noted."""


class Cache(Protocol):
    """Where fetched things are kept. Every method may be called from any thread."""

    @property
    def problem(self) -> str | None:
        """Why nothing is kept, fit for a warning; None while all is well."""

    def get(self, kind: Kind, key: str) -> Entry | None:
        """Return what is kept under a key, however old, or None."""

    def get_many(self, kind: Kind, keys: Sequence[str]) -> Mapping[str, Entry]:
        """Return what `get` does for each of these keys that has anything, in less time."""

    def put(
        self, kind: Kind, key: str, value: bytes, *, etag: str = "", fresh_for: float = inf
    ) -> None:
        """Keep a value, fresh for so many seconds from now; for ever by default."""

    def renew(self, kind: Kind, key: str, fresh_for: float) -> None:
        """Take the index's word that what is kept is still so (a 304)."""

    def close(self) -> None:
        """Write what is not written yet. Nothing is found or kept from then on."""


class MemoryStore:
    """A cache that ends with the run."""

    problem: str | None = None

    def __init__(self, clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._entries: dict[Address, Entry] = {}

    def get(self, kind: Kind, key: str) -> Entry | None:
        """Return what was put there during this run."""
        return self._entries.get((kind, key))

    def get_many(self, kind: Kind, keys: Sequence[str]) -> Mapping[str, Entry]:
        """Return what was put under these keys during this run."""
        return {key: entry for key in keys if (entry := self.get(kind, key))}

    def put(
        self, kind: Kind, key: str, value: bytes, *, etag: str = "", fresh_for: float = inf
    ) -> None:
        """Keep a value until the end of the run."""
        now = self._clock()
        self._entries[kind, key] = Entry(value, now, etag, now + fresh_for)

    def renew(self, kind: Kind, key: str, fresh_for: float) -> None:
        """Make what is kept fresh again."""
        entry = self.get(kind, key)
        if entry is not None:
            self.put(kind, key, entry.value, etag=entry.etag, fresh_for=fresh_for)

    def close(self) -> None:
        """Forget everything."""
        self._entries.clear()


class Store:
    """A cache in a file that all runs of a user share.

    The file is opened by the first question and made by the first write. A damaged or foreign
    one is replaced, once; when it fails otherwise, the run goes on without it.
    """

    def __init__(
        self, file: Path, *, clock: Callable[[], float], refresh: bool, limit: int
    ) -> None:
        self.problem: str | None = None
        self._file = file
        self._clock = clock
        self._fresh_since = clock() if refresh else 0.0
        self._limit = limit
        self._lock = Lock()
        self._changes = Changes()
        self._database: Database | None = None
        self._is_usable = True
        self._was_replaced = False

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Callable[[], float] = time,
        refresh: bool = False,
        limit: int = _LIMIT,
    ) -> Store:
        """Return the cache in a folder, which need not be there; nothing is touched yet.

        With `refresh` whatever an earlier run has stored is found, but no longer fresh. The
        file is kept at about `limit` bytes.
        """
        return cls(folder / NAME, clock=clock, refresh=refresh, limit=limit)

    def get(self, kind: Kind, key: str) -> Entry | None:
        """Return what is kept under a key, however old, or None."""
        return self.get_many(kind, (key,)).get(key)

    def get_many(self, kind: Kind, keys: Sequence[str]) -> Mapping[str, Entry]:
        """Return what is kept under each of these keys that has anything."""
        now = self._clock()
        with self._lock:
            written = self._changes.written
            asked = [key for key in keys if (kind, key) not in written]
            read = (self._ask(lambda file: file.read_many(kind, asked)) if asked else None) or {}
            found = {key: self._found((kind, key), each, now) for key, each in read.items()}
            found.update({key: written.get((kind, key)) for key in keys if key not in read})
        return {key: self._aged(entry, now) for key, entry in found.items() if entry is not None}

    def _found(
        self, address: Address, found: tuple[Entry, float] | Damaged, now: float
    ) -> Entry | None:
        match found:
            case Damaged():
                self._changes.damaged.add(address)
                return None
            case entry, used:
                if now - used > _USED_LATELY:
                    self._changes.used.add(address)
                stored, fresh_until = self._changes.renewed.get(address, (0.0, 0.0))
                if stored:
                    return entry._replace(stored=stored, fresh_until=fresh_until)
                return entry

    def _aged(self, entry: Entry, now: float) -> Entry:
        # A clock that was ahead must not make anything fresh for years.
        if entry.stored < self._fresh_since or entry.stored > now:
            return entry._replace(fresh_until=0.0)
        return entry

    def put(
        self, kind: Kind, key: str, value: bytes, *, etag: str = "", fresh_for: float = inf
    ) -> None:
        """Keep a value, fresh for so many seconds from now; it is written by `flush`."""
        now = self._clock()
        with self._lock:
            self._changes.written[kind, key] = Entry(value, now, etag, now + fresh_for)

    def renew(self, kind: Kind, key: str, fresh_for: float) -> None:
        """Take the index's word that what is kept is still so (a 304)."""
        now = self._clock()
        with self._lock:
            entry = self._changes.written.get((kind, key))
            if entry is None:
                self._changes.renewed[kind, key] = (now, now + fresh_for)
            else:
                renewed = entry._replace(stored=now, fresh_until=now + fresh_for)
                self._changes.written[kind, key] = renewed

    def flush(self) -> None:
        """Write all changes at once, or none of them."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        for _ in range(2):  # again where the file was damaged, and is gone now
            if self._changes and self._is_usable and self._ask(self._write, create_file=True):
                self._changes = Changes()

    def _write(self, database: Database) -> bool:
        database.write(self._changes, self._clock(), self._limit)
        return True

    def close(self) -> None:
        """Write what is not written yet. Nothing is found or kept from then on."""
        with self._lock:
            self._flush()
            self._disconnect()
            self._is_usable = False
            self._changes = Changes()

    def _ask(
        self, question: Callable[[Database], _Answer], *, create_file: bool = False
    ) -> _Answer | None:
        """Put a question to the file; None where there is none, and where it fails."""
        if not self._is_usable:
            return None
        try:
            if self._database is None:
                self._database = connect(self._file)
            if self._database is None and create_file:
                create(self._file)
                self._database = connect(self._file)
            return None if self._database is None else question(self._database)
        except failures() as error:
            self._recover(error)
            return None

    def _recover(self, error: Exception) -> None:
        self._disconnect()
        if is_damaged(error, self._file) and not self._was_replaced:
            self._was_replaced = True
            try:
                discard(self._file)
            except OSError as obstacle:
                error = obstacle
            else:
                return
        self._is_usable = False
        self.problem = f"{self._file}: cannot be used as cache: {reason(error)}"

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.connection.close()
            self._database = None
