"""SCF106, SCF501 and SCF502: vendored copies that cannot be used, or are not there."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from audit.checks.wording import (
    against,
    asked,
    called,
    listed,
    packed,
    removing,
    vendoring,
    wanted,
)
from audit.model import Location, Vendored
from audit.packages import chosen
from audit.pins import BuiltIn
from audit.report import Finding, Rule, Severity, Verdict
from audit.resolve.target import misfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.assessment import Assessment
    from audit.model import Project
    from audit.pins import PassedOver, Pin

UNSATISFYING = Rule(
    code="SCF106",
    name="vendored copy does not satisfy",
    severity=Severity.ERROR,
    explanation="""\
The package holds a copy of this distribution at a version that a requirement does not admit,
or at one that needs another library at a version that the project replaces. The package folder
comes first on the path, so the copy is what the runtime loads, whatever else is installed: it
hides a built-in that would do.

Replace the copy, or remove it where the built-in satisfies the requirements.
""",
)

UNFIT = Rule(
    code="SCF501",
    name="vendored copy built for another Python",
    severity=Severity.WARNING,
    explanation="""\
The package holds a copy that was built for another interpreter, system or C library, or that
says it needs another Python (Requires-Python). Packed by `pip install -t .` with the Python of
a laptop, a wheel with compiled parts fits that laptop only. The package folder comes first on
the path, so the copy also hides a built-in that would do.

Some distributions do without their compiled parts, so this proves nothing, and the verdict is
`unknown`. Where each compiled module has one in Python beside it, and a name that this runtime
does not look for (`md.cpython-39-darwin.so` beside `md.py`), the copy is taken as it is.

Pack it again for the runtime, with the pip command of the remedy.
""",
)


HOLLOW = Rule(
    code="SCF502",
    name="metadata of a copy that is not there",
    severity=Severity.NOTE,
    explanation="""\
A `*.dist-info` or `*.egg-info` folder lists modules of which none is in the package: the copy
was removed, or never packed. It counts as absent here, but pip and `importlib.metadata` take
it for installed.

Remove the folder, or pack the distribution.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each vendored copy that a resolution had to pass over, and what is left of one."""
    for pin in chosen(assessment.resolution):
        if pin.unsure is not None and isinstance(pin.candidate, Vendored):
            yield _unfit(assessment, pin.candidate, pin.unsure, packed(pin))
        for passed in pin.passed_over:
            if isinstance(passed.candidate, Vendored):
                yield _finding(assessment, pin, passed, passed.candidate)
    yield from _unasked(assessment)
    for copy in assessment.project.vendored:
        if copy.is_hollow:
            yield Finding(
                rule=HOLLOW,
                severity=HOLLOW.severity,
                message=f"{copy.name} {copy.version} is recorded, but none of its modules is there",
                remedy=removing(assessment, [copy.at.file]),
                package=copy.name,
                at=_place(assessment, copy),
            )


def _place(assessment: Assessment, copy: Vendored) -> Location:
    return Location(posixpath.normpath(posixpath.join(assessment.project.root, copy.at.file)))


def _finding(assessment: Assessment, pin: Pin, passed: PassedOver, copy: Vendored) -> Finding:
    if passed.unfit is not None:
        rule, why = UNFIT, passed.unfit
    else:
        rule, why = UNSATISFYING, _shortfall(assessment, passed, copy)
    return Finding(
        rule=rule,
        severity=rule.severity,
        message=f"{called(copy)} comes first on the path of {assessment.runtime.name}, but {why}",
        remedy=_remedy(assessment, pin, copy),
        verdict=Verdict.BLOCKED if rule is UNSATISFYING else Verdict.UNKNOWN,
        package=copy.name,
        at=_place(assessment, copy),
    )


def _unasked(assessment: Assessment) -> Iterator[Finding]:
    """Report unfit copies that are imported, and that no requirement asks for."""
    asked_for = {pin.candidate.name for pin in chosen(assessment.resolution)}
    imported = {use.answer.provider for use in assessment.unmet}
    for copy in assessment.project.vendored:
        unfit = misfit(copy, assessment.runtime)
        if unfit is not None and copy.name in imported - asked_for:
            yield _unfit(assessment, copy, unfit, str(copy.name))


def _unfit(assessment: Assessment, copy: Vendored, why: str, instead: str) -> Finding:
    return Finding(
        rule=UNFIT,
        severity=UNFIT.severity,
        message=f"{called(copy)} is packed for {assessment.runtime.name}, but {why}",
        remedy=vendoring(assessment, instead) + " --upgrade",
        verdict=Verdict.UNKNOWN,
        package=copy.name,
        at=_place(assessment, copy),
    )


def _shortfall(assessment: Assessment, passed: PassedOver, copy: Vendored) -> str:
    if any(demand.name == copy.name for demand in passed.because):
        asks = listed(asked(demand, assessment.demands) for demand in passed.because)
        return f"it does not meet {asks}"
    needs = listed(wanted(demand.requirement) for demand in passed.because)
    others = [asked(demand, assessment.demands) for demand in against(assessment, passed)]
    if not others:
        return f"it needs {needs}, which cannot be had beside the rest"
    return f"it needs {needs}, against {listed(others)}"


def _remedy(assessment: Assessment, pin: Pin, copy: Vendored) -> str:
    if isinstance(pin.candidate, BuiltIn):
        command = removing(assessment, paths(assessment.project, copy))
        return f"remove it, {called(pin.candidate)} will do: {command}"
    return vendoring(assessment, packed(pin)) + " --upgrade"


def paths(project: Project, copy: Vendored) -> list[str]:
    """Return what to remove of a copy, its metadata last: packages whole, unless shared."""
    others = {path for other in project.vendored if other.at != copy.at for path in other.files}
    shared = _folders((project.files | others) - copy.files)
    packages = {posixpath.dirname(path) for path in copy.files if _is_package(path)}
    whole = packages - shared
    paths = {next((f for f in _around(path) if f in whole), path) for path in copy.files}
    return [*sorted(paths - {copy.at.file}), copy.at.file]


def _is_package(path: str) -> bool:
    # auditwheel puts the C libraries of a wheel into NAME.libs beside its package.
    return path.endswith("/__init__.py") or posixpath.dirname(path).endswith(".libs")


def _folders(paths: Iterable[str]) -> set[str]:
    return {folder for path in paths for folder in _around(path)}


def _around(path: str) -> list[str]:
    """Return the folders around a path, outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
