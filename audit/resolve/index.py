"""Where releases come from, as the resolver sees it: its questions, and who answers none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from audit.pages import Page
from audit.resolve.fitness import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from audit.model import Metadata, Problem
    from audit.pages import Contents, File
    from audit.pins import Release


class Unasked(NamedTuple):
    """No index was asked, or none answered: releases may exist, nothing is known of them."""

    reason: str


class Index(Protocol):
    """Where releases come from. The core asks these questions and no others.

    An answer may take a while; it is the same whenever, and from whichever thread, it is
    asked for during one run. Nothing is raised: what went wrong is the reason in `Unasked`.
    """

    @property
    def selection(self) -> Selection:
        """What the user's options for pip leave of the files."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be understood about where releases come from, once it was asked."""

    def page(self, name: NormalizedName) -> Page | Unasked:
        """Return what is listed of a distribution; a page without rows where nothing is."""

    def files(self, name: NormalizedName, version: str) -> tuple[File, ...]:
        """Return the files of a row of a page that was returned, in its signature's order."""

    def metadata(self, release: Release) -> Metadata | Unasked:
        """Return what a file of a release says of it."""

    def contents(self, release: Release) -> Contents | Unasked:
        """Return what a file of a release installs."""

    def direct(self, name: NormalizedName, url: str) -> Release | Unasked:
        """Return the release that a URL or a path of a requirement leads to."""

    def expect(self, names: Iterable[NormalizedName], releases: Iterable[Release] = ()) -> None:
        """Take the hint that pages and metadata will be asked for soon; returns at once."""

    def expect_contents(self, releases: Iterable[Release]) -> None:
        """Take the hint that contents will be asked for soon; returns at once."""


@dataclass(frozen=True, slots=True)
class NoIndex:
    """Stands where no index may be asked: what it would offer stays open."""

    reason: str = "not checked against an index"
    selection: Selection = field(default_factory=Selection)
    problems: tuple[Problem, ...] = ()

    def page(self, name: NormalizedName) -> Page | Unasked:  # noqa: ARG002 - the Protocol's question
        """Answer that nobody asked."""
        return Unasked(self.reason)

    def files(self, name: NormalizedName, version: str) -> tuple[File, ...]:  # noqa: ARG002 - as above
        """Never asked, since no page is ever returned."""
        return ()

    def metadata(self, release: Release) -> Metadata | Unasked:  # noqa: ARG002 - as above
        """Answer that nobody asked."""
        return Unasked(self.reason)

    def contents(self, release: Release) -> Contents | Unasked:  # noqa: ARG002 - as above
        """Answer that nobody asked."""
        return Unasked(self.reason)

    def direct(self, name: NormalizedName, url: str) -> Release | Unasked:  # noqa: ARG002 - as above
        """Answer that nobody asked."""
        return Unasked(self.reason)

    def expect(self, names: Iterable[NormalizedName], releases: Iterable[Release] = ()) -> None:
        """Nothing comes of it."""

    def expect_contents(self, releases: Iterable[Release]) -> None:
        """Nothing comes of it."""


@dataclass(frozen=True, slots=True)
class NothingMore(NoIndex):
    """Stands where nothing can be added: the project is a finished deployment package."""

    reason: str = "a finished package takes no releases"

    def page(self, name: NormalizedName) -> Page | Unasked:
        """Answer that there is none."""
        return Page(name=name)
