"""SCF303: files that end themselves on the runtime's Python."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from audit.checks.doubt import unloaded
from audit.checks.wording import listed
from audit.code import Condition, Function
from audit.compiling import compiles
from audit.failing import decided
from audit.loading import Loaded
from audit.model import Location
from audit.report import Finding, Rule, Severity, Verdict
from audit.source.conditions import is_version_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.assessment import Assessment
    from audit.code import Ending, Source
    from audit.platform import Runtime

RULE = Rule(
    code="SCF303",
    name="refused Python",
    severity=Severity.ERROR,
    explanation="""\
The file itself refuses this runtime's Python: under a test of the version (or of the system) it
raises an exception, exits, or asserts what is not so. Whatever imports the file ends with that
exception, and what comes after it never runs. The same is said of the handler, where each call
of it ends so.

It is an error where loading the handler's module loads the file. It is a warning where that is
not so: the handler does not load it, or only when a function is called, or only in place of a
module that was not found, or in a `try` that catches the exception and goes on. It is a warning,
and the verdict `unknown`, where the test cannot be decided, or one that stands before the import.

Whoever wrote the test knew of something that does not work there: deploy to a runtime that the
file takes, or remove the test once you know that it does work.
""",
)


class _Refusal(NamedTuple):
    """Where a file ends itself, or may."""

    ending: Ending
    is_sure: bool


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each file that refuses the runtime, at the place where it does."""
    found = [
        (source, refusal)
        for source in assessment.project.sources
        if (refusal := refusal_of(assessment, assessment.runtime, source))
        and not _is_setup(assessment, source)
    ]
    others = _elsewhere(assessment) if found else []
    for source, refusal in found:
        yield _finding(assessment, source, refusal, others)


def _is_setup(assessment: Assessment, source: Source) -> bool:
    """Whether a file is for those who install it, and no handler is known that might load it."""
    return assessment.loading is None and posixpath.basename(source.path) == "setup.py"


def refusal_of(assessment: Assessment, runtime: Runtime, source: Source) -> _Refusal | None:
    """Return where a file refuses a runtime: surely, or else perhaps."""
    rulings = assessment.project.rulings
    if not source.endings or compiles(source, runtime, rulings) is False:
        return None  # of what does not compile nothing runs
    unsure: _Refusal | None = None
    for each in source.endings:
        function = _function(each)
        if function is not None and (source.path, function) not in assessment.called:
            continue
        ends, asks = decided(each.blocks, source, runtime), _asks_for_version(each, source)
        if ends and (asks or _is_needed(assessment, source)):
            return _Refusal(each, is_sure=True)
        if ends is None and asks and unsure is None:
            unsure = _Refusal(each, is_sure=False)
    return unsure


def _is_needed(assessment: Assessment, source: Source) -> bool:
    """Whether the handler loads a file: one for another system is there to be left alone."""
    loading = assessment.loading
    if loading is None or source.path in loading.survived:
        return False
    return loading.of(source.path) in {Loaded.SURELY, Loaded.PERHAPS}


def _function(ending: Ending) -> str | None:
    return next((each.name for each in ending.blocks if isinstance(each, Function)), None)


def _asks_for_version(ending: Ending, source: Source) -> bool:
    """Whether the innermost test has to do with the Python: others are no matter of a runtime."""
    tests = [each.test for each in ending.blocks if isinstance(each, Condition)]
    return bool(tests) and is_version_test(tests[-1], source.bindings)


def _finding(
    assessment: Assessment, source: Source, refusal: _Refusal, others: Sequence[str]
) -> Finding:
    path = posixpath.normpath(posixpath.join(assessment.project.root, source.path))
    doubt = unloaded(assessment, source.path, path)
    verdict = doubt.verdict if doubt else Verdict.BLOCKED
    reasons = [_told(assessment.runtime, path, refusal)]
    if not refusal.is_sure:
        reasons.append("the test before it cannot be decided")
        verdict = Verdict.UNKNOWN if verdict is Verdict.BLOCKED else verdict
    if doubt is not None:
        reasons.append(doubt.reason)
    return Finding(
        rule=RULE,
        severity=RULE.severity if verdict is Verdict.BLOCKED else Severity.WARNING,
        message="; ".join(reasons),
        remedy=_remedy(assessment, f"{path}:{refusal.ending.line}", others),
        verdict=verdict,
        at=Location(path, refusal.ending.line),
    )


def _told(runtime: Runtime, path: str, refusal: _Refusal) -> str:
    ending, function = refusal.ending, _function(refusal.ending)
    who = path if function is None else f"{function}() in {path}"
    refuses = "refuses" if refusal.is_sure else "may refuse"
    said = f": {ending.says}" if ending.says else ""
    return f"{who} {refuses} {runtime.name}: {ending.exception or 'os._exit'}{said}"


def _elsewhere(assessment: Assessment) -> list[str]:
    """Return the other runtimes asked for that load all that the handler may load."""
    loading = assessment.loading
    loaded = [
        source
        for source in assessment.project.sources
        if (loading is None and not _is_setup(assessment, source))
        or (loading is not None and loading.of(source.path) is not Loaded.NEVER)
    ]
    rulings = assessment.project.rulings
    return [
        runtime.name
        for runtime in assessment.runtimes
        if runtime != assessment.runtime
        and all(compiles(source, runtime, rulings) for source in loaded)
        and all(refusal_of(assessment, runtime, source) is None for source in loaded)
    ]


def _remedy(assessment: Assessment, at: str, others: Sequence[str]) -> str:
    python = assessment.runtime.python
    removing = f"remove the test before {at}, if the code works on Python {python}"
    if not others:
        return removing
    return f"deploy to {listed(others, 'or')}, which the code takes; or {removing}"
