"""What a resolution is for: one runtime, what it has, and where more may come from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from audit.resolve.fitness import Terms
from audit.resolve.purity import is_pure_beside
from audit.runtimes import wheel_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from audit.model import Declared, Vendored
    from audit.pins import BuiltIn
    from audit.platform import Runtime
    from audit.resolve.index import Index


class Preference(Enum):
    """What `--builtins` says of libraries that the runtime already has."""

    PREFER = "prefer"
    REQUIRE = "require"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One runtime as a resolution sees it."""

    runtime: Runtime
    built_ins: Mapping[NormalizedName, BuiltIn]
    vendored: Mapping[NormalizedName, Vendored]
    index: Index
    preference: Preference = Preference.PREFER
    optional_extensions: frozenset[NormalizedName] = frozenset()
    """Distributions whose source installs without a compiler, too."""

    @property
    def terms(self) -> Terms:
        """What a file has to suit."""
        return Terms(self.runtime, self.index.selection, self.optional_extensions)


def misfit(copy: Vendored, runtime: Runtime) -> str | None:
    """Say why a runtime cannot load a vendored copy; None where nothing speaks against it.

    Its WHEEL file lists the tags it was built for (PEP 427), its metadata Requires-Python.
    An unreadable Requires-Python counts as none, which is pip's rule.
    """
    return _built_for_another(copy, runtime) or _needs_another(copy, runtime)


def _built_for_another(copy: Vendored, runtime: Runtime) -> str | None:
    """Say why a runtime cannot load the compiled parts of a copy; None where it can, or need not.

    Some distributions do without theirs, such as MarkupSafe.
    """
    if not copy.tags or wheel_tags(runtime).keys() & set(copy.tags):
        return None
    if is_pure_beside(copy.files, runtime.abi):
        return None
    here = runtime.abi
    if any(f"-{here}-" in tag for tag in copy.tags):
        glibc = ".".join(map(str, runtime.glibc))
        here += f" on Linux, {runtime.machine}, glibc {glibc}"
    return f"it was built for {', '.join(sorted(copy.tags)[:3])}, not for {here}"


def _needs_another(copy: Vendored, runtime: Runtime) -> str | None:
    needed = copy.metadata.requires_python
    if needed is None:
        return None
    try:
        fits = SpecifierSet(needed).contains(runtime.full_version, prereleases=True)
    except InvalidSpecifier:
        return None
    return None if fits else f"it needs Python {needed}, here is {runtime.full_version}"


def last_resort(target: Target, name: NormalizedName) -> tuple[Vendored, ...]:
    """Return the copy of a name whose compiled parts alone do not fit: it may do without them."""
    copy = target.vendored.get(name)
    return () if copy is None or _needs_another(copy, target.runtime) else (copy,)


def by_name(copies: Iterable[Vendored]) -> dict[NormalizedName, Vendored]:
    """Index vendored copies; of two copies of one name, the first on the path is loaded."""
    found: dict[NormalizedName, Vendored] = {}
    for copy in copies:
        if not copy.is_hollow:
            found.setdefault(copy.name, copy)
    return found


def file_limits(
    declared: Iterable[Declared],
) -> tuple[dict[NormalizedName, frozenset[str]], dict[NormalizedName, tuple[str, ...]]]:
    """Return the hashes that all lines of a name with hashes allow, and the files they name."""
    digests: dict[NormalizedName, frozenset[str]] = {}
    files: dict[NormalizedName, tuple[str, ...]] = {}
    for line in declared:
        if line.hashes:
            mine = frozenset(each.lower() for each in line.hashes)
            digests[line.name] = digests.get(line.name, mine) & mine
        file = line.requirement.url or line.file
        if file is not None and file not in files.get(line.name, ()):
            files[line.name] = (*files.get(line.name, ()), file)
    return digests, files
