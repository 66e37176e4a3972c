"""Deployment configuration: its forms, other platforms' files, and hostile ones."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from audit.project.configuration import find_deployment
from audit.project.deployment import Said, functions
from audit.project.entries import Deployment
from audit.project.tree import FolderTree
from audit.project.yamlnodes import LARGEST, NotParsedError

if TYPE_CHECKING:
    from pathlib import Path

COMPONENT = """\
component: scf
name: demo
inputs:
  src: ./src
  handler: index.main_handler
  runtime: Python3.6
"""
TEMPLATE = """\
Globals:
  Function:
    Runtime: Python2.7
Resources:
  default:
    Type: TencentCloud::Serverless::Namespace
    one:
      Type: TencentCloud::Serverless::Function
      Properties:
        CodeUri: ./
        Handler: index.main_handler
    two:
      Type: 'TencentCloud::Serverless::Function'
      Properties: {CodeUri: two/, Handler: app.run, Runtime: Python3.6}
    three:
      Type: TencentCloud::Serverless::Function
      Properties: {CodeUri: ./, Handler: index.main, Runtime: Nodejs8.9}
"""
SERVICE = """\
service: demo
provider:
  name: tencent
  runtime: Python3.6
functions:
  one:
    handler: user.get
  two: {handler: user.put, runtime: python2.7}
"""
MULTI = """\
component: multi-scf
inputs:
  src: {src: ./code, exclude: [.env]}
  runtime: Python3.6
  functions:
    one: {src: ./one, handler: app.run}
    two: {type: web}
"""
OLD = """\
Conf:
  component: serverless-global
  inputs: {region: ap-guangzhou}
One:
  component: "@serverless/tencent-scf@2.0"
  inputs:
    codeUri: ./
    runtime: Python3.6
Two:
  component: '@serverless/tencent-flask'
  inputs: {runtime: Python3.6}
