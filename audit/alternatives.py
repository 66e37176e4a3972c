"""Imports in `try` statements: which failures the code survives, and which then do not matter."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from audit.code import OTHERWISE, Attempt, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audit.code import Block


class Guarded(NamedTuple):
    """One import within the blocks around it."""

    blocks: tuple[Block, ...]
    met: bool | None
    """None where it is not known."""
    number: int
    """By which the caller knows it."""
    taken: tuple[int, int] | None = None
    """Group and number of the handler that its failure leads to, where that is not the first."""


def excused(imports: Sequence[Guarded]) -> set[int]:
    """Return the imports of one file that do not matter, since the code gets past them."""
    numbers: set[int] = set()
    _survives([_when_loaded(each) for each in imports], 0, numbers)
    _survives([_when_called(each) for each in imports if _functions(each)], 0, numbers)
    return numbers


class _Leaf(NamedTuple):
    """An import within the `try` statements that are around it at one time."""

    attempts: tuple[Attempt, ...]
    met: bool | None
    number: int
    taken: tuple[int, int] | None


def _functions(each: Guarded) -> list[int]:
    return [place for place, block in enumerate(each.blocks) if isinstance(block, Function)]


def _when_loaded(each: Guarded) -> _Leaf:
    # Loading a `def` runs nothing of it, but where the `def` is not run there is no function.
    functions = _functions(each)
    around = each.blocks[: functions[0]] if functions else each.blocks
    return _Leaf(_attempts(around), True if functions else each.met, each.number, each.taken)


def _when_called(each: Guarded) -> _Leaf:
    # By then the code has left every `try` around the `def`.
    around = each.blocks[_functions(each)[-1] + 1 :]
    return _Leaf(_attempts(around), each.met, each.number, each.taken)


def _attempts(blocks: Iterable[Block]) -> tuple[Attempt, ...]:
    return tuple(block for block in blocks if isinstance(block, Attempt))


def _survives(leaves: Sequence[_Leaf], depth: int, numbers: set[int]) -> bool | None:
    """Whether code gets past these imports; None where that depends on what is not known."""
    outcomes = [leaf.met for leaf in leaves if len(leaf.attempts) == depth]
    groups: dict[int, list[_Leaf]] = defaultdict(list)
    for leaf in leaves:
        if len(leaf.attempts) > depth:
            groups[leaf.attempts[depth].group].append(leaf)
    outcomes += [_attempt_survives(members, depth, numbers) for members in groups.values()]
    return False if False in outcomes else None if None in outcomes else True


def _attempt_survives(members: Sequence[_Leaf], depth: int, numbers: set[int]) -> bool | None:
    ends = members[0].attempts[depth].branches
    branches: list[list[_Leaf]] = [[] for _ in (*ends, OTHERWISE)]
    for leaf in members:
        branches[leaf.attempts[depth].branch].append(leaf)
    body, *handlers, after = (_survives(branch, depth + 1, numbers) for branch in branches)
    taken = _taken(branches[0], members[0].attempts[depth].group)
    handled = handlers[taken - 1] if handlers and ends[taken] else False
    clauses = enumerate(branches[1:OTHERWISE], 1)
    idle = [branch for number, branch in clauses if body is True or number != taken]
    numbers |= {leaf.number for branch in idle for leaf in branch}
    match body:
        case True:
            return after
        case False:
            numbers |= {leaf.number for leaf in branches[OTHERWISE]}
            if handled is not False:
                numbers |= _missing(branches[0])
            return handled
        case None:
            # Either way may do: what is missing on one of them is not held against the code.
            numbers |= _missing([leaf for branch in branches[:OTHERWISE] for leaf in branch])
            return True if handled and after else None


def _taken(body: Iterable[_Leaf], group: int) -> int:
    """Return the handler that a failure in the body leads to."""
    first = next((leaf.taken for leaf in body if leaf.met is False), None)
    # Of several handlers that catch a failed import, Python takes the first.
    return first[1] if first is not None and first[0] == group else 1


def _missing(leaves: Iterable[_Leaf]) -> set[int]:
    return {leaf.number for leaf in leaves if leaf.met is False}
