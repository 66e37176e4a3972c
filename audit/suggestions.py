"""What to add to the requirements for an import that nothing meets, at a version that fits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from audit.evidence import may_be_packed
from audit.model import Declared, Location
from audit.packages import chosen
from audit.pages import Contents
from audit.pins import Conflicted, Demand, Release
from audit.report import Met
from audit.resolve import resolve
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from audit.finder import Surroundings
    from audit.imports import Imports
    from audit.pins import Resolution
    from audit.resolve import Target
    from audit.resolve.index import Index

_MOST = 20
"""Missing modules that are looked up; a project with more was not read as it runs."""


class Suggestion(NamedTuple):
    """A distribution that would bring a missing module."""

    name: NormalizedName
    release: Release | None
    """The newest that fits the runtime and all requirements, or else the runtime alone; None
    where none fits the runtime."""
    agrees: bool = True
    """Whether it goes with everything else that is required."""
    is_guess: bool = False
    """Only its name and its files speak for it: anyone may have registered that."""


class Wanted(NamedTuple):
    """What a project asks for on one runtime already."""

    target: Target
    declared: Sequence[Declared]
    imported: Sequence[Demand]


def suggest(
    imports: Imports, around: Surroundings, wanted: Wanted, resolution: Resolution
) -> Mapping[str, Suggestion]:
    """Return what would bring each missing module, of those for which something is known.

    A distribution that the table of import names does not know is suggested only where its
    own files hold the module.
    """
    known = {module: around.names.suggest(module) for module in _missing(imports, around)[:_MOST]}
    named = _listed(known, wanted.target.index, _decided(resolution))
    if not named:
        return {}
    picked = _picked(frozenset(named.values()), wanted)
    suggested = {
        module: picked[name]._replace(is_guess=known[module] is None)
        for module, name in named.items()
    }
    return _confirmed(suggested, around, wanted.target.index)


def _missing(imports: Imports, around: Surroundings) -> list[str]:
    answers = (use.answer for use in imports.unmet if use.answer.status is Met.MISSING)
    modules = {each.module for each in answers if not each.provider and not each.because}
    return sorted(each for each in modules if may_be_packed(each, around))


def _decided(resolution: Resolution) -> frozenset[NormalizedName]:
    """Return the names that are spoken for: what they bring is known, or a conflict."""
    clashes = resolution.clashes if isinstance(resolution, Conflicted) else ()
    pinned = {pin.candidate.name for pin in chosen(resolution)}
    return frozenset({*pinned, *(clash.name for clash in clashes)})


def _listed(
    known: Mapping[str, NormalizedName | None],
    index: Index,
    decided: Collection[NormalizedName],
) -> dict[str, NormalizedName]:
    """Return the distribution to look at for each module, of those that an index has."""
    likely = {
        module: [each for each in ([name] if name else _equal(module)) if each not in decided]
        for module, name in known.items()
    }
    index.expect({name for names in likely.values() for name in names})
    pages = {name: index.page(name) for names in likely.values() for name in names}
    there = {n for n, page in pages.items() if not isinstance(page, Unasked) and page.rows}
    first = {m: next((n for n in names if n in there), None) for m, names in likely.items()}
    return {module: name for module, name in first.items() if name is not None}


def _equal(module: str) -> list[NormalizedName]:
    """Return the names of distributions that are equal to a module's, or to a part's around it."""
    parts = module.split(".")
    return [canonicalize_name("-".join(parts[:count])) for count in range(len(parts), 0, -1)]


def _picked(names: frozenset[NormalizedName], wanted: Wanted) -> dict[NormalizedName, Suggestion]:
    """Resolve anew with what is suggested; what does not go with the rest, by itself."""
    target = _without(names, wanted.target)
    together = resolve(target, wanted.declared, imported=[*wanted.imported, *_demands(names)])
    found = _releases(names, together)
    for name in names - found.keys():
        alone = _releases([name], resolve(target, (), imported=_demands([name])))
        found[name] = alone.get(name, Suggestion(name, None))._replace(agrees=False)
    return found


def _without(names: Collection[NormalizedName], target: Target) -> Target:
    """Leave out what is there under these names: it does not hold what is missing."""
    return replace(
        target,
        built_ins={name: each for name, each in target.built_ins.items() if name not in names},
        vendored={name: each for name, each in target.vendored.items() if name not in names},
    )


def _releases(
    names: Collection[NormalizedName], resolution: Resolution
) -> dict[NormalizedName, Suggestion]:
    candidates = (pin.candidate for pin in chosen(resolution))
    return {
        each.name: Suggestion(each.name, each)
        for each in candidates
        if isinstance(each, Release) and each.name in names
    }


def _demands(names: Iterable[NormalizedName]) -> list[Demand]:
    return [
        Demand(requirement, Declared(requirement, name, Location("")))
        for name in sorted(names)
        for requirement in [Requirement(name)]
    ]


def _confirmed(
    suggested: Mapping[str, Suggestion], around: Surroundings, index: Index
) -> dict[str, Suggestion]:
    """Leave out what does not hold the module, as far as its files tell."""
    releases = [each.release for each in suggested.values() if each.release is not None]
    index.expect_contents(releases)
    opened = {release: index.contents(release) for release in releases}
    return {
        module: each
        for module, each in suggested.items()
        if _holds(opened.get(each.release) if each.release else None, module, each, around)
    }


def _holds(
    contents: Contents | Unasked | None, module: str, each: Suggestion, around: Surroundings
) -> bool:
    if not isinstance(contents, Contents) or not contents.import_names:
        return not each.is_guess
    if any(_is_within(module, name) for name in contents.import_names):
        return True
    # The platform's own copy may be imported by a name that no release has: SCF204 tells.
    rows = around.names.rows(module)
    return bool(rows) and all(row.provider == "built-in" for row in rows)


def _is_within(module: str, name: str) -> bool:
    return f"{module}.".startswith(f"{name}.") or f"{name}.".startswith(f"{module}.")
