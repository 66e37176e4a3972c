"""Imports of the project's own modules, looked up once for all Pythons that look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.code import Import
from audit.source.local import Found, Importer, NotFound, importer_of, local_modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from audit.code import Source

    Loads = tuple[Import, tuple[str, ...]]

_NAMESPACES = (3, 3)
"""From here on, Pythons differ only in the extension modules that they load."""


class Question(NamedTuple):
    """What an import asks for: equal questions have equal answers on one runtime."""

    module: str
    names: tuple[str, ...] = ()
    level: int = 0
    asker: Importer | None = None
    """Who asks, where the answer depends on it."""


class Look(NamedTuple):
    """What a look at the package folder gave."""

    found: Found | NotFound
    is_final: bool
    """No distribution of that name is taken in its place."""


class OwnModules:
    """Answers questions about a project's files; each is worked out once."""

    def __init__(self, files: Iterable[str], import_roots: Iterable[str]) -> None:
        self.local = local_modules(files, import_roots)
        self._lower = frozenset(map(str.lower, self.local.stems))
        self._extensions = frozenset(
            path.rpartition("/")[2].partition(".")[0].removesuffix("module")
            for path in self.local.files
            if path.endswith(".so")
        )
        self._loads: dict[tuple[str, tuple[int, int]], tuple[Loads, ...]] = {}
        self._known: dict[tuple[Question, tuple[int, int]], Look | None] = {}

    def question(self, statement: Import, importer: Importer) -> Question:
        """Return what a statement asks for in its file."""
        package = self.local.package_of(importer.path)
        beside = "/".join((*package, statement.module.partition(".")[0]))
        # Python 2 looks beside the file first.
        if statement.level or (package and self._is_there(beside) and not importer.absolute):
            folder, slash, _ = importer.path.rpartition("/")
            asker = importer._replace(path=folder + slash)
            return Question(statement.module, statement.names, statement.level, asker)
        return Question(statement.module, statement.names)

    def _is_there(self, stem: str) -> bool:
        # Most imports are of no own module; this tells so without a search.
        return any(root + stem in self.local.stems for root in self.local.roots)

    def look(self, question: Question, version: tuple[int, int]) -> Look | None:
        """Return what the project has for a question; None for nothing of that name."""
        parts = (*question.module.split("."), *question.names)
        by_rules_alone = self._extensions.isdisjoint(parts)
        key = (question, min(version, _NAMESPACES) if by_rules_alone else version)
        if key not in self._known:
            self._known[key] = self._look(question, version)
        return self._known[key]

    def _look(self, question: Question, version: tuple[int, int]) -> Look | None:
        asker = question.asker
        outermost = question.module.partition(".")[0]
        if asker is None and not self._is_there(outermost):
            return None
        statement = Import(
            module=question.module, names=question.names, level=question.level, line=0
        )
        found = self.local.find_import(statement, version=version, importer=asker)
        if isinstance(found, Found):
            return Look(found, is_final=not found.namespace)
        around = self.local.find(outermost, version=version, importer=asker)
        if question.level or (isinstance(around, Found) and not around.namespace):
            return Look(found, is_final=True)
        return None

    def loaded_by(self, source: Source, version: tuple[int, int]) -> tuple[Loads, ...]:
        """Return the imports of a file that load own files, with those."""
        key = (source.path, version)
        known = self._loads.get(key)
        if known is None:
            known = self._loads[key] = tuple(self._loaded_by(source, version))
        return known

    def _loaded_by(self, source: Source, version: tuple[int, int]) -> Iterator[Loads]:
        importer = importer_of(source)
        for statement in source.imports:
            look = self.look(self.question(statement, importer), version)
            if look is not None and isinstance(look.found, Found):
                yield statement, look.found.loads

    def reachable(
        self,
        entries: Iterable[str],
        sources: Mapping[str, Source],
        version: tuple[int, int],
        follows: Callable[[Source, Import], bool],
    ) -> frozenset[str]:
        """Return the files that some load through others, themselves included.

        `sources` are those whose imports are known, by path, and `follows` says which of these
        count.
        """
        pending = list(entries)
        reached: set[str] = set()
        while pending:
            path = pending.pop()
            if path in reached:
                continue
            reached.add(path)
            source = sources.get(path)
            if source is None:
                continue
            for statement, loads in self.loaded_by(source, version):
                if not reached.issuperset(loads) and follows(source, statement):
                    pending += loads
        return frozenset(reached)

    def below(self, package: Found, name: str, version: tuple[int, int]) -> Found | NotFound | None:
        """Return what there is of a module within a package; None for nothing like it."""
        folder, _, file = package.path.rpartition("/")
        if file != "__init__.py":
            return None
        found = self.local.find(f"{package.name}.{name}", version=version)
        return found if isinstance(found, Found) or found.near != f"{folder}/" else None

    def near_miss(self, module: str, version: tuple[int, int]) -> str | None:
        """Say which own file or folder is nearly a missing module, if one is."""
        outermost = module.partition(".")[0]
        if all((root + outermost).lower() not in self._lower for root in self.local.roots):
            return None
        found = self.local.find(outermost, version=version)
        return None if isinstance(found, Found) or found.near is None else found.reason
