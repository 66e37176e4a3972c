"""Which file of a release fits a runtime: tags, Requires-Python, and what a source needs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from audit.metadata import lenient_specifier
from audit.resolve.refusals import MUST_BE_COMPILED, expanded, needs_python, wheels_elsewhere
from audit.runtimes import wheel_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from packaging.specifiers import Specifier

    from audit.pages import Signature
    from audit.platform import Runtime


class Rules(NamedTuple):
    """What a file of one distribution has to suit."""

    runtime: Runtime
    rank: Callable[[str], int]
    """How well the runtime can load a wheel of these tags; see `ranking`."""
    takes_wheels: bool = True
    takes_sdists: bool = True
    is_optional: bool = False
    """Whether its sdist installs as pure Python where nothing can be compiled."""


class Fit(NamedTuple):
    """A file that fits: what its release's offer has of it."""

    file: int
    """Which of the signature's files, counted from 0."""
    kind: str
    """`wheel` or `sdist`."""
    is_yanked: bool
    is_unverified: bool = False


_NO_RANK = 1 << 30


@lru_cache(maxsize=64)
def ranking(runtime: Runtime) -> Callable[[str], int]:
    """Return what ranks the tags in a wheel's name on a runtime, 0 the best."""
    ranks = wheel_tags(runtime)

    @lru_cache(maxsize=8192)
    def rank(tags: str) -> int:
        return min(ranks.get(tag, _NO_RANK) for tag in expanded(tags))

    return rank


def best_file(
    signature: Signature, rules: Rules, among: Collection[int] | None = None
) -> Fit | None:
    """Choose the file of a release as pip does; None where none fits.

    The wheel whose tag ranks best, the earlier of equals, else the sdist; yanked files last.
    `among` leaves some of the files only, which does not change what all of them tell.
    """
    shape = _shape(signature)
    for group in _groups(shape, among):
        places = _admitted(shape, group, rules)
        if places and rules.takes_wheels:
            rank, place = min((rules.rank(shape.tags[place]), place) for place in places)
            if rank < _NO_RANK:
                return Fit(place, "wheel", signature[place].is_yanked)
        for place in places:
            if not shape.tags[place] and _obstacle(shape, rules) is None:
                return Fit(place, "sdist", signature[place].is_yanked)
    return None


def why_none(signature: Signature, rules: Rules, among: Collection[int] | None = None) -> str:
    """Say why `best_file` found none."""
    shape = _shape(signature)
    group = next(iter(_groups(shape, among)), ())
    if not group:
        return "has no files"
    places = _admitted(shape, group, rules)
    if not places:
        full_version = rules.runtime.full_version
        return needs_python(_unmet(shape.requires_python[place], full_version) for place in group)
    wheels = [shape.tags[place] for place in places if shape.tags[place]]
    obstacle = _obstacle(shape, rules) if len(wheels) < len(places) else None
    if not wheels:
        return f"would come as source, but {obstacle}" if rules.takes_sdists else _ONLY_BINARY
    told = wheels_elsewhere(wheels, rules.runtime) if rules.takes_wheels else _NO_BINARY
    return f"{told}, and {obstacle}" if obstacle else told


_NO_BINARY = "is kept out by --no-binary"
_ONLY_BINARY = "is kept out by --only-binary"


class _Shape(NamedTuple):
    """What a signature tells every runtime alike."""

    tags: tuple[str, ...]
    requires_python: tuple[str | None, ...]
    groups: tuple[Sequence[int], ...]
    """Its files that are not yanked, then those that are."""
    is_compiled: bool
    """Whether it has wheels for single platforms alone, so that it builds extension modules."""


@lru_cache(maxsize=1 << 14)  # each runtime asks again; the hashes of its texts are kept
def _shape(signature: Signature) -> _Shape:
    tags = tuple(trait.tags for trait in signature)
    wheels = [each for each in tags if each]
    told = {trait.requires_python for trait in signature if trait.tags}
    # An sdist that says nothing takes what all its wheels say.
    shared = next(iter(told)) if len(told) == 1 else None
    standing = [place for place, trait in enumerate(signature) if not trait.is_yanked]
    yanked = [place for place, trait in enumerate(signature) if trait.is_yanked]
    return _Shape(
        tags=tags,
        requires_python=tuple(
            trait.requires_python if trait.tags or _parts(trait.requires_python) else shared
            for trait in signature
        ),
        groups=tuple(group for group in (standing, yanked) if group),
        is_compiled=bool(wheels) and not any(map(_is_pure, wheels)),
    )


def _is_pure(tags: str) -> bool:
    return tags.lower().endswith("-none-any")


def _groups(shape: _Shape, among: Collection[int] | None) -> Sequence[Sequence[int]]:
    if among is None:
        return shape.groups
    groups = ([place for place in group if place in among] for group in shape.groups)
    return [group for group in groups if group]


def _obstacle(shape: _Shape, rules: Rules) -> str | None:
    """Say why an sdist will not do, as far as the files of its release tell.

    Without any wheel they tell nothing. That all its wheels are for Python 3 tells nothing of
    Python 2 either: billiard 3.6.4.0, which celery needs there, has one for Python 3 only. Of
    nine such sdists in the recorded index, classifiers told eight: see `demands.demanded`.
    """
    if not rules.takes_sdists:
        return "its source is kept out by --only-binary"
    return MUST_BE_COMPILED if shape.is_compiled and not rules.is_optional else None


def _admitted(shape: _Shape, places: Sequence[int], rules: Rules) -> Sequence[int]:
    """Leave the files whose Requires-Python the runtime meets in full, upper bounds as well."""
    full_version = rules.runtime.full_version
    unmet = {text for text in set(shape.requires_python) if _unmet(text, full_version)}
    if not unmet:
        return places
    return [place for place in places if shape.requires_python[place] not in unmet]


@lru_cache(maxsize=4096)
def _unmet(requires_python: str | None, full_version: str) -> tuple[str, ...]:
    """Return the parts of a Requires-Python that a Python does not meet."""
    parts = _parts(requires_python)
    return tuple(str(part) for part in parts if not part.contains(full_version, prereleases=True))


@lru_cache(maxsize=1024)
def _parts(requires_python: str | None) -> tuple[Specifier, ...]:
    """Read a Requires-Python; one that cannot be read counts as none, which is pip's rule."""
    read = lenient_specifier(requires_python)[0] if requires_python else None
    return tuple(sorted(read or (), key=str))
