"""What meets one import on one runtime: the library, own modules, a distribution, or nothing.

The order is that of the runtime's `sys.path`: package folder (own modules and vendored
copies), standard library, built-ins; then what the resolution would add to the package.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from audit.model import Vendored
from audit.own import OwnModules
from audit.pins import BuiltIn, Pin, Release, Unchecked
from audit.report import Met
from audit.resolve.target import misfit
from audit.source.local import Found
from audit.source.rules import NO_MEMBERS
from audit.unbound import OwnNames, own_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.model import Project
    from audit.names import ImportNames
    from audit.own import Question
    from audit.platform import Runtime
    from audit.source.rules import Members
    from audit.source.stdlib import StandardLibrary


class Answer(NamedTuple):
    """What meets a module, under the name that it is reported by."""

    module: str
    status: Met
    provider: NormalizedName | None = None
    because: str = ""
    """How the provider is known, or why nothing meets the module."""


class _Own(NamedTuple):
    """What the package folder has for an import."""

    answer: Answer
    gives_way: bool
    """Whatever else has the name is taken in its place: it is a folder without `__init__.py`,
    or a copy that cannot be loaded and has to be replaced."""


class Surroundings(NamedTuple):
    """What imports are looked up in, on every runtime alike."""

    own: OwnModules
    library: StandardLibrary
    names: ImportNames
    owners: Mapping[str, Vendored]
    """Path -> the vendored copy that it belongs to."""
    namespaces: frozenset[str]
    """Outermost names that several distributions share: of `google`, `google.cloud` is missing."""
    members: Members
    bound: OwnNames
    """What own files bind."""


def surroundings(
    project: Project,
    library: StandardLibrary,
    names: ImportNames,
    members: Members | None = None,
) -> Surroundings:
    """Prepare a project's files for being asked."""
    return Surroundings(
        own=OwnModules(project.files, project.import_roots),
        library=library,
        names=names,
        owners={path: copy for copy in project.vendored for path in copy.files},
        namespaces=frozenset(n.partition(".")[0] for n in names.by_import if "." in n),
        members=members or NO_MEMBERS,
        bound=own_names(project),
    )


