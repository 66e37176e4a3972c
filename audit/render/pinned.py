"""One distribution of a plan, pinned as a line of a requirements file.

The lines are those of pip-compile, written by pip-tools' own `format_requirement`; its
writer is bound to its command line.
"""

from __future__ import annotations

import posixpath
import re
import warnings
from typing import TYPE_CHECKING, NamedTuple

from audit.render.prose import visible

if TYPE_CHECKING:
    from audit.model import Declared
    from audit.report import DistributionFile, Package, RuntimeReport

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PATH = re.compile(r"[\w./+~=-]+")
"""Paths that neither pip nor an option of its reads otherwise."""


class Entry(NamedTuple):
    """One distribution of the plan."""

    name: str
    requirement: str
    """`name==version`, `name @ url` or a path: without extras and markers, for `--no-deps`."""
    file: DistributionFile | None
    sha256: str | None
    """The digest of its file, where it is known."""
    via: tuple[str, ...]
    """Who asks for it, in pip-compile's words."""

    @property
    def is_source(self) -> bool:
        """Whether pip has to build it."""
        return self.file is not None and self.file.kind == "sdist"


def entry(package: Package, part: RuntimeReport) -> Entry:
    """Return a distribution as the plan has it; there must be no `hindrance`."""
    place = _place(_direct(package))
    requirement = f"{package.name}=={package.version}"
    if place is not None:
        requirement = f"{package.name} @ {place}" if ":" in place else _as_path(place)
    askers = sorted({*map(_source, package.declared), *package.required_by})
    return Entry(
        name=package.name,
        requirement=requirement,
        file=package.file,
        sha256=_digest(package),
        via=tuple(askers) or _importers(package, part),
    )


def hindrance(package: Package) -> str | None:
    """Say why a distribution to vendor cannot be written down; None where it can be."""
    line = _direct(package)
    place = _place(line)
    if line is None or place is None:
        return "no version is known" if package.version is None else None
    if ":" not in place:
        return None if _PATH.fullmatch(place) else f"its path has odd characters, see {line.at}"
    # Struck out, from the environment, or in its query.
    host = place.partition("://")[2].partition("/")[0]
    if place not in line.text or "@" in host or "?" in place:
        return f"its URL may hold credentials, see {line.at}"
    return None


def written(pinned: Entry, *, with_hash: bool) -> str:
    """Return the lines of an entry: the requirement, its hash, and who asks for it."""
    hashes = {f"sha256:{pinned.sha256}"} if with_hash else set()
    lines = [_formatted(pinned.requirement, hashes)]
    match pinned.via:
        case ():
            pass
        case (only,):
            lines.append(f"    # via {only}")
        case several:
            lines += ["    # via", *(f"    #   {who}" for who in several)]
    return "\n".join(lines)


def _direct(package: Package) -> Declared | None:
    """Return the line that says where the distribution is, for one that no index gives."""
    return next((line for line in package.declared if _place(line) is not None), None)


def _place(line: Declared | None) -> str | None:
    return (line.requirement.url or line.file) if line else None


def _as_path(place: str) -> str:
    path = posixpath.normpath(place)
    return path if path.startswith(("/", "../")) else f"./{path}"


def _digest(package: Package) -> str | None:
    """Return the SHA-256 that the index gives, or the only one that the lines allow."""
    lines = {value for line in package.declared for value in line.hashes}
    known = package.file.sha256 if package.file else None
    if known is None and len(lines) == 1:
        known = next(iter(lines)).lower().removeprefix("sha256:")
    return known if known and _SHA256.fullmatch(known) else None


def _source(line: Declared) -> str:
    if line.at.file.endswith(".toml"):
        return visible(line.at.file)
    return visible(f"{'-c' if line.constraint else '-r'} {line.at.file}")


def _importers(package: Package, part: RuntimeReport) -> tuple[str, ...]:
    """Name the imports of what is declared nowhere."""
    return tuple(
        visible(f"import {imported.module} ({imported.sites[0].at})")
        for imported in part.imports
        if imported.provider == package.name and imported.sites
    )


def _formatted(requirement: str, hashes: set[str]) -> str:
    if requirement.startswith((".", "/")):  # pip-tools would write a file: URL of this machine
        return " \\\n    ".join([requirement, *(f"--hash={value}" for value in hashes)])
    # Both load pip's network stack, 0.3 s that only this format is worth.
    with warnings.catch_warnings():  # some pips import what is deprecated
        warnings.simplefilter("ignore")
        from pip._internal.req import InstallRequirement  # noqa: PLC0415
        from pip._vendor.packaging.requirements import Requirement  # noqa: PLC0415
        from piptools.utils import format_requirement  # noqa: PLC0415

    # pip's constructors by text look for files of that name; this one does not.
    parsed = InstallRequirement(Requirement(requirement), comes_from=None)
    return str(format_requirement(parsed, hashes=hashes))
