"""SCF103: distributions that have to be packed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.wording import asked, listed, packed, place, vendoring
from audit.model import Vendored
from audit.packages import chosen
from audit.pins import Conflicted, Release, Unchecked
from audit.report import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.pins import Pin

RULE = Rule(
    code="SCF103",
    name="to be vendored",
    severity=Severity.NOTE,
    explanation="""\
Neither the runtime nor the package has this distribution at a version that the requirements
admit, so it has to be packed into the package before the deploy. SCF installs nothing by
itself.

"Not checked against an index" means that nobody looked whether such a version exists and
fits the runtime, nor what it needs in turn: the verdict is then `unknown`, never good.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each pin that is not there yet."""
    resolution = assessment.resolution
    clashes = resolution.clashes if isinstance(resolution, Conflicted) else ()
    for pin in chosen(resolution):
        if pin.candidate.name in {clash.name for clash in clashes}:
            continue  # what is left of its demands would be wrong advice
        match pin.candidate:
            case Release() as release:
                message = f"{release.name}=={release.version} to be vendored"
                yield _finding(assessment, pin, message, Verdict.VENDOR)
            case Unchecked() as unchecked:
                message = f"{unchecked.name} to be vendored, {unchecked.reason}"
                yield _finding(assessment, pin, message, Verdict.UNKNOWN)
            case _:
                pass


def _finding(assessment: Assessment, pin: Pin, message: str, verdict: Verdict) -> Finding:
    on = assessment.demands
    return Finding(
        rule=RULE,
        severity=RULE.severity if verdict is Verdict.VENDOR else Severity.WARNING,
        message=f"{message}: {listed(asked(each, on) for each in pin.demands)}",
        remedy=vendoring(assessment, packed(pin)) + _over(pin),
        verdict=verdict,
        package=pin.candidate.name,
        at=place(pin.demands, on),
    )


def _over(pin: Pin) -> str:
    """Let pip overwrite a copy that is in the target folder already."""
    has_copy = any(isinstance(passed.candidate, Vendored) for passed in pin.passed_over)
    return " --upgrade" if has_copy else ""
