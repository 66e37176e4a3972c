"""What a project finds on a runtime as it stands, before and after a resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from audit.model import Vendored
from audit.packages import chosen
from audit.pins import BuiltIn, Demand, Pin
from audit.report import Met
from audit.resolve.target import Preference, misfit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from audit.imports import Imports
    from audit.model import Declared
    from audit.pins import Resolution
    from audit.resolve import Target


def present(target: Target) -> tuple[Pin, ...]:
    """Return a pin for everything that is there already, asked for or not."""
    built_ins = {} if target.preference is Preference.IGNORE else target.built_ins
    copies = {
        name: copy for name, copy in target.vendored.items() if misfit(copy, target.runtime) is None
    }
    # A vendored copy comes before the built-in on the path.
    candidates: dict[NormalizedName, BuiltIn | Vendored] = {**built_ins, **copies}
    return tuple(Pin(candidate=candidates[name], demands=()) for name in sorted(candidates))


def imported(
    imports: Imports, there: Sequence[Pin], active: Sequence[Declared]
) -> tuple[Demand, ...]:
    """Demand what is imported and present but declared nowhere, so that its needs are met too."""
    declared = {line.name for line in active if not line.constraint}
    used = {
        module.provider
        for module in imports.modules
        if module.status in {Met.BUILTIN, Met.VENDORED}
    }
    return tuple(
        Demand(requirement=Requirement(pin.candidate.name), asker=pin.candidate)
        for pin in there
        if pin.candidate.name in used - declared and isinstance(pin.candidate, BuiltIn | Vendored)
    )


def in_use(resolution: Resolution, there: Sequence[Pin]) -> tuple[Pin, ...]:
    """Lay the pins of a resolution over what is there."""
    pins = {pin.candidate.name: pin for pin in there}
    for pin in chosen(resolution):
        known = pins.get(pin.candidate.name)
        if known is None or known.candidate != pin.candidate:
            pins[pin.candidate.name] = pin
    return tuple(pins[name] for name in sorted(pins))
