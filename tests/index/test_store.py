from __future__ import annotations

import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.index.cache.cachefile import NAME, cache_files, connect, create
from audit.index.cache.entries import Entry, Kind
from audit.index.cache.store import MemoryStore, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from audit.index.cache.store import Cache

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400.0


@dataclass
class Clock:
    """Time as a test wants it."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def change(folder: Path, statement: str, *values: object) -> None:
    """Do to the file what only an accident does."""
    with closing(sqlite3.connect(folder / NAME)) as connection, connection:
        connection.execute(statement, values)


def filled(folder: Path, **values: bytes) -> None:
    store = Store.open(folder)
    for key, value in values.items():
        store.put("page", key, value)
    store.close()
    assert store.problem is None


def several(cache: Cache, kind: Kind, keys: Iterable[str]) -> dict[str, Entry]:
    return {key: entry for key in keys if (entry := cache.get(kind, key))}


def kept(folder: Path, *keys: str) -> dict[str, bytes]:
    store = Store.open(folder)
    found = several(store, "page", keys)
    store.close()
    assert store.problem is None
    return {key: entry.value for key, entry in found.items()}


@pytest.mark.parametrize("make", [Store.open, lambda _folder, clock: MemoryStore(clock)])
def test_what_is_put_is_found_with_its_age(tmp_path: Path, make: Callable[..., Cache]) -> None:
    clock = Clock(1000.0)
    cache = make(tmp_path, clock=clock)

    cache.put("page", "six", b"old", etag='"a"', fresh_for=60)
    clock.now = 1010.0
    cache.put("metadata", "six", b"for ever")

    assert cache.get("page", "six") == Entry(b"old", 1000.0, '"a"', 1060.0)
    assert cache.get("metadata", "six") == Entry(b"for ever", 1010.0, "", inf)
    assert cache.get("contents", "six") is None
    clock.now = 5000.0
    cache.renew("page", "six", 30)
    cache.renew("page", "unknown", 30)
    assert cache.get("page", "six") == Entry(b"old", 5000.0, '"a"', 5030.0)
    assert cache.get("page", "unknown") is None
    assert several(cache, "page", ["six", "unknown"]) == {"six": cache.get("page", "six")}
    cache.close()
    assert cache.get("page", "six") is None
    assert cache.problem is None


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize(
    ("key", "value", "etag"),
    [
        ("six", b"x", ""),
        ("", b"", 'W/"a"'),
        ("索引\0'\"", b"\0" * 300_000, "é"),
        (os.fsdecode(b"\xff"), b"x", "\udcff"),
    ],
)
def test_another_run_finds_it_again(
    tmp_path: Path, kind: Kind, key: str, value: bytes, etag: str
) -> None:
    first = Store.open(tmp_path, clock=Clock(7.5))
    first.put(kind, key, value, etag=etag, fresh_for=60)
    first.close()

    second = Store.open(tmp_path, clock=Clock(8.0))
    assert second.get(kind, key) == Entry(value, 7.5, etag, 67.5)
    second.close()


def test_nothing_is_written_before_flush(tmp_path: Path) -> None:
    writer, reader = Store.open(tmp_path), Store.open(tmp_path)

    writer.put("page", "six", b"1")
    assert list(tmp_path.iterdir()) == []
    assert reader.get("page", "six") is None
    writer.flush()
    found = reader.get("page", "six")

    assert found is not None
    assert found.value == b"1"
    writer.close()
    reader.close()


def test_a_run_that_only_reads_writes_nothing(tmp_path: Path) -> None:
    filled(tmp_path, six=b"1")
    before = (tmp_path / NAME).read_bytes()

    assert kept(tmp_path, "six", "other") == {"six": b"1"}
    assert (tmp_path / NAME).read_bytes() == before
    assert kept(tmp_path / "missing", "six") == {}
    assert not (tmp_path / "missing").exists()


def test_a_confirmation_outlives_the_run(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    store = Store.open(tmp_path, clock=clock)
    store.put("page", "six", b"1", etag="a", fresh_for=10)
    store.close()
    clock.now = 1100.0
    store = Store.open(tmp_path, clock=clock)
    store.renew("page", "six", 60)
    store.close()

    store = Store.open(tmp_path, clock=clock)
    assert store.get("page", "six") == Entry(b"1", 1100.0, "a", 1160.0)
    store.close()


def test_a_confirmation_says_nothing_of_a_newer_value(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    slow, quick = Store.open(tmp_path, clock=clock), Store.open(tmp_path, clock=clock)
    slow.renew("page", "six", 10_000)
    clock.now = 1001.0
    quick.put("page", "six", b"2", fresh_for=5)
    quick.close()
    slow.close()

    store = Store.open(tmp_path, clock=clock)
    assert store.get("page", "six") == Entry(b"2", 1001.0, "", 1006.0)
    store.close()


def test_refreshing_leaves_nothing_fresh_but_what_this_run_has_seen(tmp_path: Path) -> None:
    clock = Clock(1000.0)
    store = Store.open(tmp_path, clock=clock)
    for key in ("a", "b", "c"):
        store.put("page", key, b"1", etag="e")
    store.close()
    clock.now = 1001.0

    store = Store.open(tmp_path, clock=clock, refresh=True)
    assert store.get("page", "a") == Entry(b"1", 1000.0, "e", 0.0)
    store.put("page", "a", b"2", fresh_for=9)
    store.renew("page", "b", 9)

    found = several(store, "page", "abc")
    assert {key: entry.fresh_until for key, entry in found.items()} == {
        "a": 1010.0,
        "b": 1010.0,
        "c": 0.0,
    }
    store.close()


def test_what_a_clock_that_was_ahead_has_stored_is_not_fresh(tmp_path: Path) -> None:
    ahead = Store.open(tmp_path, clock=Clock(9e9))
    ahead.put("page", "six", b"1", etag="e", fresh_for=600)
    ahead.close()

    store = Store.open(tmp_path, clock=Clock(1e9))
    assert store.get("page", "six") == Entry(b"1", 9e9, "e", 0.0)
    store.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("value", b"2"),
        ("value", "1"),
        ("value", 5),
        ("etag", b"f"),
        ("etag", "e"),
        ("checksum", 5),
        ("checksum", "x"),
        ("stored", "soon"),
        ("fresh_until", b""),
        ("used", "x"),
        ("key", b"seven"),
        ("kind", "contents"),
    ],
)
def test_an_entry_that_was_altered_is_not_there_and_goes(
    tmp_path: Path, column: str, value: object
) -> None:
    store = Store.open(tmp_path)
    store.put("page", "six", b"1", etag="e")
    store.close()
    change(tmp_path, f"UPDATE entry SET {column} = ?", value)  # noqa: S608 - our own column names

    store = Store.open(tmp_path)
    for kind in get_args(Kind):
        assert several(store, kind, ["six", "seven"]) == {}
    store.close()

    assert store.problem is None
    database = connect(tmp_path / NAME)
    assert database is not None
    assert database.totals() == ()
    database.connection.close()


def other_database(folder: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE entry (kind, key, value)")


def newer_version(folder: Path, file: Path) -> None:
    change(folder, "PRAGMA user_version = 99")


def other_application(folder: Path, file: Path) -> None:
    change(folder, "PRAGMA application_id = 7")


def no_table(folder: Path, file: Path) -> None:
    change(folder, "DROP TABLE entry")


def half(folder: Path, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


def scrambled(folder: Path, file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:100] + bytes(reversed(content[100:])))


def text(folder: Path, file: Path) -> None:
    file.write_text("no database\n" * 1000)


def empty(folder: Path, file: Path) -> None:
    file.write_bytes(b"")


def strange_letters(folder: Path, file: Path) -> None:
    # SQLite quotes the description of the table in its message
    file.write_bytes(file.read_bytes().replace(b"KEY (kind, key)", b"KEY (kin\xff, key)"))


ACCIDENTS = [
    strange_letters,
    newer_version,
    other_application,
    no_table,
    half,
    scrambled,
    text,
    empty,
]


@pytest.mark.parametrize("accident", ACCIDENTS)
@pytest.mark.parametrize("reads_first", [True, False])
def test_a_file_that_is_no_cache_of_ours_is_replaced(
    tmp_path: Path, accident: Callable[[Path, Path], None], *, reads_first: bool
) -> None:
    filled(tmp_path, six=b"1" * 9000)
    accident(tmp_path, tmp_path / NAME)

    store = Store.open(tmp_path)
    if reads_first:
        assert store.get("page", "six") is None
    store.put("page", "seven", b"7")
    store.close()

    assert store.problem is None
    assert kept(tmp_path, "six", "seven") == {"seven": b"7"}


def test_the_file_of_something_else_is_replaced(tmp_path: Path) -> None:
    other_database(tmp_path, tmp_path / NAME)

    assert kept(tmp_path, "six") == {}
    filled(tmp_path, six=b"1")
    assert kept(tmp_path, "six") == {"six": b"1"}


def test_a_file_that_may_be_read_alone_is_replaced_by_the_first_write(tmp_path: Path) -> None:
    filled(tmp_path, six=b"1")
    content = bytearray((tmp_path / NAME).read_bytes())
    content[18] = 9  # the header's "only newer versions of SQLite may write this"
    (tmp_path / NAME).write_bytes(content)

    assert kept(tmp_path, "six") == {"six": b"1"}
    filled(tmp_path, seven=b"7")
    assert kept(tmp_path, "six", "seven") == {"seven": b"7"}


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_rubbish_beside_the_file_does_no_harm(tmp_path: Path, suffix: str) -> None:
    filled(tmp_path, six=b"1")
    (tmp_path / f"{NAME}{suffix}").write_bytes(b"rubbish" * 9999)

    assert kept(tmp_path, "six") == {"six": b"1"}
    filled(tmp_path, seven=b"7")
    assert kept(tmp_path, "six", "seven") == {"six": b"1", "seven": b"7"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A cache with small and large values."""
    folder = tmp_path_factory.mktemp("sound")
    filled(folder, a=b"a" * 30, b=b"b" * 9000, c=b"c" * 500, d=b"")
    return (folder / NAME).read_bytes()


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    hits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=20),
    length=st.floats(0, 1) | st.just(1.0),
)
def test_wherever_the_file_is_damaged_values_are_whole_or_absent(
    tmp_path: Path, sound: bytes, hits: list[tuple[float, int]], length: float
) -> None:
    content = bytearray(sound)
    for place, byte in hits:
        content[int(place * (len(sound) - 1))] = byte
    for path in cache_files(tmp_path):
        path.unlink()
    (tmp_path / NAME).write_bytes(content[: int(length * len(sound))])

    store = Store.open(tmp_path)
    found = several(store, "page", "abcd")
    store.put("page", "e", b"e")
    store.close()

    whole = {"a": b"a" * 30, "b": b"b" * 9000, "c": b"c" * 500, "d": b""}
    assert {key: entry.value for key, entry in found.items()}.items() <= whole.items()
    assert store.problem is None
    assert kept(tmp_path, "e") == {"e": b"e"}


