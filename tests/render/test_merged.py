from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from audit.model import Location
from audit.render.merged import Said, merged_findings, untold_problems
from audit.render.summary import lead
from audit.report import Severity

if TYPE_CHECKING:
    from audit.report import Finding, Report


def test_the_same_finding_on_several_runtimes_is_one(small: Report) -> None:
    found = [(m.finding.rule.code, m.runtimes) for m in merged_findings(small)]
    assert found == [
        ("SCF101", ("Python2.7", "Python3.6")),
        ("SCF201", ("Python2.7", "Python3.6", "Python3.7", "Python3.9", "Python3.10")),
        ("SCF103", ("Python3.7", "Python3.9", "Python3.10")),
    ]


def test_messages_that_differ_in_the_name_of_their_runtime_are_one(small: Report) -> None:
    merged = merged_findings(small)[0]
    assert merged.messages == (
        Said(
            "flask==1.0 and flask>=2 cannot both be met; the runtime has no flask",
            ("Python2.7", "Python3.6"),
        ),
    )


def test_a_message_for_one_runtime_keeps_its_name(small: Report) -> None:
    merged = merged_findings(small._replace(runtimes=small.runtimes[:1]))[0]
    assert merged.messages[0].text.endswith("; Python2.7 has no flask")


def test_what_differs_is_said_for_each(small: Report) -> None:
    texts = {
        "Python3.7": ("Python3.7 has no x", "get 37"),
        "Python3.9": ("Python3.9 has x 1", ""),
        "Python3.10": ("Python3.10 has no x", "get 310"),
    }
    parts = tuple(
        part._replace(findings=(part.findings[0]._replace(message=message, remedy=remedy),))
        for part in small.runtimes[2:]
        for message, remedy in (texts[part.runtime.name],)
    )
    (merged,) = merged_findings(small._replace(runtimes=parts))
    assert merged.messages == (
        Said("the runtime has no x", ("Python3.7", "Python3.10")),
        Said("Python3.9 has x 1", ("Python3.9",)),
    )
    assert merged.remedies == (Said("get 37", ("Python3.7",)), Said("get 310", ("Python3.10",)))
    assert [lead(said, merged) for said in merged.messages] == ["Python3.7, Python3.10: ", ""]
    assert [lead(said, merged, "fix") for said in merged.remedies] == [
        "fix on Python3.7: ",
        "fix on Python3.10: ",
    ]


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        pytest.param(
            (
                "none for Python3.7 meets x>=2; newest for Python3.7 is 1.7; y",
                "none for Python3.9 meets x>=2; newest for Python3.9 is 1.9; y",
                "none for Python3.10 meets x>=2; y",
            ),
            [
                (": ", "none for the runtime meets x>=2; y"),
                ("Python3.7: ", "newest for Python3.7 is 1.7"),
                ("Python3.9: ", "newest for Python3.9 is 1.9"),
            ],
            id="its main clause is that of all",
        ),
        pytest.param(
            ("no x 1; but y", "no x 2; but y", "no x 2; but y"),
            [("Python3.7: ", "no x 1; but y"), ("Python3.9, Python3.10: ", "no x 2; but y")],
            id="its main clause differs",
        ),
        pytest.param(
            ("no x; a of 3.7", "no x; a", "no x; a"),
            [(": ", "no x"), ("Python3.7: ", "a of 3.7"), ("Python3.9, Python3.10: ", "a")],
            id="two of three agree",
        ),
    ],
)
def test_what_all_runtimes_have_in_common_is_said_once(
    small: Report, messages: tuple[str, ...], said: list[tuple[str, str]]
) -> None:
    parts = tuple(
        part._replace(findings=(part.findings[0]._replace(message=message),))
        for part, message in zip(small.runtimes[2:], messages, strict=True)
    )
    (merged,) = merged_findings(small._replace(runtimes=parts))
    every = merged.runtimes
    assert [
        (f"{', '.join(each.runtimes) if each.runtimes != every else ''}: ", each.text)
        for each in merged.messages
    ] == said


def test_a_runtime_is_not_taken_for_one_with_a_longer_name(small: Report) -> None:
    texts = {"Python3.1": "not Python3.10, Python3.1.", "Python3.9": "not Python3.10, Python3.9."}
    parts = tuple(
        part._replace(runtime=part.runtime._replace(name=name), findings=(finding,))
        for part, (name, message) in zip(small.runtimes, texts.items(), strict=False)
        for finding in (part.findings[0]._replace(message=message),)
    )
    (merged,) = merged_findings(small._replace(runtimes=parts))
    assert merged.messages == (Said("not Python3.10, the runtime.", ("Python3.1", "Python3.9")),)


def test_the_order_of_findings_in_a_runtime_does_not_matter(small: Report) -> None:
    turned = tuple(p._replace(findings=p.findings[::-1]) for p in small.runtimes)
    assert merged_findings(small._replace(runtimes=turned)) == merged_findings(small)


def test_a_finding_twice_on_one_runtime_is_told_once(small: Report) -> None:
    part = small.runtimes[0]
    twice = part._replace(findings=part.findings * 2)
    assert merged_findings(small._replace(runtimes=(twice,))) == merged_findings(
        small._replace(runtimes=(part,))
    )


def test_two_modules_that_two_runtimes_lack_at_one_place_stay_apart(small: Report) -> None:
    parts = tuple(
        part._replace(findings=(part.findings[1]._replace(module=module),))
        for part, module in zip(small.runtimes, ("a", "b"), strict=False)
    )
    merged = merged_findings(small._replace(runtimes=parts))
    assert [m.runtimes for m in merged] == [("Python2.7",), ("Python3.6",)]


def test_order_is_severity_then_place_then_code(small: Report) -> None:
    first = small.runtimes[0].findings[0]
    places = [
        Location("a.py", 2),
        Location("a.py", 10),
        Location("b.py"),
        Location("b.py", 1),
        None,
    ]
    expected = [first._replace(at=place) for place in places]
    expected.append(first._replace(severity=Severity.WARNING, at=Location("a.py")))
    assert _ordered(small, expected[::-1]) == expected


def test_findings_that_differ_in_anything_stay_apart(small: Report) -> None:
    first = small.runtimes[0].findings[0]._replace(message="a", remedy="a", package=None)
    others = [
        first._replace(remedy="b"),
        first._replace(message="b"),
        first._replace(module="b"),
        first._replace(package=canonicalize_name("b")),
    ]
    assert _ordered(small, [*others[::-1], first]) == [first, *others]


def test_a_problem_that_a_finding_tells_is_told_once(small: Report) -> None:
    (problem,) = small.problems
    part = small.runtimes[0]
    finding = part.findings[0]._replace(message=f"not read: {problem.message}", at=problem.at)
    told = small._replace(runtimes=(part._replace(findings=(finding,)),))
    assert untold_problems(small) == (problem,)
    assert untold_problems(told) == ()
    elsewhere = problem._replace(at=Location("requirements.txt", 8))
    assert untold_problems(told._replace(problems=(elsewhere,))) == (elsewhere,)


def _ordered(report: Report, findings: list[Finding]) -> list[Finding]:
    part = report.runtimes[0]._replace(findings=tuple(findings))
    return [merged.finding for merged in merged_findings(report._replace(runtimes=(part,)))]
