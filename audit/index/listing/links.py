"""Links to distribution files as a page has them, whatever its form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from audit.index.listing.filenames import is_distribution

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.pages import File


class Link(NamedTuple):
    """One distribution file that a page links to."""

    file: File
    requires_python: str | None = None
    """As written; None where the page says nothing or is empty."""
    is_yanked: bool = False


class Links(NamedTuple):
    """What is read of a page."""

    links: tuple[Link, ...]
    unreachable: tuple[str, ...] = ()
    """Names of distribution files whose URL is missing or cannot be followed."""
    notes: tuple[str, ...] = ()
    """What the index says of the distribution as a whole."""


class Marker(NamedTuple):
    """What an index says of a distribution as a whole (PEP 792)."""

    status: object
    reason: object

    @property
    def withholds(self) -> bool:
        """Whether nothing of it may be installed: it is held to be malicious or broken."""
        return self.status == "quarantined"

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to tell of it, made fit to be shown; `active` is nothing to tell."""
        if self.status not in ("archived", "deprecated", "quarantined"):
            return ()
        because = f": {shown(self.reason)[:200]}" if isinstance(self.reason, str) else ""
        return (f"{self.status} by its index{because.rstrip(': ')}",)


def gathered(written: Iterable[Link], base: str, marker: Marker) -> Links:
    """Take links to distribution files as a page has them, and make each absolute."""
    if marker.withholds:
        return Links(links=(), notes=marker.notes)
    links: list[Link] = []
    unreachable: list[str] = []
    for link in written:
        if not is_distribution(link.file.name):
            continue
        try:
            url = file_url(link.file.url, base)
        except ValueError:
            unreachable.append(shown(link.file.name))
        else:
            is_kept = url == link.file.url
            links.append(link if is_kept else link._replace(file=link.file._replace(url=url)))
    return Links(links=tuple(links), unreachable=tuple(unreachable), notes=marker.notes)


_SAFE = "%/:=&?~+!$,;'()*"
_ABSOLUTE = re.compile(rf"https?://[\w.-]+(?::\d+)?/[\w.{re.escape(_SAFE)}-]*", re.ASCII)
_RELATIVE = re.compile(r"(/|(?:\.\./)*)(\w[\w.%+!~-]*(?:/[\w%+!~-][\w.%+!~-]*)*)", re.ASCII)
"""Below a folder that is written as `/`, `../../` or not at all, without further dots."""


def file_url(url: str, base: str) -> str:
    """Return the absolute URL of a file, without credentials and fragment.

    Raises ValueError where it cannot be fetched: it is no http, https or, on disk, file URL.
    Most URLs have one of two plain forms, which need no taking apart: of 4,415 relative
    ones, as mirrors write them, that saves 70 ms.
    """
    url = url.partition("#")[0]
    if _ABSOLUTE.fullmatch(url):
        return url
    relative = _RELATIVE.fullmatch(url)
    if relative is not None:
        return _joined(relative[1] or "./", base) + relative[2]
    return _joined(url, base)


@lru_cache(maxsize=64)  # the few folders that a page's relative links start from
def _joined(url: str, base: str) -> str:
    parts = urlsplit(urljoin(base, url))
    allowed = {"http", "https", "file"} if base.startswith("file:") else {"http", "https"}
    host = parts.netloc.rpartition("@")[2]
    if not url or parts.scheme not in allowed or not (host or parts.scheme == "file"):
        raise ValueError("no URL of a file that could be fetched")
    return quote(urlunsplit((parts.scheme, host, *parts[2:4], "")), safe=f"{_SAFE}@[]")


def last_part(url: str) -> str:
    """Return the name of the file that a URL ends in, decoded."""
    path = url.partition("#")[0].partition("?")[0].rstrip("/")
    name = path.rpartition("/")[2]
    return unquote(name) if "%" in name else name


STRONGEST_FIRST = ("sha256", "sha512", "sha384", "sha224", "sha1", "md5")
"""The hashes that pip knows; SHA-256 leads because it is the one that indexes give."""
_FRAGMENT_HASH = re.compile(rf"[#&]({'|'.join(STRONGEST_FIRST)})=([^&]+)")


def fragment_hashes(url: str) -> tuple[str, ...]:
    """Return the hash in a URL's fragment, `#sha256=...`, if there is one."""
    found = _FRAGMENT_HASH.search(url) if "#" in url else None
    return () if found is None else (f"{found[1]}:{found[2]}".lower(),)


def required_python(written: object) -> str | None:
    """Return a Requires-Python as it is written; an empty one says nothing, as for pip."""
    return shown(written) if isinstance(written, str) and written else None


def check_version(version: object) -> None:
    """Raise ValueError unless a page is of version 1.x of the simple API (PEP 629)."""
    if not isinstance(version, str) or not version.startswith("1."):
        said = shown(str(version))[:20]
        raise ValueError(f"the page is of version {said} of the simple API; only 1.x can be read")


def shown(text: str) -> str:
    """Return text from outside as it may be printed: on one line, without control characters."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else "\ufffd" for each in " ".join(text.split()))
