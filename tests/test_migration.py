"""What a move changes, compared without rendering it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from audit.cli.tables import shipped_runtimes
from audit.migration import ImportChange, Migration, PackageChange, compare, unknown
from audit.model import Location
from audit.names import read_import_names
from audit.report import (
    Context,
    DistributionFile,
    Finding,
    ImportedModule,
    ImportSite,
    Met,
    Package,
    Rule,
    RuntimeReport,
    Severity,
    Status,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

RULE = Rule(code="SCF201", name="missing", severity=Severity.ERROR, explanation="")
NAMES = read_import_names(
    "import,distribution,provider\n"
    "qcloud_cos,cos-python-sdk-v5,index\n"
    "qcloud_cos_v4,cos-python-sdk-v5,built-in\n"
    "qcloud_cos_v5,cos-python-sdk-v5,built-in\n"
    "yaml,PyYAML,index\n",
    "names.csv",
)


def package(
    name: str, status: Status, version: str | None = None, file: str | None = None
) -> Package:
    return Package(
        name=canonicalize_name(name),
        declared=(),
        required_by=(),
        status=status,
        version=version,
        builtin_version=None,
        file=DistributionFile(file, "wheel", 1, None) if file else None,
    )


def imported(module: str, status: Met, provider: str | None = None) -> ImportedModule:
    sites = (ImportSite(at=Location("index.py", 1), context=Context.TOP),)
    return ImportedModule(module=module, status=status, provider=provider, because="", sites=sites)


def side(
    name: str = "Python3.6",
    packages: Sequence[Package] = (),
    imports: Sequence[ImportedModule] = (),
    findings: Sequence[Finding] = (),
) -> RuntimeReport:
    (runtime,) = (each for each in shipped_runtimes() if each.name == name)
    return RuntimeReport(
        runtime=runtime,
        verdict=Verdict.VENDOR,
        packages=tuple(packages),
        imports=tuple(imports),
        findings=tuple(findings),
    )


def of_packages(before: Package | None, after: Package | None, *more: Package) -> Migration:
    old = side(packages=[before] if before else [])
    new = side("Python3.10", packages=[*([after] if after else []), *more])
    return compare(old, new, NAMES)


BUILT_IN = package("a", Status.BUILTIN, "1.0")
VENDORED = package("a", Status.VENDORED, "1.0")
VENDOR = package("a", Status.VENDOR, "2.0", "a-2.0-cp36-cp36m-linux_x86_64.whl")
UNKNOWN = package("a", Status.UNKNOWN)
CONFLICT = package("a", Status.CONFLICT)
EXCLUDED = package("a", Status.EXCLUDED)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (None, BUILT_IN, "gained"),
        (None, VENDOR, "to_vendor"),
        (None, UNKNOWN, "to_vendor"),
        (None, CONFLICT, "clashes"),
        (None, EXCLUDED, ""),
        (BUILT_IN, None, "lost"),
        (BUILT_IN, BUILT_IN, ""),
        (BUILT_IN, BUILT_IN._replace(version="1.1"), "changed"),
        (BUILT_IN, VENDOR, "lost to_vendor"),
        (BUILT_IN, UNKNOWN, "lost to_vendor"),
        (BUILT_IN, CONFLICT, "lost clashes"),
        (BUILT_IN, EXCLUDED, "lost"),
        (VENDORED, VENDORED, ""),
        (VENDORED, VENDOR, "to_vendor"),
        (VENDOR, None, "no_longer"),
        (VENDOR, BUILT_IN, "gained no_longer"),
        (VENDOR, VENDORED, "no_longer"),
        (VENDOR, VENDOR, ""),
        (VENDOR, VENDOR._replace(version="2.1"), "to_repack"),
        (VENDOR, package("a", Status.VENDOR, "2.0", "a-2.0-cp310-cp310-x.whl"), "to_repack"),
        (VENDOR, UNKNOWN, "to_repack"),
        (VENDOR, CONFLICT, "clashes"),
        (UNKNOWN, UNKNOWN, ""),
        (UNKNOWN, EXCLUDED, "no_longer"),
        (CONFLICT, None, "settled"),
        (CONFLICT, BUILT_IN, "gained settled"),
        (CONFLICT, VENDOR, "to_vendor settled"),
        (CONFLICT, UNKNOWN, "to_vendor"),
        (CONFLICT, CONFLICT, ""),
    ],
)
def test_what_a_move_means_for_a_distribution(
    before: Package | None, after: Package | None, changes: str
) -> None:
    moves = of_packages(before, after).packages
    assert [change.value for move in moves for change in move.changes] == changes.split()
    assert all((move.name, move.before, move.after) == ("a", before, after) for move in moves)


@pytest.mark.parametrize("before", [VENDOR, UNKNOWN, CONFLICT])
def test_nothing_is_called_unneeded_beside_what_is_unknown(before: Package) -> None:
    other = package("b", Status.UNKNOWN)
    migration = of_packages(before, None, other)
    assert [move.name for move in migration.packages] == ["b"]
    assert unknown(migration.after) == ("b",)


def test_changes_are_by_name_and_can_be_asked_for() -> None:
    old = side(packages=[package("b", Status.BUILTIN, "1"), package("a", Status.VENDOR, "1")])
    new = side("Python3.10", packages=[package("c", Status.VENDOR, "1")])
    migration = compare(old, new, NAMES)
    assert [move.name for move in migration.packages] == ["a", "b", "c"]
    assert [move.name for move in migration.of(PackageChange.TO_VENDOR)] == ["c"]
    assert [move.name for move in migration.of(PackageChange.LOST)] == ["b"]


def of_imports(before: Sequence[ImportedModule], after: Sequence[ImportedModule]) -> Migration:
    return compare(side(imports=before), side("Python3.10", imports=after), NAMES)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ((Met.STDLIB, None), (Met.STDLIB, None), None),
        ((Met.STDLIB, None), (Met.MISSING, None), ImportChange.MISSING),
        ((Met.IGNORED, None), (Met.MISSING, None), ImportChange.MISSING),
        ((Met.MISSING, None), (Met.MISSING, "x"), None),
        ((Met.MISSING, None), (Met.STDLIB, None), ImportChange.FOUND),
        ((Met.MISSING, None), (Met.VENDOR, "x"), ImportChange.FOUND),
        ((Met.BUILTIN, "x"), (Met.VENDOR, "x"), ImportChange.PROVIDER),
        ((Met.VENDOR, "x"), (Met.VENDOR, "y"), ImportChange.PROVIDER),
        ((Met.VENDOR, "x"), (Met.VENDOR, "x"), None),
        ((Met.BUILTIN, "x"), (Met.UNKNOWN, None), ImportChange.PROVIDER),
        ((Met.IGNORED, None), (Met.STDLIB, None), None),
        ((Met.STDLIB, None), (Met.IGNORED, None), None),
    ],
)
def test_what_a_move_means_for_an_import(
    before: tuple[Met, str | None], after: tuple[Met, str | None], change: ImportChange | None
) -> None:
    migration = of_imports([imported("m", *before)], [imported("m", *after)])
    assert [move.change for move in migration.imports] == ([change] if change else [])


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("qcloud_cos_v5", ("qcloud_cos",)),
        ("qcloud_cos_v5.cos_client", ("qcloud_cos.cos_client",)),
        ("qcloud_cos", ("qcloud_cos_v4", "qcloud_cos_v5")),
    ],
)
def test_an_import_that_the_new_provider_calls_otherwise_is_renamed(
    module: str, names: tuple[str, ...]
) -> None:
    before = [imported(module, Met.BUILTIN, "cos-python-sdk-v5")]
    (move,) = of_imports(before, [imported(module, Met.MISSING)]).imports
    assert (move.change, move.names) == (ImportChange.RENAMED, names)


@pytest.mark.parametrize(
    ("module", "before"),
    [
        ("yaml", imported("yaml", Met.VENDOR, "pyyaml")),
        ("qcloud_cos_v5", imported("qcloud_cos_v5", Met.LOCAL)),
        ("nobody", imported("nobody", Met.BUILTIN, "nobody")),
    ],
)
def test_an_import_without_another_name_is_missing(module: str, before: ImportedModule) -> None:
    migration = of_imports([before], [imported(module, Met.MISSING)])
    assert [(move.change, move.names) for move in migration.imports] == [(ImportChange.MISSING, ())]


def test_of_several_answers_for_a_module_the_worst_counts() -> None:
    before = [imported("m", Met.STDLIB), imported("m", Met.IGNORED)]
    after = [imported("m", Met.MISSING), imported("m", Met.IGNORED), imported("m", Met.STDLIB)]
    (move,) = of_imports(before, after).imports
    assert move.before is not None
    assert (move.before.status, move.after.status) == (Met.STDLIB, Met.MISSING)


def finding(line: int = 1, message: str = "", severity: Severity = Severity.ERROR) -> Finding:
    return Finding(
        rule=RULE,
        severity=severity,
        message=message,
        remedy="",
        module="yaml",
        at=Location("index.py", line),
    )


def of_findings(before: Sequence[Finding], after: Sequence[Finding]) -> Migration:
    return compare(side(findings=before), side("Python3.10", findings=after), NAMES)


def test_a_finding_is_the_same_whatever_versions_it_names() -> None:
    migration = of_findings([finding(message="on 3.6")], [finding(message="on 3.10")])
    assert migration.appearing == ()
    assert migration.disappearing == ()
    assert migration.staying == (finding(message="on 3.10"),)


def test_findings_appear_and_disappear_by_place_and_severity() -> None:
    lighter = finding(3, severity=Severity.WARNING)
    migration = of_findings([finding(1), finding(3)], [finding(2), lighter])
    assert migration.appearing == (finding(2), lighter)
    assert migration.disappearing == (finding(1), finding(3))


def test_of_equal_findings_each_counts() -> None:
    migration = of_findings([finding()], [finding(message="a"), finding(message="b")])
    assert migration.appearing == (finding(message="b"),)
    assert migration.staying == (finding(message="a"),)
    assert of_findings([finding(), finding()], [finding()]).disappearing == (finding(),)


statuses = st.sampled_from(Status)
sides = st.builds(
    side,
    packages=st.lists(
        st.builds(package, st.sampled_from("abc"), statuses, st.sampled_from(["1", "2"])),
        unique_by=lambda each: each.name,
    ),
    imports=st.lists(
        st.builds(imported, st.sampled_from(["m", "yaml"]), st.sampled_from(Met)),
        unique_by=lambda each: each.module,
    ),
    findings=st.lists(st.builds(finding, st.integers(1, 3))),
)


@given(sides)
def test_staying_changes_nothing(here: RuntimeReport) -> None:
    assert compare(here, here, NAMES) == Migration(here, here, (), (), (), (), here.findings)


@given(sides, sides)
def test_the_way_back_is_the_way_there_reversed(one: RuntimeReport, two: RuntimeReport) -> None:
    there, back = compare(one, two, NAMES), compare(two, one, NAMES)
    assert len(there.appearing) == len(back.disappearing)
    assert [each.name for each in there.of(PackageChange.LOST)] == [
        each.name for each in back.of(PackageChange.GAINED)
    ]
    assert [each.name for each in there.of(PackageChange.CHANGED)] == [
        each.name for each in back.of(PackageChange.CHANGED)
    ]


@given(sides, sides)
def test_everything_to_pack_on_the_new_runtime_is_told_or_packed_before(
    one: RuntimeReport, two: RuntimeReport
) -> None:
    due = {Status.VENDOR, Status.UNKNOWN}
    told = {move.name for move in compare(one, two, NAMES).packages}
    packed = {(each.name, each.version) for each in one.packages if each.status in due}
    for each in two.packages:
        assert each.status not in due or each.name in told or (each.name, each.version) in packed
