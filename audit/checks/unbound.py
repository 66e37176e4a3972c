"""SCF201, of names: imports of what an own module does not bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.doubt import weight
from audit.checks.members import doubt_of
from audit.report import Finding, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.lacking import Lack
    from audit.report import Rule


def unbound(assessment: Assessment, rule: Rule) -> Iterator[Finding]:
    """Report each name that an own module lacks, once, at the place that weighs most."""
    worst: dict[str, Lack] = {}
    for lack in assessment.lacking:
        known = worst.get(lack.member)
        if lack.because and (
            known is None or _weight(assessment, lack) > _weight(assessment, known)
        ):
            worst[lack.member] = lack
    for name in sorted(worst):
        yield _finding(assessment, worst[name], rule)


def _weight(assessment: Assessment, lack: Lack) -> int:
    return weight(doubt_of(assessment, lack))


def _finding(assessment: Assessment, lack: Lack, rule: Rule) -> Finding:
    unsure = doubt_of(assessment, lack)
    statement, name = _statement(lack.member)
    reasons = [f'"{statement}" fails on {assessment.runtime.name}', lack.because]
    if unsure is not None:
        reasons.append(unsure.reason)
    return Finding(
        rule=rule,
        severity=rule.severity if unsure is None else Severity.WARNING,
        message="; ".join(reasons),
        remedy=f"in its place: try: {statement} / except ImportError: {name} = None",
        verdict=Verdict.BLOCKED if unsure is None else unsure.verdict,
        module=lack.member,
        at=lack.at,
    )


def _statement(member: str) -> tuple[str, str]:
    """Return the import of a name, and the name: of `.x` it is `from . import x`."""
    module, dot, name = member.rpartition(".")
    if not module.strip("."):
        module += dot
    return f"from {module} import {name}", name
