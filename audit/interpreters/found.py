"""Which interpreters there are: those that were named, and those on PATH."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

NONE = "none"
"""Instead of an interpreter: take none from PATH."""
_MOST = 3
"""Programs of one name that are tried."""
_VERSION = re.compile(r"(?:python|py|cp)?-?([23])\.?(\d{1,2})", re.IGNORECASE)


class Named(NamedTuple):
    """A program that should be an interpreter."""

    path: str
    """Absolute."""
    python: str | None
    """The feature version that it should be, such as `3.6`; None where it is asked which."""
    given: str = ""
    """What the user wrote, for messages; empty for one from PATH."""


def named(
    given: Sequence[str], pythons: Iterable[str], environ: Mapping[str, str], trees: Iterable[str]
) -> tuple[Named, ...]:
    """Return what may be the interpreters: those given, and from PATH for each other version.

    `given` holds `VERSION=PATH`, `PATH`, the name of a program on PATH, a version to take from
    there, or `none`: nothing is looked for then. From PATH comes `pythonX.Y` and no other name,
    never by a relative folder and never from within the audited `trees`: whoever wrote those must
    not choose what runs here. Raises UsageError for what does not exist or cannot be run.
    """
    places = _Places(environ, trees)
    chosen = tuple(_given(each, places) for each in given if each != NONE)
    taken = {each.python for each in chosen}
    if NONE in given:
        return chosen
    wanted = [python for python in dict.fromkeys(pythons) if python not in taken]
    return (*chosen, *(Named(path, x) for x in wanted for path in places.all(f"python{x}")))


def _given(text: str, places: _Places) -> Named:
    version, equals, place = text.partition("=")
    python = _version(version)
    if not equals or python is None:
        if equals and not os.path.exists(text):  # noqa: PTH110 - never raises
            raise UsageError(
                f"--python {text}: expected VERSION=PATH, as in 3.6=/usr/bin/python3.6"
            )
        python, place = None, text
    bare = _version(place)
    if bare is not None and not os.path.dirname(place):  # noqa: PTH120 - text
        place, python = f"python{bare}", python or bare
    return Named(_program(place, text, places), python, text)


def _version(text: str) -> str | None:
    found = _VERSION.fullmatch(text)
    return f"{found[1]}.{found[2]}" if found else None


def _program(place: str, text: str, places: _Places) -> str:
    """Return the path of a program; a mere name is looked for on PATH, as a shell does."""
    if not os.path.dirname(place):  # noqa: PTH120 - text
        path = places.find(place)
        if path is None:
            raise UsageError(f"--python {text}: no {place or 'program'} on PATH")
        return path
    path = os.path.abspath(os.path.expanduser(place))  # noqa: PTH100, PTH111 - links stay links
    if not os.path.isfile(path):  # noqa: PTH113 - never raises
        there = os.path.isdir(path)  # noqa: PTH112 - as above
        raise UsageError(f"--python {text}: {'is a folder' if there else 'no such file'}")
    if not os.access(path, os.X_OK):
        raise UsageError(f"--python {text}: cannot be run, the file is not executable")
    return path


class _Places:
    """The folders of PATH that are safe to take a program from."""

    def __init__(self, environ: Mapping[str, str], trees: Iterable[str]) -> None:
        self._trees = tuple(f"{os.path.realpath(tree).rstrip(os.sep)}{os.sep}" for tree in trees)
        folders = dict.fromkeys(environ.get("PATH", "").split(os.pathsep))
        self._folders = [folder for folder in folders if self._is_safe(folder)]

    def find(self, name: str) -> str | None:
        """Return the first program of a name."""
        return next(self._found(name), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return the first few different programs of a name: one of them may not work."""
        paths: dict[str, str] = {}
        for path in self._found(name):
            paths.setdefault(os.path.realpath(path), path)
        return tuple(paths.values())[:_MOST]

    def _found(self, name: str) -> Iterator[str]:
        file = f"{name}.exe" if os.name == "nt" else name
        for folder in self._folders:
            path = os.path.join(folder, file)  # noqa: PTH118 - speed
            if not os.path.isfile(path):  # noqa: PTH113 - never raises
                continue
            behind = _behind_shim(folder, file)
            path = path if behind is None else behind
            if path and os.access(path, os.X_OK) and self._is_safe(path):
                yield path

    def _is_safe(self, path: str) -> bool:
        inside = f"{os.path.realpath(path)}{os.sep}".startswith(self._trees)
        return os.path.isabs(path) and not inside  # noqa: PTH117 - text


def _behind_shim(folder: str, file: str) -> str | None:
    """Return the newest interpreter that a shim of pyenv stands for; None for what is no shim.

    A shim takes 0.1 s to say that its version is not switched on; what is installed lies
    beside it. Empty where that version is not.
    """
    versions = Path(folder).with_name("versions")
    if Path(folder).name != "shims" or not versions.is_dir():
        return None
    python = file.removeprefix("python").removesuffix(".exe")
    there = versions.glob(f"{python}.*/bin/{file}")
    return str(max(there, key=lambda path: _micro(path.parts[-3]), default="")) if python else None


def _micro(version: str) -> int:
    last = version.rpartition(".")[2]
    return int(last) if last.isdecimal() else -1


def stamps(programs: Iterable[Named]) -> tuple[tuple[str, ...], ...]:
    """Return what tells programs from others in their place: paths, sizes, times."""
    return tuple((each.path, *stamp(each.path)) for each in programs)


def stamp(path: str) -> tuple[str, ...]:
    """Return what changes with the file that a path leads to."""
    real = os.path.realpath(path)
    try:
        stat = os.stat(real)  # noqa: PTH116 - text
    except OSError:
        return (real, "gone")
    return real, str(stat.st_size), str(stat.st_mtime_ns)
