from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.index.archive.archives import ArchiveError
from audit.index.archive.members import read_members
from audit.index.archive.sdist import Sdist, read_sdist, sdist_contents, sdist_metadata
from audit.pages import Contents
from tools import index

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.model import Metadata

PYENV = Path.home() / ".pyenv" / "versions"
A = canonicalize_name("a")
ONE = Version("1")
CLASSIFIED = "Name: a\nVersion: 1\nClassifier: Programming Language :: Python ::"
SAYS_IT = "Metadata-Version: 1.1\nName: a\nVersion: 1\n"


def tarred(files: Mapping[str, str], packer: Literal["", "gz", "bz2", "xz"] = "gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{packer}") as archive:  # type: ignore[call-overload]  # the mode is made here
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def sdist(files: Mapping[str, str]) -> Sdist:
    return read_sdist(tarred({f"a-1/{name}": text for name, text in files.items()}), A, ONE)


def said(files: Mapping[str, str]) -> Metadata:
    return sdist_metadata(sdist(files))


def requirements(metadata: Metadata) -> list[str]:
    return [str(requirement) for requirement in metadata.requires]


FILES = {
    "a-1/PKG-INFO": "Metadata-Version: 2.2\nName: a\nVersion: 1\nRequires-Dist: six>=1\n",
    "a-1/a/__init__.py": "x",
    "a-1/setup.py": "setup()",
}


@pytest.mark.parametrize(
    "content",
    [
        tarred(FILES),
        tarred(FILES, "bz2"),
        tarred(FILES, "xz"),
        tarred(FILES, ""),
        zipped(FILES),
        tarred({f"./{name}": text for name, text in FILES.items()}),
        tarred({name.removeprefix("a-1/"): text for name, text in FILES.items()}),
        tarred({"._a-1": "", "pax_global_header": "", "__MACOSX/x": "", **FILES}),
        zipped({"a-1/": "", "a-1/a/": "", **FILES}),
    ],
    ids=["gz", "bz2", "xz", "tar", "zip", "dot", "flat", "litter", "folders"],
)
def test_an_sdist_is_read_however_it_is_packed(content: bytes) -> None:
    found = read_sdist(content, A, ONE)
    assert sdist_metadata(found).requires == (Requirement("six>=1"),)
    assert sdist_contents(found) == Contents(("a",), 1)


LISTS = "from setuptools import setup\nsetup(install_requires=['six'])\n"
CHOOSES = """\
needs = ['six']
if sys.version_info < (3, 4):
    needs.append('enum34')
setup(install_requires=needs)
"""
COMPUTES = "setup(install_requires=needs())"
BY_PYTHON = "its setup.py chooses what it requires by the Python that runs it"
NOT_RUN = "its setup.py computes what it requires, and is not run"
STATIC = "Metadata-Version: 2.2\nName: a\nVersion: 1\nRequires-Dist: six\n"
DYNAMIC = STATIC + "Dynamic: Requires-Dist\n"
OTHER = "Metadata-Version: 2.1\nName: a\nVersion: 1\nRequires-Dist: b\n"


