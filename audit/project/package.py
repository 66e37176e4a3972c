"""A deployment zip as a tree, read with suspicion: nothing is unpacked to disk."""

from __future__ import annotations

import stat
import zipfile
from typing import TYPE_CHECKING

from audit.errors import InputError
from audit.model import Location, Problem
from audit.project.tree import FILE_LIMIT, Unreadable, too_large
from audit.project.walk import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator

TOTAL_LIMIT = 1000 * 10**6
"""Bytes read of one zip in all: twice what the platform lets a function unpack to."""
_ENCRYPTED = 1
_CHUNK = 2**20
_NESTED = (".zip", ".egg", ".whl")


class PackageTree:
    """A deployment zip; its files are its members."""

    def __init__(self, root: str) -> None:
        """Open a zip. Raises InputError where it is none, or broken beyond its list of members."""
        self.root = root
        try:
            self._zip = zipfile.ZipFile(root)
            infos = self._zip.infolist()
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise InputError(f"{root}: cannot be read as a zip: {error}") from None
        self.left = TOTAL_LIMIT  # bytes that may still be read
        self._problems: list[Problem] = []
        self._members = {info.filename: info for info in infos if self._is_member(info)}

    def listing(self) -> Listing:
        """List the members; the hostile, doubtful and nested ones are problems."""
        return Listing(files=tuple(sorted(self._members)), problems=tuple(sorted(self._problems)))

    def _is_member(self, info: zipfile.ZipInfo) -> bool:
        if info.filename.endswith("/") or "__pycache__/" in info.filename:
            return False
        reasons = list(self._doubts(info))
        self._problems += [Problem(reason, self._at(info.filename)) for reason in reasons]
        return not reasons or info.filename.endswith(_NESTED)

    def _doubts(self, info: zipfile.ZipInfo) -> Iterator[str]:
        name = info.orig_filename
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            yield "a member that unpacks outside of the package, left out"
        elif not name or "\\" in name or ":" in name or "\0" in name:
            yield "a member with a name that does not unpack on Linux as meant, left out"
        elif stat.S_ISLNK(info.external_attr >> 16):
            yield "a symbolic link in a zip, left out"
        elif name.endswith(_NESTED):
            yield "a zip in the zip: not looked into"

    def read(self, path: str) -> bytes:
        """Return the content of a member; raises Unreadable, also for what unpacks too large."""
        info = self._members[path]
        if info.flag_bits & _ENCRYPTED:
            raise Unreadable("is encrypted")
        try:
            with self._zip.open(info) as file:
                return b"".join(self._within_limits(info, iter(lambda: file.read(_CHUNK), b"")))
        except Unreadable:
            raise
        except Exception as error:  # noqa: BLE001 - what each of four decompressors raises
            raise Unreadable(f"cannot be unpacked: {error}") from None

    def around(self) -> tuple[str, dict[str, str]]:
        """Return that no git repository is around a zip."""
        return "", {}

    def _within_limits(self, info: zipfile.ZipInfo, chunks: Iterator[bytes]) -> Iterator[bytes]:
        # Counted, not believed: the size that a hostile zip declares is only a claim.
        size = 0
        for chunk in chunks:
            size += len(chunk)
            self.left -= len(chunk)
            if size > FILE_LIMIT:
                raise Unreadable(too_large(max(size, info.file_size)))
            if self.left < 0:
                raise Unreadable(f"not read: the zip unpacks to more than {TOTAL_LIMIT:,} bytes")
            yield chunk

    def _at(self, path: str) -> Location:
        return Location(f"{self.root}/{path}")
