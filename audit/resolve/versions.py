"""Sets of one distribution's versions: exact, closed under intersection, union and complement.

A set has two halves. The candidates that are listed are bits of an int, so that set algebra
on thousands of releases is a handful of machine words; a complement is `~`, the full set -1.
What is not listed, because no index was asked, is a PEP 440 range.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from packaging.ranges import VersionRange
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Choice = int | Version
"""One member: the position of a listed candidate, or a version that is not listed."""

# Ranges with different pre-release policies do not combine; all of ours admit them, and
# preferring final releases is the business of whoever chooses.
_NOWHERE = VersionRange.empty(prereleases=True)
_EVERYWHERE = VersionRange.full(admit_arbitrary=False, prereleases=True)


class VersionSet(NamedTuple):
    """Versions of one distribution: listed candidates by position, and a range of unlisted ones.

    A search makes a million of them, nearly all of a listing that is complete: that half of
    the algebra is told by identity, without asking `packaging`.
    """

    listed: int
    unlisted: VersionRange = _NOWHERE

    @classmethod
    def empty(cls) -> VersionSet:
        """Return the set without any version."""
        return _EMPTY

    @classmethod
    def full(cls) -> VersionSet:
        """Return the set of every version, listed or not."""
        return _FULL

    @classmethod
    def singleton(cls, choice: Choice) -> VersionSet:
        """Return the set of one version."""
        if isinstance(choice, int):
            return cls(1 << choice)
        return cls(0, VersionRange.singleton(choice, prereleases=True))

    @property
    def is_empty(self) -> bool:
        """Whether no version is in it."""
        return not self.listed and (self.unlisted is _NOWHERE or self.unlisted.is_empty)

    def __contains__(self, choice: object) -> bool:
        if isinstance(choice, int):
            return bool(self.listed >> choice & 1)
        return isinstance(choice, Version) and choice in self.unlisted

    def __and__(self, other: object) -> VersionSet:
        if not isinstance(other, VersionSet):
            return NotImplemented
        return VersionSet(self.listed & other.listed, _both(self.unlisted, other.unlisted))

    def __or__(self, other: object) -> VersionSet:
        if not isinstance(other, VersionSet):
            return NotImplemented
        return VersionSet(self.listed | other.listed, _either(self.unlisted, other.unlisted))

    def __invert__(self) -> VersionSet:
        return VersionSet(~self.listed, _other(self.unlisted))

    def __sub__(self, other: object) -> VersionSet:
        if not isinstance(other, VersionSet):
            return NotImplemented
        return VersionSet(self.listed & ~other.listed, _both(self.unlisted, _other(other.unlisted)))

    def is_subset(self, other: VersionSet) -> bool:
        """Whether every version in it is in the other set."""
        return not self.listed & ~other.listed and (
            self.unlisted is _NOWHERE
            or other.unlisted is _EVERYWHERE
            or self.unlisted.is_subset(other.unlisted)
        )

    def is_superset(self, other: VersionSet) -> bool:
        """Whether every version of the other set is in it."""
        return other.is_subset(self)

    def is_disjoint(self, other: VersionSet) -> bool:
        """Whether the sets share no version."""
        return not self.listed & other.listed and (
            self.unlisted is _NOWHERE
            or other.unlisted is _NOWHERE
            or self.unlisted.is_disjoint(other.unlisted)
        )

    def relation(self, other: VersionSet) -> SetRelation:
        """Return how its members lie against the other set's."""
        return SetRelation(self.is_subset(other), self.is_disjoint(other))


def _both(one: VersionRange, other: VersionRange) -> VersionRange:
    if one is _NOWHERE or other is _NOWHERE:
        return _NOWHERE
    if one is _EVERYWHERE:
        return other
    return one if other is _EVERYWHERE else one & other


def _either(one: VersionRange, other: VersionRange) -> VersionRange:
    if one is _EVERYWHERE or other is _EVERYWHERE:
        return _EVERYWHERE
    if one is _NOWHERE:
        return other
    return one if other is _NOWHERE else one | other


def _other(one: VersionRange) -> VersionRange:
    if one is _NOWHERE:
        return _EVERYWHERE
    return _NOWHERE if one is _EVERYWHERE else ~one


class SetRelation(NamedTuple):
    """How one set lies against another; both hold only for the empty set."""

    is_subset: bool
    is_disjoint: bool


_EMPTY = VersionSet(0)
_FULL = VersionSet(-1, _EVERYWHERE)
UNLISTED = VersionSet(0, _EVERYWHERE)
"""Every version that is not listed."""


@lru_cache(maxsize=4096)
def admitted_range(specifier: str) -> VersionRange:
    """Return the versions that a specifier set admits, pre-releases among them (PEP 440).

    `===` compares strings; among versions that nobody has listed it can only mean the one
    that it spells, and none where it spells no PEP 440 version.
    """
    admitted = _EVERYWHERE
    for part in SpecifierSet(specifier):
        try:
            spelled = f"=={Version(part.version)}" if part.operator == "===" else str(part)
        except InvalidVersion:
            return _NOWHERE
        admitted &= SpecifierSet(spelled, prereleases=True).to_range()
    return admitted


def witness(wanted: VersionRange, specifiers: Iterable[str]) -> Version | None:
    """Return some version in a range that was made from these specifiers; None if it is empty.

    Such a range begins at the lowest version of all, or at one that PEP 440 derives from a
    specifier's own: one of these is in it.
    """
    if wanted.is_empty:
        return None
    named = [*_named(specifiers)]
    depth = max((len(version.release) for version in named), default=0)
    candidates = (near for version in named for near in _beginnings(version, depth))
    return next((v for v in (*_LANDMARKS, *candidates) if v in wanted), None)


_LANDMARKS = (Version("1"), Version("0.dev0"))


def _named(specifiers: Iterable[str]) -> Iterator[Version]:
    for specifier in specifiers:
        for part in SpecifierSet(specifier):
            try:
                yield Version(part.version.removesuffix(".*"))
            except InvalidVersion:
                continue


def _beginnings(version: Version, depth: int) -> Iterator[Version]:
    """Yield every version at which a range can begin that names this one.

    `depth` is the longest release segment in use: above `>1.0` there is no first version,
    but none that has been named lies below `1.0`, zeros to that depth, `.1.dev0`.
    """
    yield version
    epoch, release = f"{version.epoch}!", version.release
    for wildcard in (release, _next(release), _next(release[:-1])):  # `<`, `==1.*`, `~=`
        if wildcard:
            yield Version(f"{epoch}{'.'.join(map(str, wildcard))}.dev0")
    public, pre = version.public.partition(".post")[0].partition(".dev")[0], version.pre
    if version.post is not None:
        yield Version(f"{public}.post{version.post}.dev0")
    if version.dev is not None:
        yield Version(f"{version.public.rpartition('.dev')[0]}.dev{version.dev + 1}")
    yield Version(f"{public}.post{0 if version.post is None else version.post + 1}.dev0")
    if pre is not None:
        yield Version(f"{epoch}{'.'.join(map(str, release))}{pre[0]}{pre[1] + 1}.dev0")
    zeros = (0,) * (depth - len(release))
    yield Version(f"{epoch}{'.'.join(map(str, (*release, *zeros, 1)))}.dev0")


def _next(release: tuple[int, ...]) -> tuple[int, ...]:
    return (*release[:-1], release[-1] + 1) if release else ()
