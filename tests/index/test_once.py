from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from threading import Barrier, Event, Thread, current_thread
from typing import TYPE_CHECKING, Any

import pytest

from audit.index.once import Once, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def once() -> Iterator[Once]:
    each = Once()
    yield each
    each.close()


def question(
    key: str, find: Callable[[], Any], kept: Callable[[], Any] = lambda: None
) -> Question[Any]:
    return Question(("page", key), kept, find)


def all_at_once(work: Callable[[], object], times: int = 20) -> None:
    barrier = Barrier(times)

    def run() -> None:
        barrier.wait()
        work()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_a_question_is_put_once_whoever_asks(once: Once) -> None:
    found: list[str] = []
    told: list[str] = []

    def find() -> str:
        time.sleep(0.02)
        found.append("x")
        return "answer"

    def ask() -> None:
        once.begin(question("x", find))
        told.append(once.answer(question("x", find)))

    all_at_once(ask)
    assert found == ["x"]
    assert told == ["answer"] * 20


def test_what_is_kept_is_never_looked_for(once: Once) -> None:
    def find() -> str:
        raise AssertionError

    def ask() -> None:
        once.begin(question("x", find, lambda: "kept"))
        assert once.answer(question("x", find, lambda: "kept")) == "kept"

    all_at_once(ask)


def test_a_failure_reaches_everybody_who_asks(once: Once) -> None:
    def find() -> str:
        raise ZeroDivisionError

    once.begin(question("x", find))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            once.answer(question("x", find))


def test_what_is_asked_for_does_not_wait_behind_what_may_be(once: Once) -> None:
    blocked = Event()
    for number in range(50):
        once.begin(question(f"later {number}", blocked.wait))
    once.begin(question("queued", lambda: "now"))
    assert once.answer(question("queued", lambda: "now")) == "now"
    assert once.answer(question("another", lambda: "now")) == "now"
    blocked.set()


def test_who_watches_is_told_of_what_had_to_be_found() -> None:
    told: list[tuple[int, int]] = []
    once = Once(lambda came, due: told.append((came, due)))
    once.answer(question("x", lambda: 1))
    once.answer(question("y", lambda: 1, lambda: 2))
    once.answer(question("x", lambda: 1))
    assert told == [(0, 1), (1, 1)]
    once.close()
    once.answer(question("z", lambda: 1))
    assert len(told) == 2


def test_a_process_ends_while_an_answer_is_still_looked_for() -> None:
    script = (
        "import time\n"
        "from audit.index.once import Once, Question\n"
        "once = Once()\n"
        "for number in range(50):\n"
        "    once.begin(Question(('page', str(number)), lambda: None, lambda: time.sleep(60)))\n"
        "once.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, timeout=20, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_who_finds_nothing_kept_does_not_lose_what_another_has_found(once: Once) -> None:
    is_looking, is_found = Event(), Event()

    def kept() -> str | None:
        if current_thread() is not ahead:
            return "found"
        is_looking.set()
        is_found.wait(10)
        return None

    asked = question("x", lambda: "found", kept)
    ahead = Thread(target=once.begin, args=[asked])
    ahead.start()
    is_looking.wait(10)
    assert once.answer(asked) == "found"
    is_found.set()
    ahead.join()
    assert once.answer(asked) == "found"
