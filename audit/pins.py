"""The words of resolution: candidates, who asks for them, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

from audit.model import Declared, Metadata, Vendored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.requirements import Requirement
    from packaging.version import Version


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
    file: str
    kind: str
    """`wheel` or `sdist`."""
    size: int
    """Bytes of the file."""
    sha256: str


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
