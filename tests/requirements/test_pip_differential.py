"""Real files, read by pip itself and by us."""

from __future__ import annotations

import contextlib
import io
import os
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from pip._internal.req import parse_requirements
from pip._internal.req.constructors import install_req_from_parsed_requirement
from pip._internal.req.req_file import preprocess

from audit.model import Declared, Include, Problem, Statement
from audit.requirements import read_requirements, resolve_include

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pip._internal.req import InstallRequirement


# pip warns of its own plans while it is loaded and while it reads.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::Warning:pip")


class Row(NamedTuple):
    """What both say of one requirement."""

    file: str
    line: int
    constraint: bool
    name: str
    extras: frozenset[str]
    specifier: str
    marker: str
    url: str
    hashes: tuple[str, ...]
    editable: bool


BASE = "Flask>=1.0,<2  # web\n-c limits.txt\n"
LIMITS = "Werkzeug<1\n-r more.txt\n"
FILES = {
    "base.txt": BASE,
    "limits.txt": LIMITS,
    "more.txt": "six\n",
    "sub/deep.txt": "-r ../more.txt\nattrs",
}
SHA = "0" * 64
ACCEPTED = {
    "plain": "requests\nDjango[argon2]==4.1.*\n\n# c\nazure.functions ; python_version < '3'",
    "duplicates": "six==1 ; python_version<'3'\nsix==1.2;python_version>='3'",
    "hashes": f"a==1 \\\n    --hash=sha256:{SHA} \\\n    --hash=sha512:{SHA}  # via b\nc",
    "hashes and marker": f"a==1 ; python_version < '3' --hash=sha256:{SHA}",
    "continuation": "a \\\n  >=1, \\\n  <2\nb \\\n# comment\nc \\",
    "tabs": "a\t>=1\t# c\n\tb",
    "nested": "-r base.txt\n--requirement sub/deep.txt\nx",
    "nested twice": "-r more.txt\n-r ./more.txt",
    "constraint": "-c limits.txt\n--constraint=limits.txt",
    "options": "-i https://h/simple\n--extra-index-url https://h/s\n-f w\n--no-index\n--pre\na",
    "more options": "--only-binary :all:\n--no-binary a,b\n--trusted-host h\n--require-hashes",
    "options of a line": 'a==1 --config-settings="x=y"\nb -r base.txt\nc --pre',
    "direct references": "a @ https://h/a.zip\nb[x,Y_z]@git+https://h/b@v1 ; os_name=='nt'\nc @ file:///x/y",
    "semicolon in URL": "a @ https://h/a.zip;python_version<'3'",
    "vcs": "-e git://h/x/y#egg=q\n-e git+https://h/z.git@v1#egg=z\ngit+ssh://git@h/w#egg=w",
    "vcs with folder": "-e git+https://h/z#egg=z&subdirectory=s",
    "wheel URL": "https://h/x_y-1.0-py3-none-any.whl#sha256=00 ; os_name=='nt'",
    "local wheel": "./dist/x-1.0-py3-none-any.whl\ny-2.0-py2.py3-none-any.whl[k] ; os_name=='nt'",
    "environment": "${REQ}>=1 # ${HIDDEN}\na @ https://${TOKEN}@h/a.zip\nb @ https://${UNSET}@h/b.zip",
    "marker with dash": "a ; extra == 'x-y'",
    "empty marker": "a;",
    "bom": "\ufeffa\nb",
    "odd versions": "gevent-socketio==0.3.5-rc2\nPyYAML==4.2b1\na===2004d\nb==v1\nc==1.post1.dev2",
    "odd line ends": "a\rb\x0cc\u2028d\x85e\r\nf",
    "backslash at the end": "a ; os_name=='nt' \\\n\nb",
}
REFUSED = {
    "blank after backslash": "-i https://h \\ \nb",
    "single equals": "a\nrequests=2.21\nb",
    "versions": "pytz==2004d\na>=1.*\nb==\nc~=1",
    "options": "--install-option=x\n--frobnicate\n-i\na --hash=md5:00\nb --hash=sha256\nc",
    "quotes": '-r \'a\nb\n"c"',
    "unnamed vcs": "-e git+https://h/x\nok",
    "editable name": "ok\n-e nothing:here\n-e ftp://h/x",
    "markers": "a ; python_version<3\nb ; nonsense == '1'\nc ; \nd",
    "words": "pip install x\nfoo bar\n* \nx\\ \n[y]\n;z\n@",
    "URL": "https://[bad\nhttp://\na @\nb @ ; os_name=='nt'",
    "conda": "numpy=1.15.4=py36_0",
}
ENVIRON = {"REQ": "requests", "HIDDEN": "x", "TOKEN": "t0"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    # pip reads the environment of the process and takes paths relative to where it is run.
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_pip_accepts_is_read_as_pip_reads_it(text: str, folder: Path) -> None:
    path = folder / "requirements.txt"
    path.write_bytes(text.encode())
    expected = list(_pip_rows("requirements.txt"))
    statements = list(_followed("requirements.txt"))
    assert [s for s in statements if isinstance(s, Problem)] == []
    assert [_row(s) for s in statements if isinstance(s, Declared)] == expected


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_every_line_that_pip_refuses_is_a_problem_and_no_other(text: str, folder: Path) -> None:
    path = folder / "requirements.txt"
    path.write_text(text)
    refused = {n for n, line in preprocess(text) if not _accepts(n, line)}
    assert refused
    statements = read_requirements("requirements.txt", text.encode(), environ=ENVIRON)
    assert {s.at.line for s in statements if isinstance(s, Problem)} == refused


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk"])
def test_lines_keep_their_numbers_in_every_encoding(encoding: str, folder: Path) -> None:
    coding = "# coding: gbk" if encoding == "gbk" else "#"
    (folder / "requirements.txt").write_bytes(
        f"{coding}\r\n# 依赖\r\na==1\r\n\r\nb".encode(encoding)
    )
    rows = [_row(s) for s in _followed("requirements.txt") if isinstance(s, Declared)]
    assert rows == list(_pip_rows("requirements.txt"))
    assert [row.line for row in rows] == [3, 5]


def _pip_rows(name: str) -> Iterator[Row]:
    for parsed in parse_requirements(name, session=None):  # type: ignore[arg-type]  # for URLs alone
        yield _pip_row(install_req_from_parsed_requirement(parsed))


def _accepts(number: int, line: str) -> bool:
    """Whether pip takes a line; before 24.1 it took versions that no later pip takes."""
    with open("one.txt", "w", encoding="utf-8") as stream:  # noqa: PTH123 - where pip will look
        stream.write("\n" * (number - 1) + line + " ")
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            for row in _pip_rows("one.txt"):
                assert row.line == number
                Requirement(f"{row.name}{row.specifier}")
    except (Exception, InvalidRequirement):  # noqa: BLE001 - any error means that pip stops there
        return False
    return True


def _pip_row(read: InstallRequirement) -> Row:
    place = re.fullmatch(r"-([rc]) (.+) \(line (\d+)\)", str(read.comes_from))
    assert place
    assert read.req
    wheel = read.link is not None and read.link.is_wheel and not read.req.url
    # What pip's own copy of packaging prints is brought into the form of ours.
    marker = Requirement(f"x ; {read.markers}").marker if read.markers else ""
    return Row(
        file=os.path.relpath(place[2]),
        line=int(place[3]),
        constraint=place[1] == "c",
        name=canonicalize_name(read.req.name),
        extras=frozenset(map(canonicalize_name, read.extras)),
        specifier=str(Requirement(f"x{read.req.specifier}").specifier),
        marker=str(marker),
        # pip-tools keeps the link of an editable as it is written, pip does not.
        url=read.link.url.replace("git+git:", "git:") if read.link and not wheel else "",
        hashes=tuple(f"{k}:{v}" for k, values in read.hash_options.items() for v in values),
        editable=read.editable,
    )


def _row(declared: Declared) -> Row:
    requirement = declared.requirement
    assert declared.at.line
    return Row(
        file=declared.at.file,
        line=declared.at.line,
        constraint=declared.constraint,
        name=declared.name,
        extras=frozenset(map(canonicalize_name, requirement.extras)),
        specifier=str(requirement.specifier),
        marker=str(requirement.marker or ""),
        url=requirement.url or "",
        hashes=declared.hashes,
        editable=declared.editable,
    )


def _followed(path: str, *, constraint: bool = False) -> Iterator[Statement]:
    """Read a file and what it includes, as the edge of the program does."""
    with open(path, "rb") as stream:  # noqa: PTH123 - the path is a string, as users give it
        data = stream.read()
    for statement in read_requirements(path, data, environ=ENVIRON, constraint=constraint):
        if isinstance(statement, Include):
            nested = resolve_include(statement)
            assert isinstance(nested, str)
            yield from _followed(nested, constraint=statement.constraint)
        else:
            yield statement
