"""Findings as a reader wants them: each once, with the runtimes that it is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from audit.report import Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
    """What all say, then each that differs, once: runtimes differ in their versions."""
    remedies: tuple[Said, ...]
    """The same of the remedies, such as a pip command for each Python; empty for some notes."""


def merged_findings(report: Report) -> tuple[MergedFinding, ...]:
    """Return the findings of a report: heaviest first, then by place, then by code."""
    groups: dict[tuple[object, ...], On] = defaultdict(dict)
    for part in report.runtimes:
        seen: Counter[tuple[object, ...]] = Counter()
        ordered = {finding: _order(finding) for finding in part.findings}
        for finding, order in sorted(ordered.items(), key=itemgetter(1)):
            key = order[:_SAME]
            groups[(*key, seen[key])][part.runtime.name] = finding
            seen[key] += 1
    return tuple(_merged(groups[key]) for key in sorted(groups))


def findings_shown(report: Report) -> tuple[tuple[MergedFinding, ...], tuple[str, ...]]:
    """Return the findings for people, and sentences to stand below them.

    Where several distributions only have to be packed, one command packs them all: each is
    told for one runtime alone, without a command of its own.
    """
    findings = merged_findings(report)
    due = {merged for merged in findings if merged.finding.verdict is Verdict.VENDOR}
    briefly = due if len(due) > 1 else set()
    shown = tuple(_briefly(each, report) if each in briefly else each for each in findings)
    notes = [_pack_all(briefly, report)] if briefly else []
    cut = any(len(b.messages) != len(a.messages) for a, b in zip(findings, shown, strict=True))
    if cut or any(len(each.remedies) > 1 for each in shown):
        notes.append(_ONE_OF_SEVERAL)
    return shown, tuple(notes)


_ONE_OF_SEVERAL = (
    "where runtimes differ, one is shown; --runtime NAME or --format json shows the others"
)


def _briefly(merged: MergedFinding, report: Report) -> MergedFinding:
    for_all = tuple(said for said in merged.messages if said.runtimes == merged.runtimes)
    others = tuple(said for said in merged.messages if said not in for_all)
    one = (_for_best(others, report),) if others else ()
    return merged._replace(messages=for_all + one, remedies=())


def _pack_all(due: Iterable[MergedFinding], report: Report) -> str:
    names = [part.runtime.name for part in report.runtimes]
    concerned = [name for name in names if any(name in merged.runtimes for merged in due)]
    best = report.recommended.runtime if report.recommended else ""
    name = best if best in concerned else concerned[-1]
    only = f"--runtime {name} " if len(names) > 1 else ""
    return (
        f"to pack them all, add {only}--format requirements to this command: it prints the pins "
        "with their hashes, below the pip command that installs them"
    )


def remedy_shown(merged: MergedFinding, report: Report) -> Said | None:
    """Return one remedy where each runtime has its own: nobody deploys to all of them.

    It is that of the recommended runtime, or of the last in the report that has the finding.
    """
    return _for_best(merged.remedies, report) if merged.remedies else None


def _for_best(texts: Sequence[Said], report: Report) -> Said:
    best = report.recommended.runtime if report.recommended else ""
    mine = (said for said in texts if best in said.runtimes)
    return next(mine, texts[-1])


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


_LIGHTNESS = {severity: -severity.rank for severity in Severity}
_SAME = 7
"""How many items of the order say that two findings are about the same."""


def _order(finding: Finding) -> tuple[object, ...]:
    place = finding.at
    return (
        _LIGHTNESS[finding.severity],
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
    return MergedFinding(
        finding=next(iter(on.values())),
        runtimes=tuple(on),
        messages=_messages({name: finding.message for name, finding in on.items()}),
        remedies=_said((name, finding.remedy) for name, finding in on.items() if finding.remedy),
    )


def _messages(on: Mapping[str, str]) -> tuple[Said, ...]:
    """Say once what all messages say, then of each what is left."""
    if len(set(on.values())) == 1:
        return _said(on.items())
    clauses = {name: text.split(_CLAUSE) for name, text in on.items()}
    nameless = {name: [_nameless(each, name) for each in said] for name, said in clauses.items()}
    first, *others = nameless.values()
    if others and all(first[0] in other for other in others) and any(first != o for o in others):
        common = [each for each in first if all(each in other for other in others)]
        rest = {
            name: _CLAUSE.join(
                clause
                for clause, plain in zip(said, nameless[name], strict=True)
                if plain not in common
            )
            for name, said in clauses.items()
        }
        return (Said(_CLAUSE.join(common), tuple(on)), *_apart(rest))
    return _apart(on)


_CLAUSE = "; "


def _apart(on: Mapping[str, str]) -> tuple[Said, ...]:
    """Say each text that differs in more than the name of its runtime."""
    nameless = {name: _nameless(text, name) for name, text in on.items()}
    shared = Counter(nameless.values())
    return _said(
        (name, nameless[name] if shared[nameless[name]] > 1 else text)
        for name, text in on.items()
        if text
    )


def _nameless(message: str, runtime: str) -> str:
    """Let a message that names its own runtime be the same on all of several."""
    return _naming(runtime).sub("the runtime", message) if runtime in message else message


@lru_cache(maxsize=64)
def _naming(runtime: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(runtime)}(?!\w)")


def _said(texts: Iterable[tuple[str, str]]) -> tuple[Said, ...]:
    runtimes: dict[str, list[str]] = defaultdict(list)
    for name, text in texts:
        runtimes[text].append(name)
    return tuple(Said(text, tuple(names)) for text, names in runtimes.items())
