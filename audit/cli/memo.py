"""The answer of an earlier run, given again where nothing that it rests on has changed.

A run that finds everything in the cache still takes 0.3 s to read, resolve and lay out what it
said a minute ago. What an answer rests on: the options, this program, pip's configuration, the
files that were read, the tree that was scanned, the interpreters that were asked, and pages of
the index that are still fresh.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, NamedTuple

import click

from audit.cli.interpreters import programs
from audit.errors import UsageError
from audit.index.pip.files import config_files, settings_key
from audit.interpreters.found import stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.cli.settings import Settings
    from audit.cli.terminal import Terminal
    from audit.index.cache.store import Cache
    from audit.interpreters.found import Named
    from audit.model import Project

_SCHEMA = 2
_TICK = 0.02
"""Seconds by which the clock that stamps files may be behind."""
_MOST_FILES = 20_000
"""Files of a tree; beyond, looking at each takes longer than it could save."""


class Answer(NamedTuple):
    """Everything that a run said."""

    reports: tuple[str, ...]
    """In the order of its outputs."""
    notes: tuple[tuple[str, str], ...]
    """Kind and message of each line on stderr."""
    code: int


def _digest(programs: Iterable[Named]) -> str:
    found = repr(stamps(programs)).encode("utf-8", "surrogateescape")
    return hashlib.sha256(found).hexdigest()


_NO_PROGRAMS = _digest(())


class Grounds(NamedTuple):
    """What an answer rests on beside its options."""

    root: str
    """The tree that was scanned, if it is a folder."""
    files: tuple[str, ...]
    """Files whose content counts, there or not."""
    state: str
    """A digest of how tree and files were."""
    good_until: float
    """When the first page of the index that was used is no longer fresh; since 1970."""
    pythons: tuple[str, ...] = ()
    """The feature versions for which interpreters were looked for."""
    programs: str = _NO_PROGRAMS
    """A digest of those that were found."""

    def resting_on(self, pythons: Sequence[str], programs: Iterable[Named]) -> Grounds:
        """Return the same, resting on what was found for these versions."""
        return self._replace(pythons=tuple(pythons), programs=_digest(programs))


def grounds_of(
    project: Project, given: Iterable[str], good_until: float | None, started: float
) -> Grounds | None:
    """Return what an audit rested on; None where that cannot be watched, or was not all well.

    `given` are files and folders of the command line. What was written to since the audit
    `started` may have been read before or after: such an answer is not for keeping.
    """
    names_files = any(line.file or line.requirement.url for line in project.declared)
    if not good_until or names_files or project.problems or "-" in project.declared_in:
        return None
    named = (file for file in given if not os.path.isdir(file))  # noqa: PTH112 - text
    files = tuple(sorted({*project.declared_in, *named, *_files_above(project.root)}))
    seen = _look(project.root, files)
    if seen is None or seen.newest >= started - _TICK:
        return None
    return Grounds(project.root, files, seen.state, good_until)


class Memo:
    """Finds and keeps the answer to one command line."""

    def __init__(self, cache: Cache, settings: Settings, terminal: Terminal) -> None:
        self._cache = cache
        self._key = _key(settings, terminal)
        self._settings = settings
        self._environ = terminal.environ

    def find(self) -> Answer | None:
        """Return what a run said that would say the same now."""
        entry = None if self._key is None else self._cache.get("run", self._key)
        if entry is None or entry.fresh_until <= time():
            return None
        try:
            answer, grounds = json.loads(entry.value)
            root, files, state, _, pythons, found = grounds
            reports, notes, code = answer
        except (ValueError, TypeError):
            return None
        seen = _look(root, files)
        if seen is None or seen.state != state or self._programs(pythons) != found:
            return None
        return Answer(tuple(reports), tuple((kind, message) for kind, message in notes), code)

    def _programs(self, pythons: Iterable[str]) -> str:
        with suppress(UsageError):  # a given one is gone: the run will say so
            return _digest(programs(self._settings, pythons, self._environ))
        return ""

    def keep(self, answer: Answer, grounds: Grounds | None) -> None:
        """Keep an answer for as long as it stands."""
        if self._key is not None and grounds is not None:
            value = json.dumps([answer, grounds]).encode()
            self._cache.put("run", self._key, value, fresh_for=grounds.good_until - time())


def _key(settings: Settings, terminal: Terminal) -> str | None:
    """Return a digest of what was asked, of whom; None where another run would not be the same."""
    if settings.offline or settings.refresh or settings.no_cache or settings.verbose:
        return None
    environ = terminal.environ
    asked = repr(settings).encode("utf-8", "surrogateescape")
    digest = hashlib.sha256(asked + repr(settings.pip[:]).encode("utf-8", "surrogateescape"))
    shown = (terminal.canvas(settings.color), terminal.page(), os.getcwd())  # noqa: PTH109 - text
    digest.update(repr((_SCHEMA, shown, sys.version, _program())).encode())
    digest.update(settings_key(environ, config_files(environ)).encode())
    return digest.hexdigest()


def _program() -> list[tuple[str, int, int]]:
    """Describe this program's own files, and the folder where what it uses is installed."""
    package, libraries = Path(__file__).parent.parent, Path(click.__file__).parent.parent
    code = (path for path in _below(str(package)) if path.endswith(".py"))
    data = (path for each in (package, package.parent) for path in _below(f"{each}/data"))
    return [_stamp(path) for path in sorted([*code, *data, str(libraries)])]


