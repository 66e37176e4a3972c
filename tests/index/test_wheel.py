from __future__ import annotations

import importlib.metadata
import io
import urllib.request
import zipfile
from email.message import Message
from typing import TYPE_CHECKING

import pytest
from packaging.metadata import parse_email
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from audit.index.archive.archives import ArchiveError, Part, range_header, received, whole
from audit.index.archive.wheel import (
    Wheel,
    open_wheel,
    wheel_contents,
    wheel_headers,
    wheel_metadata,
)
from audit.pages import Contents
from tools.index import configured_index, download, files

if TYPE_CHECKING:
    from collections.abc import Mapping

A = canonicalize_name("a")
ONE = Version("1.0")
METADATA = """\
Metadata-Version: 2.1
Name: A
Version: 1
Classifier: Programming Language :: Python :: 2.7
Requires-Python: >=2.7
Requires-Dist: six (>=1.0)
Requires-Dist: b; extra == 'x'

A description.
"""
DECLARES = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)"


def packed(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def opened(members: Mapping[str, str | bytes]) -> Wheel:
    return open_wheel(whole(packed(members)), A, ONE)


def test_a_wheel_says_what_it_requires() -> None:
    metadata = wheel_metadata(opened({"a.py": "", "a-1.0.dist-info/METADATA": METADATA}))
    assert metadata.requires == (Requirement("six>=1.0"), Requirement("b; extra == 'x'"))
    assert metadata.requires_python == ">=2.7"
    assert metadata.classified == ("2.7",)
    assert metadata.notes == ()
    assert metadata.unsure is None
    assert not metadata.compiles


def test_the_headers_are_those_that_others_read() -> None:
    content = packed({"a.py": "", "a-1.0.dist-info/METADATA": METADATA})
    headers = wheel_headers(open_wheel(whole(content), A, ONE))
    folder = zipfile.Path(zipfile.ZipFile(io.BytesIO(content)), "a-1.0.dist-info/")
    installed = importlib.metadata.PathDistribution(folder)
    assert isinstance(installed.metadata, Message)
    assert list(headers.requires_dist) == installed.metadata.get_all("Requires-Dist")
    raw, _ = parse_email(METADATA)
    assert list(headers.requires_dist) == raw["requires_dist"]
    assert headers.requires_python == raw["requires_python"]
    assert list(headers.classifiers) == raw["classifiers"]


def test_a_wheel_tells_what_it_installs() -> None:
    wheel = opened(
        {
            "a/": "",
            "a/__init__.py": "x",
            "a/data.bin": b"\0" * 100,
            "_a.cpython-36m-x86_64-linux-gnu.so": "xx",
            "shared/__init__.py": DECLARES,
            "shared/part/__init__.py": "",
            "bare/part.py": "",
            "a-1.0.data/purelib/one.py": "x",
            "a-1.0.data/platlib/two/__init__.py": "",
            "a-1.0.data/scripts/run.py": "xxx",
            "a-1.0.dist-info/METADATA": "Name: a",
            "a-1.0.dist-info/top_level.txt": "a\nshared\nnone\n",
        }
    )
    names = ("_a", "a", "bare.part", "one", "shared.part", "two")
    unpacked = 1 + 100 + 2 + len(DECLARES) + 1 + 3 + len("Name: a") + len("a\nshared\nnone\n")
    assert wheel_contents(wheel) == Contents(names, unpacked, ("shared",))


ANNOTATED = "def f(x: int) -> int: return x"


@pytest.mark.parametrize(
    ("metadata", "members", "found"),
    [
        ("Classifier: Programming Language :: Python :: 3", {"a.py": ANNOTATED}, "a.py"),
        ("Classifier: Programming Language :: Python :: 3", {"a.py": "def f(x): return x"}, ""),
        ("Classifier: Programming Language :: Python :: 2", {"a.py": ANNOTATED}, ""),
        ("Summary: it names no Python", {"a.py": ANNOTATED}, ""),
        (
            "Requires-Python: >=2.7\nClassifier: Programming Language :: Python :: 3",
            {"a.py": ANNOTATED},
            "",
        ),
        (
            "Classifier: Programming Language :: Python :: 3",
            {f"m{number}.py": "x = 1" for number in range(8)} | {"n.py": ANNOTATED},
            "",
        ),
    ],
)
def test_modules_are_read_where_classifiers_speak_against_python_2(
    metadata: str, members: dict[str, str | bytes], found: str
) -> None:
    head = "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n"
    wheel = opened({"a-1.0.dist-info/METADATA": head + metadata, **members})
    assert wheel_contents(wheel).python_3 == found


def test_few_packages_are_asked_whether_they_are_shared() -> None:
    members: dict[str, str | bytes] = {f"p{n:02}/__init__.py": DECLARES for n in range(15)}
    members |= {f"p{n:02}/m.py": "" for n in range(15)}
    members |= {"big/__init__.py": DECLARES.ljust(5000), "empty/__init__.py": ""}
    names = wheel_contents(opened({**members, "a-1.0.dist-info/METADATA": "Name: a"})).import_names
    assert names[:2] == ("big", "empty")
    assert [name.endswith(".m") for name in names[2:]] == [True] * 10 + [False] * 5


@pytest.mark.parametrize(
    ("folders", "chosen"),
    [
        (["a-1.0.dist-info"], "a-1.0.dist-info"),
        (["A-1.dist-info"], "A-1.dist-info"),
        (["a-1.0.0+local.dist-info"], "a-1.0.0+local.dist-info"),
        (["b-1.0.dist-info", "a-1.0.dist-info"], "a-1.0.dist-info"),
        (["a-0.9.dist-info", "a-1.0.dist-info"], "a-1.0.dist-info"),
    ],
)
def test_the_metadata_folder_is_the_one_named_as_the_wheel(folders: list[str], chosen: str) -> None:
    members: dict[str, str | bytes] = {f"{folder}/METADATA": "Name: a" for folder in folders}
    assert opened({**members, "c/d.dist-info/METADATA": ""}).dist_info == chosen


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"a.py": ""}, "it has no .dist-info folder: not a wheel"),
        (
            {"b-1.dist-info/METADATA": "", "c-1.dist-info/METADATA": ""},
            "none of its .dist-info folders is that of a 1.0: b-1.dist-info, c-1.dist-info",
        ),
        (
            {"a-2.dist-info/METADATA": "", "a-3.dist-info/METADATA": ""},
            "none of its .dist-info folders is that of a 1.0: a-2.dist-info, a-3.dist-info",
        ),
        ({"a-1.0.dist-info/RECORD": ""}, "its a-1.0.dist-info has no METADATA"),
        ({"a-1.0.dist-info/METADATA": b"\0" * (17 << 20)}, "its METADATA has more than 16 MB"),
    ],
)
def test_a_wheel_that_is_none_is_one_reason(
    members: Mapping[str, str | bytes], reason: str
) -> None:
    with pytest.raises(ArchiveError) as raised:
        wheel_metadata(opened(members))
    assert str(raised.value) == reason


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("Name: a\nVersion: 1.0.0\n", None),
        ("Name: A\n", None),
        (
            "Name: a\nVersion: 2\n",
            "its metadata is that of a 2, its file name that of a 1.0",
        ),
        (
            "Name: b\nVersion: 1.0\n",
            "its metadata is that of b 1.0, its file name that of a 1.0",
        ),
        (
            "Name: a\nVersion: one\n",
            "its metadata is that of a one, its file name that of a 1.0",
        ),
    ],
)
def test_another_identity_inside_than_outside_is_noted(said: str, note: str | None) -> None:
    metadata = wheel_metadata(opened({"a-1.0.dist-info/METADATA": said}))
    assert metadata.notes == (() if note is None else (note,))


REAL = "cryptography-2.6.1-cp34-abi3-manylinux1_x86_64.whl"


@pytest.mark.network
def test_a_real_wheel_reads_by_ranges_as_it_does_whole() -> None:
    name, version, _, _ = parse_wheel_filename(REAL)
    file = next(file for file in files(configured_index(), name) if file.name == REAL)
    asked = []

    def ranges(start: int, stop: int | None) -> Part:
        asked.append((start, stop))
        header = {"Range": range_header(start, stop)}
        request = urllib.request.Request(file.url, headers=header)  # noqa: S310 - from the index
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            return received(answer.status, answer.headers["Content-Range"], answer.read())

    in_parts = open_wheel(ranges, name, version)
    at_once = open_wheel(whole(download(file).read_bytes()), name, version)
    assert wheel_metadata(in_parts) == wheel_metadata(at_once)
    assert wheel_contents(in_parts) == wheel_contents(at_once)
    assert wheel_contents(in_parts).import_names == ("cryptography",)
    assert len(asked) <= 3
