"""What the files of the chosen releases show, asked of the index where something depends on it.

A table of contents costs a request or two for each file. So it is read only where an import
has to be traced to a release, or where what is to be vendored may be too large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.metadata import supports
from audit.model import Declared, Metadata
from audit.pages import Contents
from audit.pins import Release
from audit.report import Met
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from audit.finder import Surroundings
    from audit.imports import Imports
    from audit.pins import Demand, Pin
    from audit.platform import Runtime
    from audit.resolve.index import Index

    Opened = Mapping[Release, Contents | Unasked]

NEARLY = 0.8
"""The part of the platform's limit from which on a size is worth a word."""

FOLDERS_ARE_PACKAGES = (3, 3)
"""The first Python that takes a folder without `__init__.py` for a package (PEP 420)."""

_MOST_COMPRESSED = 30
"""Bytes that one byte of a wheel may become: 28 of tencentcloud-sdk-python, 3 to 5 of most."""
_NO_MATTER = 0.25
"""The part of the limit that files may come to, at the most, that are not opened."""
_MOST_OPENED = 8
"""Files that are opened for their size alone: a request or two each, at once and never again."""


class Evidence(NamedTuple):
    """What is known of chosen releases beside what a resolution goes by."""

    contents: Opened
    """What they install, of those that had to be asked for it."""
    metadata: Mapping[Release, Metadata]
    yanked: frozenset[Release]
    """Those whose index has withdrawn them, and that a line pins all the same."""

    def unpacked(self, pins: Iterable[Pin]) -> int | None:
        """Return the bytes that the releases among pins take; None where some were not opened."""
        contents = [self.contents.get(each) for each in _releases(pins)]
        known = [each.unpacked for each in contents if isinstance(each, Contents)]
        return sum(known) if len(known) == len(contents) else None


def trace(
    index: Index,
    pins: Sequence[Pin],
    around: Surroundings,
    meeting: Callable[[Surroundings], Imports],
) -> tuple[Imports, Opened]:
    """Say what meets each import, by the files of releases where that depends on them.

    `meeting` says it for surroundings. A release that seems to provide an import is asked for
    its names; all are, where one of them may hold what is missing.
    """
    opened: dict[Release, Contents | Unasked] = {}
    releases = _releases(pins)
    imports = meeting(around)
    while due := [each for each in _due(imports, releases, around) if each not in opened]:
        opened.update(_open(index, due))
        imports = meeting(_knowing(around, opened))
    return imports, opened


def _due(imports: Imports, releases: Sequence[Release], around: Surroundings) -> Iterable[Release]:
    missing = {use.answer.module for use in imports.unmet if use.answer.status is Met.MISSING}
    if any(may_be_packed(module, around) for module in missing):
        return releases
    providing = {each.provider for each in imports.modules if each.status is Met.VENDOR}
    return [each for each in releases if each.name in providing]


def _releases(pins: Iterable[Pin]) -> list[Release]:
    return [pin.candidate for pin in pins if isinstance(pin.candidate, Release)]


def may_be_packed(module: str, around: Surroundings) -> bool:
    """Whether some distribution may provide a module; of the library's own, only backports."""
    if module.startswith("."):
        return False
    return not around.library.versions_with(module) or around.names.suggest(module) is not None


def _open(index: Index, releases: Sequence[Release]) -> Opened:
    index.expect_contents(releases)
    return {release: index.contents(release) for release in releases}


def _knowing(around: Surroundings, opened: Opened) -> Surroundings:
    shown = {
        release: contents.import_names
        for release, contents in opened.items()
        if isinstance(contents, Contents)
    }
    return around._replace(names=around.names._replace(by_release=shown))


def doubtful(
    index: Index, pins: Iterable[Pin], around: Surroundings, runtime: Runtime
) -> list[Release]:
    """Return the releases to open because Python 2 may not find or not read their modules."""
    if runtime.version >= FOLDERS_ARE_PACKAGES:
        return []
    return [
        each
        for each in _releases(pins)
        if shares_a_namespace(each, around) or _is_for_others(index.metadata(each), runtime)
    ]


def _is_for_others(metadata: Metadata | Unasked, runtime: Runtime) -> bool:
    if isinstance(metadata, Unasked) or metadata.requires_python is not None:
        return False
    return supports(metadata.classified, runtime.version) is False


def shares_a_namespace(release: Release, around: Surroundings) -> bool:
    """Whether its name, or that of its file, is like those in a namespace: `zope.interface`."""
    return (
        release.name.partition("-")[0] in around.namespaces
        or "." in release.file.name.partition("-")[0]
        or any("." in name for name, _ in around.names.names_of(release))
    )


def gather(
    index: Index,
    pins: Sequence[Pin],
    opened: Opened,
    limit: int,
    also: Sequence[Release] = (),
) -> Evidence:
    """Put together what is known of the releases among pins.

    `limit` is that of the unpacked; `also` are to be opened whatever their size.
    """
    releases = _releases(pins)
    heavy = [*_heavy(releases, limit), *_of_no_size(pins)][:_MOST_OPENED]
    due = [each for each in dict.fromkeys([*heavy, *also]) if each not in opened]
    told = {each: index.metadata(each) for each in releases}
    return Evidence(
        contents={**opened, **_open(index, due)},
        metadata={each: found for each, found in told.items() if isinstance(found, Metadata)},
        yanked=frozenset(
            release
            for pin in pins
            for release in _releases([pin])
            if _may_be_yanked(pin.demands) and _is_yanked(index, release)
        ),
    )


def _heavy(releases: Iterable[Release], limit: int) -> list[Release]:
    """Choose the files to open, so that the others cannot matter however well compressed."""
    by_size = sorted(releases, key=lambda each: -(each.file.size or 0))
    left = sum(each.file.size or 0 for each in by_size)
    heavy: list[Release] = []
    if left * _MOST_COMPRESSED <= limit * NEARLY:
        return heavy
    for release in by_size:
        if left * _MOST_COMPRESSED <= limit * _NO_MATTER:
            break
        heavy.append(release)
        left -= release.file.size or 0
    return heavy


def _of_no_size(pins: Iterable[Pin]) -> list[Release]:
    """Choose the files whose size no index tells, first those most likely to be large.

    An index in the form of PEP 503 tells none. What a project asks for itself and what holds
    machine code comes first.
    """
    ranked = [
        (not any(isinstance(d.asker, Declared) for d in pin.demands), _is_pure(release), release)
        for pin in pins
        for release in _releases([pin])
        if release.file.size is None
    ]
    return [release for *_, release in sorted(ranked, key=lambda each: each[:2])]


def _is_pure(release: Release) -> bool:
    return release.file.name.endswith(("-none-any.whl", ".tar.gz", ".zip"))


def _may_be_yanked(demands: Iterable[Demand]) -> bool:
    """Whether a line pins one version, from an index: nothing else takes what is withdrawn."""
    lines = [(d.requirement, d.asker) for d in demands]
    named = (line.file for _, line in lines if isinstance(line, Declared))
    if any(requirement.url for requirement, _ in lines) or any(named):
        return False
    return any(part.operator in {"==", "==="} for each, _ in lines for part in each.specifier)


def _is_yanked(index: Index, release: Release) -> bool:
    page = index.page(release.name)
    if isinstance(page, Unasked):
        return False
    version = str(release.version)
    signature = next((row.signature for row in page.rows if row.version == version), None)
    if signature is None:
        return False
    files = zip(page.signatures[signature], index.files(release.name, version), strict=True)
    return any(trait.is_yanked for trait, file in files if file == release.file)
