"""The project as the user has it: requirements, sources, vendored copies; the edge that reads.

Reading starts at a TARGET and never runs, installs, fetches or unpacks anything.
"""

from __future__ import annotations

import posixpath
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import InputError
from audit.model import DEFAULT_HANDLER, Artefact, Problem, Project, Vendored
from audit.project.configuration import find_deployment
from audit.project.declared import PYPROJECT, read_declarations
from audit.project.entries import Deployment, entries_of
from audit.project.ignored import ignored_by
from audit.project.packed import read_packed
from audit.project.reading import read_sources
from audit.project.sources import contents, ignored_in, modules, placed, source_paths
from audit.project.targets import open_targets
from audit.project.vendored import find_vendored
from audit.resolve import MOST_NAMES
from audit.source.rules import NO_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from audit.code import Ruling, Source
    from audit.model import Declared
    from audit.project.kept import Kept
    from audit.project.targets import Targets
    from audit.project.tree import Tree
    from audit.project.walk import Listing
    from audit.source.rules import Members

    Rulings = Mapping[str, Mapping[str, Ruling | None]]

__all__ = ["DEFAULT_HANDLER", "Deployment", "read_deployment", "read_project"]


def read_deployment(
    targets: Sequence[str], *, source: str | None = None, exclude: Sequence[str] = ()
) -> Deployment:
    """Read the configuration that deploys what TARGETs lead to, and nothing else.

    Raises as `read_project` does.
    """
    left_out = ignored_by({"": "\n".join(exclude)})
    opened = open_targets(targets, source, left_out)
    return find_deployment(opened.tree, left_out, is_package=opened.is_package)


def _nobody(_files: Iterable[tuple[str, bytes]]) -> Rulings:
    return {}


def read_project(  # noqa: PLR0913 - the options of the command line
    targets: Sequence[str],
    *,
    environ: Mapping[str, str],
    source: str | None = None,
    scan_imports: bool = True,
    exclude: Sequence[str] = (),
    groups: Sequence[str] = (),
    handler: str | None = None,
    ask: Callable[[Iterable[tuple[str, bytes]]], Rulings] = _nobody,
    kept: Kept | None = None,
    members: Members = NO_MEMBERS,
) -> Project:
    """Read what TARGETs lead to; several are one project, rooted in the folder of the first.

    A folder contributes its requirements.txt, its pyproject.toml and its sources, a file of
    requirements its folder's sources, a deployment zip the same as a folder; `-` is standard
    input. `source` is another folder to take as the root of imports. `exclude` holds patterns
    as in `.gitignore`, relative to the root: such files are taken for absent. `groups` names
    extras and dependency groups of a pyproject.toml. `environ` fills `${NAME}` in requirements.
    `ask` puts path and content of every source before real interpreters. `kept` has what
    earlier runs read of sources. `members` is what of the standard library to look for in them.

    Raises UsageError for a TARGET that does not exist or cannot be one, InputError for one
    that cannot be read. What cannot be read beyond that is among the project's problems.
    """
    left_out = ignored_by({"": "\n".join(exclude)})
    opened = open_targets(targets, source, left_out)
    deployment = find_deployment(opened.tree, left_out, is_package=opened.is_package)
    requirements = _requirements(opened, deployment, targets)
    said = read_declarations(requirements, opened.disk, environ=environ, groups=tuple(groups))
    _refuse_too_many(said.declared)
    listing = opened.tree.listing()
    listing = listing._replace(files=tuple(x for x in listing.files if not left_out(x)))
    roots = _import_roots(listing, deployment)
    found = find_vendored(opened.tree, listing.files, roots)
    vendored = tuple(each for each in found if isinstance(each, Vendored))
    unsure = (each for each in found if isinstance(each, Problem))
    reading = _Reading(opened.tree, kept, members)
    sources, problems = _scan(reading, listing, vendored) if scan_imports else ((), ())
    files = modules(listing.files)
    packed, unread = read_packed(sources, vendored, (files, roots), reading.sources)
    entries, doubts = entries_of(handler, deployment, files, sources)
    problems = (*problems, *unread, *deployment.problems, *doubts)
    return Project(
        root=opened.tree.root,
        declared_in=said.files,
        declared=said.declared,
        options=said.options,
        supports=said.supports,
        sources=sources,
        packed=packed,
        files=files,
        import_roots=roots,
        vendored=vendored,
        artefact=Artefact.PACKAGE if opened.is_package else Artefact.SOURCE,
        entries=entries if scan_imports else (),
        deployed_on=deployment.deployed_on,
        problems=(*said.problems, *listing.problems, *placed(unsure, opened.tree.root), *problems),
        rulings=ask(contents(opened.tree, (*sources, *packed))),
    )


def _requirements(
    opened: Targets, deployment: Deployment, targets: Sequence[str]
) -> tuple[str, ...]:
    """Add to a folder's requirements those beside the code that is deployed from it."""
    root = opened.tree.root
    if opened.is_package or root not in map(posixpath.normpath, targets):
        return opened.requirements
    named = (posixpath.join(root, folder, "requirements.txt") for folder in deployment.folders)
    beside = (file for file in map(posixpath.normpath, named) if opened.disk.is_file(file))
    return tuple(dict.fromkeys((*opened.requirements, *beside)))


def _refuse_too_many(declared: Sequence[Declared]) -> None:
    names: set[str] = set()
    for line in declared:
        names.add(line.name)
        if len(names) > MOST_NAMES:
            raise InputError(f"{line.at}: more than {MOST_NAMES} distributions are asked for")


def _import_roots(listing: Listing, deployment: Deployment) -> tuple[str, ...]:
    folders = deployment.folders_in(modules(listing.files))
    if any(folders):
        return tuple(folder.rstrip("/") for folder in folders)
    # The src layout: what pyproject.toml installs is in src/, and src is no package itself.
    in_src = any(path.startswith("src/") for path in listing.files)
    is_layout = PYPROJECT in listing.files and "src/__init__.py" not in listing.files
    return ("", "src") if in_src and is_layout else ("",)


class _Reading(NamedTuple):
    """What sources are read from, and with."""

    tree: Tree
    kept: Kept | None
    members: Members

    def sources(self, paths: Sequence[str]) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
        return read_sources(self.tree, paths, partial(_read_anew, self.members), self.kept)


def _scan(
    reading: _Reading, listing: Listing, vendored: Sequence[Vendored]
) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    owned = {path for copy in vendored for path in copy.files}
    is_ignored, unread = ignored_in(reading.tree, listing)
    paths = source_paths(listing, owned, is_ignored)
    if not paths:
        return (), unread
    sources, problems = reading.sources(paths)
    return sources, unread + problems


def _read_anew(members: Members, path: str, data: bytes) -> tuple[Source, tuple[Problem, ...]]:
    # 60 ms, which a run that finds every source in the cache saves.
    from audit.source.read import read_source  # noqa: PLC0415

    return read_source(path, data, members)
