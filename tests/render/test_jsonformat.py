from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from audit.model import Declared, Location, Problem
from audit.platform import Runtime
from audit.render.canvas import Canvas
from audit.render.jsonformat import render
from audit.report import (
    Context,
    DistributionFile,
    Finding,
    ImportedModule,
    ImportSite,
    Met,
    Package,
    Recommendation,
    Report,
    Rule,
    RuntimeReport,
    Severity,
    Status,
    TableSummary,
    Verdict,
)

if TYPE_CHECKING:
    from enum import Enum

_SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "report.schema.json").read_text()
)
_VALIDATOR = Draft202012Validator(_SCHEMA)
_RUNTIME = Runtime(
    name="Python3.6",
    python="3.6",
    full_version="3.6.1",
    abi="cp36m",
    glibc=(2, 17),
    machine="x86_64",
    search_path=(),
    unpacked_limit=1,
    has_built_ins=True,
    source="",
)

_text = st.text(st.characters() | st.sampled_from("\udc80\x1b\u202e\x9b\n"))
_count = st.integers(0, 10**12)
_names = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).map(canonicalize_name)
_places = st.builds(Location, _text, st.none() | st.integers(1, 10**6))
_problems = st.lists(st.builds(Problem, _text, _places), max_size=2).map(tuple)
_declared = st.builds(Declared, requirement=st.just(Requirement("x")), text=_text, at=_places)
_files = st.builds(
    DistributionFile,
    name=_text,
    kind=st.sampled_from(["wheel", "sdist"]),
    size=_count,
    sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
)
_packages = st.builds(
    Package,
    name=_names,
    declared=st.lists(_declared, max_size=2).map(tuple),
    required_by=st.lists(_names, max_size=2).map(tuple),
    status=st.sampled_from(Status),
    version=st.none() | _text,
    builtin_version=st.none() | _text,
    file=st.none() | _files,
)
_sites = st.builds(ImportSite, at=_places, context=st.sampled_from(Context))
_imports = st.builds(
    ImportedModule,
    module=_text,
    status=st.sampled_from(Met),
    provider=st.none() | _text,
    because=_text,
    sites=st.lists(_sites, max_size=2).map(tuple),
)
_rules = st.builds(
    Rule,
    code=st.from_regex(r"SCF[0-9]{3}", fullmatch=True),
    name=_text,
    severity=st.sampled_from(Severity),
    explanation=_text,
)
_findings = st.builds(
    Finding,
    rule=_rules,
    severity=st.sampled_from(Severity),
    message=_text,
    remedy=_text,
    package=st.none() | _names,
    module=st.none() | _text,
    at=st.none() | _places,
)
_parts = st.builds(
    RuntimeReport,
    runtime=st.just(_RUNTIME),
    verdict=st.sampled_from(Verdict),
    packages=st.lists(_packages, max_size=2).map(tuple),
    imports=st.lists(_imports, max_size=2).map(tuple),
    findings=st.lists(_findings, max_size=2).map(tuple),
)
_reports = st.builds(
    Report,
    tool_version=_text,
    table=st.builds(TableSummary, source=_text, libraries=_count, problems=_problems),
    root=_text,
    declared_in=st.lists(_text, max_size=2).map(tuple),
    files_scanned=_count,
    problems=_problems,
    runtimes=st.lists(_parts, max_size=2).map(tuple),
    recommended=st.none()
    | st.builds(
        Recommendation,
        runtime=_text,
        reason=_text,
        others=st.lists(st.tuples(_text, _text), max_size=2).map(tuple),
    ),
)


def _document(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(report, Canvas()))
    return document


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(_SCHEMA)


@pytest.mark.parametrize("name", ["small", "one_runtime", "empty", "chinese", "hostile"])
def test_reports_fit_the_schema(name: str, request: pytest.FixtureRequest) -> None:
    _VALIDATOR.validate(_document(request.getfixturevalue(name)))


@given(_reports)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_any_report_fits_the_schema_and_can_be_written(report: Report) -> None:
    text = render(report, Canvas())
    text.encode()
    _VALIDATOR.validate(json.loads(text))
    assert json.loads(text)["project"]["root"] == report.root
    assert not set(text) & set("\x1b\x9b\u202e\udc80")


