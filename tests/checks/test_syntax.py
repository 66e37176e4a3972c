from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.assessment import Assessment
from audit.checks.syntax import RULE, find
from audit.code import Construct, Ruling, Source, Span
from audit.loading import Loading
from audit.model import Project
from audit.report import Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.platform import Runtime
    from audit.report import Finding

    Told = Callable[..., list[tuple[str, str, str]]]

WALRUS = Construct(3, "an assignment expression", (Span((3, 8)),), (), "an assignment")
MATCH = Construct(9, "the statement match", (Span((3, 10)),))
PRINT = Construct(2, "the statement print", (Span((2, 0), (3, 0)),), (), "print(...)")
ASYNC = Construct(4, "async as a name", (Span((2, 0), (3, 7)),))
BROKEN = Construct(5, "invalid syntax", ())
NEWER = Construct(5, "invalid syntax", (), (Span((3, 10)),))
REFUSED = "app/index.py is not valid on Python3.6"
NO_LOADING = frozenset[str]()


@pytest.fixture
def found(runtimes: Mapping[str, Runtime]) -> Callable[..., list[Finding]]:
    def tell(  # noqa: PLR0913  # one argument a fact
        *constructs: Construct,
        python: str = "3.6",
        asked: tuple[str, ...] = (),
        loading: Loading | None = None,
        ruling: Ruling | None = None,
        is_asked: bool = False,
        is_silent: bool = False,
        beside: tuple[Construct, ...] = (),
    ) -> list[Finding]:
        rulings = {python: {"index.py": ruling}} if ruling or is_asked else {}
        if is_silent:
            rulings = {python: {}}
        unknown: dict[str, Any] = dict.fromkeys(Assessment._fields)
        assessment = Assessment(
            **{
                **unknown,
                "runtime": runtimes[python],
                "runtimes": tuple(runtimes[each] for each in (python, *asked)),
                "project": Project(
                    root="app",
                    declared_in=(),
                    declared=(),
                    sources=(
                        Source("index.py", (), constructs=constructs),
                        Source("other.py", (), constructs=beside),
                    ),
                    rulings=rulings,
                ),
                "loading": loading,
            }
        )
        return list(find(assessment))

    return tell


def test_a_file_that_compiles_is_not_told(found: Callable[..., list[Finding]]) -> None:
    assert found(WALRUS, MATCH, python="3.10") == []


def test_the_first_construct_is_told_with_its_line_and_the_others_behind_it(
    found: Callable[..., list[Finding]],
) -> None:
    (finding,) = found(WALRUS, MATCH)
    assert finding.message == (
        f"{REFUSED}: an assignment expression (line 3, since Python 3.8);"
        " also the statement match (line 9, since Python 3.10)"
    )
    assert str(finding.at) == "app/index.py:3"
    assert (finding.rule, finding.severity, finding.verdict) == (
        RULE,
        Severity.ERROR,
        Verdict.BLOCKED,
    )


