"""Which distribution provides an import name.

A distribution's name tells little: `import yaml` is PyYAML. Three things tell, best first:
the distribution's own files, the table of import names (`data/import_names.csv`), and a name
that is equal once both are normalised (PEP 503). The same distribution may provide other
names as a built-in than from the index, so each row of the table says for whom it speaks.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name

from audit.errors import UsageError
from audit.model import Vendored
from audit.pins import BuiltIn, Release

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from audit.pins import Candidate, Pin

OWN_FILES = "its own files"
TABLE = "the table of import names"
EQUAL_NAME = "an equal name"
_EVIDENCE = (OWN_FILES, TABLE, EQUAL_NAME)
_PROVIDERS = ("built-in", "index")


class Row(NamedTuple):
    """One row of the table: a distribution provides an import name, built in or from the index."""

    import_name: str
    """Dotted where a namespace is shared: `google.protobuf`."""
    distribution: NormalizedName
    provider: str
    """`built-in` or `index`."""


class Provided(NamedTuple):
    """The pin that provides a module, and how that is known."""

    pin: Pin
    import_name: str
    """The part of the module's name that the pin is known to provide."""
    because: str
    """`OWN_FILES`, `TABLE` or `EQUAL_NAME`."""


class ImportNames(NamedTuple):
    """The table of import names, and what files of releases show, ready to be asked."""

    by_import: Mapping[str, tuple[Row, ...]]
    """Import name -> its rows, the preferred distribution first."""
    by_distribution: Mapping[NormalizedName, tuple[Row, ...]]
    by_release: Mapping[Release, tuple[str, ...]] = {}
    """Release -> the names that its file installs, where that was looked up."""

    def provider(self, module: str, pins: Sequence[Pin]) -> Provided | None:
        """Return the pin that provides a module (`import module`), or None where none does.

        The longest known part of a dotted name decides: of `google.cloud.storage`, a pin with
        `google.cloud` is preferred to one with `google`. Then an equal name comes last, what is
        packed comes before a built-in, and the better evidence first.
        """
        found = [provided for pin in pins for provided in self._provided(module, pin)]
        return max(found, key=_strength, default=None)

    def _provided(self, module: str, pin: Pin) -> Iterator[Provided]:
        for name, because in self.names_of(pin.candidate):
            within = module == name or module.startswith(f"{name}.")
            if within and not self._is_of_another(module, name, pin.candidate.name):
                yield Provided(pin=pin, import_name=name, because=because)
            elif name.startswith(f"{module}."):  # the namespace around what it provides
                yield Provided(pin=pin, import_name=module, because=because)
        is_told = pin.candidate.name in self.by_distribution or self._own_names(pin.candidate)
        if is_told or self._shows_all(pin.candidate):
            return
        for prefix in _prefixes(module):
            if canonicalize_name(prefix.replace(".", "-")) == pin.candidate.name:
                yield Provided(pin=pin, import_name=prefix, because=EQUAL_NAME)

    def _is_of_another(self, module: str, name: str, distribution: NormalizedName) -> bool:
        # Who has `google` does not thereby have `google.cloud`, when the table gives that away.
        rows = self.rows(module)
        return (
            bool(rows)
            and len(rows[0].import_name) > len(name)
            and all(row.distribution != distribution for row in rows)
        )

    def names_of(self, candidate: Candidate) -> tuple[tuple[str, str], ...]:
        """Return the import names that a candidate is known to provide, each with how.

        What is known of a built-in's files is what the index's release of that version holds;
        where the table tells built-in and index apart, only the table speaks for the built-in.
        """
        rows = self.by_distribution.get(candidate.name, ())
        own = tuple((name, OWN_FILES) for name in sorted(self._own_names(candidate)))
        if self._shows_all(candidate):
            return own
        provider = "built-in" if isinstance(candidate, BuiltIn) else "index"
        apart = {row.provider for row in rows} == set(_PROVIDERS)
        tabled = tuple(
            (row.import_name, TABLE) for row in rows if not apart or row.provider == provider
        )
        return tabled if apart and provider == "built-in" else own + tabled

    def _own_names(self, candidate: Candidate) -> frozenset[str]:
        if isinstance(candidate, Release):
            return frozenset(self.by_release.get(candidate, ()))
        return own_names(candidate)

    def _shows_all(self, candidate: Candidate) -> bool:
        """Whether a candidate provides what its own files show and nothing else.

        A build may add modules to those of an sdist, so the table speaks for it as well.
        """
        if isinstance(candidate, Release):
            return candidate.file.kind == "wheel" and candidate in self.by_release
        return isinstance(candidate, Vendored) and bool(own_names(candidate))

    def rows(self, module: str) -> tuple[Row, ...]:
        """Return the rows of the longest part of a module's name that the table knows."""
        for prefix in _prefixes(module):
            if prefix in self.by_import:
                return self.by_import[prefix]
        return ()

    def suggest(self, module: str, known: Collection[NormalizedName] = ()) -> NormalizedName | None:
        """Return what to add to the requirements for a module, or None where it would be a guess.

        A name that is merely equal is taken from `known` distributions alone: anyone may have
        registered it on the index.
        """
        rows = self.rows(module)
        if rows:
            return next(
                (r.distribution for r in rows if r.provider == "index"), rows[0].distribution
            )
        equal = (canonicalize_name(prefix.replace(".", "-")) for prefix in _prefixes(module))
        return next((name for name in equal if name in known), None)


