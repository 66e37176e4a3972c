"""Runtimes and built-in tables: those that are shipped, or the user's own files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audit.built_ins import read_built_in_metadata
from audit.errors import InputError, UsageError, reason
from audit.runtimes import read_runtimes, select
from audit.shipped import BUILT_IN_METADATA, RUNTIMES, TABLE, data_text
from audit.table import import_table, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.utils import NormalizedName

    from audit.model import Metadata, Problem
    from audit.platform import Matrix, Runtime

    Table = tuple[Matrix, tuple[Problem, ...]]


def shipped_runtimes() -> tuple[Runtime, ...]:
    """Return the runtimes of the platform that is shipped."""
    return read_runtimes(data_text(RUNTIMES), RUNTIMES)


def all_runtimes(file: str | None) -> tuple[Runtime, ...]:
    """Return the runtimes of a file, or those that are shipped.

    Raises InputError where the file cannot be read and UsageError where it is wrong.
    """
    if file is None:
        return shipped_runtimes()
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8: {error.reason} at byte {error.start}") from None
    return read_runtimes(text, file)


def table_of(file: str | None, runtimes: Sequence[Runtime], names: Sequence[str]) -> Table:
    """Read a built-in table, or the one that is shipped; `names` are the user's `--runtime`.

    What pip says of a live runtime does not name it: a single `--runtime` does. Raises
    InputError where there is no table in the file.
    """
    if file is None:
        return read_table(TABLE, data_text(TABLE), _columns(runtimes))
    return _parsed(file, read_bytes(file), runtimes, names)


def import_page(
    page: str, runtimes: Sequence[Runtime], names: Sequence[str]
) -> tuple[str, tuple[Problem, ...]]:
    """Turn a file as `table_of` reads it into CSV; raises as that does."""
    content = read_bytes(page)
    _parsed(page, content, runtimes, names)  # raises where there is nothing to import
    return import_table(page, content, _columns(runtimes), runtime=_only(names, runtimes))


def _parsed(file: str, content: bytes, runtimes: Sequence[Runtime], names: Sequence[str]) -> Table:
    matrix, problems = read_table(file, content, _columns(runtimes), runtime=_only(names, runtimes))
    if not matrix.runtimes:
        raise InputError(str(problems[0]))
    return matrix, problems


def _columns(runtimes: Sequence[Runtime]) -> tuple[str, ...]:
    """Name the runtimes, those with built-ins first: a column `Python 3` means one of these."""
    by_use = sorted(runtimes, key=lambda runtime: not runtime.has_built_ins)
    return tuple(runtime.name for runtime in by_use)


def _only(names: Sequence[str], runtimes: Sequence[Runtime]) -> str | None:
    """Return the one runtime that the user asked for, None for several or none."""
    asked = select(names, runtimes)
    return asked[0].name if names and len(asked) == 1 else None


def read_bytes(file: str) -> bytes:
    """Read a file; raises UsageError where there is none, InputError where it cannot be read."""
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file") from None
    except OSError as error:
        raise InputError(f"{file}: {reason(error)}") from None


def known_metadata(
    file: str | None, matrix: Matrix, runtimes: Sequence[Runtime]
) -> Mapping[tuple[NormalizedName, str], Metadata]:
    """Return what is known of the built-ins of a table (`file` as in `table_of`).

    What is shipped speaks for the shipped table; of another one it knows the libraries that
    have the same version there.
    """
    known = read_built_in_metadata(data_text(BUILT_IN_METADATA))
    if file is None:
        return known
    ours, _ = table_of(None, runtimes, ())
    return {key: known[key] for key in known if matrix.version(*key) == ours.version(*key)}
