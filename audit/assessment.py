"""What is known of one project on one runtime, before anyone judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.remedies import NO_REMEDIES, Remedies
from audit.shadowing import UNMEASURED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from audit.evidence import Evidence
    from audit.finder import Surroundings
    from audit.imports import Use
    from audit.lacking import Lack
    from audit.loading import Loading
    from audit.model import Project
    from audit.packed import Packed
    from audit.pins import BuiltIn, Demand, Resolution
    from audit.platform import Runtime
    from audit.report import ImportedModule, Package
    from audit.resolve.target import Preference
    from audit.shadowing import Shadowing
    from audit.suggestions import Suggestion


class Assessment(NamedTuple):
    """One runtime's facts, as every check sees them."""

    runtime: Runtime
    project: Project
    built_ins: Mapping[NormalizedName, BuiltIn]
    resolution: Resolution
    packages: tuple[Package, ...]
    unmet: tuple[Use, ...]
    """Every import that the runtime does not meet, or not surely."""
    around: Surroundings
    demands: Mapping[NormalizedName, tuple[Demand, ...]]
    """Name -> every demand in force on it."""
    preference: Preference
    resolves_on: Mapping[NormalizedName, tuple[str, ...]]
    """For each name in a conflict: the runtimes asked for on which neither it nor a line that
    its conflict rests on is in any."""
    evidence: Evidence
    suggestions: Mapping[str, Suggestion]
    """Missing module -> what would bring it, as far as that is known."""
    libraries: frozenset[NormalizedName] = frozenset()
    """The built-in table's names, of whichever runtime."""
    modules: tuple[ImportedModule, ...] = ()
    """Everything that is imported, with what meets it."""
    loading: Loading | None = None
    """Which own files are loaded when; None where no handler is known, or found."""
    runtimes: tuple[Runtime, ...] = ()
    """All that were asked for."""
    called: frozenset[tuple[str, str]] = frozenset()
    """File and name of every function that the platform calls as a handler."""
    lacking: tuple[Lack, ...] = ()
    """Every use of a member or argument that the standard library is there without."""
    packed: Packed | None = None
    """What of vendored copies fails as they are loaded; None where none is loaded."""
    remedies: Remedies = NO_REMEDIES
    """What to do without what a standard library lacks."""
    shadowing: Shadowing = UNMEASURED
    """What releases do that come before the standard library, as far as it was measured."""
