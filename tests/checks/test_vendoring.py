"""SCF103, word for word: what has to be packed, who asks, and the command that packs it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest

from audit.runtimes import wheel_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.platform import Runtime
    from audit.resolve.index import Index

UNCHECKED = "to be vendored, not checked against an index:"
DIGEST = "a" * 64


@pytest.mark.parametrize(
    ("case", "head", "message", "requirement"),
    [
        pytest.param(
            {"requirements": "Flask_Login>=0.5\n"},
            "warning unknown requirements.txt:1 flask-login",
            f"flask-login {UNCHECKED} Flask_Login>=0.5 (requirements.txt:1)",
            "Flask_Login>=0.5",
            id="direct",
        ),
        pytest.param(
            {
                "requirements": "# the site\nweb\n",
                "vendored": {"web 1.0": {"requires": ["mid"]}, "mid 2": {"requires": ["click<8"]}},
            },
            "warning unknown requirements.txt:2 click",
            f"click {UNCHECKED} click<8 (needed by vendored mid 2, needed by vendored web 1.0, "
            "from requirements.txt:2)",
            "click<8",
            id="needed by a vendored copy that another needs",
        ),
        pytest.param(
            {"requirements": "tensorboard\n", "built_ins": {"tensorboard 1.9.0": ("markdown>=2",)}},
            "warning unknown requirements.txt:1 markdown",
            f"markdown {UNCHECKED} markdown>=2 (needed by built-in tensorboard 1.9.0, "
            "from requirements.txt:1)",
            "markdown>=2",
            id="needed by a built-in",
        ),
        pytest.param(
            {
                "sources": {"index.py": "import web\n"},
                "vendored": {"web 1.0": {"requires": ["click<8"]}},
            },
            "warning unknown - click",
            f"click {UNCHECKED} click<8 (needed by vendored web 1.0)",
            "click<8",
            id="needed by a vendored copy that is imported and not declared",
        ),
        pytest.param(
            {
                "sources": {"index.py": "import a\n"},
                "built_ins": {"a 1.0": ("b<1",)},
                "vendored": {"b 1.5": {}, "c 1": {"requires": ["b>1"]}},
                "requirements": "c\n",
            },
            "warning unknown - a",
            f"a {UNCHECKED} a (imported, declared nowhere)",
            "a",
            id="a built-in that is imported, and whose own needs lose",
        ),
        pytest.param(
            {
                "requirements": "requests[socks]<3\nrequests[security]>=2; python_version<'3.8'\n",
            },
            "warning unknown requirements.txt:1 requests",
            f"requests {UNCHECKED} requests[socks]<3 (requirements.txt:1) and "
            "requests[security]>=2 (requirements.txt:2)",
            "requests[security,socks]<3,>=2",
            id="two lines, their extras put together and no marker",
        ),
        pytest.param(
            {"requirements": "flask\n", "constraints": "Flask<2\n"},
            "warning unknown requirements.txt:1 flask",
            f"flask {UNCHECKED} flask (requirements.txt:1) and Flask<2 (constraints.txt:1)",
            "flask<2",
            id="a constraint",
        ),
        pytest.param(
            {"requirements": f"flask==1.0 --hash=sha256:{DIGEST}\n"},
            "warning unknown requirements.txt:1 flask",
            f"flask {UNCHECKED} flask==1.0 with --hash (requirements.txt:1)",
            "flask==1.0",
            id="a hash",
        ),
        pytest.param(
            {"requirements": "x @ https://example.com/x-1-py3-none-any.whl#sha256=0\n"},
            "warning unknown requirements.txt:1 x",
            f"x {UNCHECKED} x @ https://example.com/x-1-py3-none-any.whl#sha256=0 "
            "(requirements.txt:1)",
            "x @ https://example.com/x-1-py3-none-any.whl#sha256=0",
            id="the URL of a wheel",
        ),
    ],
)
def test_what_no_index_was_asked_about(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    pip: Callable[..., str],
    case: dict[str, Any],
    head: str,
    message: str,
    requirement: str,
) -> None:
    assert told("SCF103", **case) == [(head, message, pip(requirement))]


@pytest.mark.parametrize(
    ("case", "head", "message", "requirement"),
    [
        pytest.param(
            {"requirements": "x @ https://me:secret@example.com/x-1.zip ; python_version<'4'\n"},
            "warning unknown requirements.txt:1 x",
            f"x {UNCHECKED} x @ https://****@example.com/x-1.zip ; python_version<'4' "
            "(requirements.txt:1)",
            "x @ https://****@example.com/x-1.zip",
            id="a URL, without credentials and marker",
        ),
        pytest.param(
            {"requirements": "-e git+https://tok@example.com/b.git@v1#egg=b\n"},
            "warning unknown requirements.txt:1 b",
            f"b {UNCHECKED} -e git+https://****@example.com/b.git@v1#egg=b (requirements.txt:1)",
            "git+https://****@example.com/b.git@v1#egg=b",
            id="an editable one, which pip cannot put into a folder",
        ),
    ],
)
def test_a_source_that_no_index_has_is_built_by_the_python_of_the_runtime(
    told: Callable[..., Any], case: dict[str, Any], head: str, message: str, requirement: str
) -> None:
    command = f"python3.6 -m pip install --target . '{requirement}'"
    assert told("SCF103", **case) == [(head, message, command)]


@pytest.mark.parametrize("python", ["2.7", "3.6", "3.7", "3.9", "3.10"])
def test_the_command_is_for_the_runtime(
    told: Callable[..., Any], pip: Callable[..., str], python: str
) -> None:
    ((_, _, remedy),) = told("SCF103", requirements="flask\n", runtimes=[python])
    assert remedy == pip("flask", python)


@pytest.mark.parametrize("python", ["2.7", "3.6", "3.7", "3.9", "3.10"])
def test_pip_itself_takes_the_command_for_the_runtime_and_no_other(
    told: Callable[..., Any], runtimes: Mapping[str, Runtime], python: str
) -> None:
    from pip._internal.cli import cmdoptions  # noqa: PLC0415  # loads pip's network stack
    from pip._internal.commands import create_command  # noqa: PLC0415  # as above
    from pip._internal.utils.compatibility_tags import get_supported  # noqa: PLC0415  # as above

    ((_, _, remedy),) = told("SCF103", requirements="flask>=1,<2\n", runtimes=[python])
    words = shlex.split(remedy)
    assert words[:2] == ["pip", "install"]
    options, arguments = create_command("install").parse_args(words[2:])
    cmdoptions.check_dist_restriction(options, check_target=True)
    target = cmdoptions.make_target_python(options)
    assert arguments == ["flask<2,>=1"]
    runtime = runtimes[python]
    assert target.py_version_info is not None
    assert ".".join(map(str, target.py_version_info)) == runtime.full_version
    version = f"{runtime.version[0]}{runtime.version[1]}"
    tags = get_supported(version, options.platforms, options.implementation, options.abis)
    assert str(tags[0]) == f"cp{version}-{runtime.abi}-manylinux2014_x86_64"
    assert {str(tag) for tag in tags} <= wheel_tags(runtime).keys()


def test_the_command_packs_into_the_project_wherever_the_audit_ran(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    ((_, _, remedy),) = told("SCF103", requirements="flask\n", root="functions/my site")
    assert remedy == pip("flask", target="'functions/my site'")


def test_a_quote_in_a_requirement_does_not_end_the_command(told: Callable[..., Any]) -> None:
    line = "x @ https://example.com/it's/x-1.zip\n"
    ((_, _, remedy),) = told("SCF103", requirements=line)
    assert shlex.split(remedy)[-1] == line.strip()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"requirements": "six\n", "built_ins": {"six 1.12.0": ()}}, id="built in"),
        pytest.param({"requirements": "six\n", "vendored": {"six 1.12.0": {}}}, id="vendored"),
        pytest.param({"requirements": "six; python_version<'3'\n"}, id="not for this runtime"),
        pytest.param({"requirements": "", "constraints": "six<2\n"}, id="a constraint alone"),
    ],
)
def test_what_need_not_be_vendored(told: Callable[..., Any], case: dict[str, Any]) -> None:
    assert told("SCF103", **case) == []


def test_a_release_of_an_index_is_named_with_its_version_and_proven(
    told: Callable[..., Any], pip: Callable[..., str], shelf: Callable[..., Index]
) -> None:
    index = shelf({"flask": {"1.0": ("click<8",)}, "click": {"7.1": ()}})
    assert told("SCF103", requirements="flask>=1\n", index=index) == [
        (
            "note vendor requirements.txt:1 click",
            "click==7.1 to be vendored: click<8 (needed by flask 1.0, from requirements.txt:1)",
            pip("click==7.1", alone=True),
        ),
        (
            "note vendor requirements.txt:1 flask",
            "flask==1.0 to be vendored: flask>=1 (requirements.txt:1)",
            pip("flask==1.0", alone=True),
        ),
    ]


@pytest.mark.parametrize(
    ("line", "fields", "caveat"),
    [
        ("old==1", {"is_yanked": True}, "; its index has withdrawn it (yanked)"),
        (
            "old",
            {"classified": ("2", "2.7")},
            "; its classifiers name no Python 3, and nothing else tells",
        ),
        ("old", {"classified": ("2", "2.7"), "requires_python": ">=2.7"}, ""),
        ("old", {"classified": ("3", "3.4")}, ""),
        ("old", {}, ""),
    ],
)
def test_what_speaks_against_a_release_is_told_and_decides_nothing(
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    line: str,
    fields: dict[str, Any],
    caveat: str,
) -> None:
    index = shelf({"old": {"1": ()}}, {"old 1": fields})
    ((head, message, _),) = told("SCF103", requirements=line, index=index)
    assert head == "note vendor requirements.txt:1 old"
    assert message == f"old==1 to be vendored{caveat}: {line} (requirements.txt:1)"


def test_the_command_names_the_platform_of_a_wheel_that_pip_would_not_think_of(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    tags = "cp36-cp36m-manylinux_2_12_x86_64"
    index = shelf({"fast": {"1": ()}}, {"fast 1": {"tags": tags}})
    ((_, _, remedy),) = told("SCF103", requirements="fast\n", index=index)
    assert remedy.endswith(
        "--platform manylinux2014_x86_64 --platform manylinux_2_12_x86_64 'fast==1'"
    )


def test_an_index_that_does_not_answer_is_no_answer(
    told: Callable[..., Any], pip: Callable[..., str], shelf: Callable[..., Index]
) -> None:
    assert told("SCF103", requirements="a\n", index=shelf({})) == [
        (
            "warning unknown requirements.txt:1 a",
            "a to be vendored, not checked (no index was asked): a (requirements.txt:1)",
            pip("a"),
        )
    ]


def test_a_reason_with_a_colon_stands_apart_from_who_asks(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    index = shelf({"a": {"1": ()}}, {"a 1": {"unsure": "a-1.whl: its index answers 404"}})
    ((_, message, _),) = told("SCF103", requirements="a\n", index=index)
    assert message == (
        "a==1 to be vendored (a-1.whl: its index answers 404): a (requirements.txt:1)"
    )


def test_a_wheel_whose_metadata_cannot_be_read_says_why(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    index = shelf({"a": {"1": ()}}, {"a 1": {"unsure": "its metadata is cut short"}})
    assert [each[:2] for each in told("SCF103", requirements="a\n", index=index)] == [
        (
            "warning unknown requirements.txt:1 a",
            "a==1 to be vendored, its metadata is cut short: a (requirements.txt:1)",
        )
    ]
