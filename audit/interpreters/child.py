"""A process that is asked in lines, and ends when it is told to."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from math import inf
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from audit.errors import reason
from audit.interpreters.answers import SilentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import Popen
    from typing import IO

_LAST_WORDS = 0.5
"""Seconds for a process that has fallen silent to end, so that its exit code can be told."""
_LONGEST = 8192
"""Bytes of an answer."""


class Child:
    """A process that runs our program."""

    def __init__(self, command: tuple[str, ...], environ: Mapping[str, str]) -> None:
        from subprocess import DEVNULL, PIPE, Popen  # noqa: PLC0415 - 10 ms for who asks none

        try:
            self._process: Popen[bytes] = Popen(
                command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                cwd=os.path.abspath(os.sep),  # noqa: PTH100 - no folder of the project's
                env=environ,
                start_new_session=True,  # what a wrapper starts is killed with it
            )
        except OSError as error:
            raise SilentError(f"it cannot be started: {reason(error)}") from None
        self._due = inf
        self._lock = Lock()

    @property
    def is_overdue(self) -> bool:
        """Whether it should have answered by now."""
        return monotonic() > self._due

    def answer(self, seconds: float, question: bytes = b"") -> bytes:
        """Return the next line that it says; raises SilentError where there is none in time."""
        self._due = monotonic() + seconds
        line = b""
        with suppress(OSError):
            _there(self._process.stdin).write(question)
            _there(self._process.stdin).flush()
            line = _there(self._process.stdout).readline(_LONGEST)
        if not line:
            raise SilentError(self._fate(seconds))
        self._due = inf
        return line

    def _fate(self, seconds: float) -> str:
        if self.is_overdue:
            self._reap(0)
            return f"it took longer than {seconds:g} s"
        code = self._reap(_LAST_WORDS)
        return f"it died of signal {-code}" if code < 0 else f"it ended with exit code {code}"

    def kill(self) -> None:
        """End it and what it started; may be called from another thread."""
        with self._lock:
            self._kill()

    def _kill(self) -> None:
        if self._process.returncode is not None:  # its number may be another's by now
            return
        with suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def close(self) -> None:
        """End it, and give back its pipes."""
        self._reap(0)
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was not sent has nobody to go to
                _there(pipe).close()

    def _reap(self, patience: float) -> int:
        """Wait for its end, then bring it about; return the exit code."""
        from subprocess import TimeoutExpired  # noqa: PLC0415 - as above

        with self._lock:
            try:
                return self._process.wait(patience)
            except TimeoutExpired:
                self._kill()
                return self._process.wait()


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - for mypy: Popen was told to make one
    return pipe
