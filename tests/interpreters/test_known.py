from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from audit.errors import UsageError
from audit.index.cache.store import MemoryStore
from audit.interpreters.found import Named
from audit.interpreters.known import Interpreter, Useless, known

if TYPE_CHECKING:
    from pathlib import Path

    from tests.interpreters.conftest import Fake

ENVIRON = dict(os.environ)


def starting(log: Path, greeting: str) -> tuple[str, ...]:
    return (f"echo started >> {log}", f"echo scf-audit {greeting}")


def starts(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_an_interpreter_is_asked_who_it_is_once(fake: Fake, tmp_path: Path) -> None:
    path = fake("python3.6", *starting(tmp_path / "log", "cpython 3.6.15 {me}"))
    cache = MemoryStore()
    first, useless = known([Named(path, "3.6")], ENVIRON, cache)
    assert [str(each) for each in first] == [f"Python 3.6.15 ({path})"]
    assert known([Named(path, "3.6")], ENVIRON, cache) == (first, useless) == (first, ())
    assert starts(tmp_path / "log") == 1


def test_another_file_in_its_place_is_asked_anew(fake: Fake, tmp_path: Path) -> None:
    log, cache = tmp_path / "log", MemoryStore()
    identities = set()
    for micro in (1, 10, 11):
        path = fake("python3.6", *starting(log, f"cpython 3.6.{micro} {{me}}"))
        os.utime(path, (micro, micro))
        (interpreter,), _ = known([Named(path, "3.6")], ENVIRON, cache)
        assert interpreter.full_version == f"3.6.{micro}"
        identities.add(interpreter.identity)
    assert (len(identities), starts(log)) == (3, 3)


def test_a_wrapper_is_believed_for_a_while(fake: Fake, tmp_path: Path) -> None:
    now = [1e9]
    cache = MemoryStore(clock=lambda: now[0])
    itself = fake("python3.6", "echo scf-audit cpython 3.6.15 {me}")
    wrapper = fake("shim/python3.7", f"echo scf-audit cpython 3.7.1 {tmp_path}/elsewhere")
    known([Named(itself, "3.6"), Named(wrapper, "3.7")], ENVIRON, cache)
    kept = {key: entry.fresh_until for (_, key), entry in cache._entries.items()}  # noqa: SLF001  # what the clock would tell
    assert [until - now[0] for key, until in kept.items() if key.startswith(wrapper)] == [3600]
    assert [until for key, until in kept.items() if key.startswith(itself)] == [float("inf")]


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        ("echo scf-audit cpython 3.9.18 {me}", "is Python 3.9.18, not 3.6"),
        ("echo scf-audit cpython 3.61.1 {me}", "is Python 3.61.1, not 3.6"),
        ("echo scf-audit pypy 3.6.9 {me}", "is pypy 3.6.9, not CPython"),
        ("exit 127", "gives no version: it ended with exit code 127"),
        ("echo hello", "gives no version: what it says is no answer"),
    ],
)
def test_what_is_not_what_it_is_called(
    fake: Fake, tmp_path: Path, greeting: str, reason: str
) -> None:
    log, cache = tmp_path / "log", MemoryStore()
    path = fake("python3.6", f"echo started >> {log}", greeting)
    for _ in range(2):  # on PATH it is as if it were not there, and not tried again
        assert known([Named(path, "3.6")], ENVIRON, cache) == ((), (Useless(path, reason),))
    assert starts(log) == 1
    with pytest.raises(UsageError) as refused:
        known([Named(path, "3.6", f"3.6={path}")], ENVIRON, cache)
    assert str(refused.value) == f"--python 3.6={path}: {reason}"


def test_what_failed_on_path_is_tried_again_where_it_is_given(fake: Fake, tmp_path: Path) -> None:
    lines = (f"[ -e {tmp_path}/mended ] || exit 1", "echo scf-audit cpython 3.6.15 {me}")
    path, cache = fake("python3.6", *lines), MemoryStore()
    known([Named(path, "3.6")], ENVIRON, cache)
    (tmp_path / "mended").touch()
    assert known([Named(path, "3.6")], ENVIRON, cache)[0] == ()
    assert len(known([Named(path, "3.6", path)], ENVIRON, cache)[0]) == 1


def test_one_that_fails_is_as_if_it_were_not_there(fake: Fake) -> None:
    broken = Named(fake("shims/python3.6", "exit 127"), "3.6")
    good = Named(fake("bin/python3.6", "echo scf-audit cpython 3.6.15 {me}"), "3.6")
    later = Named(fake("later/python3.6", "echo scf-audit cpython 3.6.1 {me}"), "3.6")
    asked, useless = known([broken, good, later], ENVIRON, MemoryStore())
    assert [each.path for each in asked] == [good.path]
    assert [each.path for each in useless] == [broken.path]


def test_one_given_without_a_version_has_its_own(fake: Fake) -> None:
    path = fake("python", "echo scf-audit cpython 3.12.1 {me}")
    (interpreter,), _ = known([Named(path, None, path)], ENVIRON, MemoryStore())
    assert (interpreter.python, interpreter.is_given) == ("3.12", True)


def test_of_one_version_the_last_given_is_asked(fake: Fake) -> None:
    hello = "echo scf-audit cpython 3.6.15 {me}"
    given = [Named(fake(name, hello), None, name) for name in ("one", "two")]
    on_path = Named(fake("bin/python3.6", hello), "3.6")
    asked, _ = known([*given, on_path], ENVIRON, MemoryStore())
    assert [each.path for each in asked] == [given[1].path]


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b"[1]", b"null", b"\xff", b'{"a": 1}', b"7"])
def test_what_is_damaged_is_asked_anew(fake: Fake, damage: bytes) -> None:
    path, cache = fake("python", "echo scf-audit cpython 3.6.15 {me}"), MemoryStore()
    found: list[tuple[Interpreter, ...]] = []
    for _ in range(2):
        found.append(known([Named(path, "3.6")], ENVIRON, cache)[0])
        ((kind, key),) = cache._entries  # noqa: SLF001  # to damage it as a disk would
        cache.put(kind, key, damage)
    assert found[0] == found[1] != ()


@pytest.mark.interpreters
def test_real_ones_are_known(real: dict[str, str]) -> None:
    programs = [Named(path, python) for python, path in real.items()]
    found, useless = known(programs, ENVIRON, MemoryStore())
    assert useless == ()
    assert {each.python: each.path for each in found} == real
