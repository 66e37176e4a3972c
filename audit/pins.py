"""The words of resolution: candidates, who asks for them, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

from audit.model import Declared, Metadata, Vendored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.requirements import Requirement
    from packaging.version import Version

    from audit.pages import File


class BuiltIn(NamedTuple):
    """A library that the runtime already has."""

    name: NormalizedName
    version: Version
    metadata: Metadata | None
    """None where no index has such a release: what it requires is not known."""


class Release(NamedTuple):
    """A version that an index offers, with the file that fits the runtime."""

    name: NormalizedName
    version: Version
    file: File


class Unchecked(NamedTuple):
    """Some release of a name that no index was asked about.

    It stands for "to be vendored": its version lies within what is asked for, whether it
    exists and what it requires is not known.
    """

    name: NormalizedName
    version: Version
    """A witness: a version that all requirements in force admit. Never shown as an answer."""
    reason: str
    """Why no index was asked, to complete "not checked: ..."."""


Candidate = BuiltIn | Vendored | Release | Unchecked


class Demand(NamedTuple):
    """One requirement in force on a name, and who makes it."""

    requirement: Requirement
    asker: Declared | BuiltIn | Vendored | Release

    @property
    def name(self) -> NormalizedName:
        """The normalised name that is asked for."""
        return canonicalize_name(self.requirement.name)


class Pin(NamedTuple):
    """The candidate that a resolution chose for a name, and everyone who asked for it."""

    candidate: Candidate
    demands: tuple[Demand, ...]
    extras: tuple[str, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    unsure: str | None = None
    """Why it is not proven that the candidate does: what it needs or holds could not be told."""


class PassedOver(NamedTuple):
    """A vendored copy or built-in that was there and was not chosen, and why."""

    candidate: BuiltIn | Vendored
    because: tuple[Demand, ...]
    """Demands that it does not meet, or demands of its own that clash; never empty unless unfit."""
    unfit: str | None = None
    """Why the runtime cannot use it at all, such as a wheel for another Python."""


class Clash(NamedTuple):
    """Requirements that cannot be met together."""

    name: NormalizedName
    """The distribution they clash on."""
    demands: tuple[Demand, ...]
    """The requirements that together leave nothing, most direct first."""
    paths: Mapping[NormalizedName, tuple[Demand, ...]]
    """For each asker that is no line of the project: the demands that brought it in, root first."""
    roots: tuple[Demand, ...] = ()
    """What of the project the proof rests on, what leads to the clash first."""
    steps: tuple[Step, ...] = ()
    """How the roots lead there, in that order; what matters less for it last."""
    stock: Stock | None = None
    """What there is of the distribution; None where no index was asked about it."""
    fixes: tuple[Fix, ...] = ()
    """Changes of one line each that were tried and found to do, the best first."""


class Step(NamedTuple):
    """What some candidates of one distribution need of another, as a proof uses it."""

    askers: tuple[BuiltIn | Vendored | Release, ...]
    """Oldest first."""
    requirements: tuple[Requirement, ...]
    """Each that differs in its versions, once."""


class Obstacle(NamedTuple):
    """Releases that the demands of a clash admit, and why the runtime cannot have them."""

    first: Version
    last: Version
    releases: int
    """How many they are; they follow each other."""
    reason: str
    """Completes "numpy 1.26.4 ..."."""


class Stock(NamedTuple):
    """What the index has of the distribution that a clash is about."""

    newest: Version | None
    """Of all releases; None where it lists none."""
    newest_fitting: Version | None
    """Of the final releases that the runtime can have."""
    obstacles: tuple[Obstacle, ...] = ()
    """What of it the demands admit, newest first; empty where they admit no release at all."""
    notes: tuple[str, ...] = ()
    """What stands in the way besides, such as a file that a line names and that does not fit."""


class Fix(NamedTuple):
    """A line with other versions, with which the clash is none."""

    line: Declared
    specifier: str
    """What to write for its versions; empty for any."""
    candidate: Candidate
    """What the line's distribution then is."""
    drops_file: bool = False
    """Whether its hashes, URL or path have to go too."""


class Resolved(NamedTuple):
    """Every requirement is met by its pin."""

    pins: tuple[Pin, ...]


class Conflicted(NamedTuple):
    """Some requirements cannot be met together; the pins are those of the rest."""

    clashes: tuple[Clash, ...]
    pins: tuple[Pin, ...]


class Undecided(NamedTuple):
    """The search was given up: nothing is proven either way."""

    reason: str


Resolution = Resolved | Conflicted | Undecided
