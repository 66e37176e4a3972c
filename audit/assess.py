"""The audit itself, on one page: a project and a platform in, a report out. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from audit import __version__
from audit.assessment import Assessment
from audit.checks import CHECKS
from audit.finder import Finder, Surroundings, surroundings
from audit.imports import Imports, meet, runs, survey
from audit.model import Artefact, Vendored
from audit.packages import chosen, packages
from audit.pins import BuiltIn, Conflicted, Demand, Pin, Undecided
from audit.report import Met, Report, RuntimeReport, TableSummary
from audit.resolve import Target, resolve
from audit.resolve.index import NothingMore
from audit.resolve.universe import Preference, by_name, misfit
from audit.runtimes import marker_holds
from audit.source.local import reachable
from audit.verdict import recommend, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.imports import Survey
    from audit.model import Declared, Matrix, Metadata, Problem, Project, Runtime
    from audit.names import ImportNames
    from audit.pins import Resolution
    from audit.report import Finding, Package
    from audit.resolve.index import Index
    from audit.source.stdlib import StandardLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Everything that is known of the platform: facts, none of them about the project."""

    runtimes: tuple[Runtime, ...]
    """Those to audit for."""
    matrix: Matrix
    table_problems: tuple[Problem, ...]
    metadata: Mapping[tuple[NormalizedName, str], Metadata]
    """Name and runtime -> what the built-in says of itself, where that is known."""
    import_names: ImportNames
    library: StandardLibrary
    index: Index


class Policy(NamedTuple):
    """What the user decides."""

    builtins: Preference = Preference.PREFER
    ignore: tuple[str, ...] = ()
    """Findings to leave out: `CODE`, or `CODE:subject` for one package, module or file."""


class _Facts(NamedTuple):
    """What is worked out for one runtime before any finding."""

    runtime: Runtime
    built_ins: Mapping[NormalizedName, BuiltIn]
    resolution: Resolution
    packages: tuple[Package, ...]
    imports: Imports


def audit(project: Project, platform: Platform, policy: Policy) -> Report:
    """Audit a project for each runtime of a platform, side by side."""
    around = surroundings(project, platform.library, platform.import_names)
    surveyed = survey(project.root, project.sources, around)
    facts = [
        _facts(project, platform, policy, (around, surveyed), runtime)
        for runtime in platform.runtimes
    ]
    resolves_on = _resolves_on(facts)
    runtimes = tuple(
        _judged(
            each,
            Assessment(
                runtime=each.runtime,
                project=project,
                built_ins=each.built_ins,
                resolution=each.resolution,
                packages=each.packages,
                unmet=each.imports.unmet,
                around=around,
                demands={p.candidate.name: p.demands for p in chosen(each.resolution)},
                preference=policy.builtins,
                resolves_on=resolves_on,
            ),
            policy,
        )
        for each in facts
    )
    return Report(
        tool_version=__version__,
        table=TableSummary(
            source=platform.matrix.source,
            libraries=len(platform.matrix.libraries),
            problems=platform.table_problems,
        ),
        root=project.root,
        declared_in=project.declared_in,
        files_scanned=len(project.sources),
        problems=project.problems,
        runtimes=runtimes,
        recommended=recommend(runtimes),
    )


def _facts(
    project: Project,
    platform: Platform,
    policy: Policy,
    scanned: tuple[Surroundings, Survey],
    runtime: Runtime,
) -> _Facts:
    around, surveyed = scanned
    built_ins = _built_ins(platform, runtime)
    target = Target(
        runtime=runtime,
        built_ins=built_ins,
        vendored=by_name(project.vendored),
        index=NothingMore() if project.artefact is Artefact.PACKAGE else platform.index,
        preference=policy.builtins,
    )
    live = _live(project, around, runtime)
    active = [d for d in project.declared if marker_holds(d.requirement.marker, runtime)]
    present = _present(target)
    imported: tuple[Demand, ...] = ()
    imports: Imports | None = None
    if present:
        imports = meet(surveyed, Finder(around, runtime, present), runtime, live)
        imported = _imported(imports, present, active)
    resolution = resolve(target, active, imported=imported)
    pins = _in_use(resolution, present)
    if imports is None or pins != present:
        imports = meet(surveyed, Finder(around, runtime, pins), runtime, live)
    excluded = [d for d in project.declared if not marker_holds(d.requirement.marker, runtime)]
    return _Facts(
        runtime=runtime,
        built_ins=built_ins,
        resolution=resolution,
        packages=packages(resolution, active, excluded, built_ins),
        imports=imports,
    )


