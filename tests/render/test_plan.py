from __future__ import annotations

import hashlib
import io
import itertools
import os
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from audit.assess import Policy, audit
from audit.cli.platform import load_platform
from audit.cli.tables import shipped_runtimes
from audit.model import Declared, Location, Problem
from audit.project import read_project
from audit.render.canvas import Canvas
from audit.render.plan import constraints, requirements
from audit.report import (
    Context,
    DistributionFile,
    Finding,
    ImportedModule,
    ImportSite,
    Met,
    Package,
    Report,
    Rule,
    RuntimeReport,
    Severity,
    Status,
    TableSummary,
    Verdict,
)
from audit.requirements import read_requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pip._internal.network.session import PipSession
    from pip._internal.req import InstallRequirement

    from audit.resolve.index import Index

# Some pips import what is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:pkg_resources is deprecated:DeprecationWarning")

DIGEST = "ab" * 32
OTHER = "cd" * 32
RULE = Rule(code="SCF101", name="conflict", severity=Severity.ERROR, explanation="")


def wheel(name: str, size: int | None = 1000, sha256: str | None = DIGEST) -> DistributionFile:
    return DistributionFile(name=name, kind="wheel", size=size, sha256=sha256)


def sdist(name: str, size: int | None = 1000, sha256: str | None = DIGEST) -> DistributionFile:
    return DistributionFile(name=name, kind="sdist", size=size, sha256=sha256)


def line(text: str, at: str = "requirements.txt:1", *, constraint: bool = False) -> Declared:
    file, _, number = at.partition(":")
    written = re.sub(r"://[^/@]+@", "://****@", text)
    return Declared(
        requirement=Requirement(text),
        text=written,
        at=Location(file, int(number)),
        constraint=constraint,
    )


def package(
    name: str,
    version: str | None,
    *declared: Declared,
    status: Status = Status.VENDOR,
    by: Sequence[str] = (),
    file: DistributionFile | None = None,
) -> Package:
    return Package(
        name=canonicalize_name(name),
        declared=declared,
        required_by=tuple(map(canonicalize_name, by)),
        status=status,
        version=version,
        builtin_version=None,
        file=file,
    )


def report(
    *packages: Package,
    name: str = "Python3.6",
    root: str = ".",
    imports: tuple[ImportedModule, ...] = (),
    findings: tuple[Finding, ...] = (),
    problems: tuple[Problem, ...] = (),
) -> Report:
    (runtime,) = (each for each in shipped_runtimes() if each.name == name)
    part = RuntimeReport(
        runtime=runtime,
        verdict=Verdict.VENDOR,
        packages=packages,
        imports=imports,
        findings=findings,
    )
    return Report(
        tool_version="1.0",
        table=TableSummary(source="builtin_libs.csv", libraries=55, problems=()),
        root=root,
        declared_in=("requirements.txt",),
        files_scanned=2,
        problems=problems,
        runtimes=(part,),
        recommended=None,
    )


def flask() -> Report:
    return report(
        package(
            "click",
            "8.0.4",
            line("click<9", "limits.txt:1", constraint=True),
            by=["flask"],
            file=wheel("click-8.0.4-py3-none-any.whl", 97_000, OTHER),
        ),
        package(
            "flask",
            "2.0.3",
            line("Flask[async]>=2; python_version>'3'", "requirements.txt:3"),
            file=wheel("Flask-2.0.3-py3-none-any.whl", 95_000),
        ),
        package("requests", "2.21.0", line("requests"), status=Status.BUILTIN),
    )


def written(report: Report) -> str:
    return requirements(report, Canvas())


def command(text: str, number: int = 0) -> list[str]:
    """Return a pip command of the header, as a shell would read it."""
    commands = [each for each in text.splitlines() if each.startswith("#    ")]
    return shlex.split(commands[number].removeprefix("#"))


def pins(text: str) -> str:
    return "".join(f"{each}\n" for each in text.splitlines() if not each.startswith("#"))


