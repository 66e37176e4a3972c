from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import audit
from audit.index.archive.install_requires import is_computed, is_named, written_out
from audit.index.archive.setup_script import (
    compiles,
    converts,
    read_script,
    requires_python,
    top_names,
)


def test_lines_are_logical_and_without_comments() -> None:
    text = (
        "a = [1,  # one (\n  2]\nb = '# no'; c = \\\n  1\n\n"
        "'''x\n#'''\nif a:\r\n\tprint 'py2' % {1: (2"
    )
    assert [line.code for line in read_script(text)] == [
        "a = [1,     2]",
        "b = '# no'; c =    1",
        "'''x #'''",
        "if a:",
        "\tprint 'py2' % {1: (2 ",
    ]
    assert [line.bare for line in read_script(text)][1] == "b = ''''''; c =    1"
    assert [line.indent for line in read_script(text)][-2:] == [0, 8]


def test_lines_begin_where_python_begins_them() -> None:
    for path in sorted(Path(audit.__file__).parent.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        ends = sum(token.type == tokenize.NEWLINE for token in tokens)
        assert len(read_script(text)) == ends, path


@given(st.text("ab'\"#\\\n([{}])=: ,", max_size=60))
def test_any_text_is_lines_of_which_both_forms_are_equally_long(text: str) -> None:
    for line in read_script(text):
        assert len(line.code) == len(line.bare)
        assert "\n" not in line.code
    is_computed(read_script(text))
    written_out(read_script(text))


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("setup(install_requires=['six', \"b>=1,<2\"], x=1)", ("six", "b>=1,<2")),
        ("setup(**{'install_requires': ('six',)})", ("six",)),
        ("d = {}\nd['install_requires'] = ['six']\nsetup(**d)", ("six",)),
        ("setup(install_requires='six')", ("six",)),
        ("setup(install_requires='six\\nb')", ("six", "b")),
        ("setup(install_requires=[])", ()),
        ("needs = ['six']\nsetup(install_requires=needs)", ("six",)),
        ("needs = ['six']\nneeds.append('b')\nsetup(install_requires=needs)", None),
        ("if x:\n    needs = ['six']\nsetup(install_requires=needs)", None),
        ("install_requires = ['six']\nsetup(install_requires=install_requires)", ("six",)),
        ("install_requires = ['six']\ninstall_requires.append('b')", None),
        ("install_requires = ['six']\ninstall_requires += ['b']", None),
        ("d = {'install_requires': []}\nd['install_requires'].append('b')", None),
        ("setup(install_requires=needs())", None),
        ("setup(install_requires=['six'] + more)", None),
        ("setup(install_requires=open('requirements.txt').read())", None),
        ("setup(install_requires=[1])", None),
        (
            "if x:\n    setup(install_requires=['a'])\nelse:\n    setup(install_requires=['b'])",
            None,
        ),
        ("print 'python 2'\nsetup(install_requires=['six'])", ("six",)),
        ("setup(name='a')", None),
    ],
)
def test_a_list_that_is_written_out_is_read(text: str, listed: tuple[str, ...] | None) -> None:
    assert written_out(read_script(text)) == listed


