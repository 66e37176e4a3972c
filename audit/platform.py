"""What a platform offers: runtimes, and the libraries that are built in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

    from audit.model import Location


class Runtime(NamedTuple):
    """A Python environment that the platform offers, as `data/runtimes.toml` describes it."""

    name: str
    """The platform's API name: `Python3.6`."""
    python: str
    """Its feature version: `3.6`."""
    full_version: str
    """Its complete version, which `python_full_version` markers and Requires-Python see."""
    abi: str
    glibc: tuple[int, int]
    """The newest glibc symbol version that a wheel may need: the manylinux ceiling."""
    machine: str
    search_path: tuple[str, ...]
    """What `sys.path` is made of, first hit wins: package, layers, standard library, built-ins."""
    unpacked_limit: int
    """Bytes that a function version may take unpacked, with its layers."""
    has_built_ins: bool
    source: str
    """The page that says so."""

    @property
    def version(self) -> tuple[int, int]:
        """The feature version as numbers, for comparing."""
        major, minor = self.python.split(".")
        return int(major), int(minor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One row of the built-in table: a library and its version in each runtime that has it."""

    name: str
    """As the table prints it."""
    versions: Mapping[str, Version]
    """Runtime name -> version; a runtime without the library has no key."""
    at: Location = field(compare=False)

    @property
    def key(self) -> NormalizedName:
        """The normalised name."""
        return canonicalize_name(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The built-in table, read: library x runtime -> version or absent.

    Equal tables are equal whatever they were read from.
    """

    source: str = field(compare=False)
    runtimes: tuple[str, ...]
    """The table's columns, in its order."""
    libraries: tuple[Library, ...]
    """One per normalised name, in the table's order."""

    def version(self, name: NormalizedName, runtime: str) -> Version | None:
        """Return the version of a library that a runtime has, or None where it has none."""
        for library in self.libraries:
            if library.key == name:
                return library.versions.get(runtime)
        return None
