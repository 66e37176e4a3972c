"""SCF109: extras that a distribution does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from audit.checks.vendoring import standing
from audit.checks.wording import called, listed
from audit.model import Declared, Metadata, Vendored
from audit.pins import BuiltIn, Release
from audit.report import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.pins import Candidate

_MOST_NAMED = 8

RULE = Rule(
    code="SCF109",
    name="unknown extra",
    severity=Severity.NOTE,
    explanation="""\
A requirement names an extra, as in `requests[socks]`, that the chosen version does not have. pip
warns and goes on without it, so whatever the extra stood for is not installed. Either the name
is misspelled, or another version had it.

Mend the name, or leave the extra out.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each extra in a line of the project that the chosen version does not have."""
    for pin in standing(assessment):
        known = _extras(assessment, pin.candidate)
        if known is None:
            continue
        for demand in pin.demands:
            asked = {extra: canonicalize_name(extra) for extra in demand.requirement.extras}
            unknown = sorted(extra for extra, name in asked.items() if name not in known)
            if unknown and isinstance(demand.asker, Declared):
                yield Finding(
                    rule=RULE,
                    severity=RULE.severity,
                    message=f"{called(pin.candidate)} has no extra {listed(unknown, 'or')}",
                    remedy=_remedy(known),
                    package=pin.candidate.name,
                    at=demand.asker.at,
                )


def _extras(assessment: Assessment, candidate: Candidate) -> set[str] | None:
    """Return the extras of a candidate, normalised; None where that is not known for sure."""
    metadata: Metadata | None = None
    if isinstance(candidate, BuiltIn | Vendored):
        metadata = candidate.metadata
    elif isinstance(candidate, Release):
        metadata = assessment.evidence.metadata.get(candidate)
    if metadata is None or metadata.extras is None:
        return None
    return {*metadata.extras, *_in_markers(metadata)}


_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)""")


def _in_markers(metadata: Metadata) -> Iterator[str]:
    for requirement in metadata.requires:
        yield from map(canonicalize_name, _EXTRA.findall(str(requirement.marker)))


def _remedy(known: set[str]) -> str:
    if not known:
        return "leave it out: it has no extras"
    first, more = sorted(known)[:_MOST_NAMED], len(known) - _MOST_NAMED
    have = listed([*first, f"{more} more"] if more > 0 else first, "or")
    return f"leave it out, or write one that it has: {have}"
