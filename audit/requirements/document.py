"""A file of requirements as its format sees it: the text, and what is known from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.model import Declared, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.requirements import Requirement


_LONGEST = 80


class Document(NamedTuple):
    """What a format reads; it needs nothing else, neither disk nor environment."""

    file: str
    """The name that the user knows it by."""
    text: str
    environ: Mapping[str, str]
    constraint: bool = False
    included_from: tuple[Location, ...] = ()
    groups: tuple[str, ...] = ()
    """Names of the optional parts to read too: extras and dependency groups."""

    def at(self, line: int | None) -> Location:
        """Return the place of a line."""
        return Location(self.file, line)

    def declare(
        self,
        requirement: Requirement,
        text: str,
        at: Location,
        *,
        hashes: tuple[str, ...] = (),
        editable: bool = False,
    ) -> Declared | Problem:
        """Return the requirement as a line of this document, or why pip refuses it there.

        pip's resolver takes no constraint with extras and no editable one.
        """
        if self.constraint and editable:
            return Problem("a constraint cannot be editable: write name==version", at)
        if self.constraint and requirement.extras:
            return Problem("a constraint cannot have extras: leave out the brackets", at)
        return Declared(
            requirement=requirement,
            text=text,
            at=at,
            constraint=self.constraint,
            hashes=hashes,
            editable=editable,
            included_from=self.included_from,
        )


def shown(text: str) -> str:
    """Quote a piece of input for a message: without control characters, not too long."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")
