"""What changes for a project that moves from one runtime to another: two reports compared."""

from __future__ import annotations

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from audit.report import Met, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from audit.names import ImportNames
    from audit.report import Finding, ImportedModule, Package, RuntimeReport


class PackageChange(Enum):
    """What a move means for a distribution; several may hold, as lost and to be vendored."""

    LOST = "lost"
    """A built-in met it, and none does any more."""
    GAINED = "gained"
    CHANGED = "changed"
    """Built in at another version."""
    TO_VENDOR = "to_vendor"
    """It has to be packed now, or may have to: nothing that is there meets it."""
    TO_REPACK = "to_repack"
    """It has to be packed on both, at another version or from another file."""
    NO_LONGER = "no_longer"
    """It need not be packed any more; never said of what an unknown distribution may ask for."""
    CLASHES = "clashes"
    """It is in a conflict now."""
    SETTLED = "settled"
    """It is in no conflict any more, as surely as above."""


class ImportChange(Enum):
    """What a move means for an imported module."""

    RENAMED = "renamed"
    """Its distribution is there and is imported by another name."""
    MISSING = "missing"
    """Nothing provides it any more."""
    FOUND = "found"
    """Something provides it that did not."""
    PROVIDER = "provider"
    """Something else provides it, or it is not known any more what does."""


class PackageMove(NamedTuple):
    """A distribution for which something changes."""

    name: NormalizedName
    before: Package | None
    """None where nothing asked for it, as far as that is known."""
    after: Package | None
    changes: tuple[PackageChange, ...]


class ImportMove(NamedTuple):
    """An imported module for which something changes; where it stands is in `after`."""

    module: str
    before: ImportedModule | None
    after: ImportedModule
    change: ImportChange
    names: tuple[str, ...] = ()
    """What to import instead, of a module that is `RENAMED`."""


class Migration(NamedTuple):
    """Everything that a move from one runtime to another changes for a project."""

    before: RuntimeReport
    after: RuntimeReport
    packages: tuple[PackageMove, ...]
    """By name."""
    imports: tuple[ImportMove, ...]
    """By module."""
    appearing: tuple[Finding, ...]
    disappearing: tuple[Finding, ...]
    staying: tuple[Finding, ...]
    """Those of the runtime moved to that the other has too."""

    def of(self, change: PackageChange) -> tuple[PackageMove, ...]:
        """Return the distributions that a kind of change holds for."""
        return tuple(move for move in self.packages if change in move.changes)

    def imports_of(self, change: ImportChange) -> tuple[ImportMove, ...]:
        """Return the modules that a kind of change holds for."""
        return tuple(move for move in self.imports if move.change is change)


def compare(before: RuntimeReport, after: RuntimeReport, names: ImportNames) -> Migration:
    """Compare what one audit says of two runtimes; `names` tells which imports are renamed.

    Findings are the same where rule, severity, subject and place are: their words name
    versions, which differ.
    """
    appearing, staying = _parted(after.findings, before.findings)
    disappearing, _ = _parted(before.findings, after.findings)
    return Migration(
        before=before,
        after=after,
        packages=tuple(_packages(before, after)),
        imports=tuple(_imports(before, after, names)),
        appearing=appearing,
        disappearing=disappearing,
        staying=staying,
    )


def unknown(side: RuntimeReport) -> tuple[NormalizedName, ...]:
    """Return the distributions of which it is not known what they need in turn."""
    return tuple(package.name for package in side.packages if package.status is Status.UNKNOWN)


def _packages(before: RuntimeReport, after: RuntimeReport) -> Iterator[PackageMove]:
    old = {package.name: package for package in before.packages}
    new = {package.name: package for package in after.packages}
    is_complete = not unknown(after)
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name), new.get(name)
        changes = (*_built_in(was, is_now), *_to_pack(was, is_now))
        if is_now is not None or is_complete:
            changes += tuple(_relief(was, is_now))
        if changes:
            yield PackageMove(name, was, is_now, changes)


