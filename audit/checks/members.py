"""SCF302: members of the standard library, and arguments, that the runtime's Python lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.checks.doubt import Doubt, doubt, weight
from audit.checks.instead import instead
from audit.checks.wording import listed
from audit.loading import Loaded
from audit.report import Finding, Rule, Severity, Verdict
from audit.source.terms import BARE, LOADING, MERGE, SUBSCRIPT, UNION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.assessment import Assessment
    from audit.lacking import Lack

RULE = Rule(
    code="SCF302",
    name="standard library member",
    severity=Severity.ERROR,
    explanation="""\
The code uses something of the standard library that this runtime's Python does not have: a
function, class or constant of a module (`asyncio.run` on 3.6), a method of a built-in type
(`dict.has_key` on Python 3), a built-in name (`unicode`), an argument by keyword
(`subprocess.run(capture_output=True)` on 3.6), a codec (`"x".encode("hex")` on Python 3) or a
submodule (`urllib.parse` after `import urllib` on 2.7). It was added later, or removed or renamed.
The line fails with an ImportError, AttributeError, NameError, TypeError or LookupError when it
runs; the syntax check does not see it. Of a file that the runtime does not compile (SCF301) none
is reported.

It is an error where loading the handler's module runs the line, and in the handler itself. It is
a warning in other functions (they fail when they are called) and in files that the handler does
not load. Where a test that cannot be decided stands around it, it is a warning, and the verdict
is `unknown`. Code under a version test, in a `try` that catches the failure and goes on, or under
a `hasattr` that asks for the name, counts as it runs.

A submodule that the runtime has, and that no own file imports (`logging.handlers` after
`import logging` alone), is there only if something else loaded it: a warning, and the verdict
`unknown` unless a distribution is imported that may have done so. Import it by its full name.

