"""SCF401: distributions in the package that come before the standard library."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from audit.checks.copies import paths
from audit.checks.unused import asking_lines
from audit.checks.wording import called, listed, place, removing, rewritten
from audit.model import Declared, Location, Vendored
from audit.packages import chosen
from audit.pages import Contents
from audit.pins import BuiltIn, Pin, Release, Unchecked
from audit.report import Context, Finding, Met, Rule, Severity, Verdict
from audit.resolve.versions import admitted_range
from audit.shadowing import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.assessment import Assessment
    from audit.pins import Demand
    from audit.shadowing import Fact

RULE = Rule(
    code="SCF401",
    name="distribution shadows the standard library",
    severity=Severity.ERROR,
    explanation="""\
The package folder and the layers are searched before the standard library. So a backport that
is packed takes the place of the module it was made from, also where that is newer: with enum34
1.1.6 in the package `import re` fails on Python 3.6, and with it nearly every program.

What releases do was measured: installed for real interpreters, put first on the path, and
imported. It is an error where an import then fails that every function runs (`re`, `json`) or
this project; it is a warning, and the verdict `unknown`, where an import fails that the
project's own files do not run when they are loaded, where it was not measured for this release,
or where no index was asked which release it will be. It is a warning as well where the copy
works but lacks some of what the standard library's module has. A copy that lacks nothing is
not reported.

Leave the backport to the Pythons it was made for, with a marker:
`enum34; python_version < "3.4"`.
""",
)

_RUN_BY_ALL = frozenset({"collections", "json", "re"})
"""Modules that every function loads: its event comes as JSON."""
_ALONE_IN = {"concurrent.futures": "concurrent"}
"""A module -> the package that has nothing else, by which `from concurrent import futures` goes."""
_FOR_TESTS = "test"
"""A package of the standard library that nothing but its own tests imports."""


class _Shadow(NamedTuple):
    """A distribution that is, or will be, in the package, and the modules that it hides."""

    candidate: Vendored | Release | Unchecked
    demands: tuple[Demand, ...]
    modules: tuple[str, ...]


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report what hides modules of the standard library, and does not do as well as they."""
    for pin in _in_the_package(assessment):
        candidate = pin.candidate
        if isinstance(candidate, BuiltIn):
            continue
        shadow = _Shadow(candidate, pin.demands, _hidden(assessment, candidate))
        if isinstance(candidate, Unchecked):
            yield from _perhaps(assessment, shadow)
            continue
        fact = assessment.shadowing.of(candidate.name, candidate.version, assessment.runtime.python)
        if fact is not None and fact.effect is not Effect.HARMLESS:
            yield _measured(assessment, shadow, fact)
        elif fact is None and shadow.modules:
            yield _not_measured(assessment, shadow)


def _in_the_package(assessment: Assessment) -> Iterator[Pin]:
    """Yield the pins, and one for each copy in the package that nothing asks for."""
    pins = chosen(assessment.resolution)
    yield from pins
    names = {pin.candidate.name for pin in pins if not isinstance(pin.candidate, BuiltIn)}
    for copy in sorted(assessment.project.vendored, key=lambda each: each.at.file):
        if not copy.is_hollow and copy.name not in names:
            yield Pin(candidate=copy, demands=())


def _hidden(assessment: Assessment, candidate: Vendored | Release | Unchecked) -> tuple[str, ...]:
    """Return the standard library's modules that a candidate has, as far as its names are known."""
    names = assessment.around.names
    contents = assessment.evidence.contents.get(candidate) if isinstance(candidate, Release) else ()
    if isinstance(contents, Contents):
        known = contents.import_names
    else:
        known = tuple(name for name, _ in names.names_of(candidate))
        known = known or (candidate.name.replace("-", "_"),)
    library, python = assessment.around.library, assessment.runtime.python
    return tuple(n for n in sorted(known) if n != _FOR_TESTS and library.has(n, python))


