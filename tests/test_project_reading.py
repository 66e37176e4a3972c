from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from audit.code import Import, Source
from audit.model import Location, Problem
from audit.project.reading import read_sources
from audit.project.tree import FolderTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from audit.project.kept import Read


@dataclass
class Shelf:
    values: dict[str, bytes] = field(default_factory=dict)
    puts: int = 0

    def find(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self.values[key] for key in keys if key in self.values}

    def put(self, key: str, value: bytes) -> None:
        self.values[key] = value
        self.puts += 1


@dataclass
class Reader:
    """Reads the first word as a module, and refuses `?`; knows what it was asked for."""

    asked: list[str] = field(default_factory=list)

    def __call__(self, path: str, data: bytes) -> Read:
        self.asked.append(path)
        found = Source(path, (Import(data.decode().split()[0], 1),))
        return found, ((Problem("odd", Location(path, 1)),) if b"?" in data else ())


FILES = {"a.py": "one", "b.py": "two ?", "c/d.py": "one", "e.py": "three"}


def write(folder: Path, files: Mapping[str, str]) -> FolderTree:
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    return FolderTree(str(folder))


def test_a_second_run_reads_nothing_anew(tmp_path: Path) -> None:
    tree, shelf, second = write(tmp_path, FILES), Shelf(), Reader()
    plain = read_sources(tree, list(FILES), Reader())

    assert read_sources(tree, list(FILES), Reader(), shelf) == plain
    assert read_sources(tree, list(FILES), second, shelf) == plain
    assert second.asked == []
    assert [source.path for source in plain[0]] == list(FILES)
    assert [str(each) for each in plain[1]] == [f"{tmp_path}/b.py:1: odd"]


def test_the_same_content_is_read_once(tmp_path: Path) -> None:
    tree, reader, shelf = write(tmp_path, FILES), Reader(), Shelf()
    read_sources(tree, list(FILES), reader, shelf)
    assert len(reader.asked) == shelf.puts == 3


def test_what_changed_is_read_anew_and_nothing_else(tmp_path: Path) -> None:
    tree, shelf, reader = write(tmp_path, FILES), Shelf(), Reader()
    read_sources(tree, list(FILES), Reader(), shelf)
    write(tmp_path, {"a.py": "four ?"})

    sources, problems = read_sources(tree, list(FILES), reader, shelf)

    assert reader.asked == ["a.py"]
    assert sources[0].imports == (Import("four", 1),)
    assert [problem.at.file for problem in problems] == [f"{tmp_path}/a.py", f"{tmp_path}/b.py"]


def test_what_is_damaged_is_read_anew_and_kept_again(tmp_path: Path) -> None:
    tree, shelf, reader = write(tmp_path, FILES), Shelf(), Reader()
    first = read_sources(tree, list(FILES), Reader(), shelf)
    whole = dict(shelf.values)
    shelf.values[next(iter(whole))] = b"foreign"

    assert read_sources(tree, list(FILES), reader, shelf) == first
    assert len(reader.asked) == 1
    assert shelf.values == whole


def test_what_cannot_be_read_is_a_problem_each_time(tmp_path: Path) -> None:
    tree, shelf = write(tmp_path, FILES), Shelf()
    paths = ["a.py", "gone.py"]
    for _ in range(2):
        sources, problems = read_sources(tree, paths, Reader(), shelf)
        assert sources[1] == Source("gone.py", ())
        assert [str(each.at) for each in problems] == [f"{tmp_path}/gone.py"]
    assert shelf.puts == 1


def test_a_file_that_changes_meanwhile_is_kept_under_what_it_holds(tmp_path: Path) -> None:
    class Changing(FolderTree):
        reads = 0

        def read(self, path: str) -> bytes:  # noqa: ARG002  # of the only file
            self.reads += 1
            return b"one" if self.reads == 1 else b"two"

    tree, shelf, reader = Changing(str(tmp_path)), Shelf(), Reader()
    (source,), _ = read_sources(tree, ["a.py"], Reader(), shelf)
    assert source.imports == (Import("two", 1),)

    write(tmp_path, {"a.py": "two"})
    (same,), _ = read_sources(FolderTree(str(tmp_path)), ["a.py"], reader, shelf)
    assert (same, reader.asked) == (source, [])


@pytest.mark.parametrize("shelf", [None, Shelf()])
def test_a_large_tree_gives_the_same_in_the_same_order(tmp_path: Path, shelf: Shelf | None) -> None:
    files = {f"m{number}.py": f"m{number} ? {'#' * 30_000}" for number in range(50)}
    tree, reader = write(tmp_path, files), Reader()

    sources, problems = read_sources(tree, list(files), reader, shelf)

    assert [source.path for source in sources] == list(files)
    assert [source.imports[0].module for source in sources] == [f"m{each}" for each in range(50)]
    assert [problem.at.file for problem in problems] == [f"{tmp_path}/{path}" for path in files]
    if shelf is not None:
        assert read_sources(tree, list(files), Reader(), shelf) == (sources, problems)
        assert shelf.puts == 50
