"""Built-ins whose own requirements the set of built-ins does not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.requirements import Requirement
    from packaging.version import Version

    from audit.model import Metadata
    from audit.platform import Library, Matrix


class Unmet(NamedTuple):
    """A requirement of a built-in that the runtime's other built-ins do not meet."""

    library: str
    """As the table prints it."""
    version: Version
    runtime: str
    requirement: Requirement
    found: Version | None
    """The built-in version that does not fit; None where the runtime has none."""

    def __str__(self) -> str:
        there = "is not built in" if self.found is None else f"{self.found} is built in"
        return (
            f"{self.library} {self.version} wants {self.requirement}, "
            f"{self.requirement.name} {there} on {self.runtime}"
        )


def self_check(
    matrix: Matrix,
    metadata: Mapping[tuple[NormalizedName, str], Metadata],
    environments: Mapping[str, Mapping[str, str]],
) -> tuple[Unmet, ...]:
    """Return what built-ins want of each other and do not get, by runtime, in table order.

    `environments` holds a complete marker environment for each runtime to look at. A
    built-in without metadata is passed over: what it wants is not known.
    """
    return tuple(
        unmet
        for runtime in matrix.runtimes
        if runtime in environments
        for library in matrix.libraries
        if (facts := metadata.get((library.key, runtime))) is not None
        for unmet in _unmet(matrix, library, runtime, _active(facts, environments[runtime]))
    )


def _active(facts: Metadata, environment: Mapping[str, str]) -> Iterator[Requirement]:
    for requirement in facts.requires:
        marker = requirement.marker
        if marker is None or marker.evaluate({**environment, "extra": ""}):
            yield requirement


def _unmet(
    matrix: Matrix, library: Library, runtime: str, active: Iterator[Requirement]
) -> Iterator[Unmet]:
    version = library.versions.get(runtime)
    if version is None:
        return
    for requirement in active:
        found = matrix.version(canonicalize_name(requirement.name), runtime)
        if found is None or not requirement.specifier.contains(found, prereleases=True):
            yield Unmet(
                library=library.name,
                version=version,
                runtime=runtime,
                requirement=requirement,
                found=found,
            )