def read_import_names(text: str, source: str) -> ImportNames:
    """Read the text of `data/import_names.csv`; `source` names it in messages.

    Its header is `import,distribution,provider`, more columns are for people. Several rows of
    one import stand in order of preference. Raises UsageError for a file of another form.
    """
    by_import: dict[str, list[Row]] = defaultdict(list)
    by_distribution: dict[NormalizedName, list[Row]] = defaultdict(list)
    reader = csv.DictReader(text.splitlines())
    if (reader.fieldnames or [])[:3] != ["import", "distribution", "provider"]:
        raise UsageError(f"{source}: expected the header import,distribution,provider")
    for record in reader:
        row = _row(record, f"{source}:{reader.line_num}")
        by_import[row.import_name].append(row)
        by_distribution[row.distribution].append(row)
    return ImportNames(
        by_import={name: tuple(rows) for name, rows in by_import.items()},
        by_distribution={name: tuple(rows) for name, rows in by_distribution.items()},
    )


def _row(record: Mapping[str, str | None], place: str) -> Row:
    import_name, distribution, provider = (
        (record.get(column) or "").strip() for column in ("import", "distribution", "provider")
    )
    if not import_name or not distribution:
        raise UsageError(f"{place}: expected an import name and a distribution")
    if provider not in _PROVIDERS:
        raise UsageError(f"{place}: provider is {provider!r}, expected built-in or index")
    return Row(
        import_name=import_name, distribution=canonicalize_name(distribution), provider=provider
    )


def own_names(candidate: Candidate) -> frozenset[str]:
    """Return the import names that a candidate's own files show; empty where they are not known."""
    match candidate:
        case Vendored():
            folder = PurePosixPath(candidate.at.file).parent.as_posix()
            return _names_in(candidate.files, "" if folder == "." else f"{folder}/")
        case BuiltIn(metadata=metadata) if metadata is not None:
            return frozenset(metadata.import_names)
        case _:
            return frozenset()


@lru_cache(maxsize=256)  # a vendored tree has thousands of files, and every import asks
def _names_in(files: frozenset[str], root: str) -> frozenset[str]:
    """Name the outermost packages and modules; a folder counts where it has an __init__.py."""
    inside = [path.removeprefix(root) for path in files if path.startswith(root)]
    packages = {path.rpartition("/")[0] for path in inside if path.endswith("/__init__.py")}
    return frozenset(name for path in inside if (name := _outermost(path, packages)))


def _outermost(path: str, packages: set[str]) -> str | None:
    folders = path.split("/")[:-1]
    for depth in range(1, len(folders) + 1):
        if "/".join(folders[:depth]) in packages:
            return ".".join(folders[:depth])
    stem, dot, suffix = path.rpartition("/")[2].partition(".")
    if not dot or not suffix.endswith(("py", "pyc", "so")):
        return None
    name = ".".join([*folders, stem])
    return name if all(map(str.isidentifier, name.split("."))) else None


def _prefixes(module: str) -> Iterator[str]:
    """Yield `a.b.c`, `a.b` and `a` for `a.b.c`."""
    while module:
        yield module
        module = module.rpartition(".")[0]


def _strength(provided: Provided) -> tuple[int, bool, bool, int]:
    # What is packed comes before built-ins on the path: psycopg2 before psycopg2-binary's.
    is_packed = not isinstance(provided.pin.candidate, BuiltIn)
    evidence = provided.because
    is_known = evidence != EQUAL_NAME
    return provided.import_name.count("."), is_known, is_packed, -_EVIDENCE.index(evidence)
