"""SCF001: something of the project could not be read."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from audit.pins import Undecided
from audit.report import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment

RULE = Rule(
    code="SCF001",
    name="input not read or not decided",
    severity=Severity.WARNING,
    explanation="""\
A line, a file or a folder could not be read or understood, or the search for versions was
given up. The rest was audited, but whether the project runs is not known, so the verdict is
`unknown` and the exit code 3: what was not seen never passes as good.

Mend the line or file that is named. If it is no part of what you deploy, leave it out with
`--exclude PATTERN`, or accept it with `--ignore SCF001:FILE`.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each problem of the input, and a search that did not end."""
    for problem in assessment.project.problems:
        accepted = shlex.quote(f"{RULE.code}:{problem.at.file}")
        yield Finding(
            rule=RULE,
            severity=RULE.severity,
            message=problem.message if problem.remedy else f"not read: {problem.message}",
            remedy=f"{problem.remedy or f'mend {problem.at}'}, or accept it: --ignore {accepted}",
            verdict=Verdict.UNKNOWN,
            at=problem.at,
        )
    if isinstance(assessment.resolution, Undecided):
        yield Finding(
            rule=RULE,
            severity=RULE.severity,
            message=f"versions not decided: {assessment.resolution.reason}",
            remedy="pin with == what you know, or audit fewer requirements at a time",
            verdict=Verdict.UNKNOWN,
        )
