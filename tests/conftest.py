"""What all tests share: which of them run here, and the program to run in-process."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pytest
from hypothesis import settings
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from audit.model import Metadata
from audit.pages import Contents, File, Page, Row, Trait
from audit.resolve.index import NoIndex, Unasked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from audit.pins import Release
    from tools.ours import Ours
    from tools.replay import Replay

# How long an example takes depends on what else the machine does; and who changes a line must not
# fail for another's. The search for new counterexamples is `--hypothesis-profile=search`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--network",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="run the tests that ask the package index too (default: only where CI is set)",
    )


def pytest_configure() -> None:
    # Which interpreters a machine has must not decide what a test sees.
    os.environ["SCF_AUDIT_PYTHON"] = "none"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--network"):
        return
    skipped = pytest.mark.skip(reason="asks the package index: give --network")
    for item in items:
        if "network" in item.keywords:
            item.add_marker(skipped)


class Ran(NamedTuple):
    """What the program said and ended with."""

    code: int
    out: str
    err: str


class Program(Protocol):
    """The program as a function of its arguments, the folder it runs in and its environment."""

    def __call__(
        self, *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> Ran: ...


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    """Run `scf-audit` in this process, with streams of its own and an empty environment.

    No test asks an index or reads a user's cache unless it says `--online` and `--cache-dir`.
    """
    monkeypatch.setenv("SCF_AUDIT_OFFLINE", "1")
    monkeypatch.setenv("SCF_AUDIT_NO_CACHE", "1")
    from audit.cli import main  # noqa: PLC0415  # coverage has to be measuring by then

    def run(
        *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> Ran:
        if cwd is not None:
            monkeypatch.chdir(cwd)
        out, err = io.StringIO(), io.StringIO()
        code = main(arguments, stdout=out, stderr=err, environ=environ or {})
        return Ran(code, out.getvalue(), err.getvalue())

    return run


class Shelved(NamedTuple):
    """The one file of a release on a shelf; a pure wheel unless told otherwise."""

    metadata: Metadata
    tags: str = "py2.py3-none-any"
    """Empty for an sdist."""
    size: int | None = 1
    is_yanked: bool = False
    contents: Contents | None = None
    """None where it cannot be read."""


@dataclass(frozen=True)
class Shelf(NoIndex):
    """An index in memory: names it was not given were not asked for."""

    reason: str = "no index was asked"
    stock: Mapping[NormalizedName, Mapping[str, Shelved]] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    """The names of the files that were asked for what they install."""

    def page(self, name: NormalizedName) -> Page | Unasked:
        if name not in self.stock:
            return Unasked(self.reason)
        stock = self.stock[name]
        versions = sorted(stock, key=Version, reverse=True)
        return Page(
            name=name,
            rows=tuple(Row(version, place) for place, version in enumerate(versions)),
            signatures=tuple(
                (Trait(stock[each].tags, is_yanked=stock[each].is_yanked),) for each in versions
            ),
        )

    def files(self, name: NormalizedName, version: str) -> tuple[File, ...]:
        shelved = self.stock[name][version]
        suffix = f"-{shelved.tags}.whl" if shelved.tags else ".tar.gz"
        file = f"{name}-{version}{suffix}"
        return (File(name=file, url=f"https://index.invalid/{file}", size=shelved.size),)

    def metadata(self, release: Release) -> Metadata | Unasked:
        return self.stock[release.name][str(release.version)].metadata

    def contents(self, release: Release) -> Contents | Unasked:
        self.opened.append(release.file.name)
        contents = self.stock[release.name][str(release.version)].contents
        return Unasked(f"{release.file.name} is broken") if contents is None else contents


@pytest.fixture(scope="session")
def shelf() -> Callable[..., Shelf]:
    """Return the maker of an index in memory: name -> version -> what that release requires.

    `files` says more of a file: `"name version"` -> fields of `Shelved` and of its metadata;
    `names` are those that it installs, `unpacked` bytes large.
    """

    def make(
        stock: Mapping[str, Mapping[str, Iterable[str]]],
        files: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Shelf:
        return Shelf(
            stock={
                canonicalize_name(name): {
                    str(Version(version)): _shelved(
                        requires, **(files or {}).get(f"{name} {version}", {})
                    )
                    for version, requires in releases.items()
                }
                for name, releases in stock.items()
            }
        )

    return make


@pytest.fixture(scope="session")
def replayed() -> Iterator[Replay]:
    """Return an index on loopback that replays the recorded one."""
    from tools.replay import Replay  # noqa: PLC0415  # reads the recording, 0.2 s

    with Replay() as index:
        yield index


@pytest.fixture(scope="session")
def ours(replayed: Replay) -> Iterator[Ours]:
    """Return what resolves over the replayed index; it asks for each page once in a run."""
    from tools.ours import Ours  # noqa: PLC0415  # coverage has to be measuring by then

    with Ours(replayed.url) as resolving:
        yield resolving


def _shelved(
    requires: Iterable[str],
    *,
    names: Iterable[str] | None = None,
    shared: Iterable[str] = (),
    python_3: str = "",
    unpacked: int = 1,
    **fields: Any,  # noqa: ANN401  # those of two values
) -> Shelved:
    metadata = Metadata(requires=tuple(map(Requirement, requires)))
    said = {key: fields.pop(key) for key in [*fields] if key in Metadata._fields}
    contents = None if names is None else Contents(tuple(names), unpacked, tuple(shared), python_3)
    return Shelved(metadata._replace(**said), contents=contents, **fields)
