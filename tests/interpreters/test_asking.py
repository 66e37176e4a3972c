from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.code import Ruling
from audit.index.cache.store import MemoryStore
from audit.interpreters import compiles
from audit.interpreters.asking import Asked, rulings
from audit.interpreters.found import Named
from audit.interpreters.known import Interpreter, known

if TYPE_CHECKING:
    from tests.interpreters.conftest import Fake

ENVIRON = dict(os.environ)
VALID = b"x = 1\n"


def a_fake(path: str, python: str = "3.6") -> Interpreter:
    return Interpreter(path, python, f"{python}.1", f"identity {path}", is_given=False)


def answering(log: Path, answer: str) -> tuple[str, ...]:
    return (
        f"echo started >> {log}",
        "echo scf-audit cpython 3.6.1 {me}",
        f'while read length; do head -c "$length" >> {log}.asked; {answer}; done',
    )


def starts(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def asked(log: Path) -> int:
    file = Path(f"{log}.asked")
    return len(file.read_text().splitlines()) if file.exists() else 0


def test_an_answer_is_remembered_by_content(fake: Fake, tmp_path: Path) -> None:
    log, cache = tmp_path / "log", MemoryStore()
    interpreter = a_fake(fake("python", *answering(log, "echo no 3 invalid syntax")))
    files = [("a.py", b"1\n"), ("b.py", b"2\n"), ("copy.py", b"1\n")]
    ruling = Ruling("invalid syntax", 3, f"Python 3.6.1 ({interpreter.path})")
    said = Asked({"3.6": dict.fromkeys(("a.py", "b.py", "copy.py"), ruling)})

    assert rulings([interpreter], files, ENVIRON, cache) == said
    assert (starts(log), asked(log)) == (1, 2)
    moved = [("a.py", b"2\n"), ("b.py", b"1\n"), ("copy.py", b"1\n")]
    assert rulings([interpreter], moved, ENVIRON, cache) == said
    assert (starts(log), asked(log)) == (1, 2)
    rulings([interpreter], [*files, ("new.py", b"3\n")], ENVIRON, cache)
    assert (starts(log), asked(log)) == (2, 3)


def test_each_interpreter_has_its_own_word(fake: Fake, tmp_path: Path) -> None:
    cache = MemoryStore()
    logs = [tmp_path / "log1", tmp_path / "log2"]
    one = a_fake(fake("one", *answering(logs[0], "echo yes")), "3.6")
    two = a_fake(fake("two", *answering(logs[1], "echo no 0 never")), "3.7")
    files = [("a.py", VALID)]
    rulings([one], files, ENVIRON, cache)
    said = rulings([one, two], files, ENVIRON, cache).rulings
    assert said["3.6"] == {"a.py": None}
    assert said["3.7"] == {"a.py": Ruling("never", None, str(two))}
    assert rulings([two, one], files, ENVIRON, cache).rulings == said
    assert [starts(log) for log in logs] == [1, 1]
    newer = one._replace(identity="upgraded")
    assert rulings([newer], files, ENVIRON, cache).rulings == {"3.6": {"a.py": None}}
    assert starts(logs[0]) == 2


def test_nobody_and_nothing_to_ask() -> None:
    assert rulings([], [("a.py", VALID)], ENVIRON, MemoryStore()) == Asked({})
    assert rulings([a_fake("/no/such")], [], ENVIRON, MemoryStore()) == Asked({"3.6": {}})


def test_silence_is_no_ruling_and_not_remembered(fake: Fake, tmp_path: Path) -> None:
    log, cache = tmp_path / "log", MemoryStore()
    dying = '[ "$length" = 2 ] && exit 9; echo yes'
    interpreter = a_fake(fake("python", *answering(log, dying)))
    files = [("a.py", b"a"), ("dies.py", b"aa"), ("c.py", b"ccc")]
    for _ in range(2):
        said = rulings([interpreter], files, ENVIRON, cache)
        assert said.rulings == {"3.6": {"a.py": None, "c.py": None}}
        assert list(map(str, said.silences)) == [
            f"{interpreter} gave no answer on dies.py: it ended with exit code 9"
        ]
    assert starts(log) == 3


def test_who_always_dies_is_not_asked_for_ever(fake: Fake, tmp_path: Path) -> None:
    log = tmp_path / "log"
    interpreter = a_fake(fake("python", *answering(log, "exit 9")))
    files = [(f"{n}.py", b"%d" % n) for n in range(1000)]
    said = rulings([interpreter], files, ENVIRON, MemoryStore())
    assert said.rulings == {"3.6": {}}
    assert len(said.silences) == starts(log) == 5


def test_who_is_unsure_has_no_ruling(fake: Fake, tmp_path: Path) -> None:
    interpreter = a_fake(fake("python", *answering(tmp_path / "log", "echo '?'")))
    files = [(f"{n}.py", b"%d" % n) for n in range(10)]
    assert rulings([interpreter], files, ENVIRON, MemoryStore()) == Asked({"3.6": {}})


@pytest.mark.parametrize("damage", [b"", b"[]", b"null", b'{"x": 1}', b'{"x": [1, "a"]}', b"\xff"])
def test_what_is_damaged_is_asked_anew(fake: Fake, tmp_path: Path, damage: bytes) -> None:
    cache = MemoryStore()
    interpreter = a_fake(fake("python", *answering(tmp_path / "log", "echo yes")))
    for _ in range(2):
        said = rulings([interpreter], [("a.py", VALID)], ENVIRON, cache)
        assert said.rulings == {"3.6": {"a.py": None}}
        ((kind, key),) = cache._entries  # noqa: SLF001  # to damage it as a disk would
        cache.put(kind, key, damage)
    assert starts(tmp_path / "log") == 2


PIECES = [
    *(
        b"# coding: utf-8\n",
        b"#-*- coding: latin-1 -*-\n",
        b"# coding: nope\n",
        b"  # coding=gbk\n",
    ),
    *(
        b"\n",
        b" \t\x0c\n",
        b"#!/usr/bin/python\r\n",
        b"#\r",
        b"# coding:\n",
        b"x=1 # coding: utf8\n",
    ),
    *(b"x = 1\n", b"'''\n", b"(\n", b")\n", b"return 1\n", b"pass;\\\n", b"\xef\xbb\xbf"),
    *(b"# \xc3\xa9\n", b"x = '\xc3\xa9'\n", b"x = u'\xff'\n", b"\xa0\n", b"\x1a\n"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=5).map(b"".join))
def test_what_python_2_does_not_import_for_want_of_a_coding_line_is_in_that_line(
    data: bytes,
) -> None:
    number = compiles.undeclared(data)
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    assert number == 0 or not lines[number - 1].isascii()
    assert number == 0 or all(line.isascii() for line in lines[: number - 1])
    if data.isascii():
        assert number == 0


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"x = '\xc3\xa9'\n", 1),
        (b"\xef\xbb\xbfx = '\xc3\xa9'\n", 0),
        (b"# coding: utf-8\nx = '\xc3\xa9'\n", 0),
        (b"\n# -*- coding: gbk -*-\nx = '\xc3\xa9'\n", 0),
        (b"#\r# coding: utf-8\rx = '\xc3\xa9'\r", 0),
        (b"\n\n# coding: utf-8\nx = '\xc3\xa9'\n", 4),
        (b"import os\n# coding: utf-8\nx = '\xc3\xa9'\n", 3),
        (b"# \xc3\xa9\n# coding: utf-8\n", 1),
        (b'"""\n# coding: utf-8\n\xff"""\n', 3),
    ],
)
def test_a_coding_line_is_one_of_the_first_two_and_comes_first(data: bytes, line: int) -> None:
    assert compiles.undeclared(data) == line


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (VALID, "yes"),
        (b"", "yes"),
        (b"import this, no_such\nraise SystemExit\n", "yes"),
        (b"x = (\n", "no 1 "),
        (b"# coding: nope\n", "no "),
        (b"from __future__ import no_such_feature\n", "no 1 future feature"),
    ],
)
def test_the_running_python_says_the_same(data: bytes, verdict: str) -> None:
    assert compiles.verdict(data).startswith(verdict)
    assert compiles.greeting().startswith("scf-audit cpython 3.")


