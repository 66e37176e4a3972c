"""Findings as a reader wants them: each once, with the runtimes that it is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.model import Location, Problem
    from audit.report import Finding, Report

    On = dict[str, Finding]
    """Findings that are the same, by the name of the runtime."""


class Said(NamedTuple):
    """A message or remedy, and the runtimes that it holds for."""

    text: str
    runtimes: tuple[str, ...]


class MergedFinding(NamedTuple):
    """The findings of all runtimes with one rule, severity, subject and place."""

    finding: Finding
    """Any of them: its rule, severity, subject and place are those of all."""
    runtimes: tuple[str, ...]
    """In the order of the report, as in all of these."""
    messages: tuple[Said, ...]
    """Each that differs, once; more than one where the runtimes differ in their versions."""
    remedies: tuple[Said, ...]
    """The same of the remedies, such as a pip command for each Python; empty for some notes."""


def merged_findings(report: Report) -> tuple[MergedFinding, ...]:
    """Return the findings of a report: heaviest first, then by place, then by code."""
    groups: dict[tuple[object, ...], On] = defaultdict(dict)
    for part in report.runtimes:
        seen: Counter[tuple[object, ...]] = Counter()
        for finding in sorted(dict.fromkeys(part.findings), key=_order):
            key = _order(finding)[:_SAME]
            groups[(*key, seen[key])][part.runtime.name] = finding
            seen[key] += 1
    return tuple(_merged(groups[key]) for key in sorted(groups))


def remedy_shown(merged: MergedFinding, report: Report) -> Said | None:
    """Return one remedy where each runtime has its own: nobody deploys to all of them.

    It is that of the recommended runtime, or of the last in the report that has the finding.
    """
    if not merged.remedies:
        return None
    best = report.recommended.runtime if report.recommended else ""
    mine = (said for said in merged.remedies if best in said.runtimes)
    return next(mine, merged.remedies[-1])


def untold_problems(report: Report) -> tuple[Problem, ...]:
    """Return the problems that no finding reports, such as those whose finding is ignored."""
    told: dict[Location | None, set[str]] = defaultdict(set)
    for part in report.runtimes:
        for finding in part.findings:
            told[finding.at].add(finding.message)
    return tuple(
        problem
        for problem in report.problems
        if not any(problem.message in message for message in told.get(problem.at, ()))
    )


_SAME = 7
"""How many items of the order say that two findings are about the same."""


def _order(finding: Finding) -> tuple[object, ...]:
    place = finding.at
    return (
        -finding.severity.rank,
        place is None,
        place.file if place else "",
        (place.line or 0) if place else 0,
        finding.rule.code,
        finding.package or "",
        finding.module or "",
        finding.message,
        finding.remedy,
    )


def _merged(on: On) -> MergedFinding:
    nameless = {name: _nameless(finding.message, name) for name, finding in on.items()}
    shared = Counter(nameless.values())
    return MergedFinding(
        finding=next(iter(on.values())),
        runtimes=tuple(on),
        messages=_said(
            (name, nameless[name] if shared[nameless[name]] > 1 else finding.message)
            for name, finding in on.items()
        ),
        remedies=_said((name, finding.remedy) for name, finding in on.items() if finding.remedy),
    )


def _nameless(message: str, runtime: str) -> str:
    """Let a message that names its own runtime be the same on all of several."""
    return re.sub(rf"(?<!\w){re.escape(runtime)}(?!\w)", "the runtime", message)


def _said(texts: Iterable[tuple[str, str]]) -> tuple[Said, ...]:
    runtimes: dict[str, list[str]] = defaultdict(list)
    for name, text in texts:
        runtimes[text].append(name)
    return tuple(Said(text, tuple(names)) for text, names in runtimes.items())
