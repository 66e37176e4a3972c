from __future__ import annotations

from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.render.summary import Summary, advice, headline, summary_of, table_line
from audit.report import Met, Recommendation, Status

if TYPE_CHECKING:
    from audit.report import Report


def test_packages_and_missing_imports_are_counted(small: Report) -> None:
    assert summary_of(small.runtimes[2]) == Summary(
        builtin=0, vendor=2, conflict=0, missing=1, unknown=1, vendor_bytes=63133
    )


def test_an_unknown_package_and_its_import_are_one_unknown(small: Report) -> None:
    part = small.runtimes[2]
    requests = part.packages[0]._replace(status=Status.UNKNOWN)
    imports = (
        part.imports[1]._replace(module="requests.api", status=Met.UNKNOWN),
        part.imports[2]._replace(status=Met.UNKNOWN),
    )
    assert summary_of(part._replace(packages=(requests,), imports=imports)).unknown == 2


def test_the_sentence_counts_everything_and_the_short_one_what_there_is(small: Report) -> None:
    summary = summary_of(small.runtimes[2])
    assert str(summary) == "0 built-in, 2 to vendor, 0 conflicts, 1 missing, 1 unknown"
    assert summary.with_size == f"{summary}, 63 kB"
    assert summary.short == "2 to vendor, 1 missing, 1 unknown"


def test_a_runtime_that_needs_nothing_says_so(small: Report) -> None:
    summary = summary_of(small.runtimes[0]._replace(packages=(), imports=()))
    assert summary.short == "nothing needed"


def test_the_head_names_what_was_audited(small: Report, empty: Report) -> None:
    assert headline(small) == "scf-audit 1.0: requirements.txt, 2 source files"
    assert headline(empty._replace(root="fn")) == (
        "scf-audit 1.0: no requirements file in fn, 0 source files"
    )


def test_problems_of_the_table_are_counted_in_its_line(small: Report) -> None:
    assert table_line(small) == "built-in table builtin_libs.csv: 55 libraries"
    problem = Problem("iniparse stands twice", Location("builtin_libs.csv", 22))
    table = small.table._replace(problems=(problem,))
    assert table_line(small._replace(table=table)).endswith("1 problem (scf-audit table check)")


def test_a_reason_that_names_the_runtime_says_it_all() -> None:
    chosen = Recommendation(runtime="Python3.6", reason="Python3.6 runs it", others=())
    assert advice(chosen) == "Python3.6 runs it"
    assert advice(chosen._replace(reason="it is ready")) == "Python3.6, it is ready"
