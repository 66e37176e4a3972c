"""Decides for a runtime the tests around imports.

Only what is the same in every process of a runtime is known: its Python, Linux, and that
the platform imports the file. Everything else is None, neither true nor false.
"""

from __future__ import annotations

import ast
import operator
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from audit.source.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.platform import Runtime

_VERSION = re.compile(
    r"(?:(?<![\w.])|sys\.)(?:version_info|hexversion)\b"
    r"|\b(?:sys\.version|python_version(?:_tuple)?|PY[23]\d*)\b"
).search
_TYPING = re.compile(r"\b(?:TYPE_CHECKING|MYPY_CHECK_RUNNING)\b").search
_MAIN = re.compile(r"\b__name__\b.*\b__main__\b|\b__main__\b.*\b__name__\b").search
_WORDS = re.compile(r"[^\W\d]\w*").findall


def is_typing(test: str) -> bool:
    """Whether a test asks for a type checker."""
    return _TYPING(test) is not None


def is_version_test(test: str, bindings: Mapping[str, str]) -> bool:
    """Whether a test asks for the Python version, itself or by a name bound to that."""
    return _VERSION(test) is not None or not bindings.keys().isdisjoint(_WORDS(test))


def is_main(test: str) -> bool:
    """Whether a test asks if the file is run as a script."""
    return _MAIN(test) is not None


def holds(test: str, runtime: Runtime, bindings: Mapping[str, str]) -> bool | None:
    """Return what a test is on a runtime; None where that cannot be told.

    `bindings` are the names that its module binds to version tests, as `Source` has them.
    """
    if bindings and not bindings.keys().isdisjoint(_WORDS(test)):
        return _decided(test, _Scope(runtime.full_version, runtime.version, bindings))
    return _holds_anywhere(test, runtime.full_version, runtime.version)


@lru_cache(8192)  # a large project has the same few tests in thousands of files
def _holds_anywhere(test: str, full_version: str, version: tuple[int, int]) -> bool | None:
    return _decided(test, _Scope(full_version, version, {}))


def _decided(test: str, scope: _Scope) -> bool | None:
    try:
        value = _value(_parsed(test), scope)
    except RecursionError:
        return None
    return None if value is _UNKNOWN else bool(value)


class _Scope(NamedTuple):
    full_version: str
    version: tuple[int, int]
    bindings: Mapping[str, str]


_UNKNOWN = object()


