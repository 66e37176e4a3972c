"""What the names of a file are bound to: modules, other things, or nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from audit.source.members.around import Link


class Imported(NamedTuple):
    """A name that an import binds."""

    name: str
    """The module or member in full; empty for a relative import."""
    link: Link | None
    """What is around the import."""


class Assigned(NamedTuple):
    """A name that is bound in another way."""

    value: ast.expr | None
    """What it is assigned to; None where that is not one expression."""
    scope: Scope
    link: Link | None


Binding = Imported | Assigned


class Scope:
    """A module, class, function or comprehension, with what its names are bound to."""

    __slots__ = ("bindings", "elsewhere", "is_class", "is_comprehension", "parent")

    def __init__(self, parent: Scope | None = None, *, is_class: bool = False) -> None:
        self.is_comprehension = False
        self.parent = parent
        self.is_class = is_class
        self.bindings: dict[str, list[Binding]] = {}
        self.elsewhere: set[str] = set()
        """Names that `global` and `nonlocal` declare."""

    def bind(self, name: str, binding: Binding) -> None:
        """Note what a name is bound to here, or where `global` says."""
        scope = self
        if name in self.elsewhere:
            scope = self.outermost
            binding = Assigned(None, scope, None)
        scope.bindings.setdefault(name, []).append(binding)

    @property
    def outermost(self) -> Scope:
        """The module."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> list[Binding]:
        """Return what a name is bound to where it is used; nothing for a built-in name."""
        for scope in self._visible():
            if name in scope.bindings:
                return scope.bindings[name]
        return []

    def _visible(self) -> Iterator[Scope]:
        yield self
        scope = self.parent
        while scope is not None:
            if not scope.is_class:
                yield scope
            scope = scope.parent


class Use(NamedTuple):
    """A name, attribute, call or subscript that may need what some Python lacks."""

    node: ast.expr
    scope: Scope
    link: Link | None
