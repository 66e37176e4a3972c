"""What to pack for one runtime, and what it has already, as files that pip reads."""

from __future__ import annotations

import posixpath
import shlex
from typing import TYPE_CHECKING

from audit.checks.copies import UNFIT, UNSATISFYING
from audit.checks.wording import for_pinned, listed
from audit.render.pinned import entry, hindrance, written
from audit.render.prose import counted, visible
from audit.render.summary import headline, table_line
from audit.report import Met, Status, Verdict
from audit.verdict import sized

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.platform import Runtime
    from audit.render.canvas import Canvas
    from audit.render.pinned import Entry
    from audit.report import Package, Report, RuntimeReport


def requirements(report: Report, canvas: Canvas) -> str:  # noqa: ARG001 - every renderer takes a canvas
    """Return what to vendor for the report's only runtime, to install with `--no-deps`.

    Each distribution is pinned to its version and to the one file that fits the runtime. pip
    wants hashes for all or none: where one is not known, none is written and the header says
    so. The header has the command; what is not in the plan is listed below it. Raises
    ValueError for a report of several runtimes or of none.
    """
    (part,) = report.runtimes
    entries = [
        entry(package, part)
        for package in part.packages
        if package.status is Status.VENDOR and hindrance(package) is None
    ]
    has_hashes = all(each.sha256 for each in entries)
    return _file(
        _header(report, part, entries),
        (f"not in this plan: {text}" for text in _left_out(report, part)),
        (written(each, with_hash=has_hashes) for each in entries),
    )


def constraints(report: Report, canvas: Canvas) -> str:  # noqa: ARG001 - as above
    """Return the built-ins in use on the report's only runtime, for `pip install -c`.

    Raises ValueError for a report of several runtimes or of none.
    """
    (part,) = report.runtimes
    used = [package for package in part.packages if package.status is Status.BUILTIN]
    header = (
        f"{part.runtime.name}: {counted(len(used), 'built-in')} in use",
        *_origin(report, part),
        "for pip install -c FILE, FILE being this file",
    )
    return _file(
        header,
        (f"not decided: {text}" for text in _left_out(report, part)),
        (f"{package.name}=={package.version}  # built-in" for package in used),
    )


def _file(header: Iterable[str], notes: Iterable[str], lines: Iterable[str]) -> str:
    comments = [*map(_comment, header), "#", *map(_comment, notes)]
    text = "\n".join([*comments, *lines]) + "\n"
    # pip may decode by the locale what does not say its encoding in this way.
    return f"#\n{text}" if text.isascii() else f"# -*- coding: utf-8 -*-\n{text}"


def _comment(text: str) -> str:
    # What comes from a project or an index can end neither the comment nor its line.
    return f"# {visible(text)}".rstrip()


def _header(report: Report, part: RuntimeReport, entries: Sequence[Entry]) -> Iterator[str]:
    yield f"{part.runtime.name}: {_extent(part.runtime, entries)}"
    yield from _origin(report, part)
    if not entries:
        return
    unhashed = [each.name for each in entries if not each.sha256]
    if unhashed:
        yield f"without hashes, since none is known of {listed(unhashed)} and pip takes all or none"
    target = shlex.quote(posixpath.normpath(posixpath.join(report.root, report.package)))
    upgrade = " --upgrade" if _replaces_copies(part, entries) else ""
    install = f"pip install --no-deps{upgrade} --target {target} -r FILE"
    wheels = [each.file.name for each in entries if each.file and not each.is_source]
    anywhere = f"{install} {for_pinned(part.runtime, wheels)}"
    sources = [each.name for each in entries if each.is_source]
    if not sources:
        yield from ("install it, FILE being this file, with:", "", f"   {anywhere}")
        return
    yield f"{listed(sources)} must be built from source: by the runtime's own Python, on Linux"
    yield "install it there, FILE being this file, with:"
    yield from ("", f"   python{part.runtime.python} -m {install}", "")
    if wheels:
        yield f"the rest can be installed anywhere: remove {listed(sources)}, then"
        yield from ("", f"   {anywhere}")


def _extent(runtime: Runtime, entries: Sequence[Entry]) -> str:
    if not entries:
        return "nothing to vendor"
    sizes = [each.file.size if each.file else None for each in entries]
    known = sum(size or 0 for size in sizes)
    least = "at least " if None in sizes else ""
    unsized = "its size is not known" if len(sizes) == 1 else "their sizes are not known"
    size = f"{least}{sized(known)} compressed" if any(sizes) else unsized
    too_much = "too much: " if known > runtime.unpacked_limit else ""
    return (
        f"{counted(len(entries), 'distribution')} to vendor, {size}; "
        f"{too_much}{runtime.name} takes {sized(runtime.unpacked_limit)} unpacked, layers included"
    )


def _origin(report: Report, part: RuntimeReport) -> tuple[str, ...]:
    return (headline(report), table_line(report), f"verdict: {part.verdict.value}")


def _replaces_copies(part: RuntimeReport, entries: Iterable[Entry]) -> bool:
    """Whether a copy of another version is in the way, which pip leaves alone unless told."""
    names = {each.name for each in entries}
    codes = {UNFIT.code, UNSATISFYING.code}
    return any(each.rule.code in codes and each.package in names for each in part.findings)


def _left_out(report: Report, part: RuntimeReport) -> Iterator[str]:
    """Tell what else the project needs, as far as it is known, and why it is not here."""
    for package in part.packages:
        reason = _missing(package, part)
        if reason is not None:
            yield f"{package.name}: {reason}"
    told = {package.name for package in part.packages}
    for imported in part.imports:
        if imported.status in {Met.MISSING, Met.UNKNOWN} and imported.provider not in told:
            yield f"import {imported.module}: {imported.status.value}"
    for problem in report.problems:
        yield f"what could not be read: {problem}"


def _missing(package: Package, part: RuntimeReport) -> str | None:
    """Say why a distribution that is needed is not in the plan; None where it is or need not be."""
    if package.status is Status.VENDOR:
        return hindrance(package)
    if package.status not in {Status.CONFLICT, Status.UNKNOWN}:
        return None
    bad = {Verdict.BLOCKED, Verdict.UNKNOWN}
    said = [f.message for f in part.findings if f.package == package.name and f.verdict in bad]
    return "; ".join([package.status.value, *dict.fromkeys(said)])