def test_what_the_runtime_has_is_left_out(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(WALRUS, MATCH, python="3.9")
    assert str(finding.at) == "app/index.py:9"
    assert "assignment" not in finding.message


def test_many_constructs_are_counted_with_their_lines(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(*(WALRUS._replace(line=n, what=f"construct {n}") for n in range(1, 8)))
    assert finding.message.endswith("and 3 more (lines 5, 6, 7)")


@pytest.mark.parametrize(
    ("construct", "phrase"),
    [
        (PRINT, "the statement print (line 2, only Python 2)"),
        (BROKEN, "invalid syntax (line 5)"),
        (
            BROKEN._replace(pythons=(Span((3, 7), (3, 10)),)),
            "invalid syntax (line 5, only Python 3.7 to 3.9)",
        ),
        (
            BROKEN._replace(pythons=(Span((2, 0), (3, 0)), Span((3, 7)))),
            "invalid syntax (line 5, only Python 2 and since Python 3.7)",
        ),
    ],
)
def test_a_construct_is_told_with_the_pythons_that_have_it(
    construct: Construct, phrase: str, found: Callable[..., list[Finding]]
) -> None:
    (finding,) = found(construct)
    assert finding.message == f"{REFUSED}: {phrase}"


def test_a_construct_that_ended_is_told_so(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(ASYNC, python="3.7")
    assert "(line 4, until Python 3.6)" in finding.message


def test_the_remedy_is_another_construct_or_a_runtime_that_was_asked_for(
    found: Callable[..., list[Finding]],
) -> None:
    (finding,) = found(WALRUS, asked=("2.7", "3.9", "3.10"))
    assert finding.remedy == (
        "in its place: an assignment; or deploy to Python3.9 or Python3.10, where it compiles"
    )


def test_a_runtime_that_refuses_another_file_is_no_remedy(
    found: Callable[..., list[Finding]],
) -> None:
    first, second = found(WALRUS, beside=(PRINT,), asked=("2.7", "3.10"))
    assert first.remedy == "in its place: an assignment"
    assert second.remedy == "in its place: print(...)"


def test_without_either_the_remedy_names_the_python_to_write_for(
    found: Callable[..., list[Finding]],
) -> None:
    (finding,) = found(MATCH, asked=("2.7",))
    assert finding.remedy == "write it so that Python 3.6 compiles it"


@pytest.mark.parametrize(
    ("loading", "severity", "verdict", "reason"),
    [
        (Loading(frozenset({"index.py"}), NO_LOADING, NO_LOADING), "error", "blocked", ""),
        (
            Loading(NO_LOADING, frozenset({"index.py"}), NO_LOADING),
            "warning",
            "unknown",
            "; it is loaded under a test that cannot be decided",
        ),
        (
            Loading(NO_LOADING, NO_LOADING, frozenset({"index.py"})),
            "warning",
            "ready",
            "; only a function that is called, or an alternative not needed, loads it",
        ),
        (
            Loading(NO_LOADING, NO_LOADING, NO_LOADING),
            "warning",
            "ready",
            "; app/index.py is not loaded by the handler",
        ),
    ],
)
def test_how_the_file_is_loaded_decides_how_much_it_weighs(
    loading: Loading, severity: str, verdict: str, reason: str, found: Callable[..., list[Finding]]
) -> None:
    (finding,) = found(BROKEN, loading=loading)
    assert (finding.severity.value, finding.verdict.value) == (severity, verdict)
    assert finding.message == f"{REFUSED}: invalid syntax (line 5){reason}"


def test_what_a_newer_python_may_compile_is_unknown(found: Callable[..., list[Finding]]) -> None:
    (finding,) = found(NEWER, python="3.10")
    assert (finding.severity, finding.verdict) == (Severity.WARNING, Verdict.UNKNOWN)
    assert finding.message.startswith("app/index.py may not be valid on Python3.10: invalid syntax")
    assert finding.remedy == ("run scf-audit with Python 3.10 or newer, or give --python 3.10=PATH")


def test_what_is_too_large_to_tell_is_for_an_interpreter_to_say(
    found: Callable[..., list[Finding]],
) -> None:
    (finding,) = found(Construct(1, "too large to tell", (), (Span((2, 0)),)))
    assert (
        finding.message == "app/index.py may not be valid on Python3.6: too large to tell (line 1)"
    )
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.remedy == "give --python 3.6=PATH"


def test_an_interpreter_that_was_asked_in_vain_is_not_asked_for(
    found: Callable[..., list[Finding]],
) -> None:
    (finding,) = found(Construct(1, "too large to tell", (), (Span((2, 0)),)), is_silent=True)
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.remedy == "split the file, or move what it holds into one of data"


def test_the_interpreter_that_compiles_it_has_the_last_word(
    found: Callable[..., list[Finding]],
) -> None:
    assert found(WALRUS, is_asked=True) == []
    assert found(NEWER, python="3.10", is_asked=True) == []


def test_the_interpreter_that_refuses_it_has_the_last_word(
    found: Callable[..., list[Finding]],
) -> None:
    ruling = Ruling("invalid syntax", 7, "Python 3.6.15 (/usr/bin/python3.6)")
    (finding,) = found(ruling=ruling)
    assert finding.message == (
        f"{REFUSED}: invalid syntax (line 7), says Python 3.6.15 (/usr/bin/python3.6)"
    )
    assert finding.verdict is Verdict.BLOCKED
    assert str(finding.at) == "app/index.py:7"


def test_where_both_refuse_it_our_words_name_the_construct(
    found: Callable[..., list[Finding]],
) -> None:
    ruling = Ruling("invalid syntax", 3, "Python 3.6.15 (/usr/bin/python3.6)")
    (finding,) = found(WALRUS, ruling=ruling)
    assert finding.message == (
        f"{REFUSED}: an assignment expression (line 3, since Python 3.8);"
        " so says Python 3.6.15 (/usr/bin/python3.6)"
    )


def test_a_file_that_may_compile_does_so_where_an_interpreter_said_it(
    found: Callable[..., list[Finding]],
) -> None:
    (finding,) = found(NEWER, ruling=Ruling("bad", None, "Python 3.10.1 (p)"), python="3.10")
    assert finding.message == "app/index.py is not valid on Python3.10: bad, says Python 3.10.1 (p)"
    assert finding.verdict is Verdict.BLOCKED


def test_a_project_is_read_as_each_runtime_would_read_it(told: Told) -> None:
    sources = {
        "index.py": "import tools\n\ndef main_handler(event, context):\n    return f'{event}'\n",
        "tools.py": "import json\n",
        "script.py": "print 'a', 1\n",
    }
    assert told("SCF301", sources=sources, entry="index.main_handler", runtimes=("2.7", "3.6")) == [
        (
            "error blocked index.py:4 -",
            "index.py is not valid on Python2.7: an f-string (line 4, since Python 3.6)",
            "in its place: format(); or deploy to Python3.6, where it compiles",
        )
    ]
    assert told("SCF301", sources=sources, entry="index.main_handler") == [
        (
            "warning ready script.py:1 -",
            (
                "script.py is not valid on Python3.6: the statement print (line 1, only Python 2);"
                " script.py is not loaded by the handler"
            ),
            "in its place: print(...), with from __future__ import print_function",
        )
    ]
