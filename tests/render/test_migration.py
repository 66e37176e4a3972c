from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import wcwidth

from audit.migration import Migration, compare
from audit.names import read_import_names
from audit.render.canvas import Canvas
from audit.render.migration import MIGRATION_FORMATS, render_migration
from audit.report import DistributionFile, Met, Verdict

if TYPE_CHECKING:
    from audit.report import Report

_ANSI = re.compile(r"\x1b\[[0-9]+m")
NAMES = read_import_names("import,distribution,provider\n", "names.csv")

FROM_36_TO_37 = """\
scf-audit 1.0: requirements.txt, 2 source files
built-in table builtin_libs.csv: 55 libraries

                        Python3.6        Python3.7
----------------------  ---------------  ----------------
requests>=2.18          built-in 2.21.0  vendor 2.27.1
flask>=2                conflict         vendor ?
pyyaml                  excluded         -
certifi (for requests)  -                vendor 2021.10.8
import requests         built-in 2.21.0  vendor 2.27.1

built-ins lost: requests 2.21.0
to vendor now: certifi 2021.10.8, flask ?, requests 2.27.1
imports met by another provider: requests: built-in -> to vendor
findings that stay: SCF201 yaml
not known on Python3.7: flask

findings that appear: 1
note SCF103 requests requirements.txt:1
    requests is not built in

findings that disappear: 1
error SCF101 flask requirements.txt:3
    flask==1.0 and flask>=2 cannot both be met; Python3.6 has no flask

not read: requirements.txt:7: no PEP 508 requirement: what is this

Python3.6  blocked  1 built-in, 1 conflict, 1 missing
Python3.7  unknown  2 to vendor, 1 missing, 1 unknown

Python3.6 -> Python3.7: blocked -> unknown; to vendor 0 kB -> at least 63 kB
"""


def move(report: Report, before: int = 1, after: int = 2) -> Migration:
    return compare(report.runtimes[before], report.runtimes[after], NAMES)


def rendered(report: Report, form: str = "text", width: int = 80, before: int = 1) -> str:
    return render_migration(report, move(report, before), form, Canvas(width=width))


def test_a_move_fits_a_terminal(small: Report) -> None:
    assert rendered(small) == FROM_36_TO_37


def test_a_move_that_changes_nothing_says_so(small: Report) -> None:
    text = render_migration(small, move(small, 2, 3), "text", Canvas())
    assert "no requirement and no import changes its provider" in text
    assert "findings that appear" not in text
    assert "findings that disappear" not in text
    assert "built-ins" not in text


def test_sizes_that_are_all_known_are_no_least(small: Report) -> None:
    before, after = small.runtimes[1:3]
    after = after._replace(
        packages=tuple(
            each._replace(file=DistributionFile("a.whl", "wheel", 2_000_000, None))
            for each in after.packages
        )
    )
    migration = compare(before, after, NAMES)
    text = render_migration(small, migration, "text", Canvas())
    assert text.endswith("to vendor 0 kB -> 6.0 MB\n")


def test_a_remedy_is_told_for_what_appears_and_not_for_what_is_gone(small: Report) -> None:
    text = rendered(small)
    assert "fix:" not in text  # the note has none, and the conflict is gone
    assert "    fix: keep one of the two lines" in render_migration(
        small, move(small, 2, 1), "text", Canvas()
    )


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_has_to_be_packed_after_the_move_has_one_command(small: Report, form: str) -> None:
    command = "to pack all of it: scf-audit TARGET --runtime Python3.7 --format requirements"
    assert command not in rendered(small, form)
    before, after = small.runtimes[1:3]
    due = tuple(each._replace(verdict=Verdict.VENDOR) for each in after.findings)
    migration = compare(before, after._replace(findings=due), NAMES)
    assert f"\n\n{command}\n\n" in render_migration(small, migration, form, Canvas())


def test_markdown_has_the_same_facts(small: Report) -> None:
    text = rendered(small, "markdown")
    assert text.startswith("## scf-audit: Python3.6 -&gt; Python3.7: blocked -&gt; unknown; ")
    assert "- to vendor now: `certifi 2021.10.8`, `flask ?`, `requests 2.27.1`\n" in text
    assert "| `flask>=2` " in text
    assert "### Findings that appear\n\n- **note SCF103** `requests` `requirements.txt:1`: " in text
    assert "### Findings that disappear\n\n- **error SCF101** `flask`" in text
    assert "- not read: requirements.txt:7: no PEP 508 requirement: what is this\n" in text


def test_json_has_the_documented_form(small: Report) -> None:
    document = json.loads(rendered(small, "json"))
    assert " ".join(document) == (
        "schema tool table project from to packages imports findings problems"
    )
    assert document["to"]["verdict"] == Verdict.UNKNOWN.value
    assert document["to"]["summary"]["vendor"] == 2
    assert document["to"]["unknown"] == ["flask"]
    assert document["packages"][2] == {
        "name": "requests",
        "changes": ["lost", "to_vendor"],
        "from": {"status": "builtin", "version": "2.21.0", "file": None},
        "to": {
            "status": "vendor",
            "version": "2.27.1",
            "file": "requests-2.27.1-py2.py3-none-any.whl",
        },
    }
    assert document["packages"][0]["from"] is None
    assert document["imports"] == [
        {
            "module": "requests",
            "change": "provider",
            "names": [],
            "from": {"status": Met.BUILTIN.value, "provider": "requests"},
            "to": {"status": Met.VENDOR.value, "provider": "requests"},
        }
    ]
    (appearing,) = document["findings"]["appear"]
    assert (appearing["code"], appearing["file"], appearing["line"]) == (
        "SCF103",
        "requirements.txt",
        1,
    )
    assert [each["code"] for each in document["findings"]["disappear"]] == ["SCF101"]


def test_a_json_finding_is_that_of_the_audit(small: Report) -> None:
    from audit.render import render  # noqa: PLC0415  # only the comparison needs it

    audited = json.loads(render(small, "json", Canvas()))["runtimes"][1]["findings"]
    (gone,) = json.loads(rendered(small, "json"))["findings"]["disappear"]
    assert gone in audited


@pytest.mark.parametrize("form", MIGRATION_FORMATS)
def test_hostile_text_is_visible_in_every_form(hostile: Report, form: str) -> None:
    empty = hostile.runtimes[0]._replace(packages=(), imports=(), findings=())
    for pair in ((empty, hostile.runtimes[0]), (hostile.runtimes[0], empty)):
        text = render_migration(hostile, compare(*pair, NAMES), form, Canvas(width=200))
        assert all(char.isprintable() or char == "\n" for char in text)
        assert "\n::error" not in text
        text.encode()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_canvas(small: Report, width: int) -> None:
    for before in (0, 1):
        for line in rendered(small, width=width, before=before).split("\n"):
            assert wcwidth.wcswidth(line) <= width, line


def test_colour_only_adds_escape_codes(small: Report) -> None:
    colored = render_migration(small, move(small), "text", Canvas(color=True))
    assert "\x1b" in colored
    assert _ANSI.sub("", colored) == rendered(small)
