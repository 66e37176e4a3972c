"""pip's requirements format.

Plain lines are read with packaging, the rest with pip's own parser, but for local paths: pip
would look on the disk for them.
"""

from __future__ import annotations

import posixpath
import re
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement

from audit.model import Declared, Include, IndexOption, Problem, Statement
from audit.requirements import plain
from audit.requirements.archive import is_archive, pinned
from audit.requirements.document import shown
from audit.requirements.grammar import Parsed, hash_values, parse_options, parse_requirement
from audit.requirements.lines import logical_lines, redacted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from optparse import Values

    from audit.model import Location
    from audit.requirements.document import Document
    from audit.requirements.lines import Line

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ufffd]")
_OPTIONS = re.compile(r"(?:^| )-")
_EXTRAS = re.compile(r"(?P<path>.+?)\[(?P<extras>[^\[\]]*)\]")
_URL = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_LONGEST = 50_000  # pip's parser takes quadratic time; two hundred hashes are 16,000
# What pip's parser calls an option's value -> what the option is called.
_INDEX_OPTIONS = {
    "index_url": "index-url",
    "extra_index_urls": "extra-index-url",
    "no_index": "no-index",
    "find_links": "find-links",
    "pre": "pre",
    "prefer_binary": "prefer-binary",
    "require_hashes": "require-hashes",
    "no_require_hashes": "no-require-hashes",
    "trusted_hosts": "trusted-host",
    "features_enabled": "use-feature",
}
_CONTROLS = {
    "format_control": ("no_binary", "only_binary"),
    "release_control": ("all_releases", "only_final"),
}


def read(document: Document) -> tuple[Statement, ...]:
    """Read every line; one that pip refuses is a problem, and the next is read."""
    lines = logical_lines(document.text, document.environ)
    return tuple(chain.from_iterable(_statements(line, document) for line in lines))


def _statements(line: Line, document: Document) -> tuple[Statement, ...]:
    if len(line.text) > _LONGEST:
        message = f"too long for a requirement: {len(line.text)} characters"
        return (Problem(message, document.at(line.number)),)
    statement = plain.read_line(line, document)
    return (statement,) if statement is not None else read_line(line, document)


def read_line(line: Line, document: Document) -> tuple[Statement, ...]:
    """Read one line with pip's parser."""
    at = document.at(line.number)
    if _CONTROL.search(line.text):
        return (Problem(f"not text: {shown(line.written)}", at),)
    if line.text.startswith("-"):
        return _option_line(line, document)
    if (path := _local_path(line.text)) is not None:
        return _local_line(path, line, document)
    return _requirement_line(line, document)


def _option_line(line: Line, document: Document) -> tuple[Statement, ...]:
    at = document.at(line.number)
    try:
        options = parse_options(line.text)
    except ValueError as error:
        return (Problem(_reason(error, line), at),)
    if options.editables:
        return _editable_line(options.editables[0], line, document)
    # pip reads one file a line, and installs what a `-r` names even where a `-c` file says it.
    if options.requirements:
        return (Include(path=options.requirements[0], at=at),)
    if options.constraints:
        return (Include(path=options.constraints[0], at=at, constraint=True),)
    return tuple(_index_options(options, at))


def _editable_line(target: str, line: Line, document: Document) -> tuple[Statement, ...]:
    at = document.at(line.number)
    if _URL.match(target):
        return _requirement_line(line, document)
    if document.constraint:
        return (Problem("a constraint cannot be editable: write name==version", at),)
    return (_folder(target, at),)


def _index_options(options: Values, at: Location) -> Iterator[IndexOption]:
    for dest, name in _INDEX_OPTIONS.items():
        for value in _values(getattr(options, dest, None)):
            yield IndexOption(name=name, value=value, at=at)
    for dest, parts in _CONTROLS.items():
        control = getattr(options, dest, None)
        for part in parts:
            if names := getattr(control, part, None):
                value = ",".join(sorted(names))
                yield IndexOption(name=part.replace("_", "-"), value=value, at=at)


def _values(value: object) -> tuple[str, ...]:
    match value:
        case str():
            return (value,)
        case [*values]:
            return tuple(map(str, values))
        case True:
            return ("",)
        case _:
            return ()