def _built_ins(platform: Platform, runtime: Runtime) -> dict[NormalizedName, BuiltIn]:
    if not runtime.has_built_ins:
        return {}
    return {
        library.key: BuiltIn(
            name=library.key,
            version=library.versions[runtime.name],
            metadata=platform.metadata.get((library.key, runtime.name)),
        )
        for library in platform.matrix.libraries
        if runtime.name in library.versions
    }


def _live(project: Project, around: Surroundings, runtime: Runtime) -> frozenset[str] | None:
    """Return the files that the handler loads; None where no handler is known, or found."""
    if project.entry is None:
        return None
    module = project.entry.rpartition(".")[0]
    reached = reachable(
        module,
        project.sources,
        around.own.local,
        version=runtime.version,
        runs=lambda source, statement: runs(statement, source, runtime) is not False,
    )
    return reached or None


def _present(target: Target) -> tuple[Pin, ...]:
    """Return a pin for everything that is there already, asked for or not."""
    built_ins = {} if target.preference is Preference.IGNORE else target.built_ins
    copies = {
        name: copy for name, copy in target.vendored.items() if misfit(copy, target.runtime) is None
    }
    # A vendored copy comes before the built-in on the path.
    candidates: dict[NormalizedName, BuiltIn | Vendored] = {**built_ins, **copies}
    return tuple(Pin(candidate=candidates[name], demands=()) for name in sorted(candidates))


def _imported(
    imports: Imports, present: Sequence[Pin], active: Sequence[Declared]
) -> tuple[Demand, ...]:
    """Demand what is imported and present but declared nowhere, so that its needs are met too."""
    declared = {line.name for line in active if not line.constraint}
    used = {
        module.provider
        for module in imports.modules
        if module.status in {Met.BUILTIN, Met.VENDORED}
    }
    return tuple(
        Demand(requirement=Requirement(pin.candidate.name), asker=pin.candidate)
        for pin in present
        if pin.candidate.name in used - declared and isinstance(pin.candidate, BuiltIn | Vendored)
    )


def _in_use(resolution: Resolution, present: Sequence[Pin]) -> tuple[Pin, ...]:
    """Lay the pins of a resolution over what is there."""
    pins = {pin.candidate.name: pin for pin in present}
    for pin in chosen(resolution):
        there = pins.get(pin.candidate.name)
        if there is None or there.candidate != pin.candidate:
            pins[pin.candidate.name] = pin
    return tuple(pins[name] for name in sorted(pins))


def _resolves_on(facts: Sequence[_Facts]) -> dict[NormalizedName, tuple[str, ...]]:
    clashing = {
        each.runtime.name: {clash.name for clash in each.resolution.clashes}
        for each in facts
        if isinstance(each.resolution, Conflicted)
    }
    names = {name for clashes in clashing.values() for name in clashes}
    return {
        name: tuple(
            each.runtime.name
            for each in facts
            if name not in clashing.get(each.runtime.name, ())
            and not isinstance(each.resolution, Undecided)
        )
        for name in names
    }


def _judged(facts: _Facts, assessment: Assessment, policy: Policy) -> RuntimeReport:
    findings = tuple(
        finding
        for check in CHECKS
        for finding in check.find(assessment)
        if not any(_matches(finding, each) for each in policy.ignore)
    )
    return RuntimeReport(
        runtime=facts.runtime,
        verdict=verdict(findings, facts.packages),
        packages=facts.packages,
        imports=facts.imports.modules,
        findings=findings,
    )


def _matches(finding: Finding, ignored: str) -> bool:
    code, _, subject = ignored.partition(":")
    if code.upper() != finding.rule.code:
        return False
    named = {finding.module, finding.at.file if finding.at else None}
    return not subject or subject in named or canonicalize_name(subject) == finding.package
