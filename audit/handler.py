"""The functions that the platform calls: whether they are there, and what they turn out to be.

A handler is `FILE.FUNCTION`: what comes before the first dot is a file at the root of the
package, loaded by its path, and the rest one attribute of it. So it is documented (SCF, Python,
execution method), and so does the runtime that the platform's own CLI brings.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from audit.code import Alias, Brought, Deleted, Inert, Routine
from audit.compiling import compiles
from audit.model import Entry, Location
from audit.source.conditions import holds
from audit.source.local import Found, importer_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audit.code import Definition, Source
    from audit.model import Project
    from audit.platform import Runtime
    from audit.source.local import LocalModules

ARGUMENTS = 2
"""What a handler is called with: event and context."""


class Target(NamedTuple):
    """What a handler's name may be bound to when it is called."""

    path: str
    """The file that has it, relative to the project root."""
    name: str
    line: int
    value: Routine | Inert | None
    """None where it is not known what it is."""


class Absent(NamedTuple):
    """A handler that is not there."""

    why: str
    is_sure: bool = True
    """False where it may be there all the same."""
    elsewhere: str = ""
    """A folder that has a file of the name, relative to the project root."""


Handler = tuple[Target, ...] | Absent
"""What a handler comes to; no target where its file was not read."""


def entries_on(project: Project, runtime: Runtime) -> tuple[Entry, ...]:
    """Return what is called on a runtime: what is deployed there, or else all of it.

    Who asks about another runtime than the configuration names wants to know of a move.
    """
    here = tuple(
        each
        for each in project.entries
        if each.runtime is None or each.runtime.lower() == runtime.name.lower()
    )
    return here or project.entries


def functions_called(
    project: Project, local: LocalModules, runtime: Runtime
) -> frozenset[tuple[str, str]]:
    """Return file and name of every function that is called as a handler."""
    package = Package(project, local, runtime)
    found = (package.handler(entry) for entry in entries_on(project, runtime))
    return frozenset(
        (target.path, target.name)
        for handler in found
        if not isinstance(handler, Absent)
        for target in handler
    )


class Package:
    """A project as one runtime would load it."""

    def __init__(self, project: Project, local: LocalModules, runtime: Runtime) -> None:
        self._project = project
        self._local = local
        self._runtime = runtime
        self._sources: Mapping[str, Source] = {each.path: each for each in project.sources}

    def handler(self, entry: Entry) -> Handler:
        """Look a handler up."""
        file = entry.file
        if file not in self._project.files:
            return self._without_file(entry)
        source = self._sources.get(file)
        if source is None or not self._is_read(source):
            return ()
        if not entry.function:
            return Absent("it names no function, only a file")
        search = _Search(self, self._runtime)
        targets = tuple(dict.fromkeys(search.bound(source, entry.function)))
        if targets:
            return targets
        if search.unclear:
            return Absent(
                f"whether {file} has {entry.function} is not known: {search.unclear}", is_sure=False
            )
        return Absent(search.broken or f"{file} has no {entry.function}")

    def candidates(self, folder: str) -> Iterator[str]:
        """Yield handlers that are there, likely ones first: `index.handler`."""
        found = [
            (each.name != "main_handler", "handler" not in each.name, source.path, each.name)
            for source in self._project.sources
            if source.path.startswith(folder) and "/" not in source.path[len(folder) :]
            for each in source.definitions
            if isinstance(each.value, Routine)
            and is_called_with_two(each.value)
            and not each.value.gives
        ]
        for _, _, path, name in sorted(found):
            handler = f"{path[len(folder) :].removesuffix('.py')}.{name}"
            if not isinstance(self.handler(Entry(handler, folder)), Absent):
                yield handler

    def module(self, source: Source, brought: Brought) -> Found | None:
        """Return the own module that an import names."""
        found = self._local.find(
            brought.module,
            version=self._runtime.version,
            importer=importer_of(source),
            level=brought.level,
        )
        return found if isinstance(found, Found) else None

    def source(self, path: str) -> Source | None:
        """Return an own file, if it was read."""
        source = self._sources.get(path)
        return source if source is not None and self._is_read(source) else None

    def _without_file(self, entry: Entry) -> Absent:
        name = entry.file.removesuffix(".py")
        others = [
            f"{name}{suffix}"
            for suffix in (".pyc", ".so")
            if f"{name}{suffix}" in self._project.files
        ]
        if others:
            return Absent(f"there is {others[0]} instead of {entry.file}", is_sure=False)
        dotted = entry.handler.rpartition(".")[0].replace(".", "/")
        nested = f"{entry.folder}{dotted}.py"
        if "/" in dotted and nested in self._project.files:
            return Absent(
                f"what comes before the first dot names the file, {entry.file}, not {nested}"
            )
        name = f"/{entry.handler.partition('.')[0]}.py"
        found = [path for path in self._sources if path.endswith(name)]
        if not found:
            return Absent(f"there is no {entry.file}")
        nearest = min(found, key=lambda path: (path.count("/"), path))
        why = f"there is no {entry.file} at the root of the package, but {nearest}"
        return Absent(why, elsewhere=nearest.removesuffix(name))

    def _is_read(self, source: Source) -> bool:
        """Whether a file can be read, and loaded: where not, others say so."""
        at = posixpath.normpath(posixpath.join(self._project.root, source.path))
        if any(problem.at.file == at for problem in self._project.problems):
            return False
        return compiles(source, self._runtime, self._project.rulings) is True


