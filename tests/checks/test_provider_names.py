"""SCF204, word for word: the COS SDK by its other name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

COS = {"cos-python-sdk-v5 1.6.6": ()}
V5 = "import qcloud_cos_v5\n"


@pytest.mark.parametrize(
    ("code", "case", "place"),
    [
        pytest.param(V5, {"runtimes": ["3.7"]}, "index.py:1", id="declared nowhere"),
        pytest.param(
            "import os\nfrom qcloud_cos_v5 import CosConfig\n" + V5,
            {"runtimes": ["3.7"], "requirements": "cos-python-sdk-v5\n"},
            "index.py:2",
            id="to be packed, where it has the other name; once, at the first place",
        ),
        pytest.param(
            V5,
            {"vendored": {"cos-python-sdk-v5 1.9": {"files": ["qcloud_cos/__init__.py"]}}},
            "index.py:1",
            id="packed already",
        ),
        pytest.param(
            V5,
            {"runtimes": ["3.7"], "requirements": "cos-python-sdk-v5\n", "index": "stocked"},
            "index.py:1",
            id="to be packed, and its files are known",
        ),
        pytest.param(
            V5,
            {
                "built_ins": COS,
                "requirements": "cos-python-sdk-v5>=1.9\n",
                "index": "stocked",
            },
            "index.py:1",
            id="the built-in is replaced",
        ),
    ],
)
def test_an_import_by_the_name_of_the_other_provider(
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    code: str,
    case: dict[str, Any],
    place: str,
) -> None:
    if "index" in case:
        release = {"cos-python-sdk-v5": {"1.9": ()}}
        index = shelf(release, {"cos-python-sdk-v5 1.9": {"names": ["qcloud_cos"]}})
        case = {**case, "index": index}
    assert told("SCF204", sources={"index.py": code}, **case) == [
        (
            f"warning ready {place} qcloud_cos_v5",
            (
                "cos-python-sdk-v5 is imported as qcloud_cos_v5 where it is built in, "
                "as qcloud_cos where it is packed from the index"
            ),
            "try: import qcloud_cos_v5 / except ImportError: import qcloud_cos as qcloud_cos_v5",
        )
    ]


@pytest.mark.parametrize(
    ("code", "case"),
    [
        pytest.param(V5, {"built_ins": COS}, id="the built-in has that name"),
        pytest.param(
            "try:\n    import qcloud_cos_v5\nexcept ImportError:\n    import qcloud_cos\n",
            {"runtimes": ["3.7"], "requirements": "cos-python-sdk-v5\n"},
            id="both names are tried",
        ),
        pytest.param("import yaml\n", {}, id="missing under its only name"),
        pytest.param("import no_such_module\n", {}, id="missing, and in no table"),
    ],
)
def test_what_has_no_other_name(told: Callable[..., Any], code: str, case: dict[str, Any]) -> None:
    assert told("SCF204", sources={"index.py": code}, **case) == []