The rules are those of vermin, corrected by what real interpreters were found to have. What they
do not know, and what a name stands for where that cannot be told, is not reported.
""",
)


def find(assessment: Assessment) -> Iterator[Finding]:
    """Report each member or argument that is lacking, once, at the place that weighs most."""
    uses: dict[tuple[str, str], list[Lack]] = {}
    for lack in assessment.lacking:
        if lack.because:
            continue  # of an own module
        uses.setdefault((lack.member, lack.keyword), []).append(lack)
    for key in sorted(uses):
        yield _finding(assessment, uses[key])


def _finding(assessment: Assessment, uses: Sequence[Lack]) -> Finding:
    worst = max(uses, key=lambda each: weight(doubt_of(assessment, each)))
    unsure = doubt_of(assessment, worst)
    reasons = [told(assessment, worst)]
    if unsure is not None:
        reasons.append(unsure.reason)
    others = sorted({each.at.file for each in uses} - {worst.at.file})
    if others:
        reasons.append(f"also in {others[0] if len(others) == 1 else f'{len(others)} more files'}")
    return Finding(
        rule=RULE,
        severity=RULE.severity if unsure is None else Severity.WARNING,
        message="; ".join(reasons),
        remedy=_remedy(assessment, worst),
        verdict=Verdict.BLOCKED if unsure is None else unsure.verdict,
        module=worst.member,
        at=worst.at,
    )


def doubt_of(assessment: Assessment, lack: Lack) -> Doubt | None:
    """Return why loading the function may not run a use; None where it surely does."""
    unsure = doubt(assessment, lack)
    if lack.unless:
        others = listed(lack.unless, "or")
        return Doubt(f"it is there only if {others} loaded it before", Verdict.READY)
    if lack.unless == () and not (unsure and unsure.verdict is Verdict.READY):
        return Doubt("it is there only if the platform loaded it before", Verdict.UNKNOWN)
    if assessment.loading is None or (unsure and unsure.verdict is Verdict.READY):
        return unsure
    loaded = assessment.loading.of(lack.source)
    if loaded is Loaded.CALLED:
        reason = f"{lack.at.file} is loaded only when a function is called or an import fails"
        return Doubt(reason, Verdict.READY)
    if loaded is Loaded.PERHAPS and unsure is None:
        reason = f"{lack.at.file} is loaded under a test that cannot be decided"
        return Doubt(reason, Verdict.UNKNOWN)
    return unsure


def told(assessment: Assessment, lack: Lack) -> str:
    """Say what is lacking, and which Pythons have it."""
    name, owner = assessment.runtime.name, lack.member.removesuffix(f".{SUBSCRIPT}")
    since = _since(assessment, lack)
    if lack.unless is not None:
        package = lack.member.rpartition(".")[0]
        return f"{lack.member} is not loaded by {package} on {name}, and nothing imports it"
    if (lack.member, lack.keyword) == BARE:
        return f"{lack.member} without parentheses fails on {name}: {since}"
    if lack.keyword and lack.keyword != LOADING:
        return f"{_passed(lack)} on {name}: {since}"
    if lack.member in _OPERATIONS:
        return f"{_OPERATIONS[lack.member]} fails on {name}: {since}"
    if lack.member != owner:
        return f"{owner}[...] fails on {name}, where the class takes no index: {since}"
    is_built_in = not assessment.around.members.module_of(lack.member)
    where = "built into" if is_built_in else "in the standard library of"
    return f"{lack.member} is not {where} {name}: {since}"


def _passed(lack: Lack) -> str:
    is_codec = lack.member in {"str.encode", "bytes.decode"}
    if is_codec and lack.keyword not in {"encoding", "errors"}:
        return f".{lack.member.rpartition('.')[2]}({lack.keyword!r}) fails"
    return f"{lack.member} has no argument {lack.keyword}"


_OPERATIONS = {
    UNION: "| between types",
    MERGE: "| between dicts",
    "print.__mod__": "print(...) % ..., a statement of Python 2,",
    "print.__rshift__": "print >>..., a statement of Python 2,",
}


def _since(assessment: Assessment, lack: Lack) -> str:
    """Return which Pythons have it: `since Python 3.7`, `until Python 3.8`, `Python 2.7 has it`."""
    rules, python = assessment.around.members, assessment.runtime.python
    having = versions_with(assessment, lack)
    places = {each: place for place, each in enumerate(rules.pythons)}
    here = tuple(map(int, python.split(".")))
    newer = [each for each in having if tuple(map(int, each.split("."))) > here]
    if newer and newer == list(rules.pythons[places[newer[0]] :]):
        if newer[0] == next(each for each in rules.pythons if each[0] == newer[0][0]):
            return f"Python {newer[0]} and later have it"  # no older 3.x was measured
        return f"since Python {newer[0]}"
    if newer:
        return (
            f"Python {newer[0]} to {newer[-1]} have it"
            if newer[1:]
            else f"Python {newer[0]} has it"
        )
    if not having:
        return "no Python before 3.14 has it on Linux"
    return f"until Python {having[-1]}" if having[1:] else f"Python {having[0]} has it"


def versions_with(assessment: Assessment, lack: Lack) -> tuple[str, ...]:
    """Return the Pythons that have what is lacking, oldest first."""
    rules = assessment.around.members
    if lack.keyword == LOADING:
        return rules.submodules.having(lack.member)
    return rules.versions_with(lack.member, lack.keyword)


def _remedy(assessment: Assessment, lack: Lack) -> str:
    if lack.unless is not None:
        return f"first in the file: import {lack.member}"
    keyword = "" if lack.keyword == LOADING else lack.keyword
    name = f"{lack.member}({keyword})" if keyword else lack.member
    known = assessment.remedies.of(name, assessment.runtime.python)
    if known is not None:
        name = "" if lack.is_import or keyword else lack.member
        return instead(assessment, known, name)
    if keyword:
        return f"leave out {lack.keyword}, or do it another way where it is not taken"
    if lack.is_import:
        module, _, last = lack.member.rpartition(".")
        return f"try: from {module} import {last} / except ImportError: what there is without it"
    having = versions_with(assessment, lack)
    test = _test(lack.member, having, assessment.runtime.version)
    return f"under the test `{test}` alone, with what there is without it otherwise"


def _test(member: str, having: Sequence[str], version: tuple[int, int]) -> str:
    """Return a test that holds where a member is there; on another system, where none has it."""
    owner, _, name = member.rpartition(".")
    if owner and not having:
        return f"hasattr({owner}, {name!r})"
    newer = [tuple(map(int, each.split("."))) for each in having]
    later = [each for each in newer if each > version]
    if later:
        return f"sys.version_info >= {later[0]}"
    last = newer[-1] if newer else (0, 0)
    return f"sys.version_info < {(3,) if last < (3,) else (last[0], last[1] + 1)}"
