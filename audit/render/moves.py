"""A move from one runtime to another in words, the same in every format for people."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from audit.migration import ImportChange, PackageChange, unknown
from audit.render.merged import untold_problems
from audit.render.prose import visible
from audit.render.rows import matrix_rows, shown
from audit.render.summary import subject_of
from audit.report import Met, Status, Verdict
from audit.verdict import sized

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from audit.migration import ImportMove, Migration, PackageMove
    from audit.model import Problem
    from audit.render.rows import Row
    from audit.report import Finding, Package, Report, RuntimeReport

APPEARING = "findings that appear"
"""The title of those that want a remedy."""


def rows_that_differ(report: Report, migration: Migration) -> tuple[tuple[Row, ...], int]:
    """Return the rows of the audit's matrix that differ, and how many more there are."""
    both = report._replace(runtimes=(migration.before, migration.after))
    return shown(tuple(row for row in matrix_rows(both) if row.cells[0] != row.cells[1]))


def outcome(migration: Migration) -> str:
    """Return what the move comes to: both verdicts and both sizes."""
    sides = (migration.before, migration.after)
    names = " -> ".join(visible(side.runtime.name) for side in sides)
    verdicts = " -> ".join(side.verdict.value for side in sides)
    return f"{names}: {verdicts}; to vendor {' -> '.join(map(_size, sides))}"


def _size(side: RuntimeReport) -> str:
    due = (p for p in side.packages if p.status in {Status.VENDOR, Status.UNKNOWN})
    sizes = [package.file.size if package.file else None for package in due]
    known = sized(sum(size or 0 for size in sizes))
    if None not in sizes:
        return known
    return f"at least {known}" if any(sizes) else "?"


def told(migration: Migration) -> Iterator[tuple[str, list[str]]]:
    """Yield the title of each kind of change that there is, with what it holds for."""
    for change, title in _PACKAGE_TITLES.items():
        if moves := migration.of(change):
            yield title, [visible(_package(move, change)) for move in moves]
    for kind, title in _IMPORT_TITLES.items():
        if modules := migration.imports_of(kind):
            yield title, [visible(_import(move)) for move in modules]
    if migration.staying:
        named = (f"{each.rule.code} {subject_of(each)}" for each in migration.staying)
        yield "findings that stay", list(dict.fromkeys(each.rstrip() for each in named))
    for side in (migration.before, migration.after):
        if names := unknown(side):
            yield visible(f"not known on {side.runtime.name}"), [visible(name) for name in names]


_PACKAGE_TITLES: Mapping[PackageChange, str] = MappingProxyType(
    {
        PackageChange.LOST: "built-ins lost",
        PackageChange.GAINED: "built-ins gained",
        PackageChange.CHANGED: "built-ins at another version",
        PackageChange.TO_VENDOR: "to vendor now",
        PackageChange.TO_REPACK: "to vendor anew",
        PackageChange.NO_LONGER: "no longer to vendor",
        PackageChange.CLASHES: "in conflict now",
        PackageChange.SETTLED: "no longer in conflict",
    }
)
_IMPORT_TITLES: Mapping[ImportChange, str] = MappingProxyType(
    {
        ImportChange.RENAMED: "imports by another name",
        ImportChange.MISSING: "imports missing now",
        ImportChange.FOUND: "imports found now",
        ImportChange.PROVIDER: "imports met by another provider",
    }
)


def _package(move: PackageMove, change: PackageChange) -> str:
    match change:
        case PackageChange.LOST | PackageChange.NO_LONGER:
            return _versioned(move.name, move.before)
        case PackageChange.GAINED | PackageChange.TO_VENDOR:
            return _versioned(move.name, move.after)
        case PackageChange.CHANGED | PackageChange.TO_REPACK:
            return f"{_versioned(move.name, move.before)} -> {_version(move.after)}"
        case PackageChange.CLASHES | PackageChange.SETTLED:
            return str(move.name)


def _versioned(name: str, package: Package | None) -> str:
    return f"{name} {_version(package)}"


def _version(package: Package | None) -> str:
    if package is None or package.version is None:
        return "?"
    return package.version if package.status is not Status.UNKNOWN else f"{package.version} ?"


def _import(move: ImportMove) -> str:
    if move.names:
        return f"{move.module} -> {' or '.join(move.names)}"
    providers = move.before.provider if move.before else None, move.after.provider
    by = providers if providers[0] != providers[1] else (None, None)
    was = _provided(move.before.status, by[0]) if move.before else "-"
    return f"{move.module}: {was} -> {_provided(move.after.status, by[1])}"


def _provided(status: Met, by: str | None) -> str:
    return f"{_MET[status]} {by}" if by else _MET[status]


_MET: Mapping[Met, str] = MappingProxyType(
    {
        Met.STDLIB: "standard library",
        Met.LOCAL: "own module",
        Met.VENDORED: "vendored",
        Met.BUILTIN: "built-in",
        Met.VENDOR: "to vendor",
        Met.MISSING: "missing",
        Met.IGNORED: "not run",
        Met.UNKNOWN: "not known",
    }
)


def problems_told(report: Report, migration: Migration) -> tuple[Problem, ...]:
    """Return what could not be read, but for what the findings told here repeat."""
    shown_here = (*migration.appearing, *migration.disappearing)
    return untold_problems(
        report._replace(runtimes=(migration.after._replace(findings=shown_here),))
    )


def packing_all(migration: Migration) -> str | None:
    """Return how to see what has to be packed after the move; None where that is nothing new."""
    if all(finding.verdict is not Verdict.VENDOR for finding in migration.appearing):
        return None
    name = migration.after.runtime.name
    return f"to pack all of it: scf-audit TARGET --runtime {name} --format requirements"


def findings_told(migration: Migration) -> tuple[tuple[str, Sequence[Finding]], ...]:
    """Return both kinds of findings with their titles, the heaviest findings first."""
    return (
        (APPEARING, _heaviest_first(migration.appearing)),
        ("findings that disappear", _heaviest_first(migration.disappearing)),
    )


def _heaviest_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: -finding.severity.rank)
