"""Physical lines -> logical lines, exactly as pip's `req_file.preprocess` makes them.

Continuations are joined, then comments stripped, then environment variables expanded;
a logical line has the number of its first physical line. Held equal to pip by a test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_COMMENT = re.compile(r"(?:^|(?<=\s))#")
_CREDENTIALS = re.compile(r"(https?://)[^/@\s]+@", re.IGNORECASE)
_VARIABLE = re.compile(r"(?P<reference>\$\{(?P<name>[A-Z0-9_]+)\})")


class Line(NamedTuple):
    """One logical line; never empty."""

    number: int
    written: str
    """What may be shown: without the values of environment variables and without credentials."""
    text: str
    """What is to be read."""


def logical_lines(text: str, environ: Mapping[str, str]) -> Iterator[Line]:
    """Yield every line that says something."""
    for number, joined in _join(text.splitlines()):
        written = _without_comment(joined)
        if written:
            yield Line(number, redacted(written), _expand(written, environ))


def _join(physical: Iterable[str]) -> Iterator[tuple[int, str]]:
    first = 0
    parts: list[str] = []
    for number, line in enumerate(physical, start=1):
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            first = first if parts else number
            parts.append(line.strip("\\"))
        elif parts:
            # A comment ends a continuation; the blank keeps it recognisable as one.
            yield first, "".join([*parts, " " if comment else "", line])
            parts = []
        else:
            yield number, line
    if parts:
        yield first, "".join(parts)


def _without_comment(line: str) -> str:
    # pip's own pattern, `(^|\s+)#.*$`, takes quadratic time on long runs of blanks.
    if "#" in line and (comment := _COMMENT.search(line)):
        line = line[: comment.start()]
    return line.strip()


def redacted(line: str) -> str:
    """Return a line without the user and password of its URLs, fit for a report."""
    return _CREDENTIALS.sub(r"\1****@", line) if "@" in line else line


def _expand(line: str, environ: Mapping[str, str]) -> str:
    if "${" not in line:
        return line
    for reference, name in _VARIABLE.findall(line):
        if value := environ.get(name):
            line = line.replace(reference, value)
    return line