FLASK = f"""\
#
# Python3.6: 2 distributions to vendor, 192 kB compressed; Python3.6 takes 500.0 MB unpacked, \
layers included
# scf-audit 1.0: requirements.txt, 2 source files
# built-in table builtin_libs.csv: 55 libraries
# verdict: vendor
# install it, FILE being this file, with:
#
#    pip install --no-deps --target . -r FILE --ignore-requires-python --only-binary=:all: \
--implementation cp --python-version 3.6.1 --abi cp36m --platform manylinux2014_x86_64
#
click==8.0.4 \\
    --hash=sha256:{OTHER}
    # via
    #   -c limits.txt
    #   flask
flask==2.0.3 \\
    --hash=sha256:{DIGEST}
    # via -r requirements.txt
"""


def test_what_to_vendor_is_pinned_with_its_hash_and_who_asks() -> None:
    assert written(flask()) == FLASK


def test_built_ins_in_use_are_constraints() -> None:
    assert constraints(flask(), Canvas()) == (
        "#\n"
        "# Python3.6: 1 built-in in use\n"
        "# scf-audit 1.0: requirements.txt, 2 source files\n"
        "# built-in table builtin_libs.csv: 55 libraries\n"
        "# verdict: vendor\n"
        "# for pip install -c FILE, FILE being this file\n"
        "#\n"
        "requests==2.21.0  # built-in\n"
    )


@pytest.mark.parametrize("runtimes", [0, 2])
def test_a_plan_is_for_one_runtime(runtimes: int) -> None:
    several = flask()._replace(runtimes=flask().runtimes * runtimes)
    for render in (requirements, constraints):
        with pytest.raises(ValueError, match="unpack"):
            render(several, Canvas())


def test_nothing_to_vendor_is_said_and_needs_no_command() -> None:
    text = written(report())
    assert "# Python3.6: nothing to vendor\n" in text
    assert "pip install" not in text
    assert pins(text) == ""


@pytest.mark.parametrize(
    ("asked", "via"),
    [
        ((package("six", "1.16.0", line("six", "pyproject.toml:7")),), "    # via pyproject.toml"),
        (
            (package("six", "1.16.0", line("six"), line("six>1", "requirements.txt:9")),),
            "    # via -r requirements.txt",
        ),
        (
            (package("six", "1.16.0", line("six", "a.txt:1"), by=["zope", "attrs"]),),
            "    # via\n    #   -r a.txt\n    #   attrs\n    #   zope",
        ),
    ],
)
def test_each_asker_is_named_once(asked: tuple[Package, ...], via: str) -> None:
    text = written(report(*asked))
    assert text.endswith(f"six==1.16.0\n{via}\n")


def imported(module: str, status: Met, provider: str | None) -> ImportedModule:
    sites = (ImportSite(at=Location("index.py", 3), context=Context.TOP),)
    return ImportedModule(module=module, status=status, provider=provider, because="", sites=sites)


def test_what_is_imported_and_declared_nowhere_names_the_import() -> None:
    text = written(
        report(package("pyyaml", "6.0"), imports=(imported("yaml", Met.VENDOR, "pyyaml"),))
    )
    assert text.endswith("pyyaml==6.0\n    # via import yaml (index.py:3)\n")


@pytest.mark.parametrize("digest", [None, "", "abc", "A" * 64, f"{DIGEST}\nevil", "$(x)" * 16])
def test_without_one_hash_there_is_none_and_the_file_still_installs(digest: str | None) -> None:
    text = written(
        report(
            package("six", "1.16.0", line("six"), file=wheel("six-1.16.0-py3-none-any.whl")),
            package(
                "zope",
                "1.0",
                line("zope"),
                file=wheel("zope-1.0-py3-none-any.whl", sha256=digest),
            ),
        )
    )
    assert "--hash" not in text
    assert "# without hashes, since none is known of zope and pip takes all or none\n" in text
    assert "six==1.16.0\n    # via -r requirements.txt\nzope==1.0\n" in text


