from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit import __version__
from audit.checks import RULES
from audit.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Program

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "audit"]


def run(
    *arguments: str, environ: Mapping[str, str] | None = None, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a process of its own, where streams and signals are real."""
    return subprocess.run(
        [*COMMAND, *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # Buffered as usual: an unbuffered stream has nothing left to lose at exit.
        env={**os.environ, "PYTHONUNBUFFERED": "", **(environ or {})},
        check=False,
        timeout=60,
    )


def test_the_version_comes_with_the_date_of_the_table(program: Program) -> None:
    ran = program("--version")

    assert ran == (
        0,
        f"scf-audit {__version__} (built-in table of 2026-11-22, Tencent SCF)\n",
        "",
    )


def test_the_version_loads_nothing_that_it_does_not_need() -> None:
    ran = run("--version", environ={"PYTHONPROFILEIMPORTTIME": "1"})

    loaded = {
        line.rpartition("|")[2].strip().split(".")[0] for line in ran.stderr.decode().splitlines()
    }
    assert "click" in loaded
    assert (
        loaded & {"packaging", "pip", "piptools", "tabulate", "tomli", "importlib_metadata"}
        == set()
    )
    assert "importlib.metadata" not in ran.stderr.decode()


def test_help_is_on_one_page_with_sections_examples_and_exit_codes(program: Program) -> None:
    for arguments in (["--help"], ["-h"]):
        ran = program(*arguments)

        assert ran.code == 0
        assert ran.err == ""
        for part in (
            "Examples:",
            "Commands:",
            "What to read:",
            "Output:",
            "Exit codes:",
            "--version",
        ):
            assert part in ran.out
        assert max(map(len, ran.out.splitlines())) <= 80


def test_nothing_at_all_is_a_usage_error_that_shows_the_help(program: Program) -> None:
    ran = program()

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == program("--help").out


@pytest.mark.parametrize(
    "command", ["check", "table", "table show", "table diff", "explain", "completion"]
)
def test_every_command_has_help(program: Program, command: str) -> None:
    ran = program(*command.split(), "--help")

    assert ran.code == 0
    assert ran.out.startswith(f"Usage: scf-audit {command}")
    assert "\b" not in ran.out
    assert "\\b" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rutime", "x"], "no such option '--rutime'. (Did you mean"),
        (["check"], "missing argument 'TARGET...'"),
        (["--format", "jsn", "."], "invalid value for '--format': 'jsn' is not one of"),
        (["--fail-on", "eror", "."], "invalid value for '--fail-on': 'eror' is not one of"),
        (["--ignore", "SCF10", "."], "--ignore: no code 'SCF10'; did you mean SCF"),
        (["--runtime", "Python3.61", "."], "no runtime 'Python3.61'; did you mean Python3.6?"),
        (["--runtime", "", "."], "--runtime: empty, expected NAME"),
        (["--handler", "", "."], "--handler: empty, expected FILE.FUNCTION"),
        (["--python", "", "."], "--python: empty, expected [VERSION=]PATH"),
        (["--group", "a", "--group", "", "."], "--group: empty, expected NAME"),
        (["cache", "--cache-dir", ""], "--cache-dir: empty, expected DIR"),
        (["-o", "jsn=a", "."], "-o: no format 'jsn'; did you mean json?"),
        (["-o", "missing/a", "."], "-o missing/a: no folder"),
        (["-o", "json=a", "-o", "text=a", "."], "-o: two reports would go to a"),
        (["-o", "requirements.txt", "requirements.txt"], "-o requirements.txt: it is an input"),
        (["--config", "missing.toml", "."], "missing.toml: no such file or directory"),
        (["explain", "SCF1O1"], "explain: no code 'SCF1O1'; did you mean SCF101?"),
        (["table", "diff", "a"], "missing argument 'NEW'"),
        (["completion", "tcsh"], "invalid value for '{bash|zsh|fish}': 'tcsh' is not one of"),
    ],
)
def test_a_usage_error_is_one_line_and_exit_code_2(
    program: Program, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "requirements.txt").touch()

    ran = program(*arguments, cwd=tmp_path)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"scf-audit: error: {message}")
    assert ran.err.count("\n") == 1


def test_an_empty_variable_is_as_good_as_none_and_an_empty_proxy_means_none(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "requirements.txt").write_text("six\n")
    unset = {"SCF_AUDIT_HANDLER": "", "SCF_AUDIT_RUNTIME": "", "SCF_AUDIT_CACHE_DIR": ""}

    ran = program("--proxy", "", "--offline", ".", cwd=tmp_path, environ=unset)

    assert (ran.code, ran.err) == (0, "")


def test_every_code_is_explained_in_either_case(program: Program) -> None:
    listed = program("explain")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines()] == [rule.code for rule in RULES]

    for rule in RULES:
        assert program("explain", rule.code).out.startswith(f"{rule.code} {rule.name}")
        assert program("explain", rule.code.lower()) == program("explain", rule.code)


def test_an_internal_error_is_one_line_that_asks_to_report_it() -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise LookupError(f"no\n{len(text)}")

    plain, verbose = io.StringIO(), io.StringIO()
    codes = [
        main(["explain"], stdout=Broken(), stderr=plain, environ={}),
        main(["explain"], stdout=Broken(), stderr=verbose, environ={"SCF_AUDIT_VERBOSE": "1"}),
    ]

    assert codes == [4, 4]
    line, _, rest = verbose.getvalue().partition("\n")
    assert plain.getvalue().count("\n") == 1
    assert line.startswith("scf-audit: error: internal error: LookupError: no\\n")
    assert "please report it" in line
    assert rest.startswith("Traceback (most recent call last):\n")


@pytest.mark.parametrize("arguments", [["--help"], ["explain"], ["table"], ["--version"]])
def test_a_closed_pipe_is_silent(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = run(*arguments, stdout=writer)
    finally:
        os.close(writer)

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = run("explain", stdout=full.fileno())

    assert ran.returncode == 2
    assert ran.stderr == (
        b"scf-audit: error: cannot write to standard output: no space left on device\n"
    )


def test_closed_streams_are_no_reason_to_fail() -> None:
    ran = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m audit explain >&- 2>&-', sys.executable],
        cwd=ROOT,
        check=False,
        timeout=60,
    )

    assert ran.returncode == 0


def open_once_read(fifo: Path, process: subprocess.Popen[bytes]) -> int:
    """Open a named pipe for writing, as soon as the process is reading it."""
    while process.poll() is None:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.01)
    pytest.fail(f"ended with {process.returncode} and read nothing: {process.communicate()}")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_an_interrupt_ends_with_130_and_without_a_traceback(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [*COMMAND, "table", "show", str(fifo)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # A shell starts background jobs, and so perhaps this test, deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads
    )
    with process:
        try:
            writer = open_once_read(fifo, process)
            time.sleep(0.2)  # until it waits for what will not come
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            os.close(writer)
        finally:
            process.kill()

    assert process.returncode == 130
    assert (out, err) == (b"", b"scf-audit: error: interrupted\n")


def test_a_stream_that_lacks_a_letter_gets_an_escape(tmp_path: Path) -> None:
    file = tmp_path / "表.csv"
    file.write_text("library,Python3.6\nrequests,é\n", encoding="utf-8")

    for encoding, name in ("ascii", rb"\u8868.csv"), ("utf-8", "表.csv".encode()):
        ran = run("table", "check", str(file), environ={"PYTHONIOENCODING": encoding})
        assert ran.returncode == 1
        assert name in ran.stdout
        assert ran.stderr == b""


def completions(words: str) -> list[str]:
    environ = {
        "_SCF_AUDIT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    return run(environ=environ).stdout.decode().split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("scf-audit ta", ["plain,table", "file,ta"]),
        (
            "scf-audit --runtime py",
            [f"plain,Python{v}" for v in ("2.7", "3.6", "3.7", "3.9", "3.10")],
        ),
        ("scf-audit check --runtime Python3.1", ["plain,Python3.10"]),
        ("scf-audit requirements.txt --fail-on v", ["plain,vendor"]),
        ("scf-audit --handl", ["plain,--handler"]),
        ("scf-audit explain scf101", ["plain,SCF101"]),
        ("scf-audit table im", ["plain,import", "file,im"]),
    ],
)
def test_a_shell_completes_commands_options_and_names(words: str, expected: list[str]) -> None:
    assert completions(words) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_of_a_shell_names_our_variable(shell: str) -> None:
    ran = run("completion", shell)

    assert ran.returncode == 0
    assert f"_SCF_AUDIT_COMPLETE={shell}_complete".encode() in ran.stdout


def test_an_option_can_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("library,Python3.6,Python2.7\nsix,1.0,1.1\n")

    ran = run(
        "table",
        "show",
        str(tmp_path / "t.csv"),
        environ={"SCF_AUDIT_FORMAT": "csv", "SCF_AUDIT_RUNTIME": "py27"},
    )

    assert ran.stdout == b"library,Python2.7\nsix,1.1\n"
