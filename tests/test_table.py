from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.model import Location, Problem
from audit.table import ChangeKind, diff, import_table, read_table, write_csv

if TYPE_CHECKING:
    from random import Random

    from audit.platform import Matrix

RUNTIMES = ("Python3.6", "Python2.7", "Python3.7")
PAGE = Path(__file__).parent / "data" / "platform_page.md"
SPELLINGS = Path(__file__).parent / "data" / "tables"
SHIPPED = Path(__file__).parent.parent / "data" / "builtin_libs.csv"
TWICE = "iniparse is listed twice for Python2.7: 0.4 (line {}) stands, 1.0.22 is passed over"

Contents = list[tuple[str, dict[str, Version]]]


def contents(matrix: Matrix) -> Contents:
    return [(library.name, dict(library.versions)) for library in matrix.libraries]


def read(text: str | bytes, runtime: str | None = None) -> tuple[Contents, tuple[Problem, ...]]:
    matrix, problems = read_table("t", text, RUNTIMES, runtime=runtime)
    return contents(matrix), problems


def test_the_platforms_page_and_the_shipped_csv_give_equal_matrices() -> None:
    page, _ = read_table(PAGE.name, PAGE.read_bytes(), RUNTIMES)
    shipped, _ = read_table(SHIPPED.name, SHIPPED.read_bytes(), RUNTIMES)
    assert page.runtimes == shipped.runtimes == ("Python3.6", "Python2.7")
    assert contents(page) == contents(shipped)


def test_importing_the_platforms_page_gives_the_shipped_csv_row_for_row() -> None:
    text, problems = import_table(PAGE.name, PAGE.read_text("utf-8"), RUNTIMES)
    assert text == SHIPPED.read_text("utf-8")
    assert problems == (Problem(TWICE.format(81), Location(PAGE.name, 82)),)


def test_the_shipped_table_holds_what_the_page_prints() -> None:
    rows = SHIPPED.read_text("utf-8").splitlines()[1:]
    printed = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][2:]
    assert [row.split(",") for row in rows] == [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in printed
    ]
    matrix, problems = read_table(SHIPPED.name, SHIPPED.read_text("utf-8"), RUNTIMES)
    assert (len(rows), len(matrix.libraries)) == (56, 55)
    cells = [[row.split(",")[column] != "-" for row in rows] for column in (1, 2)]
    with_version = [
        sum(runtime in library.versions for library in matrix.libraries)
        for runtime in matrix.runtimes
    ]
    assert [sum(column) for column in cells] == [40, 56]
    assert with_version == [40, 55]  # iniparse once
    assert [str(problem) for problem in problems] == [f"builtin_libs.csv:23: {TWICE.format(22)}"]
    assert matrix.version(canonicalize_name("iniparse"), "Python2.7") == Version("0.4")
    assert matrix.version(canonicalize_name("pip"), "Python2.7") == Version("18.0")


ONE = [("a", {"Python3.6": Version("1.0"), "Python2.7": Version("2")}), ("b.C", {})]


@pytest.mark.parametrize("path", sorted(SPELLINGS.iterdir()), ids=lambda path: path.name)
def test_every_spelling_of_a_table_gives_the_same_matrix(path: Path) -> None:
    assert read(path.read_bytes()) == (ONE, ())


@pytest.mark.parametrize("path", sorted(SPELLINGS.iterdir()), ids=lambda path: path.name)
def test_every_spelling_of_a_table_is_imported_as_the_same_csv(path: Path) -> None:
    text, _ = import_table(path.name, path.read_bytes(), RUNTIMES)
    assert re.sub("[\u2013\u2014]|--", "-", text) == HEAD + "a,1.0,2\nb.C,-,-\n"


