from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from audit.model import Problem, Vendored
from audit.project.tree import Unreadable
from audit.project.vendored import find_vendored
from audit.project.walk import Listing

if TYPE_CHECKING:
    from collections.abc import Mapping


class FakeTree:
    """A tree that is a dictionary; None is a file that cannot be read."""

    root = "."

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._files = files

    def listing(self) -> Listing:
        return Listing(files=tuple(sorted(self._files)))

    def read(self, path: str) -> bytes:
        text = self._files[path]
        if text is None:
            raise Unreadable("cannot be read: permission denied")
        return text.encode()

    def around(self) -> tuple[str, dict[str, str]]:
        return "", {}


def find(files: Mapping[str, str | None], *roots: str) -> tuple[Vendored | Problem, ...]:
    tree = FakeTree(files)
    return find_vendored(tree, tree.listing().files, roots or ("",))


def one(files: Mapping[str, str | None], *roots: str) -> Vendored:
    (found,) = find(files, *roots)
    assert isinstance(found, Vendored)
    return found


METADATA = "Metadata-Version: 2.1\nName: Foo.Bar\nVersion: 1.2\nRequires-Dist: six\n\nlong text\n"
WHEEL = {
    "Foo.Bar-1.2.dist-info/METADATA": METADATA,
    "Foo.Bar-1.2.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py2-none-any\nTag: py3-none-any\n",
    "Foo.Bar-1.2.dist-info/RECORD": 'foo/__init__.py,sha256=x,1\n"foo/a,b.py",,\n'
    "foo/gone.py,,\nfoo/__pycache__/x.pyc,,\n../../bin/foo,,\nFoo.Bar-1.2.dist-info/RECORD,,\n",
    "foo/__init__.py": "",
    "foo/a,b.py": "",
    "foo/mine.py": "",
}


def test_a_wheel_that_was_unpacked_is_a_vendored_copy() -> None:
    copy = one(WHEEL)
    assert copy.name == "foo-bar"
    assert copy.version == Version("1.2")
    assert [str(each) for each in copy.metadata.requires] == ["six"]
    assert copy.at.file == "Foo.Bar-1.2.dist-info"
    assert copy.tags == ("py2-none-any", "py3-none-any")
    assert copy.files == {"foo/__init__.py", "foo/a,b.py"}


def test_a_copy_in_another_import_root_owns_its_files_there() -> None:
    below = {f"src/{path}": text for path, text in WHEEL.items()}
    assert one(below, "", "src").files == {"src/foo/__init__.py", "src/foo/a,b.py"}
    assert find(below) == ()


def test_metadata_without_its_modules_is_of_a_hollow_copy() -> None:
    gone = {path: text for path, text in WHEEL.items() if not path.startswith("foo/")}
    assert one(gone).is_hollow
    assert not one(WHEEL).is_hollow


def test_a_distribution_that_never_had_modules_is_a_copy() -> None:
    files = {"x-1.dist-info/METADATA": "Name: x\nVersion: 1\n", "x-1.dist-info/RECORD": ""}
    assert one(files).files == frozenset()
    assert not one(files).is_hollow


@pytest.mark.parametrize(
    ("names", "owned"),
    [
        ({"top_level.txt": "foo\n_foo\n"}, {"foo/__init__.py", "_foo.so", "foo/b.py"}),
        ({"top_level.txt": "tagged\n"}, {"tagged.cpython-36m-x86_64-linux-gnu.so"}),
        ({"installed-files.txt": "../foo/b.py\nPKG-INFO\n"}, {"foo/b.py"}),
        ({}, {"foo/__init__.py", "foo/b.py"}),
    ],
)
def test_egg_info_tells_its_files_in_several_ways(names: dict[str, str], owned: set[str]) -> None:
    files = {
        "foo.egg-info/PKG-INFO": "Name: foo\nVersion: 2\n",
        "foo.egg-info/requires.txt": 'six\n\n[:python_version < "3"]\nfutures\n',
        "foo/__init__.py": "",
        "foo/b.py": "",
        "_foo.so": "",
        "tagged.cpython-36m-x86_64-linux-gnu.so": "",
        **{f"foo.egg-info/{name}": text for name, text in names.items()},
    }
    copy = one(files)
    assert copy.files == owned
    assert [each.name for each in copy.metadata.requires] == ["six", "futures"]


def test_an_egg_info_file_is_read_too() -> None:
    copy = one({"six-1.11.0-py3.6.egg-info": "Name: six\nVersion: 1.11.0\n", "six.py": ""})
    assert copy.files == {"six.py"}


def test_the_name_of_the_folder_helps_where_metadata_says_nothing() -> None:
    copy = one({"six-1.11.0.dist-info/RECORD": "six.py,,\n", "six.py": ""})
    assert (copy.name, copy.version) == ("six", Version("1.11.0"))


@pytest.mark.parametrize("version", ["", "Version: unknown\n", "Version: 2004d-x\n"])
def test_a_copy_without_a_version_is_a_problem(version: str) -> None:
    (found,) = find({"six.egg-info/PKG-INFO": f"Name: six\n{version}", "six.py": ""})
    assert isinstance(found, Problem)


def test_metadata_that_cannot_be_read_is_a_problem() -> None:
    (found,) = find({"six-1.dist-info/METADATA": None, "six.py": ""})
    assert isinstance(found, Problem)
    assert found.message == "the metadata cannot be read: permission denied"


@pytest.mark.parametrize("beside", ["pyproject.toml", "setup.py", "setup.cfg"])
def test_a_development_install_of_the_project_is_not_vendored(beside: str) -> None:
    own = {"foo.egg-info/PKG-INFO": "Name: foo\nVersion: 2\n", "foo/__init__.py": ""}
    assert len(find(own)) == 1
    assert find({**own, beside: ""}) == ()
    assert len(find({**own, beside: "", "foo.egg-info/installed-files.txt": "../foo/__init__.py"}))


def test_metadata_deeper_in_the_tree_is_not_on_the_path() -> None:
    assert find({f"deep/{path}": text for path, text in WHEEL.items()}) == ()


def test_two_versions_of_one_distribution_are_two_copies() -> None:
    files = {f"six-{n}.dist-info/METADATA": f"Name: six\nVersion: {n}\n" for n in (1, 2)}
    found = find({**files, "six.py": ""})
    assert [str(each.version) for each in found if isinstance(each, Vendored)] == ["1", "2"]


@pytest.mark.parametrize(
    ("record", "size"),
    [
        pytest.param("foo.py,sha256=x,120\nbar.py,sha256=y,3\nfoo-1.dist-info/RECORD,,\n", 123),
        pytest.param("foo.py,,\n", None, id="nothing was counted"),
        pytest.param("foo.py,sha256=x,many\nfoo.py,x\n", None, id="no numbers"),
    ],
)
def test_a_copy_takes_what_its_record_counts(record: str, size: int | None) -> None:
    assert one({"foo-1.dist-info/RECORD": record, "foo.py": ""}).size == size


def test_what_a_copy_without_a_record_takes_is_not_known() -> None:
    assert one({"foo-1.egg-info/top_level.txt": "foo\n", "foo.py": ""}).size is None
