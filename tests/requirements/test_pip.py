from __future__ import annotations

import subprocess
import sys

import pytest

from audit.model import Declared, Include, IndexOption, Location, Problem, Statement, Supports
from audit.requirements import read_requirements

SHA = "0123456789abcdef" * 4


def read(text: str | bytes, *, constraint: bool = False, **environ: str) -> list[Statement]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_requirements("r.txt", data, environ=environ, constraint=constraint))


def in_short(statement: Statement) -> str:
    match statement:
        case Declared(requirement=requirement, at=at, hashes=hashes, editable=editable):
            return " ".join([f"{at.line}:", "-e" * editable, str(requirement), *hashes])
        case Include(path=path, at=at, constraint=constraint, extras=extras):
            return f"{at.line}: {'-c' if constraint else '-r'} {path}{list(extras) or ''}"
        case IndexOption(name=name, value=value, at=at):
            return f"{at.line}: --{name} {value}"
        case Problem(message=message, at=at):
            return f"{at.line}! {message}"
        case Supports():
            raise AssertionError(statement)


FACTS = [
    ("\ufeffa==1\r\nb\r\n".encode("utf-16-le"), ["1:  a==1", "2:  b"]),
    ("pip @ file:///tmp/build/80754af9/pip_1", ["1:  pip @ file:///tmp/build/80754af9/pip_1"]),
    ("-e git://github.com/x/y.git#egg=y", ["1: -e y @ git://github.com/x/y.git#egg=y"]),
    ("-c absent.txt\n-r absent.txt", ["1: -c absent.txt", "2: -r absent.txt"]),
    ("azure.functions", ["1:  azure.functions"]),
    ("boto3 #no-deploy", ["1:  boto3"]),
    ("Django[argon2]==4.1.*", ["1:  Django[argon2]==4.1.*"]),
    ("gevent-socketio==0.3.5-rc2", ["1:  gevent-socketio==0.3.5-rc2"]),
    ("PyYAML==4.2b1", ["1:  PyYAML==4.2b1"]),
    (
        f"a==1 \\\n    --hash=sha256:{SHA} \\\n    --hash=sha384:{SHA}\n    # via flask\nb",
        [f"1:  a==1 sha256:{SHA} sha384:{SHA}", "5:  b"],
    ),
    (
        "six==1 ; python_version<'3'\nsix==1.2 ; python_version>='3'",
        ['1:  six==1; python_version < "3"', '2:  six==1.2; python_version >= "3"'],
    ),
]


