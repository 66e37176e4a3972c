"""The matrix of a report: a row a requirement or import, a cell a runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.render.prose import visible
from audit.render.style import Tone
from audit.report import Met, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.report import ImportedModule, Package, Report

    PackagesByName = Mapping[str, Package]

MOST_ROWS = 100
"""A longer matrix is not read; the formats for machines show every row."""


class Cell(NamedTuple):
    """What one runtime has for a row."""

    text: str
    tone: Tone


class Row(NamedTuple):
    """A requirement or an import, with one cell a runtime."""

    label: str
    cells: tuple[Cell, ...]

    @property
    def is_settled(self) -> bool:
        """Whether no runtime has anything to do or to find out about it."""
        return not any(cell.tone in (Tone.BAD, Tone.DUE) for cell in self.cells)


_ABSENT = Cell("-", Tone.FAINT)

_PACKAGE_CELLS = {
    Status.BUILTIN: Cell("built-in", Tone.GOOD),
    Status.VENDORED: Cell("vendored", Tone.GOOD),
    Status.VENDOR: Cell("vendor", Tone.DUE),
    Status.EXCLUDED: Cell("excluded", Tone.FAINT),
    Status.CONFLICT: Cell("conflict", Tone.BAD),
    Status.UNKNOWN: Cell("vendor ?", Tone.DUE),
}

_IMPORT_CELLS = {
    Met.STDLIB: Cell("stdlib", Tone.FAINT),
    Met.LOCAL: Cell("local", Tone.FAINT),
    Met.VENDORED: _PACKAGE_CELLS[Status.VENDORED],
    Met.BUILTIN: _PACKAGE_CELLS[Status.BUILTIN],
    Met.VENDOR: _PACKAGE_CELLS[Status.VENDOR],
    Met.MISSING: Cell("missing", Tone.BAD),
    Met.IGNORED: _ABSENT,
    Met.UNKNOWN: Cell("unknown", Tone.DUE),
}

_OWN = frozenset({Met.STDLIB, Met.LOCAL, Met.IGNORED})
"""An import that is one of these everywhere is nobody's concern."""


def matrix_rows(report: Report) -> tuple[Row, ...]:
    """Return the rows of a report: requirements, what they bring in, then imports.

    Left out is what needs no look: indirect distributions that are there already, and
    imports of the standard library and of own modules.
    """
    packages: list[PackagesByName]
    packages = [{p.name: p for p in part.packages} for part in report.runtimes]
    names = dict.fromkeys(name for by_name in packages for name in by_name)
    rows = [_package_row([by_name.get(name) for by_name in packages]) for name in names]
    direct = [row for is_direct, row in rows if is_direct]
    indirect = [row for is_direct, row in rows if not is_direct and not row.is_settled]
    return (*direct, *indirect, *_import_rows(report, packages))


def shown(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], int]:
    """Return at most `MOST_ROWS` rows, unsettled ones first kept, and how many are left out."""
    ranked = sorted(range(len(rows)), key=lambda n: rows[n].is_settled)
    kept = sorted(ranked[:MOST_ROWS])
    return tuple(rows[n] for n in kept), len(rows) - len(kept)


def _package_row(column: list[Package | None]) -> tuple[bool, Row]:
    present = [package for package in column if package]
    texts = _unique(
        line.text.partition(";")[0].strip() for package in present for line in package.declared
    )
    askers = _unique(name for package in present for name in package.required_by)
    label = ", ".join(texts) if texts else f"{present[0].name} {_asked_for_by(askers)}".rstrip()
    cells = tuple(_package_cell(package) if package else _ABSENT for package in column)
    return bool(texts), Row(visible(label), cells)


def _asked_for_by(askers: list[str]) -> str:
    match askers:
        case []:
            return ""
        case [only]:
            return f"(for {only})"
        case [first, *others]:
            return f"(for {first} and {len(others)} more)"
        case _:  # mypy sees no end to lists
            raise AssertionError(askers)


def _package_cell(package: Package) -> Cell:
    word, tone = _PACKAGE_CELLS[package.status]
    if package.status in (Status.BUILTIN, Status.VENDORED, Status.VENDOR):
        return Cell(f"{word} {visible(package.version or '?')}", tone)
    return Cell(word, tone)


def _import_rows(report: Report, packages: Sequence[PackagesByName]) -> Iterator[Row]:
    modules: dict[str, list[Cell]] = {}
    for part in report.runtimes:
        for imported in part.imports:
            if imported.status not in _OWN:
                modules[imported.module] = [_ABSENT] * len(report.runtimes)
    for column, part in enumerate(report.runtimes):
        for imported in part.imports:
            if cells := modules.get(imported.module):
                cell = _import_cell(imported, packages[column])
                cells[column] = max(cells[column], cell, key=_weight)
    return (Row(f"import {visible(name)}", tuple(cells)) for name, cells in sorted(modules.items()))


def _weight(cell: Cell) -> int:
    """Tell which cell to show where several distributions share a module: the worst."""
    return _WORST_LAST.index(cell.tone) if cell != _ABSENT else -1


_WORST_LAST = (Tone.FAINT, Tone.GOOD, Tone.DUE, Tone.BAD)


def _import_cell(imported: ImportedModule, packages: PackagesByName) -> Cell:
    provider = packages.get(imported.provider or "")
    if provider and imported.status not in (Met.MISSING, Met.IGNORED):
        return _package_cell(provider)
    word, tone = _IMPORT_CELLS[imported.status]
    return Cell("vendor ?", tone) if imported.status is Met.VENDOR else Cell(word, tone)


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