ODD = {
    "a null byte": b"x = 1\0\n",
    "deep": b"x = " + b"(" * 300 + b")" * 300 + b"\n",
    "deeper": b"x = " + b"-" * 200_000 + b"1\n",
    "a long sum": b"x = " + b"1+" * 200_000 + b"1\n",
    "a long line": b"x = '" + b"y" * 3_000_000 + b"'\n",
    "many lines": b"x = 1\n" * 50_000,
    "no end of line": b"x = 1",
    "no end of string": b'x = """',
    "UTF-16": "x = 1\n".encode("utf-16"),
    "surrogates": b"x = '\xed\xa0\x80'\n",
    "a name of many": "变量 = 1\n".encode(),
}
ORACLE = Path(__file__).with_name("oracle.py")
WRONG: list[str] = []


@pytest.fixture(scope="session")
def asked_of(real: dict[str, str]) -> tuple[Interpreter, ...]:
    found, _ = known([Named(real[each], each) for each in real], ENVIRON, MemoryStore())
    return found


def imports(interpreter: Interpreter, folder: Path, names: list[str]) -> dict[str, bool]:
    """Ask the import of an interpreter, rather than its compile(), what is valid."""
    done = subprocess.run(
        [interpreter.path, "-W", "ignore", "-S", "-B", str(ORACLE)],
        input="\n".join(names),
        cwd=folder,
        capture_output=True,
        check=True,
        encoding="ascii",
    )
    return dict(zip(names, map("1".__eq__, done.stdout.split()), strict=True))


