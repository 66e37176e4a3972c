"""From a resolution to the distributions of the report, each with its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Declared, Vendored
from audit.pins import BuiltIn, Conflicted, Pin, Release, Resolution, Resolved, Undecided
from audit.report import DistributionFile, Package, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.pages import File


def packages(
    resolution: Resolution,
    active: Sequence[Declared],
    excluded: Sequence[Declared],
    built_ins: Mapping[NormalizedName, BuiltIn],
) -> tuple[Package, ...]:
    """Return every distribution that a project needs or excludes on a runtime, by name.

    `active` and `excluded` are its lines, parted by their markers on that runtime.
    """
    lines = _by_name(active)
    rows = {pin.candidate.name: _pinned(pin, lines) for pin in chosen(resolution)}
    for name in sorted({line.name for line in active if not line.constraint} - rows.keys()):
        rows[name] = _unpinned(name, lines[name], _lost(resolution))
    for clash in resolution.clashes if isinstance(resolution, Conflicted) else ():
        askers = {d.asker.name for d in clash.demands if not isinstance(d.asker, Declared)}
        rows[clash.name] = _unpinned(
            clash.name, lines.get(clash.name, ()), Status.CONFLICT, tuple(sorted(askers))
        )
    for name, out in _by_name(line for line in excluded if not line.constraint).items():
        if name not in rows:
            rows[name] = _unpinned(name, out, Status.EXCLUDED)
    return tuple(_with_built_in(rows[name], built_ins) for name in sorted(rows))


def chosen(resolution: Resolution) -> tuple[Pin, ...]:
    """Return the pins of a resolution, those beside a conflict too."""
    match resolution:
        case Resolved(pins=pins) | Conflicted(pins=pins):
            return pins
        case Undecided():
            return ()


def _lost(resolution: Resolution) -> Status:
    return Status.CONFLICT if isinstance(resolution, Conflicted) else Status.UNKNOWN


def _by_name(lines: Iterable[Declared]) -> dict[NormalizedName, tuple[Declared, ...]]:
    grouped: dict[NormalizedName, list[Declared]] = {}
    for line in lines:
        grouped.setdefault(line.name, []).append(line)
    return {name: tuple(sorted(group, key=_place)) for name, group in grouped.items()}


def _place(line: Declared) -> tuple[str, int]:
    return line.at.file, line.at.line or 0


def _pinned(pin: Pin, lines: Mapping[NormalizedName, tuple[Declared, ...]]) -> Package:
    candidate = pin.candidate
    askers = {d.asker.name for d in pin.demands if not isinstance(d.asker, Declared)}
    askers.discard(candidate.name)  # what is imported asks for itself, an extra for another
    status, version, file = Status.UNKNOWN, None, None
    match candidate:
        case BuiltIn():
            status, version = Status.BUILTIN, str(candidate.version)
        case Vendored():
            status = Status.VENDORED if pin.unsure is None else Status.UNKNOWN
            version = str(candidate.version)
        case Release():
            status = Status.VENDOR if pin.unsure is None else Status.UNKNOWN
            version, file = str(candidate.version), _file(candidate.file)
        case _:
            pass
    return Package(
        name=candidate.name,
        declared=lines.get(candidate.name, ()),
        required_by=tuple(sorted(askers)),
        status=status,
        version=version,
        builtin_version=None,
        file=file,
    )


def _file(file: File) -> DistributionFile:
    return DistributionFile(name=file.name, kind=file.kind, size=file.size, sha256=file.sha256)


def _unpinned(
    name: NormalizedName,
    lines: tuple[Declared, ...],
    status: Status,
    required_by: tuple[NormalizedName, ...] = (),
) -> Package:
    return Package(
        name=name,
        declared=lines,
        required_by=required_by,
        status=status,
        version=None,
        builtin_version=None,
    )


def _with_built_in(package: Package, built_ins: Mapping[NormalizedName, BuiltIn]) -> Package:
    built_in = built_ins.get(package.name)
    return package if built_in is None else package._replace(builtin_version=str(built_in.version))


def resolves_on(
    resolutions: Mapping[str, Resolution],
) -> dict[NormalizedName, tuple[str, ...]]:
    """Return where each name clashes not, nor any line that a clash on it rests on elsewhere.

    `resolutions` are those of runtimes, by name.
    """
    clashing: dict[str, dict[NormalizedName, set[object]]] = {}
    lines: dict[NormalizedName, set[object]] = {}
    for runtime, resolution in resolutions.items():
        there = clashing.setdefault(runtime, {})
        for clash in resolution.clashes if isinstance(resolution, Conflicted) else ():
            roots = {clash.name, *(root.asker for root in clash.roots)}
            there.setdefault(clash.name, set()).update(roots)
            lines.setdefault(clash.name, set()).update(roots)
    return {
        name: tuple(
            runtime
            for runtime, resolution in resolutions.items()
            if not isinstance(resolution, Undecided)
            and all(map(roots.isdisjoint, clashing[runtime].values()))
        )
        for name, roots in lines.items()
    }
