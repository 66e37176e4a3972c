"""Which uses of the standard library fail on one runtime, for want of a member or an argument."""

from __future__ import annotations

import ast
import posixpath
from typing import TYPE_CHECKING, NamedTuple

from audit.alternatives import Guarded, excused
from audit.code import OTHERWISE, Attempt, Function, Import
from audit.compiling import compiles
from audit.failing import let_run
from audit.model import Location
from audit.own import Question
from audit.report import Met
from audit.source.conditions import holds
from audit.source.local import importer_of
from audit.source.submodules import ABSENT, LOADABLE
from audit.source.terms import HAS, LOADING
from audit.submodules import Loads

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from audit.code import Member, Source
    from audit.finder import Finder, Surroundings
    from audit.imports import Use
    from audit.platform import Runtime


class Lack(NamedTuple):
    """One use that fails, and that no alternative makes up for."""

    member: str
    """In full: `subprocess.run`."""
    keyword: str
    """The argument that it does not take; empty where the member is not there."""
    source: str
    """The file, relative to the project root."""
    at: Location
    function: str | None
    """The function that must be called for it to run; None where loading the file runs it."""
    certain: bool
    """False where it stands under a test that cannot be decided."""
    live: bool
    """Whether the handler reaches the file, or no handler is known."""
    is_import: bool = False
    """A `from` import names it."""
    unless: tuple[str, ...] | None = None
    """For a submodule that no own import loads: modules that are imported and may do so. None
    for anything else."""
    because: str = ""
    """Why an own module is without it; empty for the standard library."""


class Asked(NamedTuple):
    """Whom a runtime's uses are held against."""

    runtime: Runtime
    around: Surroundings
    finder: Finder
    live: Collection[str] | None
    """The files that the handler reaches; None where no handler is known."""


def lacking(
    root: str, sources: Iterable[Source], imports: Iterable[Use], asked: Asked
) -> tuple[Lack, ...]:
    """Return them by file and line; `imports` are those of names that their module lacks.

    Of a file that the runtime does not compile nothing runs.
    """
    sources = tuple(sources)
    rulings = asked.around.bound.rulings
    refused = {each.path for each in sources if compiles(each, asked.runtime, rulings) is False}
    found = [
        Lack(
            member=use.answer.module,
            keyword="",
            source=use.source,
            at=use.at,
            function=use.function,
            certain=use.certain,
            live=use.live,
            is_import=True,
            because=use.answer.because,
        )
        for use in imports
        if use.source not in refused
    ]
    live = [each for each in sources if _is_live(each, asked)]
    loads = {
        True: Loads(live, asked.around, asked.finder, asked.runtime),
        False: Loads(sources, asked.around, asked.finder, asked.runtime),
    }
    for source in sources:
        if source.members and source.path not in refused:
            found += _of(root, source, asked, loads[_is_live(source, asked)])
    return tuple(sorted(found, key=lambda each: (each.at.file, each.at.line or 0)))


def _is_live(source: Source, asked: Asked) -> bool:
    return asked.live is None or source.path in asked.live


def _of(root: str, source: Source, asked: Asked, loads: Loads) -> Iterator[Lack]:
    """Yield what fails of the uses of one file."""
    path = posixpath.normpath(posixpath.join(root, source.path))
    imported = {
        (each.line, f"{each.module}.{name}") for each in source.imports for name in each.names
    }
    failing: list[tuple[Member, bool]] = []
    for member in source.members:
        if (member.line, member.name) in imported or not _fails(member, asked, loads):
            continue
        runs = _runs(member, source, asked)
        if runs is not False:
            failing.append((member, bool(runs)))
    ignored = excused(
        [
            Guarded(member.blocks, met=False if certain else None, number=number)
            for number, (member, certain) in enumerate(failing)
            if any(isinstance(block, Attempt) for block in member.blocks)
        ]
    )
    unsure = {
        block.group
        for member, certain in failing
        for block in member.blocks
        if isinstance(block, Attempt) and block.branch == 0 and not certain
    }
    for number, (member, certain) in enumerate(failing):
        if number not in ignored:
            yield Lack(
                member=member.name,
                keyword=member.keyword,
                source=source.path,
                at=Location(path, member.line),
                function=_function(member),
                certain=certain and not _may_be_passed(member, unsure),
                live=_is_live(source, asked),
                unless=loads.others if _is_loadable(member, asked) else None,
            )


def _may_be_passed(member: Member, unsure: Collection[int]) -> bool:
    """Whether a use is in the `else` of a `try` whose body may fail."""
    return any(
        isinstance(block, Attempt) and block.branch == OTHERWISE and block.group in unsure
        for block in member.blocks
    )


def _function(member: Member) -> str | None:
    return next((each.name for each in member.blocks if isinstance(each, Function)), None)


def _is_loadable(member: Member, asked: Asked) -> bool:
    below = asked.around.members.submodules
    return member.keyword == LOADING and below.sign(member.name, asked.runtime.python) == LOADABLE


def _fails(member: Member, asked: Asked, loads: Loads) -> bool:
    rules, python = asked.around.members, asked.runtime.python
    if member.keyword == LOADING:
        package = member.name.rpartition(".")[0]
        if loads.names(member.name) or not asked.finder.is_library(Question(package)):
            return False
        sign = rules.submodules.sign(member.name, python)
        return sign == ABSENT or (sign == LOADABLE and not loads.loads(member.name))
    if member.keyword:
        is_there = rules.has_keyword(member.name, member.keyword, python)
    else:
        is_there = rules.has(member.name, python)
    if is_there is not False:
        return False
    module = rules.module_of(member.name)
    return not module or asked.finder.is_library(Question(module))


def _runs(member: Member, source: Source, asked: Asked) -> bool | None:
    """Whether the tests around a use let it run; None where they do not tell."""
    return let_run(member.blocks, lambda test: _decided(test, source, asked))


def _decided(test: str, source: Source, asked: Asked) -> bool | None:
    """Return what a test is on the runtime, or whether the imports that it stands for work."""
    if test.startswith("except"):
        return None
    if test.startswith(HAS):
        return _is_there(test.removeprefix(HAS), asked)
    if not test.startswith(("import ", "from ")):
        return holds(test, asked.runtime, source.bindings)
    found = [_works(each, source, asked) for each in _imports(test)]
    return False if False in found else None if None in found else True


def _is_there(name: str, asked: Asked) -> bool | None:
    rules = asked.around.members
    module = rules.module_of(name)
    if module and not asked.finder.is_library(Question(module)):
        return None
    return rules.has(name, asked.runtime.python)


def _imports(test: str) -> Iterator[Import]:
    for node in ast.parse(test).body:
        match node:
            case ast.Import(names=aliases):
                yield from (Import(module=alias.name, line=0) for alias in aliases)
            case ast.ImportFrom(module=module, names=aliases, level=level):
                names = tuple(alias.name for alias in aliases)
                yield Import(module=module or "", line=0, names=names, level=level)
            case _:
                pass


def _works(statement: Import, source: Source, asked: Asked) -> bool | None:
    question = asked.around.own.question(statement, importer_of(source))
    statuses = {answer.status for answer in asked.finder.find(question)}
    names = {f"{question.module}.{name}" for name in question.names}
    if Met.MISSING in statuses or asked.finder.lacking(question, names):
        return False
    return None if Met.UNKNOWN in statuses else True
