"""What lies on the disk where an index or a page of links could be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from audit.errors import reason
from audit.index.found import Found, from_listed
from audit.pages import Page
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from packaging.utils import NormalizedName


def local_path(url: str) -> Path | None:
    """Return the path of a `file:` URL; None for any other."""
    parts = urlsplit(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def content_of(path: Path) -> bytes | Unasked:
    """Return what a file holds, or why it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        return _unreadable(path, error)


def in_folder(folder: Path, url: str, name: NormalizedName) -> Found | Unasked:
    """Return what a folder of distribution files has of one distribution."""
    from audit.index.listing.simple import folder_page  # noqa: PLC0415 - seldom used

    names = _names_in(folder)
    return names if isinstance(names, Unasked) else from_listed(folder_page(names, url, name))


def on_disk(index: str, root: Path, name: NormalizedName) -> Found | Unasked:
    """Read an index in a folder: `name/index.html`, or the files of `name/` themselves."""
    from audit.index.listing.simple import Listed, read_page  # noqa: PLC0415 - seldom used

    if not os.access(root, os.R_OK | os.X_OK):  # who is not there has not said that a name is not
        return Unasked(f"{root} cannot be read")
    folder, url = root / name, f"{index}{name}/"
    if not os.path.isdir(folder):  # noqa: PTH112 - never raises
        return from_listed(Listed(Page(name), {}))
    page = folder / "index.html"
    if not os.path.isfile(page):  # noqa: PTH113 - never raises
        return in_folder(folder, url, name)
    body = content_of(page)
    if isinstance(body, Unasked):
        return body
    try:
        return from_listed(read_page(body, "text/html", url, name))
    except ValueError as error:
        return Unasked(f"{page} is no page of an index: {error}")


def _names_in(folder: Path) -> list[tuple[str, int | None]] | Unasked:
    try:
        with os.scandir(folder) as entries:
            return sorted((e.name, e.stat().st_size) for e in entries if e.is_file())
    except OSError as error:
        return _unreadable(folder, error)


def _unreadable(path: Path, error: OSError) -> Unasked:
    return Unasked(f"{path} cannot be read: {reason(error)}")
