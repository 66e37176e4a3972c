"""SCF102 and SCF104: built-ins that are there and cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.wording import against, asked, called, listed, place, rewritten, wanted
from audit.model import Declared
from audit.packages import chosen
from audit.pins import BuiltIn
from audit.report import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.assessment import Assessment
    from audit.pins import Demand, PassedOver, Pin

REPLACED = Rule(
    code="SCF102",
    name="built-in too old or too new",
    severity=Severity.NOTE,
    explanation="""\
The runtime has this library, at a version that a requirement does not admit. Another version
has to be packed with the function; it comes before the built-in on the path, and everything
else that uses the library gets the packed one too.

If the requirement is stricter than the code, loosen it so that the built-in will do: nothing
to pack, nothing to update.
""",
)

CLOSURE = Rule(
    code="SCF104",
    name="built-in does not fit what is vendored",
    severity=Severity.NOTE,
    explanation="""\
The built-in would satisfy the requirements on it, but it needs another library at a version
that the project replaces. Used as it is, it would meet the packed version and may break, as
the built-in requests 2.21.0 does with urllib3 2. So it has to be packed too, at a version
that fits.

Loosen the requirement on the other library so that both built-ins stay, or pack both.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each built-in that the resolution passed over, and what speaks against it."""
    for pin in chosen(assessment.resolution):
        for passed in pin.passed_over:
            if isinstance(passed.candidate, BuiltIn) and passed.because:
                yield _finding(assessment, pin, passed)


def _finding(assessment: Assessment, pin: Pin, passed: PassedOver) -> Finding:
    on = assessment.demands
    is_direct = passed.because[0].name == pin.candidate.name
    rule = REPLACED if is_direct else CLOSURE
    reason = _refused(assessment, passed) if is_direct else _outdone(assessment, passed)
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=f"{assessment.runtime.name} has {called(passed.candidate)}, {reason}",
        remedy=_loosen(passed) if is_direct else _reconcile(assessment, passed),
        package=pin.candidate.name,
        at=place(passed.because if is_direct else pin.demands, on) or place(pin.demands, on),
    )


def _refused(assessment: Assessment, passed: PassedOver) -> str:
    asks = listed(asked(demand, assessment.demands) for demand in passed.because)
    return f"which does not meet {asks}"


def _loosen(passed: PassedOver) -> str:
    built_in = passed.candidate
    askers = _others(passed.because)
    if askers:
        return f"vendor it, or a release of {askers} that {called(built_in)} will do for"
    lines = [d.asker for d in passed.because if isinstance(d.asker, Declared)]
    return _if_it_does(lines, f"=={built_in.version}")


def _others(demands: Iterable[Demand]) -> str:
    """Name the distributions among those who ask: no line of the project changes them."""
    names = {demand.asker.name for demand in demands if not isinstance(demand.asker, Declared)}
    return listed(sorted(names)) if names else ""


def _if_it_does(lines: Iterable[Declared], specifier: str) -> str:
    changes = listed(_change(line, specifier) for line in lines)
    return f"if it does for your code, write {changes}"


def _change(line: Declared, specifier: str) -> str:
    without = ", without --hash," if line.hashes else ""
    return f"{rewritten(line, specifier)}{without} at {line.at}"


def _outdone(assessment: Assessment, passed: PassedOver) -> str:
    needs = listed(wanted(demand.requirement) for demand in passed.because)
    others = [asked(demand, assessment.demands) for demand in against(assessment, passed)]
    if not others:
        return f"but it needs {needs}, which cannot be had beside the rest"
    return f"but it needs {needs}, against {listed(others)}"


def _reconcile(assessment: Assessment, passed: PassedOver) -> str:
    """Say what to write for the library that the built-in needs otherwise than the project."""
    need = passed.because[0]
    others = [d for d in against(assessment, passed) if d.name == need.name]
    if not others:
        return f"to see what is against it, add {wanted(need.requirement)} to the requirements"
    askers = _others(others)
    if askers:
        return f"vendor both, or a release of {askers} that {wanted(need.requirement)} will do for"
    lines = [d.asker for d in others if isinstance(d.asker, Declared)]
    there = assessment.built_ins.get(need.name)
    if there is not None and need.requirement.specifier.contains(there.version, prereleases=True):
        return _if_it_does(lines, f"=={there.version}")
    return _if_it_does(lines, str(need.requirement.specifier))
