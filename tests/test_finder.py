"""What meets one import, in the order of the runtime's path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.code import Import
from audit.finder import Answer, Finder, Surroundings, surroundings
from audit.model import Location, Metadata, Project, Vendored
from audit.names import read_import_names
from audit.own import Question
from audit.pages import File
from audit.pins import BuiltIn, Pin, Release, Unchecked
from audit.report import Met
from audit.runtimes import read_runtimes
from audit.shipped import RUNTIMES, data_text
from audit.source.local import Importer
from audit.source.stdlib import StandardLibrary

if TYPE_CHECKING:
    from audit.pins import Candidate

TABLE = read_import_names(
    "import,distribution,provider\nyaml,PyYAML,index\n"
    "google.protobuf,protobuf,index\ngoogle.cloud.storage,google-cloud-storage,index\n",
    "names.csv",
)
LIBRARY = StandardLibrary(measured=("2.7", "3.6"), differences=())
RUNTIMES_BY_PYTHON = {each.python: each for each in read_runtimes(data_text(RUNTIMES), RUNTIMES)}


def around(*files: str, vendored: tuple[Vendored, ...] = ()) -> Surroundings:
    owned = {path for copy in vendored for path in copy.files}
    project = Project(
        root=".",
        declared_in=(),
        declared=(),
        files=frozenset({*files, *owned}),
        vendored=vendored,
    )
    return surroundings(project, LIBRARY, TABLE)


def copy(name: str, *files: str, tags: tuple[str, ...] = ()) -> Vendored:
    return Vendored(
        name=canonicalize_name(name),
        version=Version("1.0"),
        metadata=Metadata(),
        at=Location(f"{name}-1.0.dist-info"),
        tags=tags,
        files=frozenset(files),
    )


def built_in(name: str, *import_names: str) -> BuiltIn:
    metadata = Metadata(import_names=import_names)
    return BuiltIn(name=canonicalize_name(name), version=Version("1.0"), metadata=metadata)


def found(
    where: Surroundings,
    text: str,
    *candidates: Candidate,
    python: str = "3.6",
    path: str = "index.py",
) -> list[str]:
    """Ask for `module`, `module: name, name` or `.module`; answer `module status provider`."""
    module, _, names = text.partition(":")
    level = len(module) - len(module.lstrip("."))
    statement = Import(
        module=module[level:],
        names=tuple(name.strip() for name in names.split(",") if name),
        level=level,
        line=1,
    )
    pins = tuple(Pin(candidate=candidate, demands=()) for candidate in candidates)
    finder = Finder(where, RUNTIMES_BY_PYTHON[python], pins)
    answers = finder.find(where.own.question(statement, Importer(path=path)))
    return [_said(answer) for answer in answers]


def _said(answer: Answer) -> str:
    return " ".join(filter(None, (answer.module, answer.status.value, answer.provider)))


SIX = built_in("six", "six")
VENDORED_SIX = copy("six", "six.py")
FOREIGN_SIX = copy("six", "six.py", tags=("cp311-cp311-win_amd64",))
RELEASE = Release(
    name=canonicalize_name("six"),
    version=Version("2"),
    file=File(name="six.whl", url="https://index.invalid/six.whl"),
)
UNCHECKED = Unchecked(name=canonicalize_name("pyyaml"), version=Version("5"), reason="no index")


@pytest.mark.parametrize(
    ("where", "asked", "expected"),
    [
        pytest.param(around("json.py"), "json", "json local", id="own before the library"),
        pytest.param(around("six.py"), "six", "six local", id="own before a built-in"),
        pytest.param(
            around(vendored=(VENDORED_SIX,)), "six", "six vendored six", id="a copy before it"
        ),
        pytest.param(around("json/x.py"), "json", "json stdlib", id="no __init__.py gives way"),
        pytest.param(around("six/x.py"), "six", "six builtin six", id="to a built-in too"),
        pytest.param(around("mine/x.py"), "mine", "mine local", id="unless nothing else has it"),
        pytest.param(around(), "six.moves", "six builtin six", id="a built-in's submodule"),
        pytest.param(around(), "yaml.nodes", "yaml missing", id="missing by its tabled name"),
        pytest.param(around(), "nowhere.x", "nowhere missing", id="missing by its outermost name"),
        pytest.param(
            around(vendored=(FOREIGN_SIX,)), "six", "six builtin six", id="a copy it cannot load"
        ),
    ],
)
def test_the_order_is_that_of_the_path(where: Surroundings, asked: str, expected: str) -> None:
    assert found(where, asked, SIX) == [expected]


def test_a_copy_that_cannot_be_loaded_is_unknown_with_the_reason() -> None:
    where = around(vendored=(FOREIGN_SIX,))
    finder = Finder(where, RUNTIMES_BY_PYTHON["3.6"], ())
    reason = "a copy is vendored, but it was built for cp311-cp311-win_amd64, not for cp36m"
    assert finder.find(Question("six")) == (Answer("six", Met.UNKNOWN, FOREIGN_SIX.name, reason),)


@pytest.mark.parametrize(
    ("candidate", "asked", "expected"),
    [
        (RELEASE, "six", "six vendor six"),
        (UNCHECKED, "yaml", "yaml unknown pyyaml"),
        (VENDORED_SIX, "six", "six vendored six"),
    ],
)
def test_what_the_resolution_adds_comes_last(
    candidate: Candidate, asked: str, expected: str
) -> None:
    assert found(around(), asked, candidate) == [expected]


def test_each_name_of_a_from_import_may_have_another_provider() -> None:
    protobuf, storage = built_in("protobuf", "google.protobuf"), built_in("google-cloud-storage")
    assert found(around(), "google: protobuf, cloud", protobuf, storage) == [
        "google.protobuf builtin protobuf",
        "google.cloud builtin google-cloud-storage",
    ]


def test_a_star_asks_for_the_module_itself() -> None:
    assert found(around(), "six: *", SIX) == ["six builtin six"]


@pytest.mark.parametrize(
    ("python", "expected"),
    [("2.7", "urllib.request missing"), ("3.6", "urllib stdlib")],
)
def test_a_name_that_is_a_module_of_another_python_is_no_attribute(
    python: str, expected: str
) -> None:
    assert found(around(), "urllib: request", python=python) == [expected]


PACKAGE = ("index.py", "pkg/__init__.py", "pkg/a.py", "pkg/json.py")


@pytest.mark.parametrize(
    ("asked", "path", "python", "expected"),
    [
        pytest.param(".", "index.py", "3.6", ". missing", id="from . at the root"),
        pytest.param(".pkg", "index.py", "2.7", ".pkg missing", id="from .pkg at the root"),
        pytest.param(".", "pkg/a.py", "3.6", ". local", id="from . in a package"),
        pytest.param(".json", "pkg/a.py", "3.6", ".json local", id="from .json in a package"),
        pytest.param("..json", "pkg/a.py", "3.6", "..json missing", id="beyond the package"),
        pytest.param(".no", "pkg/a.py", "3.6", ".no missing", id="not there"),
        pytest.param("pkg.no", "index.py", "3.6", "pkg.no missing", id="not in an own package"),
        pytest.param("json", "pkg/a.py", "2.7", "json local", id="beside the file on Python 2"),
        pytest.param("json", "pkg/a.py", "3.6", "json stdlib", id="not beside it on Python 3"),
    ],
)
def test_own_packages(asked: str, path: str, python: str, expected: str) -> None:
    assert found(around(*PACKAGE), asked, python=python, path=path) == [expected]


@pytest.mark.parametrize(
    ("file", "python", "because"),
    [
        (
            "Utils.py",
            "3.6",
            "the name is spelled otherwise in Utils.py, and Linux tells upper from lower case",
        ),
        ("utils/x.py", "2.7", "the folder utils/ has no __init__.py, which Python 2 needs"),
        ("utils.pyd", "3.6", "utils.pyd is for Windows"),
        ("tools.py", "3.6", ""),
    ],
)
def test_what_is_nearly_a_missing_module_is_told(file: str, python: str, because: str) -> None:
    finder = Finder(around(file), RUNTIMES_BY_PYTHON[python], ())
    assert finder.find(Question("utils")) == (Answer("utils", Met.MISSING, because=because),)


def test_what_is_nearly_it_does_not_matter_where_something_else_is_found() -> None:
    finder = Finder(around("Json.py"), RUNTIMES_BY_PYTHON["3.6"], ())
    assert finder.find(Question("json")) == (Answer("json", Met.STDLIB),)
