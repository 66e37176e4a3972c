"""SCF412: handlers that cannot be what the platform calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.wording import listed
from audit.code import Accepts, Inert, Routine
from audit.handler import ARGUMENTS, Absent, Package, entries_on, is_called_with_two, place
from audit.report import Finding, Rule, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.assessment import Assessment
    from audit.code import Returned
    from audit.handler import Target
    from audit.model import Entry

RULE = Rule(
    code="SCF412",
    name="handler signature",
    severity=Severity.ERROR,
    explanation="""\
The platform calls the handler with two arguments by position, `event` and `context`, and turns
what it returns into JSON. What goes wrong there is a fault of the function: the caller gets
errorCode -1, "user code exception caught", status 430, and the log a traceback.

- It cannot be called so (other arguments, or no function at all): an error, every call fails.
- It is `async def`, or has a `yield`: what comes back is a coroutine or a generator, of which
  nothing has run, and which is no JSON. A warning, and the verdict is `unknown`: no page of the
  platform says that it waits for one.
- It returns what is plainly no JSON: a set, bytes (on Python 3; Python 2 takes them for text), a
  `requests.Response`, a date, an exception. A warning: the code has run, the caller gets 430.

What json.dumps refuses was measured under Python 2.7, 3.6 and 3.10. A function that is called
asynchronously returns to nobody, and yet what it returns is written to its log as JSON.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report what is wrong with each handler that is there."""
    project, runtime = assessment.project, assessment.runtime
    package = Package(project, assessment.around.own.local, runtime)
    entries = {(entry.handler, entry.folder): entry for entry in entries_on(project, runtime)}
    for entry in entries.values():
        handler = package.handler(entry)
        if not isinstance(handler, Absent):
            yield from _signature(assessment, entry, handler)


def _signature(
    assessment: Assessment, entry: Entry, targets: tuple[Target, ...]
) -> Iterator[Finding]:
    wrong = [target for target in targets if _refusal(target)]
    for target in wrong[:1]:
        certain = len(wrong) == len(targets)
        yield _finding(
            assessment,
            target,
            f"the handler {entry.handler} {_refusal(target)}; every call ends with 430, "
            "user code exception caught",
            f"def {target.name}(event, context):",
            verdict=Verdict.BLOCKED if certain else Verdict.UNKNOWN,
        )
    for target in targets:
        if isinstance(target.value, Routine) and target not in wrong:
            yield from _results(assessment, entry, target, target.value)


def _refusal(target: Target) -> str:
    """Say why a call with event and context fails; empty where it does not, or may not."""
    match target.value:
        case Inert(what=what):
            return f"is {what}, which cannot be called"
        case Routine(accepts=Accepts() as accepts) if not is_called_with_two(target.value):
            return f"{_taking(accepts)}, and is called with {ARGUMENTS}: event and context"
        case _:
            return ""


def _taking(accepts: Accepts) -> str:
    if accepts.keywords:
        return f"wants {listed(accepts.keywords)} by name"
    if accepts.most is None:
        return f"takes at least {accepts.least} arguments"
    if accepts.least == accepts.most:
        many = {0: "no argument", 1: "one argument"}.get(accepts.most)
        return f"takes {many or f'{accepts.most} arguments'}"
    return f"takes {accepts.least} to {accepts.most} arguments"


def _results(
    assessment: Assessment, entry: Entry, target: Target, routine: Routine
) -> Iterator[Finding]:
    if routine.gives:
        way = "list" if routine.gives == "a generator" else _awaited(assessment)
        yield _finding(
            assessment,
            target,
            f"the handler {entry.handler} gives {routine.gives}: nothing of it has run then, and "
            "JSON cannot hold it; 430, user code exception caught, if nobody awaits it",
            f"def {target.name}(event, context): without async and yield, and in it "
            f"{way}(...) of what is {routine.gives} now",
            verdict=Verdict.UNKNOWN,
        )
    for each in routine.returned:
        if assessment.runtime.version in each.pythons:
            yield _finding(
                assessment,
                target._replace(line=each.line),
                f"the handler {entry.handler} returns {each.what}, which is no JSON; who calls it "
                "and waits gets 430, user code exception caught",
                _instead(assessment, each),
                verdict=Verdict.READY,
            )


def _finding(
    assessment: Assessment, target: Target, message: str, remedy: str, *, verdict: Verdict
) -> Finding:
    is_error = verdict is Verdict.BLOCKED
    return Finding(
        rule=RULE,
        severity=RULE.severity if is_error else Severity.WARNING,
        message=message,
        remedy=remedy,
        verdict=verdict,
        at=place(assessment.project, target.path, target.line),
    )


def _instead(assessment: Assessment, returned: Returned) -> str:
    known = (way for what, way in _WAYS.items() if returned.what.startswith(what))
    way = next(known, "a dict, list, string or number of what it holds")
    return f"return {way.format(awaited=_awaited(assessment))}"


def _awaited(assessment: Assessment) -> str:
    """Name what runs a coroutine; before Python 3.7 there is no `asyncio.run`."""
    if assessment.runtime.version >= (3, 7):
        return "asyncio.run"
    return "asyncio.get_event_loop().run_until_complete"


_WAYS = {
    "a set": "sorted(...) of it, a list",
    "a generator": "list(...) of it",
    "an iterator": "list(...) of it",
    "a range": "list(...) of it",
    "a deque": "list(...) of it",
    "bytes": "text: .decode(), or base64.b64encode(...).decode()",
    "a bytearray": "text: .decode()",
    "a requests.Response": "response.json() or response.text",
    "an httpx.Response": "response.json() or response.text",
    "an open HTTP response": "response.read().decode()",
    "a flask.Response": "a dict with statusCode, headers and body",
    "an open file": "what it holds: .read()",
    "a date or time": ".isoformat() of it",
    "an exception": "str(...) of it, or raise it",
    "a Decimal": "str(...) or float(...) of it",
    "a UUID": "str(...) of it",
    "a Path": "str(...) of it",
    "a coroutine": "{awaited}(...) of it",
}
"""What returned -> what to return in its place."""
