"""SCF106, SCF501 and SCF502, word for word: copies in the package that cannot be used."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Artefact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CP311 = "cp311-cp311-manylinux_2_17_x86_64"
SIX_110 = {"six 1.10": {"files": ["six.py"]}}


@pytest.mark.parametrize(
    ("case", "head", "message", "remedy"),
    [
        pytest.param(
            {"requirements": "six>=1.12\n", "built_ins": {"six 1.12.0": ()}, "vendored": SIX_110},
            "error blocked six-1.10.dist-info six",
            "vendored six 1.10 comes first on the path of Python3.6, "
            "but it does not meet six>=1.12 (requirements.txt:1)",
            "remove it, built-in six 1.12.0 will do: rm -r six.py six-1.10.dist-info",
            id="the built-in would do",
        ),
        pytest.param(
            {
                "requirements": "web\n",
                "built_ins": {"six 1.12.0": ()},
                "vendored": {"web 2.0": {"requires": ["six>=1.12"]}, **SIX_110},
                "root": "functions/my site",
            },
            "error blocked functions/my site/six-1.10.dist-info six",
            "vendored six 1.10 comes first on the path of Python3.6, but it does not meet "
            "six>=1.12 (needed by vendored web 2.0, from requirements.txt:1)",
            "remove it, built-in six 1.12.0 will do: "
            "rm -r 'functions/my site/six.py' 'functions/my site/six-1.10.dist-info'",
            id="another copy asks, and the audit ran elsewhere",
        ),
    ],
)
def test_a_copy_that_does_not_satisfy(
    told: Callable[..., Any], case: dict[str, Any], head: str, message: str, remedy: str
) -> None:
    assert told("SCF106", **case) == [(head, message, remedy)]


def test_a_copy_that_nothing_present_can_stand_in_for_is_packed_anew(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    lines = "six[x]>=1.12\nsix<2; python_version < '4'\n"
    assert told("SCF106", requirements=lines, vendored=SIX_110) == [
        (
            "error blocked six-1.10.dist-info six",
            (
                "vendored six 1.10 comes first on the path of Python3.6, "
                "but it does not meet six[x]>=1.12 (requirements.txt:1)"
            ),
            pip("six[x]<2,>=1.12") + " --upgrade",
        )
    ]


def test_a_copy_whose_own_needs_lose_says_against_whom(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    case = {
        "requirements": "requests\nurllib3>=1.26\n",
        "vendored": {"requests 2.20.0": {"requires": ["urllib3<1.25"]}},
    }
    assert told("SCF106", **case) == [
        (
            "error blocked requests-2.20.0.dist-info requests",
            (
                "vendored requests 2.20.0 comes first on the path of Python3.6, "
                "but it needs urllib3<1.25, against urllib3>=1.26 (requirements.txt:2)"
            ),
            pip("requests") + " --upgrade",
        )
    ]


def test_a_copy_whose_own_needs_exclude_each_other(told: Callable[..., Any]) -> None:
    copies = {"mid 2": {"requires": ["click<8", "click>=9"]}}
    ((_, message, _),) = told("SCF106", requirements="mid\n", vendored=copies)
    assert message == (
        "vendored mid 2 comes first on the path of Python3.6, "
        "but it needs click<8 and click>=9, which cannot be had beside the rest"
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param({"tags": (CP311,)}, f"it was built for {CP311}, not for cp36m", id="tags"),
        pytest.param(
            {"requires_python": ">=3.9"},
            "it needs Python >=3.9, here is 3.6.1",
            id="Requires-Python",
        ),
    ],
)
def test_a_copy_for_another_python(
    told: Callable[..., Any], pip: Callable[..., str], fields: dict[str, Any], why: str
) -> None:
    case = {"requirements": "numpy>=1.15\n", "vendored": {"numpy 1.24": fields}}
    head = "warning unknown numpy-1.24.dist-info numpy"
    message = f"vendored numpy 1.24 comes first on the path of Python3.6, but {why}"
    assert told("SCF501", **case) == [(head, message, pip("numpy>=1.15") + " --upgrade")]
    assert told("SCF501", built_ins={"numpy 1.15.0": ()}, **case) == [
        (
            head,
            message,
            "remove it, built-in numpy 1.15.0 will do: rm -r numpy numpy-1.24.dist-info",
        )
    ]


def test_a_copy_for_another_python_that_is_only_imported(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    case = {"vendored": {"numpy 1.24": {"tags": (CP311,)}}, "sources": {"index.py": "import numpy"}}
    head = "warning unknown numpy-1.24.dist-info numpy"
    why = (
        f"vendored numpy 1.24 is packed for Python3.6, but it was built for {CP311}, not for cp36m"
    )
    assert told("SCF501", **case) == [(head, why, pip("numpy") + " --upgrade")]
    assert told("SCF201", **case) == []


def test_a_copy_for_another_system_alone_is_no_proof_of_a_conflict(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    darwin = "cp36-cp36m-macosx_10_9_x86_64"
    case = {
        "requirements": "numpy>=1.15\n",
        "vendored": {"numpy 1.24": {"tags": (darwin,)}},
        "artefact": Artefact.PACKAGE,
        "root": "function.zip",
    }
    assert told("SCF101", **case) == []
    assert told("SCF501", **case) == [
        (
            "warning unknown function.zip/numpy-1.24.dist-info numpy",
            (
                f"vendored numpy 1.24 is packed for Python3.6, but it was built for {darwin}, "
                "not for cp36m on Linux, x86_64, glibc 2.17"
            ),
            f"in the folder that is zipped: {pip('numpy>=1.15')} --upgrade",
        )
    ]
    ((head, _, _),) = told("SCF101", **{**case, "requirements": "numpy>=2\n"})
    assert head == "error blocked requirements.txt:1 numpy"


def test_in_a_zip_the_remedy_speaks_of_the_folder_that_is_zipped(told: Callable[..., Any]) -> None:
    assert told(
        "SCF501",
        requirements="numpy\n",
        built_ins={"numpy 1.15.0": ()},
        vendored={"numpy 1.24": {"tags": (CP311,)}},
        artefact=Artefact.PACKAGE,
        root="function.zip",
    ) == [
        (
            "warning unknown function.zip/numpy-1.24.dist-info numpy",
            (
                "vendored numpy 1.24 comes first on the path of Python3.6, "
                f"but it was built for {CP311}, not for cp36m"
            ),
            (
                "remove it, built-in numpy 1.15.0 will do: "
                "in the folder that is zipped: rm -r numpy numpy-1.24.dist-info"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("owned", "others", "removed"),
    [
        pytest.param(["six.py"], ["index.py"], ["six.py"], id="a module"),
        pytest.param(
            ["a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/data.txt"],
            ["index.py"],
            ["a"],
            id="a package, whole",
        ),
        pytest.param(
            ["google/cloud/__init__.py", "google/cloud/x.py"],
            ["google/auth/__init__.py"],
            ["google/cloud"],
            id="its part of a namespace",
        ),
        pytest.param(
            ["a/__init__.py", "a/b.py"],
            ["a/mine.py"],
            ["a/__init__.py", "a/b.py"],
            id="a package with a file of the project's in it",
        ),
        pytest.param(
            ["a/__init__.py", "a.libs/libz.so", "bin/tool", "_a.so"],
            ["bin/other.py"],
            ["_a.so", "a", "a.libs", "bin/tool"],
            id="compiled parts and a script, but never all scripts",
        ),
        pytest.param(
            ["src/a/__init__.py"], ["src/mine/__init__.py"], ["src/a"], id="the src layout"
        ),
    ],
)
def test_the_paths_to_remove_are_the_copys_and_nobody_elses(
    told: Callable[..., Any],
    tmp_path: Path,
    owned: list[str],
    others: list[str],
    removed: list[str],
) -> None:
    ((_, _, remedy),) = told(
        "SCF106",
        requirements="a>=2\n",
        built_ins={"a 2.0": ()},
        vendored={"a 1.0": {"files": owned}},
        files=others,
    )
    command = remedy.partition("will do: ")[2]
    assert shlex.split(command) == ["rm", "-r", *removed, "a-1.0.dist-info"]
    for path in (*owned, *others):
        there = tmp_path / path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.touch()
    for path in removed:
        _remove(tmp_path / path)
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == set(others)


def _remove(path: Path) -> None:
    if path.is_dir():
        for inner in path.iterdir():
            _remove(inner)
        path.rmdir()
    else:
        path.unlink()


def test_metadata_without_modules_is_a_note_and_counts_as_absent(told: Callable[..., Any]) -> None:
    case = {
        "requirements": "six\n",
        "built_ins": {"six 1.12.0": ()},
        "vendored": {"six 1.16.0": {"files": [], "is_hollow": True}},
        "root": "functions/mail",
    }
    assert told("SCF502", **case) == [
        (
            "note ready functions/mail/six-1.16.0.dist-info six",
            "six 1.16.0 is recorded, but none of its modules is there",
            "rm -r functions/mail/six-1.16.0.dist-info",
        )
    ]
    assert told("SCF106", **case) == []


@pytest.mark.parametrize("code", ["SCF106", "SCF501", "SCF502"])
@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"requirements": "six>=1.10\n", "vendored": SIX_110}, id="it satisfies"),
        pytest.param(
            {
                "requirements": "six\n",
                "vendored": {"six 1.10": {"tags": ("py2-none-any", "py3-none-any")}},
            },
            id="a pure wheel",
        ),
        pytest.param(
            {"requirements": "six\n", "vendored": {"six 1.10": {"requires_python": ">=2.7,!=3.0"}}},
            id="Requires-Python admits it",
        ),
        pytest.param(
            {"requirements": "six\n", "vendored": {"six 1.10": {"requires_python": "oops"}}},
            id="an unreadable Requires-Python is none, as for pip",
        ),
        pytest.param({"vendored": {"numpy 1.24": {"tags": (CP311,)}}}, id="nobody asks for it"),
        pytest.param(
            {
                "requirements": "numpy; python_version >= '3.11'\n",
                "vendored": {"numpy 1.24": {"tags": (CP311,)}},
            },
            id="only other runtimes ask for it",
        ),
    ],
)
def test_a_copy_that_is_well(told: Callable[..., Any], code: str, case: dict[str, Any]) -> None:
    assert told(code, **case) == []
