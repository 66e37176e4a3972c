"""SCF402: own modules that are called like one of the standard library or of a distribution."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from audit.checks.wording import called
from audit.model import Location, Vendored
from audit.packages import chosen
from audit.report import Finding, Met, Rule, Severity
from audit.source.local import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.assessment import Assessment
    from audit.names import ImportNames
    from audit.pins import Candidate
    from audit.report import ImportedModule

RULE = Rule(
    code="SCF402",
    name="own module shadows",
    severity=Severity.WARNING,
    explanation="""\
A module of the project is called like one of the standard library (`queue.py`, `random.py`), or
like one of a distribution that the project uses (`requests.py`, `docker.py`). The package folder
comes first on the path, so whatever imports that name gets the own module: libraries too, which
know nothing of it and fail in odd places. A few modules of the standard library are part of the
interpreter (`time`): of those the own one is never found.

It is a warning, since nothing else may need the hidden one. On Python 3 a folder without
`__init__.py` hides nothing.

Rename the module. A library that was copied into the project by hand is best packed with its
`*.dist-info` folder, which tells what it is.
""",
)

_NEVER_FOUND = frozenset({"builtins", "errno", "gc", "marshal", "posix", "pwd", "sys"})
"""Modules compiled into the interpreter: measured for CPython 2.7, 3.6, 3.7, 3.9 and 3.10."""
_NEVER_FOUND_ON_3 = _NEVER_FOUND | {"atexit", "faulthandler", "itertools", "time"}
_OFTEN_OWN = frozenset(
    {"doc", "docs", "example", "examples", "scripts", "setup", "test", "tests", "tools"}
)
"""Folders that many projects have, and some distributions install by mistake."""


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each own module that hides another, once."""
    hidden, imported = _provided(assessment), _first_imports(assessment)
    library, runtime = assessment.around.library, assessment.runtime
    for name in sorted(_outermost(assessment) - _OFTEN_OWN):
        in_library = library.has(name, runtime.python)
        if not in_library and name not in hidden:
            continue
        found = assessment.around.own.local.find(name, version=runtime.version)
        if isinstance(found, Found) and _is_own(assessment, found):
            shadowed = None if in_library else hidden[name]
            yield _finding(assessment, name, found, shadowed, imported.get(name))


def _outermost(assessment: Assessment) -> set[str]:
    local = assessment.around.own.local
    below = (
        stem.removeprefix(root)
        for root in local.roots
        for stem in local.stems
        if stem.startswith(root)
    )
    return {name for name in below if "/" not in name}


def _is_own(assessment: Assessment, found: Found) -> bool:
    return not found.namespace and found.path not in assessment.around.owners


def _provided(assessment: Assessment) -> Mapping[str, Candidate]:
    """Return the outermost names that distributions in use provide, as far as they are known."""
    names = assessment.around.names
    used: list[Candidate] = [pin.candidate for pin in chosen(assessment.resolution)]
    own = {each.module.partition(".")[0] for each in _own_imports(assessment.modules)}
    provided: dict[str, Candidate] = {}
    for built_in in assessment.built_ins.values():
        found = _names(names, built_in)
        provided.update(dict.fromkeys(found & own, built_in))
    for candidate in used:
        if not isinstance(candidate, Vendored):
            provided.update(dict.fromkeys(_names(names, candidate), candidate))
    return provided


def _names(names: ImportNames, candidate: Candidate) -> set[str]:
    """Return the outermost names of a candidate; its own where nothing tells them."""
    known = [name for name, _ in names.names_of(candidate)]
    return {name.partition(".")[0] for name in known or [candidate.name.replace("-", "_")]}


def _own_imports(modules: Iterable[ImportedModule]) -> Iterator[ImportedModule]:
    return (each for each in modules if each.status is Met.LOCAL)


def _first_imports(assessment: Assessment) -> dict[str, Location]:
    """Return where each outermost name that an own module meets is imported first."""
    sites: dict[str, list[Location]] = {}
    for each in _own_imports(assessment.modules):
        found = sites.setdefault(each.module.partition(".")[0], [])
        found += (site.at for site in each.sites)
    return {name: min(found) for name, found in sites.items() if found}


def _finding(
    assessment: Assessment,
    name: str,
    found: Found,
    candidate: Candidate | None,
    site: Location | None,
) -> Finding:
    runtime = assessment.runtime
    at = posixpath.normpath(posixpath.join(assessment.project.root, found.path))
    whose = (
        f"{name} of the standard library" if candidate is None else f"that of {called(candidate)}"
    )
    never = _NEVER_FOUND if runtime.version < (3,) else _NEVER_FOUND_ON_3
    if name in never:
        message = f"own module {name} is never found: {runtime.name} has {name} built in"
    else:
        message = f"own module {name} comes before {whose} on the path of {runtime.name}"
        if site is not None:
            message += f"; the import at {site} gets the own one"
    return Finding(
        rule=RULE,
        severity=RULE.severity,
        message=message,
        remedy=f"rename {at.removesuffix('/__init__.py')}",
        module=name,
        at=Location(at),
    )