def test_a_file_of_unknown_size_makes_the_sum_a_least() -> None:
    text = written(
        report(
            package("six", "1.16.0", file=wheel("six-1.16.0-py3-none-any.whl", 11_000_000)),
            package("zope", "1.0", file=wheel("zope-1.0-py3-none-any.whl", None)),
        )
    )
    assert (
        "2 distributions to vendor, at least 11.0 MB compressed; Python3.6 takes 500.0 MB" in text
    )


def test_where_no_size_is_known_none_is_said() -> None:
    text = written(report(package("six", "1.16.0", file=wheel("six-1.16.0.whl", None))))
    assert "1 distribution to vendor, its size is not known; Python3.6 takes 500.0 MB" in text


def test_more_than_the_limit_is_too_much_even_compressed() -> None:
    text = written(report(package("a", "1", file=wheel("a-1-py3-none-any.whl", 500_000_001))))
    assert (
        "500.0 MB compressed; too much: Python3.6 takes 500.0 MB unpacked, layers included\n"
        in text
    )
    text = written(report(package("a", "1", file=wheel("a-1-py3-none-any.whl", 500_000_000))))
    assert "too much" not in text


def test_what_has_to_be_built_is_installed_by_the_runtimes_own_python() -> None:
    text = written(
        report(
            package("pycurl", "7.43.0", line("pycurl"), file=sdist("pycurl-7.43.0.tar.gz")),
            package("six", "1.16.0", line("six"), file=wheel("six-1.16.0-py2.py3-none-any.whl")),
        )
    )
    assert "# pycurl must be built from source: by the runtime's own Python, on Linux\n" in text
    assert command(text) == shlex.split("python3.6 -m pip install --no-deps --target . -r FILE")
    assert "# the rest can be installed anywhere: remove pycurl, then\n" in text
    assert "--only-binary=:all:" in command(text, 1)


def test_where_everything_has_to_be_built_there_is_one_command() -> None:
    text = written(report(package("pycurl", "7.43.0", file=sdist("pycurl-7.43.0.tar.gz"))))
    assert "--only-binary" not in text


@pytest.mark.parametrize(
    ("file", "platforms"),
    [
        ("a-1-py3-none-any.whl", []),
        ("a-1-cp36-cp36m-manylinux1_x86_64.whl", []),
        ("a-1-cp36-cp36m-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", []),
        ("a-1-cp36-cp36m-manylinux_2_12_x86_64.whl", ["manylinux_2_12_x86_64"]),
        ("a-1-cp36-cp36m-linux_x86_64.whl", ["linux_x86_64"]),
        ("a-1-cp36-cp36m-$(evil).manylinux_2_5_x86_64.whl", ["manylinux_2_5_x86_64"]),
    ],
)
def test_pip_is_told_the_platforms_that_it_does_not_derive(file: str, platforms: list[str]) -> None:
    words = command(written(report(package("a", "1", file=wheel(file)))))
    given = [after for word, after in itertools.pairwise(words) if word == "--platform"]
    assert given == ["manylinux2014_x86_64", *platforms]


@pytest.mark.parametrize(
    ("root", "target"),
    [(".", "."), ("sub/", "sub"), ("my project", "'my project'"), ("/srv/x", "/srv/x")],
)
def test_the_target_is_the_root_of_the_project(root: str, target: str) -> None:
    text = written(report(package("a", "1"), root=root))
    assert f"--target {target} -r FILE" in text


def test_a_copy_that_is_in_the_way_is_replaced() -> None:
    copy = Finding(
        rule=RULE._replace(code="SCF106"),
        severity=Severity.ERROR,
        message="",
        remedy="",
        package=canonicalize_name("a"),
    )
    assert "--upgrade" in command(written(report(package("a", "1"), findings=(copy,))))
    assert "--upgrade" not in written(report(package("b", "1"), findings=(copy,)))


