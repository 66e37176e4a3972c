"""What a candidate demands on a runtime: its requirements there, and a Python to run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName

from audit.metadata import supports
from audit.pins import Candidate, Demand, Release, Unchecked
from audit.runtimes import marker_holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.model import Metadata
    from audit.platform import Runtime

PYTHON = NormalizedName("python")
"""The name of a demand on the runtime's own version; no distribution is called that."""


def demanded(
    candidate: Candidate, metadata: Metadata | None, runtime: Runtime, extra: str
) -> Iterator[Demand]:
    """Yield the demands of a candidate, or those that one of its extras adds."""
    if metadata is None or isinstance(candidate, Unchecked):
        return
    if isinstance(candidate, Release) and not extra:
        yield from _python(candidate, metadata, runtime)
    for requirement in metadata.requires:
        if marker_holds(requirement.marker, runtime, extra) and not (
            extra and marker_holds(requirement.marker, runtime)
        ):
            yield Demand(requirement=requirement, asker=candidate)


def _python(release: Release, metadata: Metadata, runtime: Runtime) -> Iterator[Demand]:
    """Demand what no runtime is, where a file's own metadata refuses this one.

    The page need not say it: PEP 503's attribute is optional, and mirrors leave it out. Of an
    sdist without Requires-Python (every one before 2015) classifiers tell: a wheel has tags.
    """
    needed = metadata.requires_python
    if needed is None:
        if release.file.kind == "sdist" and supports(metadata.classified, runtime.version) is False:
            other = Requirement(f"{PYTHON}!={runtime.version[0]}.*")
            yield Demand(requirement=other, asker=release)
        return
    try:
        fits = SpecifierSet(needed).contains(runtime.full_version, prereleases=True)
    except InvalidSpecifier:
        return
    if not fits:
        yield Demand(requirement=Requirement(f"{PYTHON}{needed}"), asker=release)
