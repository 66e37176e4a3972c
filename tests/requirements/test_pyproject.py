from __future__ import annotations

import pytest

from audit.model import Declared, Include, Problem, Statement, Supports
from audit.requirements import read_requirements


def read(text: str, *groups: str) -> list[str]:
    statements = read_requirements("a/pyproject.toml", text.encode(), environ={}, groups=groups)
    return [in_short(statement) for statement in statements]


def in_short(statement: Statement) -> str:
    match statement:
        case Declared(requirement=requirement, at=at):
            return f"{at.line}: {requirement}"
        case Include(path=path, at=at, extras=extras):
            return f"{at.line}: -r {path}{list(extras) or ''}"
        case Problem(message=message, at=at):
            return f"{at.line}! {message}"
        case Supports(specifier=specifier, at=at):
            return f"{at.line}: python {specifier}"
        case _:
            raise AssertionError(statement)


PROJECT = """\
[project]
name = "My.Project"
dependencies = [
  "requests>=2",  # "flask"
  'flask; python_version < "3"', "requests>=2",

  "requests>=2",
]
[project.optional-dependencies]
Test_It = ["pytest"]
all = ["my-project[test-it]", "six"]
loop = ["x", "my-project[loop]"]
none = ["my-project[nothing]"]
[dependency-groups]
lint = ["ruff", {include-group = "Types"}]
types = ["mypy"]
around = ["a", {include-group = "back"}]
back = ["b", {include-group = "around"}]
odd = [{include-group = "nothing"}, {a = 1}, 1, "x==^", "good"]
test-it = ["tox"]
"""
MAIN = [
    "4: requests>=2",
    '5: flask; python_version < "3"',
    "5: requests>=2",
    "7: requests>=2",
]


def test_dependencies_have_the_line_they_stand_on() -> None:
    assert read(PROJECT) == MAIN


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("test.it", ["10: pytest", "20: tox"]),
        ("all", ["10: pytest", "11: six"]),
        (
            "loop",
            [
                "12: x",
                "12! project.optional-dependencies.loop[1]: loop includes itself: loop -> loop",
            ],
        ),
        (
            "none",
            ["13! project.optional-dependencies.none[0]: no extra or group is called nothing"],
        ),
        ("LINT", ["15: ruff", "16: mypy"]),
        (
            "around",
            [
                "17: a",
                "18: b",
                "18! dependency-groups.back[1]: around includes itself: around -> back -> around",
            ],
        ),
        (
            "odd",
            [
                "19! dependency-groups.odd[0]: no extra or group is called nothing",
                "19! dependency-groups.odd[1]: expected a string, found a table",
                "19! dependency-groups.odd[2]: expected a string, found a number",
                "19! dependency-groups.odd[3]: not a requirement: 'x==^': '^' is not a version",
                "19: good",
            ],
        ),
        ("nobody", ["None! no extra or group is called nobody"]),
    ],
)
def test_extras_and_groups_are_read_by_name(group: str, expected: list[str]) -> None:
    assert read(PROJECT, group) == MAIN + expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("[tool.black]\nline-length = 100", []),
        ("[project]\nname = 'x'", []),
        ("project = 3", ["1! project: expected a table, found a number"]),
        (
            "[project]\ndependencies = 'a'",
            ["2! project.dependencies: expected a list of strings, found a string"],
        ),
        (
            "project.dependencies = true",
            ["1! project.dependencies: expected a list of strings, found true or false"],
        ),
        (
            "[project]\ndependencies = ['a',\n 1979-05-27]",
            ["2: a", "3! project.dependencies[1]: expected a string, found a date or time"],
        ),
        (
            "[project]\ndependencies = [{include-group='x'}]",
            ["2! project.dependencies[0]: expected a string, found a table"],
        ),
        (
            "[tool.poetry]\ndependencies = []",
            ["2! tool.poetry.dependencies: expected a table, found a list"],
        ),
        ("tool = 1", []),
        (
            "[project]\nname = 'x'\ndynamic = ['dependencies']",
            ["3! project.dynamic: dependencies are computed by the build backend"],
        ),
        (
            "project.dynamic=['dependencies']\ntool.setuptools.dynamic.dependencies.file=['a','b']",
            ["2: -r a", "2: -r b"],
        ),
        ("[project\n", ["1! not TOML: expected ']' at the end of a table declaration, column 9"]),
        ("a = 1\nb = \n", ["2! not TOML: invalid value, column 5"]),
        ("a = " + "[" * 100_000, ["None! nested too deeply to be read"]),
    ],
)
def test_other_shapes_are_read_or_reported_with_field_and_line(
    text: str, expected: list[str]
) -> None:
    assert read(text) == expected


POETRY = """\
[tool.poetry.dependencies]
python = "^3.6"
requests = "^2.20"
flask = { version = "~1.1", extras = ["dotenv"] }
redis = { version = "*", optional = true }
mine = { path = "../mine", develop = true, extras = ["x"] }
built = { path = "dist/built-1.0-py3-none-any.whl" }
both = [
  { version = "<2", python = "<3" },
  { version = ">=2", python = ">=3" },
]
bad = "<1 || >2"
worse = 1
[tool.poetry.extras]
cache = ["redis", "nothing"]
[tool.poetry.group.test.dependencies]
pytest = "7"
[tool.poetry.dev-dependencies]
black = "20.8b1"
"""
POETRY_MAIN = [
    "2: python <4,>=3.6",
    "3: requests<3,>=2.20",
    "4: flask[dotenv]<1.2,>=1.1",
    "6: -r ../mine['x']",
    "7: built==1.0",
    '9: both<2; python_version < "3"',
    '10: both>=2; python_version >= "3"',
    "12! tool.poetry.dependencies.bad: alternatives cannot be said in PEP 440: <1 || >2",
    "13! tool.poetry.dependencies.worse: expected a string or a table, found a number",
]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((), []),
        (
            ("cache",),
            [
                "5: redis",
                "15! tool.poetry.extras.cache[1]: tool.poetry.dependencies has no nothing",
            ],
        ),
        (("test", "dev"), ["17: pytest==7", "19: black==20.8b1"]),
    ],
)
def test_poetry_tables_are_turned_into_pep_508(
    groups: tuple[str, ...], expected: list[str]
) -> None:
    assert read(POETRY, *groups) == POETRY_MAIN + expected


def test_poetry_dependencies_only_add_to_those_of_the_project() -> None:
    text = "[project]\ndependencies = ['a']\n[tool.poetry.dependencies]\na = {version = '1'}"
    assert read(text) == ["2: a"]
    assert read(text.replace("dependencies = ['a']", "dynamic = ['dependencies']")) == ["4: a==1"]


def test_a_text_says_what_is_written() -> None:
    text = "[tool.poetry.dependencies]\na = '^1'\nb = {url = 'https://u:p@h/b.zip'}"
    statements = read_requirements("pyproject.toml", text.encode(), environ={})
    texts = [statement.text for statement in statements if isinstance(statement, Declared)]
    assert texts == ['a = "^1"', "b @ https://****@h/b.zip"]
