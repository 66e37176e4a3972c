"""Which names a module binds once it is loaded, and which it sets in other modules."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from audit.code import Condition, Definition
from audit.source.members.around import Test
from audit.source.members.scopes import Imported
from audit.source.terms import ANY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.source.members.around import Around, Link
    from audit.source.members.scopes import Use
    from audit.source.members.walk import Walk


_ASKED = Condition("sys.version_info >= (3, 7)", holds=True)
"""Where Python asks a module's own `__getattr__` (PEP 562)."""


def bound(walk: Walk, around: Around) -> tuple[Definition, ...]:
    """Return the names that a file may bind at its top level, whatever they are bound to.

    One that is bound on some condition alone has a definition for each of those. A name that
    starts with a dot is of an attribute that the file sets in something that it imports, and
    `.name.*` of whatever it may set in a module whose last name that is.
    """
    found = list(_definitions(walk, around))
    if walk.has_star or ANY in walk.module.bindings or _opens(walk):
        found.append(_bare(ANY))
    elif "__getattr__" in walk.module.bindings:
        found.append(Definition(ANY, walk.getattr_line, None, (_ASKED,)))
    found += [_bare(f".{name}") for name in sorted({*_set_elsewhere(walk)})]
    return tuple(found)


def _definitions(walk: Walk, around: Around) -> Iterator[Definition]:
    for name in sorted(walk.globals - walk.module.bindings.keys()):
        yield _bare(name)
    for name, bindings in walk.module.bindings.items():
        tests = [()] if name in walk.globals else [_tests(each.link) for each in bindings]
        if not all(tests):
            yield _bare(name)
            continue
        for each in dict.fromkeys(tests):
            conditions = tuple(Condition(around.written(of.test), of.holds) for of in each)
            yield Definition(name, each[-1].test.lineno, None, conditions)


def _bare(name: str) -> Definition:
    return Definition(name, 1, None)


def _tests(link: Link | None) -> tuple[Test, ...]:
    """Return the tests around a binding, outermost first; what else is there may let it run."""
    found: list[Test] = []
    while link is not None:
        if isinstance(link.block, Test) and not link.block.is_early:
            found.append(link.block)
        link = link.outer
    return tuple(reversed(found))


def _opens(walk: Walk) -> bool:
    """Whether a file may bind names that no statement of it shows."""
    if "__path__" in walk.module.bindings:
        return True
    return any(_is_opener(use, walk) for use in walk.openers)


def _is_opener(use: Use, walk: Walk) -> bool:
    match use.node:
        case ast.Name(id="locals" | "vars"):
            return use.scope is walk.module
        case ast.Attribute(attr="modules", value=ast.Name(id=name)):
            return any(
                isinstance(each, Imported) and each.name in {"sys", ""}
                for each in use.scope.find(name)
            )
        case _:
            return True


def _set_elsewhere(walk: Walk) -> Iterator[str]:
    for use in walk.settings:
        match use.node:
            case ast.Attribute(attr=attribute, value=ast.Name(id=name)):
                for each in use.scope.find(name):
                    if isinstance(each, Imported):
                        last = each.name.rpartition(".")[2] or name
                        yield f"{last}.{ANY}" if attribute == ANY else attribute
            case ast.Subscript(slice=ast.Constant(value=str(module))):
                yield f"{module.rpartition('.')[2]}.{ANY}"
            case _:
                pass