def compared(interpreters: tuple[Interpreter, ...], folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    said = rulings(interpreters, files.items(), ENVIRON, MemoryStore())
    assert said.silences == ()
    for interpreter in interpreters:
        found = {name: each is None for name, each in said.rulings[interpreter.python].items()}
        real = imports(interpreter, folder, list(files))
        assert found == real, [files[name] for name in files if found[name] != real[name]][:3]


@pytest.mark.interpreters
def test_the_word_is_that_of_the_import_on_files_of_their_libraries(
    asked_of: tuple[Interpreter, ...], tmp_path: Path
) -> None:
    files = []
    for interpreter in asked_of:
        library = Path(interpreter.path).parent.parent / "lib" / f"python{interpreter.python}"
        found = sorted(library.glob("**/*.py"))
        odd = [path for path in found if "lib2to3/tests/data" in str(path) or "/bad" in str(path)]
        odd = odd if interpreter.python in {"2.7", "3.10"} else []
        files += [*random.Random(interpreter.python).sample(found, 25), *odd]  # noqa: S311  # any will do
    contents = [path.read_bytes() for path in files]
    compared(asked_of, tmp_path, {f"m{n}.py": data for n, data in enumerate(contents)})


@pytest.mark.interpreters
def test_the_word_is_that_of_the_import_on_all_ways_to_declare_an_encoding(
    asked_of: tuple[Interpreter, ...], tmp_path: Path
) -> None:
    chance = random.Random(0)  # noqa: S311  # any will do
    files = {
        f"m{n}.py": b"".join(chance.choices(PIECES, k=chance.randint(1, 4))) for n in range(600)
    }
    compared(asked_of, tmp_path, files)


@pytest.mark.interpreters
def test_what_is_odd_is_refused_or_left_open_and_the_rest_is_answered(
    asked_of: tuple[Interpreter, ...],
) -> None:
    files = [*ODD.items(), ("good", VALID), ("bad", b"x = = 1\n")]
    said = rulings(asked_of, files, ENVIRON, MemoryStore())
    for interpreter in asked_of:
        ruled = said.rulings[interpreter.python]
        assert ruled["good"] is None
        bad = ruled["bad"]
        assert bad is not None
        assert (bad.message, bad.line) == ("invalid syntax", 1)
        assert bad.interpreter == f"Python {interpreter.full_version} ({interpreter.path})"
        assert ruled.get("a null byte", bad) is not None
        assert ruled["no end of string"] is not None
        assert ruled["no end of line"] is None
        assert ruled["many lines"] is None
        assert (ruled["a name of many"] is None) == (interpreter.python != "2.7")
        silent = {each.file for each in said.silences if each.interpreter == interpreter}
        assert set(ruled) | silent >= {name for name, _ in files} - {"a null byte", "UTF-16"}


@pytest.mark.interpreters
def test_nothing_of_a_file_is_executed(asked_of: tuple[Interpreter, ...], tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    data = f"open({str(trace)!r}, 'w').close()\nimport os\nos.system('touch {trace}')\n".encode()
    said = rulings(asked_of, [("a.py", data)], ENVIRON, MemoryStore())
    assert [each["a.py"] for each in said.rulings.values()] == [None] * len(asked_of)
    assert not trace.exists()


@pytest.mark.interpreters
@settings(max_examples=20)
@given(order=st.permutations(range(6)))
def test_the_order_of_files_changes_no_word(
    asked_of: tuple[Interpreter, ...], order: list[int]
) -> None:
    files = [
        (f"{n}", data)
        for n, data in enumerate([VALID, b"(", b"print 1", b"x: int", b"", b"a := 1"])
    ]
    some = asked_of[:2]
    once = rulings(some, files, ENVIRON, MemoryStore())
    assert rulings(some, [files[n] for n in order], ENVIRON, MemoryStore()) == once