def a_file_as_folder(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "cache"


def a_folder_as_file(folder: Path) -> Path:
    (folder / NAME).mkdir()
    return folder


@pytest.mark.parametrize("place", [a_file_as_folder, a_folder_as_file, lambda _: Path("/proc/x")])
def test_where_no_file_can_be_the_run_goes_on_and_says_so_once(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    folder = place(tmp_path)
    store = Store.open(folder)

    assert store.get("page", "six") is None
    store.put("page", "six", b"1")
    store.flush()
    problem = store.problem
    found = store.get("page", "six")
    assert found is not None
    assert found.value == b"1"
    store.close()

    assert problem is not None
    assert problem.startswith(f"{folder / NAME}: cannot be used as cache: ")
    assert store.problem == problem


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_a_problem_of_writing_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    store = Store.open(tmp_path)
    assert store.get("page", "six") is None
    assert store.problem is None
    store.put("page", "six", b"1")
    store.close()

    assert store.problem == f"{tmp_path / NAME}: cannot be used as cache: permission denied"


def test_a_run_that_has_nothing_to_write_has_no_problem(tmp_path: Path) -> None:
    store = Store.open(a_file_as_folder(tmp_path))
    store.close()

    assert store.problem is None


def run(program: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Run a program that has the cache in `store`, in a process of its own."""
    head = "import sys, pathlib; from audit.index.cache.store import Store; "
    head += "folder = pathlib.Path(sys.argv[1]); store = Store.open(folder)\n"
    return subprocess.Popen(
        [sys.executable, "-c", head + program, str(folder), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_disk_that_is_full_costs_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    filled(tmp_path, six=b"1")
    size = (tmp_path / NAME).stat().st_size

    process = run(
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "store.put('page', 'big', b'x' * 500_000); store.close(); print(store.problem)",
        tmp_path,
    )
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert said.startswith(f"{tmp_path / NAME}: cannot be used as cache: ")
    assert kept(tmp_path, "six", "big") == {"six": b"1"}
    assert (tmp_path / NAME).stat().st_size >= size
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 100_000


def test_a_file_that_another_process_holds_costs_a_second_at_most(tmp_path: Path) -> None:
    filled(tmp_path, six=b"1")
    with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store = Store.open(tmp_path)
        assert store.get("page", "six") is not None
        store.put("page", "seven", b"7")
        start = time.monotonic()
        store.close()
        waited = time.monotonic() - start

    assert waited < 4  # sqlite3 by itself waits five
    assert store.problem == f"{tmp_path / NAME}: cannot be used as cache: database is locked"
    assert kept(tmp_path, "six", "seven") == {"six": b"1"}


def test_threads_share_one_cache(tmp_path: Path) -> None:
    keys = [f"k{number}" for number in range(40)]
    filled(tmp_path, **{key: b"0" + key.encode() for key in keys})
    store = Store.open(tmp_path)

    def work(number: int) -> int:
        seen = 0
        for key in random.Random(number).sample(keys, len(keys)):  # noqa: S311 - an order, no secret
            entry = store.get("page", key)
            assert entry is not None
            assert entry.value[1:] == key.encode()
            store.put("page", key, b"1" + key.encode())
            store.renew("page", key, 60)
            if number == 0:
                store.flush()
            seen += 1
        return seen

    with ThreadPoolExecutor(13) as threads:
        assert list(threads.map(work, range(13))) == [len(keys)] * 13
    store.close()

    assert store.problem is None
    assert kept(tmp_path, *keys) == {key: b"1" + key.encode() for key in keys}


SHARING = """
from audit.index.cache import cachefile
cachefile._PATIENCE = 60  # on a busy machine, one of four that write without end may starve
for turn in range(30):
    for number in range(20):
        found = store.get('page', f'k{number}')
        if found is not None:
            size, _, letter = found.value.partition(b':')
            assert letter == letter[:1] * int(size), number
        size = 10 + 700 * number
        store.put('page', f'k{number}', b'%d:' % size + sys.argv[2].encode() * size)
    store.put('page', sys.argv[2], b'%d' % turn)
    store.flush()
    assert store.problem is None, store.problem
store.close()
print(store.problem)
"""


def test_processes_share_one_file(tmp_path: Path) -> None:
    processes = [run(SHARING, tmp_path, letter) for letter in "abcd"]

    assert [process.communicate(timeout=120)[0] for process in processes] == ["None\n"] * 4
    assert kept(tmp_path, *"abcd") == dict.fromkeys("abcd", b"29")
    assert cache_files(tmp_path) == (tmp_path / NAME,)


ENDLESS = """
import itertools
for turn in itertools.count():
    for number in range(8):
        store.put('page', f'k{number}', b'%d' % turn + b'.' * 30_000 * number)
    store.flush()
    print(turn, flush=True)
"""


def test_a_process_that_is_killed_leaves_whole_transactions(tmp_path: Path) -> None:
    keys = [f"k{number}" for number in range(8)]
    moments = random.Random(3)  # noqa: S311 - moments, no secret
    lasts = []
    for _ in range(8):
        with run(ENDLESS, tmp_path) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(moments.random() / 20)
            process.kill()
        found = kept(tmp_path, *keys)
        turns = {value.rstrip(b".") for value in found.values()}
        sizes = [len(found[key]) - len(found[key].rstrip(b".")) for key in keys]
        assert len(turns) == 1
        assert sizes == [30_000 * number for number in range(8)]
        lasts.append(int(turns.pop()))
    assert max(lasts) > 0


FIRST = "store.put('page', 'six', b'1'); print(flush=True); store.close()"


def test_a_process_that_is_killed_at_its_first_write_leaves_a_file_or_none(tmp_path: Path) -> None:
    for number in range(8):
        folder = tmp_path / str(number)
        with run(FIRST, folder) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(number / 1000)
            process.kill()
        assert kept(folder, "six") in ({}, {"six": b"1"})
        filled(folder, seven=b"7")
        assert kept(folder, "seven") == {"seven": b"7"}


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    clock = Clock(1e9)
    for step in ("put a", "put b", "put c", "put d", "put e", "get a", "put f", "put g"):
        clock.now += 8 * DAY
        store = Store.open(tmp_path, clock=clock, limit=600_000)
        act, _, key = step.partition(" ")
        if act == "put":
            store.put("page", key, b"x" * 100_000)
        else:
            assert store.get("page", key) is not None
        store.close()

    assert "".join(kept(tmp_path, *"abcdefg")) == "adefg"


def test_the_file_stays_within_its_limit(tmp_path: Path) -> None:
    for turn in range(30):
        store = Store.open(tmp_path, clock=Clock(1e9 + turn), limit=1_000_000)
        store.put("run", f"{turn}", b"x" * 200_000)
        store.close()
        assert store.problem is None

    assert (tmp_path / NAME).stat().st_size < 1_500_000


def test_a_newly_made_file_takes_nothing_from_one_that_is_in_use(tmp_path: Path) -> None:
    old = Store.open(tmp_path)
    old.put("page", "six", b"old")
    old.flush()
    for path in cache_files(tmp_path):
        path.unlink()
    create(tmp_path / NAME)
    new = Store.open(tmp_path)
    new.put("page", "six", b"new")
    new.flush()

    old.close()

    assert kept(tmp_path, "six") == {"six": b"new"}
    new.close()
    assert new.problem is None
    assert kept(tmp_path, "six") == {"six": b"new"}
