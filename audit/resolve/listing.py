"""The candidates of one distribution on one target, in order of preference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from audit.resolve.ladder import Ladder
from audit.resolve.versions import Choice, VersionSet, admitted_range, witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from audit.model import Vendored
    from audit.pins import BuiltIn, Candidate, Release
    from audit.resolve.fitness import Offer

    Present = BuiltIn | Vendored | Release


class Listing:
    """Candidates by position, 0 the preferred one, and whether there may be others.

    First what is there (a vendored copy, the built-in) or named by a URL, then what the index
    offers. Every specifier that it is asked about counts as seen: a pre-release may be chosen
    where one names it or nothing else meets it, a yanked release where one pins it (PEP 440,
    PEP 592).
    """

    def __init__(
        self,
        present: Sequence[Present],
        offers: Sequence[Offer] = (),
        release: Callable[[Offer], Release] | None = None,
        *,
        unlisted: str | None = None,
        is_open: bool = True,
    ) -> None:
        self.present = tuple(present)
        self.unlisted = unlisted
        """Why other releases may exist that nobody has listed; None where the list is complete."""
        self.is_open = is_open
        """False while the index has not been asked, since what is there may well do."""
        self._offers = offers
        self._release = release
        self._made: dict[int, Release] = {}
        self._ladder = Ladder([offer.version for offer in offers])
        self._admitted: dict[str, VersionSet] = {}
        first = len(self.present)
        every = (1 << (first + len(offers))) - 1
        self._yanked = _bits(first + place for place, each in enumerate(offers) if each.is_yanked)
        self._previews = _bits(
            first + place for place, each in enumerate(offers) if each.is_preview
        )
        self._finals = every & ~self._yanked & ~self._previews
        self._permitted = self._finals

    def __len__(self) -> int:
        return len(self.present) + len(self._offers)

    def candidate(self, choice: int) -> Candidate:
        """Return the candidate at a position."""
        if choice < len(self.present):
            return self.present[choice]
        if choice not in self._made:
            assert self._release is not None  # noqa: S101 - offers come with how to make one
            self._made[choice] = self._release(self._offers[choice - len(self.present)])
        return self._made[choice]

    def at(self, candidate: Candidate) -> VersionSet:
        """Return the set of one candidate that was taken from here."""
        return VersionSet(1 << self.position(candidate))

    def position(self, candidate: Candidate) -> int:
        """Return where a candidate stands that was taken from here."""
        if candidate in self.present:
            return self.present.index(candidate)
        return next(place for place, made in self._made.items() if made == candidate)

    def admitted(self, specifier: str) -> VersionSet:
        """Return what a specifier set admits, pre-releases and yanked ones too."""
        if specifier not in self._admitted:
            spec = SpecifierSet(specifier)
            there = (spec.contains(each.version, prereleases=True) for each in self.present)
            listed = _bits(place for place, fits in enumerate(there) if fits)
            listed |= self._ladder.admitted(spec) << len(self.present)
            self._permit(spec, listed)
            open_end = None if self.unlisted is None else admitted_range(specifier)
            self._admitted[specifier] = (
                VersionSet(listed) if open_end is None else VersionSet(listed, open_end)
            )
        return self._admitted[specifier]

    def _permit(self, spec: SpecifierSet, listed: int) -> None:
        if spec.prereleases or not listed & self._finals:
            self._permitted |= listed & self._previews & ~self._yanked
        if any(_is_exact(part.operator, part.version) for part in spec):
            self._permitted |= listed & self._yanked

    def only(self, *kinds: type[Candidate], unlisted: bool = True) -> VersionSet:
        """Return the candidates there of some kinds, and unless told otherwise all unlisted."""
        listed = _bits(p for p, each in enumerate(self.present) if isinstance(each, kinds))
        if unlisted and self.unlisted is not None:
            return VersionSet(listed, admitted_range(""))
        return VersionSet(listed)

    def choose(self, among: VersionSet) -> Choice | None:
        """Return the preferred member of a set, or None where no candidate is in it."""
        bits = self.listed(among)
        if bits:
            return (bits & -bits).bit_length() - 1
        return None if self.unlisted is None else witness(among.unlisted, self._admitted)

    def listed(self, among: VersionSet) -> int:
        """Return the bits of the candidates in a set that may be chosen."""
        return among.listed & self._permitted

    def is_yanked(self, choice: Choice) -> bool:
        """Whether the candidate at a position was withdrawn (PEP 592)."""
        return isinstance(choice, int) and bool(self._yanked >> choice & 1)


def _bits(places: Iterable[int]) -> int:
    return sum(1 << place for place in places)


def _is_exact(operator: str, version: str) -> bool:
    return operator == "===" or (operator == "==" and not version.endswith(".*"))
