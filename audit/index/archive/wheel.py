"""What a wheel says of itself: METADATA and table of contents, and as little more as may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from audit.index.archive.archives import ArchiveError, RangeFile, open_zip, read_member
from audit.index.archive.modules import (
    MOST_INIT,
    dotted,
    import_names,
    says_shared,
    shared_packages,
)
from audit.index.archive.statements import is_python_3
from audit.metadata import metadata_of, read_headers, supports
from audit.pages import Contents

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

    from audit.index.archive.archives import Ranges
    from audit.metadata import Headers
    from audit.model import Metadata

_MOST_INITS = 10  # packages of one wheel that are asked whether they are shared


class Wheel(NamedTuple):
    """A wheel whose table of contents is read."""

    archive: ZipFile
    dist_info: str
    """Its metadata folder."""
    name: NormalizedName
    version: Version


def open_wheel(
    ranges: Ranges, name: NormalizedName, version: Version, size: int | None = None
) -> Wheel:
    """Read the table of contents; ArchiveError says what is wrong with the file.

    Name and version are those of its file name. `size` is that of the file in bytes, where the
    index says it; `archives.whole` makes ranges of a file that is there.
    """
    archive = open_zip(RangeFile(ranges, size))
    return Wheel(archive, _dist_info(archive, name, version), name, version)


def _dist_info(archive: ZipFile, name: NormalizedName, version: Version) -> str:
    """Return the one folder that is named as the wheel (PEP 427); pip refuses any other."""
    tops = {path.partition("/")[0] for path in archive.NameToInfo if "/" in path}
    folders = sorted(top for top in tops if top.endswith(".dist-info"))
    named = {folder: _identity(folder) for folder in folders}
    fitting = [folder for folder in folders if named[folder][0] == name]
    exact = [folder for folder in fitting if named[folder][1] == version]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    if not folders:
        raise ArchiveError("it has no .dist-info folder: not a wheel")
    listed = ", ".join(folders[:5])
    raise ArchiveError(f"none of its .dist-info folders is that of {name} {version}: {listed}")


def with_identity(
    metadata: Metadata, headers: Headers, name: NormalizedName, version: Version
) -> Metadata:
    """Add a note where a file says to be of another release than its name does.

    Nor is it sure then: pip takes no such file.
    """
    said = f"{headers.name} {headers.version}"
    try:
        same = headers.version is None or Version(headers.version) == version
    except InvalidVersion:
        same = False
    if same and canonicalize_name(headers.name or name) == name:
        return metadata
    note = f"its metadata is that of {said}, its file name that of {name} {version}"
    return metadata._replace(notes=(*metadata.notes, note), unsure=metadata.unsure or note)


def _identity(folder: str) -> tuple[str, Version | None]:
    name, _, version = folder.removesuffix(".dist-info").partition("-")
    try:
        return canonicalize_name(name), Version(version)
    except InvalidVersion:
        return canonicalize_name(name), None


def wheel_headers(wheel: Wheel) -> Headers:
    """Return the headers of its METADATA as they stand; raises ArchiveError."""
    info = wheel.archive.NameToInfo.get(f"{wheel.dist_info}/METADATA")
    if info is None:
        raise ArchiveError(f"its {wheel.dist_info} has no METADATA")
    return read_headers(read_member(wheel.archive, info).decode("utf-8", "replace"))


def wheel_metadata(wheel: Wheel) -> Metadata:
    """Return what its METADATA says; raises ArchiveError."""
    headers = wheel_headers(wheel)
    return with_identity(metadata_of(headers), headers, wheel.name, wheel.version)


_DATA = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")
_BESIDE = re.compile(r"[^/]+\.(?:dist-info|data)/")


def wheel_contents(wheel: Wheel) -> Contents:
    """Return what it installs; raises ArchiveError.

    `top_level.txt` is not asked: it names what is shared as if it were its own, and the newer
    build backends write none.
    """
    files = [info for info in wheel.archive.NameToInfo.values() if not info.is_dir()]
    placed = {_DATA.sub("", info.filename): info for info in files}
    modules = {path: info for path, info in placed.items() if not _BESIDE.match(path)}
    shared = _shared(wheel.archive, modules)
    return Contents(
        import_names=import_names(modules, shared),
        unpacked=sum(info.file_size for info in files),
        shared=dotted(shared),
        python_3=_python_3(wheel, modules) if _is_suspect(wheel) else "",
    )


def _shared(archive: ZipFile, modules: dict[str, ZipInfo]) -> tuple[str, ...]:
    left = _MOST_INITS

    def shares(path: str) -> bool:
        nonlocal left
        info = modules[path]
        if not 0 < info.file_size <= MOST_INIT or left == 0:
            return False
        left -= 1
        return says_shared(read_member(archive, info).decode("utf-8", "replace"))

    return shared_packages(modules, shares)


_MOST_READ = 8  # modules; each is a request
_LARGEST_READ = 100_000


def _is_suspect(wheel: Wheel) -> bool:
    """Whether its classifiers name no Python 2, and no Requires-Python outranks them.

    Of seven such wheels that 2.7 would get, two failed there: requests-file 3.0.0 and 3.0.1.
    """
    try:
        said = wheel_metadata(wheel)
    except ArchiveError:
        return False
    return said.requires_python is None and supports(said.classified, (2, 7)) is False


def _python_3(wheel: Wheel, modules: dict[str, ZipInfo]) -> str:
    """Return the first module that Python 2 cannot read; empty where those looked at are fine."""
    outermost = sorted(modules, key=lambda path: (path.count("/"), path))
    small = (each for each in outermost if 0 < modules[each].file_size <= _LARGEST_READ)
    read = [path for path in small if path.endswith(".py")][:_MOST_READ]
    texts = ((path, read_member(wheel.archive, modules[path])) for path in read)
    found = (path for path, text in texts if is_python_3(text.decode("utf-8", "replace")))
    return next(found, "")
