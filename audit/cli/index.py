"""The index that one run asks: pip's configuration and the cache put together."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from time import localtime, strftime
from typing import TYPE_CHECKING

from audit.cli.progress import progress_for
from audit.index.client import Client
from audit.index.pip.options import PipOptions
from audit.index.pip.sources import read_sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.cli.settings import Settings
    from audit.cli.terminal import Terminal
    from audit.index.cache.store import Cache
    from audit.index.pip.sources import Sources
    from audit.model import IndexOption

_MOST_NAMES = 10
"""How many names one warning lists."""


@contextmanager
def open_index(
    settings: Settings, options: Sequence[IndexOption], terminal: Terminal, cache: Cache
) -> Iterator[Client]:
    """Yield the index for a project whose requirements say `options`; nothing is asked yet.

    Raises UsageError for what is wrong in the user's own options.
    """
    read = partial(read_sources, terminal.environ, options, settings.pip, _Settings(cache))
    if settings.pip != PipOptions():
        sources = read()  # the user's own options are checked whether an index is asked or not
        read = partial(_as_read, sources)
    progress = progress_for(terminal, quiet=settings.quiet)
    watch = None if progress is None else progress.tell
    client = Client(read, cache, offline=settings.offline, watch=watch)
    try:
        yield client
    finally:
        client.close()
        if progress is not None:
            progress.close()


def notes_of(index: Client) -> Iterator[tuple[str, str]]:
    """Yield kind and message of what a user should know of the index that answered."""
    if index.shared:
        names = ", ".join(index.shared[:_MOST_NAMES])
        more = len(index.shared) - _MOST_NAMES
        yield (
            "warning",
            f"on more than one index, with different files: {names}"
            + (f" and {more} more" if more > 0 else "")
            + "; pip takes the newest of all, so whoever owns the name on one can replace it",
        )
    if index.oldest is not None:
        day = strftime("%Y-%m-%d %H:%M", localtime(index.oldest))
        yield "note", f"--offline: what the index said on {day}, or since"


def _as_read(sources: Sources) -> Sources:
    return sources


class _Settings:
    """What pip is configured for, kept beside what the indexes said."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def get(self, key: str) -> bytes | None:
        entry = self._cache.get("settings", key)
        return None if entry is None else entry.value

    def put(self, key: str, value: bytes) -> None:
        self._cache.put("settings", key, value)