HEAD = "library,Python3.6,Python2.7\n"
TABLE_HEAD = "|library|Python3.6|Python2.7|\n|--|--|--|\n"
NO_TABLE = (
    "no table of built-in libraries found: expected a column for one of Python3.6, Python2.7, "
    "Python3.7, or output of pip list --format=json or pip freeze"
)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (HEAD + "a,1.0,2\na,1.1,-\n", [
            "t:3: a is listed twice for Python3.6: 1.0 (line 2) stands, 1.1 is passed over"
        ]),
        (HEAD + "a_b,-,2\nA-B,1,2\n", [
            "t:3: A-B is listed twice for Python2.7: 2 (line 2) stands, 2 is passed over"
        ]),
        (HEAD + "a,x,2\n", ["t:2: a on Python3.6: 'x' is no version (PEP 440); taken as absent"]),
        (HEAD + "a,,2\n", ["t:2: a on Python3.6: empty cell; write '-'; taken as absent"]),
        (HEAD + "a,1\n", ["t:2: cells in the row: 2, in its header: 3"]),
        (HEAD + "a,1,2,3\n", ["t:2: cells in the row: 4, in its header: 3"]),
        (HEAD + "a\n", ["t:2: cells in the row: 1, in its header: 3"]),
        (HEAD + ",1,2\n", ["t:2: the row names no library"]),
        (HEAD + "a b,1,2\n", ["t:2: 'a b' is no valid library name"]),
        (HEAD, ["t: the table has no rows"]),
        (TABLE_HEAD + "|a|1.0<br>1.1|2|\n", [
            "t:3: a on Python3.6: '1.0 1.1' is no version (PEP 440); taken as absent"
        ]),
        (TABLE_HEAD + "|a|~~1~~|2[^1]|\n", [
            "t:3: a on Python3.6: '~~1~~' is no version (PEP 440); taken as absent",
            "t:3: a on Python2.7: '2[^1]' is no version (PEP 440); taken as absent",
        ]),
        (TABLE_HEAD + "|a|1|2|\nstill a row\n", ["t:4: cells in the row: 1, in its header: 3"]),
        ("library,Python3.6,Node.js\na,1,2\n", [
            "t:1: column 'Node.js' is none of Python3.6, Python2.7, Python3.7; it was passed over"
        ]),
        ("library,Python3.6,py3.6\na,1,2\n", [
            "t:1: column 'py3.6' is a second one for Python3.6; it was passed over"
        ]),
        ("library,Python3.8\na,1\n", [
            "t:1: column 'Python3.8' is none of Python3.6, Python2.7, Python3.7; it was passed over"
        ]),
        ("## Node.js 12\n\n|library|version|\n|--|--|\n|a|1|\n", [
            "t:3: column 'version' is none of Python3.6, Python2.7, Python3.7; it was passed over"
        ]),
        ("### Python 3.6\n\n## Other\n\n|library|version|\n|--|--|\n|a|1|\n", [
            "t:5: column 'version' is none of Python3.6, Python2.7, Python3.7; it was passed over"
        ]),
        ("# Python 3.6 and Python 2.7\n\n|library|version|\n|--|--|\n|a|1|\n", [
            "t:3: column 'version' is none of Python3.6, Python2.7, Python3.7; it was passed over"
        ]),
        ('library,Python3.6\n"a\n",1\nb,x\n', [
            "t:4: b on Python3.6: 'x' is no version (PEP 440); taken as absent"
        ]),
        ("", [f"t: {NO_TABLE}"]),
        ("\n\n", [f"t: {NO_TABLE}"]),
        ("only prose, with a comma\n", [f"t: {NO_TABLE}"]),
        ("<table><tr><td>a</td></tr></table>", [f"t: {NO_TABLE}"]),
        ("a==1\n", [
            "t: what pip says of a runtime does not name it; say which runtime it is from"
        ]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem_with_its_line(text: str, problems: list[str]) -> None:
    assert [str(problem) for problem in read(text)[1]] == problems


def test_good_rows_are_read_around_bad_ones() -> None:
    rows, problems = read(HEAD + "a,x,2\nb c,1,1\nd,1.0.post1,0.9999999\n")
    assert rows == [
        ("a", {"Python2.7": Version("2")}),
        ("d", {"Python3.6": Version("1.0.post1"), "Python2.7": Version("0.9999999")}),
    ]
    assert [problem.at.line for problem in problems] == [2, 3]


def test_a_row_completes_an_earlier_one_that_gave_no_version() -> None:
    assert read(HEAD + "a,-,2\na,1,-\n") == (
        [("a", {"Python3.6": Version("1"), "Python2.7": Version("2")})],
        (),
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (HEAD.encode() + b"a,1,2\n\xff\xfe,1,2\n", 3),
        ("library,Python3.6\n库,1\n".encode("gbk"), 2),
    ],
)
def test_bytes_that_are_no_text_are_reported_where_they_are(content: bytes, line: int) -> None:
    _, problems = read(content)
    assert problems[0].message.startswith("not UTF-8: ")
    assert problems[0].at.line == line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_with_a_mark_are_read(encoding: str) -> None:
    mark = "\ufeff" if encoding[-3:] in {"-le", "-be"} else ""
    text = (mark + HEAD + "a,1.0,2\nb.C,-,-\n").encode(encoding)
    assert read(text) == (ONE, ())


FROZEN = [("a", {"Python3.7": Version("1.0")}), ("B", {"Python3.7": Version("2")})]


