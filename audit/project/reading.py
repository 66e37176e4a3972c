"""Reading the sources of a tree: as kept from an earlier run, or anew where nothing is kept."""

from __future__ import annotations

import gc
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from audit.code import Source
from audit.model import Location, Problem
from audit.project.kept import decode, encode, key_of, moved, program_digest
from audit.project.sources import placed
from audit.project.tree import Unreadable
from audit.project.workers import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from hashlib import _Hash

    from audit.project.kept import Kept, Read
    from audit.project.tree import Tree

    ReadSource = Callable[[str, bytes], Read]


class _Reading(NamedTuple):
    """What it takes to read a file of a tree."""

    tree: Tree
    read: ReadSource
    program: _Hash
    keeps: bool
    """Whether what is read anew will be kept."""


class _File(NamedTuple):
    path: str
    key: str
    size: int


class _Anew(NamedTuple):
    """What was read of a file, and the same as it is to be kept."""

    key: str
    read: Read
    value: bytes | None


def read_sources(
    tree: Tree, paths: Sequence[str], read: ReadSource, kept: Kept | None = None
) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Read files; an unreadable one is a problem, and a source without anything.

    What `read` returns must follow from the content of the file. It is taken from `kept` where
    it is there, and put there where not.
    """
    reading = _Reading(tree, read, _program(), kept is not None)
    files = {path: file for path in paths if (file := _look(reading, path)) is not None}
    found = _found(reading, {file.key: file for file in files.values()}, kept)
    sources: list[Source] = []
    problems: list[Problem] = []
    for path in paths:
        known = found.get(files[path].key) if path in files else None
        source, said = _read(reading, path) if known is None else moved(known, path)
        sources.append(source)
        problems.extend(placed(said, tree.root))
    return tuple(sources), tuple(problems)


@cache
def _program() -> _Hash:
    """Return the digest of the program, read once: vendored copies are read wave by wave."""
    return program_digest()


def _look(reading: _Reading, path: str) -> _File | None:
    with suppress(Unreadable):
        content = reading.tree.read(path)
        return _File(path, key_of(reading.program, content), len(content))
    return None


def _read(reading: _Reading, path: str) -> Read:
    try:
        return reading.read(path, reading.tree.read(path))
    except Unreadable as error:
        return Source(path=path, imports=()), (Problem(str(error), Location(path)),)


def _found(reading: _Reading, files: Mapping[str, _File], kept: Kept | None) -> dict[str, Read]:
    """Return what is kept of files, or read anew of those that are still as they were, by key."""
    values = {} if kept is None else kept.find(tuple(files))
    found = {key: read for key, value in values.items() if (read := decode(value)) is not None}
    missing = sorted(
        (file for key, file in files.items() if key not in found), key=_size, reverse=True
    )
    work = partial(_read_anew, reading)
    for anew in spread(work, missing, sum(map(_size, missing)) // _WORTH_A_PROCESS):
        found[anew.key] = anew.read
        if kept is not None and anew.value is not None:
            kept.put(anew.key, anew.value)
    return found


def _size(file: _File) -> int:
    return file.size


_WORTH_A_PROCESS = 60_000
"""Bytes to read anew for each process: another one is worth its 30 ms from twice as many on."""


_SWEEP = 1_000_000
"""Bytes of source whose syntax trees may wait for the collector, which the command line turns
off: they hold each other, and take twenty times as much."""


def _read_anew(reading: _Reading, files: Sequence[_File]) -> list[_Anew]:
    """Read files, but those that cannot be read any more, as they are by now."""
    found = []
    since_sweep = 0
    for file in files:
        with suppress(Unreadable):
            content = reading.tree.read(file.path)
            read = reading.read(file.path, content)
            value = encode(read) if reading.keeps else None
            found.append(_Anew(key_of(reading.program, content), read, value))
            since_sweep += len(content)
        if since_sweep >= _SWEEP:
            gc.collect(0)
            since_sweep = 0
    return found
