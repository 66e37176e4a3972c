"""Where what the index said, and what was read of sources, is kept from run to run."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from audit.index.cache.cachefile import user_folder
from audit.index.cache.store import MemoryStore, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from audit.cli.settings import Settings
    from audit.cli.terminal import Terminal
    from audit.index.cache.store import Cache


@contextmanager
def open_cache(settings: Settings, terminal: Terminal) -> Iterator[Cache]:
    """Yield where one run keeps what it fetches; written when it is over, also where it fails."""
    folder = None if settings.no_cache else cache_folder(settings.cache_dir, terminal)
    cache = MemoryStore() if folder is None else Store.open(folder, refresh=settings.refresh)
    try:
        yield cache
    finally:
        cache.close()
        if cache.problem is not None and not settings.quiet:
            terminal.say("warning", cache.problem)


def cache_folder(cache_dir: str | None, terminal: Terminal) -> Path | None:
    """Return the folder of `--cache-dir`, or the user's own; None where the user has no home."""
    return Path(cache_dir) if cache_dir else user_folder(terminal.environ)


class KeptSources:
    """What was read of sources, kept beside what the indexes said.

    It rests on the content of the file alone: `--refresh` has nothing to ask anew.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def find(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return what is kept under those of the keys that have anything."""
        return {key: entry.value for key, entry in self._cache.get_many("source", keys).items()}

    def put(self, key: str, value: bytes) -> None:
        """Keep a value under a key."""
        self._cache.put("source", key, value)
