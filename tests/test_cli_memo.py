from __future__ import annotations

import io
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement

from audit.cli.memo import Answer, Memo, grounds_of
from audit.cli.settings import Settings
from audit.cli.terminal import Terminal
from audit.index.cache.store import MemoryStore
from audit.index.pip.options import PipOptions
from audit.model import Declared, Location, Problem, Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANSWER = Answer(reports=("the report\n", "{}"), notes=(("warning", "a line"),), code=1)
LATER = time.time() + 3600


def settings(**changed: Any) -> Settings:  # noqa: ANN401  # one type an option
    return Settings(**{"targets": ("requirements.txt",), **changed})


def memo(cache: MemoryStore, environ: dict[str, str] | None = None, **changed: Any) -> Memo:  # noqa: ANN401  # as above
    terminal = Terminal(io.StringIO(), io.StringIO(), environ or {})
    return Memo(cache, settings(**changed), terminal)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements.txt").write_text("six\n")
    (tmp_path / "index.py").write_text("import six\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def project(*lines: Declared, **changed: Any) -> Project:  # noqa: ANN401  # as above
    line = Declared(Requirement("six"), "six", Location("requirements.txt", 1))
    return Project(
        **{"root": ".", "declared_in": ("requirements.txt",), "declared": (line, *lines), **changed}
    )


def kept(cache: MemoryStore, **changed: Any) -> None:  # noqa: ANN401  # as above
    grounds = grounds_of(project(), ("requirements.txt",), LATER, time.time() + 1)
    assert grounds is not None
    memo(cache, **changed).keep(ANSWER, grounds)


def test_an_answer_is_given_again_while_nothing_has_changed(folder: Path) -> None:
    cache = MemoryStore()
    assert memo(cache).find() is None
    kept(cache)
    assert memo(cache).find() == ANSWER


CHANGES: dict[str, Callable[[Path], object]] = {
    "a requirement": lambda folder: (folder / "requirements.txt").write_text("six>=1\n"),
    "a source": lambda folder: (folder / "index.py").write_text("import yaml\n"),
    "a new source": lambda folder: (folder / "other.py").write_text(""),
    "a source less": lambda folder: (folder / "index.py").unlink(),
    "a module of another name": lambda folder: (folder / "index.py").rename(folder / "six.py"),
    "what git ignores": lambda folder: (folder / ".gitignore").write_text("index.py\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_it_rests_on_changes_and_it_is_not_given(
    folder: Path, change: Callable[[Path], object]
) -> None:
    cache = MemoryStore()
    kept(cache)
    change(folder)
    assert memo(cache).find() is None


def test_an_ignore_file_above_the_tree_counts_inside_a_repository(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".git").mkdir()
    inner = folder / "function"
    inner.mkdir()
    (inner / "requirements.txt").write_text("six\n")
    monkeypatch.chdir(inner)
    cache = MemoryStore()
    kept(cache)
    assert memo(cache).find() == ANSWER
    (folder / ".gitignore").write_text("*.py\n")
    assert memo(cache).find() is None


@pytest.mark.parametrize("name", ["serverless.yml", "template.yaml", "serverless.json"])
def test_deployment_configuration_right_above_the_tree_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    inner = folder / "function"
    inner.mkdir()
    (inner / "requirements.txt").write_text("six\n")
    monkeypatch.chdir(inner)
    cache = MemoryStore()
    kept(cache)
    assert memo(cache).find() == ANSWER
    (folder / name).write_text("component: scf\n")
    assert memo(cache).find() is None


@pytest.mark.parametrize(
    "other",
    [
        {"runtime": ("3.6",)},
        {"format": "json"},
        {"builtins": "ignore"},
        {"fail_on": "vendor"},
        {"pip": PipOptions(index_url="https://user:secret@example.com/simple")},
        {"targets": (".",)},
    ],
    ids=str,
)
def test_another_question_has_another_answer(folder: Path, other: dict[str, Any]) -> None:
    cache = MemoryStore()
    kept(cache)
    assert memo(cache, **other).find() is None


@pytest.mark.parametrize("never", ["offline", "refresh", "no_cache", "verbose"])
def test_who_wants_it_anew_or_told_gets_it_anew(folder: Path, never: str) -> None:
    cache = MemoryStore()
    asked: dict[str, Any] = {never: True}
    kept(cache, **asked)
    assert memo(cache, **asked).find() is None


def test_pip_configured_otherwise_is_another_question(folder: Path) -> None:
    cache = MemoryStore()
    kept(cache)
    assert memo(cache, {"PIP_INDEX_URL": "https://example.com/simple"}).find() is None


def test_pages_that_are_no_longer_fresh_end_it(folder: Path) -> None:
    cache = MemoryStore()
    grounds = grounds_of(project(), (), time.time() - 1, time.time() + 1)
    memo(cache).keep(ANSWER, grounds)
    assert memo(cache).find() is None


FILE = Declared(Requirement("x==1"), "./x-1.whl", Location("r.txt", 2), file="x-1.whl")
URL = Declared(Requirement("x @ https://example.com/x-1.zip"), "x", Location("r.txt", 2))


@pytest.mark.parametrize(
    "unkept",
    [
        pytest.param(project(FILE), id="a file that a line names"),
        pytest.param(project(URL), id="a URL that a line names"),
        pytest.param(project(problems=(Problem("m", Location("f")),)), id="something unread"),
        pytest.param(project(declared_in=("-",)), id="standard input"),
    ],
)
def test_what_cannot_be_watched_is_not_kept(folder: Path, unkept: Project) -> None:
    assert grounds_of(unkept, (), LATER, time.time() + 1) is None
    assert grounds_of(project(), (), LATER, time.time() + 1) is not None


def test_lines_that_rest_on_the_environment_are_not_kept(folder: Path) -> None:
    (folder / "requirements.txt").write_text("six==${SIX}\n")
    assert grounds_of(project(), (), LATER, time.time() + 1) is None


def test_an_answer_without_the_index_or_with_an_unwatched_one_is_not_kept(folder: Path) -> None:
    assert grounds_of(project(), (), None, time.time() + 1) is None
    assert grounds_of(project(), (), 0.0, time.time() + 1) is None


def test_a_file_written_while_it_was_audited_is_no_ground(folder: Path) -> None:
    started = time.time() - 1
    (folder / "index.py").write_text("import changed_meanwhile\n")
    assert grounds_of(project(), (), LATER, started) is None


@pytest.mark.skipif(not os.path.isfile("/proc/self/mem"), reason="Linux has such a file")  # noqa: PTH113 - text
def test_a_file_that_cannot_be_read_is_no_ground_and_no_crash(folder: Path) -> None:
    assert grounds_of(project(), ("/proc/self/mem",), LATER, time.time() + 1) is None


def test_what_is_no_answer_is_passed_over(folder: Path) -> None:
    cache = MemoryStore()
    kept(cache)
    ((kind, key),) = cache._entries  # noqa: SLF001  # to damage it as a disk would
    for damage in (b"", b"[]", b"{}", b"[1, 2]", b"[[[], [], 0], [1, 2, 3]]", b"null"):
        cache.put(kind, key, damage)
        assert memo(cache).find() is None
