"""The Python files of a tree: which of them count."""

from __future__ import annotations

import posixpath
from contextlib import suppress
from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.project.ignored import GITIGNORE, ignored_by
from audit.project.tree import Unreadable
from audit.project.walk import MODULE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from audit.code import Source
    from audit.project.tree import Tree
    from audit.project.walk import Listing


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


def contents(tree: Tree, sources: Iterable[Source]) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of sources, but for those that cannot be read."""
    for source in sources:
        with suppress(Unreadable):
            yield source.path, tree.read(source.path)


def placed(problems: Iterable[Problem], root: str) -> Iterator[Problem]:
    """Yield problems of a tree's files under names that the user can open."""
    for problem in problems:
        file = posixpath.normpath(posixpath.join(root, problem.at.file))
        yield problem._replace(at=problem.at._replace(file=file))
