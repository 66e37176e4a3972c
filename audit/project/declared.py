"""Requirements as they are spread over files: every include followed, each file read once."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from audit.model import Declared, Include, IndexOption, Location, Problem, Statement, Supports
from audit.project.tree import Unreadable
from audit.requirements import read_requirements, resolve_include

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PYPROJECT = "pyproject.toml"

Said = Declared | IndexOption | Supports | Problem
"""What is left of the statements once every include is followed."""


class Disk(Protocol):
    """Where files of requirements are looked up by the path that messages name."""

    def is_folder(self, path: str) -> bool:
        """Tell whether a path is a folder."""

    def is_file(self, path: str) -> bool:
        """Tell whether there is something to read."""

    def read(self, path: str) -> bytes:
        """Return a file's content; raises Unreadable."""


class Declarations(NamedTuple):
    """All that files of requirements say, in the order of their lines."""

    files: tuple[str, ...]
    """Those that were read."""
    declared: tuple[Declared, ...]
    options: tuple[IndexOption, ...]
    supports: tuple[Supports, ...]
    problems: tuple[Problem, ...]


def read_declarations(
    paths: Iterable[str], disk: Disk, *, environ: Mapping[str, str], groups: tuple[str, ...] = ()
) -> Declarations:
    """Read files of requirements and everything that they include.

    As with pip, a file is looked for beside the file that names it. One that is included
    twice is read once, a file that leads back to itself is one problem.
    """
    reading = _Reading(disk, environ)
    for path in paths:
        reading.follow(_Step(path, groups=groups))
    return Declarations(
        files=tuple(dict.fromkeys(path for path, _, _ in reading.seen)),
        declared=tuple(each for each in reading.found if isinstance(each, Declared)),
        options=tuple(each for each in reading.found if isinstance(each, IndexOption)),
        supports=tuple(each for each in reading.found if isinstance(each, Supports)),
        problems=tuple(each for each in reading.found if isinstance(each, Problem)),
    )


class _Step(NamedTuple):
    """One file to read, and the lines that led to it."""

    path: str
    constraint: bool = False
    groups: tuple[str, ...] = ()
    lines: tuple[Location, ...] = ()
    files: tuple[str, ...] = ()


class _Reading:
    def __init__(self, disk: Disk, environ: Mapping[str, str]) -> None:
        self.found: list[Said] = []
        self.seen: dict[tuple[str, bool, tuple[str, ...]], None] = {}
        self._disk = disk
        self._environ = environ

    def follow(self, first: _Step) -> None:
        """Read a file with its includes in place; a stack, since chains may be long."""
        pending = [self._statements(first)]
        while pending:
            each = next(pending[-1], None)
            if each is None:
                pending.pop()
            elif isinstance(each, _Step):
                pending.append(self._statements(each))
            else:
                self.found.append(each)

    def _statements(self, step: _Step) -> Iterator[Said | _Step]:
        key = (step.path, step.constraint, step.groups)
        if key in self.seen:
            return
        try:
            data = self._disk.read(step.path)
        except Unreadable as error:
            named_at = step.lines[-1] if step.lines else Location(step.path)
            yield Problem(f"{step.path} {error}", named_at)
            return
        self.seen[key] = None
        for statement in self._read(step, data):
            yield self._step(step, statement) if isinstance(statement, Include) else statement

    def _read(self, step: _Step, data: bytes) -> tuple[Statement, ...]:
        return read_requirements(
            step.path,
            data,
            environ=self._environ,
            constraint=step.constraint,
            included_from=step.lines,
            groups=step.groups,
        )

    def _step(self, step: _Step, include: Include) -> _Step | Problem:
        path = resolve_include(include)
        if isinstance(path, Problem):
            return path
        if self._disk.is_folder(path):
            return self._folder(step, include, path)
        if not self._disk.is_file(path):
            return Problem(f"no such file: {path}", include.at)
        around = (*step.files, step.path)
        if path in around:
            loop = " -> ".join((*around[around.index(path) :], path))
            return Problem(f"files that include each other in a loop: {loop}", include.at)
        # As pip does: what a `-r` names is installed, also where a `-c` file says it.
        return _next(step, include, path)

    def _folder(self, step: _Step, include: Include, folder: str) -> _Step | Problem:
        path = posixpath.normpath(posixpath.join(folder, PYPROJECT))
        if self._disk.is_file(path):
            return _next(step, include, path)
        if self._disk.is_file(posixpath.join(folder, "setup.py")):
            message = "its dependencies are only known by running setup.py, which is never done"
            return Problem(f"{folder}: {message}", include.at)
        return Problem(f"the folder {folder} has no {PYPROJECT}: nothing to install", include.at)


def _next(step: _Step, include: Include, path: str) -> _Step:
    return _Step(
        path,
        constraint=include.constraint,
        groups=include.extras,
        lines=(*step.lines, include.at),
        files=(*step.files, step.path),
    )
