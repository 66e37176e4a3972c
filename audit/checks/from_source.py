"""SCF105: distributions to pack that come as source alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.vendoring import caveats, finding, standing
from audit.pins import Release
from audit.report import Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.pins import Pin
    from audit.report import Finding

RULE = Rule(
    code="SCF105",
    name="must be built from source",
    severity=Severity.NOTE,
    explanation="""\
The distribution has to be packed, and no wheel of it fits the runtime: the release that does is
a source archive, which pip builds while it installs. It is a note where that is no more than
copying: pure Python, or extension modules that it can do without.

It is a warning, and the verdict `unknown`, where its code has to be compiled, where the archive
does not tell all that it requires, or, on Python 3, where its code is Python 2: nothing is built
or run to find out. What is
compiled must be so against the glibc of the runtime or an older one, so on a system as old as
the platform's, CentOS 7, or in a `manylinux2014` container, and by the runtime's own Python.

Build it there with the command that is named, or choose a version that has wheels.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each pin that is an sdist, with what its build takes."""
    for pin in standing(assessment):
        release = pin.candidate
        if isinstance(release, Release) and release.file.kind == "sdist":
            pinned = f"{release.name}=={release.version} to be vendored and built from source"
            pinned += f", {_build(assessment, pin, release)}"
            verdict = Verdict.UNKNOWN if pin.unsure else Verdict.VENDOR
            yield finding(
                assessment, pin, RULE, "; ".join([pinned, *caveats(assessment, release)]), verdict
            )


def _build(assessment: Assessment, pin: Pin, release: Release) -> str:
    metadata = assessment.evidence.metadata.get(release)
    compiles = metadata is not None and metadata.compiles
    if pin.unsure is None:
        return "whose extension modules are optional" if compiles else "which is pure Python"
    if not compiles:
        return pin.unsure
    glibc = ".".join(map(str, assessment.runtime.glibc))
    return f"which has to be compiled against glibc {glibc} or older, as on CentOS 7"
