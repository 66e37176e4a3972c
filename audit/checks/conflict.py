"""SCF101: requirements that no versions satisfy together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.wording import asked, called, listed, place, rewritten, vendoring, wanted
from audit.model import Artefact, Declared
from audit.pins import Conflicted
from audit.report import Finding, Rule, Severity, Verdict
from audit.resolve.universe import Preference, misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from audit.assessment import Assessment
    from audit.pins import BuiltIn, Clash, Demand

RULE = Rule(
    code="SCF101",
    name="conflicting requirements",
    severity=Severity.ERROR,
    explanation="""\
No versions satisfy all requirements together on this runtime: two lines of the project
exclude each other, or a line excludes what another distribution needs. pip would refuse the
set, or install something that breaks when it is imported.

The message names every requirement of the conflict with the line that declares it, or with
the distribution that needs it and the lines that brought that one in. Loosen one of them.
A marker such as `; python_version < "3.7"` lets a line apply to some runtimes only.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each clash of the resolution with its whole reason."""
    if not isinstance(assessment.resolution, Conflicted):
        return
    for clash in assessment.resolution.clashes:
        yield Finding(
            rule=RULE,
            severity=RULE.severity,
            message="; ".join(_message(assessment, clash)),
            remedy=_remedy(assessment, clash),
            verdict=Verdict.BLOCKED,
            package=clash.name,
            at=place([*clash.demands, *(d for path in clash.paths.values() for d in path)], {}),
        )


def _message(assessment: Assessment, clash: Clash) -> Iterator[str]:
    on = _by_name(clash)
    asks = [asked(demand, on) for demand in clash.demands]
    if len(asks) > 1:
        yield f"{listed(asks)} cannot be met together"
    else:
        yield f"nothing that {assessment.runtime.name} may use meets {asks[0]}"
    for copy in assessment.project.vendored:
        if copy.name == clash.name and not copy.is_hollow:
            unfit = misfit(copy, assessment.runtime)
            yield f"the package has {called(copy)}" + (f", but {unfit}" if unfit else "")
    built_in = assessment.built_ins.get(clash.name)
    if built_in is not None:
        yield f"{assessment.runtime.name} has {called(built_in)}"
    elsewhere = assessment.resolves_on.get(clash.name, ())
    if elsewhere:
        yield f"no such conflict on {listed(elsewhere)}"


def _by_name(clash: Clash) -> dict[NormalizedName, list[Demand]]:
    on: dict[NormalizedName, list[Demand]] = {}
    for path in clash.paths.values():
        for demand in path:
            on.setdefault(demand.name, []).append(demand)
    return on


def _remedy(assessment: Assessment, clash: Clash) -> str:
    """Name one line to change and what to: to the built-in if that helps, else to the others."""
    lines = [d.asker for d in clash.demands if isinstance(d.asker, Declared)]
    others = [d for d in clash.demands if not lines or d.asker != lines[-1]]
    built_in = assessment.built_ins.get(clash.name)
    if lines and built_in is not None and _admit(others, built_in):
        return f"write {rewritten(lines[-1], f'=={built_in.version}')} at {lines[-1].at}"
    if lines and others:
        return f"write {rewritten(lines[-1], others[0].requirement.specifier)} at {lines[-1].at}"
    if assessment.project.artefact is Artefact.PACKAGE and len(clash.demands) == 1:
        return vendoring(assessment, wanted(clash.demands[0].requirement))
    if assessment.preference is Preference.REQUIRE:
        return "let another version be packed: --builtins prefer"
    roots = [path[0] for path in clash.paths.values() if path] or clash.demands
    return f"loosen or drop {asked(roots[0], {})}"


def _admit(demands: Iterable[Demand], built_in: BuiltIn) -> bool:
    return all(
        each.requirement.specifier.contains(built_in.version, prereleases=True) for each in demands
    )
