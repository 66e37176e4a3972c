"""The streams of one run, and what may go wrong on them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import UsageError, reason
from audit.render.canvas import canvas_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

    from audit.render.canvas import Canvas

PROGRAM = "scf-audit"
COMPLETE_VARIABLE = "_SCF_AUDIT_COMPLETE"
"""The variable by which a shell asks for completions, as click derives it from the name."""


class Terminal(NamedTuple):
    """Where a report goes (`stdout`), where everything else goes, and the environment."""

    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]

    def write(self, text: str) -> None:
        """Write a report, or as much of it as the reader wants.

        Raises UsageError where the stream takes no more, as on a full disk.
        """
        with self._delivery():
            self.stdout.write(text)
            self.stdout.flush()

    def write_utf8(self, text: str) -> None:
        """Write a report whose format demands UTF-8, whatever the locale says.

        Raises UsageError as `write` does.
        """
        binary = getattr(self.stdout, "buffer", None)
        if binary is None:
            self.write(text)
            return
        with self._delivery():
            self.stdout.flush()
            binary.write(text.encode("utf-8", "backslashreplace"))
            binary.flush()

    @contextmanager
    def _delivery(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            silence(self.stdout)
        except OSError as error:
            silence(self.stdout)
            raise UsageError(f"cannot write to standard output: {reason(error)}") from None

    def canvas(self, color: str) -> Canvas:
        """Decide what a report on stdout may look like; `color` is auto, always or never."""
        canvas = canvas_for(
            is_terminal=self.stdout.isatty(), environ=self.environ, columns=_columns(self.stdout)
        )
        return canvas if color == "auto" else canvas._replace(color=color == "always")

    def page(self) -> Canvas:
        """Decide what a report in a file may look like: as in a pipe, without colour."""
        canvas = canvas_for(is_terminal=False, environ=self.environ, columns=None)
        return canvas._replace(color=False)

    def say(self, kind: str, message: str) -> None:
        """Write one line of news to stderr: `scf-audit: error: ...`."""
        self.raw(f"{PROGRAM}: {kind}: {one_line(message)}\n")

    def raw(self, text: str) -> None:
        """Write to stderr as it is; who closed it does not want to know."""
        try:
            self.stderr.write(text)
            self.stderr.flush()
        except OSError:
            silence(self.stderr)


def _columns(stream: TextIO) -> int | None:
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return None


def one_line(text: str) -> str:
    """Escape what would break the line or steer a terminal: names come from strangers' files."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def silence(stream: TextIO) -> None:
    """Let what is still buffered, and the flush at exit, go nowhere."""
    try:
        descriptor = stream.fileno()
    except OSError:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
