"""One interpreter as a process: a question at a time, and an end to whatever takes long."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from audit.interpreters.answers import Greeting, Refusal, SilentError, Unsure
from audit.interpreters.child import Child

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    _Form = Callable[[bytes], re.Match[bytes] | None]

_STOPPED = "it was stopped, as all questions took too long"

_GREETING = re.compile(rb"scf-audit (\w+) (\d+\.\d+)(\.\d+) ([ -~]*)\n").fullmatch
_ANSWER = re.compile(rb"(?:(yes)|(\?)|no (\d{1,9}) ([ -~]+))\n").fullmatch


class Patience(NamedTuple):
    """Seconds that an interpreter may take."""

    start: float = 5.0
    """To say its version; 0.02 is usual."""
    answer: float = 20.0
    """For one file; a megabyte takes one."""


_USUAL = Patience()


class Session:
    """Runs an interpreter when it is first asked, and anew when it died of a question.

    Questions come from one thread; `check` and `end` may come from another.
    """

    def __init__(
        self,
        path: str,
        python: str | None,
        environ: Mapping[str, str],
        patience: Patience = _USUAL,
    ) -> None:
        """Take the program, and its feature version where that is known."""
        self._patience = patience
        self._command = (path, *_flags(python), "-W", "ignore", "-c", _program())
        self._environ = {
            key: value for key, value in environ.items() if not key.startswith("PYTHON")
        }
        self._child: Child | None = None
        self._lock = Lock()
        self._is_over = False

    def greet(self) -> Greeting:
        """Start the interpreter; raises SilentError where it is none or does not answer."""
        found = self._answer(self._started(), self._patience.start, b"", _GREETING)
        name, python, micro, executable = (part.decode("ascii") for part in found.groups())
        path = executable.encode("ascii").decode("unicode_escape", "replace")
        return Greeting(name, python, python + micro, path)

    def ask(self, data: bytes) -> Refusal | Unsure | None:
        """Return why the interpreter does not compile a file; None where it does.

        Raises SilentError where it gives no answer: it died, took too long, was stopped.
        """
        if self._child is None:
            self.greet()
        child = self._child
        if child is None:
            raise SilentError(_STOPPED)
        found = self._answer(child, self._patience.answer, b"%d\n%b" % (len(data), data), _ANSWER)
        if found[2]:
            return Unsure()
        return None if found[1] else _refusal(found[3], found[4])

    def _answer(
        self, child: Child, seconds: float, question: bytes, form: _Form
    ) -> re.Match[bytes]:
        try:
            line = child.answer(seconds, question)
        except SilentError as error:
            self._drop(child)
            raise SilentError(_STOPPED if self._is_over else str(error)) from None
        found = form(line)
        if found is None:
            self._drop(child)
            raise SilentError("what it says is no answer")
        return found

    def check(self) -> None:
        """Kill what is overdue; whoever waits for it is told."""
        child = self._child
        if child is not None and child.is_overdue:
            child.kill()

    def end(self) -> None:
        """Kill the interpreter; no other one is started."""
        with self._lock:
            self._is_over = True
            child = self._child
        if child is not None:
            child.kill()

    def close(self) -> None:
        """Let go of the process; only for the thread that asks."""
        self.end()
        if self._child is not None:
            self._drop(self._child)

    def _started(self) -> Child:
        with self._lock:
            if self._is_over:
                raise SilentError(_STOPPED)
            self._child = child = Child(self._command, self._environ)
        return child

    def _drop(self, child: Child) -> None:
        with self._lock:
            self._child = None
        child.close()


def _flags(python: str | None) -> tuple[str, ...]:
    """Return what keeps an interpreter from reading anything but its standard library.

    Python 2 has no -I, which also keeps the folder it runs in off its path: the program does that.
    """
    if python is None or python.startswith("2."):
        return ("-E", "-s", "-S", "-B")
    return ("-I", "-S", "-B")


@lru_cache(maxsize=1)
def _program() -> str:
    return Path(__file__).with_name("compiles.py").read_text(encoding="ascii")


def _refusal(line: bytes, message: bytes) -> Refusal:
    text = message.decode("unicode_escape", "replace")
    return Refusal("".join(x if x.isprintable() else "?" for x in text), int(line) or None)
