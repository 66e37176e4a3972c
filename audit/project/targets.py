"""What the user points at: files of requirements, folders, a deployment zip, standard input."""

from __future__ import annotations

import os
import posixpath
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import InputError, UsageError, reason
from audit.project.declared import PYPROJECT
from audit.project.tree import FolderTree, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audit.project.tree import Tree

STDIN = "-"
_REQUIREMENTS = "requirements.txt"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SNIFFED = 8192
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Targets(NamedTuple):
    """What several TARGETs come to: one tree, and the files of requirements to begin with."""

    tree: Tree
    is_package: bool
    requirements: tuple[str, ...]
    """As they were named; those of a folder or zip with its name before them."""
    disk: TargetDisk


class TargetDisk:
    """Reads files of requirements: from disk, from standard input, or out of a deployment zip."""

    def __init__(self, package: Tree | None = None) -> None:
        self._package = package
        self._members = frozenset(package.listing().files) if package else frozenset()

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder."""
        return os.path.isdir(path) or any(  # noqa: PTH112 - says no where Path raises
            member.startswith(f"{self._inside(path)}/") for member in self._members
        )

    def is_file(self, path: str) -> bool:
        """Tell whether there is something to read."""
        return self._inside(path) in self._members or (
            os.path.exists(path) and not os.path.isdir(path)  # noqa: PTH110, PTH112 - as above
        )

    def read(self, path: str) -> bytes:
        """Return a file's content; raises Unreadable."""
        if path == STDIN:
            return sys.stdin.buffer.read()
        if self._package is not None and self._inside(path) in self._members:
            return self._package.read(self._inside(path))
        return read_file(path)

    def _inside(self, path: str) -> str:
        return "" if self._package is None else path.removeprefix(f"{self._package.root}/")


def open_targets(
    targets: Sequence[str], source: str | None, left_out: Callable[[str], bool]
) -> Targets:
    """Look at every TARGET; raises UsageError or InputError for one that cannot be one.

    The project's tree is `source` if given, else the first zip or folder among the TARGETs,
    else the folder of the first file. A folder or zip contributes its requirements.txt and
    pyproject.toml.
    """
    paths = [_checked(target) for target in targets]
    packages = [path for path in paths if _is_zip(path)]
    if len(packages) > 1:
        raise UsageError(f"{packages[1]}: one deployment zip at a time")
    package = _open_package(packages[0]) if packages else None
    disk = TargetDisk(package)
    folders = [path for path in paths if Path(path).is_dir()]
    root = _root((packages or folders or paths)[0], source)
    if source is None:
        _refuse_folders_outside(root, paths)
    requirements = [file for path in paths for file in _requirements(path, disk, path in packages)]
    return Targets(
        tree=package if package and source is None else FolderTree(root, left_out),
        is_package=package is not None,
        requirements=tuple(dict.fromkeys(requirements)),
        disk=disk,
    )


def _checked(target: str) -> str:
    if target == STDIN:
        return target
    if _URL.match(target):
        raise UsageError(f"{target}: download it first, and name the file")
    path = Path(target)
    try:
        path.stat()
    except PermissionError:
        raise InputError(f"{target}: cannot be read: permission denied") from None
    except OSError:  # also a name that is too long to exist
        raise UsageError(f"{target}: no such file or folder") from None
    if target.endswith((".py", ".whl", ".tar.gz", ".egg")):
        raise UsageError(f"{target}: expected requirements, a folder or a deployment zip")
    if path.is_block_device() or (path.is_char_device() and not target.startswith("/dev/std")):
        raise UsageError(f"{target}: is a device")
    if path.is_dir() or path.is_file():
        _refuse_unreadable(target)
    return posixpath.normpath(path.as_posix())


def _refuse_unreadable(target: str) -> None:
    try:
        if Path(target).is_dir():
            os.scandir(target).close()
            return
        with Path(target).open("rb") as file:
            start = file.read(_SNIFFED)
    except OSError as error:
        raise InputError(f"{target}: cannot be read: {reason(error)}") from None
    if b"\0" in start and not start.startswith(_UTF16) and not _is_zip(target):
        raise InputError(f"{target}: is no text: it holds null bytes")


def _is_zip(path: str) -> bool:
    if path == STDIN or not Path(path).is_file():
        return False
    if path.lower().endswith(".zip"):
        return True
    with Path(path).open("rb") as file:
        return file.read(4) in {b"PK\x03\x04", b"PK\x05\x06"}


def _open_package(path: str) -> Tree:
    from audit.project.package import PackageTree  # noqa: PLC0415 - zipfile, for zips alone

    return PackageTree(path)


def _root(path: str, source: str | None) -> str:
    if source is not None:
        if not Path(source).is_dir():
            raise UsageError(f"{source}: no such folder")
        return posixpath.normpath(Path(source).as_posix())
    if Path(path).is_dir():
        return path
    if path == STDIN or not Path(path).is_file():  # a pipe: `<(pip freeze)` is below /dev/fd
        return "."
    return posixpath.dirname(path) or "."


def _refuse_folders_outside(root: str, paths: Sequence[str]) -> None:
    real = os.path.realpath(root)
    for path in paths:
        if Path(path).is_dir() and not Path(path).resolve().is_relative_to(real):
            raise UsageError(f"{path}: lies outside of {root}, audit it on its own")


def _requirements(path: str, disk: TargetDisk, is_package: bool) -> list[str]:  # noqa: FBT001
    if not is_package and not Path(path).is_dir():
        return [path]
    files = (posixpath.normpath(posixpath.join(path, name)) for name in (_REQUIREMENTS, PYPROJECT))
    return [file for file in files if disk.is_file(file)]
