"""What interpreters say of files, asked once for each content."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from audit.code import Ruling
from audit.interpreters.answers import Refusal, SilentError, Unsure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.index.cache.store import Cache
    from audit.interpreters.known import Interpreter
    from audit.interpreters.session import Session

_SCHEMA = 1
"""Goes up whenever what an interpreter is asked changes."""
_LONGEST = 120.0
"""Seconds for all questions of a run."""
_MOST_SILENCES = 5
"""Files that an interpreter may die of; it is not asked about the rest."""
_MOST_KEPT = 16
"""Interpreters whose word on one content is kept, the last that were asked."""


class Silence(NamedTuple):
    """An interpreter that gave no answer on a file, or from there on."""

    interpreter: Interpreter
    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.interpreter} gave no answer on {self.file}: {self.reason}"


class Asked(NamedTuple):
    """What came of asking."""

    rulings: Mapping[str, Mapping[str, Ruling | None]]
    """Feature version -> path -> what is wrong with the file, None where it compiles."""
    silences: tuple[Silence, ...] = ()


_Answer = Refusal | None


class _Content(NamedTuple):
    """What one or several files hold."""

    path: str
    """The first of them."""
    data: bytes
    said: dict[str, _Answer]
    """By the identity of an interpreter."""


def rulings(
    interpreters: Sequence[Interpreter],
    files: Iterable[tuple[str, bytes]],
    environ: Mapping[str, str],
    cache: Cache,
) -> Asked:
    """Ask interpreters, each about every file, what they do not compile.

    What was answered of a content is not asked again, and where nothing is left to ask nothing
    is started. A file on which an interpreter stays silent has no ruling of that one.
    """
    contents: dict[str, _Content] = {}
    places: dict[str, str] = {}
    for path, data in files:
        key = places[path] = f"{_SCHEMA} {sha256(data).hexdigest()}"
        if key not in contents:
            said = _remembered(cache, key)
            is_known = all(each.identity in said for each in interpreters)
            contents[key] = _Content(path, b"" if is_known else data, said)
    silences = _ask(interpreters, contents, environ, cache)
    return Asked(
        {
            each.python: {
                path: _ruling(contents[key].said[each.identity], each)
                for path, key in places.items()
                if each.identity in contents[key].said
            }
            for each in interpreters
        },
        silences,
    )


def _ruling(answer: _Answer, interpreter: Interpreter) -> Ruling | None:
    return answer and Ruling(answer.message, answer.line, str(interpreter))


def _ask(
    interpreters: Sequence[Interpreter],
    contents: Mapping[str, _Content],
    environ: Mapping[str, str],
    cache: Cache,
) -> tuple[Silence, ...]:
    """Add to the contents what is not known of them, and remember it."""
    unknown = {
        each: [key for key in contents if each.identity not in contents[key].said]
        for each in interpreters
    }
    asked = [each for each in interpreters if unknown[each]]
    if not asked:
        return ()
    # 10 ms for whoever knows all answers.
    from audit.interpreters.session import Session  # noqa: PLC0415
    from audit.interpreters.together import together  # noqa: PLC0415

    def work(session: Session, place: int) -> _Heard:
        keys = unknown[asked[place]]
        return _heard(session, asked[place], {key: contents[key] for key in keys})

    sessions = [Session(each.path, each.python, environ) for each in asked]
    heard = together(work, sessions, _LONGEST)
    for interpreter, (answers, _) in zip(asked, heard, strict=True):
        for key, answer in answers.items():
            contents[key].said[interpreter.identity] = answer
    for key in dict.fromkeys(key for answers, _ in heard for key in answers):
        _remember(cache, key, contents[key].said)
    return tuple(silence for _, silences in heard for silence in silences)


class _Heard(NamedTuple):
    """What one interpreter said."""

    answers: Mapping[str, _Answer]
    """By key of the content; none for what it cannot tell."""
    silences: Sequence[Silence]


def _heard(session: Session, interpreter: Interpreter, contents: Mapping[str, _Content]) -> _Heard:
    answers: dict[str, _Answer] = {}
    silences: list[Silence] = []
    for key, content in contents.items():
        try:
            answer = session.ask(content.data)
        except SilentError as error:
            silences.append(Silence(interpreter, content.path, str(error)))
            if len(silences) == _MOST_SILENCES:
                break
        else:
            if not isinstance(answer, Unsure):
                answers[key] = answer
    return _Heard(answers, silences)


def _remembered(cache: Cache, key: str) -> dict[str, _Answer]:
    entry = cache.get("ruling", key)
    if entry is None or not entry.fresh_until:
        return {}
    try:
        said = json.loads(entry.value)
        return {each: said[each] and _refusal(*said[each]) for each in said}
    except (ValueError, TypeError):
        return {}


def _refusal(message: str, line: int | None) -> Refusal:
    return Refusal(str(message), None if line is None else int(line))


def _remember(cache: Cache, key: str, said: Mapping[str, _Answer]) -> None:
    kept = dict(list(said.items())[-_MOST_KEPT:])
    cache.put("ruling", key, json.dumps(kept).encode("ascii"))
