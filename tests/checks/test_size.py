"""SCF503, word for word: what is too large, and what may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index
    from tests.conftest import Shelf

MB = 1_000_000
STOCK: dict[str, Any] = {name: {"1": ()} for name in ("a", "b", "c", "d")}


def large(size: float | None, unpacked: float | None = None) -> dict[str, Any]:
    """Say of a file that it has so many MB, and so many unpacked."""
    names = {} if unpacked is None else {"names": [], "unpacked": int(unpacked * MB)}
    return {"size": None if size is None else int(size * MB), **names}


@pytest.mark.parametrize(
    ("files", "head", "takes", "largest"),
    [
        pytest.param(
            {"a 1": large(100, 400), "b 1": large(80, 200)},
            "error blocked",
            "600 MB or more",
            "a 1 (400 MB), b 1 (200 MB) and c 1 (0 MB)",
            id="too large",
        ),
        pytest.param(
            {"a 1": large(301), "b 1": large(202)},
            "error blocked",
            "503 MB or more",
            "a 1 (301 MB), b 1 (202 MB) and c 1 (0 MB)",
            id="too large as it is compressed, whatever is in it",
        ),
        pytest.param(
            {"a 1": large(None, 700)},
            "error blocked",
            "700 MB or more",
            "a 1 (700 MB), b 1 (0 MB) and c 1 (0 MB)",
            id="of a size that the index does not tell",
        ),
        pytest.param(
            {"a 1": large(100, 410)},
            "warning ready",
            "410 MB",
            "a 1 (410 MB), b 1 (0 MB) and c 1 (0 MB)",
            id="nearly",
        ),
        pytest.param(
            {"a 1": large(120)},
            "warning unknown",
            "more than 120 MB, not known how much: a-1-py2.py3-none-any.whl is broken",
            "a 1 (120 MB), b 1 (0 MB) and c 1 (0 MB)",
            id="a large file that cannot be opened",
        ),
    ],
)
def test_what_is_too_large(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    files: dict[str, Any],
    head: str,
    takes: str,
    largest: str,
) -> None:
    found = told("SCF503", requirements="a\nb\nc\n", index=shelf(STOCK, files))
    assert found == [
        (
            f"{head} - -",
            (
                f"what is to be vendored takes {takes} unpacked; "
                "Python3.6 takes 500 MB with layers and own files"
            ),
            f"leave out what the code does not use, the largest first: {largest}",
        )
    ]


@pytest.mark.parametrize(
    ("requirements", "what", "takes", "largest"),
    [
        pytest.param(
            "c\n", "what is vendored", "600 MB or more", "v 1 (600 MB)", id="copies alone"
        ),
        pytest.param(
            "a\n",
            "what is vendored and to be vendored",
            "900 MB or more",
            "v 1 (600 MB) and a 1 (300 MB)",
            id="copies, and what is still to be packed",
        ),
    ],
)
def test_what_is_vendored_already_counts(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    requirements: str,
    what: str,
    takes: str,
    largest: str,
) -> None:
    found = told(
        "SCF503",
        requirements=requirements,
        vendored={"v 1": {"size": 600 * MB}, "c 1": {}},
        index=shelf(STOCK, {"a 1": large(100, 300)}),
    )
    ((_, message, remedy),) = found
    assert message.startswith(f"{what} takes {takes} unpacked; ")
    assert remedy.endswith(f"first: {largest}")


def test_a_copy_that_is_packed_over_counts_once(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    stock = {"v": {"2": ()}}
    index = shelf(stock, {"v 2": large(100, 450)})
    vendored = {"v 1": {"size": 300 * MB}}
    ((_, message, _),) = told("SCF503", requirements="v>=2\n", vendored=vendored, index=index)
    assert message.startswith("what is to be vendored takes 450 MB unpacked; ")


@pytest.mark.parametrize(
    ("files", "opened"),
    [
        pytest.param({"a 1": large(13)}, [], id="small enough, whatever is in it"),
        pytest.param({"a 1": large(60, 200), "b 1": large(3, 10)}, ["a"], id="the largest alone"),
        pytest.param({"a 1": large(9, 30), "b 1": large(8, 30)}, ["a", "b"], id="several"),
        pytest.param({"b 1": large(None, 30)}, ["b"], id="what has no size"),
        pytest.param({"a 1": large(90)}, ["a"], id="it cannot be opened and is not so large"),
    ],
)
def test_only_files_that_can_matter_are_opened(
    told: Callable[..., Any],
    shelf: Callable[..., Shelf],
    files: dict[str, Any],
    opened: list[str],
) -> None:
    index = shelf(STOCK, files)
    assert told("SCF503", requirements="a\nb\nc\n", index=index) == []
    assert [name.partition("-")[0] for name in index.opened] == opened


def test_of_many_files_without_a_size_a_handful_is_opened(
    told: Callable[..., Any], shelf: Callable[..., Shelf]
) -> None:
    needed = [f"n{number:02}" for number in range(20)]
    stock = {**{name: {"1": ()} for name in needed}, "a": {"1": needed}, "z": {"1": ()}}
    native = {"tags": "cp36-cp36m-manylinux1_x86_64"}
    files = {f"{name} 1": large(None, 1) for name in stock}
    index = shelf(
        stock, {**files, "z 1": {**files["z 1"], **native}, "n19 1": {**files["z 1"], **native}}
    )
    told("SCF503", requirements="a\nz\n", index=index)
    assert [name.partition("-")[0] for name in index.opened] == [
        *("z", "a", "n19"),
        *needed[:5],
    ]
