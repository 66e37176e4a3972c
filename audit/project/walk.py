"""Listing what lies in a folder: one walk, nothing opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import reason
from audit.model import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LEFT_OUT = frozenset(
    {
        *(".git", ".hg", ".svn", ".bzr", "CVS"),
        *("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".cache"),
        *(".tox", ".nox", ".eggs", ".ipynb_checkpoints", "node_modules"),
    }
)
_VIRTUAL_ENVIRONMENT = frozenset({"pyvenv.cfg", "conda-meta"})
MODULE_SUFFIXES = (".py", ".pyc", ".so", ".pyd")


class Listing(NamedTuple):
    """The files of a tree, sorted; paths are relative to its root, with `/`."""

    files: tuple[str, ...]
    undecodable: frozenset[str] = frozenset()
    """Those whose name is no UTF-8."""
    problems: tuple[Problem, ...] = ()


def list_folder(root: str, left_out: Callable[[str], bool] = lambda _path: False) -> Listing:
    """List a folder without virtual environments, caches, VCS folders and node_modules.

    `left_out` is asked for every path, a folder's ending in `/`. A link to a folder is followed
    once, and only within the tree. What cannot be listed, and what has a module's name and is
    no file, is a problem.
    """
    walk = _Walk(root, left_out)
    pending = [""]
    while pending:
        pending.extend(walk.enter(pending.pop()))
    return Listing(
        files=tuple(sorted(walk.files)),
        undecodable=frozenset(path for path in walk.files if not _is_utf8(path)),
        problems=tuple(sorted(walk.problems, key=lambda problem: problem.at.file)),
    )


class _Walk:
    """What a walk has gathered so far."""

    def __init__(self, root: str, left_out: Callable[[str], bool]) -> None:
        self.files: list[str] = []
        self.problems: list[Problem] = []
        self._root = root
        self._real_root = os.path.realpath(root)
        self._left_out = left_out
        self._followed: set[str] = set()

    def enter(self, folder: str) -> list[str]:
        """List one folder (empty or ending in `/`); return those in it that are to be entered."""
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:  # noqa: PTH118 - speed
                found = sorted(entries, key=_name)  # links are followed in a fixed order
        except OSError as error:
            self._report(folder.rstrip("/"), f"cannot be listed: {reason(error)}")
            return []
        if folder and _is_environment(folder, found):
            return []
        inner = []
        for entry in found:
            path = folder + entry.name
            if entry.is_symlink():
                inner.extend(self._follow(entry, path))
            elif entry.is_dir():
                if entry.name not in _LEFT_OUT and not self._left_out(f"{path}/"):
                    inner.append(f"{path}/")
            elif not self._left_out(path):
                self._add(entry, path)
        return inner

    def _add(self, entry: os.DirEntry[str], path: str) -> None:
        if entry.is_file():
            self.files.append(path)
        elif path.endswith(MODULE_SUFFIXES):
            self._report(path, "is no regular file, not read")

    def _follow(self, entry: os.DirEntry[str], path: str) -> list[str]:
        """Take in a link: its file, or return its folder as one to be entered."""
        try:
            target = os.path.realpath(entry.path)
        except OSError:  # such as a process of /proc that has ended
            return []
        is_folder = os.path.isdir(target)  # noqa: PTH112 - speed
        if entry.name in _LEFT_OUT or self._left_out(f"{path}/" if is_folder else path):
            return []
        reason = self._why_not_followed(entry, target, is_folder=is_folder)
        if reason is not None:
            if is_folder or path.endswith(MODULE_SUFFIXES):
                self._report(path, f"is a symbolic link {reason}, not followed")
        elif is_folder:
            self._followed.add(target)
            return [f"{path}/"]
        else:
            self._add(entry, path)
        return []

    def _why_not_followed(
        self, entry: os.DirEntry[str], target: str, *, is_folder: bool
    ) -> str | None:
        if not os.path.exists(target):  # noqa: PTH110 - speed
            return "that leads nowhere"
        if not _is_inside(target, self._real_root):
            return "out of the project"
        if is_folder and _is_inside(os.path.realpath(os.path.dirname(entry.path)), target):  # noqa: PTH120
            return "to a folder around it"
        if target in self._followed:
            return "to a folder that another one leads to"
        return None

    def _report(self, path: str, message: str) -> None:
        place = os.path.normpath(os.path.join(self._root, path))  # noqa: PTH118 - `.` stays `.`
        self.problems.append(Problem(message, Location(shown(place))))


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_environment(folder: str, entries: Sequence[os.DirEntry[str]]) -> bool:
    """Tell a virtual environment (venv, virtualenv of any age, conda) or its site-packages."""
    names = {entry.name for entry in entries}
    if names & _VIRTUAL_ENVIRONMENT:
        return True
    parts = folder.lower().split("/")
    if parts[-2] == "site-packages" and parts[-3:-2] == ["lib"]:
        return True  # Windows
    if parts[-2] == "site-packages" and parts[-4:-3] in (["lib"], ["lib64"]):
        return parts[-3].startswith("python")
    scripts = next((entry for entry in entries if entry.name in {"bin", "Scripts"}), None)
    return scripts is not None and os.path.exists(f"{scripts.path}/activate_this.py")  # noqa: PTH110


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(path: str) -> str:
    r"""Return a path as it can be printed: bytes of its name that are no UTF-8 as `\xNN`."""
    if _is_utf8(path):
        return path
    return os.fsencode(path).decode("utf-8", "backslashreplace")
