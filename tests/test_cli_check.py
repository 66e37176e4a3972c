from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.conftest import Program

ROOT = Path(__file__).resolve().parent.parent
BLOCKED = "requests==2.21.0\nrequests==2.20.0\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one file that built-ins satisfy."""
    (tmp_path / "requirements.txt").write_text("requests>=2\n")
    return tmp_path


def lay(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


class BadInput(NamedTuple):
    why: str
    files: dict[str, str | bytes]
    arguments: list[str]
    code: int
    message: str


BAD_INPUTS = [
    BadInput("missing file", {}, ["a.txt"], 2, "error: a.txt: no such file"),
    BadInput(
        "missing file above", {}, ["../../../a.txt"], 2, "error: ../../../a.txt: no such file"
    ),
    BadInput(
        "control character", {}, ["a\x1b[31m\n.txt"], 2, "error: a\\x1b[31m\\n.txt: no such file"
    ),
    BadInput("empty file", {"a.txt": ""}, ["a.txt"], 3, "error: a.txt: nothing to audit"),
    BadInput("empty folder", {"a/b/c.md": "x"}, ["a"], 3, "error: a: nothing to audit"),
    BadInput("binary", {"a.txt": b"\x7fELF\0\0\0"}, ["a.txt"], 3, "error: a.txt: is no text"),
    BadInput(
        "URL", {}, ["https://example.com/a.txt"], 2, "error: https://example.com/a.txt: download"
    ),
    BadInput("broken line", {"a.txt": "six\n= 1\n"}, ["a.txt"], 3, "warning: a.txt:2: "),
    BadInput(
        "strange name",
        {"a.txt": "s\x07ix\n"},
        ["a.txt"],
        3,
        "warning: a.txt:1: not text: 's\\x07ix'",
    ),
    BadInput(
        "-r a URL", {"a.txt": "-r https://x.y/z\n"}, ["a.txt"], 3, "warning: a.txt:1: fetched from"
    ),
    BadInput(
        "-r in a loop",
        {"a.txt": "-r b.txt\n", "b.txt": "-r a.txt\n"},
        ["a.txt"],
        3,
        "warning: b.txt:1: files that include each other",
    ),
    BadInput(
        "wrong type in pyproject",
        {"pyproject.toml": '[project]\nname = "x"\ndependencies = "six"\n'},
        ["pyproject.toml"],
        3,
        "warning: pyproject.toml:3: project.dependencies: expected a list",
    ),
    BadInput(
        "no TOML",
        {"pyproject.toml": "[project\n"},
        ["pyproject.toml"],
        3,
        "warning: pyproject.toml",
    ),
    BadInput(
        "wrong type in the configuration",
        {"a.txt": "six", "pyproject.toml": "[tool.scf-audit]\nruntime = 3.6\n"},
        ["a.txt"],
        2,
        "error: pyproject.toml: [tool.scf-audit]: runtime: expected an array of strings",
    ),
    BadInput(
        "unknown key in the configuration",
        {"a.txt": "six", ".scf-audit.toml": "runtimess = 1\n"},
        ["a.txt"],
        2,
        "error: .scf-audit.toml: unknown key 'runtimess'; did you mean runtimes?",
    ),
    BadInput(
        "unknown format in the configuration",
        {"a.txt": "six", ".scf-audit.toml": 'format = "xml"\n'},
        ["a.txt"],
        2,
        "error: .scf-audit.toml: format: expected one of text, json",
    ),
    BadInput(
        "unknown code in the configuration",
        {"a.txt": "six", ".scf-audit.toml": 'ignore = "SCF1O1"\n'},
        ["a.txt"],
        2,
        "error: .scf-audit.toml: no code 'SCF1O1'; did you mean SCF101?",
    ),
    BadInput(
        "table without a runtime",
        {"a.txt": "six", "t.csv": "library,foo\nsix,1\n"},
        ["--table", "t.csv", "a.txt"],
        3,
        "error: t.csv",
    ),
    BadInput(
        "table with a cell that is no version",
        {"a.txt": "six", "t.csv": "library,Python3.6\nsix,abc\n"},
        ["--table", "t.csv", "a.txt"],
        3,
        "warning: t.csv:2: six on Python3.6: 'abc' is no version",
    ),
    BadInput(
        "missing table", {"a.txt": "six"}, ["--table", "t.csv", "a.txt"], 2, "error: t.csv: no such"
    ),
    BadInput(
        "handler without a function",
        {"index.py": ""},
        ["--handler", "index", "."],
        2,
        "error: handler 'index': expected FILE.FUNCTION, as in index.main_handler",
    ),
    BadInput("device", {}, ["/dev/zero"], 2, "error: /dev/zero: is a device"),
    BadInput(
        "ignoring nothing by name",
        {"a.txt": "six"},
        ["--ignore", "SCF103:", "a.txt"],
        2,
        "error: --ignore: 'SCF103:' names no package, module or file after the colon",
    ),
    BadInput(
        "folder as table",
        {"a.txt": "six"},
        ["--table", ".", "a.txt"],
        3,
        "error: .: is a directory",
    ),
    BadInput(
        "runtimes in another encoding",
        {"a.txt": "six", "r.toml": b"# \xff"},
        ["--runtimes", "r.toml", "a.txt"],
        2,
        "error: r.toml: not UTF-8",
    ),
]


@pytest.mark.parametrize("bad", BAD_INPUTS, ids=lambda bad: bad.why)
def test_bad_input_is_one_line_with_its_place_and_its_code(
    program: Program, tmp_path: Path, bad: BadInput
) -> None:
    lay(tmp_path, bad.files)

    ran = program(*bad.arguments, cwd=tmp_path)

    assert ran.err.startswith(f"scf-audit: {bad.message}")
    assert ran.err.count("\n") == 1
    assert ran.code == bad.code
    assert bool(ran.out) is bad.message.startswith("warning")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(program: Program, folder: Path) -> None:
    (folder / "requirements.txt").chmod(0)

    ran = program("requirements.txt", cwd=folder)

    assert ran.code == 3
    assert "requirements.txt: permission denied" in ran.err.lower()


def test_two_hundred_thousand_lines_take_seconds(program: Program, tmp_path: Path) -> None:
    lines = (f"package-{number}==1.{number}" for number in range(200_000))
    (tmp_path / "requirements.txt").write_text("\n".join(lines))
    start = time.process_time()

    ran = program("requirements.txt", "--runtime", "py36", "--offline", cwd=tmp_path)

    assert ran.code == 3
    asked = "more than 5000 distributions are asked for"
    assert ran.err == f"scf-audit: error: requirements.txt:5001: {asked}\n"
    assert time.process_time() - start < 60


def test_many_problems_are_counted_and_not_all_repeated(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("= 1\n" * 30)

    ran = program("a.txt", cwd=tmp_path)

    assert ran.err.count("\n") == 11
    assert ran.err.endswith("scf-audit: warning: 20 more problems are in the report\n")


def test_quiet_leaves_the_report_and_what_stops_a_run(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("six\n= 1\n")

    loud = program("a.txt", cwd=tmp_path)
    quiet = program("-q", "a.txt", cwd=tmp_path)

    assert loud.err != ""
    assert quiet == (loud.code, loud.out, "")
    assert program("-q", "b.txt", cwd=tmp_path).err.startswith("scf-audit: error: b.txt")


def test_verbose_tells_what_was_read(program: Program, folder: Path) -> None:
    (folder / ".scf-audit.toml").write_text('runtime = "py36"\n')
    (folder / "index.py").write_text("import requests\n")

    ran = program("-v", "requirements.txt", cwd=folder)

    assert "note: configuration: .scf-audit.toml\n" in ran.err
    assert "note: requirements: requirements.txt\n" in ran.err
    assert "note: sources: 1 under" in ran.err
    assert "note: handler: index.main_handler\n" in ran.err


@pytest.mark.parametrize("arguments", [["."], ["check", "."], ["requirements.txt"]])
def test_check_is_the_default_command(program: Program, folder: Path, arguments: list[str]) -> None:
    ran = program(*arguments, "--format", "json", cwd=folder)

    assert (ran.code, ran.err) == (0, "")
    assert [each["name"] for each in json.loads(ran.out)["runtimes"]] == [
        "Python2.7",
        "Python3.6",
        "Python3.7",
        "Python3.9",
        "Python3.10",
    ]


@pytest.mark.parametrize("name", ["Python3.6", "python3.6", "py36", "3.6", "python3"])
def test_a_runtime_goes_by_many_names(program: Program, folder: Path, name: str) -> None:
    ran = program(".", "--runtime", name, "--format", "json", cwd=folder)

    assert [each["name"] for each in json.loads(ran.out)["runtimes"]] == ["Python3.6"]


def test_reports_go_to_files_and_the_screen_in_one_run(program: Program, folder: Path) -> None:
    plain = program(".", cwd=folder)

    ran = program(".", "-o", "json=a.json", "-o", "markdown=a.md", "--color", "never", cwd=folder)

    assert ran == plain
    assert json.loads((folder / "a.json").read_text())["schema"] == 1
    assert (folder / "a.md").read_text() == program(".", "--format", "markdown", cwd=folder).out


def test_a_report_in_a_file_leaves_the_screen_empty(program: Program, folder: Path) -> None:
    ran = program(".", "-o", "a.txt", "--color", "always", cwd=folder)

    assert ran == (0, "", "")
    assert "\x1b" not in (folder / "a.txt").read_text()


def test_a_report_is_written_before_a_code_that_is_not_0(program: Program, folder: Path) -> None:
    (folder / "requirements.txt").write_text(BLOCKED)

    ran = program(".", "-o", "json=a.json", "--runtime", "py36", cwd=folder)

    assert ran.code == 1
    assert json.loads((folder / "a.json").read_text())["runtimes"][0]["verdict"] == "blocked"


def test_colour_comes_when_it_is_asked_for(program: Program, folder: Path) -> None:
    (folder / "requirements.txt").write_text(BLOCKED)

    assert "\x1b[" in program(".", "--color", "always", cwd=folder).out
    assert "\x1b[" not in program(".", cwd=folder).out


def test_the_configuration_of_the_project_holds_and_the_command_line_overrides_it(
    program: Program, folder: Path
) -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.scf-audit]\nruntime = ["py36", "py27"]\nformat = "json"\n'
    )

    configured = json.loads(program("requirements.txt", cwd=folder).out)
    overridden = json.loads(program("requirements.txt", "--runtime", "py27", cwd=folder).out)

    assert [each["name"] for each in configured["runtimes"]] == ["Python2.7", "Python3.6"]
    assert [each["name"] for each in overridden["runtimes"]] == ["Python2.7"]


def test_another_table_speaks_for_itself(program: Program, folder: Path) -> None:
    (folder / "freeze.txt").write_text("requests==1.0\n")

    ran = program(
        *(".", "--table", "freeze.txt", "--runtime", "py36", "--builtins", "prefer"),
        *("--format", "json"),
        cwd=folder,
    )

    (package,) = json.loads(ran.out)["runtimes"][0]["packages"]
    assert package["builtin_version"] == "1.0"
    assert package["status"] == "unknown"


def run(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "audit", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_json_is_utf8_whatever_the_locale_says(folder: Path) -> None:
    (folder / "需求é.txt").write_text("requests\n")

    ran = run(folder, "需求é.txt", "--format", "json", PYTHONIOENCODING="ascii")

    assert json.loads(ran.stdout.decode("utf-8"))["project"]["declared_in"] == ["需求é.txt"]


def test_text_survives_a_stream_without_its_letters(folder: Path) -> None:
    (folder / "需求é.txt").write_text("six\n= 1\n")

    ran = run(folder, "需求é.txt", PYTHONIOENCODING="ascii")

    assert ran.returncode == 3
    assert rb"\u9700\u6c42\xe9.txt:2" in ran.stderr
    assert rb"\u9700" in ran.stdout


def test_a_closed_pipe_leaves_the_code_of_the_audit(folder: Path) -> None:
    (folder / "requirements.txt").write_text(BLOCKED)
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [sys.executable, "-m", "audit", ".", "-o", "json=a.json", "--format", "text"],
        cwd=folder,
        # Buffered as usual: an unbuffered stream has nothing left to lose at exit.
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)

    assert (ran.returncode, ran.stderr) == (1, b"")
    assert json.loads((folder / "a.json").read_text())["schema"] == 1
