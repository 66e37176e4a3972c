from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.index.cache.cachefile import NAME
from tools.replay import Replay

if TYPE_CHECKING:
    from tests.index.conftest import Runs, Stall

ROOT = Path(__file__).resolve().parents[2]


def shelve(stall: Stall, **how: object) -> None:
    """Serve alpha, which requires beta."""
    stall.wheel("alpha", "1.0", "beta")
    stall.wheel("beta", "2.0")
    for name in ("alpha", "beta"):
        stall.page(name, etag=f'"{name}"', headers=how)


BOTH = {"alpha": "1.0", "beta": "2.0"}


def test_what_is_fresh_is_not_asked_for(run: Runs, stall: Stall) -> None:
    shelve(stall)
    cold = run("alpha\n")
    asked = len(stall.asked())
    assert asked == 6  # pages, metadata, and the wheels' tables of contents
    assert run("alpha\n") == cold
    assert len(stall.asked()) == asked
    stall.server.close()
    assert run("alpha\n") == cold


def test_what_is_stale_is_confirmed_and_then_fresh_again(run: Runs, stall: Stall) -> None:
    shelve(stall, **{"Cache-Control": "max-age=0"})
    cold = run("alpha\n")
    assert run("alpha\n") == cold
    again = stall.server.asked[-2:]
    assert {each.headers.get("if-none-match") for each in again} == {'"alpha"', '"beta"'}
    assert len(stall.asked("/files/")) == 4  # a file is for ever


def test_a_refresh_asks_about_all_that_is_kept(run: Runs, stall: Stall) -> None:
    shelve(stall)
    cold = run("alpha\n")
    assert run("alpha\n", "--refresh") == cold
    assert len(stall.asked("/files/")) == 4
    assert stall.asked("/simple/alpha/") == ["/simple/alpha/"] * 2


def test_what_must_not_be_kept_is_not(run: Runs, stall: Stall) -> None:
    shelve(stall, **{"Cache-Control": "no-store"})
    assert run("alpha\n").packages == BOTH
    assert "not in the cache" in run("alpha\n", "--offline").said
    assert run("alpha\n").packages == BOTH
    assert not [each for each in stall.server.asked if "if-none-match" in each.headers]


def test_without_a_cache_each_run_asks_and_nothing_is_written(run: Runs, stall: Stall) -> None:
    shelve(stall)
    for _ in range(2):
        assert run("alpha\n", "--no-cache").packages == BOTH
    assert stall.asked("/simple/alpha/") == ["/simple/alpha/"] * 2
    assert not run.cache.exists()


def test_a_stale_page_of_an_index_that_is_down_is_taken_offline_only(
    run: Runs, stall: Stall
) -> None:
    shelve(stall, **{"Cache-Control": "max-age=0"})
    cold = run("alpha\n")
    stall.server.close()
    down = run("alpha\n")
    assert (down.code, down.verdict) == (3, "unknown")
    assert "no connection to 127.0.0.1" in down.said
    assert "what it said before is kept, and --offline would take it" in down.said
    offline = run("alpha\n", "--offline")
    assert offline[:4] == cold[:4]
    assert "note: --offline: what the index said on " in offline.err
    assert "--offline" not in run("alpha\n", "--offline", "--quiet").err


def test_offline_a_missing_page_is_not_called_absent(run: Runs) -> None:
    outcome = run("alpha\n", "--offline")
    assert (outcome.code, outcome.verdict) == (3, "unknown")
    assert "not in the cache" in outcome.said


def damage(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / NAME)) as connection, connection:
        assert connection.execute(statement).rowcount


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET value = x'00'",
        "UPDATE entry SET value = substr(value, 1, length(value) - 9) WHERE kind = 'page'",
        "UPDATE entry SET value = zeroblob(length(value)) WHERE kind = 'metadata'",
        "UPDATE entry SET checksum = checksum + 1",
        "UPDATE entry SET key = 'x' || key",
        "DELETE FROM entry WHERE kind = 'page'",
        "DELETE FROM entry WHERE kind = 'metadata'",
    ],
)
def test_what_is_damaged_or_gone_is_fetched_anew(run: Runs, stall: Stall, statement: str) -> None:
    shelve(stall)
    cold = run("alpha\n")
    damage(run.cache, statement)
    assert run("alpha\n") == cold
    asked = len(stall.asked())
    assert run("alpha\n") == cold
    assert len(stall.asked()) == asked


