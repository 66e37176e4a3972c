"""SCF206: what is to be packed and Python 2 does not find there, or cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.vendoring import standing
from audit.checks.wording import asked, called, listed, place
from audit.evidence import FOLDERS_ARE_PACKAGES, shares_a_namespace
from audit.pages import Contents
from audit.pins import Release
from audit.report import Finding, Rule, Severity, Verdict
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.assessment import Assessment
    from audit.pins import BuiltIn, Pin

RULE = Rule(
    code="SCF206",
    name="not importable by Python 2",
    severity=Severity.WARNING,
    explanation="""\
`google.protobuf` and `google.api_core` come from two distributions that share the package
`google`, and so do those of `zope`, `azure` and others. On Python 3 a folder is a package without
more ado. Python 2 wants an `__init__.py` in it, which such distributions leave out: they bring a
`.pth` file in its place, and Python reads that in `site-packages` alone, not in the package
folder. So what pip packs with `--target` cannot be imported there.

An empty `__init__.py` in the shared folder mends it, unless the runtime has a built-in of the same
namespace: the `.pth` file of its protobuf binds `google` before the function is loaded, and what is
packed under `google` is never looked at.

It is told too of a wheel whose classifiers name no Python 2, though its tags do, and that holds a
module with annotations, f-strings or the like. An older release may do: pin one.

Nobody has seen it fail, and the module may be one that is not loaded: the verdict is `unknown`.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each release to be packed of whose modules Python 2 finds none."""
    if assessment.runtime.version >= FOLDERS_ARE_PACKAGES:
        return
    there = _packages(assessment)
    for pin in standing(assessment):
        release = pin.candidate
        if not isinstance(release, Release):
            continue
        match assessment.evidence.contents.get(release):
            case Contents(python_3=module) if module:
                yield _unreadable(assessment, pin, module)
            case Contents() as contents if lost := _lost(contents, there):
                yield _hidden(assessment, pin, lost)
            case Unasked(reason) if shares_a_namespace(release, assessment.around):
                yield _unread(assessment, pin, reason)
            case _:
                pass


def _packages(assessment: Assessment) -> set[str]:
    """Return the namespaces in which something that is packed has an `__init__.py`."""
    contents = assessment.evidence.contents.values()
    packed = {name for each in contents if isinstance(each, Contents) for name in each.shared}
    project = assessment.project
    inits = (path for path in project.files if path.endswith("/__init__.py"))
    folders = {path.rpartition("/")[0] for path in inits}
    own = {
        folder.removeprefix(root).strip("/").replace("/", ".")
        for folder in folders
        for root in project.import_roots
        if folder.startswith(root)
    }
    return packed | own


def _lost(contents: Contents, there: set[str]) -> tuple[str, ...]:
    """Return the folders without `__init__.py` that hide all of a release; empty for none."""
    hiding = [_hiding(name, there) for name in contents.import_names]
    return tuple(dict.fromkeys(filter(None, hiding))) if all(hiding) else ()


def _hiding(name: str, there: set[str]) -> str:
    """Return the outermost folder around a module that is no package; empty where all are."""
    parts = name.split(".")[:-1]
    around = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return next((folder for folder in around if folder not in there), "")


def _hidden(assessment: Assessment, pin: Pin, lost: Iterable[str]) -> Finding:
    folders = [folder.replace(".", "/") for folder in lost]
    have = "has" if len(folders) == 1 else "have"
    message = (
        f"{called(pin.candidate)} cannot be imported on {assessment.runtime.name} as pip packs "
        f"it: {listed(folders)} {have} no __init__.py, which Python 2 needs"
    )
    files = listed(f"an empty {folder}/__init__.py" for folder in folders)
    remedy = f"once it is packed, add {files} to the package"
    hiding = _hiding_built_in(assessment, {folder.partition("/")[0] for folder in folders})
    if hiding is not None:
        message += f"; {called(hiding)} has that namespace too, and hides what is packed"
        remedy = "deploy to a runtime with Python 3, or do without it"
    return _finding(assessment, pin, message, remedy)


def _unreadable(assessment: Assessment, pin: Pin, module: str) -> Finding:
    candidate = pin.candidate
    message = (
        f"{called(candidate)} may not run on {assessment.runtime.name}: its classifiers name no "
        f"Python 2, and its {module} has what Python 2 cannot read"
    )
    remedy = f"try an older release: add {candidate.name}<{candidate.version} to the requirements"
    return _finding(assessment, pin, message, remedy)


def _unread(assessment: Assessment, pin: Pin, reason: str) -> Finding:
    message = (
        f"{called(pin.candidate)} may share a namespace that Python 2 does not find as pip packs "
        f"it, and nobody could look: {reason}"
    )
    return _finding(assessment, pin, message, "try again where its file can be read")


def _finding(assessment: Assessment, pin: Pin, message: str, remedy: str) -> Finding:
    on = assessment.demands
    return Finding(
        rule=RULE,
        severity=RULE.severity,
        message=f"{message}: {listed(asked(each, on) for each in pin.demands)}",
        remedy=remedy,
        verdict=Verdict.UNKNOWN,
        package=pin.candidate.name,
        at=place(pin.demands, on),
    )


def _hiding_built_in(assessment: Assessment, namespaces: set[str]) -> BuiltIn | None:
    names = assessment.around.names
    for built_in in assessment.built_ins.values():
        for name, _ in names.names_of(built_in):
            if "." in name and name.partition(".")[0] in namespaces:
                return built_in
    return None
