"""What is known of one project on one runtime, before anyone judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from audit.finder import Surroundings
    from audit.imports import Use
    from audit.model import Project, Runtime
    from audit.pins import BuiltIn, Demand, Resolution
    from audit.report import Package
    from audit.resolve.universe import Preference


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
    """For each name in a conflict: the runtimes asked for on which it is in none."""
