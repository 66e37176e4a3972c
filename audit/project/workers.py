"""Work on many items, spread over the processors of this machine."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_MOST = 4
"""Processes, this one among them."""


def spread(
    work: Callable[[Sequence[_Item]], list[_Result]], items: Sequence[_Item], worth: int = _MOST
) -> list[_Result]:
    """Return the results of work on items, in any order; those first are shared out evenly.

    What `work` has open must not be used by the copy of it that another process gets. `worth` is
    how many processes the work is worth, this one among them.
    """
    count = min(os.cpu_count() or 1, _MOST, len(items), worth)
    # Elsewhere than on Linux, a forked process may not use the system's libraries.
    if count < 2 or not sys.platform.startswith("linux"):  # noqa: PLR2004 - another one
        return work(items)
    with ExitStack() as stack:
        shares = [
            stack.enter_context(_started(work, items[number::count])) for number in range(1, count)
        ]
        found = work(items[::count])
        for share in shares:
            found += share()
    return found


@contextmanager
def _started(
    work: Callable[[Sequence[_Item]], list[_Result]], items: Sequence[_Item]
) -> Iterator[Callable[[], list[_Result]]]:
    """Work in another process; what is yielded waits for it, or does the work itself."""
    from multiprocessing import get_context  # noqa: PLC0415 - 20 ms that a small tree does without

    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def run() -> None:
        with suppress(KeyboardInterrupt, BrokenPipeError):
            sender.send(work(items))

    def share() -> list[_Result]:
        try:
            return cast("list[_Result]", receiver.recv())
        except EOFError:  # killed, by whoever thought it used too much memory
            return work(items)

    process = context.Process(target=run, daemon=True)
    process.start()
    sender.close()
    try:
        yield share
    finally:
        process.terminate()
        process.join()