@pytest.mark.parametrize(
    ("enum", "listed"),
    [
        (Verdict, ("runtime", "verdict")),
        (Status, ("package", "status")),
        (Met, ("import", "status")),
        (Severity, ("finding", "severity")),
    ],
)
def test_the_schema_lists_the_words_of_the_report(
    enum: type[Enum], listed: tuple[str, str]
) -> None:
    definition, key = listed
    words = _SCHEMA["$defs"][definition]["properties"][key]["enum"]
    assert set(words) == {member.value for member in enum}


def test_the_schema_lists_the_contexts_of_an_import() -> None:
    site = _SCHEMA["$defs"]["import"]["properties"]["at"]["items"]
    assert set(site["properties"]["context"]["enum"]) == {context.value for context in Context}


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("tool",),
        ("table",),
        ("project",),
        ("recommended",),
        ("problems", 0),
        ("runtimes", 2),
        ("runtimes", 2, "packages", 0),
        ("runtimes", 2, "packages", 0, "file"),
        ("runtimes", 2, "packages", 0, "requirements", 0),
        ("runtimes", 2, "imports", 0),
        ("runtimes", 2, "imports", 0, "at", 0),
        ("runtimes", 2, "findings", 0),
        ("runtimes", 2, "summary"),
    ],
)
def test_the_schema_refuses_a_key_too_many_or_too_few(
    small: Report, path: tuple[str | int, ...]
) -> None:
    document = _document(small)
    inner: Any = document
    for step in path:
        inner = inner[step]
    inner["surprise"] = 1
    assert not _VALIDATOR.is_valid(document)
    del inner["surprise"]
    assert _VALIDATOR.is_valid(document)
    inner.popitem()
    assert not _VALIDATOR.is_valid(document)


def test_keys_come_in_the_documented_order(small: Report) -> None:
    document = _document(small)
    part = document["runtimes"][2]
    assert list(document) == [
        "schema", "tool", "table", "project", "recommended", "problems", "runtimes",
    ]  # fmt: skip
    assert list(part) == [
        "name", "python", "verdict", "packages", "imports", "findings", "summary",
    ]  # fmt: skip


def test_a_package_an_import_a_finding_and_the_counts(small: Report) -> None:
    part = _document(small)["runtimes"][2]
    assert part["packages"][0] == {
        "name": "requests",
        "requirements": [{"text": "requests>=2.18", "file": "requirements.txt", "line": 1}],
        "required_by": [],
        "status": "vendor",
        "version": "2.27.1",
        "builtin_version": None,
        "file": {
            "name": "requests-2.27.1-py2.py3-none-any.whl",
            "kind": "wheel",
            "size": 63133,
            "sha256": "f2" * 32,
        },
    }
    assert part["imports"][1] == {
        "module": "requests",
        "status": "vendor",
        "provider": "requests",
        "because": "",
        "at": [{"file": "index.py", "line": 2, "context": "top"}],
    }
    assert part["findings"][1] == {
        "code": "SCF201",
        "severity": "warning",
        "message": "nothing provides the module yaml",
        "remedy": "add `pyyaml` to requirements.txt",
        "package": None,
        "module": "yaml",
        "file": "index.py",
        "line": 3,
    }
    assert part["summary"] == {
        "builtin": 0,
        "vendor": 2,
        "conflict": 0,
        "missing": 1,
        "unknown": 1,
        "vendor_bytes": 63133,
        "unpacked_bytes": None,
    }


def test_letters_of_every_script_are_written_as_they_are(chinese: Report) -> None:
    assert '"file": "函数/处理图片/入口文件.py"' in render(chinese, Canvas())


def test_the_canvas_changes_nothing(small: Report) -> None:
    text = render(small, Canvas())
    assert render(small, Canvas(width=200, color=True)) == text
    assert text.endswith("}\n")


def test_an_undecodable_file_name_survives(small: Report) -> None:
    odd = small._replace(root="fn\udc80")
    assert '"root": "fn\\udc80"' in render(odd, Canvas())
    assert _document(odd)["project"]["root"] == "fn\udc80"


def test_fifty_thousand_imports_take_less_than_a_second(big: Report) -> None:
    assert sum(len(part.imports) for part in big.runtimes) == 50_000
    assert min(_seconds(big) for _ in range(3)) < 1  # the best of three: machines are busy


def _seconds(report: Report) -> float:
    start = time.process_time()
    render(report, Canvas())
    return time.process_time() - start


def test_names_stay_normalised(small: Report) -> None:
    names: set[NormalizedName] = {p.name for part in small.runtimes for p in part.packages}
    assert names == {p["name"] for part in _document(small)["runtimes"] for p in part["packages"]}
