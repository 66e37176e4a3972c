"""A project's files, whether they lie in a folder or in a deployment zip."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from audit.errors import reason
from audit.project.ignored import GITIGNORE
from audit.project.walk import Listing, list_folder, shown

if TYPE_CHECKING:
    from collections.abc import Callable

FILE_LIMIT = 64 * 2**20
"""Bytes that one file may have to be read: far above any source, far below the memory."""


class Unreadable(Exception):  # noqa: N818 - an answer, always caught and made a Problem
    """A file of a tree cannot be read; its text says why, fit for a message."""


class Tree(Protocol):
    """Where a project's files are read from; paths are relative to its root, with `/`."""

    @property
    def root(self) -> str:
        """The folder or zip, as it was named."""

    def listing(self) -> Listing:
        """List the files."""

    def read(self, path: str) -> bytes:
        """Return the content of a file of the listing; raises Unreadable."""

    def around(self) -> tuple[str, dict[str, str]]:
        """Return where the tree is in its git repository, and the `.gitignore` files above it.

        The folder as seen from the top of the repository, and the text of each file by its
        folder; folders are empty or end in `/`.
        """


class FolderTree:
    """A folder on disk."""

    def __init__(self, root: str, left_out: Callable[[str], bool] = lambda _path: False) -> None:
        self.root = root
        self._left_out = left_out
        self._names: dict[str, str] = {}

    def listing(self) -> Listing:
        """List the files; names that are no UTF-8 are told as they can be printed."""
        found = list_folder(self.root, self._left_out)
        if not found.undecodable:
            return found
        self._names = {shown(path): path for path in found.undecodable}
        return Listing(
            files=tuple(sorted(map(shown, found.files))),
            undecodable=frozenset(self._names),
            problems=found.problems,
        )

    def read(self, path: str) -> bytes:
        """Return the content of a file; raises Unreadable."""
        return read_file(os.path.join(self.root, self._names.get(path, path)))  # noqa: PTH118

    def around(self) -> tuple[str, dict[str, str]]:
        """Return where the tree is in its git repository, and the `.gitignore` files above it."""
        root = Path(self.root).resolve()
        around = (root, *root.parents)
        top = next((folder for folder in around if os.path.exists(folder / ".git")), root)  # noqa: PTH110 - Path raises
        texts = {}
        for folder in root.parents[: len(root.parts) - len(top.parts)]:
            with suppress(OSError):
                text = (folder / GITIGNORE).read_text(encoding="utf-8", errors="replace")
                texts[_slashed(folder.relative_to(top))] = text
        return _slashed(root.relative_to(top)), texts


def _slashed(path: Path) -> str:
    return f"{path.as_posix()}/" if path.parts else ""


def read_file(path: str) -> bytes:
    """Return the content of a file on disk; raises Unreadable, also where it is too large."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - thousands of files
            size = os.fstat(file.fileno()).st_size
            if size > FILE_LIMIT:
                raise Unreadable(too_large(size))
            return file.readall()
    except OSError as error:
        raise Unreadable(f"cannot be read: {reason(error)}") from None


def too_large(size: int) -> str:
    """Say that a file is not read for its size, in bytes."""
    return f"is too large to be read: {size:,} bytes, the limit is {FILE_LIMIT:,}"