def test_what_is_not_decided_is_listed_with_the_reason_and_never_pinned() -> None:
    clash = Finding(
        rule=RULE,
        severity=Severity.ERROR,
        message="flask==1 and flask>=2 cannot both be met",
        remedy="",
        verdict=Verdict.BLOCKED,
        package=canonicalize_name("flask"),
    )
    undecided = report(
        package("flask", None, line("flask==1"), status=Status.CONFLICT),
        package("numpy", "1.19.5", line("numpy"), status=Status.UNKNOWN, file=wheel("numpy.whl")),
        package("six", "1.16.0", line("six"), status=Status.EXCLUDED),
        findings=(clash, clash),
        imports=(imported("yaml", Met.MISSING, None), imported("np", Met.UNKNOWN, "numpy")),
        problems=(Problem("what is this", Location("requirements.txt", 7)),),
    )
    lines = [
        "flask: conflict; flask==1 and flask>=2 cannot both be met",
        "numpy: unknown",
        "import yaml: missing",
        "what could not be read: requirements.txt:7: what is this",
    ]
    assert written(undecided).endswith("".join(f"# not in this plan: {each}\n" for each in lines))
    assert constraints(undecided, Canvas()).endswith(
        "".join(f"# not decided: {each}\n" for each in lines)
    )
    assert pins(written(undecided)) == ""


URL = "https://example.com/six-1.16.0-py2.py3-none-any.whl"


def test_a_url_stays_a_url_without_extras_and_marker() -> None:
    direct = line(f"Six[all] @ {URL} ; python_version > '3'")
    text = written(report(package("six", "1.16.0", direct, file=wheel("six.whl"))))
    assert text.endswith(
        f"six @ {URL} \\\n    --hash=sha256:{DIGEST}\n    # via -r requirements.txt\n"
    )


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        (URL, URL, f"six @ {URL}"),
        ("libs/six.whl", "./libs/six.whl", "./libs/six.whl"),
        ("/srv/six.whl", "/srv/six.whl", "/srv/six.whl"),
        ("../six.whl", "../six.whl", "../six.whl"),
    ],
)
def test_a_file_that_a_line_names_stays_where_it_is(file: str, text: str, wanted: str) -> None:
    named = line("six==1.16.0")._replace(text=text, file=file)
    told = written(report(package("six", "1.16.0", named, file=wheel("six.whl"))))
    assert pins(told).startswith(f"{wanted} \\\n    --hash=sha256:{DIGEST}\n")


def test_a_path_that_pip_would_read_otherwise_is_not_written_down() -> None:
    named = line("six==1.16.0")._replace(text="./a b.whl", file="a --hash b.whl")
    told = written(report(package("six", "1.16.0", named, file=wheel("six.whl"))))
    assert "# not in this plan: six: its path has odd characters, see requirements.txt:1" in told
    assert pins(told) == ""


@pytest.mark.parametrize(
    ("hashes", "digest"),
    [
        ((f"sha256:{OTHER}",), OTHER),
        ((f"sha256:{OTHER}", f"sha256:{DIGEST}"), None),
        ((f"md5:{OTHER[:32]}",), None),
        ((), None),
    ],
)
def test_a_hash_of_the_line_serves_where_the_index_has_none(
    hashes: tuple[str, ...], digest: str | None
) -> None:
    hashed = line("six")._replace(hashes=hashes)
    text = written(report(package("six", "1.16.0", hashed, file=wheel("six.whl", sha256=None))))
    assert (f"--hash=sha256:{digest}" in text) is (digest is not None)


@pytest.mark.parametrize(
    "secret",
    [
        "https://user:hunter2@example.com/six.whl",
        "https://hunter2@example.com/six.whl",
        "ftp://user:hunter2@example.com/six.whl",
        "https://example.com/six.whl?token=hunter2",
    ],
)
def test_a_url_that_may_hold_credentials_is_not_written_down(secret: str) -> None:
    hidden = report(package("six", "1.16.0", line(f"six @ {secret}", "r.txt:4"), file=wheel("s")))
    text = written(hidden)
    assert "hunter2" not in text
    assert "# not in this plan: six: its URL may hold credentials, see r.txt:4\n" in text
    assert pins(text) == ""


def test_a_url_from_the_environment_is_not_written_down() -> None:
    expanded = line("six @ https://example.com/hunter2/six.whl")
    expanded = expanded._replace(text="six @ https://example.com/${TOKEN}/six.whl")
    text = written(report(package("six", "1.16.0", expanded, file=wheel("six.whl"))))
    assert "hunter2" not in text
    assert pins(text) == ""


