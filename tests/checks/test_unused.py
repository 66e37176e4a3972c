"""SCF205, word for word: requirements that no import uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

BUILT_INS = {"six 1.12.0": (), "pyyaml 5.1": ()}
SIX = {"index.py": "import six\n"}


@pytest.mark.parametrize(
    ("case", "cost"),
    [
        pytest.param(
            {"built_ins": BUILT_INS},
            "; Python3.6 has it built in, so it takes no room",
            id="built in",
        ),
        pytest.param(
            {"built_ins": {"six 1.12.0": ()}, "vendored": {"pyyaml 5.0": {"size": 123456}}},
            "; its copy in the package takes 123 kB",
            id="packed",
        ),
        pytest.param(
            {"built_ins": {"six 1.12.0": ()}, "vendored": {"pyyaml 5.0": {}}},
            "",
            id="packed, and nobody knows how large",
        ),
        pytest.param({"vendored": {"six 1.12.0": {}}}, "", id="no index was asked"),
    ],
)
def test_a_line_that_no_import_uses(
    told: Callable[..., Any], case: dict[str, Any], cost: str
) -> None:
    lines = "six\npyyaml>=3\n"
    assert told("SCF205", requirements=lines, sources=SIX, **case) == [
        (
            "note ready requirements.txt:2 pyyaml",
            f"pyyaml is declared, but nothing imports it{cost}",
            "if nothing loads it by name, remove pyyaml>=3 at requirements.txt:2",
        )
    ]


@pytest.mark.parametrize(
    ("names", "unpacked"),
    [
        pytest.param(["yaml"], 2_345_678, id="its files are known"),
    ],
)
def test_a_release_that_would_be_packed_for_nothing(
    told: Callable[..., Any], shelf: Callable[..., Index], names: list[str], unpacked: int
) -> None:
    files = {
        "six 1": {"names": ["six"]},
        "pyyaml 1": {"names": names, "unpacked": unpacked},
    }
    index = shelf({"six": {"1": ()}, "pyyaml": {"1": ()}}, files)
    # what is missing has every file opened
    sources = {"index.py": "import six, ujson\n"}
    ((_, message, _),) = told("SCF205", requirements="six\npyyaml\n", sources=sources, index=index)
    assert message == "pyyaml is declared, but nothing imports it; it takes 2.3 MB unpacked"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"sources": {"a.py": "import six, yaml.nodes"}}, id="imported"),
        pytest.param({"sources": {"a.py": "import six\ndef f(): import yaml"}}, id="called"),
        pytest.param(
            {"sources": {"a.py": "import six\ntry: import yaml\nexcept ImportError: x = 1"}},
            id="guarded",
        ),
        pytest.param({"sources": {}}, id="no sources"),
        pytest.param({"sources": {"a.py": "import json"}}, id="no distribution is imported"),
        pytest.param(
            {
                "sources": SIX,
                "problems": (Problem("not text", Location("b.py")),),
            },
            id="a source could not be read",
        ),
        pytest.param(
            {"sources": SIX, "built_ins": {**BUILT_INS, "six 1.12.0": ("pyyaml",)}},
            id="another one needs it",
        ),
    ],
)
def test_a_line_that_is_used_or_may_be(told: Callable[..., Any], case: dict[str, Any]) -> None:
    fields = {"built_ins": BUILT_INS, **case}
    assert told("SCF205", requirements="six\npyyaml\n", **fields) == []


def test_what_has_no_known_import_name_may_be_used(told: Callable[..., Any]) -> None:
    lines = "six\nsome-plugin-nobody-knows\n"
    assert told("SCF205", requirements=lines, sources=SIX, built_ins=BUILT_INS) == []
