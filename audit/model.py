"""The words of the domain: what is read of a platform and of a project.

Everything here is an immutable value. Text is parsed once, by the reader of its format,
into these types; names are normalised (PEP 503) by the first line that sees them, so
every `NormalizedName` may be compared as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version


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

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


# Platform --------------------------------------------------------------------------


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


# Project ---------------------------------------------------------------------------


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


class Function(NamedTuple):
    """An enclosing `def` (or lambda-free method): its body runs when it is called."""

    name: str


class Condition(NamedTuple):
    """An enclosing `if` or `elif` whose body runs when `test` is `holds`."""

    test: str
    holds: bool


OTHERWISE = -1
"""The branch of an `Attempt` that is the `else` of the `try`."""


class Attempt(NamedTuple):
    """An enclosing `try` that survives a failed import: one of its branches must work.

    Branch 0 is the body, branch n the n-th handler that catches ImportError, and `OTHERWISE`
    the `else`: it runs after the body, and no handler catches what fails in it.
    """

    group: int
    """Tells the `try` statements of one file apart."""
    branch: int
    branches: tuple[bool, ...]
    """For body and handlers: may control reach the end? False where it raises or exits."""


Block = Function | Condition | Attempt
"""A compound statement around an import that decides when it runs and what its failure means."""


class Import(NamedTuple):
    """One import statement, or one module of `import a, b`, as the source has it.

    A named tuple, as are its blocks: a large tree has 100,000 of them, and a frozen
    dataclass was measured to take four times as long to make.
    """

    module: str
    """The dotted name after `import` or `from`; empty for `from . import x`."""
    line: int
    names: tuple[str, ...] = ()
    """What `from module import ...` names, without `as`; empty for a plain import."""
    level: int = 0
    """The leading dots of a relative import."""
    blocks: tuple[Block, ...] = ()
    """What encloses it, outermost first."""
    dynamic: bool = False
    """True for `__import__("x")` and `importlib.import_module("x")`."""


_NO_BINDINGS: Mapping[str, str] = {}


class Source(NamedTuple):
    """One Python file of the project, with what it imports."""

    path: str
    """Relative to the project root, with `/`."""
    imports: tuple[Import, ...]
    bindings: Mapping[str, str] = _NO_BINDINGS
    """Top-level names bound to a version test, such as `PY3 = sys.version_info[0] == 3`."""


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


class Artefact(Enum):
    """What the project's files are."""

    SOURCE = "source"
    """A working tree: distributions can still be packed."""
    PACKAGE = "package"
    """A deployment zip: nothing more can be packed."""


class Project(NamedTuple):
    """Everything that was read of what the user deploys."""

    root: str
    declared_in: tuple[str, ...]
    declared: tuple[Declared, ...]
    options: tuple[IndexOption, ...] = ()
    supports: tuple[Supports, ...] = ()
    sources: tuple[Source, ...] = ()
    files: frozenset[str] = frozenset()
    """Every path that an import could load: modules and extension modules, vendored ones too."""
    import_roots: tuple[str, ...] = ("",)
    """Folders, relative to the root, whose content is on `sys.path`; `""` is the root itself."""
    vendored: tuple[Vendored, ...] = ()
    artefact: Artefact = Artefact.SOURCE
    entry: str | None = None
    """The handler as `module.function`, where it is known."""
    problems: tuple[Problem, ...] = ()
