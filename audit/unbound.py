"""Names that own modules are asked for and do not bind on a runtime."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from audit.compiling import compiles
from audit.source.conditions import holds
from audit.source.terms import ANY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from audit.code import Condition, Definition, Source
    from audit.compiling import Rulings
    from audit.model import Project
    from audit.platform import Runtime


class OwnNames(NamedTuple):
    """What the own files of a project bind."""

    root: str
    by_path: Mapping[str, Source]
    bound: Mapping[str, Mapping[str, Sequence[Definition]]]
    """File -> name -> where it may be bound."""
    elsewhere: frozenset[str]
    """Attributes that some file sets in what may be any own module; `name.*` for all of one."""
    rulings: Rulings

    def lacks(self, path: str, name: str, runtime: Runtime) -> str:
        """Say why a file surely binds no such name on a runtime; empty where it may bind it."""
        if path not in self.by_path or name == ANY or _is_given(name):
            return ""
        if may_be_set(_last_name(path), name, self.elsewhere):
            return ""
        source = self.by_path[path]
        bound = self.bound[path]
        named = [*bound.get(name, ()), *bound.get(ANY, ())]
        failing = [_failing(each, source, runtime) for each in named]
        if None in failing or compiles(source, runtime, self.rulings) is not True:
            return ""
        at = posixpath.normpath(posixpath.join(self.root, path))
        told = dict.fromkeys(
            f"{_said(test)} (line {each.line})"
            for each, test in zip(named, failing, strict=True)
            if test is not None
        )
        only = f"only where {' or where '.join(told)}"
        return f"{at} binds {name} {only}" if told else f"{at} binds nothing called {name}"


def own_names(project: Project) -> OwnNames:
    """Put together what the files of a project bind."""
    return OwnNames(
        root=project.root,
        by_path={each.path: each for each in project.sources},
        bound={each.path: _by_name(each) for each in project.sources},
        elsewhere=set_elsewhere(project.sources),
        rulings=project.rulings,
    )


def set_elsewhere(sources: Iterable[Source]) -> frozenset[str]:
    """Return the attributes that files set in what may be any module; `name.*` for all of one."""
    bound = (each.name for source in sources for each in source.names)
    return frozenset(name[1:] for name in bound if name[0] == ".")


def may_be_set(module: str, name: str, elsewhere: Collection[str]) -> bool:
    """Whether a name may be among what files set in a module, known by its last name."""
    return name in elsewhere or f"{module}.{ANY}" in elsewhere


def _by_name(source: Source) -> dict[str, list[Definition]]:
    found: dict[str, list[Definition]] = {}
    for each in source.names:
        found.setdefault(each.name, []).append(each)
    return found


def _last_name(path: str) -> str:
    return path.removesuffix("/__init__.py").rpartition("/")[2].partition(".")[0]


def _is_given(name: str) -> bool:
    """Whether a module may have a name without binding it, such as `__file__`."""
    return name.startswith("__") and name.endswith("__")


def _failing(each: Definition, source: Source, runtime: Runtime) -> Condition | None:
    """Return the test that keeps a name from being bound; None where it may be bound."""
    for test in each.tests:
        value = holds(test.test, runtime, source.bindings)
        if value is not None and value is not test.holds:
            return test
    return None


def _said(test: Condition) -> str:
    return f"`{test.test}` {'holds' if test.holds else 'does not hold'}"
