"""The real index as the recorder asks it: each page and each file once, reduced to facts."""

from __future__ import annotations

import io
import tarfile
import threading
import zipfile
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag, urljoin

import urllib3

from tools.facts import Listed, Said
from tools.reduction import headers, modules, sdist_members

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_ONCE = 6  # requests at a time: it is somebody else's index
_TAIL = 1 << 16  # bytes from the end of a wheel, which nearly always hold its directory
_MOST = 10_000_000  # bytes of an sdist: the larger ones hold native code
_ABSENT = {403, 404, 410}


class UpstreamError(Exception):
    """The index does not answer; the text says which page or file."""


class Upstream:
    """An index, by the URL that pip would be given."""

    def __init__(self, index: str) -> None:
        self.index = index.rstrip("/")
        self.requests = 0
        self._http = urllib3.PoolManager(
            maxsize=_AT_ONCE,
            retries=urllib3.Retry(4, backoff_factor=1, status_forcelist=(429, 503)),
        )
        self._turn = threading.Semaphore(_AT_ONCE)
        self._urls: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()

    def page(self, name: str) -> tuple[Listed, ...] | None:
        """Return all files of a distribution; None where the index has none of that name."""
        url = f"{self.index}/{name}/"
        body = self._get(url, {"Accept": "text/html"})
        if body is None:
            return None
        links = _Links(url)
        links.feed(body.decode("utf-8", "replace"))
        self._urls[name] = links.urls
        return tuple(links.files)

    def said(self, name: str, file: str) -> Said:
        """Return what a wheel's metadata or a whole sdist says; KeyError where neither is had."""
        url = self._url(name, file)
        if not file.endswith(".whl"):
            return self._sdist(url)
        body = self._get(f"{url}.metadata", {})
        if body is None:
            return self.looked_into(name, file)
        return Said(headers(body.decode("utf-8", "replace")))

    def looked_into(self, name: str, file: str) -> Said:
        """Return what a wheel says and holds, read through ranges."""
        with zipfile.ZipFile(_Remote(self._part, self._url(name, file))) as wheel:
            sizes = {info.filename: info.file_size for info in wheel.infolist()}
            read = _reader(wheel.read)
            installed = {path: size for path, size in sizes.items() if ".dist-info/" not in path}
            metadata = next(path for path in sizes if path.endswith(".dist-info/METADATA"))
            return Said(headers(read(metadata)), modules(installed, read))

    def _sdist(self, url: str) -> Said:
        content = self._get(url, {}, most=_MOST)
        if content is None:
            raise KeyError(url)
        members, read = _members(url, content)
        top = min((path for path in members if path.endswith("PKG-INFO")), key=len, default=None)
        inside = {path.partition("/")[2]: size for path, size in members.items()}
        below = {path.partition("/")[2]: path for path in members}
        text = headers(read(top)) if top else ""
        return Said(text, sdist_members(inside, lambda path: read(below[path])))

    def _url(self, name: str, file: str) -> str:
        if name not in self._urls:
            self.page(name)
        return self._urls[name][file]

    def _get(self, url: str, fields: dict[str, str], most: int | None = None) -> bytes | None:
        with self._turn:
            self.requests += 1
            response = self._http.request("GET", url, headers=fields, preload_content=False)
            try:
                if response.status in _ABSENT or int(response.headers.get("Content-Length", 0)) > (
                    most or 1 << 30
                ):
                    response.close()
                    return None
                if response.status not in {200, 206}:
                    raise UpstreamError(f"{url}: answered {response.status}")
                return response.read()
            finally:
                response.release_conn()

    def _part(self, url: str, asked: str) -> tuple[bytes, int]:
        """Return a range of a file and the size of the whole."""
        with self._turn:
            self.requests += 1
            response = self._http.request(
                "GET", url, headers={"Range": f"bytes={asked}", "Accept-Encoding": "identity"}
            )
        if response.status != 206:  # noqa: PLR2004 - Partial Content
            raise KeyError(url)
        return response.data, int(response.headers["Content-Range"].rpartition("/")[2])


class _Links(HTMLParser):
    """The links of a PEP 503 page."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.files: list[Listed] = []
        self.urls: dict[str, str] = {}
        self._base = base

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        href = said.get("href")
        if tag != "a" or not href:
            return
        url = urldefrag(urljoin(self._base, href)).url
        name = unquote(url.rpartition("/")[2])
        yanked = (said["data-yanked"] or "") if "data-yanked" in said else None
        self.files.append(Listed(name, said.get("data-requires-python") or None, yanked))
        self.urls[name] = url


def _reader(read: Callable[[str], bytes]) -> Callable[[str], str]:
    return lambda path: read(path).decode("utf-8", "replace")


def _members(url: str, content: bytes) -> tuple[dict[str, int], Callable[[str], str]]:
    """Return the sizes of the files of an sdist, and a way to read one."""
    if url.endswith(".zip"):
        zipped = zipfile.ZipFile(io.BytesIO(content))
        return {info.filename: info.file_size for info in zipped.infolist()}, _reader(zipped.read)
    tar = tarfile.open(fileobj=io.BytesIO(content))  # noqa: SIM115 - it is read after this returns
    files = {
        member.name.removeprefix("./"): member for member in tar.getmembers() if member.isfile()
    }

    def extracted(path: str) -> bytes:
        member = tar.extractfile(files[path])
        return member.read() if member else b""

    return {path: member.size for path, member in files.items()}, _reader(extracted)


class _Remote(io.RawIOBase):
    """A file on an index, of which what is read is fetched; its end first and at once."""

    def __init__(self, part: Callable[[str, str], tuple[bytes, int]], url: str) -> None:
        self._part, self._url = part, url
        self._tail, self._size = part(url, f"-{_TAIL}")
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        stop = self._size if size < 0 else min(self._size, self._at + size)
        start, begins = self._at, self._size - len(self._tail)
        self._at = max(start, stop)
        if start >= stop:
            return b""
        if start >= begins:
            return self._tail[start - begins : stop - begins]
        return self._part(self._url, f"{start}-{stop - 1}")[0]
