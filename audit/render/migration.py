"""A move from one runtime to another, for people and programs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from audit.render import migrationjson
from audit.render.grid import layout
from audit.render.markdown import code, escaped, inline, table
from audit.render.moves import (
    APPEARING,
    findings_told,
    outcome,
    packing_all,
    problems_told,
    rows_that_differ,
    told,
)
from audit.render.prose import counted, visible, wrapped, wrapped_remedy
from audit.render.style import SEVERITY_TONES, VERDICT_TONES, Tone, paint
from audit.render.summary import headline, place_of, subject_of, summary_of, table_line
from audit.render.text import header
from audit.report import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from audit.migration import Migration
    from audit.render.canvas import Canvas
    from audit.report import Finding, Report

    Renderer = Callable[[Report, Migration, Canvas], str]

_INDENT = "    "


def render_migration(
    report: Report,
    migration: Migration,
    format: str,  # noqa: A002 - the option's name
    canvas: Canvas,
) -> str:
    """Return a move in one of `MIGRATION_FORMATS`; `report` is the audit that it compares.

    Raises KeyError for any other format.
    """
    return MIGRATION_FORMATS[format](report, migration, canvas)


def _text(report: Report, migration: Migration, canvas: Canvas) -> str:
    parts = (
        header(report, canvas),
        _text_matrix(report, migration, canvas),
        _text_changes(migration, canvas),
        *(_text_findings(*each, canvas) for each in findings_told(migration)),
        wrapped(packing_all(migration) or "", canvas.width),
        _text_problems(report, migration, canvas),
        _text_verdicts(migration, canvas),
    )
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n"


def _text_matrix(report: Report, migration: Migration, canvas: Canvas) -> list[str]:
    rows, left_out = rows_that_differ(report, migration)
    if not rows:
        return wrapped("no requirement and no import changes its provider", canvas.width)
    names = [visible(side.runtime.name) for side in (migration.before, migration.after)]
    lines = layout(["", *names], rows, canvas)
    if left_out:
        note = f"{counted(left_out, 'more row')} left out; see all with --format json"
        lines += wrapped(note, canvas.width)
    return lines


def _text_changes(migration: Migration, canvas: Canvas) -> Iterator[str]:
    for title, items in told(migration):
        yield from wrapped(f"{title}: {', '.join(items)}", canvas.width, hanging=_INDENT)


def _text_findings(title: str, findings: Sequence[Finding], canvas: Canvas) -> Iterator[str]:
    if findings:
        yield paint(f"{title}: {len(findings)}", Tone.STRONG, canvas)
    for finding in findings:
        name = f"{finding.severity.value} {finding.rule.code}"
        subject = filter(None, (name, subject_of(finding), place_of(finding)))
        first, *rest = wrapped(" ".join(subject), canvas.width, hanging=_INDENT)
        yield paint(name, SEVERITY_TONES[finding.severity], canvas) + first[len(name) :]
        yield from rest
        yield from wrapped(visible(finding.message), canvas.width, indent=_INDENT)
        # Of a note, mostly one more thing to pack, `--format requirements` has the command for all.
        if finding.remedy and title == APPEARING and finding.severity is not Severity.NOTE:
            yield from wrapped_remedy(
                "fix: ", finding.remedy, canvas.width, indent=_INDENT, hanging=_INDENT * 2
            )


def _text_problems(report: Report, migration: Migration, canvas: Canvas) -> Iterator[str]:
    for problem in problems_told(report, migration):
        text = f"not read: {visible(str(problem))}"
        yield from wrapped(text, canvas.width, hanging=_INDENT)


def _text_verdicts(migration: Migration, canvas: Canvas) -> Iterator[str]:
    sides = (migration.before, migration.after)
    widest = max(len(visible(side.runtime.name)) for side in sides)
    for side in sides:
        verdict = paint(f"{side.verdict.value:7}", VERDICT_TONES[side.verdict], canvas)
        name = f"{visible(side.runtime.name):{widest}}"
        room = max(20, canvas.width - widest - len("  blocked  "))
        first, *rest = wrapped(summary_of(side).short, room)
        yield f"{name}  {verdict}  {first}"
        yield from (" " * (canvas.width - room) + line for line in rest)
    yield from ("", *wrapped(outcome(migration), canvas.width, hanging=_INDENT))


def _markdown(report: Report, migration: Migration, canvas: Canvas) -> str:  # noqa: ARG001 - one form for all
    rows, left_out = rows_that_differ(report, migration)
    names = [escaped(side.runtime.name) for side in (migration.before, migration.after)]
    cells = [[code(r.label), *(escaped(cell.text) for cell in r.cells)] for r in rows]
    parts = [
        [f"## scf-audit: {escaped(outcome(migration))}"],
        [f"- {title}: {', '.join(map(code, items))}" for title, items in told(migration)],
        table(["", *names], cells) if rows else [],
        [f"{counted(left_out, 'more row')} left out; see all with `--format json`"]
        if left_out
        else [],
        *(_markdown_findings(*each) for each in findings_told(migration)),
        [inline(line)] if (line := packing_all(migration)) else [],
        [f"- not read: {inline(visible(str(each)))}" for each in problems_told(report, migration)],
        [f"{escaped(headline(report))}; {escaped(table_line(report))}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _markdown_findings(title: str, findings: Sequence[Finding]) -> list[str]:
    lines = [f"### {title[:1].upper()}{title[1:]}", ""] if findings else []
    for finding in findings:
        parts = [f"- **{finding.severity.value} {escaped(finding.rule.code)}**"]
        parts += [code(text) for text in (subject_of(finding), place_of(finding)) if text]
        lines.append(f"{' '.join(parts)}: {inline(finding.message)}")
    return lines


MIGRATION_FORMATS: Mapping[str, Renderer] = MappingProxyType(
    {"text": _text, "markdown": _markdown, "json": migrationjson.render}
)
"""What `migrate --format` accepts, and the renderer of each."""
