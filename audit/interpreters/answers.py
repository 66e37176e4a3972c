"""What an interpreter can answer."""

from __future__ import annotations

from typing import NamedTuple


class Greeting(NamedTuple):
    """Who answers."""

    implementation: str
    """`cpython`, `pypy`."""
    python: str
    """The feature version, `3.6`."""
    full_version: str
    executable: str
    """Its own path as it sees it, which is another one behind a wrapper."""


class Refusal(NamedTuple):
    """What a compiler objects to."""

    message: str
    line: int | None


class Unsure(NamedTuple):
    """The answer of an interpreter that cannot tell."""


class SilentError(Exception):
    """An interpreter gives no answer; the text says why, in a phrase."""
