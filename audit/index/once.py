"""Answers that are found once, whoever asks, and threads that find them ahead of the question."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from queue import SimpleQueue

    Watch = Callable[[int, int], None]

_Answer = TypeVar("_Answer")

_AT_ONCE = 20
"""Threads; 340 small answers at 25 ms each took a fifth longer with 10."""


@dataclass(frozen=True, slots=True)
class Question(Generic[_Answer]):
    """One thing to be found out."""

    key: tuple[str, str]
    kept: Callable[[], _Answer | None]
    """Answers at once, or with None where something has to be fetched."""
    find: Callable[[], _Answer]


class _Slot:
    """The place of one answer."""

    def __init__(self, question: Question[Any]) -> None:
        self.question = question
        self.is_begun = False
        self.settled = Event()
        self.answer: Any = None
        self.error: BaseException | None = None


class Once:
    """Puts each question once.

    Its threads keep no process alive that is done or interrupted, while a host is still waited
    for; those of `concurrent.futures` are joined at exit.
    """

    def __init__(self, watch: Watch | None = None) -> None:
        """Take who is told how many answers came and how many are due."""
        self._slots: dict[tuple[str, str], _Slot] = {}
        self._lock = Lock()
        self._queue: SimpleQueue[_Slot | None] | None = None
        self._threads = 0
        self._watch = watch
        self._due = self._came = 0
        self._is_closed = False

    def answer(self, question: Question[_Answer]) -> _Answer:
        """Return the answer, found in this thread unless another is at it."""
        slot, _ = self._slot(question)
        if self._claim(slot):
            self._find(slot)
        slot.settled.wait()
        if slot.error is not None:
            raise slot.error
        answer: _Answer = slot.answer
        return answer

    def begin(self, question: Question[Any]) -> None:
        """Have the answer found by another thread; returns at once."""
        slot, is_new = self._slot(question)
        if is_new and not self._settle(slot, question.kept):
            self._hand_over(slot)

    def close(self) -> None:
        """Let the threads end when they have worked off what is begun; nobody waits for them."""
        with self._lock:
            self._is_closed = True
            for _ in range(self._threads):
                self._put(None)

    def _slot(self, question: Question[Any]) -> tuple[_Slot, bool]:
        with self._lock:
            known = self._slots.get(question.key)
            if known is not None:
                return known, False
            slot = self._slots[question.key] = _Slot(question)
            return slot, True

    def _claim(self, slot: _Slot) -> bool:
        """Whether it is for this thread to find the answer."""
        with self._lock:
            is_free, slot.is_begun = not slot.is_begun, True
            return is_free

    def _settle(self, slot: _Slot, find: Callable[[], object | None]) -> bool:
        # Set only where there is one: another thread may have settled the slot meanwhile.
        try:
            answer = find()
        except BaseException as error:  # noqa: BLE001 - whoever asks gets it
            slot.error = error
        else:
            if answer is None:
                return False
            slot.answer = answer
        slot.is_begun = True
        slot.settled.set()
        return True

    def _find(self, slot: _Slot) -> None:
        # Another thread may be looking at what is kept, too: it costs little and says the same.
        if not self._settle(slot, slot.question.kept):
            self._tell(due=1)
            self._settle(slot, slot.question.find)
            self._tell(came=1)

    def _tell(self, *, due: int = 0, came: int = 0) -> None:
        with self._lock:
            self._due += due
            self._came += came
            if self._watch is not None and not self._is_closed:
                self._watch(self._came, self._due)

    def _hand_over(self, slot: _Slot) -> None:
        with self._lock:
            self._put(slot)
            if self._threads < _AT_ONCE:
                self._threads += 1
                Thread(target=self._work, name="index", daemon=True).start()

    def _put(self, slot: _Slot | None) -> None:
        if self._queue is None:
            from queue import SimpleQueue  # noqa: PLC0415 - where all is kept, there is no queue

            self._queue = SimpleQueue()
        self._queue.put(slot)

    def _work(self) -> None:
        while self._queue is not None and (slot := self._queue.get()) is not None:
            if self._claim(slot):
                self._find(slot)
