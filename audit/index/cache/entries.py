"""What the cache keeps: entries under addresses, and the changes that are still to be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["page", "metadata", "contents", "settings", "run", "interpreter", "ruling", "source"]
"""What an entry is about; keys are unique within a kind."""
Address = tuple[Kind, str]


class Entry(NamedTuple):
    """Something that is kept, with what its age is judged by."""

    value: bytes
    stored: float
    """When it was fetched, or confirmed by its index; seconds since 1970, as `fresh_until`."""
    etag: str
    fresh_until: float


class Damaged(NamedTuple):
    """An entry that is not what was written."""

    address: Address


@dataclass(slots=True)
class Changes:
    """What is to be written, by address."""

    written: dict[Address, Entry] = field(default_factory=dict)
    renewed: dict[Address, tuple[float, float]] = field(default_factory=dict)
    """Address -> when it was confirmed, and until when it is fresh."""
    used: set[Address] = field(default_factory=set)
    damaged: set[Address] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.written or self.renewed or self.used or self.damaged)


class Total(NamedTuple):
    """What is kept of one kind."""

    kind: str
    entries: int
    bytes: int
    """Of the values alone."""
    oldest: float
    """When the oldest of it was stored, in seconds since 1970."""