@pytest.mark.parametrize(
    ("files", "required", "unsure"),
    [
        # Metadata 2.2 is the answer, unless it says that a build may change it.
        ({"PKG-INFO": STATIC, "setup.py": CHOOSES}, ["six"], None),
        ({"PKG-INFO": STATIC, "a.egg-info/requires.txt": "b"}, ["six"], None),
        ({"PKG-INFO": DYNAMIC, "a.egg-info/requires.txt": "b"}, ["b"], None),
        ({"PKG-INFO": DYNAMIC, "setup.py": CHOOSES}, ["six"], BY_PYTHON),
        (
            {"PKG-INFO": DYNAMIC},
            ["six"],
            "its metadata says that a build may change what it requires",
        ),
        # Else what setuptools wrote, and other tools in the older form.
        (
            {"PKG-INFO": SAYS_IT, "a.egg-info/requires.txt": "b\n[x]\nc"},
            ["b", 'c; extra == "x"'],
            None,
        ),
        ({"PKG-INFO": SAYS_IT, "src/a.egg-info/requires.txt": "b", "setup.py": LISTS}, ["b"], None),
        ({"PKG-INFO": SAYS_IT, "a.egg-info/PKG-INFO": SAYS_IT, "setup.py": LISTS}, [], None),
        (
            {"PKG-INFO": SAYS_IT, "a.egg-info/requires.txt": "six", "setup.py": CHOOSES},
            ["six"],
            BY_PYTHON,
        ),
        (
            {"PKG-INFO": OTHER, "pyproject.toml": "[project]\ndynamic = ['dependencies']"},
            ["b"],
            None,
        ),
        ({"a.egg-info/requires.txt": "b", "a.egg-info/PKG-INFO": SAYS_IT}, ["b"], None),
        # Another distribution's egg-info, as tests of packaging tools have it, is none.
        ({"PKG-INFO": SAYS_IT, "tests/data/b.egg-info/requires.txt": "b"}, [], None),
        (
            {"PKG-INFO": SAYS_IT, "b.egg-info/requires.txt": "b", "a.egg-info/requires.txt": "c"},
            ["c"],
            None,
        ),
        # Else the files that a build would read.
        ({"PKG-INFO": SAYS_IT, "pyproject.toml": "[project]\ndependencies = ['b']"}, ["b"], None),
        ({"PKG-INFO": SAYS_IT, "setup.cfg": "[options]\ninstall_requires = b"}, ["b"], None),
        # Else setup.py, as far as it can be read without running it.
        ({"PKG-INFO": SAYS_IT, "setup.py": LISTS}, ["six"], None),
        ({"PKG-INFO": SAYS_IT, "setup.py": "setup()"}, [], None),
        ({"PKG-INFO": SAYS_IT}, [], None),
        ({"PKG-INFO": SAYS_IT, "setup.py": COMPUTES}, [], NOT_RUN),
        ({"PKG-INFO": SAYS_IT, "setup.py": CHOOSES}, [], NOT_RUN),
        (
            {"PKG-INFO": SAYS_IT, "setup.py": f"if PY2:\n    {LISTS.splitlines()[1]}"},
            ["six"],
            NOT_RUN,
        ),
    ],
)
def test_requirements_come_from_the_surest_source(
    files: Mapping[str, str], required: list[str], unsure: str | None
) -> None:
    metadata = said(files)
    assert requirements(metadata) == required
    assert metadata.unsure == unsure


PROJECT = """\
[project]
name = "a"
requires-python = ">=3.6"
dependencies = ["b>=1", "c; python_version < '3'"]
[project.optional-dependencies]
x = ["d", "e"]
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.6"
b = "^1.2"
d = { version = "*", optional = true }
[tool.poetry.extras]
x = ["d"]
"""
SETUP_CFG = """\
[options]
python_requires = >=2.7
install_requires =
    b>=1
    c; python_version < '3'
[options.extras_require]
x = d
    e
"""
FILED = "[options]\ninstall_requires = file: requirements.txt\n"
ELSEWHERE = "what it requires is read from other files when it is built"
LATER = "[project]\ndynamic = ['dependencies']\n"
LATER_FILED = f"{LATER}[tool.setuptools.dynamic]\ndependencies = {{file = 'r.txt'}}\n"


@pytest.mark.parametrize(
    ("files", "required", "python", "unsure"),
    [
        (
            {"pyproject.toml": PROJECT},
            ["b>=1", 'c; python_version < "3"', 'd; extra == "x"', 'e; extra == "x"'],
            ">=3.6",
            None,
        ),
        ({"pyproject.toml": POETRY}, ["b<2,>=1.2", 'd; extra == "x"'], "<4,>=3.6", None),
        (
            {"setup.cfg": SETUP_CFG},
            ["b>=1", 'c; python_version < "3"', 'd; extra == "x"', 'e; extra == "x"'],
            ">=2.7",
            None,
        ),
        ({"setup.cfg": FILED}, [], None, ELSEWHERE),
        ({"setup.cfg": "[options]\npackages = a", "setup.py": LISTS}, ["six"], None, None),
        ({"setup.cfg": "no section"}, [], None, "its setup.cfg cannot be read"),
        ({"pyproject.toml": "["}, [], None, "its pyproject.toml cannot be read"),
        (
            {"pyproject.toml": "[build-system]\nrequires = []", "setup.py": LISTS},
            ["six"],
            None,
            None,
        ),
        ({"pyproject.toml": LATER}, [], None, "its build computes what it requires"),
        ({"pyproject.toml": LATER, "setup.py": LISTS}, ["six"], None, None),
        ({"pyproject.toml": LATER_FILED}, [], None, ELSEWHERE),
        ({"setup.py": "setup(python_requires='>=3.5')"}, [], ">=3.5", None),
    ],
)
def test_files_that_a_build_would_read_are_read(
    files: Mapping[str, str], required: list[str], python: str | None, unsure: str | None
) -> None:
    metadata = said({"PKG-INFO": SAYS_IT, **files})
    assert requirements(metadata) == required
    assert metadata.requires_python == python
    assert metadata.unsure == unsure


