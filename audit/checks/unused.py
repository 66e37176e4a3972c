"""SCF205: requirements that no import uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.amounts import amount
from audit.model import Declared, Vendored
from audit.packages import chosen
from audit.pages import Contents
from audit.pins import BuiltIn, Release
from audit.report import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.assessment import Assessment
    from audit.pins import Demand, Pin

RULE = Rule(
    code="SCF205",
    name="declared but never imported",
    severity=Severity.NOTE,
    explanation="""\
A line asks for a distribution, its import names are known, and no file of the project imports
any of them; no other distribution requires it either. As far as the imports tell it could be
left out, and what it takes in the package could be saved.

It is a note, since imports do not tell all: a database driver, a plugin or a command is loaded by
another library, by a name in a setting. A line that is there for those is right as it is.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report lines that no import uses, where the imports of the project are known."""
    if not _tells(assessment):
        return
    for pin in chosen(assessment.resolution):
        line = _only_line(pin)
        if line is not None and _is_unused(assessment, pin):
            cost = _cost(assessment, pin)
            yield Finding(
                rule=RULE,
                severity=RULE.severity,
                message=f"{pin.candidate.name} is declared, but nothing imports it{cost}",
                remedy=f"if nothing loads it by name, remove {line.text} at {line.at}",
                package=pin.candidate.name,
                at=line.at,
            )


def _tells(assessment: Assessment) -> bool:
    """Whether the imports can tell: all sources were read, and a distribution is imported."""
    unread = any(each.at.file.endswith(".py") for each in assessment.project.problems)
    return not unread and any(each.provider is not None for each in assessment.modules)


def _only_line(pin: Pin) -> Declared | None:
    """Return the line that asks for a pin; None where something else asks for it as well."""
    lines = asking_lines(pin.demands)
    others = [demand for demand in pin.demands if not isinstance(demand.asker, Declared)]
    return lines[0] if lines and not others else None


def asking_lines(demands: Iterable[Demand]) -> list[Declared]:
    """Return the lines of the project, in their order, that ask for something to be installed."""
    lines = [demand.asker for demand in demands if isinstance(demand.asker, Declared)]
    asking = (line for line in lines if not line.constraint)
    return sorted(asking, key=lambda line: (line.at.file, line.at.line or 0))


def _is_unused(assessment: Assessment, pin: Pin) -> bool:
    candidate, names = pin.candidate, assessment.around.names
    contents = assessment.evidence.contents.get(candidate) if isinstance(candidate, Release) else ()
    known = {name for name, _ in names.names_of(candidate)}
    if isinstance(contents, Contents):
        known.update(contents.import_names)
    for each in assessment.modules:
        if each.provider == candidate.name:
            return False
        if any(_overlap(each.module, name) for name in known):
            return False
    return bool(known)


def _overlap(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _cost(assessment: Assessment, pin: Pin) -> str:
    """Say what leaving a distribution out saves, where that is known."""
    match pin.candidate:
        case BuiltIn():
            return f"; {assessment.runtime.name} has it built in, so it takes no room"
        case Release() as release:
            contents = assessment.evidence.contents.get(release)
            if isinstance(contents, Contents):
                return f"; it takes {amount(contents.unpacked)} unpacked"
            known = release.file.size
            return f"; its file has {amount(known)}" if known is not None else ""
        case Vendored(size=int(known)):
            return f"; its copy in the package takes {amount(known)}"
        case _:
            return ""
