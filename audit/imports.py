"""Every import of a project on one runtime: whether it runs there, and what meets it."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from audit.alternatives import Guarded, excused
from audit.code import Attempt, Condition, Function
from audit.failing import decided
from audit.model import Location
from audit.report import Context, ImportedModule, ImportSite, Met
from audit.source.conditions import is_main, is_typing, is_version_test
from audit.source.local import importer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.code import Import, Source
    from audit.failing import Failing, Survived
    from audit.finder import Answer, Finder, Surroundings
    from audit.own import Question
    from audit.platform import Runtime

_WORST_FIRST = (
    Met.MISSING,
    Met.UNKNOWN,
    Met.VENDOR,
    Met.BUILTIN,
    Met.VENDORED,
    Met.LOCAL,
    Met.STDLIB,
    Met.IGNORED,
)


class Occurrence(NamedTuple):
    """One import statement in its file: what of it is the same on every runtime."""

    number: int
    """Its place among all sites of the survey."""
    question: Question
    statement: Import
    source: Source

    @property
    def function(self) -> str | None:
        """The outermost function around it, which must be called for it to run."""
        blocks = self.statement.blocks
        return next((block.name for block in blocks if isinstance(block, Function)), None)


class Survey(NamedTuple):
    """All imports of a project, sorted so that most are looked at once a runtime, not each."""

    sites: tuple[ImportSite, ...]
    plain: Mapping[Question, tuple[Occurrence, ...]]
    """Those under no test and no `try`."""
    guarded: tuple[tuple[Occurrence, ...], ...]
    """The others, a file at a time."""
    members: frozenset[str] = frozenset()
    """Those of the standard library that not every Python has, among what is used."""


class Use(NamedTuple):
    """One import that nothing meets, or not surely, and that no alternative makes up for."""

    answer: Answer
    source: str
    """The file, relative to the project root."""
    site: ImportSite
    function: str | None
    """The function that must be called for it to run; None where loading the file runs it."""
    certain: bool
    """False where it stands under a test that cannot be decided."""
    live: bool
    """Whether the handler reaches the file, or no handler is known."""

    @property
    def at(self) -> Location:
        """Where it stands."""
        return self.site.at

    @property
    def is_import(self) -> bool:
        """True: it fails with an ImportError."""
        return True


class Imports(NamedTuple):
    """All imports of a project on one runtime."""

    modules: tuple[ImportedModule, ...]
    unmet: tuple[Use, ...]
    lacking: tuple[Use, ...] = ()
    """Imports of names that the module is there without, on this Python."""


def survey(root: str, sources: Iterable[Source], around: Surroundings) -> Survey:
    """Work out what is the same for every runtime, once; places are given from `root` on."""
    sites: list[ImportSite] = []
    plain: dict[Question, list[Occurrence]] = defaultdict(list)
    guarded: list[tuple[Occurrence, ...]] = []
    sources = sorted(sources, key=lambda each: each.path)
    for source in sources:
        path = posixpath.normpath(posixpath.join(root, source.path))
        importer = importer_of(source)
        under_guard: list[Occurrence] = []
        for statement in source.imports:
            question = around.own.question(statement, importer)
            occurrence = Occurrence(len(sites), question, statement, source)
            at = Location(path, statement.line)
            sites.append(ImportSite(at=at, context=_context(statement, source)))
            if any(not isinstance(block, Function) for block in statement.blocks):
                under_guard.append(occurrence)
            else:
                plain[question].append(occurrence)
        guarded.append(tuple(under_guard))
    return Survey(
        sites=tuple(sites),
        plain={question: tuple(found) for question, found in plain.items()},
        guarded=tuple(filter(None, guarded)),
        members=frozenset(each.name for source in sources for each in source.members),
    )


def _context(statement: Import, source: Source) -> Context:
    if statement.dynamic:
        return Context.DYNAMIC
    conditions = (block for block in statement.blocks if isinstance(block, Condition))
    tests = [block.test for block in conditions if not block.is_early]
    kinds = {type(block) for block in statement.blocks}
    if any(map(is_typing, tests)):
        return Context.TYPING
    if any(is_version_test(test, source.bindings) for test in tests):
        return Context.VERSION
    if any(map(is_main, tests)):
        return Context.SCRIPT
    if Attempt in kinds:
        return Context.GUARDED
    return Context.FUNCTION if Function in kinds else Context.TOP


def meet(
    surveyed: Survey,
    finder: Finder,
    runtime: Runtime,
    live: Collection[str] | None,
    failing: Failing | None = None,
) -> Imports:
    """Say what meets each import on a runtime.

    `live` are the files that the handler reaches, or None where no handler is known; `failing`
    those of the project that the runtime cannot load, if any.
    """
    gathered: dict[tuple[str, NormalizedName | None], _Gathered] = defaultdict(_Gathered)
    unmet: list[Use] = []
    lacking: list[Use] = []
    for question, occurrences in surveyed.plain.items():
        numbers = [each.number for each in occurrences]
        for answer in finder.find(question):
            gathered[answer.module, answer.provider].add(answer, numbers)
            if answer.status in _UNMET:
                unmet += [_use(each, answer, surveyed, live) for each in occurrences]
        for answer in finder.lacking(question, surveyed.members):
            lacking += [_use(each, answer, surveyed, live) for each in occurrences]
    for occurrences in surveyed.guarded:
        for row in _guarded(occurrences, (finder, failing), runtime, surveyed.members):
            answer = row.answer
            if not row.is_member:
                gathered[answer.module, answer.provider].add(answer, [row.occurrence.number])
            if answer.status in _UNMET:
                use = _use(row.occurrence, answer, surveyed, live, certain=row.certain)
                (lacking if row.is_member else unmet).append(use)
    modules = (gathered[key].module(surveyed.sites) for key in sorted(gathered, key=_by_module))
    return Imports(modules=tuple(modules), unmet=tuple(unmet), lacking=tuple(lacking))


_UNMET: Mapping[Met, bool | None] = {Met.MISSING: False, Met.UNKNOWN: None}


def _by_module(key: tuple[str, NormalizedName | None]) -> tuple[str, str]:
    module, provider = key
    return module, provider or ""


class _Gathered:
    """One module while its sites are collected."""

    __slots__ = ("answers", "numbers")

    def __init__(self) -> None:
        self.answers: dict[Met, Answer] = {}
        self.numbers: set[int] = set()

    def add(self, answer: Answer, numbers: Iterable[int]) -> None:
        self.answers[answer.status] = answer
        self.numbers.update(numbers)

    def module(self, sites: Sequence[ImportSite]) -> ImportedModule:
        answer = next(self.answers[met] for met in _WORST_FIRST if met in self.answers)
        return ImportedModule(
            module=answer.module,
            status=answer.status,
            provider=answer.provider,
            because=answer.because,
            sites=tuple(sites[number] for number in sorted(self.numbers)),
        )


def _use(
    occurrence: Occurrence,
    answer: Answer,
    surveyed: Survey,
    live: Collection[str] | None,
    *,
    certain: bool = True,
) -> Use:
    return Use(
        answer=answer,
        source=occurrence.source.path,
        site=surveyed.sites[occurrence.number],
        function=occurrence.function,
        certain=certain,
        live=live is None or occurrence.source.path in live,
    )


class _Row(NamedTuple):
    """One answer to a guarded import, and whether it surely runs."""

    occurrence: Occurrence
    answer: Answer
    certain: bool
    is_member: bool = False
    """It is about a name in a module that is there."""


def _guarded(
    occurrences: Sequence[Occurrence],
    known: tuple[Finder, Failing | None],
    runtime: Runtime,
    members: frozenset[str],
) -> Iterator[_Row]:
    """Yield the answers to one file's guarded imports.

    What does not run there, or is made up for by an alternative, is answered as ignored.
    """
    rows: list[_Row] = []
    guarded: list[Guarded] = []
    finder, failing = known
    for each in occurrences:
        blocks, survived = each.statement.blocks, None
        if failing is not None:
            blocks = failing.blocks(each.source, each.statement)
            survived = failing.survived(each.source, each.statement)
        certain = decided(blocks, each.source, runtime)
        found = finder.find(each.question)
        if certain is False:
            yield from (_Row(each, one._replace(status=Met.IGNORED), certain=True) for one in found)
            continue
        lacking = finder.lacking(each.question, members)
        for number, answer in enumerate((*found, *lacking)):
            met = _UNMET.get(answer.status, True)
            asked = Guarded(blocks, met, len(rows))
            guarded.append(_failed(asked, survived) if survived and met else asked)
            rows.append(_Row(each, answer, bool(certain), is_member=number >= len(found)))
    ignored = excused(guarded)
    for number, row in enumerate(rows):
        status = Met.IGNORED if number in ignored else row.answer.status
        yield row._replace(answer=row.answer._replace(status=status))


def _failed(guarded: Guarded, survived: Survived) -> Guarded:
    """Return an import of an own file that fails, in a `try` that survives it."""
    place = next(
        (
            place
            for place, block in enumerate(guarded.blocks, 1)
            if isinstance(block, Attempt) and block.group == survived.group
        ),
        0,
    )
    if not survived.handler or not place:
        return guarded  # no handler of failed imports has to do with it
    blocks = guarded.blocks[:place]  # what is within does not catch it
    return guarded._replace(blocks=blocks, met=False, taken=(survived.group, survived.handler))