def test_the_pythons_come_from_the_metadata_first() -> None:
    files = {"PKG-INFO": f"{SAYS_IT}Requires-Python: >=2.7\n", "setup.cfg": SETUP_CFG}
    assert (
        said({**files, "setup.cfg": "[options]\npython_requires = >=3"}).requires_python == ">=2.7"
    )
    in_egg_info = {"PKG-INFO": SAYS_IT, "a.egg-info/PKG-INFO": files["PKG-INFO"]}
    assert said(in_egg_info).requires_python == ">=2.7"


def test_classifiers_and_another_identity_are_kept() -> None:
    metadata = said(
        {"PKG-INFO": "Name: a\nVersion: 2\nClassifier: Programming Language :: Python :: 3"}
    )
    assert metadata.classified == ("3",)
    assert metadata.notes == ("its metadata is that of a 2, its file name that of a 1",)


@pytest.mark.parametrize(
    ("files", "compiles"),
    [
        ({"setup.py": "setup(ext_modules=[Extension('a', ['a.c'])])"}, True),
        ({"setup.py": "setup()", "a.c": "", "a.pyx": ""}, False),
        ({"Cargo.toml": ""}, True),
        ({"rust/Cargo.toml": ""}, False),
        ({"pyproject.toml": "[build-system]\nrequires = ['maturin>=1,<2']"}, True),
        ({"pyproject.toml": "[build-system]\nrequires = ['setuptools', 'Cython (>=3)']"}, True),
        ({"pyproject.toml": "[build-system]\nrequires = ['setuptools', 'wheel']"}, False),
        ({"pyproject.toml": "[tool.poetry.build]\nscript = 'build.py'"}, True),
        ({"pyproject.toml": "[[tool.setuptools.ext-modules]]\nname = 'a'"}, True),
        ({"pyproject.toml": "["}, False),
    ],
)
def test_an_sdist_that_builds_extension_modules_is_told(
    files: Mapping[str, str], *, compiles: bool
) -> None:
    assert said({"PKG-INFO": SAYS_IT, **files}).compiles is compiles


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a/__init__.py": "", "a/b.py": "print 'x'"}, "its b.py is Python 2"),
        ({"a.py": "print('x')"}, None),
        ({"a.py": "", "tests/b.py": "print 'x'", "setup.py": "print 'x'"}, None),
        ({"a.py": "print 'x'", "PKG-INFO": f"{CLASSIFIED} 3"}, None),
        ({"a.py": "print 'x'", "setup.py": "setup(python_requires='>=2')"}, None),
        (
            {"a.py": "", "PKG-INFO": f"{CLASSIFIED} 3", "setup.py": "setup(use_2to3=True)"},
            "its setup.py converts it from Python 2, which setuptools 58 and newer refuse",
        ),
    ],
)
def test_an_sdist_of_python_2_is_told(files: Mapping[str, str], expected: str | None) -> None:
    silent = {"PKG-INFO": "Name: a\nVersion: 1", "setup.py": ""}
    assert said({**silent, **files}).python_2 == expected


DECLARES = "__import__('pkg_resources').declare_namespace(__name__)"


