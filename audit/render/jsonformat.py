"""The report for programs: schema version 1, described by `data/report.schema.json`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from audit.render.summary import summary_of

if TYPE_CHECKING:
    from audit.model import Location, Problem
    from audit.render.canvas import Canvas
    from audit.report import (
        DistributionFile,
        Finding,
        ImportedModule,
        Package,
        Recommendation,
        Report,
        RuntimeReport,
    )

SCHEMA = 1
"""Rises when a key changes its meaning or goes; new keys do not raise it."""

_OPEN_LEVELS = 4
"""The report, its runtimes, one of them, its imports: an import is the first closed level."""

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode

_UNSAFE = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
r"""What JSON lets through and a terminal or UTF-8 does not bear: written as `\uXXXX`."""


def render(report: Report, canvas: Canvas) -> str:  # noqa: ARG001 - every renderer takes a canvas
    """Return the report as one JSON object, the keys in the documented order."""
    return json_text(
        {
            "schema": SCHEMA,
            "tool": {"name": "scf-audit", "version": report.tool_version},
            "table": {
                "source": report.table.source,
                "libraries": report.table.libraries,
                "problems": [problem_json(problem) for problem in report.table.problems],
            },
            "project": {
                "root": report.root,
                "declared_in": report.declared_in,
                "files_scanned": report.files_scanned,
            },
            "recommended": _recommended(report.recommended),
            "problems": [problem_json(problem) for problem in report.problems],
            "runtimes": [_runtime(part) for part in report.runtimes],
        }
    )


def json_text(value: object) -> str:
    """Return a value as JSON that is safe to print, non-ASCII letters as they are."""
    text = _laid_out(value, _OPEN_LEVELS, "")
    return _UNSAFE.sub(lambda char: f"\\u{ord(char[0]):04x}", text) + "\n"


def _laid_out(value: object, levels: int, indent: str) -> str:
    """Write the outer levels a line an item, the inner ones on that line.

    A package, import or finding is then one line, which diffs well, and the C encoder
    writes it: five times as fast as `json.dumps` with an indent.
    """
    deeper = indent + "  "
    match value:
        case dict() if value and levels:
            items = [
                f"{deeper}{_ENCODE(key)}: {_laid_out(item, levels - 1, deeper)}"
                for key, item in value.items()
            ]
            return "{\n" + ",\n".join(items) + f"\n{indent}}}"
        case list() | tuple() if value and levels:
            lines = [deeper + _laid_out(item, levels - 1, deeper) for item in value]
            return "[\n" + ",\n".join(lines) + f"\n{indent}]"
        case _:
            return _ENCODE(value)


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return what could not be read, with its place."""
    return {"message": problem.message, **_place(problem.at)}


def _place(at: Location | None) -> dict[str, Any]:
    return {"file": at.file if at else None, "line": at.line if at else None}


def _recommended(chosen: Recommendation | None) -> dict[str, Any] | None:
    if chosen is None:
        return None
    others = [{"runtime": name, "reason": reason} for name, reason in chosen.others]
    return {"runtime": chosen.runtime, "reason": chosen.reason, "others": others}


def _runtime(part: RuntimeReport) -> dict[str, Any]:
    return {
        "name": part.runtime.name,
        "python": part.runtime.python,
        "verdict": part.verdict.value,
        "packages": [_package(package) for package in part.packages],
        "imports": [_import(imported) for imported in part.imports],
        "findings": [finding_json(finding) for finding in part.findings],
        "summary": {**summary_of(part)._asdict(), "unpacked_bytes": part.unpacked_bytes},
    }


def _package(package: Package) -> dict[str, Any]:
    return {
        "name": package.name,
        "requirements": [{"text": line.text, **_place(line.at)} for line in package.declared],
        "required_by": package.required_by,
        "status": package.status.value,
        "version": package.version,
        "builtin_version": package.builtin_version,
        "file": _file(package.file),
    }


def _file(file: DistributionFile | None) -> dict[str, Any] | None:
    if file is None:
        return None
    return {"name": file.name, "kind": file.kind, "size": file.size, "sha256": file.sha256}


def _import(imported: ImportedModule) -> dict[str, Any]:
    return {
        "module": imported.module,
        "status": imported.status.value,
        "provider": imported.provider,
        "because": imported.because,
        "at": [{**_place(site.at), "context": site.context.value} for site in imported.sites],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as every JSON document has it."""
    return {
        "code": finding.rule.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "package": finding.package,
        "module": finding.module,
        **_place(finding.at),
    }
