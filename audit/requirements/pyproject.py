"""`pyproject.toml`: PEP 621 dependencies, and by name extras, PEP 735 groups, Poetry's groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import tomli
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from audit.model import Include, Location, Problem, Statement, Supports
from audit.requirements import poetry
from audit.requirements.advice import explain
from audit.requirements.archive import is_archive
from audit.requirements.lines import redacted
from audit.requirements.toml_lines import Path, value_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.requirements.document import Document

_PROJECT: Path = ("project",)
_OPTIONAL: Path = ("project", "optional-dependencies")
_GROUPS: Path = ("dependency-groups",)
_DYNAMIC: Path = ("tool", "setuptools", "dynamic")
_POETRY: Path = ("tool", "poetry")
_POETRY_MAIN: Path = (*_POETRY, "dependencies")


def read(document: Document) -> tuple[Statement, ...]:
    """Read the dependencies, and those of the groups that the document names."""
    try:
        data = tomli.loads(document.text)
        toml = _Toml(document=document, data=data, lines=value_lines(document.text))
    except tomli.TOMLDecodeError as error:
        at = document.at(error.lineno)
        return (
            Problem(f"not TOML: {error.msg[:1].lower()}{error.msg[1:]}, column {error.colno}", at),
        )
    except RecursionError:
        return (Problem("nested too deeply to be read", document.at(None)),)
    groups = (statement for name in document.groups for statement in _group(toml, name))
    return (*_supported(toml), *_dependencies(toml), *groups)


class _Toml(NamedTuple):
    """A document with its values and their lines."""

    document: Document
    data: dict[str, object]
    lines: dict[Path, int]

    def get(self, path: Path) -> object:
        """Return a value, None where the document has none."""
        value: object = self.data
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def at(self, path: Path) -> Location:
        """Return where a value stands, or the nearest table around it."""
        return self.document.at(
            next((self.lines[p] for p in _outwards(path) if p in self.lines), None)
        )

    def problem(self, path: Path, message: str) -> Problem:
        """Return a problem with a value, named by its path."""
        return Problem(f"{_shown(path)}: {message}", self.at(path))

    def mistyped(self, path: Path, expected: str) -> Problem:
        """Return the problem that a value is of another type than it has to be."""
        return self.problem(path, f"expected {expected}, found {_kind(self.get(path))}")


def _outwards(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(len(path), 0, -1))


def _shown(path: Path) -> str:
    first, *rest = path
    return str(first) + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in rest)


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def _supported(toml: _Toml) -> Iterator[Statement]:
    for path, read in (
        ((*_PROJECT, "requires-python"), str),
        ((*_POETRY_MAIN, "python"), poetry.specifier),
    ):
        text = toml.get(path)
        if isinstance(text, str):
            try:
                yield Supports(SpecifierSet(read(text)), text, toml.at(path))
            except ValueError as error:
                yield toml.problem(path, str(error))
        elif text is not None:
            yield toml.mistyped(path, "a string")


def _dependencies(toml: _Toml) -> Iterator[Statement]:
    project = toml.get(_PROJECT)
    if project is not None and not isinstance(project, dict):
        yield toml.mistyped(_PROJECT, "a table")
    elif isinstance(project, dict) and "dependencies" in project:
        yield from _list(toml, (*_PROJECT, "dependencies"))
        return
    if toml.get(_POETRY_MAIN) is not None:
        yield from _poetry_table(toml, _POETRY_MAIN)
    elif _is_dynamic(toml, "dependencies"):
        yield from _dynamic(toml, (*_DYNAMIC, "dependencies"))


def _is_dynamic(toml: _Toml, field: str) -> bool:
    dynamic = toml.get((*_PROJECT, "dynamic"))
    return isinstance(dynamic, list) and field in dynamic


def _dynamic(toml: _Toml, path: Path) -> Iterator[Statement]:
    """Follow what setuptools reads from files; what other build backends compute is not known."""
    files = toml.get((*path, "file"))
    if isinstance(files, str):
        files = [files]
    if not isinstance(files, list) or not all(isinstance(file, str) for file in files):
        message = f"{path[-1]} are computed by the build backend"
        yield toml.problem((*_PROJECT, "dynamic"), message)
        return
    for file in files:
        yield Include(path=file, at=toml.at((*path, "file")))


def _list(toml: _Toml, path: Path, seen: tuple[Path, ...] = ()) -> Iterator[Statement]:
    """Read a list of PEP 508 strings, or a PEP 735 group; `seen` are the lists that led here."""
    entries = toml.get(path)
    if not isinstance(entries, list):
        yield toml.mistyped(path, "a list of strings")
        return
    for position, entry in enumerate(entries):
        place = (*path, position)
        match entry:
            case str():
                yield from _string(toml, place, entry, (*seen, path))
            case {"include-group": str(name), **rest} if not rest and path[:1] == _GROUPS:
                yield from _included(toml, place, _GROUPS, name, (*seen, path))
            case _:
                yield toml.problem(place, f"expected a string, found {_kind(entry)}")


def _string(toml: _Toml, place: Path, text: str, seen: tuple[Path, ...]) -> Iterator[Statement]:
    if fault := explain(text):
        yield toml.problem(place, fault)
        return
    requirement = Requirement(text)
    name = toml.get((*_PROJECT, "name"))
    if isinstance(name, str) and canonicalize_name(name) == canonicalize_name(requirement.name):
        # `all = ["this-project[a,b]"]` means its own extras.
        for extra in sorted(requirement.extras):
            yield from _included(toml, place, _OPTIONAL, extra, seen)
        return
    yield toml.document.declare(requirement, redacted(text.strip()), toml.at(place))


def _included(
    toml: _Toml, place: Path, table: Path, name: str, seen: tuple[Path, ...]
) -> Iterator[Statement]:
    path = _named(toml, table, name)
    if path is None:
        yield toml.problem(place, f"no extra or group is called {name}")
    elif path in seen:
        yield toml.problem(
            place, f"{name} includes itself: {' -> '.join(str(p[-1]) for p in (*seen, path))}"
        )
    else:
        yield from _list(toml, path, seen)


def _named(toml: _Toml, table: Path, name: str) -> Path | None:
    """Return the path of an entry of a table, by its normalised name."""
    entries = toml.get(table)
    for key in entries if isinstance(entries, dict) else ():
        if canonicalize_name(key) == canonicalize_name(name):
            return (*table, key)
    return None


def _group(toml: _Toml, name: str) -> Iterator[Statement]:
    """Read everything that goes by a name: an extra, a dependency group, a group of Poetry's."""
    found = False
    for table in (_OPTIONAL, _GROUPS):
        if path := _named(toml, table, name):
            found = True
            yield from _list(toml, path)
    if path := _named(toml, (*_POETRY, "group"), name):
        found = True
        yield from _poetry_table(toml, (*path, "dependencies"))
    if path := _named(toml, (*_POETRY, "extras"), name):
        found = True
        yield from _poetry_extra(toml, path)
    legacy = (*_POETRY, "dev-dependencies")
    if name == "dev" and toml.get(legacy) is not None:
        found = True
        yield from _poetry_table(toml, legacy)
    if not found and (path := _named(toml, (*_DYNAMIC, "optional-dependencies"), name)):
        found = True
        yield from _dynamic(toml, path)
    if not found:
        yield Problem(f"no extra or group is called {name}", toml.document.at(None))


