"""SCF103: distributions that have to be packed, of those that need not be built first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.checks.wording import asked, building, listed, packed, packing_alone, place, vendoring
from audit.metadata import supports
from audit.model import Declared, Vendored
from audit.packages import chosen
from audit.pins import Conflicted, Release, Unchecked
from audit.report import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.pins import Demand, Pin

RULE = Rule(
    code="SCF103",
    name="to be vendored",
    severity=Severity.NOTE,
    explanation="""\
Neither the runtime nor the package has this distribution at a version that the requirements
admit, so it has to be packed into the package before the deploy. SCF installs nothing by
itself.

The command that is named packs this one distribution for the runtime, on any host. For all of
them at once, `--runtime NAME --format requirements` prints a file of pins with hashes; the head
of the file is the command that installs it.

"Not checked" means that nobody could look whether such a version exists and fits the runtime,
nor what it needs in turn: the verdict is then `unknown`, never good.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each pin that is not there yet and is no source: those are SCF105's."""
    for pin in standing(assessment):
        match pin.candidate:
            case Release() as release if release.file.kind == "wheel":
                told = _aside(pin.unsure) if pin.unsure else ""
                pinned = f"{release.name}=={release.version} to be vendored{told}"
                message = "; ".join([pinned, *caveats(assessment, release)])
                verdict = Verdict.UNKNOWN if pin.unsure else Verdict.VENDOR
                yield finding(assessment, pin, RULE, message, verdict)
            case Unchecked() as unchecked:
                message = f"{unchecked.name} to be vendored, {_unchecked(unchecked)}"
                yield finding(assessment, pin, RULE, message, Verdict.UNKNOWN)
            case _:
                pass


def _unchecked(unchecked: Unchecked) -> str:
    reason = unchecked.reason
    return reason if reason.startswith("not checked") else f"not checked ({reason})"


def _aside(reason: str) -> str:
    """Return a reason as it goes on; who asks follows after a colon, which must be the only one."""
    return f" ({reason})" if ": " in reason else f", {reason}"


def standing(assessment: Assessment) -> Iterator[Pin]:
    """Yield the pins of names that are in no conflict."""
    resolution = assessment.resolution
    clashes = resolution.clashes if isinstance(resolution, Conflicted) else ()
    for pin in chosen(resolution):
        # What is left of the demands on the others would be wrong advice.
        if pin.candidate.name not in {clash.name for clash in clashes}:
            yield pin


def caveats(assessment: Assessment, release: Release) -> list[str]:
    """Say what speaks against a release without ruling it out."""
    told: list[str] = []
    if release in assessment.evidence.yanked:
        told.append("its index has withdrawn it (yanked)")
    metadata, runtime = assessment.evidence.metadata.get(release), assessment.runtime
    if metadata is None or metadata.requires_python is not None:
        return told
    major, _ = runtime.version
    if supports(metadata.classified, runtime.version) is False:
        told.append(f"its classifiers name no Python {major}, and nothing else tells")
    elif not metadata.classified and release.file.kind == "sdist":
        told.append("it does not say for which Pythons it is")
    return told


def finding(
    assessment: Assessment, pin: Pin, rule: Rule, message: str, verdict: Verdict
) -> Finding:
    """Report a pin that is not there yet, with who asks for it and the command that packs it."""
    on = assessment.demands
    return Finding(
        rule=rule,
        severity=rule.severity if verdict is Verdict.VENDOR else Severity.WARNING,
        message=f"{message}: {listed(asked(each, on) for each in pin.demands)}",
        remedy=_command(assessment, pin) + _over(pin),
        verdict=verdict,
        package=pin.candidate.name,
        at=place(pin.demands, on),
    )


def _command(assessment: Assessment, pin: Pin) -> str:
    if isinstance(pin.candidate, Release):
        return packing_alone(assessment, packed(pin), pin.candidate.file)
    if any(_names_source(demand) for demand in pin.demands):
        return building(assessment, packed(pin))
    return vendoring(assessment, packed(pin))


def _names_source(demand: Demand) -> bool:
    beside = demand.asker.file if isinstance(demand.asker, Declared) else None
    place = demand.requirement.url or beside
    return place is not None and not re.split("[?#]", place)[0].endswith(".whl")


def _over(pin: Pin) -> str:
    """Let pip overwrite a copy that is in the target folder already."""
    has_copy = any(isinstance(passed.candidate, Vendored) for passed in pin.passed_over)
    return " --upgrade" if has_copy else ""
