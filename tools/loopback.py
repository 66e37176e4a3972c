"""An HTTP server on loopback as a good index runs one: fast, threaded, with connections kept open.

What it answers is a function's business; how HTTP is spoken is here: HEAD, ranges, gzip,
ETag and 304, ages.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import lru_cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class Answer(NamedTuple):
    """What a GET gets: 200 with a body, or another status."""

    body: bytes = b""
    content_type: str = "text/plain"
    age: str | None = None
    """Cache-Control; None for neither that nor an ETag."""
    ranges: bool = False
    """Whether parts of the body can be asked for."""
    packed: bytes | None = None
    """The body gzipped, for who accepts that."""
    status: int = 200
    location: str | None = None


def packable(body: bytes, content_type: str, age: str | None) -> Answer:
    """Return an answer that is sent gzipped to who accepts it."""
    return Answer(body, content_type, age, packed=gzip.compress(body, 6, mtime=0))


class Loopback:
    """A running server: `with Loopback(answer) as server: server.root`.

    `answer` takes the path and the Accept header, is called from many threads, and is called
    after `delay` seconds.
    """

    def __init__(
        self, answer: Callable[[str, str], Answer], *, delay: float = 0.0, port: int = 0
    ) -> None:
        handler = partial(_Handler, answer, delay)
        self._server = _Server(("127.0.0.1", port), handler)
        self.root = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Loopback:  # noqa: PYI034 - Self is 3.11's
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.close_connections()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = False  # closing waits for them, so that no socket is left open

    def __init__(self, address: tuple[str, int], handler: Callable[..., _Handler]) -> None:
        super().__init__(address, handler)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]  # TCP only
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]  # TCP only
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away: they may have read enough."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on

    def close_connections(self) -> None:
        """End connections that clients keep open; their threads then end."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: 40 ms apart otherwise
    wbufsize = -1

    def __init__(
        self,
        answer: Callable[[str, str], Answer],
        delay: float,
        *connection: object,
    ) -> None:
        self._answer, self._delay = answer, delay
        super().__init__(*connection)  # type: ignore[arg-type]  # what the server gives

    def do_GET(self) -> None:
        time.sleep(self._delay)
        answer = self._answer(self.path.partition("?")[0], self.headers.get("Accept", ""))
        if answer.status != 200:  # noqa: PLR2004 - OK
            self._send(answer.status, answer.body, {"Location": answer.location})
            return
        etag = None if answer.age is None else _etag(answer.body)
        headers = {
            "Content-Type": answer.content_type,
            "Cache-Control": answer.age,
            "ETag": etag,
            "Vary": "Accept, Accept-Encoding" if answer.packed else None,
            "Accept-Ranges": "bytes" if answer.ranges else None,
        }
        if etag and self.headers.get("If-None-Match") == etag:
            self._send(304, b"", headers)
        elif answer.ranges and "Range" in self.headers:
            self._send_part(answer.body, headers)
        elif answer.packed and "gzip" in self.headers.get("Accept-Encoding", ""):
            self._send(200, answer.packed, {**headers, "Content-Encoding": "gzip"})
        else:
            self._send(200, answer.body, headers)

    do_HEAD = do_GET  # noqa: N815 - as above

    def _send_part(self, body: bytes, headers: dict[str, str | None]) -> None:
        part = _part(self.headers["Range"], len(body))
        if part is None:  # no range, or several: RFC 9110 lets the whole be sent
            self._send(200, body, headers)
        elif not len(part):
            self._send(416, b"", {"Content-Range": f"bytes */{len(body)}"})
        else:
            said = f"bytes {part.start}-{part.stop - 1}/{len(body)}"
            self._send(206, body[part.start : part.stop], {**headers, "Content-Range": said})

    def _send(self, status: int, body: bytes, headers: dict[str, str | None]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        if status != 304:  # noqa: PLR2004 - Not Modified has no body, and no length of one
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@lru_cache(maxsize=4096)  # the pages and files of a recording, asked for again and again
def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _part(header: str, size: int) -> range | None:
    """Return what a Range header asks for; empty where it lies outside."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", header.strip())
    if asked is None or not any(asked.groups()):
        return None
    first, last = asked.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1) if last else size)