def _to_pack(before: Package | None, after: Package | None) -> Iterator[PackageChange]:
    was, is_now = _status(before), _status(after)
    if is_now in _TO_PACK and was not in _TO_PACK:
        yield PackageChange.TO_VENDOR
    if is_now in _TO_PACK and was in _TO_PACK and _what(before) != _what(after):
        yield PackageChange.TO_REPACK
    if is_now is Status.CONFLICT and was is not Status.CONFLICT:
        yield PackageChange.CLASHES


def _relief(before: Package | None, after: Package | None) -> Iterator[PackageChange]:
    was, is_now = _status(before), _status(after)
    if was in _TO_PACK and is_now not in {*_TO_PACK, Status.CONFLICT}:
        yield PackageChange.NO_LONGER
    if was is Status.CONFLICT and is_now not in {Status.UNKNOWN, Status.CONFLICT}:
        yield PackageChange.SETTLED


_TO_PACK = frozenset({Status.VENDOR, Status.UNKNOWN})


def _built_in(before: Package | None, after: Package | None) -> Iterator[PackageChange]:
    was, is_now = _status(before) is Status.BUILTIN, _status(after) is Status.BUILTIN
    if was and not is_now:
        yield PackageChange.LOST
    if is_now and not was:
        yield PackageChange.GAINED
    if was and is_now and _what(before) != _what(after):
        yield PackageChange.CHANGED


def _status(package: Package | None) -> Status | None:
    return package.status if package else None


def _what(package: Package | None) -> tuple[str | None, str | None]:
    if package is None:
        return None, None
    return package.version, package.file.name if package.file else None


def _imports(
    before: RuntimeReport, after: RuntimeReport, names: ImportNames
) -> Iterator[ImportMove]:
    old, new = _by_module(before.imports), _by_module(after.imports)
    for module in sorted(new):
        was, is_now = old.get(module), new[module]
        change = _import_change(was, is_now)
        if change is ImportChange.MISSING and (others := _other_names(was, module, names)):
            yield ImportMove(module, was, is_now, ImportChange.RENAMED, others)
        elif change is not None:
            yield ImportMove(module, was, is_now, change)


def _by_module(imports: Iterable[ImportedModule]) -> dict[str, ImportedModule]:
    """Index imports; where one name has several answers, the worst counts."""
    found: dict[str, ImportedModule] = {}
    for each in sorted(imports, key=lambda imported: _WORST_LAST.index(imported.status)):
        found[each.module] = each
    return found


_WORST_LAST = (
    Met.IGNORED,
    Met.STDLIB,
    Met.LOCAL,
    Met.VENDORED,
    Met.BUILTIN,
    Met.VENDOR,
    Met.UNKNOWN,
    Met.MISSING,
)


def _import_change(before: ImportedModule | None, after: ImportedModule) -> ImportChange | None:
    was, is_now = before.status if before else Met.IGNORED, after.status
    if is_now is Met.MISSING:
        return None if was is is_now else ImportChange.MISSING
    if is_now is Met.IGNORED or was is Met.IGNORED:
        return None  # it runs on one of them only, which is what its test is for
    if was is Met.MISSING:
        return ImportChange.FOUND
    same = was is is_now and before is not None and before.provider == after.provider
    return None if same else ImportChange.PROVIDER


def _other_names(before: ImportedModule | None, module: str, names: ImportNames) -> tuple[str, ...]:
    """Return what a module is called where its distribution comes from elsewhere."""
    for row in names.rows(module)[:1]:
        if before is not None and before.provider == row.distribution:
            others = {
                other.import_name + module[len(row.import_name) :]
                for other in names.by_distribution[row.distribution]
                if other.provider != row.provider and other.import_name != row.import_name
            }
            return tuple(sorted(others))
    return ()


def _parted(
    findings: Iterable[Finding], known: Iterable[Finding]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Part findings into new and known ones; each known one accounts for one of them."""
    left = Counter(map(_identity, known))
    new: list[Finding] = []
    same: list[Finding] = []
    for finding in findings:
        identity = _identity(finding)
        (same if left[identity] > 0 else new).append(finding)
        left[identity] -= 1
    return tuple(new), tuple(same)


def _identity(finding: Finding) -> tuple[object, ...]:
    return finding.rule.code, finding.severity, finding.package, finding.module, finding.at
