"""Requirements in every form that users write them: text in, statements out.

One module a format, each with `read(document)`; a new one is a new module and a line in
`FORMATS`. Nothing here opens a file: an `Include` is followed by the caller.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from audit.model import Include, Location, Problem, Statement
from audit.requirements.document import Document
from audit.requirements.encoding import decode
from audit.requirements.pip import read as read_pip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["FORMATS", "Format", "read_requirements", "resolve_include"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Format(NamedTuple):
    """A way to write requirements: which files are in it, and how it is read."""

    name: str
    applies: Callable[[str], bool]
    """Asked with the file's name, without folders."""
    read: Callable[[Document], tuple[Statement, ...]]


def _read_pyproject(document: Document) -> tuple[Statement, ...]:
    from audit.requirements.pyproject import read  # noqa: PLC0415 - Poetry's grammar, and TOML's

    return read(document)


FORMATS = (
    Format("pyproject.toml", lambda name: name == "pyproject.toml", _read_pyproject),
    Format("pip", lambda _: True, read_pip),  # last: any other name is pip's
)
"""In the order in which they are asked."""


def read_requirements(  # noqa: PLR0913 - each is a fact that only the caller knows
    path: str,
    data: bytes,
    *,
    environ: Mapping[str, str],
    constraint: bool = False,
    included_from: tuple[Location, ...] = (),
    groups: tuple[str, ...] = (),
) -> tuple[Statement, ...]:
    """Read the bytes of one file of requirements, in the order of its lines.

    `path` names it in messages and chooses the format. `constraint` is true for a `-c` file,
    `included_from` holds the lines that led to it. `groups` names the extras and dependency
    groups to read beside the dependencies proper, where the format has such. `environ` is
    what `${NAME}` is looked up in. Never raises for what is in the file.
    """
    text, problem = decode(data, path)
    document = Document(
        file=path,
        text=text,
        environ=environ,
        constraint=constraint,
        included_from=included_from,
        groups=groups,
    )
    name = posixpath.basename(path.replace("\\", "/"))
    chosen = next(form for form in FORMATS if form.applies(name))
    statements = chosen.read(document) if text else ()
    return statements if problem is None else (problem, *statements)


def resolve_include(include: Include) -> str | Problem:
    """Return the path that an include means, joined to the folder of the file that holds it.

    A URL is a problem: what pip would fetch is not part of the project.
    """
    path = include.path
    if path.lower().startswith("file:"):
        path = unquote(urlsplit(path).path)
    elif _SCHEME.match(path):
        return Problem(f"fetched from the network by pip, not read: {path}", include.at)
    folder = posixpath.dirname(include.at.file)
    return posixpath.normpath(posixpath.join(folder, path)) if path else folder or "."
