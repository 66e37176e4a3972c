"""SCF101: requirements that no versions satisfy together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.checks.clashes import blame, chain, existing
from audit.checks.wording import asked, called, listed, place, rewritten, vendoring, wanted
from audit.model import Artefact
from audit.pins import BuiltIn, Conflicted
from audit.report import Finding, Rule, Severity, Verdict
from audit.resolve.refusals import MUST_BE_COMPILED
from audit.resolve.target import Preference, misfit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.pins import Clash, Fix

RULE = Rule(
    code="SCF101",
    name="conflicting requirements",
    severity=Severity.ERROR,
    explanation="""\
No versions satisfy all requirements together on this runtime: two lines of the project
exclude each other, or a line excludes what another distribution needs. pip would refuse the
set, or install something that breaks when it is imported.

The message names the lines that the conflict rests on, then step by step what they bring in,
then what exists of the distribution that is left without a version: the newest release that
fits the runtime, and why the releases that are asked for do not. A line to write was tried:
with it, this conflict is gone. A marker such as `; python_version < "3.7"` lets a line apply
to some runtimes only.

It is a warning, and the verdict `unknown`, where a release that is asked for has a source that
fits and has to be compiled: whoever does that on a system as old as the platform's, CentOS 7,
has it. Nothing is built to find out.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each clash of the resolution with its whole reason."""
    if not isinstance(assessment.resolution, Conflicted):
        return
    for clash in assessment.resolution.clashes:
        is_open = _may_be_built(clash)
        yield Finding(
            rule=RULE,
            severity=Severity.WARNING if is_open else RULE.severity,
            message="; ".join(_message(assessment, clash)),
            remedy=_remedy(assessment, clash),
            verdict=Verdict.UNKNOWN if is_open else Verdict.BLOCKED,
            package=clash.name,
            at=place([*clash.demands, *(d for path in clash.paths.values() for d in path)], {}),
        )


def _may_be_built(clash: Clash) -> bool:
    """Whether a release is asked for that could be had if someone compiled it."""
    return any(MUST_BE_COMPILED in reason for reason in _reasons(clash))


def _message(assessment: Assessment, clash: Clash) -> Iterator[str]:
    runtime = assessment.runtime.name
    yield blame(clash, runtime)
    yield from chain(clash.steps)
    if clash.stock is not None:
        yield from existing(clash, clash.stock, runtime)
    for copy in assessment.project.vendored:
        if copy.name == clash.name and not copy.is_hollow:
            unfit = misfit(copy, assessment.runtime)
            yield f"the package has {called(copy)}" + (f", but {unfit}" if unfit else "")
    built_in = assessment.built_ins.get(clash.name)
    if built_in is not None:
        required = assessment.preference is Preference.REQUIRE
        only = ", and --builtins require allows no other" if required else ""
        yield f"{runtime} has {called(built_in)}{only}"
    elsewhere = assessment.resolves_on.get(clash.name, ())
    if elsewhere:
        yield f"no such conflict on {listed(elsewhere)}"


def _remedy(assessment: Assessment, clash: Clash) -> str:
    """Name one line to change and what to; where no change was found to do, what else may."""
    if assessment.project.artefact is Artefact.PACKAGE and len(clash.demands) == 1:
        return vendoring(assessment, wanted(clash.demands[0].requirement))
    if clash.fixes or _may_be_built(clash):
        return ", or ".join(_ways(assessment, clash))
    if assessment.preference is Preference.REQUIRE:
        return "let another version be packed: --builtins prefer"
    root = (clash.roots or clash.demands)[0]
    if clash.stock is not None and clash.stock.newest is None:
        return _spelled(assessment, clash, asked(root, {}))
    change = f"{'loosen or drop' if root.requirement.specifier else 'drop'} {asked(root, {})}"
    options = {option for each in _reasons(clash) for option in _OPTION.findall(each)}
    if options:
        return f"take {listed(sorted(options))} back for {clash.name}, or {change}"
    elsewhere = assessment.resolves_on.get(clash.name, ())
    return f"deploy to {listed(elsewhere, 'or')}, or {change}" if elsewhere else change


def _ways(assessment: Assessment, clash: Clash) -> Iterator[str]:
    if clash.fixes:
        yield _written(clash.fixes[0])
    if _may_be_built(clash):
        python = assessment.runtime.python
        yield f"compile {clash.name} on CentOS 7 with python{python}, and pack what that gives"


_OPTION = re.compile(r"--(?:only|no)-binary")


def _reasons(clash: Clash) -> list[str]:
    return [obstacle.reason for obstacle in clash.stock.obstacles] if clash.stock else []


def _written(fix: Fix) -> str:
    line, what = fix.line, rewritten(fix.line, fix.specifier)
    if not fix.drops_file:
        return f"write {what} at {line.at}"
    if not line.hashes:
        return f"to take it from an index, write {what} at {line.at}"
    if isinstance(fix.candidate, BuiltIn):
        return f"write {what}, without --hash, at {line.at}"
    if line.requirement.specifier.contains(fix.candidate.version, prereleases=True):
        return f"mend the hash, or do without: write {what}, without --hash, at {line.at}"
    return f"write {what}, with hashes of its own, at {line.at}"


def _spelled(assessment: Assessment, clash: Clash, ask: str) -> str:
    """Ask for the name that may be meant, among all that are known without an index."""
    if clash.steps:
        return f"find the index that has {clash.name}, or drop {ask}"
    names = assessment.around.names
    rows = names.by_import.get(str(clash.name).replace("-", "_"), ())
    if rows:
        meant = [str(rows[0].distribution)]
    else:
        # Loads 3 ms of difflib: due only for a name that nobody knows.
        from difflib import get_close_matches  # noqa: PLC0415

        known = sorted({*names.by_distribution, *assessment.libraries})
        meant = get_close_matches(clash.name, known, n=1, cutoff=0.75)
    if meant and meant[0] != clash.name:
        return f"did you mean {meant[0]}? Mend or drop {ask}"
    return f"check the spelling, find the index that has it, or drop {ask}"
