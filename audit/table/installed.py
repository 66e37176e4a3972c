"""What pip says of a live runtime (`pip list --format=json`, `pip freeze`) -> rows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.table.listing import Listing, Row

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_installed(source: str, text: str, runtime: str | None) -> Listing | None:
    """Read what pip says of `runtime`; None where the text is no output of pip."""
    if _LIST.match(text):
        reader = _read_list
    elif _is_freeze(text):
        reader = _read_freeze
    else:
        return None
    if runtime is None:
        message = "what pip says of a runtime does not name it; say which runtime it is from"
        return Listing(runtimes=(), rows=(), problems=(Problem(message, Location(source)),))
    return reader(source, text, runtime)


_FREEZE_LINE = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)={2,3}(?P<version>\S+)")
_OTHER_FREEZE_LINE = re.compile(r"-e\s|[A-Za-z0-9][\w.-]*\s*@\s")


def _is_freeze(text: str) -> bool:
    """Tell whether the first line that is no comment is one that `pip freeze` prints."""
    for line in map(str.strip, text.split("\n")):
        if line and not line.startswith("#"):
            return bool(_FREEZE_LINE.fullmatch(line) or _OTHER_FREEZE_LINE.match(line))
    return False


def _read_freeze(source: str, text: str, runtime: str) -> Listing:
    """Read `pip freeze`; a line without a version (`-e`, `name @ url`) is a problem."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        at = Location(source, number)
        if not line or line.startswith("#"):
            continue
        if found := _FREEZE_LINE.fullmatch(line):
            rows.append(Row(library=found["name"], cells={runtime: found["version"]}, at=at))
        else:
            problems.append(Problem(f"{line!r} gives no version; expected name==version", at))
    return Listing(runtimes=(runtime,), rows=tuple(rows), problems=tuple(problems))


_LIST = re.compile(r"\s*\[\s*[{\]]")


def _read_list(source: str, text: str, runtime: str) -> Listing:
    """Read `pip list --format=json`: a list of objects with `name` and `version`."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for line, item in _items(text):
        at = Location(source, line)
        match item:
            case {"name": str(name), "version": str(version)}:
                rows.append(Row(library=name, cells={runtime: version}, at=at))
            case json.JSONDecodeError():
                problems.append(Problem(f"not JSON, nothing was read from here on: {item.msg}", at))
            case _:
                problems.append(Problem("expected an object with name and version", at))
    return Listing(runtimes=(runtime,), rows=tuple(rows), problems=tuple(problems))


_BETWEEN = re.compile(r"\s*[\[,]?\s*")
_END = re.compile(r"\s*\]\s*")


def _items(text: str) -> Iterator[tuple[int, object]]:
    """Yield the items of a JSON list one by one, so that each has its line, or what ends it."""
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    start = _after(_BETWEEN, text, 0)
    while not _END.fullmatch(text, start):
        line, counted = line + text.count("\n", counted, start), start
        try:
            item, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            yield line, error
            return
        yield line, item
        start = _after(_BETWEEN, text, end)


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position
