"""What is inside a distribution file: what it says and what it installs, told or said why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from audit.index.archive.archives import ArchiveError, UnrangedError, whole
from audit.index.archive.sdist import read_sdist, sdist_contents, sdist_metadata
from audit.index.archive.wheel import open_wheel, wheel_contents, wheel_metadata
from audit.index.downloads import UnreadError
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.index.archive.archives import Ranges
    from audit.index.archive.wheel import Wheel
    from audit.model import Metadata
    from audit.pages import Contents
    from audit.pins import Release

_Told = TypeVar("_Told")


class Inside(NamedTuple):
    """What reading a whole file gave."""

    metadata: Metadata
    contents: Contents


def of_whole(content: bytes, release: Release) -> Inside | Unasked:
    """Read all that is asked of a wheel or sdist."""
    try:
        if release.file.kind == "sdist":
            sdist = read_sdist(content, release.name, release.version)
            return Inside(sdist_metadata(sdist), sdist_contents(sdist))
        wheel = open_wheel(whole(content), release.name, release.version)
        return Inside(wheel_metadata(wheel), wheel_contents(wheel))
    except ArchiveError as error:
        return _unreadable(release, error)


def metadata_in_parts(ranges: Ranges, release: Release) -> Metadata | Unasked | None:
    """Read what a wheel says by ranges; None where it is to be had whole only."""
    return _in_parts(ranges, release, wheel_metadata)


def contents_in_parts(ranges: Ranges, release: Release) -> Contents | Unasked | None:
    """Read what a wheel installs by ranges; None as in `metadata_in_parts`."""
    return _in_parts(ranges, release, wheel_contents)


def _in_parts(
    ranges: Ranges, release: Release, read: Callable[[Wheel], _Told]
) -> _Told | Unasked | None:
    try:
        return read(open_wheel(ranges, release.name, release.version, release.file.size))
    except UnrangedError:
        return None
    except ArchiveError as error:
        return _unreadable(release, error)
    except UnreadError as error:
        return Unasked(str(error))


def _unreadable(release: Release, error: ArchiveError) -> Unasked:
    return Unasked(f"{release.file.name} cannot be read: {error}")
