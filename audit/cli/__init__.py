"""The command line: arguments and streams in, an exit code out.

Exit codes: 0 fine, 1 findings, 2 usage or configuration (or a place that cannot be
written), 3 undecided, 4 internal error, 130 interrupted. A reader that closes the pipe
early, as `head` does, changes nothing: the code is still that of the audit.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO


def main(
    argv: Sequence[str] | None = None,
    *,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Run `scf-audit` with these arguments and return its exit code.

    What is not given is the process's own. Nothing is raised but SystemExit.
    """
    if argv is None:
        # The process ends with this run, which makes few cycles; looking for them is a tenth
        # of the time of a small audit.
        gc.disable()
    try:
        # Ctrl-C may come while click loads, so that happens in here.
        from audit.cli.app import run  # noqa: PLC0415
        from audit.cli.terminal import Terminal  # noqa: PLC0415

        terminal = Terminal(
            stdout=stdout or _own(sys.stdout),
            stderr=stderr or _own(sys.stderr),
            environ=os.environ if environ is None else environ,
        )
        return run(tuple(sys.argv[1:] if argv is None else argv), terminal)
    except KeyboardInterrupt:
        return 130


def _own(stream: TextIO | None) -> TextIO:
    """Make a stream of the process safe to write to; it is None where it was closed (`>&-`)."""
    if stream is None:
        return io.StringIO()
    if isinstance(stream, io.TextIOWrapper):
        # A terminal or locale that lacks a character must not stop a report.
        stream.reconfigure(errors="backslashreplace")
    return stream
