"""The phrase for an amount of bytes."""

from __future__ import annotations

_MEGABYTE = 1_000_000


def amount(size: int) -> str:
    """Return bytes in decimal units, as the platform counts: `12 kB`, `1.2 MB`."""
    return f"{size / 1e3:.0f} kB" if size < _MEGABYTE else f"{size / _MEGABYTE:.1f} MB"
