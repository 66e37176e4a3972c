"""What an index says of a distribution: releases and their files, the same for every runtime.

A page of numpy lists 3,000 files in two megabytes, of which a resolution reads a few. So a
page is kept in two halves: the releases, each with the number of its signature (what its
files are for, without names and hashes; hundreds of releases share one), and the files
themselves, which are asked for only where one is chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from packaging.utils import NormalizedName


class File(NamedTuple):
    """One file of a release, as an index lists it (PEP 503, PEP 691, PEP 700)."""

    name: str
    url: str
    """Absolute and without credentials; who fetches it adds those of its host."""
    size: int | None = None
    """Bytes; None where the index does not say."""
    hashes: tuple[str, ...] = ()
    """Each `algorithm:digest`, in lower case."""
    metadata: str | None = None
    """Of a `.metadata` file beside it (PEP 658, PEP 714): its `algorithm:digest`, or empty
    where it is announced without a hash; None where none is announced."""

    @property
    def kind(self) -> str:
        """`wheel` or `sdist`."""
        return "wheel" if self.name.endswith(".whl") else "sdist"

    @property
    def sha256(self) -> str | None:
        """The digest that pip and lock files name, or None where the index gives none."""
        digests = dict(each.split(":", 1) for each in self.hashes)
        return digests.get("sha256")


class Trait(NamedTuple):
    """What decides whether a file fits a runtime."""

    tags: str
    """A wheel's tags as its name has them, `cp36-cp36m-manylinux1_x86_64`; empty for an sdist."""
    requires_python: str | None = None
    is_yanked: bool = False


Signature = tuple[Trait, ...]
"""The traits of a release's files, in the order of its files."""


class Row(NamedTuple):
    """One release of a page."""

    version: str
    """Normalised (PEP 440)."""
    signature: int
    """Which of the page's signatures its files have."""


class Page(NamedTuple):
    """Everything that the indexes list of one distribution."""

    name: NormalizedName
    rows: tuple[Row, ...] = ()
    """Newest first, each version once; empty where no index has the distribution."""
    signatures: tuple[Signature, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Names of files whose version or tags cannot be told; nobody can choose them."""
    sources: tuple[str, ...] = ()
    """The indexes and folders that list it, as they may be shown: without credentials."""
    notes: tuple[str, ...] = ()
    """What the indexes say of it as a whole (PEP 792), such as `quarantined by its index: ...`,
    of which no file is offered."""


class Contents(NamedTuple):
    """What a distribution file holds, as far as its table of contents tells."""

    import_names: tuple[str, ...]
    """Packages and modules that it installs, dotted where a namespace is shared."""
    unpacked: int
    """Bytes that it takes once installed."""
    shared: tuple[str, ...] = ()
    """Namespaces into which it puts an `__init__.py`, dotted. Python 2 finds nothing in a folder
    that has none (PEP 420 came with 3.3)."""
    python_3: str = ""
    """A module of it that Python 2 cannot read, looked for where its classifiers name no Python 2
    and nothing else tells; empty where none was found."""