@pytest.mark.parametrize(
    "text",
    [
        (
            "needs = ['six']\n"
            "if sys.version_info < (3, 4):\n"
            "    needs.append('enum34')\n"
            "setup(install_requires=needs)"
        ),
        "setup(install_requires=['six'] + (['enum34'] if sys.version_info[0] == 2 else []))",
        (
            "PY2 = sys.version_info[0] == 2\n"
            "if PY2:\n"
            "    needs += ['futures']\n"
            "setup(install_requires=needs)"
        ),
        ("old = sys.version_info < (3,)\nx = ['a']\nif old: x = ['b']\nsetup(install_requires=x)"),
        (
            "try:\n"
            "    import argparse\n"
            "except ImportError:\n"
            "    needs.append('argparse')\n"
            "setup(install_requires=needs)"
        ),
        (
            "def needs():\n"
            "    if sys.version_info[0] < 3:\n"
            "        return ['six']\n"
            "setup(install_requires=needs())"
        ),
        (
            "extra = []\n"
            "if sys.platform == 'win32':\n"
            "    extra = ['b']\n"
            "all = ['a'] + extra\n"
            "setup(install_requires=all)"
        ),
        (
            "if sys.hexversion >= 0x3000000:\n"
            "  setup(install_requires=['a'])\n"
            "else:\n"
            "  setup(install_requires=[])"
        ),
        (
            "d = {}\n"
            "if platform.python_implementation() == 'PyPy':\n"
            "    d['install_requires'] = ['b']"
        ),
        ("if os.name == 'nt':\n    pass\nelse:\n    install_requires = ['b']"),
        ("if not PY3:\n    if x:\n        install_requires.extend(['b'])"),
        ("more = ['b'] if six.PY2 else []\nsetup(install_requires=['a'] + more)"),
        ("print 'python 2'\nif sys.version_info < (2, 9):\n\tinstall_requires = []"),
    ],
)
def test_requirements_that_the_running_python_chooses_are_seen(text: str) -> None:
    assert is_computed(read_script(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "setup(install_requires=['six', 'enum34; python_version < \"3.4\"'])",
        ("if sys.version_info < (2, 7):\n    sys.exit('too old')\nsetup(install_requires=['six'])"),
        ("if sys.version_info < (3, 5):\n    raise RuntimeError\nsetup(install_requires=['six'])"),
        (
            "needs = ['six']\n"
            "if sys.version_info[:2] < (2, 7):\n"
            "    needs.append('argparse')\n"
            "setup(install_requires=needs)"
        ),
        (
            "extra = {}\n"
            "if sys.version_info >= (3,):\n"
            "    extra['use_2to3'] = True\n"
            "setup(install_requires=['six'], **extra)"
        ),
        (
            "tests = ['nose']\n"
            "if PY2:\n"
            "    tests.append('mock')\n"
            "setup(install_requires=['six'], tests_require=tests)"
        ),
        (
            "try:\n"
            "    from setuptools import setup\n"
            "except ImportError:\n"
            "    from distutils.core import setup\n"
            "setup(install_requires=['a'])"
        ),
        (
            "try:\n"
            "    needs = open('r.txt').read().split()\n"
            "except IOError:\n"
            "    needs = []\n"
            "setup(install_requires=needs)"
        ),
        ("# if sys.version_info < (3,): install_requires = ['b']\nsetup(install_requires=['a'])"),
        (
            "path = os.path.join('a')\n"
            "if PY3:\n"
            "    sys.path.insert(0, 'b')\n"
            "setup(install_requires=open(path).read())"
        ),
        ("setup(name='a')\nif sys.version_info[0] == 2:\n    name = 'b'"),
    ],
)
def test_other_tests_of_the_python_are_no_reason_to_doubt(text: str) -> None:
    assert not is_computed(read_script(text))


def test_install_requires_in_a_comment_is_not_named() -> None:
    assert is_named(read_script("setup(install_requires=x)"))
    assert not is_named(read_script("setup(tests_require=x)  # install_requires"))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("setup(ext_modules=[Extension('a', ['a.c'])])", True),
        ("kwargs['ext_modules'] = modules", True),
        ("setup(ext_modules=cythonize('a.pyx'))", True),
        ("setup(cffi_modules=['build.py:ffi'])", True),
        ("setup(rust_extensions=[RustExtension('a')])", True),
        ("config.add_extension('a', ['a.c'])", True),
        ("from skbuild import setup", True),
        ("if can_build:\n    features = Feature('c', ext_modules=[ext])", True),
        ("setup(ext_modules=[])", False),
        ("setup(ext_modules=None, name='a')", False),
        ("setup(name='a')  # ext_modules=[Extension('b')]", False),
        ("from distutils.core import setup, Extension\nsetup(description='no Extension()')", False),
        ("", False),
    ],
)
def test_extension_modules_are_seen_in_setup_py(text: str, *, result: bool) -> None:
    assert compiles(read_script(text)) is result


@pytest.mark.parametrize(
    ("text", "tops"),
    [
        ("setup(py_modules=['one', 'two'])", {"one", "two"}),
        ("setup(packages=['a', 'a.b'], py_modules=('c',))", {"a", "c"}),
        ("setup(packages=['a'] + more)", set()),
        ("setup(packages=find_packages(), py_modules=['a'])", set()),
        ("setup(packages=[n for n in ['a']])", set()),
        ("setup()", set()),
    ],
)
def test_modules_that_are_written_out_are_read(text: str, tops: set[str]) -> None:
    assert top_names(read_script(text)) == tops


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("setup(python_requires='>=2.7, !=3.0.*')", ">=2.7, !=3.0.*"),
        ("d = {'python_requires': \">=3\"}", ">=3"),
        ("setup(python_requires=x)", None),
        ("setup(python_requires='>=3')\nsetup(python_requires='>=2')", None),
        ("setup()", None),
    ],
)
def test_python_requires_is_read_where_it_is_written_out(text: str, result: str | None) -> None:
    assert requires_python(read_script(text)) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("setup(name='a', use_2to3=True)", True),
        ("if py3:\n    extra = {'use_2to3': True}\nsetup(**extra)", True),
        ("extra['use_2to3'] = sys.version_info >= (3,)", True),
        ("extra = dict(use_2to3 = True)", True),
        ("setup(use_2to3=False)", False),
        ("setup()  # use_2to3=True", False),
        ("setup(use_2to3_fixers=[])", False),
    ],
)
def test_a_conversion_from_python_2_is_told(text: str, *, result: bool) -> None:
    assert converts(read_script(text)) is result
