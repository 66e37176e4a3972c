"""SCF411: handlers that are not where the platform looks for them."""

from __future__ import annotations

from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING

from audit.checks.wording import listed
from audit.handler import Absent, Package, entries_on, place
from audit.model import Artefact
from audit.report import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.assessment import Assessment
    from audit.model import Entry

RULE = Rule(
    code="SCF411",
    name="handler missing",
    severity=Severity.ERROR,
    explanation="""\
The platform calls a handler, `FILE.FUNCTION`: the function of that name in a file at the root of
the package. What comes before the first dot is the file, so `app.index.run` asks `app.py` for
`index.run`, and finds nothing. Where the file or the function is missing, every call ends with
status 437, handler not found, before any of the code has run.

Which handler is looked for: `--handler`; else what `serverless.yml` or `template.yaml` names, or
the same in JSON; else `index.main_handler`, where there is an `index.py`. The function may be
defined at the top level, assigned, or imported; what an own module imports it from is followed.
Where none of these names one, every file counts as loaded; it is a warning if a `main_handler` is
there all the same, in another file or in the folders of several functions.

It is a warning where the configuration names a handler or a code folder that is not there but
`index.main_handler` is, which was audited in its place: the configuration is older than the code,
as in many of the platform's own samples, and whoever deploys with it gets 437.

It is a warning, and the verdict `unknown`, where something may bind the name that cannot be read,
such as `import *` from a library; and where the file lies in a folder (`src/index.main_handler`),
since the platform documents files at the root alone.

Define the function, or name the one that is meant.
""",
)

_MOST_NAMED = 3


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each handler that is not there, or not at the root of the package."""
    project, runtime = assessment.project, assessment.runtime
    package = Package(project, assessment.around.own.local, runtime)
    entries = entries_on(project, runtime)
    handlers = {entry: package.handler(entry) for entry in entries}
    if not entries and not project.deployed_on:
        yield from _unnamed(assessment, package)
    told: set[tuple[str, str]] = set()
    for entry, handler in handlers.items():
        if isinstance(handler, Absent):
            default = next(
                (
                    other
                    for other, found in handlers.items()
                    if other.at is None and not isinstance(found, Absent)
                ),
                None,
            )
            if default is None:
                yield _missing(assessment, entry, handler, package)
            else:
                yield _outdated(entry, handler, default)
        elif (entry.handler, entry.folder) not in told:
            told.add((entry.handler, entry.folder))
            yield from _nested(assessment, entry)


def _unnamed(assessment: Assessment, package: Package) -> Iterator[Finding]:
    """Tell of handlers that are there, where nothing names one."""
    there = [each for each in package.candidates("") if each.endswith(".main_handler")]
    below = [
        source.path.removesuffix("index.py")
        for source in assessment.project.sources
        if source.path.endswith("/index.py")
        and any(each.name == "main_handler" for each in source.definitions)
    ]
    below.sort(key=lambda folder: (folder.count("/"), folder))
    if there:
        found, remedy = listed(there[:_MOST_NAMED]), f"--handler {there[0]}"
    elif below:
        more = f" and in {len(below) - 1} more" if below[1:] else ""
        found = f"index.main_handler in {below[0]}{more}"
        remedy = f"scf-audit {quote(place(assessment.project, below[0]).file)}"
    else:
        return
    yield Finding(
        rule=RULE,
        severity=Severity.WARNING,
        message=f"which handler is called is not known, so every file was audited as if it were "
        f"loaded: there is no index.py, and no configuration names one; there is {found}",
        remedy=remedy,
    )


def _outdated(entry: Entry, absent: Absent, default: Entry) -> Finding:
    """Tell of configuration that names what is not there, while the default is."""
    way = f"the handler in {entry.at} to {default.handler}"
    if entry.folder != default.folder:
        way = f"the code folder in {entry.at and entry.at.file} to ./{default.folder}"
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        message=f"no handler {entry.handler}: {absent.why}; {default.file} has {default.function}, "
        f"which was audited in its place; as it is configured, {_ANSWER}",
        remedy=f"set {way}",
        at=entry.at,
    )


_ANSWER = "the platform answers 437, handler not found"


def _missing(assessment: Assessment, entry: Entry, absent: Absent, package: Package) -> Finding:
    there = list(islice(package.candidates(entry.folder), _MOST_NAMED))
    reasons = [f"no handler {entry.handler}: {absent.why}"]
    if there:
        reasons.append(f"there is {listed(there)}")
    own = place(assessment.project, entry.file)
    return Finding(
        rule=RULE,
        severity=RULE.severity if absent.is_sure else Severity.WARNING,
        message="; ".join((*reasons, _ANSWER)),
        remedy=_remedy(assessment, entry, absent, there),
        verdict=Verdict.BLOCKED if absent.is_sure else Verdict.UNKNOWN,
        at=entry.at or (own if entry.file in assessment.project.files else None),
    )


def _remedy(assessment: Assessment, entry: Entry, absent: Absent, there: Sequence[str]) -> str:
    if absent.elsewhere and assessment.project.artefact is Artefact.PACKAGE:
        return (
            f"zip what is in the folder: cd {quote(absent.elsewhere)} && zip -r ../function.zip ."
        )
    if absent.elsewhere:
        folder = place(assessment.project, absent.elsewhere).file
        return f"if that folder is what is deployed: scf-audit {quote(folder)}"
    if there and entry.at is not None:
        return f"set the handler in {entry.at} to {there[0]}"
    if there:
        return f"--handler {there[0]}, and set the function's handler to it"
    module, _, function = entry.handler.rpartition(".")
    if "." in module and "index.py" not in entry.file:
        imported = module.replace("/", ".")
        return f"echo 'from {imported} import {function} as main_handler' > {entry.folder}index.py"
    name = entry.function or "main_handler"
    return f"write def {name}(event, context) in {entry.file}, or name another: --handler FILE.NAME"


def _nested(assessment: Assessment, entry: Entry) -> Iterator[Finding]:
    folder, slash, _ = entry.handler.partition(".")[0].rpartition("/")
    if slash:
        imported = f"{folder}/{entry.file.rpartition('/')[2]}".removesuffix(".py").replace("/", ".")
        yield Finding(
            rule=RULE,
            severity=Severity.WARNING,
            message=f"the handler {entry.handler} lies in a folder; the platform documents files "
            "at the root of the package alone",
            remedy=f"echo 'from {imported} import {entry.function}' > {entry.folder}handler.py, "
            f"and set the handler to handler.{entry.function}",
            verdict=Verdict.UNKNOWN,
            at=entry.at or place(assessment.project, entry.file),
        )
