"""The sources of vendored copies: those that a project may load, found by following its imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.code import Condition, Function
from audit.own import OwnModules
from audit.source.conditions import is_typing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from audit.code import Import, Source
    from audit.model import Problem, Vendored

    Read = Callable[[Sequence[str]], tuple[tuple[Source, ...], tuple[Problem, ...]]]

_LOOKS = ((2, 7), (3, 3))
"""The Pythons that look for modules in different ways; others differ in extension modules alone,
and one of those without a module in Python beside it is not read."""


def read_packed(
    sources: Iterable[Source],
    vendored: Iterable[Vendored],
    places: tuple[Iterable[str], Iterable[str]],
    read: Read,
) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    """Read what own sources may load of vendored copies, wave by wave, on whichever Python.

    `places` are the files of the tree that an import could load, and the folders on `sys.path`.
    What a copy imports in a function is not followed: most of that is for other uses of it.
    """
    owned = {path for copy in vendored for path in copy.files if path.endswith(".py")}
    if not owned:
        return (), ()
    own = OwnModules(*places)
    found: list[Source] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    wave = tuple(sources)
    while wave:
        loaded = {path for each in wave for path in _loaded(each, own, owned)}
        due = sorted((loaded & owned) - seen)
        seen.update(due)
        wave, said = read(due) if due else ((), ())
        found += wave
        problems += said
    return tuple(sorted(found, key=lambda each: each.path)), tuple(problems)


def _loaded(source: Source, own: OwnModules, owned: set[str]) -> Iterator[str]:
    is_packed = source.path in owned
    for version in _LOOKS:
        for statement, loads in own.loaded_by(source, version):
            if not _is_for_checkers(statement) and not (is_packed and _is_in_function(statement)):
                yield from loads


def _is_for_checkers(statement: Import) -> bool:
    return any(isinstance(block, Condition) and is_typing(block.test) for block in statement.blocks)


def _is_in_function(statement: Import) -> bool:
    return any(isinstance(block, Function) for block in statement.blocks)
