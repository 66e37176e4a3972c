"""The package index as `tools/builtin_metadata.py` needs it: files of a project, and a file.

PEP 503's HTML is what every index serves. Downloads are checked against the digest that
the index gives and are kept in a temporary folder, so that a second run is quick.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

_TIMEOUT = 60  # seconds without a byte


class IndexUnreachableError(Exception):
    """The index cannot be asked; the text says where and why."""


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file of a project, as the index lists it."""

    name: str
    url: str
    sha256: str


def configured_index() -> str:
    """Return the index that pip is configured to use, or pip's own default."""
    configured = os.environ.get("PIP_INDEX_URL")
    if configured:
        return configured
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode == 0 and asked.stdout.strip():
        return asked.stdout.strip()
    from pip._internal.models.index import PyPI  # noqa: PLC0415  # only where nothing is configured

    return PyPI.simple_url


def files(index: str, project: str) -> tuple[IndexFile, ...]:
    """Return all files of a project; none where the index does not know it."""
    page = f"{index.rstrip('/')}/{project}/"
    try:
        text = _get(page, {"Accept": "text/html"}).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        if error.code == 404:  # noqa: PLR2004  # the index's word for "no such project"
            return ()
        raise IndexUnreachableError(f"{page}: {error}") from None
    parser = _Links()
    parser.feed(text)
    found = []
    for href in parser.links:
        url, fragment = urllib.parse.urldefrag(urllib.parse.urljoin(page, href))
        name = urllib.parse.unquote(url.rpartition("/")[2])
        found.append(IndexFile(name, url, fragment.removeprefix("sha256=")))
    return tuple(found)


class _Links(HTMLParser):
    """Collects what the links of a page point to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for key, value in attrs if tag == "a" and key == "href" and value]


def download(file: IndexFile) -> Path:
    """Return a local copy of a file, fetched unless a good one is in the temporary folder."""
    folder = Path(tempfile.gettempdir()) / "scf-audit-downloads"
    folder.mkdir(exist_ok=True)
    path = folder / f"{file.sha256[:16]}-{file.name}"
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256:
        return path
    try:
        content = _get(file.url, {})
    except urllib.error.HTTPError as error:
        raise IndexUnreachableError(f"{file.url}: {error}") from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise IndexUnreachableError(f"{file.url}: its content is not what the index's digest says")
    path.write_bytes(content)
    return path


def _get(url: str, headers: dict[str, str]) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise IndexUnreachableError(f"{url}: not an http address")
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # checked above
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310  # as above
            content: bytes = response.read()
            return content
    except urllib.error.HTTPError:
        raise
    except (urllib.error.URLError, OSError) as error:
        raise IndexUnreachableError(f"{url}: {error}") from None
