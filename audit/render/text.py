"""The report for people, in a terminal or a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.render.grid import layout
from audit.render.merged import findings_shown, remedy_shown, untold_problems
from audit.render.prose import counted, visible, within, wrapped, wrapped_remedy
from audit.render.rows import matrix_rows, shown
from audit.render.style import SEVERITY_TONES, VERDICT_TONES, Tone, paint
from audit.render.summary import (
    advice,
    headline,
    lead,
    place_of,
    runtimes_of,
    subject_of,
    summary_of,
    table_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.render.canvas import Canvas
    from audit.render.merged import MergedFinding
    from audit.report import Report

_INDENT = "    "


def render(report: Report, canvas: Canvas) -> str:
    """Return header, matrix, findings, problems, a line a runtime, and the recommendation.

    The answer stands last, where a terminal still shows it.
    """
    parts = (
        header(report, canvas),
        _matrix(report, canvas),
        _findings(report, canvas),
        _problems(report, canvas),
        _verdicts(report, canvas),
        _recommendation(report, canvas),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def header(report: Report, canvas: Canvas) -> Iterator[str]:
    """Yield the lines that stand above everything: what was audited, and with which table."""
    first, *rest = wrapped(headline(report), canvas.width, hanging=_INDENT)
    yield paint(first, Tone.STRONG, canvas)
    yield from rest
    for line in wrapped(table_line(report), canvas.width, hanging=_INDENT):
        yield paint(line, Tone.FAINT, canvas)


def _matrix(report: Report, canvas: Canvas) -> list[str]:
    rows, left_out = shown(matrix_rows(report))
    if not rows:
        nothing = "no requirements, and no imports beyond the standard library and own modules"
        return wrapped(nothing, canvas.width)
    names = (visible(part.runtime.name) for part in report.runtimes)
    lines = layout(["", *names], rows, canvas)
    if left_out:
        note = f"{counted(left_out, 'more row')} left out; see all with --format json"
        lines += wrapped(note, canvas.width)
    return lines


def _findings(report: Report, canvas: Canvas) -> list[str]:
    findings, notes = findings_shown(report)
    groups = [_finding(merged, report, canvas) for merged in findings]
    groups += [wrapped(note, canvas.width) for note in notes]
    return [line for group in groups for line in ("", *group)][1:]


def _finding(merged: MergedFinding, report: Report, canvas: Canvas) -> list[str]:
    finding = merged.finding
    name = f"{finding.severity.value} {finding.rule.code}"
    subject = filter(None, (name, subject_of(finding), place_of(finding)))
    title = f"{' '.join(subject)} [{runtimes_of(merged, report)}]"
    first, *rest = wrapped(title, canvas.width, hanging=_INDENT)
    lines = [paint(name, SEVERITY_TONES[finding.severity], canvas) + first[len(name) :], *rest]
    for said in merged.messages:
        text = visible(f"{lead(said, merged)}{within(said.text, report.root)}")
        lines += wrapped(text, canvas.width, indent=_INDENT)
    if remedy := remedy_shown(merged, report):
        fix = lead(remedy, merged, "fix")
        lines += wrapped_remedy(fix, remedy.text, canvas.width, indent=_INDENT, hanging=_INDENT * 2)
    return lines


def _problems(report: Report, canvas: Canvas) -> list[str]:
    return [
        line
        for problem in untold_problems(report)
        for line in wrapped(f"not read: {visible(str(problem))}", canvas.width, hanging=_INDENT)
    ]


def _verdicts(report: Report, canvas: Canvas) -> Iterator[str]:
    """Give each runtime a line that can be grepped, in the longest form that fits for all."""
    names = [visible(part.runtime.name) for part in report.runtimes]
    widest = max(map(len, names), default=0)
    room = max(20, canvas.width - widest - len("  blocked  "))
    summaries = [summary_of(part) for part in report.runtimes]
    forms = ([s.with_size for s in summaries], [str(s) for s in summaries])
    fitting = (form for form in forms if max(map(len, form), default=0) <= room)
    texts = next(fitting, [s.short for s in summaries])
    for name, part, text in zip(names, report.runtimes, texts, strict=True):
        verdict = paint(f"{part.verdict.value:7}", VERDICT_TONES[part.verdict], canvas)
        first, *rest = wrapped(text, room)
        yield f"{name:{widest}}  {verdict}  {first}"
        yield from (" " * (canvas.width - room) + line for line in rest)


def _recommendation(report: Report, canvas: Canvas) -> Iterator[str]:
    chosen = report.recommended
    if not chosen:
        yield "recommended: none of these runtimes"
        return
    text = f"recommended: {visible(advice(chosen))}"
    yield from wrapped(text, canvas.width, hanging=_INDENT)
    for name, why in chosen.others:
        text = f"not {visible(name)}: {visible(why)}"
        yield from wrapped(text, canvas.width, indent=_INDENT, hanging=_INDENT * 2)
