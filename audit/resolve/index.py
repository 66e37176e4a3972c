"""Where releases come from, as the resolver sees it: two questions, and who answers neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from audit.model import Metadata
    from audit.pins import Release


class Unasked(NamedTuple):
    """No index was asked, or none answered: releases may exist, nothing is known of them."""

    reason: str


class Index(Protocol):
    """Where releases come from. The resolver asks these two questions and no others."""

    def releases(self, name: NormalizedName) -> tuple[Release, ...] | Unasked:
        """Return the releases that fit the runtime, newest first."""

    def metadata(self, release: Release) -> Metadata | Unasked:
        """Return what a release says of itself."""


@dataclass(frozen=True, slots=True)
class NoIndex:
    """Stands where no index may be asked: what it would offer stays open."""

    reason: str = "not checked against an index"

    def releases(self, name: NormalizedName) -> Unasked:  # noqa: ARG002 - the Protocol's question
        """Answer that nobody asked."""
        return Unasked(self.reason)

    def metadata(self, release: Release) -> Metadata | Unasked:  # noqa: ARG002 - as above
        """Answer that nobody asked."""
        return Unasked(self.reason)


@dataclass(frozen=True, slots=True)
class NothingMore:
    """Stands where nothing can be added: the project is a finished deployment package."""

    def releases(self, name: NormalizedName) -> tuple[Release, ...]:  # noqa: ARG002 - as above
        """Answer that there is none."""
        return ()

    def metadata(self, release: Release) -> Metadata | Unasked:  # noqa: ARG002 - as above
        """Never asked, since no release is ever offered."""
        return Unasked("a finished package takes no releases")
