"""The project as the user has it: requirements, sources, vendored copies; the edge that reads.

Reading starts at a TARGET and never runs, installs, fetches or unpacks anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.errors import InputError, UsageError
from audit.model import Artefact, Problem, Project, Vendored
from audit.project.declared import PYPROJECT, read_declarations
from audit.project.ignored import ignored_by
from audit.project.sources import ignored_in, modules, placed, read_sources, source_paths
from audit.project.targets import open_targets
from audit.project.vendored import find_vendored
from audit.resolve import MOST_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.code import Source
    from audit.model import Declared
    from audit.project.tree import Tree
    from audit.project.walk import Listing

__all__ = ["DEFAULT_HANDLER", "read_project"]

DEFAULT_HANDLER = "index.main_handler"
"""What the platform calls unless told otherwise."""


def read_project(  # noqa: PLR0913 - the options of the command line
    targets: Sequence[str],
    *,
    environ: Mapping[str, str],
    source: str | None = None,
    scan_imports: bool = True,
    exclude: Sequence[str] = (),
    groups: Sequence[str] = (),
    handler: str | None = None,
) -> Project:
    """Read what TARGETs lead to; several are one project, rooted in the folder of the first.

    A folder contributes its requirements.txt, its pyproject.toml and its sources, a file of
    requirements its folder's sources, a deployment zip the same as a folder; `-` is standard
    input. `source` is another folder to take as the root of imports. `exclude` holds patterns
    as in `.gitignore`, relative to the root: such files are taken for absent. `groups` names
    extras and dependency groups of a pyproject.toml. `environ` fills `${NAME}` in requirements.

    Raises UsageError for a TARGET that does not exist or cannot be one, InputError for one
    that cannot be read. What cannot be read beyond that is among the project's problems.
    """
    left_out = ignored_by({"": "\n".join(exclude)})
    opened = open_targets(targets, source, left_out)
    said = read_declarations(
        opened.requirements, opened.disk, environ=environ, groups=tuple(groups)
    )
    _refuse_too_many(said.declared)
    listing = opened.tree.listing()
    listing = listing._replace(files=tuple(x for x in listing.files if not left_out(x)))
    roots = _import_roots(listing)
    found = find_vendored(opened.tree, listing.files, roots)
    vendored = tuple(each for each in found if isinstance(each, Vendored))
    unsure = (each for each in found if isinstance(each, Problem))
    sources, problems = _scan(opened.tree, listing, vendored) if scan_imports else ((), ())
    return Project(
        root=opened.tree.root,
        declared_in=said.files,
        declared=said.declared,
        options=said.options,
        supports=said.supports,
        sources=sources,
        files=modules(listing.files),
        import_roots=roots,
        vendored=vendored,
        artefact=Artefact.PACKAGE if opened.is_package else Artefact.SOURCE,
        entry=_entry(handler, listing),
        problems=(*said.problems, *listing.problems, *placed(unsure, opened.tree.root), *problems),
    )


def _entry(handler: str | None, listing: Listing) -> str | None:
    if handler is None:
        return DEFAULT_HANDLER if "index.py" in listing.files else None
    module, _, function = handler.rpartition(".")
    if not module or not function:
        raise UsageError(f"handler {handler!r}: expected MODULE.FUNCTION, as in {DEFAULT_HANDLER}")
    stem = module.replace(".", "/")
    if not {f"{stem}.py", f"{stem}/__init__.py"} & set(listing.files):
        raise UsageError(f"handler {handler!r}: there is no {stem}.py at the root of the project")
    return handler


def _refuse_too_many(declared: Sequence[Declared]) -> None:
    names: set[str] = set()
    for line in declared:
        names.add(line.name)
        if len(names) > MOST_NAMES:
            raise InputError(f"{line.at}: more than {MOST_NAMES} distributions are asked for")


def _import_roots(listing: Listing) -> tuple[str, ...]:
    # The src layout: what pyproject.toml installs is in src/, and src is no package itself.
    in_src = any(path.startswith("src/") for path in listing.files)
    is_layout = PYPROJECT in listing.files and "src/__init__.py" not in listing.files
    return ("", "src") if in_src and is_layout else ("",)


def _scan(
    tree: Tree, listing: Listing, vendored: Sequence[Vendored]
) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
    owned = {path for copy in vendored for path in copy.files}
    is_ignored, unread = ignored_in(tree, listing)
    paths = source_paths(listing, owned, is_ignored)
    if not paths:
        return (), unread
    from audit.source.read import read_source  # noqa: PLC0415 - 15 ms that requirements alone save

    sources, problems = read_sources(tree, paths, read_source)
    return sources, unread + problems
