"""What all findings come to: a verdict a runtime, one runtime to choose, one exit code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from audit.report import (
    Finding,
    Package,
    Recommendation,
    Report,
    RuntimeReport,
    Severity,
    Status,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MEGABYTE = 1_000_000


def verdict(findings: Iterable[Finding], packages: Iterable[Package]) -> Verdict:
    """Return the worst that findings and packages make of a runtime.

    Packages count by themselves: a finding can be ignored, a distribution that is not there
    or not known cannot. Who ignores a conflict has not shown that it runs all the same.
    """
    by_status = {
        Status.CONFLICT: Verdict.UNKNOWN,
        Status.UNKNOWN: Verdict.UNKNOWN,
        Status.VENDOR: Verdict.VENDOR,
    }
    all_of_it = [
        Verdict.READY,
        *(finding.verdict for finding in findings),
        *(by_status.get(package.status, Verdict.READY) for package in packages),
    ]
    return max(all_of_it, key=lambda each: each.rank)


def recommend(runtimes: Sequence[RuntimeReport]) -> Recommendation | None:
    """Choose a runtime: proven to run before undecided, least to vendor, newest Python.

    Least in bytes, or in distributions where the index does not give the sizes of files.

    None where every runtime is blocked. An undecided one is recommended only where no other
    is left, and the sentence says so.
    """
    candidates = [report for report in runtimes if report.verdict is not Verdict.BLOCKED]
    if not candidates:
        return None
    # A mirror that serves HTML alone gives no sizes, and what is not known must not count as 0.
    by_size = all(report.sizes_known for report in candidates)
    best = min(candidates, key=partial(_cost, by_size=by_size))
    others = tuple(
        (report.runtime.name, _why_not(report, best)) for report in runtimes if report is not best
    )
    return Recommendation(runtime=best.runtime.name, reason=_why(best), others=others)


def _cost(report: RuntimeReport, *, by_size: bool) -> tuple[bool, int, int, tuple[int, int]]:
    major, minor = report.runtime.version
    undecided = report.verdict is Verdict.UNKNOWN
    size = report.vendor_bytes if by_size else 0
    return undecided, size, _to_pack(report), (-major, -minor)


def _to_pack(report: RuntimeReport) -> int:
    """Count what has to be packed; of what is not checked, the bytes are not known."""
    return report.count(Status.VENDOR) + report.count(Status.UNKNOWN)


def _why(best: RuntimeReport) -> str:
    name = best.runtime.name
    match best.verdict:
        case Verdict.READY:
            return f"{name} runs the project as it stands"
        case Verdict.VENDOR:
            count = best.count(Status.VENDOR)
            size = f" ({sized(best.vendor_bytes)})" if best.sizes_known else ""
            are = "is" if count == 1 else "are"
            return f"{name} runs it once {_things(count)}{size} {are} packed"
        case Verdict.UNKNOWN | Verdict.BLOCKED:
            return f"{name} is the nearest, but not proven: {_open(best)}"


def _open(report: RuntimeReport) -> str:
    unknown = report.count(Status.UNKNOWN)
    if unknown:
        return f"{_things(unknown)} would have to be vendored, which was not checked"
    return next(
        (f.message for f in report.findings if f.verdict is Verdict.UNKNOWN), "not all was decided"
    )


def _why_not(report: RuntimeReport, best: RuntimeReport) -> str:
    if report.verdict is Verdict.BLOCKED:
        errors = [f for f in report.findings if f.verdict is Verdict.BLOCKED]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        # The finding has the whole story; what went wrong comes first in it.
        return f"blocked: {errors[0].message.partition('; ')[0]}{more}"
    if report.verdict is Verdict.UNKNOWN and best.verdict is not Verdict.UNKNOWN:
        return f"not proven: {_open(report)}"
    if report.sizes_known and best.sizes_known and report.vendor_bytes > best.vendor_bytes:
        mine, theirs = report.vendor_bytes, best.vendor_bytes
        if sized(mine) == sized(theirs):
            return f"more to vendor: {mine:,} bytes against {theirs:,}"
        return f"more to vendor: {sized(mine)} against {sized(theirs)}"
    if _to_pack(report) > _to_pack(best):
        return f"more to vendor: {_things(_to_pack(report))} against {_to_pack(best)}"
    return f"as good, but an older Python than {best.runtime.name}"


def _things(count: int) -> str:
    return "1 distribution" if count == 1 else f"{count} distributions"


def sized(size: int) -> str:
    """Return bytes as decimal units, as the platform counts its limits: `12 kB`, `1.2 MB`."""
    return f"{size / 1e3:.0f} kB" if size < _MEGABYTE else f"{size / _MEGABYTE:,.1f} MB"


def exit_code(report: Report, fail_on: str, *, every_runtime: bool) -> int:
    """Return what the process ends with: 0 good, 1 findings, 3 undecided.

    `fail_on` is a severity or `vendor`. With `every_runtime` (the user named runtimes) all
    of them must pass, else one that passes is enough.
    """
    outcomes = [_outcome(each, fail_on) for each in report.runtimes]
    if every_runtime:
        return next((code for code in (1, 3) if code in outcomes), 0)
    return next((code for code in (0, 3) if code in outcomes), 1)


def _outcome(report: RuntimeReport, fail_on: str) -> int:
    threshold = Severity.ERROR if fail_on == "vendor" else Severity(fail_on)
    if report.verdict is Verdict.BLOCKED or any(
        finding.severity.rank >= threshold.rank for finding in report.findings
    ):
        return 1
    if report.verdict is Verdict.UNKNOWN:
        return 3
    return 1 if fail_on == "vendor" and report.verdict is Verdict.VENDOR else 0
