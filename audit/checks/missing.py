"""SCF201 and SCF202: imports that nothing meets."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from audit.checks.doubt import Doubt, doubt, weight
from audit.checks.instead import binding, instead
from audit.checks.unbound import unbound
from audit.checks.wording import called, listed, packing, vendoring
from audit.evidence import may_be_packed
from audit.model import Artefact
from audit.packages import chosen
from audit.pages import Contents
from audit.pins import Conflicted, Release, Unchecked, Undecided
from audit.report import Finding, Met, Rule, Severity, Verdict
from audit.resolve.index import Unasked
from audit.runtimes import marker_holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from audit.assessment import Assessment
    from audit.imports import Use
    from audit.pins import Pin
    from audit.suggestions import Suggestion

_MOST_NAMED = 3

MISSING = Rule(
    code="SCF201",
    name="missing import",
    severity=Severity.ERROR,
    explanation="""\
Nothing on this runtime provides the module: neither its standard library, nor the project's
own files, nor a vendored copy, nor a built-in, nor a distribution that is to be vendored. The
function ends with "No module named ..." before its handler is called. So it does ("cannot import
name ...") where an own module is there, and binds the name that is imported from it on no line,
or only under tests that do not hold on this runtime.

It is an error where loading the handler's module runs the import. It is a warning where that
is not so: the import stands inside a function other than the handler (it fails when that is
called), or in a file that the handler does not load, or only in a `try` that catches the
ImportError and goes on. It is a warning too, and the verdict `unknown`, where that is not sure:
under a test that cannot be decided, or where a distribution might bring the module along whose
files nobody could look into, or where the code changes `sys.path` and the module lies in another
folder of the project. Where every distribution's own files are known and none has the module,
that it is missing is proven.

Add the distribution to the requirements and pack it, or guard the import: `try: import x`
with an `except ImportError` that does without.
""",
)

ABSENT = Rule(
    code="SCF202",
    name="standard library module absent",
    severity=Severity.ERROR,
    explanation="""\
The module belongs to the standard library of some Pythons, but not of this runtime's: it was
added later, or removed or renamed (`urllib2` became `urllib.request` in Python 3). When it is
an error and when a warning is as for SCF201.

Import it under a version test, or pack its backport where there is one.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each module that is missing, once, at the place that weighs most."""
    worst: dict[str, Use] = {}
    for use in assessment.unmet:
        if use.answer.status is Met.MISSING:
            known = worst.get(use.answer.module)
            if known is None or _weight(assessment, use) > _weight(assessment, known):
                worst[use.answer.module] = use
    for module in sorted(worst):
        yield _finding(assessment, worst[module])
    yield from unbound(assessment, MISSING)


def _weight(assessment: Assessment, use: Use) -> int:
    return weight(doubt(assessment, use))


def _finding(assessment: Assessment, use: Use) -> Finding:
    module = use.answer.module
    pythons = assessment.around.library.versions_with(module)
    rule = ABSENT if pythons else MISSING
    unsure = doubt(assessment, use)
    brought = may_come(assessment, module)
    if unsure is None and brought:
        unsure = Doubt(f"unless it comes with {brought}", Verdict.UNKNOWN)
    apart = _apart(assessment, module)
    if unsure is None and apart:
        reason = f"unless the code puts the folder of {apart} on sys.path by then"
        unsure = Doubt(reason, Verdict.UNKNOWN)
    reasons = [f"{_failure(module)} on {assessment.runtime.name}"]
    if use.answer.because:
        reasons.append(use.answer.because)
    if pythons:
        reasons.append(f"the standard library has it on Python {span(pythons)}")
    reasons += _offers(assessment, module)
    if unsure is not None:
        reasons.append(unsure.reason)
    return Finding(
        rule=rule,
        severity=rule.severity if unsure is None else Severity.WARNING,
        message="; ".join(reasons),
        remedy=_remedy(assessment, use, is_library=bool(pythons)),
        verdict=Verdict.BLOCKED if unsure is None else unsure.verdict,
        module=module,
        at=use.site.at,
    )


def _failure(module: str) -> str:
    relative = module.startswith(".")
    return f'"from {module} import ..." fails' if relative else f"no module {module}"


def _apart(assessment: Assessment, module: str) -> str:
    """Return the own file of a module that is in a folder which the code may put on `sys.path`.

    Empty for none: where there is no such file, or nothing in the code that does so.
    """
    project, name = assessment.project, module.partition(".")[0]
    if not name or not any(source.extends_path for source in project.sources):
        return ""
    ends = (f"/{name}.py", f"/{name}/__init__.py")
    found = min((each for each in project.files if each.endswith(ends)), default="")
    return posixpath.normpath(posixpath.join(project.root, found)) if found else ""


def may_come(assessment: Assessment, module: str) -> str:
    """Name the distributions that, for all that is known, may provide a module; empty for none."""
    if not may_be_packed(module, assessment.around):
        return ""
    if isinstance(assessment.resolution, Undecided):
        return "what could not be decided on"
    pins = chosen(assessment.resolution)
    unchecked = [pin for pin in pins if isinstance(pin.candidate, Unchecked)]
    unread = [pin for pin in pins if _is_unread(assessment, pin)]
    phrases = [f"{_names(unchecked)}, not checked"] if unchecked else []
    if unread:
        phrases.append(f"{_names(unread)}, {_unread(assessment, unread)}")
    is_final = assessment.project.artefact is Artefact.PACKAGE
    if isinstance(assessment.resolution, Conflicted) and not is_final:
        clashing = {clash.name for clash in assessment.resolution.clashes}
        likely = assessment.around.names.suggest(module, clashing)
        phrases += [f"{likely}, which is in a conflict"] if likely in clashing else []
    return ", or with ".join(phrases)


def _is_unread(assessment: Assessment, pin: Pin) -> bool:
    """Whether a release may install, or bring along, more than is known of it."""
    release, evidence = pin.candidate, assessment.evidence
    if not isinstance(release, Release):
        return False
    opened, metadata = evidence.contents.get(release), evidence.metadata.get(release)
    if not isinstance(opened, Contents) or metadata is None or metadata.unsure is not None:
        return True
    # A wheel without modules has none; of a source, what is built may not show.
    return release.file.kind == "sdist" and not opened.import_names


def _unread(assessment: Assessment, pins: Sequence[Pin]) -> str:
    """Say why releases may hold more; the reason itself where there is one."""
    contents = assessment.evidence.contents
    opened = [contents.get(p.candidate) for p in pins if isinstance(p.candidate, Release)]
    reasons = {each.reason for each in opened if isinstance(each, Unasked)}
    if not reasons:
        return "of which not all is known"
    told = f" ({reasons.pop()})" if len(reasons) == 1 else ""
    return f"whose files could not be read{told}"


def _names(pins: Iterable[Pin]) -> str:
    names = [str(pin.candidate.name) for pin in pins]
    more = len(names) - _MOST_NAMED
    return listed([*names[:_MOST_NAMED], f"{more} more"] if more > 1 else names, "or")


def _offers(assessment: Assessment, module: str) -> Iterator[str]:
    """Say which release has a module, and which line of the project does not apply here."""
    suggestion = assessment.suggestions.get(module)
    if suggestion is not None:
        yield _offer(suggestion)
    name = suggestion.name if suggestion else assessment.around.names.suggest(module)
    for line in assessment.project.declared:
        if line.name == name and not marker_holds(line.requirement.marker, assessment.runtime):
            yield f"{line.text} ({line.at}) does not apply here"


def _offer(suggestion: Suggestion) -> str:
    release = suggestion.release
    if release is None:
        return f"no release of {suggestion.name} fits"
    if suggestion.is_guess:
        return f"{release.name} {release.version} on the index has a module of that name"
    if not suggestion.agrees:
        return f"{release.name} {release.version} has it, which clashes with the requirements"
    return f"{release.name} {release.version} has it"


def span(pythons: tuple[str, ...]) -> str:
    """Return Pythons as a phrase: `3.4 to 3.13`."""
    return pythons[0] if len(pythons) == 1 else f"{pythons[0]} to {pythons[-1]}"


def _remedy(assessment: Assessment, use: Use, *, is_library: bool) -> str:
    module, names = use.answer.module, assessment.around.names
    if use.answer.provider is not None:
        return vendoring(assessment, use.answer.provider) + " --upgrade"
    if use.answer.because:
        return _own_remedy(module)
    suggestion = assessment.suggestions.get(module)
    known = assessment.remedies.of(module, assessment.runtime.python) if is_library else None
    if known is not None and (suggestion is None or suggestion.is_guess):
        named = _names_from(assessment, use)
        bound = known if named is None else binding(assessment, known, module, named)
        return instead(assessment, bound)
    distribution = names.suggest(module, assessment.built_ins)
    if suggestion is not None or distribution is not None:
        command = (
            _adding(assessment, suggestion)
            if suggestion is not None
            else _bringing(assessment, str(distribution))
        )
        rows = names.rows(module)
        is_renamed = rows and all(row.provider == "built-in" for row in rows)
        return f"import it as SCF204 says, and pack it: {command}" if is_renamed else command
    if is_library:
        python = assessment.runtime.python
        return f"try: import {module} / except ImportError: what Python {python} has in its place"
    return _adding_files(module, _apart(assessment, module))


def _adding_files(module: str, apart: str) -> str:
    if apart:
        return f"--ignore SCF201:{module}, if it does; else move {apart} to the root of the package"
    return f"add what provides {module} to the requirements, or its files to the package"


def _names_from(assessment: Assessment, use: Use) -> tuple[str, ...] | None:
    """Return what an import of the module itself names; None where its parent is imported from."""
    return next(
        (
            each.names
            for source in assessment.project.sources
            if source.path == use.source
            for each in source.imports
            if (each.line, each.module, each.level) == (use.at.line, use.answer.module, 0)
        ),
        None,
    )


def _bringing(assessment: Assessment, name: str) -> str:
    """Say how to pack a distribution, unless the requirements ask for it already."""
    resolution = assessment.resolution
    if isinstance(resolution, Conflicted) and name in {clash.name for clash in resolution.clashes}:
        return f"end the conflict on {name} first"
    for pin in chosen(resolution):
        if pin.candidate.name == name and isinstance(pin.candidate, Release):
            older = f"{name}<{pin.candidate.version}"
            return (
                f"{called(pin.candidate)} has none: try an older one, {older} in the requirements"
            )
    return vendoring(assessment, name)


def _adding(assessment: Assessment, suggestion: Suggestion) -> str:
    release = suggestion.release
    if release is None:
        return f"choose a runtime that {suggestion.name} has releases for, or do without it"
    if not suggestion.agrees:
        return f"add {suggestion.name} to the requirements to see what is against it"
    command = packing(assessment, f"{release.name}=={release.version}", release.file)
    return f"if that is the one that is meant: {command}" if suggestion.is_guess else command


def _own_remedy(module: str) -> str:
    if module.startswith("."):
        return "mend the name, or add the file; at the root of the package, leave out the dots"
    return "mend the name, or add the file to the package"
