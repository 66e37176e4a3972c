from __future__ import annotations

import importlib.metadata
import pkgutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.index.archive.modules import import_names, says_shared, shared_packages

if TYPE_CHECKING:
    from collections.abc import Mapping

PYENV = Path.home() / ".pyenv" / "versions"
PKGUTIL = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
PKG_RESOURCES = "__import__('pkg_resources').declare_namespace(__name__)\n"


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["six.py"], ["six"]),
        (["a/__init__.py", "a/b.py", "a/c/__init__.py"], ["a"]),
        (["a/b.py", "a/c/__init__.py", "a/c/d.py"], ["a.b", "a.c"]),
        (["_a.cpython-36m-x86_64-linux-gnu.so", "b.abi3.so", "c.so"], ["_a", "b", "c"]),
        (["a.libs/libz-1f2.so.1.2", "liba.so.1", "a.pyd", "a.pyc", "a.pth"], []),
        (["bin/not-a-name.py", "x-y/z.py", "docs/a.txt", "a-stubs/__init__.pyi"], []),
        (["a/x-y/z.py", "a/1/b.py"], []),
        (["__init__.py"], []),
        (["/".join("a" * 5000) + "/b.py"], []),
    ],
)
def test_files_tell_what_can_be_imported(paths: list[str], names: list[str]) -> None:
    assert import_names(paths) == tuple(names)


def test_a_shared_package_stands_for_what_is_inside_of_it() -> None:
    paths = ["google/__init__.py", "google/cloud/__init__.py", "google/cloud/x/__init__.py"]
    assert import_names(paths) == ("google",)
    assert import_names(paths, ["google"]) == ("google.cloud",)
    assert import_names(paths, ["google", "google/cloud"]) == ("google.cloud.x",)


@pytest.mark.parametrize(
    ("texts", "shared"),
    [
        ({"a/__init__.py": PKGUTIL, "a/b.py": ""}, ["a"]),
        ({"a/__init__.py": PKG_RESOURCES, "a/b/__init__.py": PKGUTIL}, ["a", "a/b"]),
        ({"a/__init__.py": "", "a/b/__init__.py": PKGUTIL}, []),
        ({"a/b/__init__.py": PKGUTIL, "a/b/c/__init__.py": ""}, ["a/b"]),
        # protobuf 3.6: what has modules of its own is nobody else's
        (
            {"g/__init__.py": PKG_RESOURCES, "g/p/__init__.py": PKG_RESOURCES, "g/p/m.py": ""},
            ["g"],
        ),
        ({"x-y/__init__.py": PKGUTIL, "__init__.py": PKGUTIL}, ["x-y"]),
    ],
)
def test_packages_that_say_so_are_shared(texts: Mapping[str, str], shared: list[str]) -> None:
    found = shared_packages(texts, lambda path: says_shared(texts[path]))
    assert found == tuple(shared)


@pytest.mark.parametrize(
    ("text", "is_shared"),
    [
        (PKGUTIL, True),
        (PKG_RESOURCES, True),
        ("from pkgutil import extend_path\n__path__ = extend_path( __path__, __name__)", True),
        ("import pkg_resources\npkg_resources.declare_namespace('zope')", True),
        ("def declare_namespace(name):\n    pass", False),
        ("", False),
    ],
)
def test_a_namespace_is_known_by_its_call(text: str, *, is_shared: bool) -> None:
    assert says_shared(text) is is_shared


PARTS = st.sampled_from(["a", "b", "c", "x-y", "__init__"])
PATHS = st.lists(st.lists(PARTS, min_size=1, max_size=4).map("/".join).map("{}.py".format))


@given(PATHS)
def test_no_name_lies_inside_of_another(paths: list[str]) -> None:
    names = import_names(paths)
    assert names == import_names(reversed(paths))
    for name in names:
        assert not any(other.startswith(f"{name}.") for other in names)


@given(PATHS)
def test_every_module_that_can_be_named_belongs_to_a_name(paths: list[str]) -> None:
    names = import_names(paths)
    for path in paths:
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if all(part.isidentifier() for part in dotted.split(".")) and dotted != "__init__":
            assert any(f"{dotted}.".startswith(f"{name}.") for name in names) or (
                path.endswith("__init__.py") and any(n.startswith(f"{dotted}.") for n in names)
            )


def test_top_level_names_are_those_that_setuptools_wrote_for_what_is_installed() -> None:
    compared = 0
    for found in importlib.metadata.distributions():
        declared = (found.read_text("top_level.txt") or "").split()
        paths = [str(path) for path in found.files or () if ".dist-info/" not in str(path)]
        if declared and all(name.isidentifier() for name in declared):
            tops = {name.partition(".")[0] for name in import_names(paths)}
            # tree-sitter's languages list the extension module inside of their package.
            assert tops == set(declared) - {"_binding"}
            compared += 1
    assert compared > 3


TREE = {
    "one.py": "",
    "pack/__init__.py": "",
    "pack/inner.py": "",
    "shared/__init__.py": PKGUTIL,
    "shared/part/__init__.py": "",
    "shared/single.py": "",
    "not-a-name.py": "",
    "data/readme.txt": "",
    "x.so.1": "",
}


@pytest.mark.interpreters
@pytest.mark.parametrize("version", ["2.7", "3.6", "3.10", "3.13"])
def test_real_interpreters_import_every_name_and_know_no_other(
    version: str, tmp_path: Path
) -> None:
    interpreter = next(PYENV.glob(f"{version}.*/bin/python"), None)
    if interpreter is None:
        pytest.skip(f"no Python {version} under pyenv")
    tree = TREE if version == "2.7" else {**TREE, "bare/part.py": "", "bare/deep/part.py": ""}
    for path, text in tree.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    names = import_names(tree, shared_packages(tree, lambda path: says_shared(tree[path])))
    lines = [f"import {name}" for name in names]
    subprocess.run([interpreter, "-B", "-c", "\n".join(lines)], cwd=tmp_path, check=True)
    listed = {module.name for module in pkgutil.iter_modules([str(tmp_path)])}
    tops = {name.partition(".")[0] for name in names}
    assert {name for name in listed if name.isidentifier()} == tops - {"bare"}
