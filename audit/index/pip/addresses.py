"""Where an option says that distributions are: a URL of our own form, and what logs in there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from audit.index.http.login import host_of, without_login
from audit.index.pip.files import expanded
from audit.model import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.model import Location

_UNSET = re.compile(r"\$\{([A-Z0-9_]+)\}")
_BAD = re.compile(r"[\s\x00-\x1f\x7f]")


class Said(NamedTuple):
    """A value as an option has it, with its place. Its text is not for showing."""

    option: str
    text: str
    at: Location

    def __repr__(self) -> str:
        return f"Said({self.option!r}, at={self.at!r})"

    def problem(self, message: str) -> Problem:
        """Return what is wrong with it, naming the option where the place is not the option's."""
        subject = "" if self.at.line is None else f"{self.option}: "
        return Problem(f"{subject}{message}", self.at)


class Address(NamedTuple):
    """A place to look at, without credentials. Its text is safe to show."""

    url: str
    host: str = ""
    """With its port where the URL has one; empty for what is on the disk."""
    login: tuple[str, str] | None = None

    def __repr__(self) -> str:
        return f"Address({self.url!r})"


def index_address(said: Said, environ: Mapping[str, str]) -> Address | Problem:
    """Return the base URL of an index, which ends with `/`: a URL, or a folder that exists."""
    found = _address(said, environ)
    if isinstance(found, Problem) or found.url.endswith("/"):
        return found
    return found._replace(url=f"{found.url}/")


def link_address(said: Said, environ: Mapping[str, str]) -> Address | Problem:
    """Return the URL of a page of links, or of a folder or an HTML file that exists.

    pip looks for a relative path beside the requirements file that names it, then in the
    working directory.
    """
    beside = os.path.join(os.path.dirname(said.at.file), said.text)  # noqa: PTH118, PTH120  # Path("") is "."
    if said.at.line is not None and "://" not in said.text and os.path.exists(beside):  # noqa: PTH110  # exists() raises for what is no path
        return Address(_file_url(beside))
    return _address(said, environ)


def _address(said: Said, environ: Mapping[str, str]) -> Address | Problem:
    if unset := _UNSET.search(said.text):
        return said.problem(f"the environment variable {unset[1]} is not set")
    if path := _existing(said.text, environ):
        return Address(_file_url(path))
    found = _url(said.text)
    return said.problem(f"{found}: {shown(said.text)}") if isinstance(found, str) else found


def _url(text: str) -> Address | str:
    """Return the address, or what is wrong with it."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "not a URL"
    if port == 0 or _BAD.search(text):
        return "not a URL"
    match parts.scheme.lower():
        case "file":
            return _local(parts)
        case "http" | "https":
            host = host_of(text)
            bare, login = without_login(text)
            return Address(bare, host, login) if parts.hostname else "no host"
        case scheme if scheme and "://" in text:
            return f"{scheme}:// is not http, https or file"
        case _:
            return "neither a URL nor a path that exists"


def _existing(text: str, environ: Mapping[str, str]) -> str | None:
    try:
        path = expanded(text, environ)
        return path if text and os.path.exists(path) else None  # noqa: PTH110  # as above
    except ValueError:  # a null character
        return None


def _file_url(path: str) -> str:
    return Path(os.path.abspath(path)).as_uri()  # noqa: PTH100  # resolve() follows links, which pip does not


def _local(parts: SplitResult) -> Address | str:
    if parts.hostname not in {None, "localhost"}:
        return "a file of another host"
    return Address(urlunsplit(("file", "", parts.path, "", "")))


def shown(text: str) -> str:
    """Quote a URL or path for a message: what may be a password or a token is left out."""
    head, at, rest = text.rpartition("@")
    scheme = head.partition("://")[0] if "://" in head else ""
    safe = rest.partition("?")[0]
    return repr(f"{scheme}{'://' if scheme else ''}****@{safe}" if at else safe)
