"""Named tuples as JSON and back, by the types that their fields declare.

A field or a class more needs no line here: its type is read from the class, and a type that has
no form here is refused as soon as the class is. What is read is checked against the types, so
that what someone else wrote does not become a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

_Step = Callable[[Any], Any]


class Members(NamedTuple):
    """How a tuple is written and read whose members have a type each.

    It becomes an array, without what has its default at the end.
    """

    shapes: frozenset[tuple[type, ...]]
    """The types of all members together, as JSON has them."""
    writes: tuple[tuple[int, _Step], ...]
    """What writes the member at a place, where JSON has it not as it is."""
    reads: tuple[tuple[int, _Step], ...]
    defaults: tuple[Any, ...]
    """Those of the last members."""
    make: _Step

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        """Return a value as JSON has it."""
        row = list(value)
        for default in reversed(self.defaults):
            if row[-1] != default:
                break
            row.pop()
        for place, write in self.writes:
            if place < len(row):
                row[place] = write(row[place])
        return row

    def read(self, row: list[Any]) -> Any:  # noqa: ANN401  # what `make` makes
        """Return the value; ValueError or TypeError for what `write` did not return."""
        if tuple(map(type, row)) not in self.shapes:
            raise ValueError("members of other types")
        for place, read in self.reads:
            if place < len(row):
                row[place] = read(row[place])
        return self.make(row)


def members_of(kind: Any) -> Members:  # noqa: ANN401  # a class, or what stands for a type
    """Return how a named tuple, or a tuple of so many members, is written and read.

    Raises TypeError where something that it holds has no form.
    """
    return _members(kind, {})


_FOR_TYPES_ALONE = {"Mapping": Mapping}
"""Names that modules import for their annotations, and that are not there at run time."""


def _members(kind: Any, known: dict[type, Members]) -> Members:  # noqa: ANN401  # as above
    if get_origin(kind) is tuple:
        return _together([_form(each, known) for each in get_args(kind)], (), tuple)
    if not hasattr(kind, "_fields"):
        raise TypeError(f"{kind} has no form")
    if kind not in known:
        hints = get_type_hints(kind, localns=_FOR_TYPES_ALONE)
        forms = [_form(hints[name], known) for name in kind._fields]
        # Called with what there is, it fills in the defaults, as `_make` does not.
        known[kind] = _together(forms, tuple(kind._field_defaults.values()), lambda row: kind(*row))
    return known[kind]


class _Form(NamedTuple):
    """How the values of one type are written and read."""

    types: tuple[type, ...]
    """What JSON has for them is of one of these."""
    write: _Step | None = None
    """None where JSON has the value itself."""
    read: _Step | None = None


def _together(forms: list[_Form], defaults: tuple[Any, ...], make: _Step) -> Members:
    lengths = range(len(forms) - len(defaults), len(forms) + 1)
    types = [form.types for form in forms]
    return Members(
        shapes=frozenset(shape for length in lengths for shape in product(*types[:length])),
        writes=tuple((place, form.write) for place, form in enumerate(forms) if form.write),
        reads=tuple((place, form.read) for place, form in enumerate(forms) if form.read),
        defaults=defaults,
        make=make,
    )


_PLAIN = frozenset({str, int, bool, NoneType})
_TEXTS = Mapping[str, str]


def _form(kind: Any, known: dict[type, Members]) -> _Form:  # noqa: ANN401  # as above
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    if _PLAIN.issuperset(kinds):
        return _Form(kinds)
    if len(kinds) > 1:
        return _one_of(kinds, known)
    if kind == _TEXTS:
        return _Form((dict,), dict, _texts)
    if get_args(kind)[1:] == (...,):
        return _row(_form(get_args(kind)[0], known))
    members = _members(kind, known)
    return _Form((list,), members.write, members.read)


def _texts(value: dict[str, Any]) -> dict[str, str]:
    if not all(type(each) is str for each in value.values()):
        raise ValueError("no object of strings")
    return value


def _row(member: _Form) -> _Form:
    """Return the form of a tuple of any length."""
    types, write_one, read_one = member
    known = frozenset(types)

    def write(values: tuple[Any, ...]) -> Any:  # noqa: ANN401  # an array
        return [write_one(each) for each in values] if write_one else values

    def read(row: list[Any]) -> tuple[Any, ...]:
        if not row:
            return ()
        if not known.issuperset(map(type, row)):
            raise ValueError("a member of another type")
        return tuple([read_one(each) for each in row] if read_one else row)

    return _Form((list,), write, read)


def _one_of(kinds: tuple[Any, ...], known: dict[type, Members]) -> _Form:
    """Return the form of named tuples of several classes: the number of its class comes last."""
    classes = [kind for kind in kinds if kind is not NoneType]
    forms = [_members(kind, known) for kind in classes]
    numbers = {get_origin(kind) or kind: number for number, kind in enumerate(classes)}
    if len(numbers) < len(classes):
        raise TypeError(f"{kinds} cannot be told apart")

    def write(value: Any) -> Any:  # noqa: ANN401  # an array, or null
        if value is None:
            return None
        number = numbers[type(value)]
        return [*forms[number].write(value), number]

    def read(row: list[Any] | None) -> Any:  # noqa: ANN401  # of one of the classes, or None
        if row is None:
            return None
        number = row.pop() if row else None
        if type(number) is not int or not 0 <= number < len(forms):
            raise ValueError("no class of that number")
        return forms[number].read(row)

    return _Form((list, NoneType) if NoneType in kinds else (list,), write, read)
