"""What the index is asked about chosen releases, and no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from audit.assess import Platform, Policy, audit
from audit.model import Declared, Location, Project
from audit.names import read_import_names
from audit.platform import Library, Matrix
from audit.report import Met
from audit.runtimes import read_runtimes, select
from audit.shipped import IMPORT_NAMES, RUNTIMES, STDLIB_DIFFERENCES, data_text
from audit.source.read import read_source
from audit.source.stdlib import read_differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.report import RuntimeReport
    from tests.conftest import Shelf

RUNTIME = select(["3.6"], read_runtimes(data_text(RUNTIMES), RUNTIMES))
NAMES = read_import_names(data_text(IMPORT_NAMES), IMPORT_NAMES)
LIBRARY = read_differences(data_text(STDLIB_DIFFERENCES))
STOCK: dict[str, Any] = {
    "python-dateutil": {"2": ("six",)},
    "pillow": {"8": ()},
    "opencv-python": {"4": ()},
    "protobuf": {"3": ()},
    "pyyaml": {"5": ()},
    "six": {"1.16": ()},
}
FILES = {
    "python-dateutil 2": {"names": ["dateutil"], "unpacked": 30},
    "pillow 8": {"names": ["PIL"]},
    "opencv-python 4": {"names": ["cv2"]},
    "protobuf 3": {"names": ["google.protobuf"]},
    "six 1.16": {"names": ["six"], "unpacked": 4},
    "pyyaml 5": {"names": ["yaml", "_yaml"]},
}
DATEUTIL, SIX = "python-dateutil-2-py2.py3-none-any.whl", "six-1.16-py2.py3-none-any.whl"


def audited(index: Shelf, requirements: str, code: str) -> RuntimeReport:
    library = Library(name="six", versions={"Python3.6": Version("1.12")}, at=Location("t.csv", 1))
    platform = Platform(
        runtimes=RUNTIME,
        matrix=Matrix(source="test", runtimes=("Python3.6",), libraries=(library,)),
        table_problems=(),
        metadata={},
        import_names=NAMES,
        library=LIBRARY,
        index=index,
    )
    lines = tuple(
        Declared(requirement=Requirement(line), text=line, at=Location("r.txt", number))
        for number, line in enumerate(requirements.split(), 1)
    )
    source, _ = read_source("index.py", code.encode())
    project = Project(root=".", declared_in=(), declared=lines, sources=(source,))
    (runtime,) = audit(project, platform, Policy()).runtimes
    return runtime


def only_import(runtime: RuntimeReport) -> tuple[str, Met, str | None, str]:
    (each,) = runtime.imports
    return each.module, each.status, each.provider, each.because


@pytest.mark.parametrize(
    ("requirements", "code", "opened"),
    [
        pytest.param("python-dateutil", "", [], id="no imports"),
        pytest.param("python-dateutil", "import json\n", [], id="the library has it"),
        pytest.param("python-dateutil", "import six\n", [], id="a built-in has it"),
        pytest.param("python-dateutil", "import urllib2\n", [], id="another Python's library"),
        pytest.param("python-dateutil", "from . import x\n", [], id="relative"),
        pytest.param(
            "python-dateutil", "try: import no\nexcept ImportError: no = 0\n", [], id="guarded"
        ),
        pytest.param("python-dateutil pillow", "import dateutil\n", [DATEUTIL], id="one of two"),
        pytest.param(
            "python-dateutil six>1.13", "import no\n", [DATEUTIL, SIX], id="all for a missing one"
        ),
        pytest.param("six", "import no\n", [], id="nothing is to be vendored"),
    ],
)
def test_only_what_an_import_depends_on_is_opened(
    shelf: Callable[..., Shelf], requirements: str, code: str, opened: list[str]
) -> None:
    index = shelf(STOCK, FILES)
    audited(index, requirements, code)
    assert index.opened == opened


@pytest.mark.parametrize(
    ("requirement", "module", "name"),
    [
        ("python-dateutil", "dateutil.tz", "dateutil"),
        ("Pillow", "PIL", "PIL"),
        ("opencv-python", "cv2", "cv2"),
        ("protobuf", "google.protobuf", "google.protobuf"),
        ("PyYAML", "_yaml", "_yaml"),
    ],
)
def test_a_release_provides_what_its_own_files_hold(
    shelf: Callable[..., Shelf], requirement: str, module: str, name: str
) -> None:
    runtime = audited(shelf(STOCK, FILES), requirement, f"import {module}\n")
    provider = requirement.lower()
    assert only_import(runtime) == (name, Met.VENDOR, provider, "its own files")


def test_a_file_that_cannot_be_read_leaves_the_word_to_the_table(
    shelf: Callable[..., Shelf],
) -> None:
    runtime = audited(shelf(STOCK), "PyYAML", "import yaml\n")
    assert only_import(runtime) == ("yaml", Met.VENDOR, "pyyaml", "the table of import names")


def test_a_name_that_only_seems_to_provide_a_module_does_not(
    shelf: Callable[..., Shelf],
) -> None:
    runtime = audited(shelf({"x": {"1": ()}}, {"x 1": {"names": ["y"]}}), "x", "import x\n")
    assert only_import(runtime)[1] is Met.MISSING
    runtime = audited(shelf({"x": {"1": ()}}, {"x 1": {"names": ["y"]}}), "x", "import y\n")
    assert only_import(runtime)[1:3] == (Met.VENDOR, "x")


def test_bytes_are_summed_where_every_file_was_opened(shelf: Callable[..., Shelf]) -> None:
    index = shelf(STOCK, FILES)
    assert audited(index, "python-dateutil six>1.13", "import no\n").unpacked_bytes == 34
    assert audited(index, "python-dateutil six>1.13", "import dateutil\n").unpacked_bytes is None
    assert audited(index, "six", "").unpacked_bytes == 0
