"""The words of the domain: what is read of a project.

Everything here is an immutable value. Text is parsed once, by the reader of its format,
into these types; names are normalised (PEP 503) by the first line that sees them, so
every `NormalizedName` may be compared as it is.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    from audit.code import Ruling, Source


class Location(NamedTuple):
    """A place that a user can open: a file as it was named, and a line counted from 1."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class Problem(NamedTuple):
    """Something that could not be read or understood; the rest went on without it."""

    message: str
    at: Location
    remedy: str = ""
    """What to do; empty where what is named is to be mended."""

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


class Declared(NamedTuple):
    """A requirement (PEP 508) with the place that declares it."""

    requirement: Requirement
    text: str
    """As written, without comment, hashes and other options of its line."""
    at: Location
    constraint: bool = False
    """True for a line of a `-c` file: it limits the name and installs nothing."""
    hashes: tuple[str, ...] = ()
    """Values of `--hash`, each `algorithm:digest`."""
    editable: bool = False
    included_from: tuple[Location, ...] = ()
    """The `-r` and `-c` lines that led here, outermost first."""
    file: str | None = None
    """The file that it names to install beside a name that it is known by: a URL, which may hold
    credentials, or a path from the current folder. None where an index is to find one."""

    @property
    def name(self) -> NormalizedName:
        """The normalised name of the distribution it asks for."""
        return canonicalize_name(self.requirement.name)


class Include(NamedTuple):
    """A line that says: read that file too (`-r`, `-c`, or a local folder to install)."""

    path: str
    """As written, relative to the file that holds the line."""
    at: Location
    constraint: bool = False
    extras: tuple[str, ...] = ()
    """Of a local folder: the extras asked for, as in `./sub[test]`."""


class IndexOption(NamedTuple):
    """A line that configures where distributions come from, such as `--index-url URL`."""

    name: str
    """The long option without dashes: `index-url`, `extra-index-url`, `find-links`, ..."""
    value: str
    at: Location


class Supports(NamedTuple):
    """What a project says of the Pythons that it runs on (`requires-python`, PEP 621)."""

    specifier: SpecifierSet
    text: str
    """As written."""
    at: Location


Statement = Declared | Include | IndexOption | Supports | Problem
"""What one logical line of a requirements file can be."""


class Metadata(NamedTuple):
    """What a distribution says of itself (core metadata), leniently read."""

    requires: tuple[Requirement, ...] = ()
    requires_python: str | None = None
    import_names: tuple[str, ...] = ()
    """Top-level names that it installs; empty where its files do not tell."""
    notes: tuple[str, ...] = ()
    """Lines that were invalid and how each was read."""
    fails: str | None = None
    """Why importing it fails although it is installed; None where nothing says so."""
    unsure: str | None = None
    """Why `requires` may not be all that it requires: its build decides; None where it is all."""
    compiles: bool = False
    """Whether it is an sdist that builds extension modules."""
    classified: tuple[str, ...] = ()
    """The Pythons that its classifiers name, `2`, `2.7`; a hint where `requires_python` is None."""
    extras: tuple[str, ...] | None = None
    """The extras that it has, normalised; None where its metadata need not name them."""
    python_2: str | None = None
    """Why an sdist seems to be for Python 2 alone; None where nothing shows it."""


class Vendored(NamedTuple):
    """A distribution packed into the project's tree, found by its `*.dist-info` or `*.egg-info`."""

    name: NormalizedName
    version: Version
    metadata: Metadata
    at: Location
    """Its metadata folder."""
    tags: tuple[str, ...] = ()
    """Wheel tags from its WHEEL file; empty where it has none."""
    files: frozenset[str] = frozenset()
    """The paths it owns that exist, relative to the project root."""
    is_hollow: bool = False
    """It lists modules of which none is there: removed, or never packed, so nobody's copy."""
    size: int | None = None
    """Bytes that its RECORD counts; None where it has none."""


DEFAULT_HANDLER = "index.main_handler"
"""What the platform calls unless told otherwise."""


class Entry(NamedTuple):
    """What the platform calls of a project: its handler."""

    handler: str
    """As it is configured: `index.main_handler`."""
    folder: str = ""
    """The package folder, relative to the project root; empty or ending in `/`."""
    at: Location | None = None
    """The configuration that says so; None for what the user asks for, and for the default."""
    runtime: str | None = None
    """Where it is deployed, as it is written; None for any."""

    @property
    def file(self) -> str:
        """What is loaded, relative to the project root, named by all up to the first dot."""
        return f"{self.folder}{self.handler.partition('.')[0]}.py"

    @property
    def function(self) -> str:
        """What is called; empty where the handler names none."""
        return self.handler.partition(".")[2]


class Deployed(NamedTuple):
    """A runtime that a deployment configuration names."""

    runtime: str
    """As it is written; `${...}` where only the deployment knows."""
    at: Location


class Artefact(Enum):
    """What the project's files are."""

    SOURCE = "source"
    """A working tree: distributions can still be packed."""
    PACKAGE = "package"
    """A deployment zip: nothing more can be packed."""


_NO_RULINGS: Mapping[str, Mapping[str, Ruling | None]] = {}


class Project(NamedTuple):
    """Everything that was read of what the user deploys."""

    root: str
    declared_in: tuple[str, ...]
    declared: tuple[Declared, ...]
    options: tuple[IndexOption, ...] = ()
    supports: tuple[Supports, ...] = ()
    sources: tuple[Source, ...] = ()
    """The project's own."""
    packed: tuple[Source, ...] = ()
    """Those of vendored copies that own sources may load, directly or through each other."""
    files: frozenset[str] = frozenset()
    """Every path that an import could load: modules and extension modules, vendored ones too."""
    import_roots: tuple[str, ...] = ("",)
    """Folders, relative to the root, whose content is on `sys.path`; `""` is the root itself."""
    vendored: tuple[Vendored, ...] = ()
    artefact: Artefact = Artefact.SOURCE
    entries: tuple[Entry, ...] = ()
    """The functions that the platform calls, as far as they are known."""
    deployed_on: tuple[Deployed, ...] = ()
    """The runtimes that the project's deployment configuration names."""
    problems: tuple[Problem, ...] = ()
    rulings: Mapping[str, Mapping[str, Ruling | None]] = _NO_RULINGS
    """What real interpreters were asked: feature version, such as `3.6`, to the path of a source to
    its ruling. None where it compiles, no key where nobody was asked or could answer."""
