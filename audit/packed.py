"""What of the code of vendored copies fails as one runtime loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.imports import meet, survey
from audit.lacking import lacking
from audit.loading import loading
from audit.report import Met
from audit.source.terms import LOADING
from audit.unbound import may_be_set, set_elsewhere

if TYPE_CHECKING:
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
    modules: tuple[Use, ...]
    """Imports of modules of the standard library that it does not have."""
    members: tuple[Lack, ...]
    """Uses of members and arguments of the standard library that it does not have."""


class Scanned(NamedTuple):
    """What is the same for every runtime."""

    project: Project
    imports: Survey
    elsewhere: frozenset[str]
    """What some file sets in what may be any module: `collections.Mapping = abc.Mapping`."""


def scan(project: Project, around: Surroundings) -> Scanned | None:
    """Prepare the files of vendored copies; None where a project may load none."""
    if not project.packed:
        return None
    return Scanned(
        project=project,
        imports=survey(project.root, project.packed, around),
        elsewhere=set_elsewhere((*project.sources, *project.packed)),
    )


def packed(scanned: Scanned, asked: Asked, imports: Imports, failing: Failing) -> Packed | None:
    """Return what of vendored copies fails on a runtime where `imports` are the project's own.

    None where no file is loaded at all.
    """
    project, surveyed, elsewhere = scanned
    runtime, around, finder, live = asked
    met = meet(surveyed, finder, runtime, live, failing)
    modules = (*imports.modules, *met.modules)
    files = frozenset(source.path for source in project.sources)
    found = loading(project, around.own, runtime, modules, failing, otherwise=files)
    if found is None:
        return None
    lacks = lacking(project.root, project.packed, met.lacking, asked)
    return Packed(
        loading=found,
        modules=tuple(use for use in met.unmet if _is_of_library(use, around)),
        # What loads a submodule may be any file, and few of them were read.
        members=tuple(
            each
            for each in lacks
            if each.keyword != LOADING and not each.because and not _is_set(each, elsewhere)
        ),
    )


def _is_set(lack: Lack, elsewhere: frozenset[str]) -> bool:
    module, _, name = lack.member.rpartition(".")
    return may_be_set(module.rpartition(".")[2], name, elsewhere)


def _is_of_library(use: Use, around: Surroundings) -> bool:
    """Whether an import is of what some standard library has; metadata tells of all others."""
    is_missing = use.answer.status is Met.MISSING
    return is_missing and around.library.is_anywhere(use.answer.module)
