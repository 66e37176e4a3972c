"""What to write or pack in place of what a standard library lacks: `data/stdlib_remedies.csv`."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import SpecifierSet

from audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = ["names", "pythons", "distribution", "code", "source"]
_SOURCE = "(sdist)"


class Remedy(NamedTuple):
    """One way out, on some Pythons."""

    pythons: str
    """Those on which it works and is needed, as a PEP 440 specifier."""
    distribution: str
    """The requirement to pack; empty where the code alone will do."""
    code: str
    """What to write in its place, a line break as ` / `; empty where the distribution will do."""
    source: str
    """How it is known."""
    is_source: bool = False
    """The distribution has no wheel: it is built from its source."""


class Remedies(NamedTuple):
    """All that is known, by the full name of a module or member, or `function(argument)`."""

    by_name: Mapping[str, tuple[Remedy, ...]]

    def of(self, name: str, python: str) -> Remedy | None:
        """Return what helps on a Python such as `3.6`; None where nothing is known."""
        for remedy in self.by_name.get(name, ()):
            if SpecifierSet(remedy.pythons).contains(python, prereleases=True):
                last = name.rpartition(".")[2]
                owner = name.rpartition(".")[0]
                return remedy._replace(
                    code=remedy.code.replace("{name}", last).replace("{whole}", owner)
                )
        return None


def read_remedies(text: str, source: str) -> Remedies:
    """Read the text of the file; raises UsageError where it is not of that form."""
    by_name: dict[str, list[Remedy]] = defaultdict(list)
    header, *rows = csv.reader(text.splitlines())
    if header != _HEADER:
        raise UsageError(f"{source}: expected the header {','.join(_HEADER)}")
    for number, row in enumerate(rows, 2):
        if len(row) != len(_HEADER) or not row[0] or not (row[2] or row[3]):
            raise UsageError(
                f"{source}:{number}: expected {len(_HEADER)} cells, names and what to do"
            )
        names, pythons, distribution, code, known = row
        for name in names.split():
            requirement, _, form = distribution.partition(" ")
            remedy = Remedy(pythons, requirement, code, known, form == _SOURCE)
            by_name[name].append(remedy)
    return Remedies({name: tuple(found) for name, found in by_name.items()})


NO_REMEDIES = Remedies({})
"""Nothing is known."""
