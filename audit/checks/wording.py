"""The phrases that findings share: who asks, what was passed over, what to paste."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from audit.model import Artefact, Declared, Vendored
from audit.pins import BuiltIn, Demand, Release
from audit.resolve.outcome import path_to
from audit.resolve.versions import admitted_range
from audit.runtimes import marker_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packaging.requirements import Requirement
    from packaging.utils import NormalizedName

    from audit.assessment import Assessment
    from audit.model import Location
    from audit.pages import File
    from audit.pins import Candidate, PassedOver, Pin
    from audit.platform import Runtime

    Demands = Mapping[NormalizedName, Sequence[Demand]]

_EDITABLE = re.compile(r"^(-e|--editable)[ =]\s*")
_LINUX = re.compile(r"(?:many)?linux_[a-z0-9_]+")
_MARKER = re.compile(r"\s+;|;\s")  # a semicolon may be part of a URL


def wanted(requirement: Requirement) -> str:
    """Return a requirement as a person would say it: name, extras, versions, no marker.

    A URL is left out: it may hold credentials.
    """
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{requirement.specifier}"


def asked(demand: Demand, on: Demands) -> str:
    """Return a demand with who makes it, back to a place to open; `on` as in `path_to`."""
    text = wanted(demand.requirement)
    if isinstance(demand.asker, Declared):
        if demand.requirement.url is not None:
            text = demand.asker.text  # as it was read, credentials struck out
        pinned = " with --hash" if demand.asker.hashes else ""
        return f"{text}{pinned} ({demand.asker.at})"
    if _is_import(demand):
        return f"{text} (imported, declared nowhere)"
    chain = [f"needed by {called(demand.asker)}"]
    for before in reversed(path_to(demand.asker.name, on)):
        if isinstance(before.asker, Declared):
            chain.append(f"from {before.asker.at}")
        else:
            chain.append(f"needed by {called(before.asker)}")
    return f"{text} ({', '.join(chain)})"


def _is_import(demand: Demand) -> bool:
    """Whether a demand stands for an import; only an extra asks for its own name otherwise."""
    return demand.asker.name == demand.name and not demand.requirement.extras


def rewritten(line: Declared, specifier: object) -> str:
    """Return a line of the project with other versions and the same extras and marker."""
    requirement = line.requirement
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{specifier}{marker}"


def called(candidate: Candidate) -> str:
    """Return a candidate as `built-in requests 2.21.0`."""
    kinds = {BuiltIn: "built-in ", Vendored: "vendored ", Release: ""}
    version = f" {candidate.version}" if type(candidate) in kinds else ""
    return f"{kinds.get(type(candidate), '')}{candidate.name}{version}"


def listed(phrases: Iterable[str], word: str = "and") -> str:
    """Join phrases, at least one, with commas and a word before the last."""
    *most, last = phrases
    return f"{', '.join(most)} {word} {last}" if most else last


def place(demands: Iterable[Demand], on: Demands) -> Location | None:
    """Return the line of the project that the first of some demands goes back to."""
    for demand in sorted(demands, key=lambda each: not isinstance(each.asker, Declared)):
        asker = demand.asker
        path = (demand,) if isinstance(asker, Declared) else path_to(asker.name, on)
        if path and isinstance(path[0].asker, Declared):
            return path[0].asker.at
    return None


def against(assessment: Assessment, passed: PassedOver) -> list[Demand]:
    """Return what others demand of the libraries that a passed-over candidate needs itself."""
    needed = {demand.name for demand in passed.because}
    demands = [each for name in sorted(needed) for each in assessment.demands.get(name, ())]
    # A constraint on what is then not packed at all is in force without a pin.
    demands += [
        Demand(requirement=line.requirement, asker=line)
        for line in assessment.project.declared
        if line.constraint
        and line.name in needed - assessment.demands.keys()
        and marker_holds(line.requirement.marker, assessment.runtime)
    ]
    others = [each for each in demands if not _is_own(each, passed) and _limits(each)]
    return [each for each in others if _excludes(each, passed)] or others


def _is_own(demand: Demand, passed: PassedOver) -> bool:
    """Whether a demand comes from the candidate, or from what took its place."""
    asker = demand.asker
    return not isinstance(asker, Declared) and asker.name == passed.candidate.name


def _excludes(demand: Demand, passed: PassedOver) -> bool:
    """Whether no version meets a demand and what the candidate needs of that name."""
    theirs = admitted_range(str(demand.requirement.specifier))
    needs = [each.requirement for each in passed.because if each.name == demand.name]
    return any((theirs & admitted_range(str(need.specifier))).is_empty for need in needs)


def _limits(demand: Demand) -> bool:
    requirement = demand.requirement
    hashes = demand.asker.hashes if isinstance(demand.asker, Declared) else ()
    return bool(requirement.specifier or requirement.url or hashes)


def packed(pin: Pin) -> str:
    """Return the requirement to pack a pin by: one that says what all demands on it say."""
    for demand in pin.demands:
        line = demand.asker if isinstance(demand.asker, Declared) else None
        if line is not None and (demand.requirement.url or line.file) is not None:
            return _MARKER.split(_EDITABLE.sub("", line.text), maxsplit=1)[0]
    if isinstance(pin.candidate, Release):
        return f"{pin.candidate.name}=={pin.candidate.version}"
    specifier = SpecifierSet(",".join(str(d.requirement.specifier) for d in pin.demands))
    extras = f"[{','.join(pin.extras)}]" if pin.extras else ""
    return f"{pin.demands[0].requirement.name}{extras}{specifier}"


def packing(assessment: Assessment, requirement: str, file: File) -> str:
    """Return the pip command that packs a file: a wheel on any host, a source on the runtime."""
    if file.kind == "wheel":
        return vendoring(assessment, requirement, [file.name])
    return packing_alone(assessment, requirement, file)


def packing_alone(assessment: Assessment, requirement: str, file: File) -> str:
    """Return the pip command that packs a file, and nothing of what it needs in turn."""
    if file.kind != "wheel":
        return building(assessment, requirement, " --no-deps")
    where, folder = _where(assessment), _package(assessment)
    options = for_pinned(assessment.runtime, [file.name])
    return f"{where}pip install --no-deps --target {folder} {options} {_quoted(requirement)}"


def building(assessment: Assessment, requirement: str, options: str = "") -> str:
    """Return the pip command that builds and packs a source, on the runtime or its like."""
    # pip refuses to build for a Python other than the one that runs it, or builds for that one.
    where, python = _where(assessment), f"python{assessment.runtime.python}"
    target = f"--target {_package(assessment)} {_quoted(requirement)}"
    return f"{where}{python} -m pip install{options} {target}"


def vendoring(assessment: Assessment, requirement: str, wheels: Iterable[str] = ()) -> str:
    """Return the pip command that packs a requirement for a runtime, on any host.

    `wheels` are names of files that it must be able to choose.
    """
    where, folder = _where(assessment), _package(assessment)
    options = for_runtime(assessment.runtime, wheels)
    return f"{where}pip install --target {folder} {options} {_quoted(requirement)}"


def _quoted(requirement: str) -> str:
    quoted = requirement.replace("'", "'\"'\"'")
    return f"'{quoted}'"


def for_pinned(runtime: Runtime, wheels: Iterable[str]) -> str:
    """Return the options by which pip installs pinned wheels for a runtime, on any host."""
    # pip 24.0 holds Requires-Python against the Python that runs pip; 25.3 no longer.
    return f"--ignore-requires-python {for_runtime(runtime, wheels)}"


def for_runtime(runtime: Runtime, wheels: Iterable[str] = ()) -> str:
    """Return the options that make pip choose wheels for a runtime, on any host.

    `wheels` are names of files that it must be able to choose.
    """
    platforms = dict.fromkeys((_platform(runtime), *_untold_platforms(runtime, wheels)))
    # The complete version, since pip takes 36 for 3.6.0, which fewer releases admit.
    return (
        f"--only-binary=:all: --implementation cp --python-version {runtime.full_version} "
        f"--abi {runtime.abi} {' '.join(f'--platform {tag}' for tag in platforms)}"
    )


def _platform(runtime: Runtime) -> str:
    # pip before 20.3 knows only the old names; theirs is accepted by every later one.
    if runtime.glibc == (2, 17):
        return f"manylinux2014_{runtime.machine}"
    return f"manylinux_{runtime.glibc[0]}_{runtime.glibc[1]}_{runtime.machine}"


def _untold_platforms(runtime: Runtime, wheels: Iterable[str]) -> Iterator[str]:
    """Yield the platforms of wheels that pip does not derive from the runtime's own."""
    old = ("manylinux2010", "manylinux1") if runtime.glibc == (2, 17) else ()
    told = {"any", _platform(runtime), *(f"{name}_{runtime.machine}" for name in old)}
    for wheel in sorted(wheels):
        tags = wheel.removesuffix(".whl").rpartition("-")[2].split(".")
        if told.isdisjoint(tags):
            # A file's name is a stranger's text, and the command is meant to be pasted.
            yield from (tag for tag in tags if _LINUX.fullmatch(tag))


def removing(assessment: Assessment, paths: Iterable[str]) -> str:
    """Return the command that removes paths, given relative to the project root."""
    return f"{_where(assessment)}rm -r {' '.join(_path(assessment, path) for path in paths)}"


def _where(assessment: Assessment) -> str:
    packed = assessment.project.artefact is Artefact.PACKAGE
    return "in the folder that is zipped: " if packed else ""


def _package(assessment: Assessment) -> str:
    """Return the folder that is deployed, as `_path` does."""
    return _path(assessment, assessment.project.import_roots[0])


def _path(assessment: Assessment, path: str) -> str:
    """Return a path for a shell in the folder that the audit ran in; in that of a zip for one."""
    project = assessment.project
    root = "" if project.artefact is Artefact.PACKAGE else project.root
    return shlex.quote(posixpath.normpath(posixpath.join(root, path)))
