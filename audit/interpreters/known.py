"""Which interpreter a program is: asked once, then remembered for as long as it is that file."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from math import inf
from time import time
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import UsageError
from audit.interpreters.answers import Greeting, SilentError
from audit.interpreters.found import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.index.cache.store import Cache
    from audit.interpreters.found import Named
    from audit.interpreters.session import Session

_LONGEST = 10.0
"""Seconds for all programs, which are asked at once, to say their version."""
_WHILE = 3600.0
"""Seconds for which a wrapper is believed to start what it started last, or to fail."""


class Interpreter(NamedTuple):
    """A CPython that can be asked."""

    path: str
    python: str
    """Its feature version, `3.6`."""
    full_version: str
    identity: str
    """Another one where the file at the path is, or what it starts as a wrapper."""
    is_given: bool
    """Whether the user named it, rather than PATH."""

    def __str__(self) -> str:
        return f"Python {self.full_version} ({self.path})"


class Useless(NamedTuple):
    """A program on PATH that is not what it is called."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


_Told = Greeting | str
"""What a program said, or why it said nothing."""


def known(
    programs: Sequence[Named], environ: Mapping[str, str], cache: Cache
) -> tuple[tuple[Interpreter, ...], tuple[Useless, ...]]:
    """Return the interpreters among programs, and what is wrong with the others.

    There is one of each feature version: the last that the user gave, else the first on PATH.
    Raises UsageError where something is wrong with one that the user gave.
    """
    found: dict[str, Interpreter] = {}
    useless: list[Useless] = []
    for program, told in zip(programs, _told(programs, environ, cache), strict=True):
        reason = _objection(program, told)
        if isinstance(told, Greeting) and not reason:
            if program.given or told.python not in found:
                found[told.python] = _interpreter(program, told)
        elif program.given:
            raise UsageError(f"--python {program.given}: {reason}")
        else:
            useless.append(Useless(program.path, reason))
    return tuple(found.values()), tuple(useless)


def _objection(program: Named, told: _Told) -> str:
    match told:
        case str():
            return told
        case Greeting(implementation="cpython"):
            if program.python in {None, told.python}:
                return ""
            return f"is Python {told.full_version}, not {program.python}"
        case Greeting():
            return f"is {told.implementation} {told.full_version}, not CPython"


def _interpreter(program: Named, told: Greeting) -> Interpreter:
    facts = (*stamp(program.path), *stamp(told.executable), told.full_version)
    identity = sha256("\0".join(facts).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Interpreter(
        path=program.path,
        python=told.python,
        full_version=told.full_version,
        identity=identity,
        is_given=bool(program.given),
    )


def _told(programs: Sequence[Named], environ: Mapping[str, str], cache: Cache) -> tuple[_Told, ...]:
    told = {program: _remembered(program, cache) for program in programs}
    asked = [program for program in told if told[program] is None]
    if asked:
        # 10 ms for whoever is known already.
        from audit.interpreters.session import Session  # noqa: PLC0415
        from audit.interpreters.together import together  # noqa: PLC0415

        sessions = [Session(each.path, each.python, environ) for each in asked]
        answers = together(_greeted, sessions, _LONGEST)
        for program, answer in zip(asked, answers, strict=True):
            told[program] = answer
            _remember(program, answer, cache)
    return tuple(told[program] or "" for program in programs)


def _greeted(session: Session, _place: int) -> _Told:
    try:
        return session.greet()
    except SilentError as error:
        return f"gives no version: {error}"


def _key(program: Named) -> str:
    return "\0".join((program.path, *stamp(program.path)))


def _remembered(program: Named, cache: Cache) -> _Told | None:
    entry = cache.get("interpreter", _key(program))
    if entry is None or entry.fresh_until <= time():
        return None
    try:
        told = json.loads(entry.value)
        if isinstance(told, str):  # the user may have mended what is named now
            return None if program.given else told
        return Greeting(*map(str, told))
    except (ValueError, TypeError):
        return None


def _remember(program: Named, told: _Told, cache: Cache) -> None:
    is_itself = isinstance(told, Greeting) and _is_same(program.path, told.executable)
    value = json.dumps(told).encode("ascii")
    cache.put("interpreter", _key(program), value, fresh_for=inf if is_itself else _WHILE)


def _is_same(path: str, executable: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(executable)
