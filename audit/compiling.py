"""Whether a runtime compiles a file, by what was read of it and by what an interpreter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.code import Construct, Ruling, Source, Span
    from audit.platform import Runtime

    Rulings = Mapping[str, Mapping[str, Ruling | None]]


def compiles(source: Source, runtime: Runtime, rulings: Rulings) -> bool | None:
    """Return whether a runtime compiles a file; None where that cannot be told.

    A real interpreter's word stands: `rulings` has it by Python and path, as `Project` does.
    """
    ruled = rulings.get(runtime.python, {})
    if source.path in ruled:
        return ruled[source.path] is None
    found = refused(source, runtime)
    if any(is_sure(each, runtime) for each in found):
        return False
    return None if found else True


def refused(source: Source, runtime: Runtime) -> list[Construct]:
    """Return what of a file a runtime does not compile, or may not, as it was read."""
    return [each for each in source.constructs if not _among(each.pythons, runtime)]


def is_sure(construct: Construct, runtime: Runtime) -> bool:
    """Whether a runtime surely refuses what it does not, or may not, compile."""
    return not _among(construct.unsure, runtime)


def _among(spans: Iterable[Span], runtime: Runtime) -> bool:
    return any(runtime.version in span for span in spans)