def test_what_is_built_in_needs_neither_an_index_nor_a_cache(run: Runs, stall: Stall) -> None:
    stall.wheel("requests", "9.0")
    stall.page("requests")
    path = run.folder / "requirements.txt"
    path.write_text("requests\n")
    command = (str(path), "--online", "--runtime", "3.6", "--cache-dir", str(run.cache))
    environ = {"PIP_INDEX_URL": stall.url()}
    assert run.said(*command, environ=environ).code == 0
    assert not stall.server.asked
    assert not run.cache.exists()
    ignoring = run.said(*command, "--builtins", "ignore", environ=environ)
    assert "requests==9.0 to be vendored" in ignoring.out
    assert stall.asked()
    assert run.cache.exists()


def test_each_thing_is_asked_for_once_whichever_runtimes_need_it(run: Runs, stall: Stall) -> None:
    names = [f"n{number}" for number in range(12)]
    for number, name in enumerate(names):
        after = names[number + 1 : number + 4]
        stall.wheel(name, "1.0", *after) if number % 3 else stall.sdist(name, "1.0", *after)
        stall.page(name, pause=0.01)
    for runtimes in ("Python2.7", "Python3.10"):
        run.said(*run.command("n0\n", "--runtime", runtimes, "--no-cache"))
    stall.server.asked.clear()
    command = run.command("n0\nn3\n", "--runtime", "Python2.7", "--format", "text")
    every = [each for each in command if each not in {"--runtime", "Python2.7"}]
    ran = run.said(*every)
    assert "Python3.10" in ran.out
    assert set(Counter(stall.server.paths()).values()) == {1}
    assert len(stall.asked(".tar.gz")) == 4


@pytest.mark.parametrize("lines", ["requests>=2.25\nflask\n", "celery[redis]==4.4.7\nkombu>=5\n"])
def test_cold_warm_offline_and_again_say_the_same(run: Runs, lines: str) -> None:
    with Replay() as index:
        form = ("--format", "json")
        every = [
            each
            for each in run.command(lines, *form, "-v", index=("--index-url", index.url))
            if each not in {"--runtime", "Python3.6"}
        ]
        first = run.said(*every)
        assert first.code in (0, 1)
        assert not index.misses
        warm = run.said(*every)
        fresh = [run.said(*every, "--no-cache") for _ in range(2)]
    offline = run.said(*(each.replace("--online", "--offline") for each in every))
    assert {each.out for each in (warm, *fresh, offline)} == {first.out}


def test_many_wrong_names_cost_one_request_each_and_end(run: Runs, stall: Stall) -> None:
    lines = "".join(f"absent-{number}\n" for number in range(400))
    outcome = run(lines)
    assert outcome.verdict == "blocked"
    assert len(stall.asked()) == 400


def test_an_interrupted_run_ends_soon_and_leaves_a_whole_cache(run: Runs, stall: Stall) -> None:
    shelve(stall)
    stall.wheel("slow", "1.0")
    stall.page("slow", pause=60)
    command = run.command("alpha\nslow\n", "--timeout", "60", "--format", "text")
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PIP_CONFIG_FILE": os.devnull}
    process = subprocess.Popen(
        [sys.executable, "-m", "audit", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ,
        text=True,
    )
    deadline = time.monotonic() + 20
    while len(stall.asked()) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(2)  # until what came is read, on a busy machine too
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)  # half of what the index lets it wait for
    assert (process.returncode, out, err) == (130, "", "scf-audit: error: interrupted\n")
    assert run("alpha\n").packages == BOTH
    assert stall.asked("/simple/alpha/") == ["/simple/alpha/"]  # what had come was kept
