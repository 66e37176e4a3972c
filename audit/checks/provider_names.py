"""SCF204: one distribution, other import names by who provides it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.wording import listed
from audit.report import Finding, Met, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment

RULE = Rule(
    code="SCF204",
    name="import name depends on the provider",
    severity=Severity.WARNING,
    explanation="""\
The same distribution is imported by other names when it is built in and when it is vendored.
The platform's COS SDK is `qcloud_cos_v5` where it is built in (Python2.7 and Python3.6), and
`qcloud_cos` when cos-python-sdk-v5 is packed from the index, on every runtime.

Import the name of the provider that you use, or try both:
`try: import qcloud_cos_v5 as qcloud_cos` with `except ImportError: import qcloud_cos`.
""",
)

_WHERE = {"built-in": "where it is built in", "index": "where it is packed from the index"}


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each missing module whose distribution is imported by another name here."""
    names = assessment.around.names
    reported: set[str] = set()
    for use in assessment.unmet:
        module = use.answer.module
        if use.answer.status is not Met.MISSING or module in reported:
            continue
        reported.add(module)
        for row in names.rows(module)[:1]:
            others = sorted(
                {
                    (other.provider, other.import_name)
                    for other in names.by_distribution[row.distribution]
                    if other.provider != row.provider and other.import_name != row.import_name
                }
            )
            if others:
                by_provider = listed(f"as {name} {_WHERE[provider]}" for provider, name in others)
                yield Finding(
                    rule=RULE,
                    severity=RULE.severity,
                    message=(
                        f"{row.distribution} is imported as {row.import_name} "
                        f"{_WHERE[row.provider]}, {by_provider}"
                    ),
                    remedy=(
                        f"try: import {row.import_name} / "
                        f"except ImportError: import {others[0][1]} as {row.import_name}"
                    ),
                    package=row.distribution,
                    module=module,
                    at=use.site.at,
                )
