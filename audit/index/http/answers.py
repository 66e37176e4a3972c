"""What is asked of a host, and what comes back: the values of the transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.index.http.access import Access


class Request(NamedTuple):
    """What is asked for, at each hop and in each try."""

    url: str
    """Without credentials and fragment."""
    headers: Mapping[str, str]
    most: int
    """Bytes that the body may have, once decoded."""
    access: Access

    @property
    def is_decoded(self) -> bool:
        """Whether a compressed body is unpacked; otherwise it is handed on as it was sent."""
        return self.headers["Accept-Encoding"] != "identity"


class Reply(NamedTuple):
    """An answer of a host."""

    url: str
    """Of the last hop, without credentials and fragment: what links in the body relate to."""
    status: int
    """200, 206, 304, 404, 410 or 416."""
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes
    """Decoded, whole; empty but for 200 and 206."""


class Failed(NamedTuple):
    """No answer that says anything of what was asked for."""

    reason: str
    """For the user; names the host, and holds no secret."""
    status: int = 0
    """Of the last answer; 0 where there was none. 200 or 206: its body was too much or broken."""


class Fault(NamedTuple):
    """Why one try came to nothing."""

    reason: str
    """As in `Failed`."""
    status: int = 0
    passes: bool = True
    """Whether it may be over when it is tried again."""
    after: float | None = None
    """Seconds that the host asks to wait before."""
    unreachable: str = ""
    """Scheme and host, where not even a connection came about."""
