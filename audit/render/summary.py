"""A report in sentences and numbers, the same in every format for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.render.prose import counted, visible
from audit.report import Met, Status
from audit.verdict import sized

if TYPE_CHECKING:
    from audit.render.merged import MergedFinding, Said
    from audit.report import Finding, Recommendation, Report, RuntimeReport


class Summary(NamedTuple):
    """How many distributions and imports ended how; the fields of JSON's `summary`."""

    builtin: int
    vendor: int
    conflict: int
    missing: int
    unknown: int
    vendor_bytes: int

    def __str__(self) -> str:
        return ", ".join(text for _, text in self._counts())

    @property
    def with_size(self) -> str:
        """The counts, and the size of what is to be vendored where that is known."""
        return f"{self}, {sized(self.vendor_bytes)}" if self.vendor_bytes else str(self)

    @property
    def short(self) -> str:
        """The counts that are not zero."""
        return ", ".join(text for number, text in self._counts() if number) or "nothing needed"

    def _counts(self) -> tuple[tuple[int, str], ...]:
        return (
            (self.builtin, f"{self.builtin:,} built-in"),
            (self.vendor, f"{self.vendor:,} to vendor"),
            (self.conflict, counted(self.conflict, "conflict")),
            (self.missing, f"{self.missing:,} missing"),
            (self.unknown, f"{self.unknown:,} unknown"),
        )


def summary_of(part: RuntimeReport) -> Summary:
    """Count one runtime. What is unknown as a package and as an import counts once."""
    unknown: set[str] = {p.name for p in part.packages if p.status is Status.UNKNOWN}
    unknown |= {i.provider or i.module for i in part.imports if i.status is Met.UNKNOWN}
    return Summary(
        builtin=part.count(Status.BUILTIN),
        vendor=part.count(Status.VENDOR),
        conflict=part.count(Status.CONFLICT),
        missing=sum(imported.status is Met.MISSING for imported in part.imports),
        unknown=len(unknown),
        vendor_bytes=part.vendor_bytes,
    )


def headline(report: Report) -> str:
    """Return what was audited, with which version of the tool."""
    declared = ", ".join(visible(file) for file in report.declared_in)
    scanned = counted(report.files_scanned, "source file")
    audited = declared or f"no requirements file in {visible(report.root)}"
    return f"scf-audit {report.tool_version}: {audited}, {scanned}"


def table_line(report: Report) -> str:
    """Return which built-in table it was held against, and whether that has problems."""
    table = report.table
    libraries = counted(table.libraries, "library", "libraries")
    line = f"built-in table {visible(table.source)}: {libraries}"
    if table.problems:
        line += f", {counted(len(table.problems), 'problem')} (scf-audit table check)"
    return line


def subject_of(finding: Finding) -> str:
    """Return the distribution or module that a finding is about, or nothing."""
    return visible(finding.package or finding.module or "")


def place_of(finding: Finding) -> str:
    """Return `file:line` of a finding, or nothing."""
    return visible(str(finding.at)) if finding.at else ""


def runtimes_of(merged: MergedFinding, report: Report) -> str:
    """Return the names of the runtimes that have a finding."""
    if len(merged.runtimes) == len(report.runtimes) > 1:
        return "every runtime"
    return ", ".join(map(visible, merged.runtimes))


def lead(said: Said, merged: MergedFinding, word: str = "") -> str:
    """Return what stands before a text: `fix on Python3.7: `, `fix: `, `Python3.7: ` or nothing.

    A text that is for all, or names its runtimes itself, needs no more names.
    """
    if said.runtimes == merged.runtimes or all(name in said.text for name in said.runtimes):
        return f"{word}: " if word else ""
    on = f"{word} on " if word else ""
    return f"{on}{', '.join(map(visible, said.runtimes))}: "


def advice(chosen: Recommendation) -> str:
    """Return the runtime to choose, with the reason."""
    if chosen.reason.startswith(chosen.runtime):
        return chosen.reason
    return f"{chosen.runtime}, {chosen.reason}"