def _measured(assessment: Assessment, shadow: _Shadow, fact: Fact) -> Finding:
    runtime, reasons = assessment.runtime.name, [f"{fact.told}, measured with {fact.interpreter}"]
    severity, verdict = Severity.WARNING, Verdict.READY
    if fact.effect.fails and _is_run(assessment, fact.module):
        severity, verdict = Severity.ERROR, Verdict.BLOCKED
    elif fact.effect.fails:
        verdict = Verdict.UNKNOWN
        reasons.append("no file of the project imports that when it is loaded")
    comes = f"{called(shadow.candidate)} comes before the standard library of {runtime}"
    return _finding(assessment, shadow, f"{comes}: {'; '.join(reasons)}", severity, verdict)


def _is_run(assessment: Assessment, module: str) -> bool:
    """Whether loading the function imports a module for sure."""
    if module in _RUN_BY_ALL:
        return True
    return any(
        each.status is not Met.IGNORED
        and (f"{each.module}.".startswith(f"{module}.") or each.module == _ALONE_IN.get(module))
        and any(site.context is Context.TOP for site in each.sites)
        for each in assessment.modules
    )


def _not_measured(assessment: Assessment, shadow: _Shadow) -> Finding:
    message = (
        f"{called(shadow.candidate)} comes before {listed(shadow.modules)} of the standard "
        f"library of {assessment.runtime.name}; what that does was not measured"
    )
    return _finding(assessment, shadow, message, Severity.WARNING, Verdict.UNKNOWN)


def _perhaps(assessment: Assessment, shadow: _Shadow) -> Iterator[Finding]:
    """Tell what some release would do, where it is not known which it will be."""
    name, runtime = shadow.candidate.name, assessment.runtime
    known = assessment.shadowing.facts.get((name, runtime.python), ())
    wanted = ",".join(str(demand.requirement.specifier) for demand in shadow.demands)
    facts = [fact for fact in known if _may_be(fact.versions, wanted)]
    worst = min(facts, key=lambda fact: list(Effect).index(fact.effect), default=None)
    if worst is not None and worst.effect is not Effect.HARMLESS:
        told = f"with {name}{worst.versions} {worst.told}, measured with {worst.interpreter}"
    elif worst is None and shadow.modules:
        told = f"it has {listed(shadow.modules)}, and what that does was not measured"
    else:
        return
    message = f"{name} would come before the standard library of {runtime.name}: {told}"
    yield _finding(assessment, shadow, message, Severity.WARNING, Verdict.UNKNOWN)


def _may_be(versions: str, wanted: str) -> bool:
    return not (admitted_range(versions) & admitted_range(wanted.strip(","))).is_empty


def _finding(
    assessment: Assessment, shadow: _Shadow, message: str, severity: Severity, verdict: Verdict
) -> Finding:
    candidate = shadow.candidate
    at = place(shadow.demands, assessment.demands)
    if isinstance(candidate, Vendored):
        root = assessment.project.root
        at = Location(posixpath.normpath(posixpath.join(root, candidate.at.file)))
    return Finding(
        rule=RULE,
        severity=severity,
        message=message,
        remedy=_remedy(assessment, shadow),
        verdict=verdict,
        package=candidate.name,
        at=at,
    )


def _remedy(assessment: Assessment, shadow: _Shadow) -> str:
    candidate = shadow.candidate
    if isinstance(candidate, Vendored):
        return removing(assessment, paths(assessment.project, candidate))
    lines = asking_lines(shadow.demands)
    if lines:
        since = _since(assessment, shadow.modules)
        return listed(_rewritten(line, since) for line in lines)
    python = assessment.runtime.python
    return f"do not pack {candidate.name}: what it brings is in the library of Python {python}"


def _since(assessment: Assessment, modules: Iterable[str]) -> str | None:
    """Return the first Python that has all of some modules; None where 2.7 has them already."""
    library, python = assessment.around.library, assessment.runtime.python
    having = [library.versions_with(each) for each in modules if library.has(each, python)]
    if not having or any("2.7" in each for each in having):
        return None
    return max((each[0] for each in having), key=lambda each: tuple(map(int, each.split("."))))


def _rewritten(line: Declared, since: str | None) -> str:
    marker, bare = line.requirement.marker, rewritten(line, line.requirement.specifier)
    if since is None or line.requirement.url is not None:
        return f"remove {line.text} at {line.at}"
    bound = f'python_version < "{since}"'
    if marker is None:
        return f"write {bare}; {bound} at {line.at}"
    return f"write {bare.partition(';')[0]}; ({marker}) and {bound} at {line.at}"
