"""Core metadata and requirements as distributions really write them.

`packaging` refuses what years of releases contain: with validation, 3,202 of 4,097 real
METADATA files fail, and `pytz (>dev)` of celery 4.4.7 makes pip >= 24.1 refuse celery.
Here a line is first read as PEP 508 says, then repaired if a known repair suffices, and
every repair is recorded; a line beyond repair is recorded too, by name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from audit.model import Metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


class Headers(NamedTuple):
    """The headers of a METADATA or PKG-INFO file that matter here, as written."""

    name: str | None
    version: str | None
    metadata_version: str | None
    requires_dist: tuple[str, ...]
    requires_python: str | None
    dynamic: tuple[str, ...]
    """Lower-case names of fields that a build may still change (PEP 643)."""
    classifiers: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


def read_headers(text: str) -> Headers:
    """Read the headers of a METADATA or PKG-INFO file; what is no header is passed over.

    The form is that of e-mail (core metadata specification): `Name: value` lines up to the
    first blank line, where an indented line goes on with the value above it. Our own dozen
    lines because the standard library's parser takes 21 ms to import; a test holds them equal.
    """
    fields: dict[str, list[str]] = {}
    for name, value in _headers(text):
        fields.setdefault(name, []).append(value)

    def known(name: str) -> str | None:
        return next((value for value in fields.get(name, ()) if value not in {"", "UNKNOWN"}), None)

    return Headers(
        name=known("name"),
        version=known("version"),
        metadata_version=known("metadata-version"),
        requires_dist=tuple(fields.get("requires-dist", ())),
        requires_python=known("requires-python"),
        dynamic=tuple(value.lower() for value in fields.get("dynamic", ())),
        classifiers=tuple(fields.get("classifier", ())),
        extras=tuple(fields.get("provides-extra", ())),
    )


_HEADER = re.compile(r"([!-9;-~]+):(.*)", re.DOTALL)


def _headers(text: str) -> Iterator[tuple[str, str]]:
    """Yield lower-case header names and their unfolded values, in order."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    name, value = None, ""
    for line in lines:
        if line[:1] in {" ", "\t"}:
            value += "\n" + line
            continue
        if name is not None:
            yield name, value.strip()
        header = _HEADER.match(line)
        if header is None:
            return
        name, value = header[1].lower(), header[2]
    if name is not None:
        yield name, value.strip()


def read_metadata(text: str, import_names: tuple[str, ...] = ()) -> Metadata:
    """Read a METADATA or PKG-INFO file; `import_names` are passed on as they are."""
    return metadata_of(read_headers(text))._replace(import_names=import_names)


def metadata_of(headers: Headers) -> Metadata:
    """Return what headers say, leniently read."""
    metadata = parse_metadata(headers.requires_dist, headers.requires_python)
    return metadata._replace(classified=classified(headers.classifiers), extras=_extras(headers))


_TELLS_EXTRAS = re.compile(r"2\.\d+|[3-9]")
"""Metadata versions that name the extras; wheel wrote 2.0, which was never a standard."""


def _extras(headers: Headers) -> tuple[str, ...] | None:
    """Return the extras of a release, those without requirements too, where it has to name them."""
    if _TELLS_EXTRAS.match(headers.metadata_version or "") is None:
        return None
    return tuple(sorted({canonicalize_name(extra) for extra in headers.extras}))


_CLASSIFIED = re.compile(r"Programming Language :: Python :: (\d+(?:\.\d+)*)(?: :: Only)?")


def classified(classifiers: Iterable[str]) -> tuple[str, ...]:
    """Return the Pythons that classifiers name, as written: `("2", "2.7", "3")`."""
    named = (_CLASSIFIED.fullmatch(" ".join(each.split())) for each in classifiers)
    return tuple(dict.fromkeys(found[1] for found in named if found))


def supports(classified: Collection[str], version: tuple[int, int]) -> bool | None:
    """Tell whether a release whose classifiers name these Pythons is meant for a version.

    True where the version itself is named, False where other major versions are and its own is
    not, None where that tells nothing: classifiers lag behind new minor versions. Only a hint:
    of seven releases without a Python 2 classifier that 2.7 would get, two failed there.
    """
    major, minor = version
    if f"{major}.{minor}" in classified:
        return True
    if classified and all(each.partition(".")[0] != str(major) for each in classified):
        return False
    return None


def read_requires_txt(text: str) -> Metadata:
    """Read an egg-info `requires.txt`: requirements under `[extra]`, `[:marker]` sections."""
    return parse_metadata(requires_txt_lines(text))


_SECTION = re.compile(r"\[(?P<extra>[^:\]]*)(?::(?P<marker>.*))?\]$")


def requires_txt_lines(text: str) -> tuple[str, ...]:
    """Return the lines of an egg-info `requires.txt` as Requires-Dist values.

    A section's extra and marker (setuptools: `[extra:marker]`) become the line's marker.
    """
    found: list[str] = []
    condition = ""
    for raw in text.removeprefix("\ufeff").splitlines():
        line = raw.strip()
        section = _SECTION.match(line)
        if section:
            condition = _condition(section["extra"].strip(), (section["marker"] or "").strip())
        elif line and not line.startswith("#"):
            found.append(_with_condition(line, condition))
    return tuple(found)


