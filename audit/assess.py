"""The audit itself, on one page: a project and a platform in, a report out. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

from audit import __version__
from audit.assessment import Assessment
from audit.checks import CHECKS
from audit.evidence import Evidence, doubtful, gather, trace
from audit.failing import failing
from audit.finder import Finder, Surroundings, surroundings
from audit.handler import functions_called
from audit.imports import Imports, meet, survey
from audit.lacking import Asked, lacking
from audit.loading import loading, reached
from audit.model import Artefact
from audit.packages import chosen, packages, resolves_on
from audit.packed import packed, scan
from audit.pins import BuiltIn
from audit.presence import imported, in_use, present
from audit.remedies import NO_REMEDIES, Remedies
from audit.report import Report, RuntimeReport, TableSummary
from audit.resolve import Target, resolve
from audit.resolve.index import NoIndex, NothingMore
from audit.resolve.target import Preference, by_name
from audit.runtimes import marker_holds
from audit.shadowing import UNMEASURED, Shadowing
from audit.source.rules import NO_MEMBERS, Members
from audit.suggestions import Suggestion, Wanted, suggest
from audit.verdict import recommend, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from audit.evidence import Opened
    from audit.imports import Survey
    from audit.lacking import Lack
    from audit.loading import Loading
    from audit.model import Metadata, Problem, Project
    from audit.names import ImportNames
    from audit.packed import Packed, Scanned
    from audit.pins import Demand, Pin, Resolution
    from audit.platform import Matrix, Runtime
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
    optional_extensions: frozenset[NormalizedName] = frozenset()
    """Distributions whose source installs without a compiler, too."""
    shadowing: Shadowing = UNMEASURED
    """What releases do that come before the standard library."""
    members: Members = NO_MEMBERS
    """What is in the modules of the standard library."""
    remedies: Remedies = NO_REMEDIES
    """What to do without what they lack."""


class Policy(NamedTuple):
    """What the user decides."""

    builtins: Preference = Preference.PREFER
    ignore: tuple[str, ...] = ()
    """Findings to leave out: `CODE`, or `CODE:subject` for one package, module or file."""


class _Scanned(NamedTuple):
    """What was read, prepared for every runtime alike."""

    around: Surroundings
    own: Survey
    packed: Scanned | None


class _Facts(NamedTuple):
    """What is worked out for one runtime before any finding."""

    runtime: Runtime
    built_ins: Mapping[NormalizedName, BuiltIn]
    resolution: Resolution
    packages: tuple[Package, ...]
    imports: Imports
    evidence: Evidence
    suggestions: Mapping[str, Suggestion]
    loading: Loading | None
    lacking: tuple[Lack, ...]
    packed: Packed | None


def audit(project: Project, platform: Platform, policy: Policy) -> Report:
    """Audit a project for each runtime of a platform, side by side."""
    around = surroundings(project, platform.library, platform.import_names, platform.members)
    scanned = _Scanned(around, survey(project.root, project.sources, around), scan(project, around))
    facts = _side_by_side(partial(_facts, project, platform, policy, scanned), platform)
    project = project._replace(problems=(*project.problems, *platform.index.problems))
    where = resolves_on({each.runtime.name: each.resolution for each in facts})
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
                resolves_on=where,
                evidence=each.evidence,
                suggestions=each.suggestions,
                libraries=frozenset(library.key for library in platform.matrix.libraries),
                modules=each.imports.modules,
                loading=each.loading,
                lacking=each.lacking,
                packed=each.packed,
                remedies=platform.remedies,
                runtimes=platform.runtimes,
                called=functions_called(project, around.own.local, each.runtime),
                shadowing=platform.shadowing,
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
        package=project.import_roots[0],
    )


def _side_by_side(work: Callable[[Runtime], _Facts], platform: Platform) -> list[_Facts]:
    """Do the work for every runtime: at once where each would wait for the index by itself."""
    if isinstance(platform.index, NoIndex):
        return [work(runtime) for runtime in platform.runtimes]
    found: dict[str, _Facts | BaseException] = {}

    def run(runtime: Runtime) -> None:
        try:
            found[runtime.name] = work(runtime)
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread that asked
            found[runtime.name] = error

    # A run that is interrupted does not wait for what a host may still answer, as pools do.
    threads = [Thread(target=run, args=(each,), daemon=True) for each in platform.runtimes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [_raised(found[each.name]) for each in platform.runtimes]


def _raised(outcome: _Facts | BaseException) -> _Facts:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _facts(
    project: Project,
    platform: Platform,
    policy: Policy,
    scanned: _Scanned,
    runtime: Runtime,
) -> _Facts:
    around, surveyed, copies = scanned
    target = _target(project, platform, policy, runtime)
    unloadable = failing(project, around.own, runtime)
    live = reached(project, around.own, runtime, unloadable)

    def meeting(around: Surroundings, pins: Sequence[Pin]) -> Imports:
        return meet(surveyed, Finder(around, runtime, pins), runtime, live, unloadable)

    active = [d for d in project.declared if marker_holds(d.requirement.marker, runtime)]
    there = present(target)
    undeclared: tuple[Demand, ...] = ()
    imports: Imports | None = None
    if there:
        imports = meeting(around, there)
        undeclared = imported(imports, there, active)
    resolution = resolve(target, active, imported=undeclared)
    pins = in_use(resolution, there)
    opened: Opened = {}
    if imports is None or pins != there:
        imports, opened = trace(target.index, pins, around, partial(meeting, pins=pins))
    asked = Asked(runtime, around, Finder(around, runtime, pins), live)
    copied = packed(copies, asked, imports, unloadable) if copies else None
    if copied is not None and live is not None:
        loads: Loading | None = copied.loading
    else:
        loads = loading(project, around.own, runtime, imports.modules, unloadable)
    wanted = Wanted(replace(target, index=platform.index), active, undeclared)
    excluded = [d for d in project.declared if not marker_holds(d.requirement.marker, runtime)]
    return _Facts(
        runtime=runtime,
        built_ins=target.built_ins,
        resolution=resolution,
        packages=packages(resolution, active, excluded, target.built_ins),
        imports=imports,
        evidence=gather(
            target.index,
            chosen(resolution),
            opened,
            runtime.unpacked_limit,
            doubtful(target.index, chosen(resolution), around, runtime),
        ),
        suggestions=suggest(imports, around, wanted, resolution),
        loading=loads,
        lacking=lacking(
            project.root,
            project.sources,
            imports.lacking,
            asked,
        ),
        packed=copied,
    )


def _target(project: Project, platform: Platform, policy: Policy, runtime: Runtime) -> Target:
    return Target(
        runtime=runtime,
        built_ins=_built_ins(platform, runtime),
        vendored=by_name(project.vendored),
        index=NothingMore() if project.artefact is Artefact.PACKAGE else platform.index,
        preference=policy.builtins,
        optional_extensions=platform.optional_extensions,
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
        unpacked_bytes=facts.evidence.unpacked(chosen(facts.resolution)),
    )


def _matches(finding: Finding, ignored: str) -> bool:
    code, _, subject = ignored.partition(":")
    if code.upper() != finding.rule.code:
        return False
    named = {finding.module, finding.at.file if finding.at else None}
    return not subject or subject in named or canonicalize_name(subject) == finding.package
