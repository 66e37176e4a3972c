"""Which members and arguments the standard library of a Python has, on Linux.

The rules are those of vermin, corrected and completed by what real interpreters were found to
have (`data/member_differences.json`, written by `tools/member_differences.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from audit.source.stdlib import StandardLibrary, nearest
from audit.source.submodules import Submodules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Version = tuple[int, int]
    Since = tuple[Version | None, Version | None]

_Key = TypeVar("_Key")
_HAS, _LACKS = "+", "-"
_NEWER = ("3.14", "3.15")
"""Pythons that vermin's rules know and nobody measured."""


class _Tables(NamedTuple):
    """The rules, by the member's full name."""

    since: Mapping[str, Since]
    since_keyword: Mapping[tuple[str, str], Since]
    measured: Mapping[str, str]
    """Member -> a sign for each measured Python."""
    measured_keyword: Mapping[tuple[str, str], str]


class Words(NamedTuple):
    """Last parts of the names that are worth a look: nothing else can be `interesting`."""

    members: frozenset[str]
    built_in: frozenset[str]
    """Names that are there without an import."""
    called: frozenset[str]
    """Functions of which some arguments by keyword are in question."""


@dataclass(frozen=True, kw_only=True)  # no slots: cached_property needs a __dict__
class Members:
    """The members of every standard library, asked by their full name: `os.path.relpath`.

    A built-in name stands for itself, a method for its class: `unicode`, `dict.has_key`. What
    is not known is None, and so is a member of a module that a Python does not have.
    A Python that was not measured is answered for by the nearest older one.
    """

    text: str
    """That of `data/member_differences.json`; read when first asked, as vermin is."""
    library: StandardLibrary
    _known: dict[tuple[str, str, str], bool | None] = field(
        default_factory=dict, repr=False, compare=False
    )

    def has(self, name: str, python: str) -> bool | None:
        """Tell whether a Python such as `3.6` has a member; None where that is not known."""
        return self._has(name, "", python)

    def has_keyword(self, name: str, keyword: str, python: str) -> bool | None:
        """Tell whether a function takes an argument by keyword; None where it is not there."""
        if self.has(name, python) is False:
            return None
        return self._has(name, keyword, python)

    def versions_with(self, name: str, keyword: str = "") -> tuple[str, ...]:
        """Return the measured Pythons that have a member or take an argument, oldest first."""
        return tuple(each for each in self.pythons if self._has(name, keyword, each))

    def versions_without(self, name: str, keyword: str = "") -> tuple[str, ...]:
        """Return the measured Pythons that have the module, but not that, oldest first."""
        return tuple(each for each in self.pythons if self._has(name, keyword, each) is False)

    def interesting(self, name: str, keyword: str = "") -> bool:
        """Tell whether some Python from 2.7 on has the module without it."""
        return any(self._has(name, keyword, python) is False for python in (*self.pythons, *_NEWER))

    @cached_property
    def pythons(self) -> tuple[str, ...]:
        """The Pythons that were measured, oldest first."""
        return tuple(self._document["measured"]) if self.text else ()

    @cached_property
    def words(self) -> Words:
        """What to look for in source before anything is looked up."""
        tables = self._tables
        members = {name for name, signs in tables.measured.items() if _LACKS in signs}
        members.update(_differing(tables.since))
        members.update(self.submodules.rows)
        called = {name for (name, _), signs in tables.measured_keyword.items() if _LACKS in signs}
        called.update(name for name, _ in _differing(tables.since_keyword))
        return Words(
            members=frozenset(name.rpartition(".")[2] for name in members if "." in name),
            built_in=frozenset(name for name in members if "." not in name),
            called=frozenset(name.rpartition(".")[2] for name in called),
        )

    @cached_property
    def submodules(self) -> Submodules:
        """What is known of those that not every Python has, or loads with their package."""
        return Submodules(self.pythons, self._document["submodules"] if self.text else {})

    def module_of(self, name: str) -> str:
        """Return the module that a member is in; empty for a built-in name or its method."""
        module = name.rpartition(".")[0]
        while module and not self.library.is_anywhere(module):
            module = module.rpartition(".")[0]
        return module

    def _has(self, name: str, keyword: str, python: str) -> bool | None:
        if not self.text:
            return None
        key = (name, keyword, python)
        if key not in self._known:
            module = self.module_of(name)
            is_there = not module or self.library.has(module, python)
            self._known[key] = self._looked_up(name, keyword, python) if is_there else None
        return self._known[key]

    def _looked_up(self, name: str, keyword: str, python: str) -> bool | None:
        tables = self._tables
        since = tables.since_keyword.get((name, keyword)) if keyword else tables.since.get(name)
        signs = (
            tables.measured_keyword.get((name, keyword)) if keyword else tables.measured.get(name)
        )
        major, minor = map(int, python.split(".")[:2])
        first = since and since[0 if major == 2 else 1]  # noqa: PLR2004 - Python's own number
        if signs is None or (first and first > self._newest >= (3,)):
            return None if since is None else first is not None and (major, minor) >= first
        sign = signs[self.pythons.index(nearest(python, self.pythons))]
        return True if sign == _HAS else False if sign == _LACKS else None

    @cached_property
    def _newest(self) -> Version:
        major, minor = map(int, self.pythons[-1].split("."))
        return major, minor

    @cached_property
    def _document(self) -> Mapping[str, Any]:
        import json  # noqa: PLC0415 - a start without members does without

        document: Mapping[str, Any] = json.loads(self.text)
        return document

    @cached_property
    def _tables(self) -> _Tables:
        # It takes 25 ms to load, for what few projects ask.
        from vermin import Config, rules  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types

        config = Config()
        return _Tables(
            since=rules.MOD_MEM_REQS(config),
            since_keyword=rules.KWARGS_REQS(config),
            measured=dict(_flat(self._document["members"])),
            measured_keyword={
                (name, keyword): signs
                for whole, signs in _flat(self._document["keywords"])
                for name, _, keyword in [whole[:-1].partition("(")]
            },
        )


def _flat(grouped: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for module, rows in grouped.items():
        prefix = f"{module}." if module else ""
        for signs, names in rows.items():
            for name in names.split():
                yield prefix + name, signs


def _differing(since: Mapping[_Key, Since]) -> Iterator[_Key]:
    """Yield what some Python from 2.7 on may lack; thousands share a few dozen versions."""
    telling = set(filter(_differs, set(since.values())))
    return (key for key, each in since.items() if each in telling)


def _differs(since: Since) -> bool:
    """Whether some Python from 2.7 on may lack what is there since then."""
    return since[0] is None or since[1] is None or since[0] > (2, 7) or since[1] > (3, 0)


def read_members(text: str, library: StandardLibrary) -> Members:
    """Return the members by the text of `data/member_differences.json`, a file of ours."""
    return Members(text=text, library=library)


NO_MEMBERS = Members(text="", library=StandardLibrary(measured=(), differences=()))
"""Knows nothing, and finds nothing."""