class Read(NamedTuple):
    """One requirement, as pip reads it."""

    name: str
    wanted: str
    """Its version or URL."""
    hashes: tuple[str, ...]


def as_pip_reads(text: str, folder: Path) -> list[Read]:
    from pip._internal.req.constructors import (  # noqa: PLC0415  # loads pip's network stack
        install_req_from_parsed_requirement,
    )
    from pip._internal.req.req_file import parse_requirements  # noqa: PLC0415  # as above

    (folder / "plan.txt").write_text(text, encoding="utf-8", newline="\n")
    # Without a session, which only a file elsewhere needs and which is slow to make.
    parsed = parse_requirements(str(folder / "plan.txt"), session=cast("PipSession", None))
    return [_read(install_req_from_parsed_requirement(each)) for each in parsed]


def _read(read: InstallRequirement) -> Read:
    assert read.name is not None
    assert not any((read.extras, read.markers, read.editable))
    wanted = read.link.url if read.link else str(read.specifier)
    return Read(read.name, wanted, tuple(read.hash_options.get("sha256", ())))


names = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5})?", fullmatch=True)
versions = st.sampled_from(["1", "0.0.1", "1!2.0", "2.0rc1", "1.0.post1", "1.0.dev3", "3.0+cu11"])
digests = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=25)  # pip parses each
@given(st.dictionaries(names, st.tuples(versions, digests, texts), max_size=4))
def test_pip_reads_back_every_line(
    tmp_path_factory: pytest.TempPathFactory, plan: dict[str, tuple[str, str, str]]
) -> None:
    packages = [
        package(
            name,
            version,
            line("x")._replace(at=Location(text, 1)),
            file=wheel(f"{name}-{version}-py3-none-any.whl", sha256=digest),
        )
        for name, (version, digest, text) in plan.items()
    ]
    expected = [Read(n, f"=={v}", (digest,)) for n, (v, digest, _) in plan.items()]
    text = written(report(*packages))
    assert as_pip_reads(text, tmp_path_factory.mktemp("plan")) == expected
    ours = read_requirements("plan.txt", text.encode(), environ={})
    assert [each for each in ours if not isinstance(each, Declared)] == []
    assert [(each.name, each.hashes) for each in ours if isinstance(each, Declared)] == [
        (each.name, tuple(f"sha256:{digest}" for digest in each.hashes)) for each in expected
    ]


def test_pip_reads_back_urls_and_constraints(tmp_path: Path) -> None:
    direct = package("six", "1.16.0", line(f"Six @ {URL}"), file=wheel("six.whl"))
    assert as_pip_reads(written(report(direct)), tmp_path) == [Read("six", URL, (DIGEST,))]
    assert as_pip_reads(constraints(flask(), Canvas()), tmp_path) == [
        Read("requests", "==2.21.0", ())
    ]


EVIL = "x\nevil==1\r\x1b[31m\u2028evil==2\\"


def test_hostile_text_stays_in_its_comment(tmp_path: Path) -> None:
    hostile = report(
        package("six", "1.16.0", line("six")._replace(at=Location(EVIL, 1))),
        package("bad", None, status=Status.CONFLICT),
        imports=(imported(EVIL, Met.MISSING, None),),
        problems=(Problem(EVIL, Location(EVIL, 1)),),
        root=EVIL,
    )._replace(declared_in=(EVIL,))
    assert as_pip_reads(written(hostile), tmp_path) == [Read("six", "==1.16.0", ())]
    assert as_pip_reads(constraints(hostile, Canvas()), tmp_path) == []
    for text in (written(hostile), constraints(hostile, Canvas())):
        assert all(char.isprintable() or char == "\n" for char in text)


def test_a_file_that_is_not_ascii_says_its_encoding(tmp_path: Path) -> None:
    chinese = report(package("six", "1.16.0", line("six", "需求.txt:1")))
    text = written(chinese)
    assert text.startswith("# -*- coding: utf-8 -*-\n# Python3.6: ")
    assert as_pip_reads(text, tmp_path) == [Read("six", "==1.16.0", ())]


