"""What the tests of the index share: a server on loopback that fails as it is told to."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import ssl
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from audit.index.http.login import authorization
from tools.facts import Said
from tools.synthesis import archive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.conftest import Program, Ran


class Asked(NamedTuple):
    """A request as it reached the server."""

    path: str
    headers: Mapping[str, str]
    """With names in lower case."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What happens when a path is asked for. Combine as you need."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent beside those that follow from the rest; given here, Content-Length is what it says."""
    etag: str | None = None
    """Answers 304 to who has it."""
    gzip: bool = False
    """Compresses the body for who accepts it."""
    ranges: bool = False
    """Answers 206 and 416 to who asks for a range; otherwise a range is ignored."""
    login: tuple[str, str] | None = None
    """Answers 401 to who does not send this user and password."""
    chunked: bool = False
    endless: bool = False
    """The body, repeated for ever."""
    pause: float = 0
    """Seconds of silence before the answer."""
    drip: float = 0
    """Seconds between each two bytes of the body."""
    cut: int | None = None
    """The connection breaks after that many bytes of the body."""
    hangs_up: bool = False
    """The connection breaks before the answer."""
    raw: bytes | None = None
    """Sent as it is, instead of an answer; the connection ends after it."""

    def settled(self, asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for a request with such headers."""
        headers = {"ETag": self.etag} if self.etag else {}
        headers.update(self.headers)
        if self.login and asked.get("authorization") != authorization(self.login):
            return 401, {"WWW-Authenticate": 'Basic realm="here"'}, b""
        if self.etag and asked.get("if-none-match") == self.etag:
            return 304, headers, b""
        if self.ranges and "range" in asked:
            return self._part(asked["range"], headers)
        if self.gzip and "gzip" in asked.get("accept-encoding", ""):
            return self.status, {**headers, "Content-Encoding": "gzip"}, gzip.compress(self.body)
        return self.status, headers, self.body

    def _part(self, wanted: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        size = len(self.body)
        start = int(first) if first else max(0, size - int(last))
        end = min(size, int(last) + 1) if first and last else size
        if start >= end:
            return 416, {**headers, "Content-Range": f"bytes */{size}"}, b""
        place = {"Content-Range": f"bytes {start}-{end - 1}/{size}", "Accept-Ranges": "bytes"}
        return 206, {**headers, **place}, self.body[start:end]


class Loopback:
    """A server on loopback; what it was not told to serve is a 404."""

    def __init__(self, identity: Path | None = None, *, tunnels: bool = False) -> None:
        """Start to listen; with a PEM file of key and certificate, over TLS.

        One that tunnels is a plain proxy, which speaks TLS behind the tunnels it opens.
        """
        self.asked: list[Asked] = []
        """Every request, in the order of arrival."""
        self.connections = 0
        """How many were opened."""
        self.over = Event()
        self.tls: ssl.SSLContext | None = None
        self._answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self._lock = Lock()
        self._scheme = "http" if identity is None or tunnels else "https"
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.loopback = self
        if identity is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(identity)
        if self.tls is not None and not tunnels:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        poll = 0.01
        self._thread = Thread(target=self._server.serve_forever, args=(poll,), daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """The host with its port, as it stands in URLs."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def url(self, path: str = "/", userinfo: str = "") -> str:
        """Return the URL of a path, with `user:password@` if given."""
        return f"{self._scheme}://{userinfo}{self.host}{path}"

    def serve(
        self,
        path: str,
        body: bytes = b"",
        *,
        times: int = 1,
        **how: Any,  # noqa: ANN401 - the fields of Answer, which checks them
    ) -> None:
        """Add what happens the next `times` that a path is asked for; the last goes on for ever.

        `how` is as in `Answer`.
        """
        self._answers[path] += [Answer(body=body, **how)] * times

    def withdraw(self, path: str) -> None:
        """Forget what was said of a path."""
        self._answers.pop(path, None)

    def body(self, path: str) -> bytes:
        """Return what a path would give; nothing is counted as asked."""
        return next((each.body for each in self._answers[path]), b"")

    def paths(self) -> list[str]:
        """Return the paths that were asked for, in the order of arrival."""
        return [asked.path for asked in self.asked]

    def answer(self, asked: Asked) -> Answer:
        """Take note of a request and return what is to happen."""
        with self._lock:
            self.asked.append(asked)
            answers = self._answers[asked.path]
            return answers.pop(0) if len(answers) > 1 else (answers or [Answer(status=404)])[0]

    def close(self) -> None:
        """Stop, also in the middle of an answer."""
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    loopback: Loopback

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who breaks off a connection does it on purpose here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body are two writes: 40 ms apart otherwise
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.loopback.connections += 1

    def do_GET(self) -> None:
        asked = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.loopback.answer(Asked(self.path, asked))
        self.server.loopback.over.wait(answer.pause)
        if answer.hangs_up or answer.raw is not None:
            self.wfile.write(answer.raw or b"")
            self.close_connection = True
            return
        status, headers, body = answer.settled(asked)
        self.send_response(status)
        self._send_headers(answer, headers, len(body))
        if status != 304:
            self._send_body(answer, body)

    def do_CONNECT(self) -> None:
        """Be a proxy, and behind the tunnel the host that was asked for as well."""
        asked = {name.lower(): value for name, value in self.headers.items()}
        status = self.server.loopback.answer(Asked(self.path, asked)).status
        self.send_response(status)
        self.end_headers()
        tls = self.server.loopback.tls
        if status == 200 and tls is not None:
            self.request = tls.wrap_socket(self.request, server_side=True)
            super().setup()
            self.close_connection = False

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _send_headers(self, answer: Answer, headers: Mapping[str, str], size: int) -> None:
        if answer.chunked or answer.endless:
            self.send_header("Transfer-Encoding", "chunked")
        elif "Content-Length" not in headers:
            self.send_header("Content-Length", str(size))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_body(self, answer: Answer, body: bytes) -> None:
        over = self.server.loopback.over
        sent = body if answer.cut is None else body[: answer.cut]
        while answer.endless and not over.is_set():
            self._send(answer, sent)
        for start in range(len(sent)) if answer.drip else ():
            self._send(answer, sent[start : start + 1])
            if over.wait(answer.drip):
                return
        if sent and not answer.drip:
            self._send(answer, sent)
        if answer.cut is not None:
            self.close_connection = True
        elif answer.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _send(self, answer: Answer, part: bytes) -> None:
        is_chunk = answer.chunked or answer.endless
        self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if is_chunk else part)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """Return a server that speaks HTTP."""
    server = Loopback()
    yield server
    server.close()


@pytest.fixture
def elsewhere() -> Iterator[Loopback]:
    """Return a second server: another host, or a proxy."""
    server = Loopback()
    yield server
    server.close()


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a PEM file with a key and a certificate of its own for 127.0.0.1."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here to make a certificate")
    folder = tmp_path_factory.mktemp("identity")
    pem, key = folder / "identity.pem", folder / "key.pem"
    command = "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2 -subj /CN=here"
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:pypi.example"]
    files = ["-keyout", str(key), "-out", str(pem)]
    subprocess.run([openssl, *command.split(), *names, *files], check=True, capture_output=True)
    pem.write_text(pem.read_text() + key.read_text())
    return pem


@pytest.fixture
def secure(identity: Path) -> Iterator[Loopback]:
    """Return a server that speaks HTTPS, with a certificate that nobody trusts by itself."""
    server = Loopback(identity)
    yield server
    server.close()


@pytest.fixture
def proxy(identity: Path) -> Iterator[Loopback]:
    """Return a proxy; behind its tunnels it is each host itself, with the same certificate."""
    server = Loopback(identity, tunnels=True)
    yield server
    server.close()


JSON = "application/vnd.pypi.simple.v1+json"


class Stall:
    """An index on a loopback server, with releases that a test makes up."""

    def __init__(self, server: Loopback, root: str = "/simple/") -> None:
        self.server = server
        self.root = root
        self.rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        """What the page of a name says of each file, under the keys of PEP 691."""

    def url(self, userinfo: str = "") -> str:
        """Return what `--index-url` takes."""
        return self.server.url(self.root, userinfo)

    def wheel(self, name: str, version: str, *requires: str, **how: Any) -> str:  # noqa: ANN401 - see `_add`
        """Serve a wheel, and beside it its metadata; return its URL."""
        return self._add(f"{name}-{version}-py2.py3-none-any.whl", requires, **how)

    def sdist(self, name: str, version: str, *requires: str, **how: Any) -> str:  # noqa: ANN401 - see `_add`
        """Serve an sdist that says statically what it requires; return its URL."""
        return self._add(f"{name}-{version}.tar.gz", requires, **how)

    def _add(
        self,
        file: str,
        requires: tuple[str, ...],
        *,
        beside: bool = True,
        says: str | None = None,
        **how: Any,  # noqa: ANN401 - the fields of Answer, which checks them
    ) -> str:
        name, version = file.removesuffix(".tar.gz").split("-")[:2]
        lines = "".join(f"Requires-Dist: {each}\n" for each in requires)
        metadata = says or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}"
        content = archive(file, Said(metadata))
        path = f"{self.root}files/{file}"
        self.server.serve(path, content, **{"ranges": True, **how})
        row: dict[str, Any] = {
            "filename": file,
            "url": path,
            "hashes": {"sha256": _sha256(content)},
        }
        if beside and file.endswith(".whl"):
            self.server.serve(f"{path}.metadata", metadata.encode())
            row["core-metadata"] = {"sha256": _sha256(metadata.encode())}
        self.rows[name].append(row)
        return self.server.url(path)

    def mishap(self, url: str, **how: Any) -> None:  # noqa: ANN401 - the fields of Answer
        """Let something happen to what is served at a URL, its body being the same if not given."""
        path = url.removeprefix(self.server.url(""))
        body = self.server.body(path)
        self.server.withdraw(path)
        self.server.serve(path, **{"body": body, **how})

    def page(self, name: str, *, html: bool = False, **how: Any) -> str:  # noqa: ANN401 - the fields of Answer
        """Serve the page of what was added of a name; return its path."""
        rows = self.rows[name]
        form = "text/html" if html else JSON
        text = _html(rows) if html else json.dumps({"meta": {"api-version": "1.1"}, "files": rows})
        headers = {"Content-Type": form, "Cache-Control": "max-age=600", **how.pop("headers", {})}
        self.server.serve(f"{self.root}{name}/", text.encode(), headers=headers, **how)
        return f"{self.root}{name}/"

    def asked(self, part: str = "") -> list[str]:
        """Return the paths of this index that were asked for and have a part."""
        return [path for path in self.server.paths() if path.startswith(self.root) and part in path]


def _html(rows: list[dict[str, Any]]) -> str:
    """Write a page as a plain mirror has it: no metadata, no times, relative links."""
    links = "".join(
        f'<a href="{row["url"]}#sha256={row["hashes"]["sha256"]}">{row["filename"]}</a>\n'
        for row in rows
    )
    return (
        f"<!DOCTYPE html><html><head><title>Links for it</title></head><body>{links}</body></html>"
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def stall(loopback: Loopback) -> Stall:
    """Return an index without any distribution."""
    return Stall(loopback)


@pytest.fixture
def other_stall(elsewhere: Loopback) -> Stall:
    """Return a second index, on another host."""
    return Stall(elsewhere)


class Outcome(NamedTuple):
    """What a run came to on one runtime."""

    code: int
    verdict: str
    packages: dict[str, str | None]
    """Name -> version, where one was decided."""
    said: str
    """The findings."""
    err: str


class Runs:
    """One project, audited again and again for Python3.6 with one cache."""

    def __init__(self, program: Program, folder: Path, stall: Stall) -> None:
        self.program = program
        self.folder = folder
        self.stall = stall
        self.cache = folder / "cache"

    def __call__(
        self,
        lines: str,
        *options: str,
        index: tuple[str, ...] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Outcome:
        command = self.command(lines, *options, index=index)
        code, out, err = self.said(*command, environ=environ)
        assert out, err
        runtime = json.loads(out)["runtimes"][0]
        return Outcome(
            code,
            runtime["verdict"],
            {each["name"]: each["version"] for each in runtime["packages"]},
            "\n".join(each["message"] for each in runtime["findings"]),
            err,
        )

    def said(self, *command: str, environ: Mapping[str, str] | None = None) -> Ran:
        """Run a command line, without this machine's own configuration of pip."""
        return self.program(*command, environ={"PIP_CONFIG_FILE": os.devnull, **(environ or {})})

    def command(self, lines: str, *options: str, index: tuple[str, ...] | None = None) -> list[str]:
        """Return the command line for a project with such requirements."""
        self.folder.joinpath("requirements.txt").write_text(lines)
        where = ("--index-url", self.stall.url()) if index is None else index
        online = () if "--offline" in options else ("--online",)
        # Long, as a machine that is busy lets one wait as well; who tests waiting says `HASTY`.
        waits = ("--timeout", "20", "--retries", "0")
        runtime = () if "--runtime" in options else ("--runtime", "Python3.6")
        # With --verbose no run is answered from the memo of an earlier one.
        form = () if "--format" in options else ("--format", "json", "--verbose")
        cache = ("--cache-dir", str(self.cache))
        path = str(self.folder / "requirements.txt")
        return [path, "--no-imports", *waits, *runtime, *form, *cache, *online, *where, *options]

    def kept(self) -> bytes:
        """Return all bytes of the cache's files."""
        return b"".join(path.read_bytes() for path in sorted(self.cache.glob("*")))


@pytest.fixture
def run(program: Program, tmp_path: Path, stall: Stall, monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.delenv("SCF_AUDIT_NO_CACHE")
    return Runs(program, tmp_path, stall)
