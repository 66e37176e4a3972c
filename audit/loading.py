"""Which own files a runtime loads before it calls the handler, and which it may load later."""

from __future__ import annotations

import posixpath
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Attempt, Function
from audit.handler import entries_on, functions_called
from audit.imports import runs
from audit.model import Location
from audit.report import Met
from audit.source.local import reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from audit.code import Block, Import, Source
    from audit.model import Project
    from audit.platform import Runtime
    from audit.report import ImportedModule
    from audit.source.local import LocalModules


class Loaded(Enum):
    """How a file is loaded."""

    SURELY = "surely"
    """With the handler's own file."""
    PERHAPS = "perhaps"
    """So, if a test that cannot be decided lets it."""
    CALLED = "called"
    """When a function is called that imports it, or instead of what was not found."""
    NEVER = "never"


class Loading(NamedTuple):
    """The own files of a project as one runtime loads them."""

    surely: frozenset[str]
    perhaps: frozenset[str]
    called: frozenset[str]

    def of(self, path: str) -> Loaded:
        """Return how a file is loaded."""
        if path in self.surely:
            return Loaded.SURELY
        if path in self.perhaps:
            return Loaded.PERHAPS
        return Loaded.CALLED if path in self.called else Loaded.NEVER


def reached(project: Project, local: LocalModules, runtime: Runtime) -> frozenset[str] | None:
    """Return the files that the handlers may load; None where no handler is known, or found."""

    def may_run(source: Source, statement: Import) -> bool:
        return runs(statement, source, runtime) is not False

    files = _entered(project, runtime)
    return reachable(files, project.sources, local, version=runtime.version, runs=may_run) or None


def loading(
    project: Project, local: LocalModules, runtime: Runtime, modules: Iterable[ImportedModule]
) -> Loading | None:
    """Return which files the handlers load when; None where no handler is known, or found."""
    files = _entered(project, runtime)
    if not files:
        return None
    functions = functions_called(project, local, runtime)
    failing = frozenset(
        site.at for module in modules if module.status in _UNMET for site in module.sites
    )

    def followed(follows: Callable[[Source, Import], bool]) -> frozenset[str]:
        return reachable(files, project.sources, local, version=runtime.version, runs=follows)

    def may_run(source: Source, statement: Import) -> bool | None:
        return runs(statement, source, runtime)

    def runs_at_load(source: Source, statement: Import) -> bool:
        return _stands_in(functions, source, statement) and all(
            _is_taken(source, each, project.root, failing) for each in statement.blocks
        )

    return Loading(
        surely=followed(lambda *each: may_run(*each) is True and runs_at_load(*each)),
        perhaps=followed(lambda *each: may_run(*each) is not False and runs_at_load(*each)),
        called=followed(lambda *each: may_run(*each) is not False),
    )


def _entered(project: Project, runtime: Runtime) -> frozenset[str]:
    return frozenset(entry.file for entry in entries_on(project, runtime)) & project.files


_UNMET = frozenset({Met.MISSING, Met.UNKNOWN, Met.IGNORED})


def _stands_in(handlers: frozenset[tuple[str, str]], source: Source, statement: Import) -> bool:
    """Whether an import stands in no function but a handler."""
    functions = [block.name for block in statement.blocks if isinstance(block, Function)]
    return not functions or (source.path, functions[0]) in handlers


def _is_taken(source: Source, block: Block, root: str, failing: Container[Location]) -> bool:
    """Whether control comes to a branch of a `try`: to a handler where an import before it fails.

    What it fails with must be an ImportError: a file that does not compile ends the `try` too.
    """
    if not isinstance(block, Attempt) or block.branch in {0, OTHERWISE}:
        return True
    path = posixpath.normpath(posixpath.join(root, source.path))
    return any(
        Location(path, other.line) in failing
        for other in source.imports
        for around in other.blocks
        if isinstance(around, Attempt)
        and around.group == block.group
        and around.branch < block.branch
    )