def made(
    folder: Path, name: str, needs: Sequence[str] = (), python: str = ">=2.7"
) -> DistributionFile:
    """Make a wheel that holds one module."""
    content = io.BytesIO()
    project, version, _ = name.split("-", 2)
    info = f"{project}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {each}\n" for each in needs)
    files = {
        f"{project}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project}\n"
        f"Version: {version}\nRequires-Python: {python}\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
        f"Tag: {name.removesuffix('.whl').split('-', 2)[2]}\n",
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    (folder / name).write_bytes(content.getvalue())
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    return wheel(name, len(content.getvalue()), digest)


PIP = (sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--no-input")


def run(*words: str, cwd: Path) -> str:
    """Run a tool as nobody has configured it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**environ, "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def as_told(text: str, cwd: Path, *more: str) -> str:
    """Write the file down and run the command in its header."""
    (cwd / "plan.txt").write_text(text, encoding="utf-8")
    _, *words = command(text)
    return run(*PIP, *("plan.txt" if word == "FILE" else word for word in words), *more, cwd=cwd)


@pytest.fixture
def packing(tmp_path: Path) -> tuple[Path, Report]:
    """A folder of wheels for Python 3.6 on Linux, and the plan that packs them all."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    base = made(folder, "base-2.0-cp36-cp36m-manylinux2010_x86_64.whl")
    odd = made(folder, "odd-1.0-cp36-abi3-manylinux_2_17_x86_64.whl", python=">=3.6, <3.7")
    top = made(folder, "top-1.0-py2.py3-none-any.whl", ["base<3", "odd"])
    made(folder, "base-3.0-py3-none-any.whl")
    return folder, report(
        package("base", "2.0", line("base"), by=["top"], file=base),
        package("odd", "1.0", by=["top"], file=odd),
        package("top", "1.0", line("top"), file=top),
    )


def test_pip_installs_exactly_the_plan_by_the_command_in_its_header(
    packing: tuple[Path, Report], tmp_path: Path
) -> None:
    folder, plan = packing
    as_told(written(plan), tmp_path, "--no-index", "--find-links", str(folder))
    assert {path.name for path in tmp_path.glob("*.dist-info")} == {
        "base-2.0.dist-info",
        "odd-1.0.dist-info",
        "top-1.0.dist-info",
    }


def test_pip_installs_a_file_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "libs").mkdir()
    file = made(tmp_path / "libs", "top-1.0-py2.py3-none-any.whl")
    named = line("top==1.0")._replace(file=f"libs/{file.name}", text=f"libs/{file.name}")
    as_told(written(report(package("top", "1.0", named, file=file))), tmp_path, "--no-index")
    assert (tmp_path / "top.py").is_file()


def test_pip_refuses_another_file_of_the_same_version(
    packing: tuple[Path, Report], tmp_path: Path
) -> None:
    folder, plan = packing
    path = folder / "top-1.0-py2.py3-none-any.whl"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(AssertionError, match="DO NOT MATCH THE HASHES"):
        as_told(written(plan), tmp_path, "--no-index", "--find-links", str(folder))


@pytest.mark.interpreters
@pytest.mark.parametrize("version", ["2.7", "3.6"])
def test_the_pip_of_a_runtime_installs_the_plan_in_any_locale(version: str, tmp_path: Path) -> None:
    own = sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"))
    if not own:
        pytest.skip(f"no Python {version} under pyenv")
    folder = tmp_path / "wheels"
    folder.mkdir()
    file = made(folder, "top-1.0-py2.py3-none-any.whl")
    plan = report(package("top", "1.0", line("top", "需求.txt:1"), file=file))
    (tmp_path / "plan.txt").write_text(written(plan), encoding="utf-8")
    install = ("install", "--no-deps", "--target", "packed", "-r", "plan.txt")
    local = ("--no-index", "--find-links", str(folder))
    run("env", "LC_ALL=C", str(own[-1]), *PIP[1:], *install, *local, cwd=tmp_path)
    assert (tmp_path / "packed" / "top.py").is_file()


def test_pip_compile_writes_the_same_for_the_same_pins(tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    plan = report(
        package(
            "base",
            "2.0",
            line("base<3", "limits.txt:1", constraint=True),
            line("Base", "requirements.txt:2"),
            by=["top"],
            file=made(folder, "base-2.0-py3-none-any.whl"),
        ),
        package("odd", "1.0", by=["top"], file=made(folder, "odd-1.0-py3-none-any.whl")),
        package(
            "top",
            "1.0",
            line("top"),
            file=made(folder, "top-1.0-py3-none-any.whl", ["base", "odd"]),
        ),
    )
    (tmp_path / "requirements.txt").write_text("top\nBase\n-c limits.txt\n", encoding="utf-8")
    (tmp_path / "limits.txt").write_text("base<3\n", encoding="utf-8")
    options = ("--generate-hashes", "--no-header", "--no-emit-options", "--no-config", "--quiet")
    local = ("--no-index", "--find-links", str(folder), "--cache-dir", str(tmp_path / "cache"))
    compiled = run(
        *(sys.executable, "-m", "piptools", "compile", *options, *local),
        *("--output-file", "-", "requirements.txt"),
        cwd=tmp_path,
    )
    assert compiled == pins(written(plan))


def test_the_plan_audited_beside_the_built_ins_is_the_same_plan(
    shelf: Callable[[Mapping[str, Mapping[str, Iterable[str]]]], Index], tmp_path: Path
) -> None:
    index = shelf(
        {
            "flask": {"2.0.3": ["click>=7", "Werkzeug>=2", "six"], "3.0": ["click>=8.1"]},
            "click": {"8.0.4": [], "8.1": [], "7.0": []},
            "werkzeug": {"2.0.3": [], "0.14.1": []},
        }
    )
    lines = tmp_path / "requirements.txt"
    lines.write_text("flask<3\nclick<8.1\nrequests\n", encoding="utf-8")
    before = _audited(lines, index)
    plan = written(before)
    assert [each for each in plan.splitlines() if "==" in each and "#" not in each] == [
        "click==8.0.4",
        "flask==2.0.3",
        "werkzeug==2.0.3",
    ]
    lines.write_text(plan + constraints(before, Canvas()).replace("# built-in", ""), "utf-8")
    after = _audited(lines, index)
    assert _answers(after) == _answers(before)
    assert {status for status, _ in _answers(after).values()} == {Status.BUILTIN, Status.VENDOR}


def _audited(file: Path, index: Index) -> Report:
    project = read_project([str(file)], environ={}, scan_imports=False)
    platform = load_platform(None, None, ["3.6"])
    return audit(project, replace(platform, index=index), Policy())


def _answers(report: Report) -> dict[str, tuple[Status, str | None]]:
    (part,) = report.runtimes
    return {each.name: (each.status, each.version) for each in part.packages}


@pytest.mark.network
def test_a_real_plan_installs_on_this_machine_for_a_python_that_is_not_here(
    tmp_path: Path,
) -> None:
    compiled = "MarkupSafe-2.0.1-cp36-cp36m-manylinux2010_x86_64.whl"
    plan = report(
        package(
            "markupsafe",
            "2.0.1",
            line("markupsafe"),
            file=wheel(compiled, None, SHA256["markupsafe"]),
        ),
        package(
            "six",
            "1.16.0",
            line("six"),
            file=wheel("six-1.16.0-py2.py3-none-any.whl", 11053, SHA256["six"]),
        ),
    )
    as_told(written(plan), tmp_path)
    assert (tmp_path / "six.py").is_file()
    (extension,) = (tmp_path / "markupsafe").glob("*.so")
    assert extension.name == "_speedups.cpython-36m-x86_64-linux-gnu.so"


SHA256 = {
    "markupsafe": "fa130dd50c57d53368c9d59395cb5526eda596d3ffe36666cd81a44d56e48872",
    "six": "8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254",
}
