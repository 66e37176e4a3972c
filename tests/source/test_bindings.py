"""Which names of a module stand for a version test."""

from __future__ import annotations

import pytest

from audit.source.read import read_source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("PY3 = sys.version_info[0] == 3", {"PY3": "sys.version_info[0] == 3"}),
        ("PY2 = six.PY2  # why\nx = 1", {"PY2": "six.PY2"}),
        ("is_py3: bool = sys.version_info >= (3,)", {"is_py3": "sys.version_info >= (3,)"}),
        ("_ver = sys.version_info; import b", {"_ver": "sys.version_info"}),
        (
            "_v = sys.version_info\nA = _v[0]\nB = not A\nC = D",
            {"_v": "sys.version_info", "A": "_v[0]", "B": "not A"},
        ),
        ("X = (sys.version_info >=\n   (3,))", {"X": "(sys.version_info >= (3,))"}),
        ("X = sys.hexversion \\\n  > 3", {"X": "sys.hexversion  > 3"}),
        ("X = platform.python_version()", {"X": "platform.python_version()"}),
        ("def f():\n  X = sys.version", {}),
        ("X = '''\nY = sys.version\n'''", {}),
        ("# X = six.PY2\nX == six.PY2", {}),
        ("X = sys.version_info\nX = False", {}),
        ("X = sys.version\nX = sys.version", {"X": "sys.version"}),
        ("version = '1.0'\nCOPY2 = 1", {}),
        ("X = 1\nX = six.PY3", {"X": "six.PY3"}),
        ("X = six.PY2\nY = '", {"X": "six.PY2"}),
    ],
)
def test_a_name_bound_to_a_version_test_is_kept(source: str, expected: dict[str, str]) -> None:
    found, _ = read_source("index.py", f"import a\n{source}\n".encode())
    assert found.bindings == expected
