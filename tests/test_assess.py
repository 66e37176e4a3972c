"""The whole audit on plain data: what a project gets, and the laws that every report keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import packaging.markers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.assess import Platform, Policy, audit
from audit.model import Artefact, Declared, Entry, Location, Metadata, Problem, Project, Vendored
from audit.names import read_import_names
from audit.platform import Library, Matrix
from audit.report import Verdict
from audit.resolve.index import NoIndex
from audit.resolve.target import Preference
from audit.runtimes import read_runtimes, select
from audit.shipped import IMPORT_NAMES, RUNTIMES, STDLIB_DIFFERENCES, data_text
from audit.source.read import read_source
from audit.source.stdlib import read_differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.report import Report, RuntimeReport

ALL = read_runtimes(data_text(RUNTIMES), RUNTIMES)
NAMES = read_import_names(data_text(IMPORT_NAMES), IMPORT_NAMES)
LIBRARY = read_differences(data_text(STDLIB_DIFFERENCES))
BUILT_INS: Mapping[str, tuple[str, ...]] = {
    "requests 2.21.0": ("urllib3<1.25,>=1.21.1", "idna<2.9,>=2.5"),
    "urllib3 1.24.2": (),
    "idna 2.8": (),
    "six 1.12.0": (),
    "tensorboard 1.9.0": ("markdown>=2.6.8", "six>=1.10"),
}


def platform(*pythons: str) -> Platform:
    runtimes = select(pythons or ("3.6",), ALL)
    having = [runtime.name for runtime in runtimes if runtime.has_built_ins]
    named = {text.split()[0]: Version(text.split()[1]) for text in BUILT_INS}
    return Platform(
        runtimes=runtimes,
        matrix=Matrix(
            source="test",
            runtimes=tuple(runtime.name for runtime in runtimes),
            libraries=tuple(
                Library(
                    name=name, versions=dict.fromkeys(having, version), at=Location("test.csv", 1)
                )
                for name, version in named.items()
            ),
        ),
        table_problems=(),
        metadata={
            (canonicalize_name(text.split()[0]), runtime): metadata(requires)
            for text, requires in BUILT_INS.items()
            for runtime in having
        },
        import_names=NAMES,
        library=LIBRARY,
        index=NoIndex(),
    )


def metadata(requires: Iterable[str]) -> Metadata:
    return Metadata(requires=tuple(map(Requirement, requires)))


def line(text: str, number: int = 1) -> Declared:
    wanted = text.removeprefix("-c ")
    return Declared(
        requirement=Requirement(wanted),
        text=wanted,
        at=Location("requirements.txt", number),
        constraint=wanted != text,
    )


def copy(text: str, *requires: str) -> Vendored:
    name, version = text.split()
    return Vendored(
        name=canonicalize_name(name),
        version=Version(version),
        metadata=metadata(requires),
        at=Location(f"{name}-{version}.dist-info"),
        files=frozenset({f"{name}/__init__.py"}),
    )


def project(
    *lines: str,
    sources: Mapping[str, str] | None = None,
    vendored: tuple[Vendored, ...] = (),
    **fields: Any,  # noqa: ANN401  # a Project's own
) -> Project:
    code = sources or {}
    owned = {path for each in vendored for path in each.files}
    return Project(
        **{"root": ".", **fields},
        declared_in=("requirements.txt",),
        declared=tuple(line(text, number) for number, text in enumerate(lines, 1)),
        sources=tuple(read_source(path, text.encode())[0] for path, text in code.items()),
        files=frozenset({*code, *owned}),
        vendored=vendored,
    )


def only(
    what: Project, *, python: str = "3.6", builtins: Preference = Preference.PREFER
) -> RuntimeReport:
    (runtime,) = audit(what, platform(python), Policy(builtins=builtins)).runtimes
    return runtime


def statuses(runtime: RuntimeReport) -> dict[str, str]:
    return {
        each.name: " ".join(filter(None, (each.status.value, each.version)))
        for each in runtime.packages
    }


def codes(runtime: RuntimeReport) -> list[str]:
    return sorted(f"{each.rule.code} {each.module or each.package}" for each in runtime.findings)


MIXED = project(
    "Flask_Login",
    "requests>=2.22",
    sources={"index.py": "import nowhere\nimport Flask_Login\n", "lib/tool.py": "import gone\n"},
    root="app",
    problems=(Problem("no requirement", Location("app/requirements.txt", 7)),),
)
FOUND = [
    "SCF001 None",
    "SCF102 requests",
    "SCF103 flask-login",
    "SCF103 requests",
    "SCF201 gone",
    "SCF201 nowhere",
]


@pytest.mark.parametrize(
    ("ignored", "gone"),
    [
        pytest.param("SCF103", {"SCF103 flask-login", "SCF103 requests"}, id="a code"),
        pytest.param("scf103", {"SCF103 flask-login", "SCF103 requests"}, id="in small letters"),
        pytest.param("SCF103:requests", {"SCF103 requests"}, id="a package"),
        pytest.param("SCF103:flask.LOGIN", {"SCF103 flask-login"}, id="however it is written"),
        pytest.param("SCF201:nowhere", {"SCF201 nowhere"}, id="a module"),
        pytest.param("SCF201:Nowhere", set(), id="a module is as it is written"),
        pytest.param("SCF201:app/lib/tool.py", {"SCF201 gone"}, id="a file"),
        pytest.param("SCF001:app/requirements.txt", {"SCF001 None"}, id="a file of a problem"),
        pytest.param(
            "SCF103:requirements.txt", {"SCF103 flask-login", "SCF103 requests"}, id="all"
        ),
        pytest.param("SCF102:flask-login", set(), id="another code"),
        pytest.param("SCF201:now", set(), id="a part of a name"),
        pytest.param("SCF10", set(), id="a part of a code"),
    ],
)
def test_findings_are_left_out_by_code_and_subject(ignored: str, gone: set[str]) -> None:
    assert codes(only(MIXED)) == FOUND
    (runtime,) = audit(MIXED, platform(), Policy(ignore=("SCF999", ignored))).runtimes
    assert codes(runtime) == [each for each in FOUND if each not in gone]


def test_a_left_out_finding_does_not_make_good_what_is_not_there() -> None:
    policy = Policy(ignore=("SCF103",))
    (runtime,) = audit(project("flask"), platform(), policy).runtimes
    assert (codes(runtime), runtime.verdict) == ([], Verdict.UNKNOWN)


def test_what_is_imported_and_built_in_becomes_a_package_with_all_it_needs() -> None:
    runtime = only(project(sources={"index.py": "import requests\n"}))
    assert statuses(runtime) == {
        "idna": "builtin 2.8",
        "requests": "builtin 2.21.0",
        "urllib3": "builtin 1.24.2",
    }
    assert [each.required_by for each in runtime.packages] == [("requests",), (), ("requests",)]
    assert runtime.verdict is Verdict.READY


def test_what_is_imported_and_lacks_a_need_is_not_ready() -> None:
    runtime = only(project(sources={"index.py": "import tensorboard\n"}))
    assert statuses(runtime)["markdown"] == "unknown"
    assert runtime.verdict is Verdict.UNKNOWN


def test_a_built_in_that_nobody_uses_is_no_package() -> None:
    assert only(project(sources={"index.py": "import json\n"})).packages == ()


@pytest.mark.parametrize("declared", [(), ("flask",)])
@pytest.mark.parametrize(
    ("artefact", "verdict"),
    [(Artefact.SOURCE, Verdict.UNKNOWN), (Artefact.PACKAGE, Verdict.BLOCKED)],
)
def test_a_vendored_copy_without_what_it_needs_is_never_ready(
    declared: tuple[str, ...], artefact: Artefact, verdict: Verdict
) -> None:
    what = project(
        *declared,
        sources={"index.py": "import flask\n"},
        vendored=(copy("flask 1.0", "jinja2>=2.10"),),
        artefact=artefact,
    )
    assert only(what).verdict is verdict
    whole = what._replace(vendored=(*what.vendored, copy("jinja2 2.11")))
    assert only(whole).verdict is Verdict.READY


def test_to_a_package_nothing_can_be_added() -> None:
    what = project("six>=1.13", sources={"index.py": "import nowhere\n"})
    assert (only(what).verdict, codes(only(what))) == (
        Verdict.UNKNOWN,
        ["SCF102 six", "SCF103 six", "SCF201 nowhere"],
    )
    package = only(what._replace(artefact=Artefact.PACKAGE))
    assert (package.verdict, codes(package)) == (
        Verdict.BLOCKED,
        ["SCF101 six", "SCF201 nowhere"],
    )


@pytest.mark.parametrize(
    ("builtins", "verdict", "expected"),
    [
        (
            Preference.PREFER,
            Verdict.UNKNOWN,
            {"flask": "unknown", "requests": "unknown", "six": "builtin 1.12.0"},
        ),
        (
            Preference.IGNORE,
            Verdict.UNKNOWN,
            {"flask": "unknown", "requests": "unknown", "six": "unknown"},
        ),
        (
            Preference.REQUIRE,
            Verdict.BLOCKED,
            {"flask": "unknown", "requests": "conflict", "six": "builtin 1.12.0"},
        ),
    ],
)
def test_how_built_ins_are_taken_is_the_users_choice(
    builtins: Preference, verdict: Verdict, expected: dict[str, str]
) -> None:
    runtime = only(project("requests>=2.22", "six", "flask"), builtins=builtins)
    assert (runtime.verdict, statuses(runtime)) == (verdict, expected)


def test_an_import_is_not_met_by_a_built_in_that_is_ignored() -> None:
    what = project(sources={"index.py": "import six\n"})
    assert only(what).verdict is Verdict.READY
    assert only(what, builtins=Preference.IGNORE).verdict is Verdict.BLOCKED


def test_a_line_that_a_marker_excludes_is_said_to_be() -> None:
    what = project('enum34; python_version < "3.4"', "six")
    assert statuses(only(what)) == {"enum34": "excluded", "six": "builtin 1.12.0"}
    assert statuses(only(what, python="2.7")) == {"enum34": "unknown", "six": "builtin 1.12.0"}
    assert only(what).verdict is Verdict.READY


def test_each_runtime_is_audited_on_its_own_and_knows_where_else_it_resolves() -> None:
    what = project('six<1; python_version < "3.7"', "six>1")
    report = audit(what, platform("3.6", "3.7"), Policy())
    assert [each.verdict for each in report.runtimes] == [Verdict.BLOCKED, Verdict.UNKNOWN]
    assert "no such conflict on Python3.7" in report.runtimes[0].findings[0].message
    assert report.recommended is not None
    assert report.recommended.runtime == "Python3.7"


def test_an_undecided_runtime_is_not_said_to_be_free_of_a_conflict() -> None:
    many = [f'package-{n}; python_version >= "3.7"' for n in range(5_001)]
    what = project('six<1; python_version < "3.7"', "six>1", *many)
    report = audit(what, platform("3.6", "3.7"), Policy())
    assert "no such conflict" not in report.runtimes[0].findings[0].message


LINES = (
    "requests",
    "requests>=2.22",
    "requests[socks]<3",
    "urllib3>=1.26",
    "urllib3<1.25",
    "six==1.12.0",
    "six!=1.12.0",
    "tensorboard",
    "flask",
    "click>=8",
    'idna<2; python_version < "3.7"',
    "-c urllib3<1.24",
    "-c click<8",
)
some_lines = st.lists(st.sampled_from(LINES), max_size=4)
COPIES = (copy("flask 1.0", "click<8", "six>=1.10"), copy("click 7.0"), copy("six 1.14"))
some_copies = st.lists(st.sampled_from(COPIES), unique=True, max_size=3).map(tuple)
artefacts = st.sampled_from(Artefact)


@given(some_lines, st.sampled_from(LINES), some_copies, artefacts, st.sampled_from(Preference))
def test_one_more_requirement_never_betters_a_verdict(
    lines: list[str],
    more: str,
    copies: tuple[Vendored, ...],
    artefact: Artefact,
    builtins: Preference,
) -> None:
    before = only(project(*lines, vendored=copies, artefact=artefact), builtins=builtins)
    after = only(project(*lines, more, vendored=copies, artefact=artefact), builtins=builtins)
    assert after.verdict.rank >= before.verdict.rank


SOURCES = {
    "index.py": "import os, nowhere, requests\nfrom pkg import a\nif os.environ: import gone\n",
    "pkg/__init__.py": "def f():\n    import gone\n",
    "pkg/a.py": "from . import b\nimport nowhere, flask\ntry: import no\nexcept OSError: pass\n",
    "tool.py": "import gone, qcloud_cos_v5\nimport six\n",
}
ENTRY = Entry("index.main_handler")
SEEN = project(*LINES[:6], sources=SOURCES, vendored=COPIES[:2], entries=(ENTRY,))


def seen(what: Project) -> Report:
    return audit(what, platform("2.7", "3.6", "3.7"), Policy())


@given(st.permutations(SEEN.sources), st.permutations(SEEN.declared), st.permutations(COPIES[:2]))
def test_the_order_of_sources_lines_and_copies_makes_no_difference(
    sources: list[Any], declared: list[Declared], copies: list[Vendored]
) -> None:
    shuffled = SEEN._replace(
        sources=tuple(sources), declared=tuple(declared), vendored=tuple(copies)
    )
    assert seen(shuffled) == seen(SEEN)


HOST = {
    "python_version": "1.0",
    "python_full_version": "1.0.0",
    "sys_platform": "win32",
    "platform_system": "Windows",
    "os_name": "nt",
    "platform_machine": "vax",
    "implementation_name": "pypy",
    "platform_python_implementation": "PyPy",
}


def test_the_host_that_runs_the_audit_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'package-{key}; {key} == "{value}"' for key, value in HOST.items()]
    what = project(*lines, 'six; python_version >= "2.7"', 'flask; sys_platform == "linux"')
    on_this_host = seen(what)
    # There is no other way: packaging asks the interpreter for what a marker leaves open.
    monkeypatch.setattr(packaging.markers, "default_environment", lambda: {**HOST, "extra": ""})
    assert seen(what) == on_this_host
    assert {each.status.value for each in on_this_host.runtimes[2].packages[1:-1]} == {"excluded"}
