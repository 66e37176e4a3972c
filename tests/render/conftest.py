"""Reports made by hand, small enough to be read."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from audit.model import Declared, Location, Problem
from audit.platform import Runtime
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

CONFLICT = Rule(
    code="SCF101",
    name="conflict",
    severity=Severity.ERROR,
    explanation="Two requirements that no version meets together.",
)
MISSING = Rule(
    code="SCF201",
    name="missing import",
    severity=Severity.ERROR,
    explanation="Nothing provides the module.",
)
TO_VENDOR = Rule(
    code="SCF103",
    name="to be vendored",
    severity=Severity.NOTE,
    explanation="The runtime has no such library.",
)


def runtime(python: str, *, has_built_ins: bool = False) -> Runtime:
    return Runtime(
        name=f"Python{python}",
        python=python,
        full_version=f"{python}.0",
        abi=f"cp{python.replace('.', '')}",
        glibc=(2, 17),
        machine="x86_64",
        search_path=("package", "layers", "standard library"),
        unpacked_limit=500_000_000,
        has_built_ins=has_built_ins,
        source="https://example.com/python",
    )


def package(text: str, status: Status, version: str | None = None, line: int = 1) -> Package:
    requirement = Requirement(text)
    declared = Declared(requirement=requirement, text=text, at=Location("requirements.txt", line))
    return Package(
        name=canonicalize_name(requirement.name),
        declared=(declared,),
        required_by=(),
        status=status,
        version=version,
        builtin_version=version if status is Status.BUILTIN else None,
    )


def imported(
    module: str, status: Met, provider: str | None = None, line: int = 1
) -> ImportedModule:
    site = ImportSite(at=Location("index.py", line), context=Context.TOP)
    return ImportedModule(
        module=module, status=status, provider=provider, because="", sites=(site,)
    )


def report(*parts: RuntimeReport, problems: tuple[Problem, ...] = ()) -> Report:
    return Report(
        tool_version="1.0",
        table=TableSummary(source="builtin_libs.csv", libraries=55, problems=()),
        root=".",
        declared_in=("requirements.txt",),
        files_scanned=2,
        problems=problems,
        runtimes=parts,
        recommended=None,
    )


def _with_built_ins(python: str, requests: str) -> RuntimeReport:
    conflict = Finding(
        rule=CONFLICT,
        severity=Severity.ERROR,
        message=f"flask==1.0 and flask>=2 cannot both be met; Python{python} has no flask",
        remedy="keep one of the two lines: `flask>=2` or `flask==1.0`",
        package=canonicalize_name("flask"),
        at=Location("requirements.txt", 3),
    )
    return RuntimeReport(
        runtime=runtime(python, has_built_ins=True),
        verdict=Verdict.BLOCKED,
        packages=(
            package("requests>=2.18", Status.BUILTIN, requests),
            package("flask>=2", Status.CONFLICT, line=3),
            package("pyyaml; python_version<'3'", Status.EXCLUDED, line=4),
        ),
        imports=(
            imported("json", Met.STDLIB),
            imported("requests", Met.BUILTIN, "requests", 2),
            imported("yaml", Met.MISSING, None, 3),
        ),
        findings=(conflict, _missing()),
    )


def _missing() -> Finding:
    return Finding(
        rule=MISSING,
        severity=Severity.WARNING,
        message="nothing provides the module yaml",
        remedy="add `pyyaml` to requirements.txt",
        module="yaml",
        at=Location("index.py", 3),
    )


def _bare(python: str) -> RuntimeReport:
    certifi = Package(
        name=canonicalize_name("certifi"),
        declared=(),
        required_by=(canonicalize_name("requests"),),
        status=Status.VENDOR,
        version="2021.10.8",
        builtin_version=None,
    )
    wheel = DistributionFile(
        name="requests-2.27.1-py2.py3-none-any.whl", kind="wheel", size=63133, sha256="f2" * 32
    )
    note = Finding(
        rule=TO_VENDOR,
        severity=Severity.NOTE,
        message="requests is not built in",
        remedy="",
        package=canonicalize_name("requests"),
        at=Location("requirements.txt", 1),
    )
    return RuntimeReport(
        runtime=runtime(python),
        verdict=Verdict.UNKNOWN,
        packages=(
            package("requests>=2.18", Status.VENDOR, "2.27.1")._replace(file=wheel),
            package("flask>=2", Status.UNKNOWN, line=3),
            certifi,
        ),
        imports=(
            imported("json", Met.STDLIB),
            imported("requests", Met.VENDOR, "requests", 2),
            imported("yaml", Met.MISSING, None, 3),
        ),
        findings=(note, _missing()),
    )


@pytest.fixture
def empty() -> Report:
    return report()._replace(declared_in=(), files_scanned=0)


@pytest.fixture
def small() -> Report:
    """Five runtimes, each cell and section of interest once."""
    parts = (
        _with_built_ins("2.7", "2.18.4"),
        _with_built_ins("3.6", "2.21.0"),
        *(_bare(python) for python in ("3.7", "3.9", "3.10")),
    )
    problem = Problem("no PEP 508 requirement: what is this", Location("requirements.txt", 7))
    recommended = Recommendation(
        runtime="Python3.10",
        reason="not blocked, and the newest Python of those with as little to vendor",
        others=(
            ("Python2.7", "blocked: 1 conflict"),
            ("Python3.6", "blocked: 1 conflict"),
            ("Python3.7", "an older Python with as much to vendor"),
            ("Python3.9", "an older Python with as much to vendor"),
        ),
    )
    return report(*parts, problems=(problem,))._replace(recommended=recommended)


@pytest.fixture
def one_runtime(small: Report) -> Report:
    return small._replace(runtimes=small.runtimes[1:2], recommended=None)


@pytest.fixture
def chinese() -> Report:
    finding = _missing()._replace(at=Location("函数/处理图片/入口文件.py", 3))
    packages = (package("requests @ file:///函数/图书馆/请求.whl", Status.UNKNOWN),)
    imports = (imported("图像.处理", Met.MISSING),)
    part = _with_built_ins("3.6", "2.21.0")._replace(
        packages=packages, imports=imports, findings=(finding,)
    )
    return report(part, problems=(Problem("not UTF-8", Location("函数/数据.py", 1)),))._replace(
        root="函数",
        declared_in=("函数/需求.txt",),
    )


HOSTILE = "\x1b[31mred\x1b[0m\r\n::error::owned|<img src=x>`@team`\u202e\x9b2J\udc80"


@pytest.fixture
def hostile() -> Report:
    """Control characters, markup and commands wherever a project can put text."""
    finding = Finding(
        rule=MISSING,
        severity=Severity.ERROR,
        message=f"nothing provides {HOSTILE}",
        remedy=f"remove {HOSTILE}",
        module=HOSTILE,
        at=Location(HOSTILE, 3),
    )
    line = Declared(requirement=Requirement("x"), text=f"x {HOSTILE}", at=Location(HOSTILE, 1))
    part = RuntimeReport(
        runtime=runtime("3.6"),
        verdict=Verdict.BLOCKED,
        packages=(package("x", Status.VENDORED, HOSTILE)._replace(declared=(line,)),),
        imports=(imported(HOSTILE, Met.MISSING),),
        findings=(finding,),
    )
    problem = Problem(HOSTILE, Location(HOSTILE, 1))
    return report(part, problems=(problem,))._replace(
        root=HOSTILE,
        declared_in=(HOSTILE,),
        recommended=Recommendation(
            runtime="Python3.6", reason=HOSTILE, others=(("Python2.7", HOSTILE),)
        ),
    )


@pytest.fixture
def big() -> Report:
    """As many imports as a large tree has, most of them fine; one is missing, the last."""
    fine = [imported(f"library{n}", Met.BUILTIN, f"library{n}", n) for n in range(1, 10_000)]
    imports = (*fine, imported("zzz", Met.MISSING, None, 3))
    parts = [
        RuntimeReport(
            runtime=runtime(python),
            verdict=Verdict.BLOCKED,
            packages=(),
            imports=imports,
            findings=(_missing()._replace(module="zzz"),),
        )
        for python in ("2.7", "3.6", "3.7", "3.9", "3.10")
    ]
    return report(*parts)
