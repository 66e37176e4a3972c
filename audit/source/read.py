"""What a file of Python 2 or 3 imports, when, and on what condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.code import Source
from audit.source.bindings import bindings
from audit.source.encoding import readable
from audit.source.lexer import imports
from audit.source.tokens import UndecidedError

if TYPE_CHECKING:
    from audit.code import Import
    from audit.model import Problem


def read_source(path: str, data: bytes) -> tuple[Source, tuple[Problem, ...]]:
    """Return what a file imports, and what of it could not be read.

    A problem stands beside the imports, never in their place: what Python itself refuses
    (its encoding, a null byte), and what neither the lexer nor a parser can make out.
    """
    code, problems = readable(path, data)
    found: tuple[Import, ...]
    try:
        found = imports(code)
    except UndecidedError:
        from audit.source.parse import parsed  # noqa: PLC0415  # loads parsers, for few files

        found, more = parsed(path, code)
        problems += more
    return Source(path=path, imports=found, bindings=bindings(code)), problems
