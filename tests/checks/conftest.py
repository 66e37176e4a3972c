"""What the tests of checks share: a project in short words, audited for real."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from audit.assess import Platform, Policy, audit
from audit.model import Artefact, Declared, Entry, Location, Metadata, Problem, Project, Vendored
from audit.names import ImportNames, read_import_names
from audit.platform import Library, Matrix, Runtime
from audit.remedies import Remedies, read_remedies
from audit.report import Verdict
from audit.requirements import read_requirements
from audit.resolve.index import NoIndex
from audit.resolve.target import Preference
from audit.runtimes import read_runtimes, select
from audit.shadowing import Shadowing, read_shadowing
from audit.shipped import (
    IMPORT_NAMES,
    MEMBER_DIFFERENCES,
    RUNTIMES,
    STDLIB_DIFFERENCES,
    STDLIB_REMEDIES,
    data_text,
)
from audit.source.read import read_source
from audit.source.rules import Members, read_members
from audit.source.stdlib import StandardLibrary, read_differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.code import Source
    from audit.report import Finding, Report
    from audit.resolve.index import Index


@dataclass(frozen=True)
class Facts:
    """What is known without any project, read once for all tests."""

    runtimes: tuple[Runtime, ...]
    import_names: ImportNames
    library: StandardLibrary
    members: Members
    remedies: Remedies


@pytest.fixture(scope="session")
def facts() -> Facts:
    library = read_differences(data_text(STDLIB_DIFFERENCES))
    return Facts(
        runtimes=read_runtimes(data_text(RUNTIMES), RUNTIMES),
        import_names=read_import_names(data_text(IMPORT_NAMES), IMPORT_NAMES),
        library=library,
        members=read_members(data_text(MEMBER_DIFFERENCES), library),
        remedies=read_remedies(data_text(STDLIB_REMEDIES), STDLIB_REMEDIES),
    )


@dataclass(frozen=True)
class Case:
    """A project and the built-ins around it. Sources that a copy owns are its own.

    Built-ins are `"name version": (requirement, ...)`, or None for what it requires where that
    is not known. Vendored copies are `"name version": {field: value}`, see `_copy`.
    """

    requirements: str = ""
    constraints: str = ""
    built_ins: Mapping[str, Iterable[str] | None] = field(default_factory=dict)
    vendored: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    files: Iterable[str] = ()
    problems: tuple[Problem, ...] = ()
    root: str = "."
    entry: str | None = None
    entries: tuple[Entry, ...] = ()
    artefact: Artefact = Artefact.SOURCE
    preference: Preference = Preference.PREFER
    index: Index = field(default_factory=NoIndex)
    runtimes: Iterable[str] = ("3.6",)
    shadowing: str = ""
    """Rows of `data/shadowing.csv`, without its header."""

    def audited(self, facts: Facts) -> Report:
        runtimes = select(tuple(self.runtimes), facts.runtimes)
        libraries, metadata = self._built_ins(runtimes)
        platform = Platform(
            runtimes=runtimes,
            matrix=Matrix(
                source="test", runtimes=tuple(r.name for r in runtimes), libraries=libraries
            ),
            table_problems=(),
            metadata=metadata,
            import_names=facts.import_names,
            library=facts.library,
            index=self.index,
            shadowing=_shadowing(self.shadowing),
            members=facts.members,
            remedies=facts.remedies,
        )
        return audit(self._project(facts.members), platform, Policy(builtins=self.preference))

    def _built_ins(
        self, runtimes: Iterable[Runtime]
    ) -> tuple[tuple[Library, ...], dict[tuple[NormalizedName, str], Metadata]]:
        libraries: list[Library] = []
        metadata: dict[tuple[NormalizedName, str], Metadata] = {}
        having = [runtime.name for runtime in runtimes if runtime.has_built_ins]
        for text, requires in self.built_ins.items():
            name, version = text.split()
            versions = dict.fromkeys(having, Version(version))
            libraries.append(Library(name=name, versions=versions, at=Location("test.csv", 1)))
            if requires is not None:
                needs = Metadata(requires=tuple(map(Requirement, requires)))
                metadata.update({(canonicalize_name(name), runtime): needs for runtime in having})
        return tuple(libraries), metadata

    def _project(self, members: Members) -> Project:
        vendored = tuple(_copy(text, **fields) for text, fields in self.vendored.items())
        owned = {path for copy in vendored for path in copy.files}
        read = {path: _source(path, code, members) for path, code in self.sources.items()}
        return Project(
            root=self.root,
            declared_in=("requirements.txt",),
            declared=(
                *_lines("requirements.txt", self.requirements),
                *_lines("constraints.txt", self.constraints, constraint=True),
            ),
            sources=tuple(read[path] for path in self.sources if path not in owned),
            packed=tuple(read[path] for path in self.sources if path in owned),
            files=frozenset({*self.sources, *self.files, *owned}),
            vendored=vendored,
            artefact=self.artefact,
            entries=(*self.entries, *([Entry(self.entry)] if self.entry else [])),
            problems=self.problems,
        )


def _shadowing(rows: str) -> Shadowing:
    header = "distribution,versions,python,effect,module,told,interpreter\n"
    return read_shadowing(header + rows, "test.csv")


def _lines(path: str, text: str, *, constraint: bool = False) -> Iterator[Declared]:
    for statement in read_requirements(path, text.encode(), environ={}, constraint=constraint):
        assert isinstance(statement, Declared), statement
        yield statement


def _source(path: str, code: str, rules: Members) -> Source:
    source, problems = read_source(path, code.encode(), rules)
    assert not problems
    return source


def _copy(  # noqa: PLR0913  # one argument a fact of a copy
    text: str,
    *,
    requires: Iterable[str] = (),
    requires_python: str | None = None,
    tags: tuple[str, ...] = (),
    files: Iterable[str] | None = None,
    folder: str = "",
    is_hollow: bool = False,
    size: int | None = None,
) -> Vendored:
    name, version = text.split()
    module = f"{folder}{name.replace('-', '_')}/__init__.py"
    return Vendored(
        name=canonicalize_name(name),
        version=Version(version),
        metadata=Metadata(
            requires=tuple(map(Requirement, requires)), requires_python=requires_python
        ),
        at=Location(f"{folder}{name}-{version}.dist-info"),
        tags=tags,
        files=frozenset([module] if files is None else files),
        is_hollow=is_hollow,
        size=size,
    )


Told = list[tuple[str, str, str]]
"""Of each finding: severity, verdict, place and subject in one line; message; remedy."""


@pytest.fixture(scope="session")
def runtimes(facts: Facts) -> Mapping[str, Runtime]:
    """Return the shipped runtimes by their feature version."""
    return {runtime.python: runtime for runtime in facts.runtimes}


@pytest.fixture(scope="session")
def newest(facts: Facts) -> str:
    """Return the newest Python whose standard library is known."""
    return facts.library.versions_with("sys")[-1]


@pytest.fixture
def told(facts: Facts) -> Callable[..., Told]:
    """Audit a `Case` and return the findings of one code on the first runtime it names."""

    def tell(code: str, **fields: Any) -> Told:  # noqa: ANN401  # a Case's own
        case = Case(**fields)
        (name, *_) = case.runtimes
        (runtime,) = (r for r in case.audited(facts).runtimes if r.runtime.python == name)
        return [_told(finding) for finding in runtime.findings if finding.rule.code == code]

    return tell


@pytest.fixture
def verdict(facts: Facts) -> Callable[..., Verdict]:
    """Audit a `Case` and return the verdict on its only runtime."""

    def tell(**fields: Any) -> Verdict:  # noqa: ANN401  # a Case's own
        (runtime,) = Case(**fields).audited(facts).runtimes
        return runtime.verdict

    return tell


def _told(finding: Finding) -> tuple[str, str, str]:
    subject = finding.module or finding.package
    head = f"{finding.severity.value} {finding.verdict.value} {finding.at or '-'} {subject or '-'}"
    return head, finding.message, finding.remedy


_PYENV = Path.home() / ".pyenv" / "versions"
_PYTHONS = {
    "2.7": ("2.7.13", "cp27mu"),
    "3.6": ("3.6.1", "cp36m"),
    "3.7": ("3.7.2", "cp37m"),
    "3.9": ("3.9.10", "cp39"),
    "3.10": ("3.10.4", "cp310"),
}


@pytest.fixture(scope="session")
def pip() -> Callable[..., str]:
    """Return the maker of pip commands as they are to be pasted, for a feature version.

    `alone` is for a pin whose own needs are packed by commands of their own.
    """

    def command(
        requirement: str, python: str = "3.6", target: str = ".", *, alone: bool = False
    ) -> str:
        version, abi = _PYTHONS[python]
        no_deps, ignore = ("--no-deps ", "--ignore-requires-python ") if alone else ("", "")
        return (
            f"pip install {no_deps}--target {target} {ignore}--only-binary=:all: "
            f"--implementation cp --python-version {version} --abi {abi} "
            f"--platform manylinux2014_x86_64 '{requirement}'"
        )

    return command


# Runs under Python 2.7 to 3.10: which of the projects fail when their handler is called.
_RUN = r"""
from __future__ import print_function
import json, os, shutil, sys, tempfile
answer, sys.stdout = sys.stdout, open(os.devnull, "w")
sys.dont_write_bytecode = True
failed = {}
for name, files in json.loads(sys.stdin.read()).items():
    folder = tempfile.mkdtemp()
    for path, code in files.items():
        with open(os.path.join(folder, path), "wb") as handle:
            handle.write(code.encode("utf-8"))
    sys.path.insert(0, folder)
    before = set(sys.modules)
    try:
        __import__("index").main_handler({}, None)
    except BaseException as error:
        failed[name] = repr(error)
    sys.path.remove(folder)
    for module in set(sys.modules) - before:
        del sys.modules[module]
    getattr(sys, "path_importer_cache").clear()
    shutil.rmtree(folder)
