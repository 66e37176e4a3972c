"""Whether a runtime compiles a file, by what was read of it and by what an interpreter says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.code import Ruling, Source, Span
    from audit.platform import Runtime

    Rulings = Mapping[str, Mapping[str, Ruling | None]]


def compiles(source: Source, runtime: Runtime, rulings: Rulings) -> bool | None:
    """Return whether a runtime compiles a file; None where that cannot be told.

    A real interpreter's word stands: `rulings` has it by Python and path, as `Project` does.
    """
    ruled = rulings.get(runtime.python, {})
    if source.path in ruled:
        return ruled[source.path] is None
    refused = [each for each in source.constructs if not _among(each.pythons, runtime)]
    if any(not _among(each.unsure, runtime) for each in refused):
        return False
    return None if refused else True


def _among(spans: Iterable[Span], runtime: Runtime) -> bool:
    return any(runtime.version in span for span in spans)
