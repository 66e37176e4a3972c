"""What is wrong with pip's configuration files, and where in them an option stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.errors import reason
from audit.model import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def faults_of(files: Sequence[str]) -> tuple[Problem, ...]:
    """Return why pip, or we, cannot read configuration files; empty where nothing is wrong."""
    return tuple(fault for file in files if (fault := _fault(file)) is not None)


def _fault(file: str) -> Problem | None:
    import configparser  # noqa: PLC0415  # 3 ms, for those who have such a file

    parser = configparser.RawConfigParser()
    try:
        with open(file, encoding=None) as lines:  # noqa: PTH123  # the locale's encoding, as pip reads it
            parser.read_file(lines, file)
    except OSError as error:
        return Problem(f"cannot be read: {reason(error)}", Location(file))
    except UnicodeDecodeError as error:
        return Problem(f"pip cannot read it: not {error.encoding}", Location(file))
    except configparser.Error as error:
        return Problem(f"pip cannot read it: {_syntax(error)}", Location(file, _line(error)))
    return None


def _syntax(error: Exception) -> str:
    # The text of these errors repeats the line, which may hold a password.
    match type(error).__name__:
        case "MissingSectionHeaderError":
            return "no [section] before the first key"
        case "DuplicateOptionError":
            return f"{getattr(error, 'option', 'a key')} is there twice"
        case "DuplicateSectionError":
            return f"[{getattr(error, 'section', '')}] is there twice"
        case _:
            return "expected key = value"


def _line(error: Exception) -> int | None:
    first = next(iter(getattr(error, "errors", ())), (getattr(error, "lineno", None),))
    return first[0] if isinstance(first[0], int) else None


def place_of(option: str, environ: Mapping[str, str], files: Sequence[str]) -> Location:
    """Return where an option is configured, as precedence has it: a variable or a file's line."""
    variable = f"PIP_{option.upper().replace('-', '_')}"
    if environ.get(variable):
        return Location(variable)
    said = [place for file in files for place in _lines_with(option, file)]
    # The section of the command beats [global], whatever the files.
    said.sort(key=lambda each: each[0] == "install")
    return said[-1][1] if said else Location("pip's configuration")


def _lines_with(option: str, file: str) -> Iterator[tuple[str, Location]]:
    section = ""
    try:
        with open(file, encoding=None, errors="replace") as lines:  # noqa: PTH123  # as in _fault
            for number, line in enumerate(lines, start=1):
                if line.startswith("["):
                    section = line[1:].partition("]")[0]
                key = line.replace(":", "=").partition("=")[0].strip().lower().replace("_", "-")
                if section in {"global", "install"} and key.removeprefix("--") == option:
                    yield section, Location(file, number)
    except OSError:
        return
