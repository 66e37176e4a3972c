from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from audit.requirements.poetry import python_marker, requirement, specifier


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("*", ""),
        ("^1.2.3", ">=1.2.3,<2"),
        ("^1.2", ">=1.2,<2"),
        ("^1", ">=1,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("^1.0b1", ">=1.0b1,<2"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2", "~=1.2"),
        ("~=1", ">=1,<2"),
        ("1.2.3", "==1.2.3"),
        ("v1.2.3", "==1.2.3"),
        ("= 1.2.3", "==1.2.3"),
        ("==1.2.3", "==1.2.3"),
        ("===1.2", "===1.2"),
        ("1.*", "==1.*"),
        ("1.2.*", "==1.2.*"),
        ("!=1.2.*", "!=1.2.*"),
        (">= 1.2, < 1.5", ">=1.2,<1.5"),
        (">=1.2 <1.5", ">=1.2,<1.5"),
        ("^1.2,!=1.3", ">=1.2,<2,!=1.3"),
        (">=1.2,", ">=1.2"),
    ],
)
def test_version_constraints_become_pep_440(constraint: str, expected: str) -> None:
    assert specifier(constraint) == expected
    SpecifierSet(specifier(constraint))


@pytest.mark.parametrize("constraint", ["<1 || >2", ">=1.*", "1.2.x", "latest", "", "<>1", "^"])
def test_what_pep_440_cannot_say_is_an_error(constraint: str) -> None:
    with pytest.raises(ValueError, match=r"alternatives|not a version"):
        specifier(constraint)


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("*", ""),
        ("^3.6", 'python_version >= "3.6" and python_version < "4"'),
        ("3.6.*", 'python_version == "3.6.*"'),
        (">=3.6.1", 'python_full_version >= "3.6.1"'),
        (">3.6", 'python_full_version > "3.6"'),
        ("<3 || >=3.9", 'python_version < "3" or python_version >= "3.9"'),
        ("<3|*", ""),
    ],
)
def test_constraints_on_python_become_markers(constraint: str, expected: str) -> None:
    assert python_marker(constraint) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"version": "^1"}, "x<2,>=1"),
        ({"version": "*", "extras": ["a", "b"]}, "x[a,b]"),
        (
            {"version": "1", "python": "^3.6"},
            'x==1; python_version >= "3.6" and python_version < "4"',
        ),
        ({"version": "1", "platform": "linux"}, 'x==1; sys_platform == "linux"'),
        (
            {"version": "1", "markers": "os_name=='a' or os_name=='b'", "python": "<3"},
            'x==1; (os_name == "a" or os_name == "b") and python_version < "3"',
        ),
        ({"git": "https://h/x.git"}, "x @ git+https://h/x.git"),
        (
            {"git": "https://h/x.git", "branch": "b", "subdirectory": "s"},
            "x @ git+https://h/x.git@b#subdirectory=s",
        ),
        ({"git": "git@h:o/x.git", "rev": "abc"}, "x @ git+ssh://git@h/o/x.git@abc"),
        ({"url": "https://h/x.zip", "python": "<3"}, 'x @ https://h/x.zip ; python_version < "3"'),
        ({"path": "../dist/x-1.0.tar.gz"}, "x==1.0"),
    ],
)
def test_an_entry_becomes_pep_508(entry: dict[str, object], expected: str) -> None:
    assert str(Requirement(requirement("x", entry))) == expected


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"version": 1}, "version: expected a string"),
        ({"extras": "a", "version": "1"}, "extras: expected a list of strings"),
        ({"extras": [1], "version": "1"}, "extras: expected a list of strings"),
        ({"optional": True}, "expected one of version, git, url, path"),
        ({"path": "x.zip"}, "its name cannot be told from the file"),
    ],
)
def test_an_entry_that_cannot_be_read_names_its_field(
    entry: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        requirement("x", entry)
