"""Which release a distribution file belongs to, and for whom it is, as its name tells."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

WHEEL = ".whl"
_SDISTS = (
    *(".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"),
    *(".tar", ".tbz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"),
)
_SUFFIXES = (WHEEL, *_SDISTS)


class Named(NamedTuple):
    """What the name of a distribution file tells."""

    version: Version
    text: str
    """The version, normalised."""
    tags: str = ""
    """A wheel's, as `cp36-cp36m-manylinux1_x86_64`; empty for an sdist."""
    build: tuple[int, ...] = (1,)
    """Compares a wheel's build tag: a higher build, which pip prefers, is less than a lower."""


def is_distribution(file: str) -> bool:
    """Whether pip would look at a file of that name: eggs, installers and signatures it does not.

    The suffixes are those of pip 23 to 26.
    """
    return file.endswith(_SUFFIXES)


def read_name(file: str, name: NormalizedName) -> Named | None:
    """Read the name of a file of the distribution `name`; None where it tells no release of it.

    Wheels as the binary distribution format says, but for an underscore that stands for the
    dash of a version and doubled separators, which pip took up to 25; sdists by matching the
    project's name first, since old names and versions contain dashes alike.
    """
    if not file.isprintable() or "/" in file or "\\" in file:
        return None  # nor may it become a path where it is saved
    if file.endswith(WHEEL):
        return _wheel(file, name)
    for suffix in _SDISTS:
        if file.endswith(suffix):
            return _sdist(file[: -len(suffix)], name)
    return None


def may_be_of(file: str, name: NormalizedName) -> bool:
    """Whether a file whose name cannot be read seems to belong to `name` all the same.

    It does where a digit follows the name: `a-b-1.0.zip` is no file of `a`.
    """
    version = _after_name(file, name)
    return version is not None and version[:1].isdigit()


def _wheel(file: str, name: NormalizedName) -> Named | None:
    head, *tags = file[: -len(WHEEL)].rsplit("-", 3)
    if len(tags) != 3 or not _are_tags(*tags):  # noqa: PLR2004 - Python, ABI and platform
        return None
    release = _wheel_release(head, name)
    if release is None:
        return None
    return Named(release.version, release.text, file[len(head) + 1 : -len(WHEEL)], release.build)


@lru_cache(maxsize=1024)  # a page repeats some dozens
def _are_tags(python: str, abi: str, platform: str) -> bool:
    """Whether `packaging` takes them for tags: no Python has the tag `py36+`."""
    are_pythons = all(each.isidentifier() for each in python.split("."))
    return are_pythons and all(abi.split(".")) and all(platform.split("."))


@lru_cache(maxsize=1024)  # the wheels of one release begin alike
def _wheel_release(head: str, name: NormalizedName) -> Named | None:
    written, *rest = head.split("-")
    if len(rest) not in {1, 2} or canonicalize_name(written) != name:
        return None
    known = _release(rest[0]) or _release(rest[0].replace("_", "-"))
    if known is None or len(rest) == 1:
        return known
    number = re.match(r"[0-9]+", rest[1])
    if number is None:
        return None
    suffix = (-ord(letter) for letter in rest[1][number.end() :])
    return known._replace(build=(-int(number[0]), *suffix, 1))


def _sdist(stem: str, name: NormalizedName) -> Named | None:
    version = _after_name(stem, name)
    return None if version is None else _release(version)


def _after_name(stem: str, name: NormalizedName) -> str | None:
    """Return what follows the distribution's name and a dash; at most one dash is that one."""
    at = stem.find("-")
    while at != -1:
        if canonicalize_name(stem[:at]) == name:
            return stem[at + 1 :]
        at = stem.find("-", at + 1)
    return None


@lru_cache(maxsize=4096)  # a wheel and an sdist share theirs, as do distributions
def _release(version: str) -> Named | None:
    try:
        parsed = Version(version)
    except InvalidVersion:
        return None
    return Named(version=parsed, text=str(parsed))
