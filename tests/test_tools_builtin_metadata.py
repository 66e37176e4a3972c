from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from tools.archives import Described, describe, import_names
from tools.builtin_metadata import TARGET, best_file, known_facts, main, platform, records, to_json
from tools.index import IndexFile, configured_index

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MATRIX, RUNTIMES = platform()
COLUMNS = {runtime.name: runtime for runtime in RUNTIMES}


def wheel(folder: Path, members: Mapping[str, str]) -> Path:
    path = folder / "a.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def sdist(folder: Path, members: Mapping[str, str]) -> Path:
    path = folder / "a.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(f"a-1/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def test_a_wheel_tells_requirements_and_import_names(tmp_path: Path) -> None:
    path = wheel(
        tmp_path,
        {
            "a-1.dist-info/METADATA": "Name: a\nRequires-Dist: six\nRequires-Python: >=2.7\n",
            "a/__init__.py": "",
            "a/b.py": "",
            "_a.cpython-36m-x86_64-linux-gnu.so": "",
            "shared/__init__.py": "__path__ = extend_path(__path__, __name__)",
            "shared/part/__init__.py": "",
            "bare/part.py": "",
            "a-1.data/purelib/one.py": "",
            "a-1.data/scripts/run.py": "",
            "a-nspkg.pth": "",
        },
    )
    names = ("_a", "a", "bare.part", "one", "shared.part")
    assert describe(path, "a-1-py3-none-any.whl") == Described(("six",), ">=2.7", names)


@pytest.mark.parametrize(
    ("members", "described"),
    [
        (
            {"PKG-INFO": "Name: a\n", "a.py": "", "setup.py": "", "tests/__init__.py": ""},
            Described((), None, ("a",)),
        ),
        (
            {
                "PKG-INFO": "Name: a\n",
                "src/a/__init__.py": "",
                "src/a.egg-info/PKG-INFO": "Name: a\n",
                "src/a.egg-info/requires.txt": "six\n[x]\nb\n",
                "src/a.egg-info/top_level.txt": "a\n_a\n",
            },
            Described(("six", 'b; extra == "x"'), None, ("_a", "a")),
        ),
        (
            {"PKG-INFO": "Name: a\nRequires-Dist: c\nRequires-Python: >=3\n", "a/__init__.py": ""},
            Described(("c",), ">=3", ("a",)),
        ),
        (
            {"PKG-INFO": "Name: a\n", "a.py": "", "setup.py": "setup(install_requires=['b'])"},
            Described(
                (), None, ("a",), "its setup.py names install_requires that nothing static repeats"
            ),
        ),
    ],
)
def test_an_sdist_is_read_and_never_run(
    tmp_path: Path, members: Mapping[str, str], described: Described
) -> None:
    assert describe(sdist(tmp_path, members), "a-1.tar.gz") == described


def test_import_names_leave_out_what_no_import_can_name() -> None:
    paths = [
        "a/__init__.py",
        "a/b/__init__.py",
        "bin/not-a-name.py",
        "x-y/z.py",
        "data.json",
        "c.so",
    ]
    assert import_names(paths) == ("a", "c")


FILES = (
    "a-1.0.tar.gz",
    "a-1.0-cp27-cp27m-manylinux1_x86_64.whl",
    "a-1.0-cp27-cp27mu-manylinux1_x86_64.whl",
    "a-1.0-cp36-cp36m-win_amd64.whl",
    "a-1.0-py2.py3-none-any.whl",
    "a-1.1-cp36-cp36m-manylinux1_x86_64.whl",
    "a-1.0.exe",
)


@pytest.mark.parametrize(
    ("runtime", "names", "chosen"),
    [
        ("Python2.7", FILES, "a-1.0-cp27-cp27mu-manylinux1_x86_64.whl"),
        ("Python3.6", FILES, "a-1.0-py2.py3-none-any.whl"),
        ("Python3.6", FILES[:4], "a-1.0.tar.gz"),
        ("Python3.6", FILES[1:4], None),
    ],
)
def test_the_file_that_fits_best_is_chosen(
    runtime: str, names: tuple[str, ...], chosen: str | None
) -> None:
    listed = [IndexFile(name, "", "") for name in names]
    best = best_file(listed, Version("1"), COLUMNS[runtime])
    assert (best.name if best else None) == chosen


def test_every_hand_kept_fact_is_about_a_built_in() -> None:
    printed = {
        (library.name, str(version))
        for library in MATRIX.libraries
        for version in library.versions.values()
    }
    assert set(known_facts()) <= printed


def test_an_index_that_cannot_be_reached_is_one_message(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = TARGET.read_bytes()
    assert main(["--index-url", "http://127.0.0.1:9/simple"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("the index cannot be read: http://127.0.0.1:9/simple/")
    assert said.count("\n") == 1
    assert TARGET.read_bytes() == before


@pytest.mark.network
@pytest.mark.parametrize("name", ["requests", "backports-weakref", "tencentcloud-sdk-python"])
def test_the_committed_records_are_what_the_index_says(name: str) -> None:
    libraries = tuple(library for library in MATRIX.libraries if library.key == name)
    assert libraries
    some = records(libraries, RUNTIMES, configured_index())
    inner = to_json(some).partition('"built-ins": [\n')[2].rpartition("\n ]")[0]
    assert inner in TARGET.read_text(encoding="utf-8")
