"""Where reports go: `-o FILE`, `-o FORMAT=FILE`, or standard output."""

from __future__ import annotations

import difflib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import UsageError, reason

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class Output(NamedTuple):
    """One report to write: in a format, to a file or (None) to standard output."""

    format: str
    file: str | None


def plan(wishes: Sequence[str], main: str, formats: Collection[str]) -> tuple[Output, ...]:
    """Read the values of `-o`; `main` is the format of the main report.

    `FORMAT=FILE` adds a report. A plain `FILE` takes the main report away from standard
    output, for which `-` stands. Raises UsageError for an unknown format and for two
    reports in one place.
    """
    pairs = [_pair(wish, formats) for wish in wishes]
    if all(named is not None for named, _ in pairs):
        pairs.append((None, "-"))
    outputs = [
        Output(format=named or main, file=None if file == "-" else file) for named, file in pairs
    ]
    places = [output.file and os.path.realpath(output.file) for output in outputs]
    for output, place in zip(outputs, places, strict=True):
        if places.count(place) > 1:
            raise UsageError(f"-o: two reports would go to {output.file or 'standard output'}")
    return tuple(outputs)


def _pair(wish: str, formats: Collection[str]) -> tuple[str | None, str]:
    prefix, equals, file = wish.partition("=")
    if equals and prefix in formats:
        if not file:
            raise UsageError(f"-o {wish}: a file is missing")
        return prefix, file
    if equals and prefix.isalpha():
        near = difflib.get_close_matches(prefix, formats, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(formats)}"
        raise UsageError(f"-o: no format {prefix!r}; {hint} (a file of that name: ./{wish})")
    if not wish:
        raise UsageError("-o: a file is missing")
    return None, wish


def check_places(outputs: Sequence[Output], inputs: Sequence[str]) -> None:
    """Tell before any work whether files can be where the outputs want them.

    Raises UsageError for a missing folder, a folder in place of a file, and an input.
    """
    read = {os.path.realpath(name): name for name in inputs}
    for file in (output.file for output in outputs if output.file is not None):
        path = Path(os.path.realpath(file))
        if str(path) in read:
            raise UsageError(f"-o {file}: it is an input, and would be overwritten")
        if path.is_dir():
            raise UsageError(f"-o {file}: is a folder")
        if not path.parent.is_dir():
            raise UsageError(f"-o {file}: no folder {path.parent}")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise UsageError(f"-o {file}: permission denied")


def write_file(file: str, text: str) -> None:
    """Write a whole file or nothing, keeping the permissions of one that is there.

    Links are followed; what is no regular file (`/dev/null`, a named pipe) is written to as
    it is. Raises UsageError where that is not possible.
    """
    path = Path(os.path.realpath(file))
    content = text.encode("utf-8", "backslashreplace")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace(path, content)
    except OSError as error:
        raise UsageError(f"-o {file}: cannot be written: {reason(error)}") from None


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name[:200]}.{os.getpid()}.tmp")
    # Exclusive, so that a link somebody left there is never followed; 0o666 lets the umask decide.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123  # a descriptor is no path
            stream.write(content)
        if path.exists():
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