@pytest.mark.parametrize(
    "text",
    [
        "# comment\na==1.0\nB===2\n",
        json.dumps([{"name": "a", "version": "1.0"}, {"name": "B", "version": "2"}]),
        json.dumps(
            [{"name": "a", "version": "1.0", "x": 1}, {"name": "B", "version": "2"}], indent=1
        ),
        "name,version\na,1.0\nB,2\n",
    ],
)
def test_what_pip_says_is_a_table_of_one_runtime(text: str) -> None:
    assert read(text, runtime="Python3.7") == (FROZEN, ())


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a==1\n-e git+https://x/y#egg=b\nc @ file:///c\n", [
            "t:2: '-e git+https://x/y#egg=b' gives no version; expected name==version",
            "t:3: 'c @ file:///c' gives no version; expected name==version",
        ]),
        ('[\n {"name": "a"},\n {"name": "b", "version": 1}, 3]', [
            "t:2: expected an object with name and version",
            "t:3: expected an object with name and version",
            "t:3: expected an object with name and version",
        ]),
        ('[{"name": "a", "version": "1"},\n{"name":', [
            "t:2: not JSON, nothing was read from here on: Expecting value"
        ]),
        ("[]", ["t: the table has no rows"]),
    ],
)  # fmt: skip
def test_what_pip_says_without_a_version_is_a_problem(text: str, problems: list[str]) -> None:
    assert [str(problem) for problem in read(text, runtime="Python3.7")[1]] == problems


def test_changes_are_told_by_library_and_runtime() -> None:
    old, _ = read_table("old", HEAD + "a,1,2\nb,1,-\nc,18,1\nd,-,-\n", RUNTIMES)
    new, _ = read_table("new", HEAD + "A,1.1,1.9\nc,18.0,-\ne,-,3\n", RUNTIMES)
    assert [(c.runtime, c.library, c.kind, c.old, c.new) for c in diff(old, new)] == [
        ("Python3.6", "a", ChangeKind.UPGRADED, Version("1"), Version("1.1")),
        ("Python3.6", "b", ChangeKind.REMOVED, Version("1"), None),
        ("Python2.7", "a", ChangeKind.DOWNGRADED, Version("2"), Version("1.9")),
        ("Python2.7", "c", ChangeKind.REMOVED, Version("1"), None),
        ("Python2.7", "e", ChangeKind.ADDED, None, Version("3")),
    ]
    assert diff(old, old) == ()


names = st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,8}[A-Za-z0-9]", fullmatch=True)
versions = st.from_regex(
    r"([1-9]!)?(0|[1-9][0-9]{0,7})(\.[0-9]{1,3}){0,3}((a|b|rc)[0-9])?(\.post[0-9])?(\.dev[0-9])?",
    fullmatch=True,
)
cells = st.one_of(st.just("-"), versions)
tables = st.lists(
    st.tuples(names, cells, cells),
    min_size=1,
    max_size=8,
    unique_by=lambda r: canonicalize_name(r[0]),
)
Rows = list[tuple[str, str, str]]


def as_csv(rows: Rows) -> str:
    return HEAD + "".join(f"{','.join(row)}\n" for row in rows)


def as_markdown(rows: Rows) -> str:
    return "# Prose\n\n" + TABLE_HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def as_two_tables(rows: Rows) -> str:
    parts = [
        f"## {runtime}\n\n| library | version |\n|---|---|\n"
        + "".join(f"| {row[0]} | {row[column]} |\n" for row in rows)
        for column, runtime in ((1, "Python 3"), (2, "Python 2"))
    ]
    return "\n".join(parts)


@given(tables)
def test_csv_and_markdown_of_one_table_give_one_matrix(rows: Rows) -> None:
    expected = [
        (name, {
            runtime: Version(cell)
            for runtime, cell in (("Python3.6", new), ("Python2.7", old)) if cell != "-"
        })
        for name, new, old in rows
    ]  # fmt: skip
    assert read(as_csv(rows)) == read(as_markdown(rows)) == read(as_two_tables(rows))
    assert read(as_csv(rows)) == (expected, ())
    assert import_table("t", as_markdown(rows), RUNTIMES)[0] == as_csv(rows)
    assert import_table("t", as_two_tables(rows), RUNTIMES)[0] == as_csv(rows)


@given(tables)
def test_a_written_matrix_reads_back_the_same(rows: Rows) -> None:
    matrix, _ = read_table("t", as_csv(rows), RUNTIMES)
    again, problems = read_table("t", write_csv(matrix), RUNTIMES)
    assert (again, problems) == (matrix, ())


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_version(rows: Rows, random: Random) -> None:
    shuffled = random.sample(rows, len(rows))
    assert sorted(read(as_csv(shuffled))[0], key=str) == sorted(read(as_csv(rows))[0], key=str)


@given(st.one_of(st.text(), st.binary(), st.text('|,-:#`>\n abPython3.6library版本[]{}"=@')))
def test_no_text_makes_the_reader_fail(text: str | bytes) -> None:
    matrix, problems = read_table("t", text, RUNTIMES)
    assert matrix.libraries or problems
    import_table("t", text, RUNTIMES, runtime="Python3.6")
