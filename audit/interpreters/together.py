"""Several interpreters at work side by side, and somebody who watches the clock."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audit.interpreters.session import Session

_Result = TypeVar("_Result")

_GLANCE = 0.1
"""Seconds between two looks at who is overdue."""


def together(
    work: Callable[[Session, int], _Result], sessions: Sequence[Session], seconds: float
) -> tuple[_Result, ...]:
    """Do the work with every session and its place, all at once; stop all after so many seconds.

    The work sees a stopped session as one that is silent. An interrupt ends all of them.
    """
    until = monotonic() + seconds
    with ExitStack() as stack:
        threads = []
        for place, session in enumerate(sessions):
            thread = _Working(work, session, place)
            stack.callback(thread.over.wait)
            stack.callback(session.end)
            threads.append(thread)
            thread.start()
        for thread in threads:
            while not thread.over.wait(_GLANCE):
                for session in sessions:
                    session.end() if monotonic() > until else session.check()
    return tuple(thread.result() for thread in threads)


class _Working(Thread, Generic[_Result]):
    """A thread whose outcome can be had when it is over."""

    def __init__(
        self, work: Callable[[Session, int], _Result], session: Session, place: int
    ) -> None:
        super().__init__(daemon=True)
        self.over = Event()  # an interrupted join() takes the thread for ended (bpo-45274)
        self._work = work
        self._session = session
        self._place = place
        self._results: list[_Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._work(self._session, self._place))
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            self._error = error
        finally:
            self._session.close()
            self.over.set()

    def result(self) -> _Result:
        """Return what the work returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._results[0]
