"""The runtimes to audit for where none is asked for: those that the project is deployed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.cli.tables import all_runtimes
from audit.model import Problem
from audit.project import read_deployment

if TYPE_CHECKING:
    from audit.cli.settings import Settings
    from audit.model import Deployed, Project


class Asked(NamedTuple):
    """What is audited for, and what is to be said about it."""

    runtimes: tuple[str, ...]
    """Empty for all."""
    notes: tuple[tuple[str, str], ...] = ()
    """Kind and message of each line for stderr."""


def asked_for(settings: Settings) -> Asked:
    """Return the runtimes that the user names, or else the deployment configuration.

    Raises UsageError and InputError for TARGETs that cannot be read, and for a file of runtimes.
    """
    if settings.runtime:
        return Asked(settings.runtime)
    found = read_deployment(
        settings.targets, source=settings.source, exclude=settings.exclude
    ).deployed_on
    if not found:
        return Asked(())
    known = _known(settings)
    named = {known[each.runtime.lower()]: each for each in found if each.runtime.lower() in known}
    notes = [_unresolved(each) for each in found if "${" in each.runtime]
    if named:
        places = ", ".join(str(each.at) for each in named.values())
        notes.append(
            ("note", f"audited for {', '.join(named)} ({places}); --runtime all for every runtime")
        )
    return Asked(tuple(named), () if settings.quiet else tuple(notes))


def unoffered(project: Project, settings: Settings) -> tuple[Problem, ...]:
    """Return a problem for each runtime that only the configuration names and nobody offers."""
    if settings.runtime:
        return ()
    known = _known(settings)
    return tuple(
        Problem(
            f"there is no runtime {each.runtime}, for which nothing was audited",
            each.at,
            f"name one that there is: --runtime {', '.join(known.values())}",
        )
        for each in project.deployed_on
        if each.runtime.lower() not in known and "${" not in each.runtime
    )


def _known(settings: Settings) -> dict[str, str]:
    return {runtime.name.lower(): runtime.name for runtime in all_runtimes(settings.runtimes)}


def _unresolved(deployed: Deployed) -> tuple[str, str]:
    message = f"{deployed.at}: runtime {deployed.runtime} is not known here, give --runtime"
    return "note", message
