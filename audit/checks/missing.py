"""SCF201 and SCF202: imports that nothing meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.checks.wording import listed, vendoring
from audit.packages import chosen
from audit.pins import Unchecked
from audit.report import Finding, Met, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.imports import Use

_MOST_NAMED = 3

MISSING = Rule(
    code="SCF201",
    name="missing import",
    severity=Severity.ERROR,
    explanation="""\
Nothing on this runtime provides the module: neither its standard library, nor the project's
own files, nor a vendored copy, nor a built-in, nor a distribution that is to be vendored. The
function ends with "No module named ..." before its handler is called.

It is an error where loading the handler's module runs the import. It is a warning where that
is not so: the import stands inside a function other than the handler (it fails when that is
called), or in a file that the handler does not load. It is a warning too, and the verdict
`unknown`, where that is not sure: under a test that cannot be decided, or where a distribution
that was not checked against an index might bring the module along.

Add the distribution to the requirements and pack it, or guard the import: `try: import x`
with an `except ImportError` that does without.
""",
)

ABSENT = Rule(
    code="SCF202",
    name="standard library module absent",
    severity=Severity.ERROR,
    explanation="""\
The module belongs to the standard library of some Pythons, but not of this runtime's: it was
added later, or removed or renamed (`urllib2` became `urllib.request` in Python 3). When it is
an error and when a warning is as for SCF201.

Import it under a version test, or pack its backport where there is one.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each module that is missing, once, at the place that weighs most."""
    worst: dict[str, Use] = {}
    for use in assessment.unmet:
        if use.answer.status is Met.MISSING:
            known = worst.get(use.answer.module)
            if known is None or _weight(assessment, use) > _weight(assessment, known):
                worst[use.answer.module] = use
    for module in sorted(worst):
        yield _finding(assessment, worst[module])


class _Doubt(NamedTuple):
    """Why loading the function may not run an import, and what its absence then means."""

    reason: str
    verdict: Verdict


def _doubt(assessment: Assessment, use: Use) -> _Doubt | None:
    if not use.live:
        reason = f"{use.site.at.file} is not loaded by {assessment.project.entry}"
        return _Doubt(reason, Verdict.READY)
    if use.function is not None and not _is_handler(assessment, use):
        return _Doubt(f"it fails when {use.function}() is called", Verdict.READY)
    if not use.certain:
        return _Doubt("it stands under a test that cannot be decided", Verdict.UNKNOWN)
    return None


def _weight(assessment: Assessment, use: Use) -> int:
    doubt = _doubt(assessment, use)
    return (doubt.verdict if doubt else Verdict.BLOCKED).rank


def _is_handler(assessment: Assessment, use: Use) -> bool:
    entry = assessment.project.entry
    if entry is None:
        return False
    module, _, function = entry.rpartition(".")
    path = f"{module.replace('.', '/')}.py"
    return use.function == function and use.source == path


def _finding(assessment: Assessment, use: Use) -> Finding:
    module = use.answer.module
    pythons = assessment.around.library.versions_with(module)
    rule = ABSENT if pythons else MISSING
    doubt = _doubt(assessment, use)
    bringers = _may_bring(assessment, module, is_library=bool(pythons))
    if doubt is None and bringers:
        reason = f"unless it comes with {listed(bringers, 'or')}, not checked"
        doubt = _Doubt(reason, Verdict.UNKNOWN)
    reasons = [f"{_failure(module)} on {assessment.runtime.name}"]
    if use.answer.because:
        reasons.append(use.answer.because)
    if pythons:
        reasons.append(f"the standard library has it on Python {_span(pythons)}")
    if doubt is not None:
        reasons.append(doubt.reason)
    return Finding(
        rule=rule,
        severity=rule.severity if doubt is None else Severity.WARNING,
        message="; ".join(reasons),
        remedy=_remedy(assessment, use, is_library=bool(pythons)),
        verdict=Verdict.BLOCKED if doubt is None else doubt.verdict,
        module=module,
        at=use.site.at,
    )


def _failure(module: str) -> str:
    relative = module.startswith(".")
    return f'"from {module} import ..." fails' if relative else f"no module {module}"


def _may_bring(assessment: Assessment, module: str, *, is_library: bool) -> list[str]:
    """Name the distributions that, for all that is known, may provide a module."""
    if is_library and assessment.around.names.suggest(module) is None:
        return []  # no backport of it is known
    candidates = [pin.candidate for pin in chosen(assessment.resolution)]
    names = [str(each.name) for each in candidates if isinstance(each, Unchecked)]
    more = len(names) - _MOST_NAMED
    return [*names[:_MOST_NAMED], f"{more} more"] if more > 1 else names


def _span(pythons: tuple[str, ...]) -> str:
    return pythons[0] if len(pythons) == 1 else f"{pythons[0]} to {pythons[-1]}"


def _remedy(assessment: Assessment, use: Use, *, is_library: bool) -> str:
    module, names = use.answer.module, assessment.around.names
    if use.answer.provider is not None:
        return vendoring(assessment, use.answer.provider) + " --upgrade"
    if use.answer.because:
        return _own_remedy(module)
    rows = names.rows(module)
    if rows and all(row.provider == "built-in" for row in rows):
        command = vendoring(assessment, rows[0].distribution)
        return f"{command}, and import it as SCF204 says"
    distribution = names.suggest(module, assessment.built_ins)
    if distribution is not None:
        return vendoring(assessment, distribution)
    if is_library:
        python = assessment.runtime.python
        return f"try: import {module} / except ImportError: what Python {python} has in its place"
    return f"add what provides {module} to the requirements, or its files to the package"


def _own_remedy(module: str) -> str:
    if module.startswith("."):
        return "mend the name, or add the file; at the root of the package, leave out the dots"
    return "mend the name, or add the file to the package"
