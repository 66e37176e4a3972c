"""The runtimes' table, and what markers and wheels see of a runtime."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.utils import parse_wheel_filename

from audit.errors import UsageError
from audit.platform import Runtime
from audit.runtimes import marker_environment, marker_holds, read_runtimes, select, wheel_tags

SHIPPED = (Path(__file__).parents[1] / "data" / "runtimes.toml").read_text()
RUNTIMES = read_runtimes(SHIPPED, "runtimes.toml")
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"

ROW = """
[[runtime]]
name = "Python3.8"
python = "3.8"
full-version = "3.8.1"
abi = "cp38"
glibc = "2.17"
machine = "x86_64"
search-path = ["package", "standard library"]
unpacked-limit = 500
built-ins = false
source = "https://example.org/"
"""


def runtime(python: str) -> Runtime:
    (found,) = select([python], RUNTIMES)
    return found


def test_every_field_of_a_row_is_read() -> None:
    assert read_runtimes(ROW, "mine.toml") == (
        Runtime(
            name="Python3.8",
            python="3.8",
            full_version="3.8.1",
            abi="cp38",
            glibc=(2, 17),
            machine="x86_64",
            search_path=("package", "standard library"),
            unpacked_limit=500,
            has_built_ins=False,
            source="https://example.org/",
        ),
    )


def test_the_shipped_table_has_the_platforms_runtimes() -> None:
    assert [(r.name, r.abi, r.has_built_ins) for r in RUNTIMES] == [
        ("Python2.7", "cp27mu", True),
        ("Python3.6", "cp36m", True),
        ("Python3.7", "cp37m", False),
        ("Python3.9", "cp39", False),
        ("Python3.10", "cp310", False),
    ]
    assert [r.version for r in RUNTIMES] == [(2, 7), (3, 6), (3, 7), (3, 9), (3, 10)]


def _without(field: str) -> str:
    kept = [line for line in ROW.splitlines() if not line.startswith(f"{field} =")]
    return "\n".join(kept)


TEXT_FIELDS = ("name", "python", "full-version", "abi", "glibc", "machine", "source")


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize("value", [None, '""', "7", "[]"])
def test_a_text_field_has_to_be_there_and_be_text(field: str, value: str | None) -> None:
    text = _without(field) + (f"\n{field} = {value}" if value else "")
    with pytest.raises(UsageError) as error:
        read_runtimes(text, "mine.toml")
    assert str(error.value) == f"mine.toml: runtime 1: {field}: expected a string"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("python", '"3"', "python: '3' is not of the expected form"),
        ("python", '"3.8.1"', "python: '3.8.1' is not of the expected form"),
        ("python", '"4.0"', "python: '4.0' is not of the expected form"),
        ("full-version", '"3.8"', "full-version: '3.8' is not of the expected form"),
        ("full-version", '"3.8.1rc1"', "full-version: '3.8.1rc1' is not of the expected form"),
        ("full-version", '"3.80.1"', "full-version 3.80.1 is no 3.8"),
        ("full-version", '"2.7.1"', "full-version 2.7.1 is no 3.8"),
        ("glibc", '"217"', "glibc: '217' is not of the expected form"),
        ("unpacked-limit", None, "unpacked-limit: expected a number of bytes"),
        ("unpacked-limit", '"500"', "unpacked-limit: expected a number of bytes"),
        ("unpacked-limit", "true", "unpacked-limit: expected a number of bytes"),
        ("unpacked-limit", "0", "unpacked-limit: expected a number of bytes"),
        ("unpacked-limit", "1.5", "unpacked-limit: expected a number of bytes"),
        ("search-path", None, "search-path: expected a list of strings"),
        ("search-path", '"package"', "search-path: expected a list of strings"),
        ("search-path", '["package", 1]', "search-path: expected a list of strings"),
        ("built-ins", None, "built-ins: expected true or false"),
        ("built-ins", "1", "built-ins: expected true or false"),
        ("built-ins", '"true"', "built-ins: expected true or false"),
    ],
)
def test_a_field_of_another_form_is_refused(field: str, value: str | None, message: str) -> None:
    text = _without(field) + (f"\n{field} = {value}" if value else "")
    with pytest.raises(UsageError) as error:
        read_runtimes(text, "mine.toml")
    assert str(error.value) == f"mine.toml: runtime 1: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine.toml: no [[runtime]] in it"),
        ("runtime = []", "mine.toml: no [[runtime]] in it"),
        ('runtime = "Python3.6"', "mine.toml: no [[runtime]] in it"),
        ("[runtime]\nname = 1", "mine.toml: no [[runtime]] in it"),
        ("runtime = [1]", "mine.toml: runtime 1: expected a table"),
        (ROW + ROW, "mine.toml: runtime Python3.8 is there twice"),
        (
            ROW + ROW.replace('"Python3.8"', '""'),
            "mine.toml: runtime 2: name: expected a string",
        ),
    ],
)
def test_a_file_of_another_form_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read_runtimes(text, "mine.toml")
    assert str(error.value) == message


def test_what_is_no_toml_is_refused_with_the_place() -> None:
    with pytest.raises(UsageError, match=r"^mine\.toml: not TOML: .*line 2"):
        read_runtimes("\n[[runtime]\n", "mine.toml")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ["Python2.7", "Python3.6", "Python3.7", "Python3.9", "Python3.10"]),
        (("Python3.6",), ["Python3.6"]),
        (("python3.6",), ["Python3.6"]),
        ((" PYTHON 3.6 ",), ["Python3.6"]),
        (("python-3.6",), ["Python3.6"]),
        (("py36",), ["Python3.6"]),
        (("py3.6",), ["Python3.6"]),
        (("cp36",), ["Python3.6"]),
        (("3.6",), ["Python3.6"]),
        (("36",), ["Python3.6"]),
        (("py310",), ["Python3.10"]),
        (("3.10",), ["Python3.10"]),
        (("python3",), ["Python3.6"]),  # the newest that has built-ins
        (("all",), [runtime.name for runtime in RUNTIMES]),
        (("3.6", "ALL"), [runtime.name for runtime in RUNTIMES]),
        (("3",), ["Python3.6"]),
        (("python2",), ["Python2.7"]),
        (("3.10", "2.7", "py27"), ["Python2.7", "Python3.10"]),  # the table's order, once each
    ],
)
def test_a_runtime_may_be_spelled_in_many_ways(names: tuple[str, ...], expected: list[str]) -> None:
    assert [found.name for found in select(names, RUNTIMES)] == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Python3.66", "no runtime 'Python3.66'; did you mean Python3.6?"),
        ("pyton3.9", "no runtime 'pyton3.9'; did you mean Python3.9?"),
        ("py38", "no runtime 'py38'; did you mean Python3.9?"),
        (
            "node",
            "no runtime 'node'; known: Python2.7, Python3.6, Python3.7, Python3.9, Python3.10",
        ),
        (
            "python4",
            "no runtime 'python4'; known: Python2.7, Python3.6, Python3.7, Python3.9, Python3.10",
        ),
    ],
)
def test_an_unknown_runtime_is_answered_with_the_nearest(name: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        select([name], RUNTIMES)
    assert str(error.value) == message


@pytest.mark.parametrize("name", ["PyPlus3.8", "CPython3.8", "Python3.8-arm", "edge"])
def test_a_runtime_of_another_platform_goes_by_its_own_name(name: str) -> None:
    there = read_runtimes(ROW + ROW.replace('"Python3.8"', f'"{name}"'), "mine.toml")
    assert [found.name for found in select([name], there)] == [name]


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        (
            "2.7",
            {
                "implementation_name": "",
                "implementation_version": "0",
                "os_name": "posix",
                "platform_machine": "x86_64",
                "platform_python_implementation": "CPython",
                "platform_system": "Linux",
                "python_full_version": "2.7.13",
                "python_version": "2.7",
                "sys_platform": "linux2",
            },
        ),
        (
            "3.10",
            {
                "implementation_name": "cpython",
                "implementation_version": "3.10.4",
                "os_name": "posix",
                "platform_machine": "x86_64",
                "platform_python_implementation": "CPython",
                "platform_system": "Linux",
                "python_full_version": "3.10.4",
                "python_version": "3.10",
                "sys_platform": "linux",
            },
        ),
    ],
)
def test_a_marker_sees_the_runtime(python: str, expected: dict[str, str]) -> None:
    environment = marker_environment(runtime(python))
    assert {key: environment[key] for key in expected} == expected


def test_a_marker_never_sees_the_python_that_runs_the_audit() -> None:
    from packaging.markers import default_environment  # noqa: PLC0415  # what it would ask

    assert marker_environment(runtime("3.6")).keys() == default_environment().keys()
    assert not marker_holds(Marker('python_version >= "3.8"'), runtime("3.7"))
    assert marker_holds(Marker('extra == "A_b"'), runtime("3.7"), "a-b")


MARKERS = """
import json
from pip._vendor.packaging.markers import default_environment
print(json.dumps(default_environment()))
"""
HOSTS_OWN = {"platform_release", "platform_version", "platform_machine"}
PATCH = {"python_full_version", "implementation_version"}


@pytest.mark.interpreters
@pytest.mark.parametrize("python", [each.python for each in RUNTIMES])
def test_markers_are_what_the_real_interpreter_says(python: str) -> None:
    real = _asked(python, MARKERS)
    ours = marker_environment(runtime(python))
    assert ours.keys() == real.keys()
    alike = ours.keys() - HOSTS_OWN - PATCH
    assert {key: ours[key] for key in alike} == {key: real[key] for key in alike}
    for key in PATCH:
        assert ours[key].split(".")[:2] == real[key].split(".")[:2]


TAGS = """
import json
try:
    from pip._vendor.packaging.tags import sys_tags
    found = [[tag.interpreter, tag.abi, tag.platform] for tag in sys_tags()]
