"""SCF504: vendored copies whose own code the runtime does not load."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from audit.checks import members, missing, refusing, syntax
from audit.checks.wording import called, vendoring
from audit.compiling import is_sure, refused
from audit.model import Location
from audit.packages import chosen
from audit.report import Finding, Rule, Severity, Verdict
from audit.resolve.target import misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.assessment import Assessment
    from audit.code import Source
    from audit.imports import Use
    from audit.lacking import Lack
    from audit.model import Vendored
    from audit.packed import Packed

RULE = Rule(
    code="SCF504",
    name="vendored copy that does not load",
    severity=Severity.ERROR,
    explanation="""\
The package holds a copy of a distribution, and loading the function loads a file of it that this
runtime's Python cannot: it does not compile it, the file refuses that Python itself, or it uses
something of the standard library that this Python does not have (`from collections import Mapping`
on 3.10). Metadata need not show that: a release cannot know which Pythons come after it, and many
old ones do not say which came before.

Only files count to which imports lead that stand under no test and in no `try`. Libraries hold what
some Python lacks under guards of every kind, and do without it: so nothing is said of what these
guard, nor of what a function of the copy imports or uses. It is a warning, and the verdict
`unknown`, where it cannot be told if the runtime compiles a file, or where a module may come with a
distribution that was not checked.

Pack a release that runs there: an older one where the copy is for newer Pythons, a newer one where
it is for older.
""",
)


class _Flaw(NamedTuple):
    """What keeps a runtime from loading a file."""

    source: str
    line: int | None
    reason: str
    is_sure: bool
    is_for_newer: bool | None
    """Whether newer Pythons load it, or older ones; None where that is not known."""
    deciding: str = ""
    """How to find out whether it is one."""


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each copy that does not load, once, at the place that weighs most."""
    found = assessment.packed
    if found is None:
        return
    flaws: dict[Location, list[_Flaw]] = {}
    copies: dict[Location, Vendored] = {}
    for flaw in _flaws(assessment, found):
        copy = assessment.around.owners.get(flaw.source)
        if copy is not None and _is_judged(assessment, copy, flaw.source):
            copies[copy.at] = copy
            flaws.setdefault(copy.at, []).append(flaw)
    for at in sorted(copies):
        yield _finding(assessment, copies[at], flaws[at])


def _is_judged(assessment: Assessment, copy: Vendored, path: str) -> bool:
    """Whether a copy is what the runtime loads, and nothing else was said of its code.

    One that shadows the standard library is SCF401's.
    """
    stands = all(
        pin.candidate == copy
        for pin in chosen(assessment.resolution)
        if pin.candidate.name == copy.name
    )
    root = next((x for x in assessment.around.own.local.roots if path.startswith(x)), "")
    outermost = path[len(root) :].partition("/")[0].partition(".")[0]
    shadows = assessment.around.library.has(outermost, assessment.runtime.python)
    return stands and not shadows and misfit(copy, assessment.runtime) is None


def _flaws(assessment: Assessment, found: Packed) -> Iterator[_Flaw]:
    loading = found.loading
    for flaw in _of_files(assessment):
        if flaw.source in loading.firm | (loading.tried - loading.survived):
            yield flaw
    lacking = (
        *(_of_module(assessment, each) for each in found.modules if _surely_runs(each)),
        *(_of_member(assessment, each) for each in found.members if _surely_runs(each)),
    )
    yield from (flaw for flaw in lacking if flaw.source in loading.firm)


def _surely_runs(placed: Use | Lack) -> bool:
    return placed.function is None and placed.certain


def _of_files(assessment: Assessment) -> Iterator[_Flaw]:
    for source in assessment.project.packed:
        syntactic = syntax.refusal_of(assessment, assessment.runtime, source)
        if syntactic is not None:
            is_sure = syntactic.is_sure
            yield _Flaw(
                source=source.path,
                line=syntactic.line,
                reason=f"{'' if is_sure else 'perhaps '}not valid: {syntactic.reason}",
                is_sure=is_sure,
                is_for_newer=_is_for_newer(assessment, source),
                deciding="" if is_sure else syntax.deciding(assessment, syntactic),
            )
            continue
        refusing_it = refusing.refusal_of(assessment, assessment.runtime, source)
        if refusing_it is not None and refusing_it.is_sure:
            at = refusing_it.ending
            reason = f"it ends itself there: {at.exception}{f': {at.says}' if at.says else ''}"
            yield _Flaw(source.path, at.line, reason, is_sure=True, is_for_newer=None)


def _is_for_newer(assessment: Assessment, source: Source) -> bool | None:
    runtime = assessment.runtime
    sure = (each for each in refused(source, runtime) if is_sure(each, runtime))
    spans = [span for each in sure for span in each.pythons]
    return any(span.first > runtime.version for span in spans) if spans else None


def _of_module(assessment: Assessment, use: Use) -> _Flaw:
    module = use.answer.module
    having = assessment.around.library.versions_with(module)
    has = f"the standard library has it on Python {missing.span(having)}"
    return _Flaw(
        source=use.source,
        line=use.site.at.line,
        reason=f"no module {module}; {has}",
        is_sure=not missing.may_come(assessment, module),
        is_for_newer=_are_newer(assessment, having),
    )


def _of_member(assessment: Assessment, lack: Lack) -> _Flaw:
    having = members.versions_with(assessment, lack)
    reason = members.told(assessment, lack)
    return _Flaw(
        source=lack.source,
        line=lack.at.line,
        reason=reason,
        is_sure=True,
        is_for_newer=_are_newer(assessment, having),
    )


def _are_newer(assessment: Assessment, pythons: Iterable[str]) -> bool | None:
    versions = [tuple(map(int, each.split("."))) for each in pythons]
    if not versions:
        return None
    return any(each > assessment.runtime.version for each in versions)


def _finding(assessment: Assessment, copy: Vendored, flaws: list[_Flaw]) -> Finding:
    worst = max(flaws, key=lambda each: each.is_sure)
    does = "does not load" if worst.is_sure else "may not load"
    path = posixpath.normpath(posixpath.join(assessment.project.root, worst.source))
    line = "" if worst.line is None else f":{worst.line}"
    message = f"{called(copy)} {does} on {assessment.runtime.name}: {path}{line}: {worst.reason}"
    others = sorted({each.source for each in flaws} - {worst.source})
    if others:
        message += f"; also {others[0] if not others[1:] else f'{len(others)} more files'}"
    return Finding(
        rule=RULE,
        severity=RULE.severity if worst.is_sure else Severity.WARNING,
        message=message,
        remedy=_remedy(assessment, copy, worst),
        verdict=Verdict.BLOCKED if worst.is_sure else Verdict.UNKNOWN,
        package=copy.name,
        at=Location(path, worst.line),
    )


def _remedy(assessment: Assessment, copy: Vendored, flaw: _Flaw) -> str:
    if flaw.deciding:
        return flaw.deciding
    bound = {True: "<", False: ">", None: "!="}[flaw.is_for_newer]
    which = {True: "an older", False: "a newer", None: "another"}[flaw.is_for_newer]
    command = vendoring(assessment, f"{copy.name}{bound}{copy.version.public}")
    return f"try {which} release: {command} --upgrade"
