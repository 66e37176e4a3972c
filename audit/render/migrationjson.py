"""A move from one runtime to another for programs: schema version 1, only ever added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.migration import unknown
from audit.render.jsonformat import SCHEMA, finding_json, json_text, problem_json
from audit.render.summary import summary_of

if TYPE_CHECKING:
    from audit.migration import ImportMove, Migration, PackageMove
    from audit.render.canvas import Canvas
    from audit.report import ImportedModule, Package, Report, RuntimeReport


def render(report: Report, migration: Migration, canvas: Canvas) -> str:  # noqa: ARG001 - every renderer takes a canvas
    """Return a move as one JSON object.

    It is `{"schema", "tool", "table", "project", "from", "to", "packages", "imports",
    "findings", "problems"}`. `from` and `to` are `{"name", "python", "verdict", "summary",
    "unknown"}`: the summary as in the report of an audit, and the distributions whose own needs
    are not known. A package is `{"name", "changes", "from", "to"}`:
    the changes are values of `PackageChange`; `from` and `to` are null where nothing asks for
    it, else `{"status", "version", "file"}`. An import is `{"module", "change", "names",
    "from", "to"}`: the change is a value of `ImportChange`, the names are what to import
    instead; `from` and `to` are null or `{"status", "provider"}`. `findings` holds those that
    `appear`, `disappear` and `stay`, each and each problem as in the report of an audit.
    """
    return json_text(
        {
            "schema": SCHEMA,
            "tool": {"name": "scf-audit", "version": report.tool_version},
            "table": {"source": report.table.source, "libraries": report.table.libraries},
            "project": {"root": report.root, "declared_in": report.declared_in},
            "from": _side_json(migration.before),
            "to": _side_json(migration.after),
            "packages": [_package_json(move) for move in migration.packages],
            "imports": [_import_json(move) for move in migration.imports],
            "findings": {
                "appear": [finding_json(each) for each in migration.appearing],
                "disappear": [finding_json(each) for each in migration.disappearing],
                "stay": [finding_json(each) for each in migration.staying],
            },
            "problems": [problem_json(problem) for problem in report.problems],
        }
    )


def _side_json(side: RuntimeReport) -> dict[str, Any]:
    return {
        "name": side.runtime.name,
        "python": side.runtime.python,
        "verdict": side.verdict.value,
        "summary": summary_of(side)._asdict(),
        "unknown": unknown(side),
    }


def _package_json(move: PackageMove) -> dict[str, Any]:
    def state(package: Package | None) -> dict[str, Any] | None:
        if package is None:
            return None
        file = package.file.name if package.file else None
        return {"status": package.status.value, "version": package.version, "file": file}

    return {
        "name": move.name,
        "changes": [change.value for change in move.changes],
        "from": state(move.before),
        "to": state(move.after),
    }


def _import_json(move: ImportMove) -> dict[str, Any]:
    def state(imported: ImportedModule | None) -> dict[str, Any] | None:
        if imported is None:
            return None
        return {"status": imported.status.value, "provider": imported.provider}

    return {
        "module": move.module,
        "change": move.change.value,
        "names": move.names,
        "from": state(move.before),
        "to": state(move.after),
    }
