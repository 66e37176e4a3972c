"""Distributions packed into the tree, by their `*.dist-info` and `*.egg-info`."""

from __future__ import annotations

import csv
import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from audit.metadata import parse_metadata, read_headers, requires_txt_lines
from audit.model import Location, Problem, Vendored
from audit.project.tree import Unreadable
from audit.project.walk import MODULE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.metadata import Headers
    from audit.project.tree import Tree

_SUFFIXES = (".dist-info", ".egg-info")
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


def find_vendored(
    tree: Tree, files: Sequence[str], import_roots: Iterable[str]
) -> tuple[Vendored | Problem, ...]:
    """Find the distributions whose metadata lies directly in a folder on `sys.path`.

    `files` are the tree's, sorted. The metadata that a development install leaves beside the
    project's own pyproject.toml or setup.py is passed over.
    """
    roots = [f"{root}/" if root else "" for root in import_roots]
    there = _Files(frozenset(files), _by_top(files, roots))
    own = any(name in there.all for name in _PROJECT_FILES)
    found = []
    for root in roots:
        for folder in _metadata_folders(files, root):
            place = _Place(tree, root, folder, there)
            if not (own and _is_development(place)):
                found.append(_read(place))
    return tuple(found)


class _Files(NamedTuple):
    all: frozenset[str]
    by_top: Mapping[str, tuple[str, ...]]
    """The first part of a path below an import root (with that root) -> the files there."""


def _by_top(files: Sequence[str], roots: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    tops: dict[str, list[str]] = defaultdict(list)
    for root in roots:
        for path in files:
            if path.startswith(root):
                tops[root + path[len(root) :].partition("/")[0]].append(path)
    return {top: tuple(paths) for top, paths in tops.items()}


def _metadata_folders(files: Sequence[str], root: str) -> list[str]:
    below = (path[len(root) :].partition("/")[0] for path in files if path.startswith(root))
    return [root + name for name in dict.fromkeys(below) if name.endswith(_SUFFIXES)]


class _Place(NamedTuple):
    """One metadata folder (or, for old egg-info, file) of a tree."""

    tree: Tree
    root: str
    """The folder that its distribution is installed to: empty or ending in `/`."""
    folder: str
    files: _Files

    @property
    def is_file(self) -> bool:
        return self.folder in self.files.all

    def text(self, name: str) -> str | None:
        """Return the text of a file in it, or None where it lacks that; raises Unreadable."""
        path = f"{self.folder}/{name}"
        if path not in self.files.all:
            return None
        return self.tree.read(path).decode("utf-8", "replace")


def _is_development(place: _Place) -> bool:
    # `pip install -t` and `setup.py install` leave a list of files; `develop` does not.
    if place.is_file or not place.folder.endswith(".egg-info"):
        return False
    listed = (f"{place.folder}/{name}" for name in ("installed-files.txt", "RECORD"))
    return not any(path in place.files.all for path in listed)


def _read(place: _Place) -> Vendored | Problem:
    at = Location(place.folder)
    try:
        headers = _headers(place)
        identity = _identity(place.folder, headers)
        if identity is None:
            return Problem("does not say which version is packed here, not counted", at)
        name, version = identity
        claimed = list(_claimed(place, name))
        existing = frozenset(place.files.all.intersection(claimed))
        requires = headers.requires_dist
        if not requires and place.folder.endswith(".egg-info"):
            requires = requires_txt_lines(place.text("requires.txt") or "")
        return Vendored(
            name=canonicalize_name(name),
            version=version,
            metadata=parse_metadata(requires, headers.requires_python),
            at=at,
            tags=_tags(place.text("WHEEL") or ""),
            files=existing,
            is_hollow=not existing and any(path.endswith(MODULE_SUFFIXES) for path in claimed),
            size=_size(place.text("RECORD")),
        )
    except Unreadable as error:
        return Problem(f"the metadata {error}", at)


def _headers(place: _Place) -> Headers:
    if place.is_file:
        return read_headers(place.tree.read(place.folder).decode("utf-8", "replace"))
    text = place.text("METADATA")
    return read_headers((place.text("PKG-INFO") or "") if text is None else text)


def _identity(folder: str, headers: Headers) -> tuple[str, Version] | None:
    """Return name and version as the metadata has them, else as the folder is called."""
    stem = posixpath.basename(folder).rpartition(".")[0]
    name, _, rest = stem.partition("-")
    for text in (headers.version, re.sub(r"-py\d(\.\d+)?.*$", "", rest)):
        try:
            return headers.name or name, Version(text or "")
        except InvalidVersion:
            continue
    return None


def _claimed(place: _Place, name: str) -> Iterator[str]:
    """Yield the paths that a distribution says it owns, relative to the tree's root."""
    record = place.text("RECORD")
    if record is not None:
        yield from _joined(place.root, (row[0] for row in csv.reader(_lines(record)) if row))
        return
    installed = place.text("installed-files.txt")
    if installed is not None:
        yield from _joined(f"{place.folder}/", installed.splitlines())
        return
    top_level = place.text("top_level.txt")
    names = [name.replace("-", "_")] if top_level is None else top_level.split()
    for top in names:
        paths = list(_of_top(place, top))
        yield from paths or [f"{place.root}{top}.py"]


def _lines(record: str) -> list[str]:
    return record.replace("\0", "").splitlines()  # csv refuses a null byte


def _joined(folder: str, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        whole = folder + path.strip().replace("\\", "/")
        if "./" in whole:
            whole = posixpath.normpath(whole)
        if "__pycache__" not in whole and ".dist-info" not in whole and ".egg-info" not in whole:
            yield whole


def _size(record: str | None) -> int | None:
    """Return the sum of the third column: bytes of each file, where they were counted."""
    if record is None:
        return None
    sizes = (row[2] for row in csv.reader(_lines(record)) if len(row) > 2)  # noqa: PLR2004
    return sum(int(size) for size in sizes if size.isdecimal()) or None


def _of_top(place: _Place, top: str) -> Iterator[str]:
    """Yield the files of a top-level name: its folder's, or the module with any suffix."""
    yield from place.files.by_top.get(place.root + top, ())
    for suffix in MODULE_SUFFIXES:
        for start in (f"{place.root}{top}{suffix}", f"{place.root}{top}module{suffix}"):
            yield from place.files.by_top.get(start, ())
    for key in place.files.by_top:
        if key.startswith(f"{place.root}{top}.") and key.endswith(".so"):
            yield key


def _tags(wheel: str) -> tuple[str, ...]:
    lines = (line.partition(":") for line in wheel.splitlines())
    return tuple(value.strip() for key, _, value in lines if key.strip().lower() == "tag")
