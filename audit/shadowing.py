"""What happens where a release comes before the standard library: `data/shadowing.csv`.

The package folder and the layers are searched before the standard library, so a backport that
is packed hides the module of the same name. Real interpreters were asked what that does
(`tools/shadowing.py`).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

_HEADER = ["distribution", "versions", "python", "effect", "module", "told", "interpreter"]


class Effect(Enum):
    """What came of the imports that were tried, worst first."""

    SYNTAX = "syntax"
    """One of them is a syntax error."""
    BREAKS = "breaks"
    """One of them fails otherwise."""
    CHANGES = "changes"
    """They work, but the copy lacks some of what the standard library's module has."""
    HARMLESS = "harmless"
    """They work, and nothing is missing."""

    @property
    def fails(self) -> bool:
        """Whether an import fails."""
        return self in {Effect.SYNTAX, Effect.BREAKS}


class Fact(NamedTuple):
    """What some versions of a distribution do to the standard library of a Python."""

    distribution: NormalizedName
    versions: str
    """A PEP 440 specifier."""
    effect: Effect
    module: str
    """The module whose import fails, or that is hidden; empty where none is."""
    told: str
    """What was seen: `import re fails with ...`, `argparse lacks ...`."""
    interpreter: str
    """The one that was asked: `CPython 3.6.15`."""

    def is_about(self, version: Version) -> bool:
        """Whether it speaks of a version."""
        return SpecifierSet(self.versions).contains(version, prereleases=True)


class Shadowing(NamedTuple):
    """All that was measured."""

    facts: Mapping[tuple[NormalizedName, str], tuple[Fact, ...]] = {}
    """Distribution and Python, such as `3.6` -> its versions."""

    def of(self, name: NormalizedName, version: Version, python: str) -> Fact | None:
        """Return what a release does on a Python; None where that was not measured."""
        known = self.facts.get((name, python), ())
        return next((fact for fact in known if fact.is_about(version)), None)


UNMEASURED = Shadowing()
"""Nothing was."""


def read_shadowing(text: str, source: str) -> Shadowing:
    """Read the text of `data/shadowing.csv`; `source` names it in messages.

    Raises UsageError for a file of another form.
    """
    reader = csv.DictReader(text.splitlines())
    if reader.fieldnames != _HEADER:
        raise UsageError(f"{source}: expected the header {','.join(_HEADER)}")
    facts: dict[tuple[NormalizedName, str], list[Fact]] = defaultdict(list)
    effects = {effect.value: effect for effect in Effect}
    for record in reader:
        if None in record.values() or record["effect"] not in effects:
            raise UsageError(f"{source}:{reader.line_num}: expected 7 cells, and a known effect")
        fact = Fact(
            distribution=canonicalize_name(record["distribution"]),
            versions=record["versions"],
            effect=effects[record["effect"]],
            module=record["module"],
            told=record["told"],
            interpreter=record["interpreter"],
        )
        facts[fact.distribution, record["python"]].append(fact)
    return Shadowing({key: tuple(found) for key, found in facts.items()})
