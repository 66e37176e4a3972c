"""SCF108: runtimes that the project itself says it does not run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.report import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment

RULE = Rule(
    code="SCF108",
    name="runtime outside requires-python",
    severity=Severity.WARNING,
    explanation="""\
The project's `requires-python` (PEP 621, or `python` among Poetry's dependencies) does not admit
this runtime. pip would refuse to install it there. The platform installs nothing and looks at no
metadata, so the function may run all the same; nobody says that it does, and the verdict is
`unknown`.

Choose a runtime that is admitted, or loosen `requires-python` if it is stricter than the code.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each statement of the project that leaves the runtime out."""
    runtime = assessment.runtime
    for supports in assessment.project.supports:
        if not supports.specifier.contains(runtime.full_version, prereleases=True):
            yield Finding(
                rule=RULE,
                severity=RULE.severity,
                message=(
                    f"the project needs Python {supports.text} ({supports.at}), "
                    f"{runtime.name} is {runtime.full_version}"
                ),
                remedy=f"choose a runtime that it admits, or loosen {supports.at}",
                verdict=Verdict.UNKNOWN,
                at=supports.at,
            )
