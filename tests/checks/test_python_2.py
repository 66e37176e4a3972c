"""SCF206, word for word: what Python 2 does not find in the package folder, or cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.conftest import Shelf

STOCK: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "zope-interface": {"5.4.0": ()},
    "zope-event": {"4.5.0": ()},
    "protobuf": {"3.17.3": ()},
    "azure-common": {"1.1": ("azure-nspkg",)},
    "azure-nspkg": {"3.0": ()},
    "python-dateutil": {"2.9": ()},
}


def files(**changed: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        "protobuf 3.17.3": {"names": ["google.protobuf"]},
        "azure-common 1.1": {"names": ["azure.common"]},
        "azure-nspkg 3.0": {"names": [], "shared": ["azure"]},
        "python-dateutil 2.9": {"names": ["dateutil"]},
    } | changed


@pytest.mark.parametrize(
    ("requirement", "fields", "expected"),
    [
        pytest.param(
            "protobuf",
            {},
            (
                "warning unknown requirements.txt:1 protobuf",
                (
                    "protobuf 3.17.3 cannot be imported on Python2.7 as pip packs it: google has "
                    "no __init__.py, which Python 2 needs: protobuf (requirements.txt:1)"
                ),
                "once it is packed, add an empty google/__init__.py to the package",
            ),
            id="nobody brings one",
        ),
        pytest.param(
            "protobuf>3.6",
            {"built_ins": {"protobuf 3.6.0": ()}},
            (
                "warning unknown requirements.txt:1 protobuf",
                (
                    "protobuf 3.17.3 cannot be imported on Python2.7 as pip packs it: google has "
                    "no __init__.py, which Python 2 needs; built-in protobuf 3.6.0 has that "
                    "namespace too, and hides what is packed: protobuf>3.6 (requirements.txt:1)"
                ),
                "deploy to a runtime with Python 3, or do without it",
            ),
            id="a built-in has it too",
        ),
        pytest.param("protobuf", {"files": ["google/__init__.py"]}, None, id="the project has one"),
        pytest.param("protobuf", {"runtimes": ["3.6"]}, None, id="Python 3"),
        pytest.param("azure-common", {}, None, id="another distribution brings one"),
        pytest.param("python-dateutil", {}, None, id="no namespace"),
    ],
)
def test_a_namespace_needs_an_init_on_python_2(
    told: Callable[..., list[tuple[str, str, str]]],
    shelf: Callable[..., Shelf],
    requirement: str,
    fields: Mapping[str, Any],
    expected: tuple[str, str, str] | None,
) -> None:
    index = shelf(STOCK, files())
    case = {"requirements": f"{requirement}\n", "runtimes": ["2.7"], "index": index, **fields}
    assert told("SCF206", **case) == ([] if expected is None else [expected])


def test_what_could_not_be_looked_into_is_told(
    told: Callable[..., list[tuple[str, str, str]]], shelf: Callable[..., Shelf]
) -> None:
    index = shelf(STOCK, files(**{"protobuf 3.17.3": {}}))
    assert told("SCF206", requirements="protobuf\n", runtimes=["2.7"], index=index) == [
        (
            "warning unknown requirements.txt:1 protobuf",
            (
                "protobuf 3.17.3 may share a namespace that Python 2 does not find as pip packs "
                "it, and nobody could look: protobuf-3.17.3-py2.py3-none-any.whl is broken: "
                "protobuf (requirements.txt:1)"
            ),
            "try again where its file can be read",
        )
    ]


@pytest.mark.parametrize(
    ("said", "module", "is_told"),
    [
        pytest.param({"classified": ("3",)}, "requests_file.py", True, id="it is Python 3"),
        pytest.param({"classified": ("3",)}, "", False, id="certifi 2021.10.8 is not"),
        pytest.param({"classified": ("2", "3")}, "", False, id="its classifiers name Python 2"),
    ],
)
def test_a_wheel_that_its_classifiers_speak_against_is_looked_into(
    told: Callable[..., list[tuple[str, str, str]]],
    shelf: Callable[..., Shelf],
    said: Mapping[str, Any],
    module: str,
    is_told: bool,  # noqa: FBT001  # a column of the table
) -> None:
    names = {"names": ["requests_file"], "python_3": module}
    index = shelf({"requests-file": {"3.0.1": ()}}, {"requests-file 3.0.1": {**said, **names}})
    found = told("SCF206", requirements="requests-file\n", runtimes=["2.7"], index=index)
    assert index.opened == (
        ["requests-file-3.0.1-py2.py3-none-any.whl"] * (said["classified"] == ("3",))
    )
    assert (
        found
        == [
            (
                "warning unknown requirements.txt:1 requests-file",
                (
                    "requests-file 3.0.1 may not run on Python2.7: its classifiers name no "
                    "Python 2, and its requests_file.py has what Python 2 cannot read: "
                    "requests-file (requirements.txt:1)"
                ),
                "try an older release: add requests-file<3.0.1 to the requirements",
            )
        ]
        * is_told
    )
