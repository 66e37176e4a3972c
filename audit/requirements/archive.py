"""What the name of a distribution file tells."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

_ARCHIVE = re.compile(r"\.(?:zip|whl|tgz|tbz|txz|tlz|tar(?:\.\w+)?)(?:\[[^\]]*\])?$", re.IGNORECASE)


def is_archive(path: str) -> bool:
    """Whether pip takes a path, possibly with extras, for a file to install."""
    return _ARCHIVE.search(path) is not None


def name_and_version(path: str) -> tuple[NormalizedName, Version]:
    """Return what a wheel or sdist holds; ValueError where its name does not tell."""
    name = posixpath.basename(path)
    try:
        return (
            parse_wheel_filename(name)[:2] if name.endswith(".whl") else parse_sdist_filename(name)
        )
    except (InvalidWheelFilename, InvalidSdistFilename):
        raise ValueError(f"its name cannot be told from the file: write name @ {path}") from None


def pinned(path: str, extras: str = "", marker: str = "") -> str:
    """Return the requirement that a wheel or sdist meets; ValueError where its name is unclear.

    `extras` is spelled with its brackets.
    """
    name, version = name_and_version(path)
    return f"{name}{extras}=={version}" + (f" ; {marker}" if marker else "")
