"""What of the code of vendored copies fails as one runtime loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.imports import meet, survey
from audit.lacking import lacking
from audit.loading import loading
from audit.report import Met
from audit.source.terms import LOADING

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
    modules: tuple[Use, ...] = ()
    """Imports of modules that nothing meets."""
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
    lacks = lacking(project.root, project.packed, met.lacking, asked)
    return Packed(
        loading=found,
        modules=tuple(use for use in met.unmet if use.answer.status is Met.MISSING),
        # What loads a submodule may be any file, and few of them were read.
        members=tuple(each for each in lacks if each.keyword != LOADING and not each.because),
    )
