"""SCF203: what is imported, and is there only because of something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.wording import called, listed
from audit.model import Declared
from audit.packages import chosen
from audit.report import Finding, Met, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.pins import Pin
    from audit.report import ImportedModule

RULE = Rule(
    code="SCF203",
    name="used but declared nowhere",
    severity=Severity.WARNING,
    explanation="""\
The project imports a distribution that none of its requirements names. It works here, since the
runtime has it built in, or since another requirement brings it along. Another runtime, or the
next release of that requirement, may have it at another version or not at all.

It is not reported of a project that declares nothing: that one rests on the runtime by choice.

Declare what is imported.
""",
)

_THERE = frozenset({Met.BUILTIN, Met.VENDORED, Met.VENDOR})


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each such distribution once, at the first import of it."""
    declared = {line.name for line in assessment.project.declared if not line.constraint}
    pins = {str(pin.candidate.name): pin for pin in chosen(assessment.resolution)}
    first: dict[str, ImportedModule] = {}
    for module in assessment.modules if declared else ():
        pin = pins.get(module.provider or "")
        if pin is None or pin.candidate.name in declared or module.status not in _THERE:
            continue
        known = first.get(pin.candidate.name)
        if known is None or module.sites[0].at < known.sites[0].at:
            first[pin.candidate.name] = module
    for name in sorted(first):
        yield _finding(assessment, pins[name], first[name])


def _finding(assessment: Assessment, pin: Pin, module: ImportedModule) -> Finding:
    askers = {
        each.asker.name: called(each.asker)
        for each in pin.demands
        if not isinstance(each.asker, Declared) and each.asker.name != pin.candidate.name
    }
    because = (
        f", which {listed(askers[name] for name in sorted(askers))} asks for" if askers else ""
    )
    place = assessment.project.declared_in[:1]
    where = place[0] if place else "the requirements"
    return Finding(
        rule=RULE,
        severity=RULE.severity,
        message=(
            f"{module.module} is imported and declared nowhere; on {assessment.runtime.name} "
            f"it is there by {called(pin.candidate)}{because}"
        ),
        remedy=f"add {pin.candidate.name} to {where}",
        package=pin.candidate.name,
        module=module.module,
        at=module.sites[0].at,
    )
