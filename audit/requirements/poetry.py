"""Poetry's way to write a requirement, turned into PEP 508.

Rules: https://python-poetry.org/docs/dependency-specification/ ; compared with poetry-core.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from audit.requirements.archive import name_and_version

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLAUSE = re.compile(r"(?P<operator>\^|~=|~|!=|>=|<=|===?|=|>|<)?\s*v?(?P<version>[^\s,]+)")
_AND = re.compile(r"(?<=[^\s,^~=><!])\s*[\s,]\s*(?=\S)")
_WILDCARD = re.compile(r"(?:\.\*)+$")
_SCP = re.compile(r"(?P<user>[\w.-]+)@(?P<host>[\w.-]+):(?P<path>[^/].*)")
_OPERATORS = {"": "==", "=": "=="}


def specifier(constraint: str) -> str:
    """Return a version constraint as a PEP 440 specifier set, empty for any version.

    Raises ValueError where PEP 440 cannot say it or it is none.
    """
    if "|" in constraint:
        raise ValueError(f"alternatives cannot be said in PEP 440: {constraint}")
    clauses = (_clause(part) for part in _AND.split(constraint.strip().rstrip(",")))
    return ",".join(clause for clause in clauses if clause)


def _clause(text: str) -> str:
    if text == "*":
        return ""
    found = _CLAUSE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a version constraint: {text}")
    operator, version = found["operator"] or "", found["version"]
    if wildcard := _WILDCARD.search(version):
        release = version[: wildcard.start()]
        if operator not in {"", "=", "==", "!="}:
            raise ValueError(f"not a version constraint: {text}")
        return f"{_OPERATORS.get(operator, operator)}{_checked(release)}.*"
    match operator:
        case "^":
            return caret(version)
        case "~":
            return tilde(version)
        case "~=" if "." not in version:  # Poetry takes it, PEP 440 does not
            return tilde(version)
        case _:
            return f"{_OPERATORS.get(operator, operator)}{_checked(version)}"


def _checked(version: str) -> str:
    try:
        Version(version)
    except InvalidVersion:
        raise ValueError(f"not a version: {version}") from None
    return version


def caret(version: str) -> str:
    """Return what `^version` admits: nothing left of its first non-zero number may change."""
    release = Version(_checked(version)).release
    changing = next((i for i, number in enumerate(release) if number), len(release) - 1)
    return f">={version},<{_bumped(release, changing)}"


def tilde(version: str) -> str:
    """Return what `~version` admits: the minor number stays, or the major where it is alone."""
    release = Version(_checked(version)).release
    return f">={version},<{_bumped(release, min(1, len(release) - 1))}"


def _bumped(release: tuple[int, ...], position: int) -> str:
    return ".".join(map(str, (*release[:position], release[position] + 1)))


def python_marker(constraint: str) -> str:
    """Return a constraint on Python as a marker, empty for any; alternatives become `or`."""
    alternatives = [_python_clauses(part) for part in re.split(r"\s*\|\|?\s*", constraint)]
    if not all(alternatives):
        return ""
    return " or ".join(alternatives)


def _python_clauses(constraint: str) -> str:
    clauses = [clause for clause in specifier(constraint).split(",") if clause]
    return " and ".join(map(_python_clause, clauses))


def _python_clause(clause: str) -> str:
    operator, version = re.split(r"(?<=[<>=!~])(?=\d)", clause, maxsplit=1)
    exact = len(version.split(".")) > 2 and not version.endswith(".*")  # noqa: PLR2004 - X.Y.Z
    # `>3.6` excludes 3.6.0 alone, which only the full version tells.
    variable = "python_full_version" if exact or operator in {">", "<="} else "python_version"
    return f'{variable} {operator} "{version}"'


def requirement(name: str, entry: Mapping[str, object]) -> str:
    """Return an entry of a dependencies table as PEP 508.

    Raises ValueError where that cannot be, naming the field.
    """
    extras = entry.get("extras", [])
    if not isinstance(extras, list) or not all(isinstance(extra, str) for extra in extras):
        raise ValueError("extras: expected a list of strings")
    named = f"{name}[{','.join(extras)}]" if extras else name
    marker = _marker(entry)
    return f"{named}{_target(entry)}" + (f" ; {marker}" if marker else "")


def _target(entry: Mapping[str, object]) -> str:
    if git := _text(entry, "git"):
        return f" @ {_git(git, entry)}"
    if url := _text(entry, "url"):
        return f" @ {url}"
    if path := _text(entry, "path"):
        return f"=={name_and_version(path)[1]}"
    version = _text(entry, "version")
    if not version:
        raise ValueError("expected one of version, git, url, path")
    return specifier(version)


def _git(address: str, entry: Mapping[str, object]) -> str:
    if found := _SCP.fullmatch(address):
        address = f"ssh://{found['user']}@{found['host']}/{found['path']}"
    revision = _text(entry, "rev") or _text(entry, "tag") or _text(entry, "branch")
    folder = _text(entry, "subdirectory")
    prefix = "" if address.startswith("git+") else "git+"
    at = f"@{revision}" if revision else ""
    return f"{prefix}{address}{at}" + (f"#subdirectory={folder}" if folder else "")


def _marker(entry: Mapping[str, object]) -> str:
    python, platform = _text(entry, "python"), _text(entry, "platform")
    parts = [
        _text(entry, "markers"),
        python_marker(python) if python else "",
        f'sys_platform == "{platform}"' if platform else "",
    ]
    return " and ".join(f"({part})" for part in parts if part)


def _text(entry: Mapping[str, object], field: str) -> str:
    value = entry.get(field, "")
    if not isinstance(value, str):
        raise ValueError(f"{field}: expected a string")  # noqa: TRY004 - one kind of error for the caller
    return value
