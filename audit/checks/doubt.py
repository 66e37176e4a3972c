"""Why loading the function may not run what fails, which findings share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from audit.checks.wording import listed
from audit.handler import entries_on
from audit.loading import Loaded
from audit.report import Verdict

if TYPE_CHECKING:
    from audit.assessment import Assessment
    from audit.model import Location


class Placed(Protocol):
    """Something in a file that fails when it runs."""

    @property
    def source(self) -> str:
        """The file, relative to the project root."""

    @property
    def at(self) -> Location:
        """Where it stands."""

    @property
    def function(self) -> str | None:
        """The function that must be called for it to run."""

    @property
    def certain(self) -> bool:
        """False under a test that cannot be decided."""

    @property
    def live(self) -> bool:
        """Whether the handler reaches the file, or no handler is known."""

    @property
    def is_import(self) -> bool:
        """Whether it fails with an ImportError."""


class Doubt(NamedTuple):
    """Why loading the function may not run it, and what its failure then means."""

    reason: str
    verdict: Verdict


def doubt(assessment: Assessment, placed: Placed) -> Doubt | None:
    """Return why something may not run when the function is loaded; None where it surely does."""
    if not placed.live:
        handlers = entries_on(assessment.project, assessment.runtime)
        named = listed([*dict.fromkeys(each.handler for each in handlers)], "or")
        return Doubt(f"{placed.at.file} is not loaded by {named}", Verdict.READY)
    if placed.function is not None and (placed.source, placed.function) not in assessment.called:
        return Doubt(f"it fails when {placed.function}() is called", Verdict.READY)
    loading = assessment.loading
    if placed.is_import and loading is not None and placed.source in loading.spared:
        reason = f"{placed.at.file} is loaded only in a `try` that goes on where its import fails"
        return Doubt(reason, Verdict.READY)
    if not placed.certain:
        return Doubt("it stands under a test that cannot be decided", Verdict.UNKNOWN)
    return None


def unloaded(assessment: Assessment, source: str, path: str) -> Doubt | None:
    """Return why loading the function may not load a file; None where it surely does.

    `source` is the file relative to the project root, `path` what the user calls it.
    """
    loading = assessment.loading
    if loading is None:
        return None
    if source in loading.survived:
        return Doubt("the `try` around its import goes on without it", Verdict.READY)
    match loading.of(source):
        case Loaded.SURELY:
            return None
        case Loaded.PERHAPS:
            return Doubt("it is loaded under a test that cannot be decided", Verdict.UNKNOWN)
        case Loaded.CALLED:
            reason = "only a function that is called, or an alternative not needed, loads it"
            return Doubt(reason, Verdict.READY)
        case Loaded.NEVER:
            return Doubt(f"{path} is not loaded by the handler", Verdict.READY)


def weight(unsure: Doubt | None) -> int:
    """Return how much a place weighs by the doubt about it, to find the one that weighs most."""
    return (unsure.verdict if unsure else Verdict.BLOCKED).rank
