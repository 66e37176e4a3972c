"""Which files of a package a runtime loads before it calls the handler, and which perhaps later."""

from __future__ import annotations

import posixpath
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Attempt, Condition, Function, Handled
from audit.failing import decided, is_turned, may_fail
from audit.handler import entries_on, functions_called
from audit.model import Location
from audit.report import Met

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from audit.code import Import, Source
    from audit.failing import Failing
    from audit.model import Project
    from audit.own import OwnModules
    from audit.platform import Runtime
    from audit.report import ImportedModule

    Follows = Callable[[Source, Import], bool]


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
    """The own and vendored files of a project as one runtime loads them."""

    surely: frozenset[str]
    perhaps: frozenset[str]
    called: frozenset[str]
    survived: frozenset[str] = frozenset()
    """Those of all that are loaded only where a `try` around an import goes on as one fails."""
    spared: frozenset[str] = frozenset()
    """Those of all whose ImportError is caught around each import of them, and nothing lost."""
    firm: frozenset[str] = frozenset()
    """Those of the sure that imports lead to with no test and no `try` around them; empty where
    there are no vendored copies, which alone are judged by it."""
    tried: frozenset[str] = frozenset()
    """Those that the first import in a `try` in one of these files loads first."""

    def of(self, path: str) -> Loaded:
        """Return how a file is loaded."""
        if path in self.surely:
            return Loaded.SURELY
        if path in self.perhaps:
            return Loaded.PERHAPS
        return Loaded.CALLED if path in self.called else Loaded.NEVER


def reached(
    project: Project, own: OwnModules, runtime: Runtime, failing: Failing | None = None
) -> frozenset[str] | None:
    """Return the files that the handlers may load; None where no handler is known, or found.

    What does not compile is none of them where a `try` goes on without it: nothing of it runs.
    """

    def may_run(source: Source, statement: Import) -> bool:
        blocks = failing.blocks(source, statement) if failing else statement.blocks
        return decided(blocks, source, runtime) is not False

    walk = _walk(_entered(project, runtime), project, own, runtime)
    spared = walk.survived(may_run, failing) & failing.uncompiled if failing else frozenset()
    return walk.without(spared, may_run) or None


def loading(  # noqa: PLR0913 - those of every fact, and where to begin
    project: Project,
    own: OwnModules,
    runtime: Runtime,
    modules: Iterable[ImportedModule],
    failing: Failing | None = None,
    *,
    otherwise: frozenset[str] = frozenset(),
) -> Loading | None:
    """Return which files the handlers load when; None where no handler is known, or found.

    `failing` are those that the runtime cannot load, if any; `otherwise` are the files to begin
    with where no handler is.
    """
    files = _entered(project, runtime) or otherwise
    if not files:
        return None
    functions = functions_called(project, own.local, runtime)
    unmet = frozenset(
        site.at for module in modules if module.status in _UNMET for site in module.sites
    )
    taken = _Taken(project.root, unmet, failing)

    def runs(source: Source, statement: Import) -> bool | None:
        blocks = failing.blocks(source, statement) if failing else statement.blocks
        return decided(blocks, source, runtime)

    def is_at_load(source: Source, statement: Import) -> bool:
        return _stands_in(functions, source, statement) and taken.leads_to(source, statement)

    def may_run(source: Source, statement: Import) -> bool:
        return runs(source, statement) is not False and is_at_load(source, statement)

    def surely_runs(source: Source, statement: Import) -> bool:
        return runs(source, statement) is True and is_at_load(source, statement)

    def is_firm(source: Source, statement: Import) -> bool:
        return _is_plain(statement) and surely_runs(source, statement)

    walk = _walk(files, project, own, runtime)
    firm = walk.followed(is_firm) if project.packed else frozenset()
    survived = walk.survived(may_run, failing) if failing else frozenset()
    spared = survived & failing.uncompiled if failing else frozenset()
    return Loading(
        surely=walk.without(spared, surely_runs),
        perhaps=walk.without(spared, may_run),
        called=walk.followed(lambda *each: runs(*each) is not False),
        survived=survived,
        spared=walk.spared(may_run),
        firm=firm,
        tried=walk.tried(firm),
    )


def _walk(files: frozenset[str], project: Project, own: OwnModules, runtime: Runtime) -> _Walk:
    sources = {each.path: each for each in (*project.sources, *project.packed)}
    return _Walk(files, sources, own, runtime.version)