def _condition(extra: str, marker: str) -> str:
    parts = [f"({marker})"] if marker and extra else [marker] if marker else []
    if extra:
        parts.append(f'extra == "{extra}"')
    return " and ".join(parts)


def _with_condition(line: str, condition: str) -> str:
    if not condition:
        return line
    requirement, has_marker, marker = line.partition(";")
    joined = f"({marker.strip()}) and ({condition})" if has_marker else condition
    space = " " if "@" in requirement else ""  # PEP 508: a URL ends at white space
    return f"{requirement.strip()}{space}; {joined}"


def parse_metadata(
    requires_dist: Iterable[str],
    requires_python: str | None = None,
    import_names: tuple[str, ...] = (),
) -> Metadata:
    """Parse Requires-Dist and Requires-Python values; what had to be repaired is in `notes`.

    A Requires-Python beyond repair counts as none, as in pip.
    """
    requires: list[Requirement] = []
    notes: list[str] = []
    for text in requires_dist:
        requirement, note = lenient_requirement(text)
        if requirement is not None:
            requires.append(requirement)
        if note is not None:
            notes.append(note)
    admitted, note = lenient_specifier(requires_python) if requires_python else (None, None)
    if note is not None:
        notes.append(f"Requires-Python: {note}")
    return Metadata(
        requires=tuple(requires),
        requires_python=None if admitted is None else str(admitted),
        import_names=import_names,
        notes=tuple(notes),
    )


@lru_cache(maxsize=4096)  # the runtimes' built-ins ask for much the same
def lenient_requirement(text: str) -> tuple[Requirement | None, str | None]:
    """Read one requirement (PEP 508), repairing what is known to be repairable.

    Returns the requirement, or None where no repair suffices, and a note unless the text
    was valid as it stood: how it was read, or that it could not be.
    """
    try:
        return Requirement(text), None
    except InvalidRequirement:
        repaired = _repair_requirement(text)
    try:
        return Requirement(repaired), f"{text!r} is no valid requirement; read as {repaired!r}"
    except InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        return None, f"{text!r} is no valid requirement and was left out: {reason}"


def lenient_specifier(text: str) -> tuple[SpecifierSet | None, str | None]:
    """Read a set of version specifiers (PEP 440) as `lenient_requirement` reads a requirement."""
    try:
        return SpecifierSet(text), None
    except InvalidSpecifier:
        repaired = _repair_specifiers(text)
    try:
        return SpecifierSet(repaired), f"{text!r} is no valid specifier; read as {repaired!r}"
    except InvalidSpecifier:
        return None, f"{text!r} is no valid specifier and was left out"


_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a", "'") | dict.fromkeys("\u201c\u201d\u201e", '"')
)
_HEAD = re.compile(
    r"(?P<head>[A-Za-z0-9][\w.-]* ?(?:\[[^\]]*\])?) ?"
    r"(?:\( ?(?P<inner>[=<>!~,][^()]*)\)|(?P<bare>[=<>!~,].*))"
)


def _repair_requirement(text: str) -> str:
    requirement, semicolon, marker = text.translate(_QUOTES).partition(";")
    marker = f"{semicolon}{marker.rstrip(' ;')}" if marker.strip() else ""
    requirement = " ".join(requirement.split())
    parts = _HEAD.fullmatch(requirement)
    if parts is None:
        return requirement + marker
    specifiers = _repair_specifiers(parts["inner"] or parts["bare"] or "")
    return parts["head"].strip() + specifiers + marker


_MISSING_COMMA = re.compile(r"(?<=[\w*])\s*(?=[=<>!~])")
_REPAIRS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r">=?\s*dev"), ""),
    (re.compile(r"=\s*([^=].*)"), r"==\1"),
    (re.compile(r"~=\s*(.*)\.\*"), r"==\1.*"),
    (re.compile(r"([<>]=?)\s*(.*)\.\*"), r"\1\2"),
    (re.compile(r"([=<>!~]+)\s*((?:19|20)\d\d(?:\.\d+)*)[a-z]"), r"\1\2"),
)
"""Whole specifiers that releases contain, and what they were meant to say."""


def _repair_specifiers(text: str) -> str:
    """Put back missing commas, drop empty specifiers, repair those that are invalid."""
    unquoted = re.sub("[\"']", "", text.translate(_QUOTES))
    written = _MISSING_COMMA.sub(",", unquoted).split(",")
    return ",".join(filter(None, (_repair_specifier(item.strip()) for item in written)))


def _repair_specifier(specifier: str) -> str:
    try:
        SpecifierSet(specifier)
    except InvalidSpecifier:
        for pattern, meant in _REPAIRS:
            if pattern.fullmatch(specifier):
                specifier = pattern.sub(meant, specifier)
    return specifier
