"""SCF109, word for word: extras that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

SOCKS = {"extras": ("security", "socks")}
MANY = tuple(f"e{number}" for number in range(10))


@pytest.mark.parametrize(
    ("line", "fields", "message", "remedy"),
    [
        pytest.param(
            "requests[nosuch]",
            SOCKS,
            "requests 2 has no extra nosuch",
            "leave it out, or write one that it has: security or socks",
            id="one",
        ),
        pytest.param(
            "requests[Nosuch,b,socks]",
            SOCKS,
            "requests 2 has no extra Nosuch or b",
            "leave it out, or write one that it has: security or socks",
            id="two, as they are written, beside one that is there",
        ),
        pytest.param(
            "requests[nosuch]",
            {"extras": ()},
            "requests 2 has no extra nosuch",
            "leave it out: it has no extras",
            id="it has none",
        ),
        pytest.param(
            "requests[nosuch]",
            {"extras": MANY},
            "requests 2 has no extra nosuch",
            "leave it out, or write one that it has: e0, e1, e2, e3, e4, e5, e6, e7 or 2 more",
            id="it has many",
        ),
    ],
)
def test_an_extra_that_the_release_does_not_have(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    line: str,
    fields: dict[str, Any],
    message: str,
    remedy: str,
) -> None:
    index = shelf({"requests": {"2": ()}}, {"requests 2": fields})
    assert told("SCF109", requirements=f"{line}\n", index=index) == [
        ("note ready requirements.txt:1 requests", message, remedy)
    ]


@pytest.mark.parametrize(
    ("line", "requires", "fields"),
    [
        pytest.param("requests[SOCKS]", (), SOCKS, id="it has it, without requirements"),
        pytest.param("requests", (), SOCKS, id="none is asked for"),
        pytest.param("requests[nosuch]", (), {}, id="its metadata need not name them"),
        pytest.param(
            "requests[so_cks]",
            ('six; extra == "so-cks"',),
            {"extras": ()},
            id="only a requirement speaks of it",
        ),
    ],
)
def test_an_extra_that_is_there_or_not_known(
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    line: str,
    requires: tuple[str, ...],
    fields: dict[str, Any],
) -> None:
    index = shelf({"requests": {"2": requires}, "six": {"1": ()}}, {"requests 2": fields})
    assert told("SCF109", requirements=f"{line}\n", index=index) == []


def test_what_others_ask_for_is_not_the_users_to_mend(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    stock = {"requests": {"2": ()}, "a": {"1": ("requests[nosuch]",)}}
    assert told("SCF109", requirements="a\n", index=shelf(stock, {"requests 2": SOCKS})) == []
