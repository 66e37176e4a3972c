"""What an expression stands for in the standard library, by its full name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from audit.source.members.scopes import Assigned, Imported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.source.members.around import Link
    from audit.source.members.scopes import Scope

_DEPTH = 12
"""How many steps an alias of an alias is followed."""


class Named(NamedTuple):
    """One thing that an expression may be."""

    name: str
    links: tuple[Link | None, ...] = ()
    """What is around the bindings that make it so."""
    is_instance: bool = False
    """It is what calling the name gives, or a display of that type."""
    is_unbound: bool = False
    """It starts with a name that the file binds nowhere: a built-in one, or none."""


def named(node: ast.expr, scope: Scope, depth: int = _DEPTH) -> tuple[Named, ...]:
    """Return all that an expression may be; nothing where one of them cannot be told."""
    match node:
        case ast.Name(id=name):
            return _bound(name, scope, depth) if depth else ()
        case ast.Attribute():
            return _attribute(node, scope, depth)
        case ast.Call(func=function):
            found = named(function, scope, depth - 1) if depth else ()
            return tuple(each._replace(is_instance=True) for each in found)
        case ast.Constant(value=value):
            return _constant(node, value)
        case _:
            kind = _DISPLAYS.get(type(node))
            return (Named(kind, is_instance=True),) if kind else ()


_DISPLAYS = {
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.List: "list",
    ast.ListComp: "list",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.Tuple: "tuple",
}


def _attribute(node: ast.Attribute, scope: Scope, depth: int) -> tuple[Named, ...]:
    parts = []
    owner: ast.expr = node
    while isinstance(owner, ast.Attribute):
        parts.append(owner.attr)
        owner = owner.value
    path = ".".join(reversed(parts))
    return tuple(
        each._replace(name=f"{each.name}.{path}", is_instance=False)
        for each in named(owner, scope, depth)
    )


def _constant(node: ast.Constant, value: object) -> tuple[Named, ...]:
    if isinstance(value, str) and node.kind == "u":
        return (Named("unicode", is_instance=True),)
    kind = type(value).__name__
    return (Named(kind, is_instance=True),) if kind in _CONSTANTS else ()


_CONSTANTS = frozenset({"bytes", "complex", "float", "int", "str"})


def _bound(name: str, scope: Scope, depth: int) -> tuple[Named, ...]:
    bindings = scope.find(name)
    if not bindings:
        return (Named(name, is_unbound=True),)
    imported = [each for each in bindings if isinstance(each, Imported)]
    others = [each for each in bindings if isinstance(each, Assigned)]
    if imported and all(isinstance(each.value, ast.Constant) for each in others):
        # `json = None` where the import failed takes nothing away from where it did not.
        return () if any(not each.name for each in imported) else tuple(_each(imported))
    if len(bindings) > 1 or imported:
        return ()
    only = others[0]
    if only.value is None:
        return ()
    found = named(only.value, only.scope, depth - 1)
    return tuple(each._replace(links=(*each.links, only.link)) for each in found)


def _each(imported: list[Imported]) -> Iterator[Named]:
    return (Named(each.name, (each.link,)) for each in imported)


def root(node: ast.expr) -> ast.expr:
    """Return what the attributes and calls of an expression start from."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def is_built_in(node: ast.expr, scope: Scope) -> bool:
    """Whether a name is bound nowhere in its file: it is built in, or in a star import."""
    return isinstance(node, ast.Name) and not scope.find(node.id)
