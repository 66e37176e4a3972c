"""`scf-audit cache`: what is kept of the package index, where, and how to be rid of it."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from audit.cli.group import DefaultGroup
from audit.cli.kept import cache_folder
from audit.cli.options import CONTEXT, SectionedCommand, cache_dir_option, color_option, option
from audit.errors import InputError, UsageError, reason
from audit.index.cache.cachefile import (
    NAME,
    cache_files,
    connect,
    failures,
    is_damaged,
)
from audit.render.grid import layout
from audit.render.jsonformat import SCHEMA, json_text
from audit.render.prose import counted, visible
from audit.render.rows import Cell, Row
from audit.render.style import Tone

if TYPE_CHECKING:
    from pathlib import Path

    from audit.cli.terminal import Terminal
    from audit.index.cache.entries import Total
    from audit.render.canvas import Canvas


class _Cache(DefaultGroup):
    default = "info"


@click.group(
    "cache",
    cls=_Cache,
    context_settings=CONTEXT,
    options_metavar="",
    subcommand_metavar="[COMMAND] ...",
)
def command() -> None:
    """Show or clear what is kept of the package index.

    Without a command: info. Nothing in the cache is needed: what is gone is fetched again.
    """


def _folder(cache_dir: str | None, terminal: Terminal) -> Path:
    folder = cache_folder(cache_dir, terminal)
    if folder is None:
        raise UsageError("this user has no home for a cache; name a folder with --cache-dir")
    return folder


class _Kept(NamedTuple):
    """What there is in a folder."""

    folder: Path
    size: int
    """Bytes on disk of all our files."""
    totals: tuple[Total, ...] = ()
    problem: str | None = None
    is_unread: bool = False
    """Whether nobody can say what is kept; what is damaged is as good as nothing."""

    @property
    def entries(self) -> int:
        return sum(total.entries for total in self.totals)


def _look(folder: Path) -> _Kept:
    size = 0
    try:
        size = sum(path.lstat().st_size for path in cache_files(folder))
        database = connect(folder / NAME)
        if database is None:
            return _Kept(folder, size)
        with closing(database.connection):
            return _Kept(folder, size, database.totals())
    except failures() as error:
        if is_damaged(error, folder / NAME):
            return _Kept(folder, size, problem=f"{NAME} is damaged; the next run makes a new one")
        return _Kept(
            folder, size, problem=f"{NAME} cannot be read: {reason(error)}", is_unread=True
        )


@command.command("dir", cls=SectionedCommand, context_settings=CONTEXT)
@cache_dir_option
@click.pass_obj
def dir_(terminal: Terminal, /, cache_dir: str | None) -> int:
    """Print the folder of the cache, which need not be there."""
    terminal.write(f"{_folder(cache_dir, terminal)}\n")
    return 0


@command.command(cls=SectionedCommand, context_settings=CONTEXT)
@cache_dir_option
@option(
    "Output",
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    allow_from_autoenv=False,  # SCF_AUDIT_FORMAT is that of reports, which have more forms
    help="The form of the answer; text by default.",
)
@color_option
@click.pass_obj
def info(terminal: Terminal, /, cache_dir: str | None, format: str, color: str) -> int:  # noqa: A002 - the option's name
    """Show how much is kept, of what, and since when."""
    kept = _look(_folder(cache_dir, terminal))
    terminal.write(_json(kept) if format == "json" else _text(kept, terminal.canvas(color)))
    if kept.is_unread:
        remedy = "remove it, or use another: --cache-dir DIR"
        raise InputError(f"{kept.folder}: {kept.problem}; {remedy}")
    return 0


def _text(kept: _Kept, canvas: Canvas) -> str:
    said = kept.problem or f"{counted(kept.entries, 'entry', 'entries')}, {_bytes(kept.size)}"
    lines = [f"{visible(str(kept.folder))}: {said}"]
    if kept.totals:
        rows = [Row(visible(total.kind), _cells(total)) for total in kept.totals]
        lines += ["", *layout(["kind", "entries", "bytes", "oldest"], rows, canvas)]
    return "\n".join(lines) + "\n"


def _cells(total: Total) -> tuple[Cell, ...]:
    texts = (f"{total.entries:,}", f"{total.bytes:,}", _when(total.oldest).replace("T", " "))
    return tuple(Cell(text, Tone.PLAIN) for text in texts)


def _json(kept: _Kept) -> str:
    kinds = [
        {
            "kind": total.kind,
            "entries": total.entries,
            "bytes": total.bytes,
            "oldest": _when(total.oldest),
        }
        for total in kept.totals
    ]
    return json_text(
        {
            "schema": SCHEMA,
            "folder": str(kept.folder),
            "bytes": kept.size,
            "entries": kept.entries,
            "kinds": kinds,
            "problem": kept.problem,
        }
    )


def _when(seconds: float) -> str:
    """Return a moment in local time, with the offset that makes it one moment anywhere."""
    try:
        return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="minutes")
    except (OSError, OverflowError, ValueError):  # damaged: any number
        return "unknown"


def _bytes(number: int) -> str:
    return f"{counted(number, 'byte')} on disk"


@command.command(cls=SectionedCommand, context_settings=CONTEXT)
@cache_dir_option
@click.pass_obj
def clear(terminal: Terminal, /, cache_dir: str | None) -> int:
    """Remove everything that is kept.

    Only the files of the cache go, those of other versions of scf-audit too; the folder and
    whatever else is in it stay.
    """
    folder = _folder(cache_dir, terminal)
    kept = _look(folder)
    try:
        files = cache_files(folder)
        for file in files:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be cleared: {reason(error)}") from None
    if files:
        counts = f"{counted(kept.entries, 'entry', 'entries')}, {_bytes(kept.size)}"
        terminal.write(f"{folder}: removed {counts}\n")
    else:
        terminal.write(f"{folder}: nothing to remove\n")
    return 0
