"""Which imports within `try` statements do not matter, whatever way each may turn out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.alternatives import Guarded, excused
from audit.code import OTHERWISE, Attempt, Block, Function

OUTCOMES = {"met": True, "missing": False, "open": None}


def guarded(number: int, outcome: str, *blocks: Block) -> Guarded:
    return Guarded(blocks, OUTCOMES[outcome], number)


def attempt(branch: int, ends: str, group: int = 0) -> Attempt:
    """Write the branches of a `try` as `+` where control may reach the end, `-` where not."""
    return Attempt(group=group, branch=branch, branches=tuple(end == "+" for end in ends))


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        pytest.param([guarded(0, "missing")], set(), id="no try around it"),
        pytest.param(
            [guarded(0, "met", attempt(0, "++")), guarded(1, "missing", attempt(1, "++"))],
            {1},
            id="the body is met, the handler never runs",
        ),
        pytest.param(
            [guarded(0, "missing", attempt(0, "++")), guarded(1, "met", attempt(1, "++"))],
            {0},
            id="the handler makes up for the body",
        ),
        pytest.param(
            [guarded(0, "missing", attempt(0, "++"))], {0}, id="a handler without imports"
        ),
        pytest.param([guarded(0, "missing", attempt(0, "+-"))], set(), id="a handler that raises"),
        pytest.param([guarded(0, "missing", attempt(0, "+"))], set(), id="no handler catches it"),
        pytest.param(
            [guarded(0, "missing", attempt(0, "++")), guarded(1, "missing", attempt(1, "++"))],
            set(),
            id="both are missing",
        ),
        pytest.param(
            [
                guarded(0, "missing", attempt(0, "+-+")),
                guarded(1, "missing", attempt(2, "+-+")),
            ],
            {1},
            id="of several handlers the first runs",
        ),
        pytest.param(
            [
                guarded(0, "missing", attempt(0, "+++"))._replace(taken=(0, 2)),
                guarded(1, "missing", attempt(1, "+++")),
                guarded(2, "missing", attempt(2, "+++")),
            ],
            {1},
            id="the handler that runs is known",
        ),
        pytest.param(
            [
                guarded(0, "missing", attempt(0, "+-+"))._replace(taken=(0, 2)),
                guarded(1, "met", attempt(2, "+-+")),
            ],
            {0},
            id="the handler that runs makes up for it",
        ),
        pytest.param(
            [guarded(0, "open", attempt(0, "++")), guarded(1, "missing", attempt(1, "++"))],
            {1},
            id="what is not known may do, so the missing one is not told",
        ),
        pytest.param(
            [
                guarded(0, "missing", attempt(0, "++", group=0)),
                guarded(1, "missing", attempt(0, "+-", group=1)),
            ],
            {0},
            id="two statements are told apart",
        ),
        pytest.param(
            [
                guarded(0, "missing", attempt(0, "++")),
                guarded(1, "missing", attempt(1, "++"), attempt(0, "++", group=1)),
                guarded(2, "met", attempt(1, "++"), attempt(1, "++", group=1)),
            ],
            {0, 1},
            id="alternatives within alternatives",
        ),
        pytest.param(
            [guarded(0, "met", attempt(0, "++")), guarded(1, "missing", attempt(OTHERWISE, "++"))],
            set(),
            id="no handler protects the else",
        ),
        pytest.param(
            [
                guarded(0, "missing", attempt(0, "++")),
                guarded(1, "missing", attempt(OTHERWISE, "++")),
            ],
            {0, 1},
            id="the else does not run after a failure",
        ),
        pytest.param(
            [guarded(0, "missing", attempt(0, "++"), Function("f"))],
            set(),
            id="a function is called when the try around its def is over",
        ),
        pytest.param(
            [guarded(0, "missing", Function("f"), attempt(0, "++"))],
            {0},
            id="a try in the function itself",
        ),
        pytest.param(
            [
                guarded(0, "met", attempt(0, "++")),
                guarded(1, "missing", attempt(1, "++"), Function("f")),
            ],
            {1},
            id="a def in a handler that never runs",
        ),
    ],
)
def test_which_imports_do_not_matter(imports: list[Guarded], expected: set[int]) -> None:
    assert excused(imports) == expected
    assert excused(imports[::-1]) == expected


Around = tuple[Block, ...]


def nests(depth: int, groups: itertools.count[int]) -> st.SearchStrategy[list[Around]]:
    """Draw what is around each import of a nest of `try` statements."""
    flat: st.SearchStrategy[list[Around]] = st.just([()])
    if not depth:
        return flat
    inner = nests(depth - 1, groups)

    def statement(parts: tuple[list[Around], ...], ends: str) -> list[Around]:
        group = next(groups)
        return [
            (attempt(branch, ends, group), *around)
            for branch, part in zip((0, 1, OTHERWISE), parts, strict=True)
            for around in part
        ]

    ends = st.sampled_from(["++", "+-", "-+", "--"])
    nested = st.builds(statement, st.tuples(inner, inner, inner), ends)
    parts = st.lists(flat | nested, min_size=1, max_size=2)
    return parts.map(lambda drawn: [around for part in drawn for around in part])


some_nests = nests(2, itertools.count())


def imports_of(nest: list[Around], outcomes: list[str]) -> list[Guarded]:
    rows = zip(nest, outcomes, strict=True)
    return [guarded(number, outcome, *around) for number, (around, outcome) in enumerate(rows)]


@given(st.data())
def test_an_unmet_import_outside_of_any_try_always_matters(data: st.DataObject) -> None:
    nest = data.draw(some_nests)
    outcomes = data.draw(
        st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=len(nest), max_size=len(nest))
    )
    ignored = excused(imports_of(nest, outcomes))
    assert not {number for number, around in enumerate(nest) if not around} & ignored


@given(st.data())
def test_a_nest_without_any_unmet_import_never_fails_and_names_no_met_body(
    data: st.DataObject,
) -> None:
    nest = data.draw(some_nests)
    ignored = excused(imports_of(nest, ["met"] * len(nest)))
    reached = {
        number
        for number, around in enumerate(nest)
        if all(isinstance(block, Attempt) and block.branch != 1 for block in around)
    }
    assert ignored == set(range(len(nest))) - reached
