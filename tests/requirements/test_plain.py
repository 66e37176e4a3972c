from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.model import Declared, Include, Problem, Statement
from audit.requirements import pip, plain
from audit.requirements.document import Document
from audit.requirements.lines import logical_lines

NAMES = ("requests", "Django", "zope.interface", "ruamel.yaml.clib", "a_b-c", "x", "Flask0")
VERSIONS = (
    "1",
    "2.21.0",
    "1.0rc1",
    "4.2b1",
    "0.3.5-rc2",
    "1!2.0",
    "2019.4.1",
    "1.0.post2",
    "1+a.1",
)
OPERATORS = ("==", ">=", "<=", "!=", "~=", "<", ">", "===")
MARKERS = (
    *('python_version < "3"', "sys_platform=='win32'", '(os_name != "nt")', 'extra == "a-b"'),
    *("python_version>='2.7' and python_version<\"3\"", '"linux" in sys_platform or os_name=="x"'),
)
URLS = (
    "https://host/x.zip",
    "file:///tmp/build/80754af9/certifi_1/work",
    "git+ssh://git@h/x@v1#egg=y",
)

blanks = st.sampled_from(("", " ", "  ", "\t"))
specifiers = st.lists(
    st.builds(
        "{}{}{}".format, st.sampled_from(OPERATORS), blanks, st.sampled_from((*VERSIONS, "1.2.*"))
    ),
    max_size=3,
).map(",".join)
targets = specifiers | specifiers.map("({})".format) | st.sampled_from(URLS).map(" @ {}".format)
lines = st.builds(
    "{}{}{}{}{}{}{}".format,
    blanks,
    st.sampled_from(NAMES),
    st.sampled_from(("", "[security]", "[Argon_2, b]", "[]")),
    blanks,
    targets,
    st.just("") | st.builds("{}; {}".format, blanks, st.sampled_from(MARKERS)),
    st.sampled_from(("", "  # why", "\t#", "#x", " \\\n")),
)
broken = st.text("a1.=<>~!,[]'\" *^", max_size=6)
others = st.sampled_from(("", "# comment", " \\"))
includes = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ("-r", "-c", "-r ", "-c  ", "--requirement ", "--constraint=", "--requirement=")
    ),
    st.sampled_from(("base.txt", "../a-b/c_d.txt", "r.txt.3.6", "/abs/r.in", "~/r.txt", "-x", "é")),
    st.sampled_from(("", " # why", " x", "\t")),
)
files = st.lists(lines | includes | broken | others, max_size=6).map("\n".join)


def with_pip_alone(document: Document) -> list[Statement]:
    found = logical_lines(document.text, document.environ)
    return [statement for line in found for statement in pip.read_line(line, document)]


@settings(deadline=None)
@given(files, st.booleans())
def test_both_readers_give_equal_statements(text: str, constraint: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    document = Document(file="r.txt", text=text, environ={}, constraint=constraint)
    assert list(pip.read(document)) == with_pip_alone(document)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "requests",
            "requests==2.21.0",
            "Django[argon2]==4.1.*",
            "azure.functions",
            "boto3 #no-deploy",
        ),
        *("PyYAML==4.2b1", "gevent-socketio==0.3.5-rc2", "a ; python_version < '3'", "a>=1,<2"),
        *("certifi @ file:///tmp/build/80754af9/certifi_1611673/work", "a \\\n==1", "a===foo"),
    ],
)
def test_plain_lines_need_no_pip(text: str) -> None:
    document = Document(file="r.txt", text=text, environ={})
    (line,) = logical_lines(text, {})
    declared = plain.read_line(line, document)
    assert isinstance(declared, Declared)
    assert [declared] == with_pip_alone(document)


@pytest.mark.parametrize("text", ["-r base.txt", "-rbase.txt", "--requirement=../a/b.txt"])
def test_plain_includes_need_no_pip(text: str) -> None:
    document = Document(file="r.txt", text=text, environ={})
    (line,) = logical_lines(text, {})
    include = plain.read_line(line, document)
    assert isinstance(include, Include)
    assert [include] == with_pip_alone(document)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "-r 'base file.txt'",
            "-r base.txt -c c.txt",
            "-r https://host/r.txt",
            "-r",
            "a --hash=sha256:00",
            "x-1.0.zip",
            "x-1.0-py3-none-any.whl[k]",
            "a==1+b.zip",
        ),
        *("a ; extra == 'x -y'", "a @ https://h/x;os_name=='nt'", "a @ ./b", "a;", "."),
        *(
            "a @ https://[x",
            "https://host/a.zip",
            "a (>=1)",
            "a @ git+ssh://h/a#egg=a",
        ),
    ],
)
def test_what_pip_reads_otherwise_is_left_to_pip(text: str) -> None:
    (line,) = logical_lines(text, {})
    assert plain.read_line(line, Document(file="r.txt", text=text, environ={})) is None


BAD = ("a=1", "pytz==2004d", "a b", "*", "a==", "[x]", "a>=1.*", "\uff41\uff1d1", "a[", "=1")


@pytest.mark.parametrize("text", BAD)
def test_a_typo_needs_no_pip_and_is_refused_alike(text: str) -> None:
    document = Document(file="r.txt", text=text, environ={})
    (line,) = logical_lines(text, {})
    problem = plain.read_line(line, document)
    assert isinstance(problem, Problem)
    assert [problem] == with_pip_alone(document)


READ = """
import sys
from audit.requirements import read_requirements
read_requirements("r.txt", {!r}, environ={{}})
print("pip" in sys.modules or "piptools" in sys.modules)
"""


@pytest.mark.parametrize(
    ("data", "imported"),
    [(b"requests>=2  # c\n\nsix ; python_version<'3'\nx @ https://h/x", False), (b"-i x", True)],
)
def test_a_plain_file_does_not_import_pip(data: bytes, imported: bool) -> None:  # noqa: FBT001 - a table
    done = subprocess.run(
        [sys.executable, "-c", READ.format(data)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(imported)
