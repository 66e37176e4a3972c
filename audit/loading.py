"""Which own files a runtime loads before it calls the handler, and which it may load later."""

from __future__ import annotations

import posixpath
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Attempt, Function
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


class Entered(NamedTuple):
    """Where a runtime enters a project."""

    files: frozenset[str]
    """Those that hold its handlers."""
    functions: frozenset[tuple[str, str]]
    """File and name of each handler."""


def loading(
    project: Project,
    local: LocalModules,
    runtime: Runtime,
    entered: Entered,
    modules: Iterable[ImportedModule],
) -> Loading | None:
    """Follow the imports of the handlers; None where no handler is known, or found."""
    if not entered.files:
        return None
    failing = frozenset(
        site.at for module in modules if module.status in _UNMET for site in module.sites
    )

    def reached(follows: Callable[[Source, Import], bool]) -> frozenset[str]:
        files, sources = entered.files, project.sources
        return reachable(files, sources, local, version=runtime.version, runs=follows)

    def may_run(source: Source, statement: Import) -> bool | None:
        return runs(statement, source, runtime)

    def runs_at_load(source: Source, statement: Import) -> bool:
        return _stands_in(entered.functions, source, statement) and all(
            _is_taken(source, each, project.root, failing) for each in statement.blocks
        )

    return Loading(
        surely=reached(lambda *each: may_run(*each) is True and runs_at_load(*each)),
        perhaps=reached(lambda *each: may_run(*each) is not False and runs_at_load(*each)),
        called=reached(lambda *each: may_run(*each) is not False),
    )


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