json.dump(failed, answer)
"""

Misjudged = Callable[..., dict[str, tuple[str, str | None]]]


@pytest.fixture
def misjudged(verdict: Callable[..., Verdict]) -> Misjudged:
    """Load projects, by name, in a real interpreter, and call their handlers.

    Those are returned that fail and are not blocked, or run and are not ready: with the verdict,
    and how they fail. Skips the test where there is no interpreter of that feature version.
    """

    def wrong(
        python: str,
        projects: Mapping[str, Mapping[str, str]],
        **fields: Any,  # noqa: ANN401  # a Case's own
    ) -> dict[str, tuple[str, str | None]]:
        found = sorted(_PYENV.glob(f"{python}.*/bin/python"))
        if not found:
            pytest.skip(f"no Python {python}")
        done = subprocess.run(
            [found[0], "-W", "ignore", "-c", _RUN],
            input=json.dumps(projects),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        failed: dict[str, str] = json.loads(done.stdout)
        said = {
            name: verdict(sources=files, entry="index.main_handler", runtimes=(python,), **fields)
            for name, files in projects.items()
        }
        return {
            name: (each.value, failed.get(name))
            for name, each in said.items()
            if each is not (Verdict.BLOCKED if name in failed else Verdict.READY)
        }

    return wrong
