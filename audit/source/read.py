"""What a file of Python 2 or 3 is, for every runtime: read once, and kept by its content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.code import Source
from audit.source import syntax
from audit.source.bindings import bindings
from audit.source.definitions import UNREAD, definitions
from audit.source.encoding import readable
from audit.source.endings import endings
from audit.source.lexer import imports
from audit.source.members import Seen, look
from audit.source.rules import NO_MEMBERS
from audit.source.tokens import UndecidedError

if TYPE_CHECKING:
    from audit.model import Problem
    from audit.source.rules import Members


def read_source(
    path: str, data: bytes, rules: Members = NO_MEMBERS
) -> tuple[Source, tuple[Problem, ...]]:
    """Return what a file imports, uses and defines, which Pythons compile it, and what is unread.

    What Pythons refuse of it is among its constructs, whether that is in its bytes or its
    grammar; imports are read all the same. A problem is where they could not be.
    """
    code, _ = readable(path, data)
    read = syntax.read(data, code)
    bound = bindings(code)
    problems: tuple[Problem, ...] = ()
    try:
        found = imports(code, bound)
    except UndecidedError:
        from audit.source.parse import parsed  # noqa: PLC0415 - for few files

        found, problems = parsed(path, code, read.tree, bound)
    seen = Seen((), UNREAD) if read.tree is None else look(read.tree, rules)
    source = Source(
        path=path,
        imports=found,
        bindings=bound,
        constructs=read.constructs,
        members=seen.members,
        definitions=UNREAD if read.tree is None else definitions(read.tree, code),
        names=seen.names,
        endings=() if read.tree is None else endings(read.tree, code, bound),
        extends_path=_EXTENDS_PATH(code) is not None,
    )
    return source, problems


_EXTENDS_PATH = re.compile(rb"\bsys\.path\b|\baddsitedir\b|\bfrom sys import [^\n]*\bpath\b").search
