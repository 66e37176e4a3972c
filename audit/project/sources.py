"""The Python files of a tree: which of them count, and what each imports."""

from __future__ import annotations

import os
import posixpath
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, cast

from audit.code import Source
from audit.model import Location, Problem
from audit.project.ignored import GITIGNORE, ignored_by
from audit.project.tree import Unreadable
from audit.project.walk import MODULE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from audit.project.tree import Tree
    from audit.project.walk import Listing

    Read = tuple[Source, tuple[Problem, ...]]
    ReadSource = Callable[[str, bytes], Read]


def modules(files: Iterable[str]) -> frozenset[str]:
    """Return the files that an import could load; bytecode only where its source is not there."""
    there = {path for path in files if path.endswith(MODULE_SUFFIXES)}
    return frozenset(path for path in there if not (path.endswith(".pyc") and path[:-1] in there))


def source_paths(
    listing: Listing, owned: Collection[str], is_ignored: Callable[[str], bool]
) -> tuple[str, ...]:
    """Return the Python files to scan, sorted.

    Left out are those that vendored distributions own and those that git ignores.
    """
    return tuple(
        path
        for path in listing.files
        if path.endswith(".py") and path not in owned and not is_ignored(path)
    )


def ignored_in(tree: Tree, listing: Listing) -> tuple[Callable[[str], bool], tuple[Problem, ...]]:
    """Return what `.gitignore` files leave out: the tree's and those of the repository around."""
    within, texts = tree.around()
    problems: list[Problem] = []
    for path in listing.files:
        folder, _, name = path.rpartition("/")
        if name == GITIGNORE:
            try:
                text = tree.read(path).decode("utf-8", "replace")
            except Unreadable as error:
                problems.append(Problem(str(error), Location(path)))
            else:
                texts[f"{within}{folder}/" if folder else within] = text
    return ignored_by(texts, within), tuple(placed(problems, tree.root))


def read_sources(
    tree: Tree, paths: Sequence[str], read: ReadSource
) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Read the imports of files; an unreadable one is a problem, and a source without any."""
    sources: list[Source] = []
    problems: list[Problem] = []
    for source, found in _all_read(tree, paths, read):
        sources.append(source)
        problems.extend(placed(found, tree.root))
    return tuple(sources), tuple(problems)


def _all_read(tree: Tree, paths: Sequence[str], read: ReadSource) -> Iterable[Read]:
    workers = min(os.cpu_count() or 1, _MOST_WORKERS)
    # Elsewhere than on Linux, a forked process may not use the system's libraries.
    if len(paths) < _WORTH_WORKERS or workers == 1 or not sys.platform.startswith("linux"):
        return (_read(tree, path, read) for path in paths)
    found: list[Read | None] = [None] * len(paths)
    with ExitStack() as stack:
        shares = [
            stack.enter_context(_started(tree, paths[number::workers], read))
            for number in range(1, workers)
        ]
        found[::workers] = [_read(tree, path, read) for path in paths[::workers]]
        for number, share in enumerate(shares, 1):
            found[number::workers] = share()
    return (each for each in found if each is not None)


@contextmanager
def _started(
    tree: Tree, paths: Sequence[str], read: ReadSource
) -> Iterator[Callable[[], Sequence[Read]]]:
    """Read files in another process; what is yielded waits for it, or reads them itself."""
    from multiprocessing import get_context  # noqa: PLC0415 - 20 ms, for large trees alone

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        with suppress(KeyboardInterrupt, BrokenPipeError):
            sender.send([_read(tree, path, read) for path in paths])

    def share() -> Sequence[Read]:
        try:
            return cast("Sequence[Read]", receiver.recv())
        except EOFError:  # killed, by whoever thought it used too much memory
            return [_read(tree, path, read) for path in paths]

    process = context.Process(target=work, daemon=True)
    process.start()
    sender.close()
    try:
        yield share
    finally:
        process.terminate()
        process.join()


def _read(tree: Tree, path: str, read: ReadSource) -> Read:
    try:
        return read(path, tree.read(path))
    except Unreadable as error:
        return Source(path=path, imports=()), (Problem(str(error), Location(path)),)


_WORTH_WORKERS = 500
"""Files from which on starting a process costs less than it saves; it costs some 30 ms."""
_MOST_WORKERS = 4


def placed(problems: Iterable[Problem], root: str) -> Iterator[Problem]:
    """Yield problems of a tree's files under names that the user can open."""
    for problem in problems:
        file = posixpath.normpath(posixpath.join(root, problem.at.file))
        yield problem._replace(at=problem.at._replace(file=file))
