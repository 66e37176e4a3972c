from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.project.workers import spread

if TYPE_CHECKING:
    from collections.abc import Sequence


def squares(items: Sequence[int]) -> list[tuple[int, int]]:
    return [(each, each * each) for each in items]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
def test_every_item_is_worked_on_once(count: int) -> None:
    assert sorted(spread(squares, range(count))) == [(each, each**2) for each in range(count)]


def test_what_a_killed_process_had_to_do_is_done_here() -> None:
    def work(parent: int, items: Sequence[int]) -> list[int]:
        if os.getpid() != parent:
            os._exit(9)
        return list(items)

    assert sorted(spread(partial(work, os.getpid()), range(9))) == list(range(9))


def test_an_interruption_leaves_no_process(tmp_path: Path) -> None:
    def work(parent: int, items: Sequence[int]) -> list[int]:
        if os.getpid() == parent:
            raise KeyboardInterrupt
        (tmp_path / str(os.getpid())).touch()
        return list(items)

    with pytest.raises(KeyboardInterrupt):
        spread(partial(work, os.getpid()), range(9))
    assert not [each for each in tmp_path.iterdir() if Path(f"/proc/{each.name}").exists()]


def test_no_more_processes_work_than_the_work_is_worth() -> None:
    def work(items: Sequence[int]) -> list[int]:
        return [os.getpid() for _ in items]

    assert set(spread(work, range(9), 0)) == set(spread(work, range(9), 1)) == {os.getpid()}
    assert len(set(spread(work, range(9), 2))) <= 2
