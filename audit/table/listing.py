"""What every format of the built-in table is read into, before any cell means anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from audit.model import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ABSENT = "-"
"""How the table says that a runtime does not have a library."""


class Row(NamedTuple):
    """One row as the table prints it, without the format's markup."""

    library: str
    cells: Mapping[str, str]
    """Runtime name -> what its column says; only the columns that this row's table has."""
    at: Location


class Listing(NamedTuple):
    """All rows of a text, in its order, and what could not be read of it."""

    runtimes: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


class Header(NamedTuple):
    """The column heads of a table: which column holds libraries, which hold which runtime."""

    library: int
    columns: Mapping[int, str]
    """Column number -> runtime name."""
    width: int
    problems: tuple[Problem, ...] = ()

    def row(self, cells: Sequence[str], at: Location) -> tuple[Row | None, tuple[Problem, ...]]:
        """Read the cells of one line; one that has too few or too many is reported."""
        if not self.columns:
            return None, ()
        problems: tuple[Problem, ...] = ()
        if len(cells) != self.width:
            text = f"cells in the row: {len(cells)}, in its header: {self.width}"
            problems = (Problem(text, at),)
        if len(cells) <= min(self.columns):
            return None, problems
        if not (self.library < len(cells) and cells[self.library]):
            return None, (*problems, Problem("the row names no library", at))
        found = {
            runtime: cells[column] if column < len(cells) else ABSENT
            for column, runtime in self.columns.items()
        }
        return Row(library=cells[self.library], cells=found, at=at), problems


_LIBRARY = re.compile(
    r"(librar(y|ies)|packages?|modules?|distributions?)( names?)?|names?"
    r"|(依赖)?(库|包|模块)(名称?)?|名称",
    re.IGNORECASE,
)
_VERSION = re.compile(r"versions?|版本号?", re.IGNORECASE)
_PYTHON = r"(?:python|py) ?(?P<major>[23])(?:\.?(?P<minor>\d{1,2}))?(?![\d.]*\d)"
_RUNTIME_COLUMN = re.compile(rf"{_PYTHON}(?: ?(?:versions?|版本号?|环境))?", re.IGNORECASE)
_RUNTIME_MENTION = re.compile(_PYTHON, re.IGNORECASE)
_SERIES = re.compile(r"(?P<major>\d)\.(?P<minor>\d+)")


def read_header(
    heads: Sequence[str], at: Location, runtimes: Sequence[str], above: str | None = None
) -> Header | None:
    """Read column heads; None where they are not those of a table of built-in libraries.

    `Python 3 版本` and `Python 3` mean the first of `runtimes` of that major version, as on
    the platform's page. A column headed only `version` is that of `above`, the runtime that
    the table as a whole is said to be about.
    """
    columns: dict[int, str] = {}
    strange: dict[int, str] = {}
    for number, head in enumerate(heads):
        runtime = _column(head, runtimes, above)
        if runtime is None:
            known = ", ".join(runtimes)
            strange[number] = f"column {head!r} is none of {known}; it was passed over"
        elif runtime in columns.values():
            strange[number] = f"column {head!r} is a second one for {runtime}; it was passed over"
        else:
            columns[number] = runtime
    named = [number for number in strange if _LIBRARY.fullmatch(heads[number])]
    library = next(iter(named), 0 if 0 in strange else None)
    talks_of_versions = any(
        _VERSION.search(head) or _RUNTIME_COLUMN.fullmatch(head) for head in heads
    )
    if library is None or not (columns or (named and talks_of_versions)):
        return None
    del strange[library]
    return Header(
        library=library,
        columns=columns,
        width=len(heads),
        problems=tuple(Problem(message, at) for message in strange.values()),
    )


def _column(head: str, runtimes: Sequence[str], above: str | None) -> str | None:
    if _VERSION.fullmatch(head):
        return above
    for runtime in runtimes:
        if head.replace(" ", "").casefold() == runtime.casefold():
            return runtime
    named = _RUNTIME_COLUMN.fullmatch(head)
    return _runtime(named, runtimes) if named else None


def mentioned_runtime(text: str, runtimes: Sequence[str]) -> str | None:
    """Return the one runtime that a heading names, or None where it names none or several."""
    found = {_runtime(mention, runtimes) for mention in _RUNTIME_MENTION.finditer(text)}
    return found.pop() if len(found) == 1 else None


def _runtime(mention: re.Match[str], runtimes: Sequence[str]) -> str | None:
    for name in runtimes:
        series = _SERIES.search(name)
        if series is None or series["major"] != mention["major"]:
            continue
        if mention["minor"] in {None, series["minor"]}:
            return name
    return None
