"""SCF503: more to vendor than the platform takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.checks.vendoring import standing
from audit.checks.wording import listed
from audit.evidence import NEARLY
from audit.model import Vendored
from audit.pages import Contents
from audit.pins import Release
from audit.report import Finding, Rule, Severity, Verdict
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.assessment import Assessment

_USUAL = 5
"""Bytes that one byte of a file that could not be opened is taken to become, at the most."""
_MOST_NAMED = 3

RULE = Rule(
    code="SCF503",
    name="too large",
    severity=Severity.ERROR,
    explanation="""\
A function version may take 500 MB unpacked, its layers included. What is to be vendored and
what is vendored already come to more than that, or (a warning) to more than four fifths of it:
the project's own files come on top and are not counted here.

Counted is what the files' tables of contents say, and the RECORD of a copy that is there; of a
file that was not opened, its size as it is on the index, which is less than it takes. So an
error is proven.

Leave out what the code does not use, starting with the largest, choose a smaller variant
(`opencv-python-headless`, `tensorflow-cpu`), or deploy a container image instead.
""",
)


class _Weight(NamedTuple):
    """What one distribution takes."""

    of: Release | Vendored
    size: int
    """Bytes, at the least."""
    unread: str | None
    """Why its file could not be opened, though it was to be."""


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report that what is vendored and to be vendored is, or may be, too large."""
    weights = sorted(
        [*_weights(assessment), *_copies(assessment)], key=lambda each: (-each.size, each.of.name)
    )
    least = sum(each.size for each in weights)
    most = least + sum(each.size * (_USUAL - 1) for each in weights if each.unread)
    limit = assessment.runtime.unpacked_limit
    if least > limit:
        reason = f"{_megabytes(least)} or more"
        yield _finding(assessment, weights, reason, Severity.ERROR, Verdict.BLOCKED)
    elif most > limit:
        unread = next(each.unread for each in weights if each.unread)
        reason = f"more than {_megabytes(least)}, not known how much: {unread}"
        yield _finding(assessment, weights, reason, Severity.WARNING, Verdict.UNKNOWN)
    elif least > limit * NEARLY:
        yield _finding(assessment, weights, _megabytes(least), Severity.WARNING, Verdict.READY)


def _weights(assessment: Assessment) -> Iterator[_Weight]:
    for pin in standing(assessment):
        if isinstance(pin.candidate, Release):
            compressed = pin.candidate.file.size or 0
            match assessment.evidence.contents.get(pin.candidate):
                case Contents(unpacked=unpacked):
                    yield _Weight(pin.candidate, unpacked, None)
                case Unasked(reason=reason):
                    yield _Weight(pin.candidate, compressed, reason)
                case None:
                    yield _Weight(pin.candidate, compressed, None)


def _copies(assessment: Assessment) -> Iterator[_Weight]:
    """Yield the copies in the package, but for those that a release is packed over."""
    packed = {pin.candidate.name for pin in standing(assessment)}
    for copy in assessment.project.vendored:
        if copy.size and not copy.is_hollow and copy.name not in packed:
            yield _Weight(copy, copy.size, None)


def _finding(
    assessment: Assessment,
    weights: Sequence[_Weight],
    reason: str,
    severity: Severity,
    verdict: Verdict,
) -> Finding:
    limit = _megabytes(assessment.runtime.unpacked_limit)
    largest = (
        f"{each.of.name} {each.of.version} ({_megabytes(each.size)})"
        for each in weights[:_MOST_NAMED]
    )
    kinds = {type(each.of) for each in weights if each.size}
    what = {
        frozenset({Release}): "what is to be vendored",
        frozenset({Vendored}): "what is vendored",
    }.get(frozenset(kinds), "what is vendored and to be vendored")
    return Finding(
        rule=RULE,
        severity=severity,
        message=(
            f"{what} takes {reason} unpacked; {assessment.runtime.name} "
            f"takes {limit} with layers and own files"
        ),
        remedy=f"leave out what the code does not use, the largest first: {listed(largest)}",
        verdict=verdict,
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"