@pytest.mark.parametrize(
    ("files", "names", "unpacked"),
    [
        ({"a.py": "xx", "setup.py": "", "tests/__init__.py": "", "ez_setup.py": ""}, ["a"], 2),
        ({"src/a/__init__.py": "x", "src/a/d.txt": "xx", "docs/conf.py": "", "b.py": ""}, ["a"], 3),
        ({"lib/a/__init__.py": "", "lib3/a/__init__.py": ""}, ["a"], 0),
        ({"python2/a/__init__.py": "", "python3/a/__init__.py": "x"}, ["a"], 1),
        ({"a/__init__.py": DECLARES, "a/b/__init__.py": "x"}, ["a.b"], len(DECLARES) + 1),
        (
            {"a.py": "", "b.py": "xx", "src/c.py": "", "a.egg-info/top_level.txt": "b\n_b\n"},
            ["_b", "b"],
            2,
        ),
        ({"a.c": "xx", "a.egg-info/top_level.txt": "_a"}, ["_a"], 4),
        ({"a.py": "", "run.py": "", "setup.py": "setup(py_modules=['a'])"}, ["a"], 0),
        (
            {"code/a.py": "", "run.py": "x", "setup.py": "setup(py_modules=['a'])"},
            ["code.a", "run"],
            1,
        ),
    ],
)
def test_what_lies_where_packages_lie_is_installed(
    files: Mapping[str, str], names: list[str], unpacked: int
) -> None:
    found = sdist_contents(sdist(files))
    assert (found.import_names, found.unpacked) == (tuple(names), unpacked)


@pytest.mark.parametrize(
    ("left", "shared"),
    [
        pytest.param({}, ("a",), id="installed as it is"),
        pytest.param({"a.egg-info/namespace_packages.txt": "a\n"}, (), id="left out by setuptools"),
    ],
)
def test_a_namespace_keeps_its_init_unless_setuptools_leaves_it_out(
    left: Mapping[str, str], shared: tuple[str, ...]
) -> None:
    # setuptools 44 writes a .pth file in place of what `namespace_packages` names.
    found = sdist({"a/__init__.py": DECLARES, "a/b/__init__.py": "x", **left})
    assert sdist_contents(found) == Contents(("a.b",), len(DECLARES) + 1, shared)


def linked() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, kind in [("setup.py", tarfile.SYMTYPE), ("b.py", tarfile.LNKTYPE)]:
            info = tarfile.TarInfo(f"a-1/{name}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("a-1/a.py"))
    return buffer.getvalue()


def test_links_are_passed_over() -> None:
    found = read_sdist(linked(), A, ONE)
    assert found.sizes == {"a.py": 0}
    assert found.script == ()


GOOD = tarred(FILES)
BOMB = gzip.compress(bytes(200 << 20), 9)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a tar or zip file, or a damaged one: empty file"),
        (b"<html>not found</html>" * 100, "not a tar or zip file, or a damaged one: "),
        (b"PK\3\4 and no more", "not a zip file, or a damaged one: "),
        (GOOD[:-20], "not a tar or zip file, or a damaged one: "),
        (GOOD[:60] + b"\xff" * 10 + GOOD[70:], "not a tar or zip file, or a damaged one: "),
        (GOOD[:-6] + b"\0" * 6, "not a tar or zip file, or a damaged one: "),
        (tarred(FILES, "bz2")[:-20], "not a tar or zip file, or a damaged one: "),
        (tarred(FILES, "xz")[:-20], "not a tar or zip file, or a damaged one: "),
        (tarred({"a-1/../../b": ""}), "it would write outside of its folder: 'a-1/../../b'"),
        (tarred({"/etc/b": ""}), "it would write outside of its folder: '/etc/b'"),
        (tarred({"a-1/PKG-INFO": " " * (17 << 20)}), "its metadata has more than 16 MB"),
        (tarred({"a-1/setup.py": " " * 600_000}), "its setup.py has more than 200 kB"),
        (zipped({"a-1/PKG-INFO": " " * (17 << 20)}), "its metadata has more than 16 MB"),
        (tarred({"a-1/b": "\0" * (40 << 20)}), "more than 32 MB came out of it"),
    ],
)
def test_what_is_damaged_or_hostile_is_one_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ArchiveError) as raised:
        read_sdist(content, A, ONE)
    assert str(raised.value).startswith(reason)
    assert "\n" not in str(raised.value)