@pytest.mark.parametrize(("text", "expected"), FACTS)
def test_what_real_files_hold_is_read(text: str | bytes, expected: list[str]) -> None:
    assert [in_short(statement) for statement in read(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".", ["1: -r ."]),
        ("-e .[dev,test]", ["1: -r .['dev', 'test']"]),
        (
            "./sub\n../up/\nlibs/mine\n/abs",
            ["1: -r ./sub", "2: -r ../up/", "3: -r libs/mine", "4: -r /abs"],
        ),
        ("-e ./a --config-settings x=y", ["1: -r ./a"]),
        ("-e file:///srv/x\nfile:///srv/y", ["1: -r file:///srv/x", "2: -r file:///srv/y"]),
        ("-r https://h/x.txt", ["1: -r https://h/x.txt"]),
        ("-r 'with blank.txt'\n--constraint=c.txt", ["1: -r with blank.txt", "2: -c c.txt"]),
        (
            "./sub ; os_name=='nt'",
            [
                "1: -r ./sub",
                "1! the marker of a local folder is not evaluated: \"./sub ; os_name=='nt'\"",
            ],
        ),
    ],
)
def test_files_and_folders_to_read_are_includes(text: str, expected: list[str]) -> None:
    assert [in_short(statement) for statement in read(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("./dist/x-1.0-py3-none-any.whl", "1:  x==1.0"),
        (
            f"dist/A_b-1.0-1-cp36-cp36m-linux_x86_64.whl --hash=sha256:{SHA}",
            f"1:  a-b==1.0 sha256:{SHA}",
        ),
        ("x-1.0-py3-none-any.whl[k] ; python_version<'3'", '1:  x[k]==1.0; python_version < "3"'),
        ("./x-1.0.tar.gz", "1:  x==1.0"),
        ("https://h/x-1.0-py3-none-any.whl#sha256=00", "1:  x==1.0"),
        ("https://h/y/x-1.0.zip ; os_name=='nt'", '1:  x==1.0; os_name == "nt"'),
        ("https://h/archive/main.zip#egg=x", "1:  x @ https://h/archive/main.zip#egg=x"),
        (
            "git+https://h/x.git@v1#egg=x&subdirectory=y",
            "1:  x @ git+https://h/x.git@v1#egg=x&subdirectory=y",
        ),
        ("x[a]@git+https://h/x ;os_name=='nt'", '1:  x[a] @ git+https://h/x ; os_name == "nt"'),
        ("x @ https://h/x.zip;os_name=='nt'", '1:  x @ https://h/x.zip ; os_name == "nt"'),
    ],
)
def test_files_and_urls_are_named_where_they_tell(text: str, expected: str) -> None:
    assert [in_short(statement) for statement in read(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-i https://h/simple", ["--index-url https://h/simple"]),
        ("--extra-index-url a --extra-index-url=b", ["--extra-index-url a", "--extra-index-url b"]),
        ("-f ./wheels", ["--find-links ./wheels"]),
        ("--no-index --pre", ["--no-index ", "--pre "]),
        ("--only-binary :all:\n--no-binary=b,a", ["--only-binary :all:", "--no-binary a,b"]),
        ("--prefer-binary --trusted-host h", ["--prefer-binary ", "--trusted-host h"]),
        ("--require-hashes", ["--require-hashes "]),
    ],
)
def test_options_are_kept_with_their_long_names(text: str, expected: list[str]) -> None:
    assert [in_short(statement).partition(": ")[2] for statement in read(text)] == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("requests=2.21", "requests==2.21"),
        ("requests = 2.21", "requests==2.21"),
        ("requests 2.21", "requests==2.21"),
        ("requests=>2.21", "requests>=2.21"),
        ("requests=<2.21", "requests<=2.21"),
        ('"requests==2.21"', "requests==2.21"),
        ("'requests==2.21',", "requests==2.21"),
        ("requests\uff1d\uff1d2.21", "requests==2.21"),
        ("requests>=2\uff0c<3", "requests>=2,<3"),
        ("numpy=1.15.4=py36_0", "numpy==1.15.4"),
        ("a>=1.*", "a>=1"),
        ("a~=1.2.*", "a==1.2.*"),
        ("a~=1", "a~=1.0"),
        ("a^1.2", "a>=1.2,<2"),
        ("a~1.2", "a>=1.2,<1.3"),
        ("pip install flask", "flask"),
        ("a==latest", "a"),
        ("a ; python_version<3", 'a ; python_version<"3"'),
    ],
)
def test_a_bad_line_tells_what_was_probably_meant(text: str, meant: str) -> None:
    before, problem, after = read(f"before\n{text}\nafter")
    assert isinstance(problem, Problem)
    assert problem.at == Location("r.txt", 2)
    assert problem.message.startswith("not a requirement: ")
    assert problem.message.endswith(f"; did you mean {meant}")
    assert [in_short(before), in_short(after)] == ["1:  before", "3:  after"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pytz==2004d", "not a requirement: 'pytz==2004d': '2004d' is not a version"),
        ("--install-option=x", "--install-option is no longer known to pip: remove it"),
        (
            "--process-dependency-links",
            "--process-dependency-links is no longer known to pip: remove it",
        ),
        ("--frobnicate", "--frobnicate is no option that pip knows in a requirements file"),
        ("-i", "-i option requires 1 argument"),
        (
            "https://h/archive/main.zip",
            "its name cannot be told: write name @ https://h/archive/main.zip",
        ),
        ("./x.zip", "its name cannot be told from the file: write name @ ./x.zip"),
        ("bell\a==1", "not text: 'bell\\x07==1'"),
        ("../../etc/x y==1", None),
        ("https://[bad", "pip refuses it: Invalid IPv6 URL"),
    ],
)
def test_what_pip_refuses_is_said_plainly(text: str, message: str | None) -> None:
    statements = read(text)
    if message is None:
        assert statements == [Include(path=text, at=Location("r.txt", 1))]
    else:
        assert statements == [Problem(message, Location("r.txt", 1))]


def test_an_unnamed_repository_is_a_problem_that_says_what_to_add() -> None:
    (problem,) = read("-e git+https://h/x.git")
    assert "Could not detect requirement name for 'git+https://h/x.git'" in in_short(problem)


