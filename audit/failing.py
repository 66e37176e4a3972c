"""Which files of a package a runtime cannot load, what their import ends with, who survives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Condition, Function, Handled
from audit.compiling import compiles
from audit.source.conditions import holds
from audit.source.exceptions import catcher, sees_import, survivor
from audit.source.local import Found, importer_of
from audit.source.terms import CAUGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from audit.code import Block, Ending, Import, Source
    from audit.model import Project
    from audit.own import OwnModules
    from audit.platform import Runtime


def decided(blocks: Iterable[Block], source: Source, runtime: Runtime) -> bool | None:
    """Whether the tests around code let it run on a runtime; None if they do not tell."""
    blocks = tuple(blocks)
    found = let_run(blocks, lambda test: holds(test, runtime, source.bindings))
    return None if found and any(_is_probed(block, source) for block in blocks) else found


def _is_probed(block: Block, source: Source) -> bool:
    """Whether code runs unless something is caught that is no failed import.

    So jinja2 imports for Python 3 in the `else` of a `try: compile(...)`.
    """
    return (
        isinstance(block, Handled)
        and block.branch == OTHERWISE
        and not any(
            isinstance(around, Handled) and around.group == block.group and not around.branch
            for each in source.imports
            for around in each.blocks
        )
    )


def let_run(blocks: Iterable[Block], value_of: Callable[[str], bool | None]) -> bool | None:
    """Whether tests with these values let the code within them run; None if they do not tell."""
    certain: bool | None = True
    for block in blocks:
        if isinstance(block, Condition):
            value = value_of(block.test)
            if value is None:
                certain = None
            elif value is not block.holds:
                return False
    return certain


def failing(project: Project, own: OwnModules, runtime: Runtime) -> Failing:
    """Return the own and vendored files that a runtime cannot load."""
    exceptions: dict[str, str] = {}
    sources = (*project.sources, *project.packed)
    compiled = {source.path: compiles(source, runtime, project.rulings) for source in sources}
    for source in sources:
        if compiled[source.path] is False:
            exceptions[source.path] = "SyntaxError"
        elif ends := [each for each in source.endings if _is_reached(each, source, runtime)]:
            exceptions[source.path] = ends[0].exception
    found = Failing(exceptions, compiled, own, runtime)
    found.spread(sources)
    return found


def _is_reached(ending: Ending, source: Source, runtime: Runtime) -> bool:
    """Whether loading a file surely ends at a place."""
    is_called = any(isinstance(block, Function) for block in ending.blocks)
    return not is_called and decided(ending.blocks, source, runtime) is True


class Survived(NamedTuple):
    """A `try` that goes on after the import of a file that fails."""

    group: int
    handler: int
    """The number of the handler that goes on, among those that see a failed import; 0 where
    that one does not."""


class Failing:
    """The files that a runtime cannot load, with the exception that their import ends with."""

    def __init__(
        self,
        exceptions: Mapping[str, str],
        compiled: Mapping[str, bool | None],
        own: OwnModules,
        runtime: Runtime,
    ) -> None:
        self._exceptions = dict(exceptions)
        """File -> the exception: empty for an end that nothing catches."""
        self.uncompiled = frozenset(path for path, found in compiled.items() if found is False)
        """Those of which nothing runs."""
        self._own = own
        self._runtime = runtime
        self._is_sure = None not in compiled.values()
        """Whether it is known of each file if it compiles."""
        self._taken: dict[str, frozenset[tuple[int, int]]] = {}
        self.is_any_survived = False
        """Whether there is a `try` that goes on after such an import."""

    def survived(self, source: Source, statement: Import) -> Survived | None:
        """Return the `try` that goes on after an import of an own file that fails."""
        tries = _tries(statement) if self._exceptions else ()
        exception = self._exception(source, statement) if tries else None
        found = None if exception is None else survivor(tries, exception)
        if found is None:
            return None
        number = catcher(found, exception or "")
        seeing = [n for n, names in enumerate(found.caught, 1) if sees_import(names)]
        return Survived(found.group, seeing.index(number) + 1 if number in seeing else 0)

    def blocks(self, source: Source, statement: Import) -> tuple[Block, ...]:
        """Return what is around an import, as the imports that fail before it decide it."""
        if not any(isinstance(block, Handled) and block.branch for block in statement.blocks):
            return statement.blocks
        return tuple(self._decided(self.taken(source), statement.blocks))

    def _decided(
        self, taken: frozenset[tuple[int, int]], blocks: Sequence[Block]
    ) -> Iterator[Block]:
        groups = {group for group, _ in taken}
        handled: Handled | None = None
        for block in blocks:
            if isinstance(block, Condition) and block.test == CAUGHT and handled is not None:
                if (handled.group, handled.branch) in taken:
                    continue
                names = handled.caught[handled.branch - 1]
                yield _NEVER if self._is_sure and _OF_SYNTAX.issuperset(names) else block
            else:
                handled = block if isinstance(block, Handled) else None
                if handled is not None and handled.branch == OTHERWISE and handled.group in groups:
                    yield _NEVER
                yield block

    def taken(self, source: Source) -> frozenset[tuple[int, int]]:
        """Return group and number of each handler that the failure of an own file leads to."""
        if source.path not in self._taken:
            led_to = self._led_to(source) if self._exceptions else ()
            self._taken[source.path] = frozenset(led_to)
        return self._taken[source.path]

    def spread(self, sources: Sequence[Source]) -> None:
        """Add the files whose loading surely imports one that fails, and does not survive that."""
        if not self._exceptions:
            return
        askers: dict[str, list[tuple[Source, Import]]] = {}
        for source in sources:
            for statement in source.imports:
                if not any(isinstance(block, Function) for block in statement.blocks):
                    for path in self._loads(source, statement):
                        askers.setdefault(path, []).append((source, statement))
        waiting = list(self._exceptions)
        while waiting:
            path = waiting.pop()
            for source, statement in askers.get(path, ()):
                if source.path not in self._exceptions and self._passes(source, statement, path):
                    self._exceptions[source.path] = self._exceptions[path]
                    waiting.append(source.path)
        self.is_any_survived = any(
            self.survived(source, statement) for source in sources for statement in source.imports
        )

    def _passes(self, source: Source, statement: Import, path: str) -> bool:
        tries = _tries(statement)
        runs = decided(statement.blocks, source, self._runtime)
        in_handler = any(each.branch > 0 for each in tries)
        return runs is True and not in_handler and not survivor(tries, self._exceptions[path])

    def _exception(self, source: Source, statement: Import) -> str | None:
        loads = self._loads(source, statement)
        return next((self._exceptions[path] for path in loads if path in self._exceptions), None)

    def _loads(self, source: Source, statement: Import) -> tuple[str, ...]:
        question = self._own.question(statement, importer_of(source))
        look = self._own.look(question, self._runtime.version)
        return look.found.loads if look is not None and isinstance(look.found, Found) else ()

    def _led_to(self, source: Source) -> Iterator[tuple[int, int]]:
        for statement in source.imports:
            tries = [each for each in _tries(statement) if each.branch == 0]
            if tries and decided(statement.blocks, source, self._runtime) is True:
                exception = self._exception(source, statement)
                if exception is not None:
                    numbers = [(each.group, catcher(each, exception)) for each in reversed(tries)]
                    yield from [each for each in numbers if each[1]][:1]


_OF_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})
_NEVER = Condition("False", holds=True)


def may_fail(source: Source, statement: Import) -> bool:
    """Whether a `try` goes on where an import ends with an ImportError, and imports no other."""
    tries = _tries(statement)
    found = survivor(tries, "ImportError") if tries else None
    if found is None:
        return False
    handler = (found.group, catcher(found, "ImportError"))
    return not any(
        isinstance(block, Handled) and (block.group, block.branch) == handler
        for other in source.imports
        for block in other.blocks
    )


def is_turned(statement: Import) -> bool:
    """Whether a `try` catches the ImportError of an import, and ends with something else."""
    tries = _tries(statement)
    catching = any(catcher(each, "ImportError") for each in tries if not each.branch)
    return catching and survivor(tries, "ImportError") is None


def _tries(statement: Import) -> list[Handled]:
    """Return each `try` around an import that is left where it fails, outermost first."""
    found: list[Handled] = []
    for block in statement.blocks:
        if isinstance(block, Function):
            found.clear()  # by the time of the call the code has left every `try` around the `def`
        elif isinstance(block, Handled):
            found.append(block)
    return found
