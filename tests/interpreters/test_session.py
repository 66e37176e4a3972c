"""Programs that hang, die, lie and babble: each costs an answer, none more than that."""

from __future__ import annotations

import os
import signal
import time
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from audit.interpreters.answers import Greeting, Refusal, SilentError, Unsure
from audit.interpreters.session import Patience, Session
from audit.interpreters.together import together

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.interpreters.conftest import Fake

HELLO = "echo scf-audit cpython 3.6.99 {me}"
PATIENT = Patience(start=20, answer=20)


def heard(
    path: str, *files: bytes, patience: Patience = PATIENT, seconds: float = 60
) -> list[object]:
    """Return what a program says of files, or why it says nothing."""

    def work(session: Session, _place: int) -> list[object]:
        return [_heard(session, data) for data in files]

    (result,) = together(work, [Session(path, "3.6", dict(os.environ), patience)], seconds)
    return result


def _heard(session: Session, data: bytes) -> object:
    try:
        return session.ask(data)
    except SilentError as error:
        return str(error)


def answering(answer: str) -> tuple[str, ...]:
    return (HELLO, 'while read length; do head -c "$length" >/dev/null', answer, "done")


def test_a_program_that_says_who_it_is(fake: Fake) -> None:
    path = fake("python", *answering("echo yes"))
    (greeting,) = together(
        lambda session, _: session.greet(), [Session(path, None, dict(os.environ))], 20
    )
    assert greeting == Greeting("cpython", "3.6", "3.6.99", path)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ("echo yes", None),
        ("echo '?'", Unsure()),
        ("echo no 3 invalid syntax", Refusal("invalid syntax", 3)),
        ("echo no 0 too deep", Refusal("too deep", None)),
        (r"printf '%s\n' 'no 1 \u201cx\x1b[0m\n'", Refusal("“x?[0m?", 1)),
        (r"printf '%s\n' 'no 1 a\'", Refusal("a�", 1)),
        ("echo", "what it says is no answer"),
        ("echo maybe", "what it says is no answer"),
        ("echo no x y", "what it says is no answer"),
        ("printf 'yes\\r\\n'", "what it says is no answer"),
        ("yes | tr -d '\\n'", "what it says is no answer"),
        ("exit 3", "it ended with exit code 3"),
        ("kill -SEGV $$", "it died of signal 11"),
        ("sleep 60", "it took longer than 0.3 s"),
        ("exec 1>&-; sleep 0.1; exit 4", "it ended with exit code 4"),
    ],
)
def test_an_answer_and_what_is_none(fake: Fake, answer: str, meaning: object) -> None:
    patience = PATIENT._replace(answer=0.3) if answer == "sleep 60" else PATIENT
    assert heard(fake("python", *answering(answer)), b"x = 1\n", patience=patience) == [meaning]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["echo 'pyenv: python3.6: command not found' >&2", "exit 127"], "exit code 127"),
        (["sleep 60"], "it took longer than 0.3 s"),
        (["sleep 60 & wait"], "it took longer than 0.3 s"),
        (["trap '' TERM HUP INT", "sleep 60", "sleep 60"], "it took longer than 0.3 s"),
        (["cat /dev/zero"], "what it says is no answer"),
        (["echo Python 3.6.15"], "what it says is no answer"),
        (["echo scf-audit cpython 3.6 x"], "what it says is no answer"),
        (["exec /no/such"], "exit code 127"),
    ],
)
def test_a_program_that_does_not_say_who_it_is(fake: Fake, lines: list[str], reason: str) -> None:
    patience = PATIENT._replace(start=0.3) if "sleep 60" in str(lines) else PATIENT
    started = time.monotonic()
    (said,) = heard(fake("python", *lines), b"", patience=patience)
    assert str(said).endswith(reason)
    assert time.monotonic() - started < 30  # half of what it sleeps


def test_what_cannot_be_started_is_silent(tmp_path: Path) -> None:
    (tmp_path / "python").write_bytes(b"\x7fELF no more")
    (tmp_path / "python").chmod(0o755)
    said = heard(str(tmp_path / "python"), b"")
    assert said == ["it cannot be started: exec format error"]


def test_who_dies_of_one_file_is_asked_about_the_next(fake: Fake) -> None:
    path = fake("python", *answering('[ "$length" = 3 ] && exit 1; echo yes'))
    assert heard(path, b"a", b"bbb", b"cc", b"ddd", b"e") == [
        None,
        "it ended with exit code 1",
        None,
        "it ended with exit code 1",
        None,
    ]


def test_what_a_wrapper_started_ends_with_it(fake: Fake, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    path = fake("python", f"sh -c 'echo $$ > {pid}; exec sleep 60'", "true")
    heard(path, b"")
    until = time.monotonic() + 30  # its zombie is for whoever adopted it
    while not _is_gone(int(pid.read_text())):
        assert time.monotonic() < until
        time.sleep(0.05)


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_question_larger_than_any_pipe_to_one_that_does_not_listen(fake: Fake) -> None:
    path = fake("python", HELLO, "sleep 60")
    patience = PATIENT._replace(answer=0.3)
    assert heard(path, b"x" * 2_000_000, patience=patience) == ["it took longer than 0.3 s"]


def test_all_are_stopped_when_it_takes_too_long(fake: Fake) -> None:
    path = fake("python", *answering("sleep 0.1; echo yes"))
    said = heard(path, *[b"x"] * 100, seconds=3)
    assert said[0] is None
    assert said[-1] == "it was stopped, as all questions took too long"


def test_an_interrupt_ends_them(fake: Fake, tmp_path: Path) -> None:
    path = fake("python", HELLO, f"echo $$ > {tmp_path}/pid", "sleep 60")
    patient = Session(path, "3.6", dict(os.environ))
    alarm = Thread(target=_interrupt_once_there_is, args=(tmp_path / "pid",))
    alarm.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        together(lambda session, _: session.ask(b"x"), [patient], 60)
    alarm.join()
    assert time.monotonic() - started < 30
    assert _is_gone(int((tmp_path / "pid").read_text()))


def _interrupt_once_there_is(path: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and not (path.exists() and path.read_text().endswith("\n")):
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGINT)


def test_an_error_of_ours_is_raised_where_it_is_waited_for(fake: Fake) -> None:
    def work(_session: Session, _place: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        together(work, [Session(fake("python"), "3.6", {})], 1)


def test_it_runs_isolated(fake: Fake, tmp_path: Path) -> None:
    path = fake("python", f'echo "$PWD $PYTHONPATH-$KEPT $*" | head -1 > {tmp_path}/said', HELLO)
    environ = {**os.environ, "PYTHONPATH": "/evil", "PYTHONSTARTUP": "/evil", "KEPT": "kept"}
    for python, flags in (("3.6", "-I -S -B"), ("2.7", "-E -s -S -B"), (None, "-E -s -S -B")):
        together(lambda session, _: session.greet(), [Session(path, python, environ)], 20)
        said = (tmp_path / "said").read_text()
        assert said.startswith(f"/ -kept {flags} -W ignore -c ")


def test_many_side_by_side_do_not_wait_for_each_other(fake: Fake, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    meet = f"while [ $(ls {tmp_path}/here | wc -l) -lt 8 ]; do sleep 0.05; done"
    path = fake("python", *answering(f"touch {tmp_path}/here/$$; {meet}; echo yes"))
    ask: Callable[[Session, int], object] = lambda session, _: session.ask(b"x")  # noqa: E731
    sessions = [Session(path, "3.6", dict(os.environ), PATIENT) for _ in range(8)]
    assert together(ask, sessions, 60) == (None,) * 8