def is_called_with_two(routine: Routine) -> bool:
    """Whether a call with event and context is one that a function takes, or may take."""
    accepts = routine.accepts
    if accepts is None:
        return True
    enough = accepts.most is None or accepts.most >= ARGUMENTS
    return accepts.least <= ARGUMENTS and enough and not accepts.keywords


class _Search:
    """A walk from name to name, through own modules."""

    def __init__(self, package: Package, runtime: Runtime) -> None:
        self.unclear = ""
        """Why a name may be bound although nothing shows it."""
        self.broken = ""
        """Which import of a name fails."""
        self._package = package
        self._runtime = runtime
        self._seen: set[tuple[str, str]] = set()

    def bound(self, source: Source, name: str) -> Iterator[Target]:
        """Yield what a name may be bound to once a file is loaded; nothing where it is not."""
        if (source.path, name) in self._seen:
            return
        self._seen.add((source.path, name))
        for each in reversed(source.definitions):
            if each.name not in {name, "*"}:
                continue
            runs = self._runs(each, source)
            if runs is False:
                continue
            found = tuple(self._of(each, source, name))
            yield from found
            if runs and (each.name == name or found):
                return

    def _runs(self, each: Definition, source: Source) -> bool | None:
        certain: bool | None = True if each.sure else None
        for test in each.tests:
            value = holds(test.test, self._runtime, source.bindings)
            if value is None:
                certain = None
            elif value is not test.holds:
                return False
        return certain

    def _of(self, each: Definition, source: Source, name: str) -> Iterator[Target]:
        value = each.value
        if each.name == "*" and value is None:
            self.unclear = f"{source.path}:{each.line} may bind any name"
        elif isinstance(value, Brought):
            yield from self._brought(each, value, source, name)
        elif isinstance(value, Alias):
            other = self._other(source, value.name)
            yield from other or [Target(source.path, name, each.line, None)]
        elif not isinstance(value, Deleted):
            yield Target(source.path, each.name, each.line, value)

    def _other(self, source: Source, name: str) -> tuple[Target, ...]:
        return tuple(self.bound(source, name))

    def _brought(
        self, each: Definition, value: Brought, source: Source, name: str
    ) -> Iterator[Target]:
        unknown = Target(source.path, name, each.line, None)
        if not value.name:
            yield unknown._replace(value=Inert("a module"))
            return
        found = self._package.module(source, value)
        own = self._package.source(found.path) if found else None
        if value.name == "*":
            if own is not None and not name.startswith("_"):
                yield from self.bound(own, name)
            elif found is None:
                self.unclear = f"{source.path}:{each.line} imports * from {value.module}"
            return
        targets = tuple(self.bound(own, value.name)) if own else ()
        below = Brought(f"{value.module}.{value.name}".lstrip("."), value.level)
        if targets:
            yield from targets
        elif found is not None and self._package.module(source, below):
            yield unknown._replace(value=Inert("a module"))
        elif own is None:
            yield unknown
        elif not self.unclear:
            self.broken = (
                f"{source.path}:{each.line} imports {value.name} from {own.path}, which has none"
            )


def place(project: Project, path: str, line: int | None = None) -> Location:
    """Return a place in a file of the project, as a user can open it."""
    return Location(posixpath.normpath(posixpath.join(project.root, path)), line)
