from __future__ import annotations

import importlib.util
import json
import random
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stdlib_list import stdlib_list

from audit.source.stdlib import StandardLibrary, nearest, read_differences

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]
PYENV = Path.home() / ".pyenv" / "versions"
SCF_PYTHONS = ("2.7", "3.6", "3.7", "3.9", "3.10")


INTERPRETERS = pytest.mark.parametrize(
    "interpreter", sorted(PYENV.glob("*/bin/python")), ids=lambda path: path.parts[-3]
)


@pytest.fixture(scope="module")
def library() -> StandardLibrary:
    text = (ROOT / "data" / "stdlib_differences.json").read_text("utf-8")
    return read_differences(text)


@pytest.mark.parametrize(
    ("module", "pythons"),
    [
        ("os", SCF_PYTHONS),
        ("os.path", SCF_PYTHONS),
        ("sys", SCF_PYTHONS),
        ("__future__", SCF_PYTHONS),
        ("__main__", SCF_PYTHONS),
        ("test.support", SCF_PYTHONS),
        ("test.test_dataclasses", ("3.7", "3.9", "3.10")),
        ("urllib2", ("2.7",)),
        ("urllib.request", ("3.6", "3.7", "3.9", "3.10")),
        ("urllib.urlencode", ()),
        ("email.MIMEText", ("2.7",)),
        ("email.mime.text", SCF_PYTHONS),
        ("xml.etree.cElementTree", SCF_PYTHONS),
        ("dummy_threading", ("2.7", "3.6", "3.7")),
        ("distutils.core", SCF_PYTHONS),
        ("dataclasses", ("3.7", "3.9", "3.10")),
        ("zoneinfo", ("3.9", "3.10")),
        ("importlib.metadata", ("3.9", "3.10")),
        ("collections.abc", ("3.6", "3.7", "3.9", "3.10")),
        ("_ctypes", SCF_PYTHONS),
        ("_gdbm", ("3.6", "3.7", "3.10")),
        ("_winreg", ()),
        ("msvcrt", ()),
        ("json.re", ()),
        ("lib.libpython3", ()),
        ("requests", ()),
        ("OS", ()),
        ("", ()),
    ],
)
def test_a_module_exists_on_these_pythons(
    library: StandardLibrary, module: str, pythons: tuple[str, ...]
) -> None:
    assert tuple(p for p in SCF_PYTHONS if library.has(module, p)) == pythons


def test_versions_with_a_module_are_for_remedies(library: StandardLibrary) -> None:
    assert library.versions_with("dataclasses")[0] == "3.7"
    assert library.versions_with("distutils.core")[-1] == "3.11"
    assert library.versions_with("urllib2") == ("2.7",)
    assert library.versions_with("requests") == ()


def test_a_module_of_another_system_says_so(library: StandardLibrary) -> None:
    assert library.elsewhere("winreg", "3.6") == "on Windows only"
    assert library.elsewhere("Carbon.File", "2.7") == "on macOS only"
    assert library.elsewhere("json.re", "2.7") is None
    assert library.elsewhere("os", "3.6") is None


@pytest.mark.parametrize(
    ("python", "stand_in"),
    [
        ("3.6", "3.6"),
        ("3.8", "3.7"),
        ("3.40", "3.10"),
        ("3.1", "3.6"),
        ("2.6", "2.7"),
        ("4.0", "3.10"),
    ],
)
def test_an_unknown_python_has_a_stand_in(python: str, stand_in: str) -> None:
    assert nearest(python, SCF_PYTHONS) == stand_in


def test_a_python_of_the_future_still_has_the_library(library: StandardLibrary) -> None:
    assert library.has("json", "3.99")
    assert not library.has("distutils", "3.99")
    assert not library.has("winreg", "3.14")  # never compared: corrected as 3.13 is


def test_a_difference_in_the_data_changes_the_answer() -> None:
    row = {"change": "add", "kind": "test", "pythons": "3.6", "modules": "spam eggs.ham"}
    text = json.dumps({"measured": {"3.6": "3.6.15"}, "differences": [row]})
    library = read_differences(text)
    assert library.has("eggs.ham", "3.6")
    assert not library.has("ham", "3.6")


def test_the_data_contradicts_itself_nowhere(library: StandardLibrary) -> None:
    seen: set[tuple[str, str]] = set()
    for difference in library.differences:
        assert difference.change in {"add", "remove", "keep"}
        assert difference.pythons <= set(library.measured)
        pairs = {(p, m) for p in difference.pythons for m in difference.modules}
        assert not pairs & seen
        seen |= pairs


def _python(interpreter: Path) -> str:
    return ".".join(interpreter.parts[-3].split(".")[:2])


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "stdlib_differences", ROOT / "tools" / "stdlib_differences.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.interpreters
@INTERPRETERS
def test_every_module_of_a_real_interpreter_is_known_and_no_other(
    library: StandardLibrary, interpreter: Path
) -> None:
    python = _python(interpreter)
    listed = stdlib_list(python)
    _, real = _tool().modules_of(interpreter, listed)
    added = {m for d in library.differences if python in d.pythons for m in d.modules}
    ours = {module for module in {*listed, *added} if library.has(module, python)}
    unbuilt = {
        m
        for d in library.differences
        if d.change == "keep" and python in d.pythons
        for m in d.modules
    }
    assert real - ours == set()
    assert ours - real == unbuilt


# Prints the names that it can import; one that fails for a reason of its own was found.
_IMPORTABLE = """
import json, os, sys
answer, sys.stdout = sys.stdout, open(os.devnull, "w")
sys.stderr = sys.stdout
def found(name):
    try:
        __import__(name)
    except ImportError as error:
        missing = getattr(error, "name", None) or str(error).split()[-1].strip("'")
        return not (name + ".").startswith(missing + ".") and missing != name.split(".")[-1]
    except BaseException:
        pass
    return True
def is_folder(name):
    module = sys.modules.get(name)
    return bool(getattr(module, "__path__", None)) and getattr(module, "__file__", None) is None
json.dump([n for n in json.load(sys.stdin) if found(n) and not is_folder(n)], answer)
"""
_LEFT_OUT = re.compile(
    r"_.*|test.*|this|antigravity|idlelib.*|turtledemo.*|xml\.parsers\.expat\.\w+\..*|.*\.tests?\b.*|.*__main__"
)


@pytest.mark.interpreters
@INTERPRETERS
def test_a_real_interpreter_imports_what_we_say_it_has(
    library: StandardLibrary, interpreter: Path, tmp_path: Path
) -> None:
    python = _python(interpreter)
    everywhere = {module for each in SCF_PYTHONS for module in stdlib_list(each)}
    modules = sorted(module for module in everywhere if not _LEFT_OUT.fullmatch(module))
    sample = random.Random(python).sample(modules, 250)  # noqa: S311 - which ones does not matter
    answer = subprocess.run(
        [interpreter, "-E", "-s", "-c", _IMPORTABLE],
        input=json.dumps(sample),
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    unbuilt = {m for d in library.differences if d.change == "keep" for m in d.modules}
    ours = {module for module in sample if library.has(module, python)}
    assert ours - unbuilt == set(json.loads(answer.stdout)) - unbuilt
