"""What tests around imports say of a runtime."""

from __future__ import annotations

import json
import subprocess
import warnings
from pathlib import Path

import pytest

from audit.platform import Runtime
from audit.source.conditions import holds, is_main, is_typing, is_version_test

PYENV = Path.home() / ".pyenv" / "versions"
BINDINGS = {
    "PY3K": "sys.version_info[0] == 3",
    "OLD": "not PY3K",
    "LOOP": "LOOP",
    "_v": "sys.version_info",
}


def runtime(full: str) -> Runtime:
    python = ".".join(full.split(".")[:2])
    return Runtime(
        name=f"Python{python}",
        python=python,
        full_version=full,
        abi="",
        glibc=(2, 17),
        machine="x86_64",
        search_path=(),
        unpacked_limit=0,
        has_built_ins=False,
        source="",
    )


OLD, NEW = runtime("2.7.13"), runtime("3.10.4")


@pytest.mark.parametrize(
    ("test", "old", "new"),
    [
        ("sys.version_info[0] == 2", True, False),
        ("sys.version_info >= (3,)", False, True),
        ("sys.version_info < (3, 9)", True, False),
        ("(2, 6) < sys.version_info[:2] <= (3, 0)", True, False),
        ("sys.version_info[:2] in [(2, 6), (2, 7)]", True, False),
        ("sys.version_info[0] not in (2,)", False, True),
        ("sys.version_info.major == 3 and sys.version_info.minor >= 7", False, True),
        ("version_info[-2:] == ('final', 0)", True, True),
        ("_sys.version_info[0] is 2", True, False),
        ("sys.version[0] == '3'", False, True),
        ("sys.version[:3] >= '2.7'", True, True),
        ("sys.version.startswith('2')", True, False),
        ("int(sys.version[0]) < 3", True, False),
        ("sys.hexversion >= 0x03000000", False, True),
        ("six.PY2", True, False),
        ("not six.PY3", True, False),
        ("six.PY34", False, True),
        ("PY2 or PY3", True, True),
        ("compat.PY3", False, True),
        ("PY27", None, None),
        ("sys.platform == 'linux2'", True, False),
        ("sys.platform.startswith('linux')", True, True),
        ("sys.platform in ('win32', 'cygwin')", False, False),
        ("os.name == 'nt'", False, False),
        ("platform.system() == 'Windows'", False, False),
        ("platform.python_version().startswith('2.7')", True, False),
        ("platform.python_version_tuple()[0] == '3'", False, True),
        ("TYPE_CHECKING", False, False),
        ("MYPY_CHECK_RUNNING", False, False),
        ("t.TYPE_CHECKING or typing.TYPE_CHECKING", False, False),
        ("__name__ == '__main__'", False, False),
        ('"__main__" != __name__', True, True),
        ("__name__ == 'index'", None, None),
        ("True", True, True),
        ("0", False, False),
        ("DEBUG", None, None),
        ("DEBUG and PY3", False, None),
        ("DEBUG or PY3", None, True),
        ("not DEBUG", None, None),
        ("PY3K", False, True),
        ("OLD", True, False),
        ("_v[0] > 2 and _v >= (3, 8)", False, True),
        ("LOOP", None, None),
        ("sys.version_info[0]", True, True),
        ("sys.version_info > 3", None, None),
        ("sys.version_info[x] == 3", None, None),
        ("sys.version_info[9] == 3", None, None),
        ("hasattr(sys, 'pypy')", None, None),
        ('not hasattr(sys, "version_info")', False, False),
        ("tornado.version_info < (4,)", None, None),
        ("six.sys.version_info < (3,)", True, False),
        ("foo(PY3)", None, None),
        ("(\nPY3)", False, True),
        ("x <> 3L", None, None),
        ("", None, None),
        ("not " * 100_000 + "PY3", None, None),
    ],
)
def test_a_test_is_true_false_or_unknown(test: str, *, old: bool | None, new: bool | None) -> None:
    assert (holds(test, OLD, BINDINGS), holds(test, NEW, BINDINGS)) == (old, new)


def test_what_a_test_asks_for_is_told_by_its_words() -> None:
    assert is_typing("typing.TYPE_CHECKING")
    assert is_typing("MYPY_CHECK_RUNNING")
    assert not is_typing("checking")
    assert is_main("__name__ == '__main__'")
    assert is_main("'__main__' == __name__")
    assert not is_main("__name__ == 'x'")
    assert is_version_test("sys.version_info > (3,)", {})
    assert is_version_test("six.PY2 and x", {})
    assert is_version_test("x and IS_OLD", {"IS_OLD": "not PY3"})
    assert not is_version_test("version > 3 or COPY2", {"IS_OLD": "not PY3"})


EVALUATE = """
import json, sys, os, platform
given = json.load(sys.stdin)
version_info = sys.version_info
json.dump([bool(eval(test)) for test in given], sys.stdout)
"""
TRUTHS = [
    "sys.version_info >= (3, 7)",
    "sys.version_info[:2] == (3, 6)",
    "sys.version_info.minor < 9",
    "sys.version[:3] > '3'",
    "sys.version[0] == '2'",
    "sys.hexversion < 0x030a0000",
    "sys.hexversion & 1 or sys.version_info[3] == 'final'",
    "sys.platform == 'linux'",
    "os.name == 'posix' and version_info[0] == 3",
    "tuple(sys.version_info[:2]) in ((2, 7), (3, 8))",
    "platform.system() == 'Linux'",
    "float(sys.version[:3]) >= 3.2",
]


@pytest.mark.interpreters
@pytest.mark.parametrize(
    "interpreter", sorted(PYENV.glob("*/bin/python")), ids=lambda path: path.parts[-3]
)
def test_a_real_interpreter_says_the_same(interpreter: Path) -> None:
    done = subprocess.run(
        [interpreter, "-c", EVALUATE],
        input=json.dumps(TRUTHS),
        capture_output=True,
        text=True,
        check=True,
    )
    said = [holds(test, runtime(interpreter.parts[-3]), {}) for test in TRUTHS]
    assert [
        each
        for each in zip(TRUTHS, said, json.loads(done.stdout), strict=True)
        if each[1] is not each[2]
    ] == []


@pytest.mark.parametrize("test", ["1or 0", "'\\d' in '\\d'"])
def test_nobody_is_told_what_a_test_is_warned_about(test: str) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert holds(test, runtime("3.6.1"), {})
    assert not told
