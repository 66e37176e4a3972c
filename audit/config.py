"""The project's own settings: `[tool.scf-audit]` in pyproject.toml, or `.scf-audit.toml`.

A key is a long option of `scf-audit check` without its dashes, and the command line
overrides it. `output` and `python` are no keys on purpose: auditing someone else's project
must not write files where that project says, and must not run a program that it names.
"""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from audit.errors import UsageError, reason

if TYPE_CHECKING:
    from collections.abc import Callable

FAIL_ON = ("error", "warning", "note", "vendor")
BUILTINS = ("prefer", "require", "ignore")


class Config(NamedTuple):
    """What one configuration file sets; None where it says nothing."""

    file: str
    runtime: tuple[str, ...] | None = None
    format: str | None = None
    fail_on: str | None = None
    ignore: tuple[str, ...] | None = None
    builtins: str | None = None
    offline: bool | None = None
    imports: bool | None = None
    source: str | None = None
    exclude: tuple[str, ...] | None = None
    group: tuple[str, ...] | None = None
    handler: str | None = None
    runtimes: str | None = None
    table: str | None = None
    index_url: str | None = None
    extra_index_url: tuple[str, ...] | None = None
    find_links: tuple[str, ...] | None = None
    no_index: bool | None = None
    pre: bool | None = None
    only_binary: tuple[str, ...] | None = None
    no_binary: tuple[str, ...] | None = None


class _Kind(NamedTuple):
    """What a key may hold: `read` answers None for anything else."""

    expected: str
    read: Callable[[object], object | None]


def _one_of(choices: tuple[str, ...]) -> _Kind:
    return _Kind(f"one of {', '.join(choices)}", lambda value: value if value in choices else None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...] | None:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_TEXT = _Kind("a string", _text)
_TEXTS = _Kind("an array of strings", _texts)
_BOOLEAN = _Kind("true or false", _boolean)

_KEYS = {
    "runtime": _TEXTS,
    "format": _TEXT,
    "fail-on": _one_of(FAIL_ON),
    "ignore": _TEXTS,
    "builtins": _one_of(BUILTINS),
    "offline": _BOOLEAN,
    "imports": _BOOLEAN,
    "source": _TEXT,
    "exclude": _TEXTS,
    "group": _TEXTS,
    "handler": _TEXT,
    "runtimes": _TEXT,
    "table": _TEXT,
    "index-url": _TEXT,
    "extra-index-url": _TEXTS,
    "find-links": _TEXTS,
    "no-index": _BOOLEAN,
    "pre": _BOOLEAN,
    "only-binary": _TEXTS,
    "no-binary": _TEXTS,
}
_PATHS = {"source", "runtimes", "table"}
"""Keys whose value is a path, relative to the file that holds it."""


def read_config(text: str, file: str) -> Config | None:
    """Read a configuration file; None for a pyproject.toml without `[tool.scf-audit]`.

    Raises UsageError, with the file and the key, for what is no TOML, a key that does not
    exist, or a value of the wrong type. Paths come back relative to where `file` is.
    """
    try:
        table: object = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise UsageError(_syntax_error(str(error), file)) from None
    except RecursionError:
        raise UsageError(f"{file}: not TOML that can be read: nested too deeply") from None
    place = file
    if Path(file).name == "pyproject.toml":
        place = f"{file}: [tool.scf-audit]"
        for part in ("tool", "scf-audit"):
            if not isinstance(table, dict) or part not in table:
                return None
            table = table[part]
    if not isinstance(table, dict):
        raise UsageError(f"{place}: expected a table, found {_found(table)}")
    values = {key: _value(key, value, place) for key, value in table.items()}
    for key in values.keys() & _PATHS:
        values[key] = str(Path(file).parent / values[key])
    if "find-links" in values:
        values["find-links"] = tuple(_placed(each, file) for each in values["find-links"])
    return Config(file=file, **{key.replace("-", "_"): value for key, value in values.items()})


def _placed(link: str, file: str) -> str:
    """Return a URL as it is, a path from the folder of the file that has it."""
    return link if "://" in link else str(Path(file).parent / link)


def _syntax_error(message: str, file: str) -> str:
    """Put tomli's `(at line 3, column 7)` where a place belongs."""
    at = re.search(r" \(at line (\d+), column \d+\)$", message)
    place, what = (f"{file}:{at[1]}", message[: at.start()]) if at else (file, message)
    return f"{place}: not TOML: {what[:1].lower()}{what[1:]}"


def _value(key: str, value: object, place: str) -> Any:  # noqa: ANN401  # each key has its own type
    kind = _KEYS.get(key)
    if kind is None:
        near = difflib.get_close_matches(key, _KEYS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(_KEYS)}"
        raise UsageError(f"{place}: unknown key {key!r}; {hint}")
    read = kind.read(value)
    if read is None:
        raise UsageError(f"{place}: {key}: expected {kind.expected}, found {_found(value)}")
    return read


def _found(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"the string {value!r}"
        case int() | float():
            return f"the number {value}"
        case dict():
            return "a table"
        case list():
            odd = [item for item in value if not isinstance(item, str)]
            return f"an array with {_found(odd[0])}" if odd else "an array"
        case _:
            return f"{value}"


def find_config(folder: str) -> Config | None:
    """Return the nearest configuration at or above a folder; None where there is none.

    In one folder `.scf-audit.toml` wins over `pyproject.toml`; one without our table does
    not end the search. Raises UsageError as `read_config` does, or where a file cannot be read.
    """
    start = Path(os.path.abspath(folder))  # noqa: PTH100  # resolve() raises on a loop of links
    for place in (start, *start.parents):
        for name in (".scf-audit.toml", "pyproject.toml"):
            file = str(place / name)
            if os.path.isfile(file):  # noqa: PTH113  # is_file() raises in a folder we may not search
                config = load_config(_shown(file))
                if config is not None:
                    return config
    return None


def load_config(file: str) -> Config | None:
    """Read the configuration file at a path; raises UsageError as `read_config` does."""
    try:
        content = Path(file).read_bytes()
        # Most pyproject.toml files on the way up are other tools': they need not even parse.
        if Path(file).name == "pyproject.toml" and b"scf-audit" not in content:
            return None
        return read_config(content.decode("utf-8-sig"), file)
    except OSError as error:
        raise UsageError(f"{file}: {reason(error)}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8: {error.reason} at byte {error.start}") from None


def _shown(file: str) -> str:
    """Name a file from here where it is below, else in full."""
    here = f"{Path.cwd()}{os.sep}"
    return file.removeprefix(here)
