"""The report as GitHub Actions workflow commands, which become annotations.

The form and its escapes are those of "Workflow commands for GitHub Actions" in GitHub's
documentation and of `@actions/core` (`command.ts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.render.merged import merged_findings, remedy_shown, untold_problems
from audit.render.prose import visible
from audit.render.summary import advice, lead, runtimes_of, subject_of, summary_of, table_line
from audit.report import Severity

if TYPE_CHECKING:
    from audit.model import Location, Problem
    from audit.render.canvas import Canvas
    from audit.render.merged import MergedFinding
    from audit.report import Report

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def render(report: Report, canvas: Canvas) -> str:  # noqa: ARG001 - every renderer takes a canvas
    """Return one command a finding and a problem, and last a notice with the verdicts."""
    lines = [problem_command("error", problem) for problem in untold_problems(report)]
    lines += [_finding(merged, report) for merged in merged_findings(report)]
    lines.append(command("notice", None, "scf-audit", _verdicts(report)))
    return "\n".join(lines) + "\n"


def problem_command(kind: str, problem: Problem) -> str:
    """Return the annotation of something that could not be read."""
    return command(kind, problem.at, "scf-audit: not read", [problem.message])


def command(kind: str, at: Location | None, title: str, lines: list[str]) -> str:
    """Return `::error file=...,line=...,title=...::message`; the message may take several lines."""
    properties = {"file": at.file, "line": at.line} if at else {}
    named = {**properties, "title": title}
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in named.items() if value)
    return f"::{kind} {listed}::{'%0A'.join(map(_data, lines))}"


def _data(text: str) -> str:
    # visible() leaves no CR or LF to be escaped: user text cannot break a line.
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _finding(merged: MergedFinding, report: Report) -> str:
    finding = merged.finding
    title = " ".join(filter(None, (finding.rule.code, finding.rule.name, subject_of(finding))))
    lines = [lead(said, merged) + said.text for said in merged.messages]
    if said := remedy_shown(merged, report):
        lines.append(lead(said, merged, "fix") + said.text)
    lines.append(f"on {runtimes_of(merged, report)}")
    return command(_COMMANDS[finding.severity], finding.at, title, lines)


def _verdicts(report: Report) -> list[str]:
    lines = [
        f"{r.runtime.name} {r.verdict.value}: {summary_of(r).with_size}" for r in report.runtimes
    ]
    chosen = report.recommended
    best = advice(chosen) if chosen else "none of these runtimes"
    others = [f"not {name}: {why}" for name, why in chosen.others] if chosen else []
    return [*lines, f"recommended: {best}", *others, table_line(report)]
