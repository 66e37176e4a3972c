"""What the platform calls: what the user names, the configuration, or the default."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from audit.code import Source
from audit.errors import UsageError
from audit.model import Entry, Location
from audit.project import read_project
from audit.project.deployment import functions
from audit.project.entries import Deployment, Placed, entries_of
from audit.source.definitions import definitions

if TYPE_CHECKING:
    from pathlib import Path

    from audit.model import Project

INDEX = "index.main_handler"
HANDLER = "def main_handler(event, context): pass"


def component(handler: str, runtime: str = "Python3.6", src: str = "./") -> str:
    return (
        "component: multi-scf\ninputs:\n  functions:\n"
        f"    one: {{handler: '{handler}', runtime: '{runtime}', src: '{src}'}}\n"
    )


def deployed(*texts: str) -> Deployment:
    placed = [
        Placed(each, "serverless.yml", f"{each.folder.text}/" if each.folder.text else "")
        for text in texts
        for each in functions(text)
        if each.folder is not None
    ]
    return Deployment(tuple(placed))


def entries(
    deployment: Deployment, sources: dict[str, str], handler: str | None = None
) -> tuple[list[Entry], list[str]]:
    read = [
        Source(path, (), definitions=definitions(ast.parse(code), code.encode()))
        for path, code in sources.items()
    ]
    found, problems = entries_of(handler, deployment, sources.keys(), read)
    return [each._replace(at=None) for each in found], [each.message for each in problems]


APP = Entry("app.run", runtime="Python3.6")


@pytest.mark.parametrize(
    ("texts", "sources", "expected"),
    [
        pytest.param([], {"index.py": ""}, [Entry(INDEX)], id="the default"),
        pytest.param([], {"app.py": "", "src/index.py": ""}, [], id="no index.py"),
        pytest.param([component("app.run")], {"app.py": ""}, [APP], id="configured"),
        pytest.param(
            [component("app.run")],
            {"index.py": "", "app.py": ""},
            [APP],
            id="an index.py without it",
        ),
        pytest.param(
            [component("app.run")],
            {"index.py": HANDLER},
            [APP, Entry(INDEX)],
            id="the default is there, too",
        ),
        pytest.param(
            [component(INDEX)],
            {"index.py": HANDLER},
            [Entry(INDEX, runtime="Python3.6")],
            id="same",
        ),
        pytest.param(
            [component("app.run", src="./src")],
            {"index.py": HANDLER, "src/app.py": ""},
            [APP._replace(folder="src/")],
            id="in a folder",
        ),
        pytest.param(
            [component(INDEX, src="./src")],
            {"index.py": HANDLER},
            [Entry(INDEX, "src/", runtime="Python3.6"), Entry(INDEX)],
            id="the folder is not there, the default is",
        ),
        pytest.param(
            [component("app.run"), component("app.run"), component("app.run", "Python2.7")],
            {"app.py": ""},
            [APP, APP._replace(runtime="Python2.7")],
            id="several functions",
        ),
        pytest.param(
            [component("app.run", "${env:X}")],
            {"app.py": ""},
            [APP._replace(runtime=None)],
            id="an open runtime, with the file",
        ),
        pytest.param(
            [component("app.run", "${env:X}")], {"index.py": ""}, [Entry(INDEX)], id="without it"
        ),
        pytest.param(
            ["component: flask\ninputs: {runtime: Python3.6}\n"],
            {"index.py": ""},
            [],
            id="framework",
        ),
    ],
)
def test_what_is_called_is_what_is_configured_or_the_default(
    texts: list[str], sources: dict[str, str], expected: list[Entry]
) -> None:
    assert entries(deployed(*texts), sources) == (expected, [])


def test_what_the_user_names_stands() -> None:
    assert entries(deployed(component("app.run")), {"app.py": ""}, "a.b") == ([Entry("a.b")], [])
    inner = deployed(component("app.run", src="src"))
    assert entries(inner, {"src/app.py": ""}, "app.go") == ([Entry("app.go", "src/")], [])
    for wrong in ("index", ".f", "index.", ""):
        with pytest.raises(UsageError, match=r"expected FILE\.FUNCTION"):
            entries(Deployment(), {}, wrong)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([component("${env:H}")], "the handler ${env:H} is not known here, give --handler"),
        (
            [component("${env:H}", "${env:X}")],
            "the handler ${env:H} is not known here, give --handler",
        ),
        ([component("app.run", src="dist")], "the code folder dist/ has no Python file"),
        ([component("app.run", src="${env:D}")], "the code folder ${env:D} is not known here"),
        (
            [component("app.run"), component("app.run", src="b")],
            ("functions with code folders of their own (./, b/) were audited as one package"),
        ),
    ],
)
def test_what_the_configuration_leaves_open_is_a_problem(texts: list[str], message: str) -> None:
    _, problems = entries(deployed(*texts), {"app.py": "", "b/app.py": ""})
    assert problems == [message]


def test_each_of_several_code_folders_has_a_command_of_its_own() -> None:
    several = deployed(
        component("app.run", src="a b"), component("hook.go", "${env:X}", src="c"), component("x.y")
    )
    several = several._replace(
        functions=tuple(x._replace(file="up/serverless.yml") for x in several.functions)
    )
    files = dict.fromkeys(("a b/app.py", "c/hook.py", "x.py"), "")
    (problem,) = entries_of(None, several, files, ())[1]
    assert problem.remedy == (
        "audit each by itself: `scf-audit 'up/a b' --handler app.run --runtime Python3.6`, "
        "`scf-audit up/c --handler hook.go`, `scf-audit up --handler x.y --runtime Python3.6`"
    )


def test_folders_that_are_deployed_one_by_one_have_a_command_each() -> None:
    several = Deployment(below=("up/a", "up/b c"))
    (), (problem,) = entries_of(None, several, {"a/app.py": ""}, ())
    assert str(problem) == (
        "up/a: is deployed by a configuration of its own, like up/b c, and was audited with the "
        "rest as one package"
    )
    assert problem.remedy == "audit each by itself: `scf-audit up/a`, `scf-audit 'up/b c'`"
    assert entries_of(None, several, {"index.py": ""}, ()) == ((Entry(INDEX),), ())
    assert entries_of("a.b", several, {"a.py": ""}, ())[1] == ()
    many = Deployment(below=tuple("abcdefghijk"))
    (), (problem,) = entries_of(None, many, {}, ())
    assert problem.remedy.endswith("`scf-audit h` and 3 more")


def test_a_program_leaves_open_what_is_called_unless_it_is_named() -> None:
    program = Deployment(programs=("serverless.js",))
    (entry,), (problem,) = entries_of(None, program, {"index.py": ""}, ())
    assert entry == Entry(INDEX)
    assert str(problem) == (
        "serverless.js: what is deployed is said by a program, which is not run: handler and "
        "runtime are not taken from it"
    )
    assert entries_of("app.run", program, {"app.py": ""}, ()) == ((Entry("app.run"),), ())


def test_an_entry_has_its_file_and_function() -> None:
    entry = Entry("app.index.run", "src/")
    assert (entry.file, entry.function) == ("src/app.py", "index.run")


def read(folder: Path, **options: str) -> Project:
    return read_project([str(folder)], environ={}, **options)  # type: ignore[arg-type]  # options


def test_a_project_is_read_from_where_its_code_lies(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("def run(event, context): pass\n")
    (tmp_path / "src" / "requirements.txt").write_text("six\n")
    (tmp_path / "serverless.yml").write_text(component("app.run", src="./src"))
    project = read(tmp_path)
    assert project.import_roots == ("src",)
    assert [str(line.at) for line in project.declared] == [f"{tmp_path}/src/requirements.txt:1"]
    assert [each.runtime for each in project.deployed_on] == ["Python3.6"]
    at = Location(f"{tmp_path}/serverless.yml", 4)
    assert project.entries == (Entry("app.run", "src/", at, "Python3.6"),)
    inner = read(tmp_path / "src")
    assert inner.import_roots == ("",)
    assert inner.entries == (Entry("app.run", "", at, "Python3.6"),)
    without = read_project([str(tmp_path)], environ={}, scan_imports=False)
    assert without.entries == ()
    assert without.deployed_on == project.deployed_on