class _Walk(NamedTuple):
    """Walks from the handlers' files along imports."""

    files: frozenset[str]
    sources: Mapping[str, Source]
    own: OwnModules
    version: tuple[int, int]

    def followed(self, follows: Follows) -> frozenset[str]:
        """Return the files that are come to."""
        return self.own.reachable(self.files, self.sources, self.version, follows)

    def without(self, spared: frozenset[str], follows: Follows) -> frozenset[str]:
        """Return the others that are come to, and not through some files."""
        return self.followed(lambda *each: each[0].path not in spared and follows(*each)) - spared

    def survived(self, follows: Follows, failing: Failing) -> frozenset[str]:
        """Return the files that are come to only by imports whose failure a `try` survives."""
        if not failing.is_any_survived:
            return frozenset()
        needed = self.followed(lambda *each: follows(*each) and not failing.survived(*each))
        return self.followed(follows) - needed

    def tried(self, files: frozenset[str]) -> frozenset[str]:
        """Return what the first import in the body of a `try` in some files loads beside them."""
        found: set[str] = set()
        for source in (self.sources[path] for path in files if path in self.sources):
            begun: set[int] = set()
            loads = dict(self.own.loaded_by(source, self.version))
            for statement in source.imports:
                tries = [each for each in statement.blocks if isinstance(each, Handled)]
                is_first = not begun.intersection(each.group for each in tries)
                begun.update(each.group for each in tries)
                is_body = all(not each.branch for each in tries)
                if tries and is_first and is_body and _is_only_tried(statement):
                    found.update([x for x in loads.get(statement, ()) if x not in files][:1])
        return frozenset(found)

    def spared(self, follows: Follows) -> frozenset[str]:
        """Return the files that are come to only by imports that may as well fail."""
        if not any(
            may_fail(source, each) for source in self.sources.values() for each in source.imports
        ):
            return frozenset()

        def needs(source: Source, statement: Import) -> bool:
            return follows(source, statement) and not may_fail(source, statement)

        found = self.followed(follows)
        spared = found - self.followed(needs)
        turning = {
            source.path
            for source in self.sources.values()
            if source.path in spared and any(is_turned(each) for each in source.imports)
        }  # what fails there may end with another exception
        return found - self._replace(files=self.files | turning).followed(needs)


def _is_plain(statement: Import) -> bool:
    """Whether an import stands at most in one function, and after what may end that or the file."""
    inner = [x for x in statement.blocks if not (isinstance(x, Condition) and x.is_early)]
    return not inner or (len(inner) == 1 and isinstance(inner[0], Function))


def _is_only_tried(statement: Import) -> bool:
    return all(isinstance(block, Attempt | Handled) for block in statement.blocks)


def _entered(project: Project, runtime: Runtime) -> frozenset[str]:
    return frozenset(entry.file for entry in entries_on(project, runtime)) & project.files


_UNMET = frozenset({Met.MISSING, Met.UNKNOWN, Met.IGNORED})


def _stands_in(handlers: frozenset[tuple[str, str]], source: Source, statement: Import) -> bool:
    """Whether an import stands in no function but a handler."""
    functions = [block.name for block in statement.blocks if isinstance(block, Function)]
    return not functions or (source.path, functions[0]) in handlers


class _Taken(NamedTuple):
    """Tells to which branches of a `try` control comes."""

    root: str
    unmet: Container[Location]
    failing: Failing | None

    def leads_to(self, source: Source, statement: Import) -> bool:
        """Whether that is so for all that are around an import."""
        taken = self.failing.taken(source) if self.failing else ()
        entered = {
            block.group
            for block in statement.blocks
            if isinstance(block, Handled) and (block.group, block.branch) in taken
        }
        return all(
            block.branch in {0, OTHERWISE}
            or block.group in entered
            or self._is_unmet(source, block)
            for block in statement.blocks
            if isinstance(block, Attempt)
        )

    def _is_unmet(self, source: Source, handler: Attempt) -> bool:
        """Whether an import before a handler finds nothing: that ends with an ImportError."""
        path = posixpath.normpath(posixpath.join(self.root, source.path))
        return any(
            Location(path, other.line) in self.unmet
            for other in source.imports
            for around in other.blocks
            if isinstance(around, Attempt)
            and around.group == handler.group
            and around.branch < handler.branch
            and not (self.failing and self.failing.survived(source, other))
        )
