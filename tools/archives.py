"""What a wheel or an sdist says of itself, in the words of its own files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import parse_sdist_filename, parse_wheel_filename

from audit.index.archive import install_requires
from audit.index.archive.archives import whole
from audit.index.archive.modules import import_names
from audit.index.archive.sdist import read_sdist, sdist_contents
from audit.index.archive.wheel import open_wheel, wheel_contents, wheel_headers
from audit.metadata import requires_txt_lines

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Described", "describe", "import_names"]


@dataclass(frozen=True, slots=True)
class Described:
    """The facts of one file of a release."""

    requires: tuple[str, ...]
    requires_python: str | None
    import_names: tuple[str, ...]
    note: str | None = None


def describe(path: Path, name: str) -> Described:
    """Read a wheel, or an sdist as tar or zip; `name` is the file's name on the index."""
    content = path.read_bytes()
    return _wheel(content, name) if name.endswith(".whl") else _sdist(content, name)


def _wheel(content: bytes, file_name: str) -> Described:
    name, version, _, _ = parse_wheel_filename(file_name)
    wheel = open_wheel(whole(content), name, version)
    headers = wheel_headers(wheel)
    names = wheel_contents(wheel).import_names
    return Described(headers.requires_dist, headers.requires_python, names)


def _sdist(content: bytes, file_name: str) -> Described:
    sdist = read_sdist(content, *parse_sdist_filename(file_name))
    lines = requires_txt_lines(sdist.left("requires.txt"))
    note = None
    if sdist.egg_info is None and install_requires.is_named(sdist.script):
        note = "its setup.py names install_requires that nothing static repeats"
    return Described(
        requires=sdist.headers.requires_dist or lines,
        requires_python=sdist.headers.requires_python,
        import_names=sdist_contents(sdist).import_names,
        note=note,
    )