except ImportError:
    from pip._internal.pep425tags import get_supported
    found = [list(tag) for tag in get_supported()]
print(json.dumps(found))
"""


@pytest.mark.interpreters
@pytest.mark.parametrize("python", [each.python for each in RUNTIMES])
def test_a_wheel_fits_and_ranks_as_the_real_interpreter_says(python: str) -> None:
    ours = list(wheel_tags(runtime(python)))
    real = ["-".join(tag) for tag in _asked(python, TAGS)]
    # A host has a newer glibc than the platform; pip of old knew no PEP 600, and `cp3-none`.
    kinds = {tag.rpartition("-")[0] for tag in real} - {"cp2-none", "cp3-none"}
    assert kinds == {tag.rpartition("-")[0] for tag in ours}
    assert [tag for tag in real if tag in ours] == [tag for tag in ours if tag in real]
    for tag in set(ours) - set(real):
        assert "linux" in tag or tag == f"cp{python.replace('.', '')}-none-any"


PIP_FOR_A_TARGET = """
import json, sys
from pip._internal.models.target_python import TargetPython
target = TargetPython(
    platforms=["manylinux_2_17_x86_64", "manylinux2014_x86_64", "linux_x86_64"],
    py_version_info=VERSION, abis=[ABI], implementation="cp",
)
print(json.dumps([str(tag) for tag in target.get_sorted_tags()]))
"""


@pytest.mark.interpreters
@pytest.mark.parametrize("target", RUNTIMES, ids=lambda each: each.python)
def test_tags_are_those_of_pip_for_such_a_target(target: Runtime) -> None:
    code = PIP_FOR_A_TARGET.replace("VERSION", str(target.version)).replace("ABI", repr(target.abi))
    pips = _asked("3.13", code)
    ours = wheel_tags(target)
    # Newest first, so the older platforms that pip was not told of are all that ours has more.
    assert [tag for tag in ours if tag in pips] == [tag for tag in pips if tag in ours]
    assert {tag.rpartition("-")[0] for tag in ours} == {tag.rpartition("-")[0] for tag in pips}


@pytest.mark.parametrize(
    ("wheel", "runs_on"),
    [
        ("numpy-1.19.5-cp36-cp36m-manylinux1_x86_64.whl", {"3.6"}),
        ("numpy-1.19.5-cp36-cp36m-manylinux2010_x86_64.whl", {"3.6"}),
        ("numpy-1.19.5-cp36-cp36m-manylinux2014_x86_64.whl", {"3.6"}),
        ("numpy-1.19.5-cp36-cp36m-manylinux2014_aarch64.whl", set()),
        ("numpy-1.19.5-cp36-cp36m-macosx_10_9_x86_64.whl", set()),
        ("numpy-1.19.5-cp36-cp36m-win_amd64.whl", set()),
        ("numpy-1.16.6-cp27-cp27mu-manylinux1_x86_64.whl", {"2.7"}),
        ("numpy-1.16.6-cp27-cp27m-manylinux1_x86_64.whl", set()),
        ("numpy-1.21.6-cp37-cp37m-manylinux_2_12_x86_64.manylinux2010_x86_64.whl", {"3.7"}),
        ("numpy-2.0.2-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", {"3.9"}),
        ("pandas-2.3.3-cp310-cp310-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl", set()),
        ("greenlet-3.5.6-cp310-cp310-musllinux_1_1_x86_64.whl", set()),
        ("mine-1-cp39-cp39-linux_x86_64.whl", {"3.9"}),
        ("cryptography-40.0.2-cp36-abi3-manylinux_2_17_x86_64.whl", {"3.6", "3.7", "3.9", "3.10"}),
        ("cryptography-42.0.0-cp37-abi3-manylinux_2_17_x86_64.whl", {"3.7", "3.9", "3.10"}),
        ("cryptography-42.0.0-cp37-abi3-manylinux_2_28_x86_64.whl", set()),
        ("bcrypt-3.2-cp32-abi3-manylinux1_x86_64.whl", {"3.6", "3.7", "3.9", "3.10"}),
        ("six-1.16.0-py2.py3-none-any.whl", {"2.7", "3.6", "3.7", "3.9", "3.10"}),
        ("flask-2.0-py3-none-any.whl", {"3.6", "3.7", "3.9", "3.10"}),
        ("flask-2.0-1-py3-none-any.whl", {"3.6", "3.7", "3.9", "3.10"}),
        ("old-1-py2-none-any.whl", {"2.7"}),
        ("old-1-py27-none-any.whl", {"2.7"}),
        ("old-1-py26-none-any.whl", {"2.7"}),
        ("new-1-py36-none-any.whl", {"3.6", "3.7", "3.9", "3.10"}),
        ("new-1-py37-none-any.whl", {"3.7", "3.9", "3.10"}),
        ("new-1-cp36-none-any.whl", {"3.6"}),
        ("tool-1-py3-none-manylinux1_x86_64.whl", {"3.6", "3.7", "3.9", "3.10"}),
        ("nogil-1-cp310-cp310t-manylinux1_x86_64.whl", set()),
        ("pypy-1-pp36-pypy36_pp73-manylinux1_x86_64.whl", set()),
    ],
)
def test_a_wheel_runs_where_one_of_its_tags_fits(wheel: str, runs_on: set[str]) -> None:
    tags = {str(tag) for tag in parse_wheel_filename(wheel)[3]}
    assert {each.python for each in RUNTIMES if tags & wheel_tags(each).keys()} == runs_on


def test_the_best_fit_ranks_first() -> None:
    ranks = wheel_tags(runtime("3.6"))
    in_order = [
        "cp36-cp36m-manylinux_2_17_x86_64",
        "cp36-cp36m-manylinux2014_x86_64",
        "cp36-cp36m-manylinux1_x86_64",
        "cp36-cp36m-linux_x86_64",
        "cp36-abi3-manylinux_2_17_x86_64",
        "cp35-abi3-manylinux_2_17_x86_64",
        "py3-none-manylinux_2_17_x86_64",
        "py3-none-any",
        "py30-none-any",
    ]
    assert [ranks[tag] for tag in in_order] == sorted(ranks[tag] for tag in in_order)
    assert ranks["cp36-cp36m-manylinux_2_17_x86_64"] == 0
    assert sorted(ranks.values()) == list(range(len(ranks)))


def _asked(python: str, code: str) -> Any:  # noqa: ANN401  # JSON
    """Return what a real interpreter of that series prints."""
    found = sorted(PYENV.glob(f"{python}.*/bin/python"))
    if not found:
        pytest.skip(f"no Python {python} under {PYENV}")
    command = [str(found[-1]), "-W", "ignore", "-c", code]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
