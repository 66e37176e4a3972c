"""What of the code of vendored copies fails as one runtime loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.imports import meet, survey
from audit.lacking import lacking
from audit.loading import loading
from audit.report import Met
from audit.source.terms import ANY, LOADING

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.failing import Failing
    from audit.finder import Surroundings
    from audit.imports import Imports, Survey, Use
    from audit.lacking import Asked, Lack
    from audit.loading import Loading
    from audit.model import Project


class Packed(NamedTuple):
    """The files of vendored copies as one runtime loads them, and what it has not for them."""

    loading: Loading
    """Where no handler is known: as they are loaded if all own files are."""
    modules: tuple[Use, ...] = ()
    """Imports of modules of the standard library that it does not have."""
    members: tuple[Lack, ...] = ()
    """Uses of members and arguments of the standard library that it does not have."""


class Scanned(NamedTuple):
    """What is the same for every runtime."""

    project: Project
    imports: Survey


def scan(project: Project, around: Surroundings) -> Scanned | None:
    """Prepare the files of vendored copies; None where a project may load none."""
    if not project.packed:
        return None
    return Scanned(project, survey(project.root, project.packed, around))


def packed(scanned: Scanned, asked: Asked, imports: Imports, failing: Failing) -> Packed | None:
    """Return what of vendored copies fails on a runtime where `imports` are the project's own.

    None where no file is loaded at all.
    """
    project, surveyed = scanned
    runtime, around, finder, live = asked
    met = meet(surveyed, finder, runtime, live, failing)
    modules = (*imports.modules, *met.modules)
    files = frozenset(source.path for source in project.sources)
    found = loading(project, around.own, runtime, modules, failing, otherwise=files)
    if found is None:
        return None
    is_set = _set_somewhere(project)
    lacks = lacking(project.root, project.packed, met.lacking, asked)
    return Packed(
        loading=found,
        modules=tuple(use for use in met.unmet if _is_of_library(use, around)),
        # What loads a submodule may be any file, and few of them were read.
        members=tuple(
            each
            for each in lacks
            if each.keyword != LOADING and not each.because and not is_set(each.member)
        ),
    )


def _is_of_library(use: Use, around: Surroundings) -> bool:
    """Whether an import is of what some standard library has; metadata tells of all others."""
    is_missing = use.answer.status is Met.MISSING
    return is_missing and around.library.is_anywhere(use.answer.module)


def _set_somewhere(project: Project) -> Callable[[str], bool]:
    """Tell whether some file may put a member there: `collections.Mapping = abc.Mapping`."""
    sources = (*project.sources, *project.packed)
    names = {each.name[1:] for source in sources for each in source.names if each.name[0] == "."}

    def is_set(member: str) -> bool:
        module, _, name = member.rpartition(".")
        return name in names or f"{module.rpartition('.')[2]}.{ANY}" in names

    return is_set
