"""The report as GitHub-flavoured Markdown, for pull requests and step summaries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.render.merged import findings_shown, remedy_shown, untold_problems
from audit.render.prose import command_in, counted, visible
from audit.render.rows import matrix_rows, shown
from audit.render.summary import (
    headline,
    lead,
    place_of,
    runtimes_of,
    subject_of,
    summary_of,
    table_line,
)
from audit.verdict import sized

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audit.render.canvas import Canvas
    from audit.render.merged import MergedFinding
    from audit.report import Report, RuntimeReport

_CODE = re.compile(r"(`[^`]*[^`\s][^`]*`)")
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]()#+!~$])")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def render(report: Report, canvas: Canvas) -> str:  # noqa: ARG001 - every renderer takes a canvas
    """Return the report as Markdown: the answer first, then what led to it."""
    sections = (
        _answer(report),
        _verdicts(report),
        _section("Findings", _findings(report)),
        _section("Not read", [f"- {inline(visible(str(p)))}" for p in untold_problems(report)]),
        _section("Requirements and imports", _matrix(report)),
        [f"{escaped(headline(report))}; {escaped(table_line(report))}"],
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose cells are Markdown but for the bars in them."""
    import tabulate  # noqa: PLC0415 - 45 ms, due only where a table is drawn

    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return tabulate.tabulate(cells, headers, tablefmt="pipe", disable_numparse=True).split("\n")


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, HTML, mention or new line in it."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MENTION.sub("@<!-- -->", _PUNCTUATION.sub(r"\\\1", text))


def inline(text: str) -> str:
    """Return a sentence with its code spans kept and everything else escaped."""
    pieces = _CODE.split(visible(text))
    return "".join(code(piece[1:-1]) if n % 2 else escaped(piece) for n, piece in enumerate(pieces))


def code(text: str) -> str:
    """Return text as a code span."""
    text = visible(text)
    if "`" not in text:
        return f"`{text}`"
    fence = "`" * (1 + max(map(len, re.findall("`+", text))))
    return f"{fence} {text} {fence}"


def _answer(report: Report) -> list[str]:
    chosen = report.recommended
    if chosen is None:
        return ["## scf-audit: none of these runtimes"]
    lines = [f"## scf-audit: {escaped(chosen.runtime)}", "", inline(chosen.reason)]
    others = [f"- not {escaped(name)}: {inline(why)}" for name, why in chosen.others]
    return [*lines, "", *others] if others else lines


def _verdicts(report: Report) -> list[str]:
    headers = (
        "runtime",
        "verdict",
        "built-in",
        "to vendor",
        "conflict",
        "missing",
        "unknown",
        "size",
    )
    return table(headers, [_verdict(part) for part in report.runtimes])


def _verdict(part: RuntimeReport) -> list[str]:
    *numbers, size = summary_of(part)._asdict().values()
    shown_size = sized(size) if size else "-"
    return [escaped(part.runtime.name), f"**{part.verdict.value}**", *map(str, numbers), shown_size]


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"### {title}", "", *lines] if lines else []


def _findings(report: Report) -> list[str]:
    findings, notes = findings_shown(report)
    lines = [line for merged in findings for line in _finding(merged, report)]
    for note in notes:
        lines += ["", inline(note)]
    return lines


def _finding(merged: MergedFinding, report: Report) -> list[str]:
    finding = merged.finding
    parts = [f"**{finding.severity.value} {escaped(finding.rule.code)}**"]
    parts += [code(text) for text in (subject_of(finding), place_of(finding)) if text]
    parts.append(f"on {escaped(runtimes_of(merged, report))}")
    lines = [f"- {' '.join(parts)}"]
    lines += [f"  {escaped(lead(said, merged))}{inline(said.text)}" for said in merged.messages]
    if said := remedy_shown(merged, report):
        text, command = command_in(said.text)
        remedy = inline(text) + (code(command) if command else "")
        lines.append(f"  {escaped(lead(said, merged, 'fix'))}{remedy}")
    return "  \n".join(lines).split("\n")  # two spaces before its end break a line


def _matrix(report: Report) -> list[str]:
    rows, left_out = shown(matrix_rows(report))
    if not rows:
        return []
    headers = ("", *(escaped(part.runtime.name) for part in report.runtimes))
    lines = table(headers, [[code(r.label), *(escaped(c.text) for c in r.cells)] for r in rows])
    if left_out:
        lines += ["", f"{counted(left_out, 'more row')} left out; see all with `--format json`"]
    return lines