@pytest.mark.parametrize(
    "text", ["a==1 --install-option='x y'", "a==1 --hash=md5:00", "a==1 --frobnicate"]
)
def test_a_line_with_a_bad_option_still_declares_its_requirement(text: str) -> None:
    problem, declared = read(text)
    assert isinstance(problem, Problem)
    assert in_short(declared) == "1:  a==1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<2", "1:  a<2"),
        ("x @ https://h/x.zip", "1:  x @ https://h/x.zip"),
        ("a[b]<2", "1! a constraint cannot have extras: leave out the brackets"),
        ("-e .", "1! a constraint cannot be editable: write name==version"),
        ("-e git+https://h/x#egg=x", "1! a constraint cannot be editable: write name==version"),
        ("./sub", "1! a constraint needs a name: write name==version"),
        ("https://h/main.zip", "1! a constraint needs a name: write name==version"),
        ("-r more.txt", "1: -r more.txt"),
        ("-c more.txt", "1: -c more.txt"),
    ],
)
def test_constraints_are_taken_as_pip_takes_them(text: str, expected: str) -> None:
    (statement,) = read(text, constraint=True)
    assert in_short(statement) == expected
    if isinstance(statement, Declared):
        assert statement.constraint


def test_text_is_as_written_without_comment_and_options() -> None:
    text = f" a [x] >= 1 ; os_name=='nt' --hash=sha256:{SHA}  # why\n-e git+https://h/x#egg=x"
    texts = [statement.text for statement in read(text) if isinstance(statement, Declared)]
    assert texts == ["a [x] >= 1 ; os_name=='nt'", "-e git+https://h/x#egg=x"]


def test_secrets_are_used_and_never_shown() -> None:
    lines = [
        "a @ https://${TOKEN}@h/a.zip",
        "b @ https://user:hunter2@h/b.zip --hash=sha256:00",
        "-e git+https://${TOKEN}@h/x",
        "https://${TOKEN}:hunter2@h/main.zip",
        "x=1 --bad-${TOKEN}",
        "--bad-${TOKEN}",
        "https://h/${TOKEN}/main.zip",
        "./${TOKEN}.zip",
        "./a ; os_name == '${TOKEN}'",
        "c ${TOKEN}",
    ]
    statements = read("\n".join(lines), TOKEN="hunter2")  # noqa: S106 - it is not one
    declared = [statement for statement in statements if isinstance(statement, Declared)]
    assert [each.requirement.url for each in declared] == [
        "https://hunter2@h/a.zip",
        "https://user:hunter2@h/b.zip",
    ]
    shown = [s.text if isinstance(s, Declared) else str(s) for s in statements]
    assert len(shown) == 11
    assert not [line for line in shown if "hunter2" in line]


def test_the_real_environment_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    statements = read("a @ https://${TOKEN}@h/a.zip --hash=sha256:00\n-i https://${TOKEN}@h")
    assert [in_short(statement) for statement in statements] == [
        "1:  a @ https://${TOKEN}@h/a.zip sha256:00",
        "2: --index-url https://${TOKEN}@h",
    ]


def test_every_one_of_many_bad_lines_is_reported(capfd: pytest.CaptureFixture[str]) -> None:
    statements = read("a=1\n\nb \\\n --bad\n" * 500)
    places = [statement.at.line for statement in statements if isinstance(statement, Problem)]
    assert places == [line for start in range(1, 2000, 4) for line in (start, start + 2)]
    assert capfd.readouterr() == ("", "")


def test_an_endless_line_is_refused_quickly() -> None:
    before, problem, after = read("a\n" + "b \\\n" * 500_000 + "\nc")
    assert in_short(problem) == "2! too long for a requirement: 999999 characters"
    assert [in_short(before), in_short(after)] == ["1:  a", "500003:  c"]


DISKLESS = """
import sys
from audit.requirements import read_requirements
text = b"./a\\n-e .\\n./x-1-py3-none-any.whl\\na-1.zip\\n-r b.txt\\n-e git+https://h/x#egg=x"
text += b"\\nb=1\\n-f ./w\\n--no"
first = read_requirements("r.txt", text, environ={})
def refuse(event, arguments):
    if event.startswith(("open", "os.", "socket.", "subprocess.", "glob.")):
        raise RuntimeError(f"{event} {arguments}")
sys.addaudithook(refuse)
assert read_requirements("r.txt", text, environ={}) == first
assert len(first) == 9
"""


def test_neither_disk_nor_network_is_touched() -> None:
    subprocess.run([sys.executable, "-c", DISKLESS], check=True)