def _local_path(text: str) -> str | None:
    """Return the path that a line starts with, where pip would look for a file or folder."""
    head = _arguments(text).partition(";")[0].strip()
    if _URL.match(head):
        return None
    if head.startswith((".", "/")):
        return head
    if "@" in head:  # `name @ URL`
        return None
    if is_archive(head) or ("/" in head and not set(head) & set("<>=!~ \t")):
        return head
    return None


def _arguments(text: str) -> str:
    return _OPTIONS.split(text, maxsplit=1)[0].strip()


def _local_line(path: str, line: Line, document: Document) -> tuple[Statement, ...]:
    at = document.at(line.number)
    arguments = _arguments(line.text)
    marker = arguments.partition(";")[2].strip()
    if is_archive(path):
        return (_archive(path, marker, line, document),)
    if document.constraint:
        return (Problem("a constraint needs a name: write name==version", at),)
    folder = _folder(path, at)
    if not marker:
        return (folder,)
    message = f"the marker of a local folder is not evaluated: {shown(line.written)}"
    return folder, Problem(message, at)


def _folder(target: str, at: Location) -> Include:
    if found := _EXTRAS.fullmatch(target):
        names = tuple(name.strip() for name in found["extras"].split(","))
        return Include(path=found["path"], at=at, extras=names)
    return Include(path=target, at=at)


def _archive(path: str, marker: str, line: Line, document: Document) -> Declared | Problem:
    at = document.at(line.number)
    found = _EXTRAS.fullmatch(path)
    extras = f"[{found['extras']}]" if found else ""
    try:
        options = parse_options(line.text)
        requirement = Requirement(pinned(found["path"] if found else path, extras, marker))
    except (ValueError, InvalidRequirement) as error:
        return Problem(_reason(error, line), at)
    declared = document.declare(
        requirement, _arguments(line.written), at, hashes=hash_values(options.hashes or {})
    )
    beside = posixpath.dirname(document.file)
    return _naming(declared, posixpath.join(beside, found["path"] if found else path))


def _naming(declared: Declared | Problem, file: str) -> Declared | Problem:
    return declared._replace(file=file) if isinstance(declared, Declared) else declared


def _requirement_line(line: Line, document: Document) -> tuple[Statement, ...]:
    at = document.at(line.number)
    try:
        parsed = parse_requirement(line.text)
    except ValueError as error:
        return _refused(_reason(error, line), line, document)
    if parsed.requirement is None:
        return (_unnamed(parsed, line, document),)
    try:
        requirement = Requirement(parsed.requirement)
    except InvalidRequirement:
        # pip 24.0 still takes versions that no later one does.
        fault = plain.why_refused(_arguments(line.text), _arguments(line.written))
        return (Problem(fault or "not a requirement", at),)
    text = line.written if parsed.editable else _arguments(line.written)
    return (
        document.declare(requirement, text, at, hashes=parsed.hashes, editable=parsed.editable),
    )


def _refused(reason: str, line: Line, document: Document) -> tuple[Statement, ...]:
    """Say what is wrong with a line; where only its options are, still read the requirement."""
    at = document.at(line.number)
    arguments, written = _arguments(line.text), _arguments(line.written)
    rest = plain.read_line(line._replace(text=arguments, written=written), document)
    if isinstance(rest, Declared):
        return Problem(reason, at), rest
    fault = plain.why_refused(arguments, written) if arguments and "://" not in arguments else None
    return (Problem(fault or reason, at),)


def _reason(error: Exception, line: Line) -> str:
    """Say what pip says, unless that may repeat the value of an environment variable."""
    if redacted(line.text) != line.written:
        return f"cannot be read: {shown(line.written)}"
    return redacted(str(error).partition("\n")[0])


def _unnamed(parsed: Parsed, line: Line, document: Document) -> Statement:
    """Name a URL by its file, as an index would; pip would build it to know."""
    at = document.at(line.number)
    url = urlsplit(parsed.url)
    if document.constraint:
        return Problem("a constraint needs a name: write name==version", at)
    if url.scheme == "file" and not is_archive(url.path):
        return _folder(parsed.url, at)
    text = _arguments(line.written)
    try:
        requirement = Requirement(pinned(unquote(url.path), marker=parsed.marker))
    except (ValueError, InvalidRequirement):
        return Problem(f"its name cannot be told: write name @ {text or line.written}", at)
    return _naming(document.declare(requirement, text, at, hashes=parsed.hashes), parsed.url)