@lru_cache(1024)
def _parsed(test: str) -> ast.expr | None:
    try:
        with quiet():
            return ast.parse(test.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _value(node: ast.expr | None, scope: _Scope) -> object:
    """Return what an expression is worth, or `_UNKNOWN`."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name() | ast.Attribute():
            return _named(node, scope)
        case ast.BoolOp():
            return _both_or_either(node, scope)
        case ast.Compare():
            return _compared(node, scope)
        case _:
            return _composed(node, scope)


def _composed(node: ast.expr | None, scope: _Scope) -> object:
    """Return what comes of the parts of an expression, once they are known."""
    value: object = _UNKNOWN
    match node:
        case ast.Subscript():
            value = _item(node, scope)
        case ast.Call():
            value = _called(node, scope)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            values = tuple(_value(part, scope) for part in parts)
            value = _UNKNOWN if _UNKNOWN in values else values
        case ast.UnaryOp(op=operation, operand=operand):
            value = _apply(_UNARY.get(type(operation)), _value(operand, scope))
        case _:
            pass
    return value


def _apply(function: Callable[..., object] | None, *operands: object) -> object:
    """Call a function on known operands; what it refuses is unknown."""
    if function is None or any(operand is _UNKNOWN for operand in operands):
        return _UNKNOWN
    try:
        return function(*operands)
    except (TypeError, ValueError, LookupError):
        return _UNKNOWN


_UNARY: Mapping[type[ast.unaryop], Callable[..., object]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[..., object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}


def _both_or_either(node: ast.BoolOp, scope: _Scope) -> object:
    """Decide `and` and `or` as far as one side decides them."""
    values = [_value(part, scope) for part in node.values]
    decisive = isinstance(node.op, ast.Or)
    if any(value is not _UNKNOWN and bool(value) is decisive for value in values):
        return decisive
    return _UNKNOWN if _UNKNOWN in values else not decisive


def _compared(node: ast.Compare, scope: _Scope) -> object:
    if ast.unparse(node) in _MAIN_TESTS:
        return isinstance(node.ops[0], ast.NotEq)
    operands = [_value(part, scope) for part in (node.left, *node.comparators)]
    steps = [
        _apply(_COMPARISONS[type(operation)], left, right)
        for operation, left, right in zip(node.ops, operands, operands[1:], strict=False)
    ]
    if any(step is not _UNKNOWN and not step for step in steps):
        return False
    return _UNKNOWN if _UNKNOWN in steps else True


_MAIN_TESTS = frozenset(
    f"{left} {sign} {right}"
    for sign in ("==", "!=")
    for left, right in (("__name__", "'__main__'"), ("'__main__'", "__name__"))
)


def _item(node: ast.Subscript, scope: _Scope) -> object:
    """Return what an index or a slice takes of a tuple or text."""
    index: object
    match node.slice:
        case ast.Slice(lower=lower, upper=upper, step=step):
            bounds = [_value(bound, scope) if bound else None for bound in (lower, upper, step)]
            index = _apply(slice, *bounds)
        case other:
            index = _value(other, scope)
    return _apply(operator.getitem, _value(node.value, scope), index)


def _called(node: ast.Call, scope: _Scope) -> object:
    if node.keywords:
        return _UNKNOWN
    arguments = [_value(argument, scope) for argument in node.args]
    match node.func:
        case ast.Name(id=("int" | "str" | "float" | "tuple" | "bool") as name):
            return _apply(_BUILTINS[name], *arguments)
        case ast.Name(id="hasattr") if ast.unparse(node) in _ALWAYS_THERE:
            return True
        case ast.Attribute(value=ast.Name(id="platform"), attr=name) if not arguments:
            return _PLATFORM[name](scope) if name in _PLATFORM else _UNKNOWN
        case ast.Attribute(
            value=owner, attr=("startswith" | "endswith" | "lower" | "split") as name
        ):
            text = _value(owner, scope)
            return _apply(getattr(text, name), *arguments) if isinstance(text, str) else _UNKNOWN
        case _:
            return _UNKNOWN


_ALWAYS_THERE = frozenset(
    f"hasattr(sys, '{name}')" for name in ("hexversion", "platform", "version", "version_info")
)
_BUILTINS: Mapping[str, Callable[..., object]] = {
    "int": int,
    "str": str,
    "float": float,
    "tuple": tuple,
    "bool": bool,
}
_PLATFORM: Mapping[str, Callable[[_Scope], object]] = {
    "system": lambda _: "Linux",
    "python_implementation": lambda _: "CPython",
    "python_version": lambda scope: scope.full_version,
    "python_version_tuple": lambda scope: tuple(scope.full_version.split(".")),
}


def _named(node: ast.Name | ast.Attribute, scope: _Scope) -> object:
    """Return what a name or a dotted name is worth."""
    if isinstance(node, ast.Name) and node.id in scope.bindings:
        bound = _parsed(scope.bindings[node.id])
        others = {name: test for name, test in scope.bindings.items() if name != node.id}
        return _value(bound, scope._replace(bindings=others))
    if isinstance(node, ast.Attribute) and node.attr in _FIELDS:
        info = _value(node.value, scope)
        return _apply(operator.getitem, info, _FIELDS[node.attr])
    full = ast.unparse(node)
    owner, _, name = full.rpartition(".")
    known = _KNOWN.get(full) or _KNOWN.get(name)
    # Other modules have a `version_info`, too: their own.
    if known and name in _OF_SYS and owner and not owner.endswith("sys"):
        return _UNKNOWN
    return known(scope) if known else _constant(name, scope)


_FIELDS = {"major": 0, "minor": 1, "micro": 2}


def _constant(name: str, scope: _Scope) -> object:
    """Return what `PY2`, `PY3` and six's `PY34` (3.4 or newer) say, wherever they come from."""
    match = _PY(name)
    if not match:
        return _UNKNOWN
    major, minor = int(match[1]), match[2]
    if not minor:
        return scope.version[0] == major
    return scope.version >= (3, int(minor)) if major == 3 else _UNKNOWN  # noqa: PLR2004


_PY = re.compile(r"PY([23])(\d*)").fullmatch


def _version_info(scope: _Scope) -> tuple[object, ...]:
    parts = [int(part) for part in scope.full_version.split(".")[:3]]
    return (*parts, *[0] * (3 - len(parts)), "final", 0)


def _hexversion(scope: _Scope) -> int:
    """Return the version as `sys.hexversion` has it: a byte each, and f0 for a final release."""
    major, minor, micro = scope.full_version.split(".")[:3]
    return int(major) << 24 | int(minor) << 16 | int(micro) << 8 | 0xF0


_KNOWN: Mapping[str, Callable[[_Scope], object]] = {
    "version_info": _version_info,
    "hexversion": _hexversion,
    "sys.version": lambda scope: f"{scope.full_version} (default)",
    "sys.platform": lambda scope: "linux2" if scope.version < (3, 3) else "linux",
    "os.name": lambda _: "posix",
    "TYPE_CHECKING": lambda _: False,
    "MYPY_CHECK_RUNNING": lambda _: False,  # pip's and packaging's own, and so vendored widely
}
_OF_SYS = frozenset({"version_info", "hexversion"})
