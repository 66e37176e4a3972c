from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.project.declared import Declarations, read_declarations
from audit.project.tree import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping


class FakeDisk:
    """Files as a dictionary; None is one that cannot be read."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self._files = files
        self.reads: list[str] = []

    def is_folder(self, path: str) -> bool:
        return path == "." or any(file.startswith(f"{path}/") for file in self._files)

    def is_file(self, path: str) -> bool:
        return path in self._files

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        text = self._files.get(path)
        if text is None:
            raise Unreadable("cannot be read: permission denied")
        return text.encode()


def read(files: Mapping[str, str | None], *paths: str) -> Declarations:
    return read_declarations(paths or ("requirements.txt",), FakeDisk(files), environ={})


def said(found: Declarations) -> list[str]:
    return [f"{each.at} {each.text}" for each in found.declared]


def problems(found: Declarations) -> list[str]:
    return [str(each) for each in found.problems]


def test_includes_are_read_in_place_beside_the_file_that_names_them() -> None:
    found = read(
        {
            "fn/requirements.txt": "a\n-r sub/more.txt\nd\n",
            "fn/sub/more.txt": "b\n-r ../../c.txt\n",
            "c.txt": "c\n",
        },
        "fn/requirements.txt",
    )
    assert said(found) == [
        "fn/requirements.txt:1 a",
        "fn/sub/more.txt:1 b",
        "c.txt:1 c",
        "fn/requirements.txt:3 d",
    ]
    assert found.files == ("fn/requirements.txt", "fn/sub/more.txt", "c.txt")
    assert [str(line) for line in found.declared[2].included_from] == [
        "fn/requirements.txt:2",
        "fn/sub/more.txt:2",
    ]


def test_constraints_stay_constraints_and_what_they_require_is_required() -> None:
    found = read(
        {"requirements.txt": "-c limits.txt\n", "limits.txt": "a<2\n-r b.txt\n", "b.txt": "b\n"}
    )
    assert [(each.text, each.constraint) for each in found.declared] == [
        ("a<2", True),
        ("b", False),
    ]


def test_a_loop_is_one_problem_that_names_it() -> None:
    files: dict[str, str | None] = {
        "requirements.txt": "a\n-r b.txt\n-r b.txt\n",
        "b.txt": "b\n-r c.txt\n",
        "c.txt": "-r b.txt\nc\n",
    }
    found = read(files)
    assert problems(found) == [
        "c.txt:1: files that include each other in a loop: b.txt -> c.txt -> b.txt"
    ]
    assert [each.text for each in found.declared] == ["a", "b", "c"]
    assert problems(read({"requirements.txt": "-r requirements.txt\n"})) == [
        (
            "requirements.txt:1: files that include each other in a loop:"
            " requirements.txt -> requirements.txt"
        )
    ]


def test_a_file_that_is_included_twice_is_read_once() -> None:
    disk = FakeDisk(
        {f"{n}.txt": f"-r {n + 1}.txt\n-r {n + 1}.txt\n" for n in range(40)} | {"40.txt": "a"}
    )
    found = read_declarations(["0.txt"], disk, environ={})
    assert len(disk.reads) == 41
    assert len(found.declared) == 1


def test_a_long_chain_of_includes_is_followed() -> None:
    files: dict[str, str | None] = {f"{n}.txt": f"-r {n + 1}.txt" for n in range(1100)}
    assert len(read({**files, "1100.txt": "a"}, "0.txt").declared) == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("-r gone.txt", "no such file: gone.txt"),
        ("-c gone.txt", "no such file: gone.txt"),
        ("-r closed.txt", "closed.txt cannot be read: permission denied"),
        (
            "-e ./legacy",
            "legacy: its dependencies are only known by running setup.py, which is never done",
        ),
        ("./bare", "the folder bare has no pyproject.toml: nothing to install"),
        ("-r bare", "the folder bare has no pyproject.toml: nothing to install"),
        ("-r https://host/x.txt", "fetched from the network by pip, not read: https://host/x.txt"),
    ],
)
def test_an_include_that_leads_nowhere_is_a_problem_at_its_line(line: str, problem: str) -> None:
    found = read(
        {
            "requirements.txt": f"a\n{line}\nb\n",
            "closed.txt": None,
            "legacy/setup.py": "",
            "bare/x.txt": "",
        }
    )
    assert problems(found) == [f"requirements.txt:2: {problem}"]
    assert [each.text for each in found.declared] == ["a", "b"]


def test_a_local_folder_brings_the_dependencies_of_its_pyproject() -> None:
    pyproject = '[project]\nname = "x"\nversion = "1"\ndependencies = ["six"]\n'
    extra = '[project.optional-dependencies]\ntest = ["mock"]\n'
    found = read({"requirements.txt": "-e ./sub[test]\n", "sub/pyproject.toml": pyproject + extra})
    assert [each.text for each in found.declared] == ["six", "mock"]
    assert found.declared[0].at.file == "sub/pyproject.toml"


def test_the_project_that_installs_itself_is_no_loop() -> None:
    pyproject = '[project]\nname = "x"\nversion = "1"\ndependencies = ["six"]\n'
    found = read({"requirements.txt": "-e .\n", "pyproject.toml": pyproject})
    assert [each.text for each in found.declared] == ["six"]
    assert found.problems == ()


def test_options_of_the_index_are_kept() -> None:
    found = read({"requirements.txt": "--index-url https://host/simple\n"})
    assert [(each.name, each.value) for each in found.options] == [
        ("index-url", "https://host/simple")
    ]