def _stamp(path: str) -> tuple[str, int, int]:
    stat = os.stat(path)  # noqa: PTH116 - text, as there are 250 of them
    return path, stat.st_mtime_ns, stat.st_size


def _files_above(root: str) -> list[str]:
    """Name the files above a tree that count, there or not, up to the top of its repository."""
    folders = (root_path := Path(root).absolute(), *root_path.parents)
    tops = [folder for folder in folders if os.path.exists(folder / ".git")]  # noqa: PTH110 - never raises
    within = folders[1 : folders.index(tops[0]) + 1] if tops else folders[1:2]
    from audit.project.entries import CONFIGURATIONS, PROGRAMS  # noqa: PLC0415 - loaded by any audit

    names = (".gitignore", *CONFIGURATIONS, *PROGRAMS)
    return [str(folder / name) for folder in within for name in names]


def _below(root: str) -> Iterator[str]:
    """Yield every path of a tree but what no audit reads; more than one reads does no harm."""
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(set(inner) - {".git", "__pycache__"})
        yield from (os.path.join(folder, name) for name in sorted([*inner, *names]))  # noqa: PTH118 - speed


class _Seen(NamedTuple):
    """How files are at a moment."""

    state: str
    newest: float
    """When the latest of them was changed, in seconds since 1970."""


def _look(root: str, files: Iterable[str]) -> _Seen | None:
    """Look at the content of files and at the state of a tree; None where that does not do.

    It is too large, cannot be read or goes away meanwhile: whoever audits it will say so. A
    file of a tree counts by its size and its times: both change when it is written to.
    """
    with suppress(OSError):
        return _seen(root, files)
    return None


def _seen(root: str, files: Iterable[str]) -> _Seen | None:
    digest, newest = hashlib.sha256(), 0.0
    for file in files:
        content = Path(file).read_bytes() if os.path.isfile(file) else None  # noqa: PTH113 - text
        if content is not None and b"${" in content:  # it rests on the environment
            return None
        newest = newest if content is None else max(newest, Path(file).stat().st_ctime)
        is_there = None if content is None else hashlib.sha256(content).digest()
        digest.update(repr((file, is_there)).encode("utf-8", "surrogateescape"))
    listed = list(islice(_below(root), _MOST_FILES + 1))
    if len(listed) > _MOST_FILES:
        return None
    for path in listed:
        stat = os.lstat(path)
        newest = max(newest, stat.st_ctime)
        state = (path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
        digest.update(repr(state).encode("utf-8", "surrogateescape"))
    return _Seen(digest.hexdigest(), newest)