class Finder:
    """Answers for one project on one runtime; each question is worked out once."""

    def __init__(self, around: Surroundings, runtime: Runtime, pins: Sequence[Pin]) -> None:
        self._around = around
        self._runtime = runtime
        self._version = runtime.version
        self._pins = _by_outermost_name(around.names, pins)
        self._answers: dict[Question, tuple[Answer, ...]] = {}

    def find(self, question: Question) -> tuple[Answer, ...]:
        """Return what meets a question: one answer for each distribution or module in it."""
        known = self._answers.get(question)
        if known is None:
            known = self._answers[question] = tuple(dict.fromkeys(self._find(question)))
        return known

    def lacking(self, question: Question, members: Collection[str]) -> tuple[Answer, ...]:
        """Return the names that an import asks of a module in vain that is there.

        Of the standard library `members` are those that not every Python has, in full: of no
        others is asked.
        """
        return (*self._not_in_library(question, members), *self._unbound(question))

    def _not_in_library(self, question: Question, members: Collection[str]) -> tuple[Answer, ...]:
        whole = (f"{question.module}.{name}" for name in question.names)
        anywhere = self._around.library.is_anywhere  # what is missing as a module is told as such
        named = [each for each in whole if each in members and not anywhere(each)]
        if not named or not self.is_library(question):
            return ()
        rules, python = self._around.members, self._runtime.python
        lacking = (each for each in named if rules.has(each, python) is False)
        return tuple(Answer(each, Met.MISSING) for each in lacking)

    def _unbound(self, question: Question) -> Iterator[Answer]:
        """Yield the names that an own module does not bind, and that are no module below it."""
        own, bound = self._around.own, self._around.bound
        look = own.look(question, self._version) if question.names and bound.by_path else None
        found = look.found if look is not None else None
        if not isinstance(found, Found) or found.namespace or found.path in self._around.owners:
            return
        outermost = question.module.partition(".")[0]
        if question.asker is None and self._around.library.has(outermost, self._runtime.python):
            return  # what started the program may have loaded the other one
        for name in question.names:
            why = bound.lacks(found.path, name, self._runtime)
            below = own.below(found, name, self._version) if why else None
            if why and not isinstance(below, Found):
                module = "." * question.level + question.module
                asked = f"{module}{'.' if question.module else ''}{name}"
                yield Answer(asked, Met.MISSING, because=below.reason if below else why)

    def is_library(self, question: Question) -> bool:
        """Tell whether a module is the standard library's, and no other comes before it."""
        module = question.module
        return any(
            answer.status is Met.STDLIB and answer.module == module
            for answer in self.find(question)
        )

    def _find(self, question: Question) -> Iterable[Answer]:
        own = self._own(question)
        if own is not None and not own.gives_way:
            return [own.answer]
        found = [self._installed(question.module, name) for name in question.names or ("",)]
        if all(answer.status is not Met.MISSING for answer in found):
            return found
        if own is not None:
            return [own.answer]
        return [self._explained(answer) for answer in found]

    def _explained(self, answer: Answer) -> Answer:
        """Say which own file or folder is nearly what is missing."""
        near = self._around.own.near_miss(answer.module, self._version)
        if answer.status is not Met.MISSING or near is None:
            return answer
        return answer._replace(because=near)

    def _own(self, question: Question) -> _Own | None:
        """Return what the package folder has for an import, None for nothing of that name."""
        look = self._around.own.look(question, self._version)
        name = "." * question.level + question.module
        if look is None:
            return None
        if isinstance(look.found, Found):
            return self._loaded(name, look.found)
        missing = Answer(name, Met.MISSING, because=look.found.reason)
        return _Own(missing, gives_way=not look.is_final)

    def _loaded(self, module: str, found: Found) -> _Own:
        copy = self._around.owners.get(found.path)
        if copy is None:
            return _Own(Answer(module, Met.LOCAL), gives_way=found.namespace)
        unfit = misfit(copy, self._runtime)
        if unfit is None:
            answer = Answer(module.partition(".")[0], Met.VENDORED, copy.name, "its own files")
            return _Own(answer, gives_way=found.namespace)
        reason = f"a copy is vendored, but {unfit}"
        return _Own(Answer(module, Met.UNKNOWN, copy.name, reason), gives_way=True)

    def _installed(self, module: str, name: str) -> Answer:
        python = self._runtime.python
        if self._around.library.has(module, python):
            inner = f"{module}.{name}"
            # `from urllib import request`: a module elsewhere, and on this Python no module.
            is_here = not name or self._around.library.has(inner, python)
            if not is_here and self._around.library.is_anywhere(inner):
                return self._provided(inner) or Answer(inner, Met.MISSING)
            return Answer(module, Met.STDLIB)
        provided = self._provided(f"{module}.{name}" if name and name != "*" else module)
        if provided is not None:
            return provided
        outermost = module.partition(".")[0]
        rows = self._around.names.rows(module)
        if rows:
            return Answer(rows[0].import_name, Met.MISSING)
        is_library = self._around.library.is_anywhere(outermost)
        is_shared = is_library or outermost in self._around.namespaces
        return Answer(module if is_shared else outermost, Met.MISSING)

    def _provided(self, module: str) -> Answer | None:
        pins = self._pins.get(module.partition(".")[0].lower().replace("_", "-"), ())
        provided = self._around.names.provider(module, pins) if pins else None
        if provided is None:
            return None
        candidate = provided.pin.candidate
        if isinstance(candidate, BuiltIn) and candidate.metadata and candidate.metadata.fails:
            reason = f"built-in {candidate.name} {candidate.version} is there, but "
            because = reason + candidate.metadata.fails
            return Answer(provided.import_name, Met.MISSING, candidate.name, because)
        if isinstance(candidate, Vendored) and provided.pin.unsure is not None:
            reason = f"a copy is vendored, but {provided.pin.unsure}"
            return Answer(provided.import_name, Met.UNKNOWN, candidate.name, reason)
        statuses: Mapping[type, Met] = {
            BuiltIn: Met.BUILTIN,
            Vendored: Met.VENDORED,
            Release: Met.VENDOR,
            Unchecked: Met.UNKNOWN,
        }
        return Answer(
            provided.import_name, statuses[type(candidate)], candidate.name, provided.because
        )


def _by_outermost_name(names: ImportNames, pins: Sequence[Pin]) -> Mapping[str, tuple[Pin, ...]]:
    """Index pins by the first part of each name that they may provide, normalised."""
    index: dict[str, dict[str, Pin]] = defaultdict(dict)
    for pin in pins:
        known = [name for name, _ in names.names_of(pin.candidate)]
        # An equal name may stand for a dotted one: zope-interface provides zope.interface.
        for name in (*known, pin.candidate.name.partition("-")[0], pin.candidate.name):
            outermost = name.partition(".")[0].lower().replace("_", "-")
            index[outermost][pin.candidate.name] = pin
    return {outermost: tuple(found.values()) for outermost, found in index.items()}
