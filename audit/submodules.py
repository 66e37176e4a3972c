"""Submodules of the standard library that are used, and what of a project may load them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from audit.failing import decided
from audit.report import Met
from audit.source.local import importer_of
from audit.source.submodules import UNMEASURED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from audit.code import Source
    from audit.finder import Finder, Surroundings
    from audit.platform import Runtime


class Loads:
    """What the own files import that may run on one runtime; worked out when first asked."""

    def __init__(
        self, sources: Iterable[Source], around: Surroundings, finder: Finder, runtime: Runtime
    ) -> None:
        self._sources = sources
        self._around = around
        self._finder = finder
        self._runtime = runtime

    def names(self, name: str) -> bool:
        """Whether some import names a submodule, or one within it, even where that fails."""
        return name in self._named

    def loads(self, name: str) -> bool:
        """Whether what some import names loads a submodule."""
        loading = self._around.members.submodules.loaded_by(name, self._runtime.python)
        return not loading.isdisjoint(self._imported[0])

    @property
    def others(self) -> tuple[str, ...]:
        """Modules that are imported and may load anything: those of distributions."""
        return tuple(sorted(self._imported[1]))

    @cached_property
    def _named(self) -> Collection[str]:
        found: set[str] = set()
        for source in self._sources:
            for each in source.imports:
                for whole in (each.module, *(f"{each.module}.{name}" for name in each.names)):
                    parts = whole.split(".")
                    found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
        return found

    @cached_property
    def _imported(self) -> tuple[Collection[str], Collection[str]]:
        library: set[str] = set()
        others: set[str] = set()
        for module, is_library in self._each():
            is_measured = is_library and module.partition(".")[0] not in UNMEASURED
            (library if is_measured else others).add(module)
        return library, others

    def _each(self) -> Iterator[tuple[str, bool]]:
        for source in self._sources:
            importer = importer_of(source)
            for statement in source.imports:
                if decided(statement.blocks, source, self._runtime) is False:
                    continue
                question = self._around.own.question(statement, importer)
                for answer in self._finder.find(question):
                    if answer.status is Met.STDLIB:
                        yield answer.module, True
                        yield from ((f"{answer.module}.{name}", True) for name in statement.names)
                    elif answer.status not in {Met.LOCAL, Met.IGNORED, Met.MISSING}:
                        yield answer.module, False
