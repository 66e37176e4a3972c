from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.model import Location, Metadata, Problem, Vendored
from audit.project.packed import read_packed
from audit.source.read import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.code import Source


def packed(
    own: str, copies: Mapping[str, str], root: str = ""
) -> tuple[list[str], list[list[str]]]:
    """Return which files of copies an own file may load, and those read at once."""
    waves: list[list[str]] = []

    def read(paths: Sequence[str]) -> tuple[tuple[Source, ...], tuple[Problem, ...]]:
        waves.append(list(paths))
        return tuple(_source(path, copies[path]) for path in paths), ()

    copy = Vendored(
        name=canonicalize_name("copy"),
        version=Version("1"),
        metadata=Metadata(),
        at=Location(f"{root}copy-1.dist-info"),
        files=frozenset(copies),
    )
    index = f"{root}index.py"
    places = (frozenset({index, *copies}), [root.rstrip("/")])
    found, _ = read_packed([_source(index, own)], [copy], places, read)
    return [each.path for each in found], waves


def _source(path: str, code: str) -> Source:
    return read_source(path, code.encode())[0]


COPIES = {
    "a/__init__.py": "from . import b\nimport json\n",
    "a/b.py": "import c\ndef f():\n    import d\n",
    "a/more.py": "",
    "c.py": "from a import nothing\n",
    "d.py": "",
    "data.txt": "",
}


def test_imports_are_followed_wave_by_wave() -> None:
    assert packed("import a\n", COPIES) == (
        ["a/__init__.py", "a/b.py", "c.py"],
        [["a/__init__.py"], ["a/b.py"], ["c.py"]],
    )


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("import json\n", []),
        ("def f():\n    import d\n", ["d.py"]),
        (
            "try: import d\nexcept ImportError: import c\n",
            ["a/__init__.py", "a/b.py", "c.py", "d.py"],
        ),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING: import d\n", []),
        ("from a import more\n", ["a/__init__.py", "a/b.py", "a/more.py", "c.py"]),
        ("import data\n", []),
    ],
)
def test_what_own_code_may_load_is_read(own: str, found: list[str]) -> None:
    assert packed(own, COPIES)[0] == found


def test_python_2_looks_beside_the_file_first() -> None:
    copies = {"a/__init__.py": "import json\n", "a/json.py": "import queue2\n", "a/queue2.py": ""}
    assert packed("import a\n", copies)[0] == ["a/__init__.py", "a/json.py", "a/queue2.py"]


def test_a_copy_in_a_package_folder_is_found_there() -> None:
    assert packed("import a\n", {"src/a.py": ""}, "src/")[0] == ["src/a.py"]


def test_without_copies_nothing_is_read() -> None:
    assert packed("import a\n", {}) == ([], [])