"""
AWS = """\
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: ./, Handler: app.handler, Runtime: python3.6, Layers: [!Ref Tencent]}
"""
Row = tuple[str | None, ...]


def rows(text: str) -> list[Row]:
    """Return handler, runtime and folder of each function."""
    return [
        tuple(said.text if said else None for said in (each.handler, each.runtime, each.folder))
        for each in functions(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(COMPONENT, [("index.main_handler", "Python3.6", "src")], id="component"),
        pytest.param(
            TEMPLATE,
            [("index.main_handler", "Python2.7", ""), ("app.run", "Python3.6", "two")],
            id="template with globals",
        ),
        pytest.param(
            SERVICE,
            [("user.get", "Python3.6", ""), ("user.put", "python2.7", "")],
            id="the framework's plugin",
        ),
        pytest.param(
            MULTI,
            [("app.run", "Python3.6", "code/one"), (None, "Python3.6", "code")],
            id="several functions, one of the web",
        ),
        pytest.param(
            OLD,
            [("index.main_handler", "Python3.6", ""), (None, "Python3.6", "")],
            id="components of the first version",
        ),
        pytest.param(
            "component: multi-scf\ninputs:\n  functions: [{name: a, handler: a.b}]\n",
            [("a.b", None, "")],
            id="functions in a list",
        ),
        pytest.param("component: scf\n", [("index.main_handler", None, "")], id="by default"),
        pytest.param(f"{COMPONENT}---\n{COMPONENT}", rows(COMPONENT) * 2, id="two documents"),
        pytest.param(
            "base: &b {runtime: Python3.6, handler: a.b}\n"
            "component: scf\ninputs:\n  <<: *b\n  handler: c.d\n",
            [("c.d", "Python3.6", "")],
            id="merged in",
        ),
        pytest.param(
            "component: scf\ninputs: {handler: a.b, handler: c.d}\n",
            [("c.d", None, "")],
            id="a key that stands there twice",
        ),
        pytest.param(
            "component: scf\ncustom: {run: Python3.6, name: app}\n"
            "inputs: {runtime: '${self:custom.run}', handler: '${custom.name}.${env:F}'}\n",
            [("app.${env:F}", "Python3.6", "")],
            id="variables",
        ),
        pytest.param(
            "component: scf\ninputs: {src: {bucket: b, object: o.zip}, runtime: Python3.6}\n",
            [("index.main_handler", "Python3.6", None)],
            id="code that is elsewhere",
        ),
        pytest.param(
            "component: scf\ninputs: {handler: !Ref H, runtime: ~}\n",
            [("${!Ref H}", None, "")],
            id="a tag, and null",
        ),
        pytest.param(AWS, [], id="AWS"),
        pytest.param("provider: {name: aws}\nfunctions: {a: {handler: b.c}}\n", [], id="also AWS"),
        pytest.param("component: website\n", [], id="a component of another kind"),
        pytest.param("- component: scf\n", [], id="a list"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_every_form_of_configuration_is_read(text: str, expected: list[Row]) -> None:
    assert rows(text) == expected


def test_a_variable_of_itself_stays_open() -> None:
    text = "component: scf\ninputs: {runtime: '${inputs.runtime}${inputs.runtime}'}\n"
    (function,) = functions(text)
    assert function.runtime is not None
    assert function.runtime.is_open
    assert len(function.runtime.text) < 1000


def test_what_is_said_has_its_line() -> None:
    (found,) = functions(COMPONENT)
    assert (found.line, found.handler and found.handler.line) == (1, 5)
    assert found.runtime is not None
    assert found.runtime.line == 6


@pytest.mark.parametrize("text", [COMPONENT, TEMPLATE, SERVICE, MULTI, OLD])
@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_says_what_yaml_does(text: str, indent: int | str | None) -> None:
    same = json.dumps(yaml.safe_load(text), indent=indent)
    found = functions(same, is_json=True)
    assert [each._replace(line=0) for each in found] == [
        each._replace(line=0) for each in functions(same)
    ]
    assert rows(same) == rows(text)


def test_what_json_says_has_its_line() -> None:
    text = '{\n\t"component": "scf",\n\t"inputs": {\n\t\t"handler": "a\\u002eb\\/"}}'
    (found,) = functions(text, is_json=True)
    assert (found.line, found.handler) == (2, Said("a.b/", 4))


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ('{"component": "scf",\n}', "not JSON: expecting property name", 2),
        ("component: scf\n", "not JSON: expecting value", 1),
        ("", "not JSON: expecting value", 1),
        ("[" * 60_000, "not JSON that can be read: nested too deeply", None),
        ('{"a":' * 900 + "1" + "}" * 900, "nested too deeply", None),
        ("\ufeff{}", "not JSON: unexpected UTF-8 BOM", 1),
        ('{"a": "\0"}', "not JSON: invalid control character", 1),
        ("x" * (LARGEST + 1), "too large", None),
    ],
)
def test_what_is_no_json_is_told_with_its_line(text: str, message: str, line: int | None) -> None:
    with pytest.raises(NotParsedError, match=message) as raised:
        functions(text, is_json=True)
    assert raised.value.line == line


def test_odd_json_is_read() -> None:
    text = '{"component": "x", "n": %s, "inputs": {"handler": null, "runtime": ["a"]},' % (
        "9" * 9999
    )
    (found,) = functions(text + '"component": "scf", "s": "\\ud83d\\ude00\\ud800"}', is_json=True)
    assert (found.handler, found.runtime) == (Said("index.main_handler", 1), None)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda x: (
        st.lists(x, max_size=4)
        | st.dictionaries(
            st.sampled_from(["component", "inputs", "handler", "src", "functions", "<<"]), x
        )
    ),
)


@given(JSON)
def test_no_odd_json_breaks_the_reading(value: object) -> None:
    for each in (value, {"component": "scf", "inputs": value}, {"Resources": value}):
        functions(json.dumps(each), is_json=True)


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)


def test_aliases_of_aliases_cost_nothing() -> None:
    assert rows(f"{BOMB}{COMPONENT}") == rows(COMPONENT)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("component: scf\n\tinputs: 1\n", "not YAML: found character", 2),
        ("component: scf\nb: [\n", "not YAML: ", 3),
        ("[" * 50_000, "nested too deeply", None),
        ("- " * 20_000, "nested too deeply", None),
        ("a: \0", "not YAML: unacceptable character", None),
        ("x" * (LARGEST + 1), "too large", None),
        ("a: &a 1\nb: *c\n", "not YAML: found undefined alias", 2),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, message: str, line: int | None) -> None:
    with pytest.raises(NotParsedError, match=message) as raised:
        functions(text)
    assert raised.value.line == line


def found(folder: Path, *, is_package: bool = False) -> Deployment:
    return find_deployment(FolderTree(str(folder)), lambda _: False, is_package=is_package)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    text = data.decode("utf-8-sig", "replace")
    for each in (text, f"component: scf\n{text}", f"component: scf\ninputs: {text}"):
        with suppress(NotParsedError):
            functions(each)


PIECES = st.sampled_from(
    [
        *("component: scf\n", "provider: {name: tencent}\n", "inputs:", "functions:", "Resources:"),
        *("src: ", "handler: ", "Type: ", "TencentCloud::Serverless::Function", "a.b", "~"),
        *(" ", "  ", "\n", "{", "}", "[", "]", ",", "- ", "? ", "'", "!t ", "&a ", "*a", "<<: "),
        "${self:inputs.src}",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_odd_yaml_breaks_the_reading(text: str) -> None:
    with suppress(NotParsedError):
        functions(text)


def test_the_nearest_configuration_in_the_repository_counts(tmp_path: Path) -> None:
    code = tmp_path / "apps" / "one" / "src"
    code.mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "serverless.yml").write_text(COMPONENT.replace("./src", "apps/one/src"))
    assert [each.folder for each in found(code).functions] == [""]
    assert found(tmp_path / "apps" / "one").folders == ("src/",)
    assert found(tmp_path).folders == ("apps/one/src/",)
    (tmp_path / "apps" / "template.yaml").write_text(TEMPLATE.replace("two/", "one"))
    assert found(tmp_path / "apps" / "one").folders == ("",)
    assert found(tmp_path / "apps").folders == ("", "one/")


def test_without_a_repository_the_folder_right_above_counts(tmp_path: Path) -> None:
    code = tmp_path / "a" / "src"
    code.mkdir(parents=True)
    (tmp_path / "serverless.yml").write_text(COMPONENT.replace("./src", "a/src"))
    assert found(code).functions == ()
    assert found(code.parent).folders == ("src/",)
    (code / ".git").mkdir()
    (tmp_path / "a" / "serverless.yml").write_text(COMPONENT)
    assert found(code).functions == ()


@pytest.mark.parametrize("source", ["../src", "/src", "srcs", "{bucket: b}"])
def test_code_elsewhere_is_not_the_projects(tmp_path: Path, source: str) -> None:
    folder = tmp_path / "src"
    folder.mkdir()
    (tmp_path / "serverless.yml").write_text(COMPONENT.replace("./src", source))
    assert found(folder).functions == ()


def test_a_zip_is_the_code_of_every_function(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(TEMPLATE)
    assert found(tmp_path, is_package=True).folders == ("",)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (b"component: scf\n\tx: 1\n", ["serverless.yml:2"]),
        (b"Type: TencentCloud::Serverless::Function\n{{ x }}: [\n", ["serverless.yml:3"]),
        (b"{{- if .Values }}\ncomponent: web\n\t", []),
        (b"component: scf\ndescription: \xff\xc4\xe3\n", []),
        (b"component: scf\n" + b"x: y\n" * 2_000_000, ["serverless.yml"]),
        (b"a: b\n" * 2_000_000, []),
    ],
)
def test_a_broken_file_is_a_problem_where_it_is_about_this_platform(
    tmp_path: Path, text: bytes, problems: list[str]
) -> None:
    (tmp_path / "serverless.yml").write_bytes(text)
    told = [str(each.at).removeprefix(f"{tmp_path}/") for each in found(tmp_path).problems]
    assert told == problems


def test_what_is_no_file_is_a_problem_and_a_folder_is_not(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "serverless.yml")
    (tmp_path / "serverless.yaml").symlink_to("nowhere")
    (tmp_path / "template.yaml").mkdir()
    told = [str(each).removeprefix(f"{tmp_path}/") for each in found(tmp_path).problems]
    assert told == [
        "serverless.yml: is no regular file, not read",
        "serverless.yaml: cannot be read: no such file or directory",
    ]


JAVASCRIPT = "module.exports = { provider: { name: 'tencent' } }"


@pytest.mark.parametrize("name", ["serverless.js", "serverless.ts"])
def test_a_program_is_not_run_and_told_where_nothing_else_says_it(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("module.exports = { provider: { name: 'aws' } }")
    assert found(tmp_path).programs == ()
    (tmp_path / name).write_text(JAVASCRIPT)
    assert found(tmp_path).programs == (f"{tmp_path}/{name}",)
    (tmp_path / "src").mkdir()
    assert found(tmp_path / "src").programs == (f"{tmp_path}/{name}",)
    (tmp_path / "serverless.json").write_text('{"component": "scf"}')
    assert found(tmp_path).programs == ()
    assert found(tmp_path).folders == ("",)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told(tmp_path: Path, encoding: str) -> None:
    text = COMPONENT if encoding == "utf-16" else f"\ufeff{COMPONENT}"
    (tmp_path / "serverless.yml").write_bytes(text.encode(encoding))
    (problem,) = found(tmp_path).problems
    assert problem.message == "is UTF-16, which no tool that deploys it reads; save it as UTF-8"
    (tmp_path / "serverless.yml").write_bytes("a: b\n".encode("utf-16"))
    assert found(tmp_path) == Deployment()


def test_folders_with_a_configuration_are_found_where_nothing_deploys_the_tree(
    tmp_path: Path,
) -> None:
    for name, text in (("b", COMPONENT), ("a", TEMPLATE), ("c", AWS), ("d", "component: scf\n\t")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "template.yaml").write_text(text)
    assert found(tmp_path).below == (f"{tmp_path}/a", f"{tmp_path}/b")
    without = find_deployment(
        FolderTree(str(tmp_path)), lambda path: path.startswith("a/"), is_package=False
    )
    assert without.below == (f"{tmp_path}/b",)
    (tmp_path / "serverless.yml").write_text("component: scf\n")
    assert found(tmp_path).below == ()


def test_what_is_left_out_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "serverless.yml").write_text(COMPONENT)
    tree = FolderTree(str(tmp_path))
    left_out = find_deployment(tree, lambda path: path == "serverless.yml", is_package=False)
    assert left_out.functions == ()
