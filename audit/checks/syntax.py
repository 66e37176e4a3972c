"""SCF301: files that the runtime's Python does not compile."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from audit.checks.doubt import unloaded
from audit.checks.wording import listed
from audit.compiling import is_sure, refused
from audit.loading import Loaded
from audit.model import Location
from audit.report import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.assessment import Assessment
    from audit.code import Construct, Ruling, Source, Span
    from audit.platform import Runtime

RULE = Rule(
    code="SCF301",
    name="syntax",
    severity=Severity.ERROR,
    explanation="""\
The runtime's Python does not compile the file: it has a construct that this Python lacks (an
f-string on Python 2.7, `match` on Python 3.9), or had once (`print x` on Python 3), or something
that no Python compiles. Whatever imports the file ends with a SyntaxError, and nothing of the
file runs. `except ImportError` does not catch that; `except SyntaxError`, `except Exception` and
a bare `except` do.

It is an error where loading the handler's module loads the file. It is a warning where that is
not so: the handler does not load it, or only when a function is called, or only in place of a
module that was not found, or in a `try` that goes on without it. It is a warning, and the verdict
`unknown`, where a test that cannot be decided stands before it, and where the grammar of the
runtime is newer than the Python that reads the file.

A real interpreter that was asked (found on PATH, or given with `--python`) has the last word.

Write it so that the runtime compiles it, deploy to a runtime that does, or load the file under a
test of `sys.version_info`.
""",
)

_MOST_NAMED = 3


class _Refusal(NamedTuple):
    """Why a Python does not compile a file, or may not."""

    reason: str
    line: int | None
    instead: str = ""
    is_sure: bool = True
    is_newer: bool = False
    """Where it is not sure: because the runtime is newer than the Python that reads."""


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each file that the runtime refuses, at the first line of it that it does."""
    sources = assessment.project.sources
    found = [(each, refusal_of(assessment, assessment.runtime, each)) for each in sources]
    others = _elsewhere(assessment) if any(refusal for _, refusal in found) else []
    for source, refusal in found:
        if refusal is not None:
            yield _finding(assessment, source, refusal, others)


def _elsewhere(assessment: Assessment) -> list[Runtime]:
    """Return the other runtimes asked for that compile all that the handler may load."""
    loading = assessment.loading
    loaded = [
        source
        for source in assessment.project.sources
        if loading is None or loading.of(source.path) is not Loaded.NEVER
    ]
    return [
        runtime
        for runtime in assessment.runtimes
        if runtime != assessment.runtime
        and all(refusal_of(assessment, runtime, source) is None for source in loaded)
    ]


def refusal_of(assessment: Assessment, runtime: Runtime, source: Source) -> _Refusal | None:
    """Return what a runtime has against a file; a real interpreter's word stands."""
    rulings = assessment.project.rulings.get(runtime.python, {})
    ruling = rulings.get(source.path)
    if ruling is None and source.path in rulings:
        return None
    found = refused(source, runtime)
    sure = [each for each in found if is_sure(each, runtime)]
    if ruling is not None:
        return _ruled(ruling, sure)
    if sure:
        return _Refusal(_told(sure), sure[0].line, sure[0].instead)
    return _unsure(found[0]) if found else None


def _unsure(construct: Construct) -> _Refusal:
    """Return what only a newer Python could tell, or no Python at all."""
    reason = _described(construct)
    is_newer = all(span.first > (3, 0) for span in construct.unsure)
    if is_newer:
        reason += " to the Python that reads it, which is older"
    return _Refusal(reason, construct.line, is_sure=False, is_newer=is_newer)


def _ruled(ruling: Ruling, known: Sequence[Construct]) -> _Refusal:
    """Return an interpreter's refusal, in our words where they are about the same line."""
    same = [each for each in known if ruling.line is None or each.line <= ruling.line]
    if same:
        return _Refusal(
            f"{_told(known)}; so says {ruling.interpreter}", known[0].line, known[0].instead
        )
    place = "" if ruling.line is None else f" (line {ruling.line})"
    return _Refusal(f"{ruling.message}{place}, says {ruling.interpreter}", ruling.line)


def _told(refused: Sequence[Construct]) -> str:
    first, *others = map(_described, refused)
    if not others:
        return first
    named = others[:_MOST_NAMED]
    more = len(others) - len(named)
    if more:
        lines = ", ".join(str(each.line) for each in refused[1 + _MOST_NAMED :])
        named.append(f"{more} more (line{'s' if more > 1 else ''} {lines})")
    return f"{first}; also {listed(named)}"


def _described(construct: Construct) -> str:
    having = listed(map(_having, construct.pythons)) if construct.pythons else ""
    return f"{construct.what} (line {construct.line}{', ' if having else ''}{having})"


def _having(span: Span) -> str:
    """Return the Pythons of a span: `since Python 3.8`, `Python 2 alone`, `Python 3.7 to 3.9`."""
    first = ".".join(map(str, span.first))
    if span.end is None:
        return f"since Python {first}"
    if span.end == (3, 0):
        return "only Python 2"
    last = f"{span.end[0]}.{span.end[1] - 1}"
    return f"until Python {last}" if span.first < (3,) else f"only Python {first} to {last}"


def _finding(
    assessment: Assessment, source: Source, refusal: _Refusal, others: Sequence[Runtime]
) -> Finding:
    path = posixpath.normpath(posixpath.join(assessment.project.root, source.path))
    doubt = unloaded(assessment, source.path, path)
    verdict = doubt.verdict if doubt else Verdict.BLOCKED
    if not refusal.is_sure and verdict is Verdict.BLOCKED:
        verdict = Verdict.UNKNOWN
    is_or_may_be = "is not" if refusal.is_sure else "may not be"
    fitting = [each.name for each in others if refusal_of(assessment, each, source) is None]
    # By the runtime's name, which several runtimes then share: the interpreters alone differ.
    message = f"{path} {is_or_may_be} valid on {assessment.runtime.name}: {refusal.reason}"
    return Finding(
        rule=RULE,
        severity=RULE.severity if verdict is Verdict.BLOCKED else Severity.WARNING,
        message=f"{message}; {doubt.reason}" if doubt else message,
        remedy=_remedy(assessment, refusal, fitting),
        verdict=verdict,
        at=Location(path, refusal.line),
    )


def deciding(assessment: Assessment, refusal: _Refusal) -> str:
    """Return how to find out whether a runtime compiles a file; empty where it was asked."""
    python = assessment.runtime.python
    if python in assessment.project.rulings:
        return ""
    newer = f"run scf-audit with Python {python} or newer, or " if refusal.is_newer else ""
    return f"{newer}give --python {python}=PATH"


def _remedy(assessment: Assessment, refusal: _Refusal, others: Sequence[str]) -> str:
    if not refusal.is_sure:
        in_vain = "split the file, or move what it holds into one of data"
        return deciding(assessment, refusal) or in_vain
    python = assessment.runtime.python
    ways = [f"in its place: {refusal.instead}"] if refusal.instead else []
    if others:
        ways.append(f"deploy to {listed(others, 'or')}, where it compiles")
    return "; or ".join(ways) or f"write it so that Python {python} compiles it"
