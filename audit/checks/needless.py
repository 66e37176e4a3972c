"""SCF107: vendored copies where the built-in would do."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from audit.checks.amounts import amount
from audit.checks.copies import paths
from audit.checks.wording import called, removing
from audit.model import Declared, Location, Vendored
from audit.packages import chosen
from audit.report import Finding, Rule, Severity
from audit.resolve.target import Preference
from audit.runtimes import marker_holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.pins import BuiltIn, Demand, Pin

RULE = Rule(
    code="SCF107",
    name="vendored although the built-in would do",
    severity=Severity.NOTE,
    explanation="""\
The package holds a copy of this distribution that meets the requirements, and the built-in meets
them as well. The copy comes first on the path and is what the runtime loads, so this is no
fault; but it takes room in the package that need not be taken.

Remove the copy for the runtimes that have the built-in. Keep it where the code was tested with
its version, or where the same package is deployed to a runtime without built-ins.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each copy in use in whose place the built-in would meet everything."""
    if assessment.preference is Preference.IGNORE:
        return
    for pin in chosen(assessment.resolution):
        built_in = assessment.built_ins.get(pin.candidate.name)
        if not isinstance(pin.candidate, Vendored) or built_in is None:
            continue
        if _meets(pin, built_in) and _is_provided_for(assessment, built_in):
            yield _finding(assessment, pin.candidate, built_in)


def _meets(pin: Pin, built_in: BuiltIn) -> bool:
    return all(_admits(demand, built_in) for demand in pin.demands)


def _admits(demand: Demand, built_in: BuiltIn) -> bool:
    asker, requirement = demand.asker, demand.requirement
    # A built-in has no file to compare with a hash, and comes from no URL.
    is_of_file = isinstance(asker, Declared) and bool(asker.hashes or asker.file)
    admitted = requirement.specifier.contains(built_in.version, prereleases=True)
    return admitted and requirement.url is None and not is_of_file


def _is_provided_for(assessment: Assessment, built_in: BuiltIn) -> bool:
    """Whether the built-in works, with what it requires at the versions that are in use."""
    if built_in.metadata is None or built_in.metadata.fails:
        return False
    there = {name: each.version for name, each in assessment.built_ins.items()}
    there |= {each.name: each.version for each in assessment.project.vendored if not each.is_hollow}
    there |= {pin.candidate.name: pin.candidate.version for pin in chosen(assessment.resolution)}
    versions = {str(name): version for name, version in there.items()}
    return all(
        (version := versions.get(canonicalize_name(each.name))) is not None
        and each.specifier.contains(version, prereleases=True)
        for each in built_in.metadata.requires
        if marker_holds(each.marker, assessment.runtime)
    )


def _finding(assessment: Assessment, copy: Vendored, built_in: BuiltIn) -> Finding:
    root = assessment.project.root
    takes = f"; the copy takes {amount(copy.size)}" if copy.size else ""
    return Finding(
        rule=RULE,
        severity=RULE.severity,
        message=(
            f"{called(copy)} is packed, and {called(built_in)} of {assessment.runtime.name} "
            f"would do{takes}"
        ),
        remedy=removing(assessment, paths(assessment.project, copy)),
        package=copy.name,
        at=Location(posixpath.normpath(posixpath.join(root, copy.at.file))),
    )
