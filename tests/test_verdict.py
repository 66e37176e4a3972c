"""Verdict, recommendation and exit code: small values in, one answer out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from audit.platform import Runtime
from audit.report import (
    DistributionFile,
    Finding,
    Package,
    Report,
    Rule,
    RuntimeReport,
    Severity,
    Status,
    TableSummary,
    Verdict,
)
from audit.verdict import exit_code, recommend, verdict

RULE = Rule(code="SCF999", name="made up", severity=Severity.ERROR, explanation="made up")


def finding(means: Verdict, severity: Severity = Severity.NOTE, message: str = "so") -> Finding:
    return Finding(rule=RULE, severity=severity, message=message, remedy="do", verdict=means)


def package(status: Status, size: int | None = 0, name: str = "thing") -> Package:
    file = None
    if size != 0:
        file = DistributionFile(name="thing.whl", kind="wheel", size=size, sha256="0")
    return Package(
        name=canonicalize_name(name),
        declared=(),
        required_by=(),
        status=status,
        version=None,
        builtin_version=None,
        file=file,
    )


def report_of(python: str, *packages: Package, findings: tuple[Finding, ...] = ()) -> RuntimeReport:
    runtime = Runtime(
        name=f"Python{python}",
        python=python,
        full_version=f"{python}.0",
        abi="",
        glibc=(2, 17),
        machine="x86_64",
        search_path=(),
        unpacked_limit=1,
        has_built_ins=False,
        source="test",
    )
    return RuntimeReport(
        runtime=runtime,
        verdict=verdict(findings, packages),
        packages=packages,
        imports=(),
        findings=findings,
    )


def whole(*runtimes: RuntimeReport) -> Report:
    return Report(
        tool_version="0",
        table=TableSummary(source="t", libraries=0, problems=()),
        root=".",
        declared_in=(),
        files_scanned=0,
        problems=(),
        runtimes=runtimes,
        recommended=recommend(runtimes),
    )


READY = report_of("3.6", package(Status.BUILTIN))
VENDOR = report_of("3.7", package(Status.VENDOR, 1_500_000))
UNKNOWN = report_of("3.9", package(Status.UNKNOWN))
BLOCKED = report_of("3.10", findings=(finding(Verdict.BLOCKED, Severity.ERROR, "a is missing"),))
WARNED = report_of("2.7", findings=(finding(Verdict.READY, Severity.WARNING),))

meanings = st.lists(st.sampled_from(Verdict).map(finding))


@given(meanings, st.sampled_from(Verdict).map(finding))
def test_one_more_finding_never_betters_a_verdict(some: list[Finding], more: Finding) -> None:
    assert verdict([*some, more], []).rank >= verdict(some, []).rank


@given(meanings)
def test_the_worst_finding_decides(some: list[Finding]) -> None:
    assert verdict(some, []).rank == max((f.verdict.rank for f in some), default=0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.BUILTIN, Verdict.READY),
        (Status.VENDORED, Verdict.READY),
        (Status.EXCLUDED, Verdict.READY),
        (Status.VENDOR, Verdict.VENDOR),
        (Status.UNKNOWN, Verdict.UNKNOWN),
        (Status.CONFLICT, Verdict.UNKNOWN),
    ],
)
def test_a_package_counts_without_any_finding(status: Status, expected: Verdict) -> None:
    assert verdict([], [package(status)]) is expected


def test_a_proven_block_outranks_what_is_unknown() -> None:
    assert verdict([finding(Verdict.BLOCKED)], [package(Status.UNKNOWN)]) is Verdict.BLOCKED


@pytest.mark.parametrize(
    ("runtimes", "best"),
    [
        pytest.param([READY, VENDOR], "Python3.6", id="fewest bytes before newest"),
        pytest.param([UNKNOWN, VENDOR], "Python3.7", id="proven before undecided"),
        pytest.param([BLOCKED, UNKNOWN], "Python3.9", id="undecided before blocked"),
        pytest.param([report_of("3.9"), report_of("3.10")], "Python3.10", id="newest of equals"),
        pytest.param(
            [report_of("3.10", package(Status.VENDOR, 2_000_000)), VENDOR],
            "Python3.7",
            id="fewer bytes",
        ),
    ],
)
def test_which_runtime_is_recommended(runtimes: list[RuntimeReport], best: str) -> None:
    for order in (runtimes, runtimes[::-1]):
        recommended = recommend(order)
        assert recommended is not None
        assert recommended.runtime == best


def test_nothing_is_recommended_where_everything_is_blocked() -> None:
    assert recommend([BLOCKED]) is None


def test_sizes_that_the_index_does_not_give_count_for_nothing() -> None:
    unsized, two = package(Status.VENDOR, None), package(Status.VENDOR, 1, "two")
    recommended = recommend([report_of("3.9", unsized, two), report_of("3.7", two)])
    assert recommended is not None
    assert recommended.runtime == "Python3.7"
    assert dict(recommended.others) == {"Python3.9": "more to vendor: 2 distributions against 1"}
    alone = recommend([report_of("3.9", unsized)])
    assert alone is not None
    assert alone.reason == "Python3.9 runs it once 1 distribution is packed"


def test_a_difference_too_small_for_kilobytes_is_told_in_bytes() -> None:
    recommended = recommend(
        [
            report_of("3.9", package(Status.VENDOR, 6_401)),
            report_of("3.7", package(Status.VENDOR, 6_399)),
        ]
    )
    assert recommended is not None
    assert dict(recommended.others) == {"Python3.9": "more to vendor: 6,401 bytes against 6,399"}


def test_every_other_runtime_is_told_why_it_lost() -> None:
    recommended = recommend([READY, VENDOR, UNKNOWN, BLOCKED])
    assert recommended is not None
    assert dict(recommended.others) == {
        "Python3.7": "more to vendor: 1.5 MB against 0 kB",
        "Python3.9": "not proven: 1 distribution would have to be vendored, which was not checked",
        "Python3.10": "blocked: a is missing",
    }


@pytest.mark.parametrize(
    ("runtimes", "fail_on", "named", "expected"),
    [
        ([READY, BLOCKED], "error", False, 0),
        ([READY, BLOCKED], "error", True, 1),
        ([VENDOR, READY], "error", True, 0),
        ([VENDOR], "vendor", True, 1),
        ([VENDOR, READY], "vendor", False, 0),
        ([UNKNOWN], "error", True, 3),
        ([UNKNOWN], "vendor", True, 3),
        ([UNKNOWN, READY], "error", True, 3),
        ([UNKNOWN, READY], "error", False, 0),
        ([UNKNOWN, BLOCKED], "error", True, 1),
        ([UNKNOWN, BLOCKED], "error", False, 3),
        ([BLOCKED], "error", False, 1),
        ([WARNED], "error", True, 0),
        ([WARNED], "warning", True, 1),
        ([WARNED], "note", False, 1),
        ([READY], "note", True, 0),
    ],
)
def test_exit_codes(
    runtimes: list[RuntimeReport], fail_on: str, *, named: bool, expected: int
) -> None:
    assert exit_code(whole(*runtimes), fail_on, every_runtime=named) == expected


@given(st.permutations([READY, VENDOR, UNKNOWN, BLOCKED, WARNED]), st.booleans())
def test_the_order_of_runtimes_changes_no_exit_code(
    order: list[RuntimeReport],
    named: bool,  # noqa: FBT001 - hypothesis passes it by position
) -> None:
    assert exit_code(whole(*order), "error", every_runtime=named) == (1 if named else 0)
