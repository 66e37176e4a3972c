"""The body of an answer, read within limits of size and time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from urllib3.exceptions import HTTPError

from audit.index.http.answers import Fault
from audit.index.http.faults import broken_body

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from urllib3 import BaseHTTPResponse

_LENGTH = re.compile(r"[0-9]{1,18}")
_PART = 2**16
_ENCODINGS = {"", "identity", "gzip", "x-gzip", "deflate"}
_TIMEOUTS = 4  # time-outs that a body may take, whatever its pace
_SLOWEST = 2**14
"""Bytes a second that a body must come with after that: 16 KiB, half of a 256 kbit/s line. A
fixed limit would end an honest download of a large wheel, none would let a drip go on for ever."""


class Patience(NamedTuple):
    """How long an answer is waited for."""

    timeout: float
    """Seconds, for the connection and for each part of the answer."""
    clock: Callable[[], float]
    """Counts seconds."""
    closed: Event
    """Set when nobody waits any longer."""


class Limits:
    """How much of a body is read, and for how long."""

    def __init__(self, most: int, patience: Patience) -> None:
        """Start the clock. `most` is in bytes once decoded."""
        self.most = most
        self._patience = patience
        self._start = patience.clock()

    def excess(self, decoded: int, received: int) -> str | None:
        """Say which limit is passed, of bytes as they are used and as they came."""
        if decoded > self.most:
            return f"has more than {self.most:,} bytes"
        if self._patience.closed.is_set():
            return "is not waited for: the run is over"
        seconds = self._patience.clock() - self._start
        if seconds > _TIMEOUTS * self._patience.timeout + received / _SLOWEST:
            return f"comes too slowly: {received:,} bytes in {seconds:.0f} s"
        return None


def read_body(response: BaseHTTPResponse, host: str, limits: Limits) -> bytes | Fault:
    """Read a body to its end, decoded if the response is to be.

    One that is broken off may come whole in another try; one past a limit will not.
    """
    declared = response.headers.get("content-length", "")
    length = int(declared) if _LENGTH.fullmatch(declared) else None
    answer = f"the answer of {host}"
    foreign = response.decode_content and _foreign_encoding(response)
    if foreign:
        return Fault(f"{answer} is compressed as nobody asked for: {foreign}", passes=False)
    if length is not None and length > limits.most:
        return Fault(f"{answer} {limits.excess(length, 0)}", passes=False)
    parts, size = [], 0
    try:
        # read1 gives what is there: read would wait for a full part while bytes drip in.
        while part := response.read1(_PART):
            parts.append(part)
            size += len(part)
            if excess := limits.excess(size, response.tell()):
                return Fault(f"{answer} {excess}", passes=False)
    except (HTTPError, OSError, ValueError) as error:
        return broken_body(error, host, response.tell(), length)
    return b"".join(parts)


def _foreign_encoding(response: BaseHTTPResponse) -> str:
    named = response.headers.get("content-encoding", "").lower().split(",")
    return ", ".join(each.strip() for each in named if each.strip() not in _ENCODINGS)