def test_a_bomb_ends_early() -> None:
    with pytest.raises(ArchiveError, match="more than 32 MB came out of it"):
        read_sdist(BOMB, A, ONE)


def test_more_files_than_anyone_ships_are_not_read() -> None:
    assert len(read_members(GOOD, lambda *_: False, most=3).sizes) == 3
    with pytest.raises(ArchiveError, match="it has more than 2 files"):
        read_members(GOOD, lambda *_: False, most=2)


def test_a_file_without_a_name_is_refused() -> None:
    nameless = zipped(FILES).replace(b"a-1/a/__init__.py", b"\0-1/a/__init__.py")
    with pytest.raises(ArchiveError, match="it has a file without a name"):
        read_sdist(nameless, A, ONE)


@given(data=st.data())
def test_no_damage_raises_anything_else(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([GOOD, tarred(FILES, ""), zipped(FILES)])))
    places = st.integers(0, len(content) - 1)
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        content[at] = value
    try:
        found = read_sdist(bytes(content), A, ONE)
    except ArchiveError as error:
        assert str(error)  # noqa: PT017 - to end well is allowed too
    else:
        sdist_metadata(found)
        sdist_contents(found)


MADE = """\
# -*- coding: utf-8 -*-
import sys
from setuptools import setup
needs = ['six>=1']
if sys.version_info[0] == 2:
    needs.append('enum34')
setup(
    name='a', version='1', packages=['a'], py_modules=['b'], install_requires=needs,
    extras_require={'x': ['c'], 'y:python_version<"3"': ['d']},
)
"""


@pytest.mark.interpreters
@pytest.mark.parametrize(("version", "enum"), [("2.7", ["enum34"]), ("3.6", []), ("3.11", [])])
def test_what_real_interpreters_pack_is_read(version: str, enum: list[str], tmp_path: Path) -> None:
    interpreter = next(PYENV.glob(f"{version}.*/bin/python"), None)
    if interpreter is None:
        pytest.skip(f"no Python {version} under pyenv")
    (tmp_path / "a").mkdir()
    for name, text in {"setup.py": MADE, "a/__init__.py": "x", "b.py": "xx"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [str(interpreter), "setup.py", "-q", "sdist", "--formats=gztar,bztar,zip"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    packed = sorted((tmp_path / "dist").iterdir())
    assert len(packed) == 3
    for path in packed:
        found = read_sdist(path.read_bytes(), A, ONE)
        metadata = sdist_metadata(found)
        required = {requirement.name for requirement in metadata.requires}
        assert required == {"six", "c", "d", *enum}
        assert metadata.unsure == BY_PYTHON
        assert sdist_contents(found) == Contents(("a", "b"), 3)


REAL = {
    "PyYAML-3.13.tar.gz": ([], True, ("yaml",)),
    "scandir-1.10.0.tar.gz": ([], True, ("_scandir", "scandir")),
    "crcmod-1.7.tar.gz": ([], True, ("crcmod",)),
    "contextvars-2.4.tar.gz": (["immutables>=0.9"], False, ("contextvars",)),
    "functools32-3.2.3-2.tar.gz": ([], False, ("functools32",)),
    "futures-3.4.0.tar.gz": ([], False, ("concurrent.futures",)),
    "termcolor-1.1.0.tar.gz": ([], False, ("termcolor",)),
}


@pytest.mark.network
@pytest.mark.parametrize("file_name", REAL)
def test_real_sdists_are_read(file_name: str) -> None:
    project, _, rest = file_name.removesuffix(".tar.gz").partition("-")
    name = canonicalize_name(project)
    listed = index.files(index.configured_index(), name)
    path = index.download(next(file for file in listed if file.name == file_name))
    found = read_sdist(path.read_bytes(), name, Version(rest))
    metadata = sdist_metadata(found)
    names = sdist_contents(found).import_names
    assert (requirements(metadata), metadata.compiles, names) == REAL[file_name]
    assert metadata.unsure is None
    assert metadata.notes == ()