def _poetry_table(toml: _Toml, path: Path) -> Iterator[Statement]:
    table = toml.get(path)
    if not isinstance(table, dict):
        yield toml.mistyped(path, "a table")
        return
    for name in table:
        if name != "python":
            yield from _poetry_entries(toml, (*path, name), optional=False)


def _poetry_extra(toml: _Toml, path: Path) -> Iterator[Statement]:
    names = toml.get(path)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        yield toml.mistyped(path, "a list of strings")
        return
    for position, name in enumerate(names):
        entry = _named(toml, _POETRY_MAIN, name)
        if entry is None:
            yield toml.problem((*path, position), f"{_shown(_POETRY_MAIN)} has no {name}")
        else:
            yield from _poetry_entries(toml, entry, optional=True)


def _poetry_entries(toml: _Toml, path: Path, *, optional: bool) -> Iterator[Statement]:
    """Read what stands behind a name: one entry, or several for different Pythons."""
    value = toml.get(path)
    if not isinstance(value, list):
        yield from _poetry_entry(toml, path, value, optional=optional)
        return
    for position, entry in enumerate(value):
        yield from _poetry_entry(toml, (*path, position), entry, optional=optional)


def _poetry_entry(toml: _Toml, path: Path, value: object, *, optional: bool) -> Iterator[Statement]:
    name = next(str(part) for part in reversed(path) if isinstance(part, str))
    entry = {"version": value} if isinstance(value, str) else value
    if not isinstance(entry, dict):
        yield toml.problem(path, f"expected a string or a table, found {_kind(value)}")
        return
    if bool(entry.get("optional")) is not optional:
        return
    folder = entry.get("path")
    if isinstance(folder, str) and not is_archive(folder):
        extras = entry.get("extras", [])
        names = tuple(map(str, extras)) if isinstance(extras, list) else ()
        yield Include(path=folder, at=toml.at(path), extras=names)
        return
    try:
        text = poetry.requirement(name, entry)
    except ValueError as error:
        yield toml.problem(path, str(error))
        return
    if fault := explain(text):
        yield toml.problem(path, fault)
        return
    version = entry.get("version")
    written = f'{name} = "{version}"' if version else redacted(text)
    yield toml.document.declare(Requirement(text), written, toml.at(path))
