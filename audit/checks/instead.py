"""What to write or pack in place of what a standard library lacks, in words to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from audit.checks.wording import building, vendoring
from audit.packages import chosen

if TYPE_CHECKING:
    from audit.assessment import Assessment
    from audit.remedies import Remedy


def instead(assessment: Assessment, remedy: Remedy) -> str:
    """Return the code, and the command that packs the distribution if it is not there."""
    code = f"in its place: {remedy.code}"
    if not remedy.distribution:
        return code
    name = canonicalize_name(Requirement(remedy.distribution).name)
    there = {pin.candidate.name for pin in chosen(assessment.resolution)}
    there |= {copy.name for copy in assessment.project.vendored}
    if name in there and remedy.code:
        return code
    command = building if remedy.is_source else vendoring
    packing = command(assessment, remedy.distribution)
    return f"{packing}, and {code}" if remedy.code else packing
