from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.project.ignored import ignored_by
from audit.project.walk import list_folder, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


def build(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def files_in(root: Path) -> tuple[str, ...]:
    return list_folder(str(root)).files


def problems_in(root: Path) -> list[str]:
    listing = list_folder(str(root))
    return [f"{Path(each.at.file).relative_to(root)} {each.message}" for each in listing.problems]


def test_files_are_listed_sorted_with_slashes(tmp_path: Path) -> None:
    build(tmp_path, "index.py", "b/c/d.py", "b/a.txt", "b.py")
    assert files_in(tmp_path) == ("b.py", "b/a.txt", "b/c/d.py", "index.py")


@pytest.mark.parametrize(
    "left_out",
    [
        ".git/hooks/x.py",
        "sub/node_modules/gyp/x.py",
        "a/__pycache__/x.cpython-36.pyc",
        ".tox/py36/x.py",
        "env/pyvenv.cfg",
        "env/x.py",
        "conda/x.py",
        "old/lib/python2.7/os.py",
        "prefix/lib/python3.6/site-packages/x.py",
        "prefix/Lib/site-packages/x.py",
    ],
)
def test_environments_and_caches_are_left_out(tmp_path: Path, left_out: str) -> None:
    build(tmp_path, "index.py", "env/pyvenv.cfg", "conda/conda-meta/history", "old/x.py")
    build(tmp_path, "old/bin/activate_this.py", left_out)
    assert files_in(tmp_path) == ("index.py",)


@pytest.mark.parametrize(
    "kept", ["bin/x.py", "lib/x.py", "build/x.py", "python3.6/site-packages/x.py"]
)
def test_folders_that_only_look_like_one_are_kept(tmp_path: Path, kept: str) -> None:
    assert files_in(build(tmp_path, kept)) == (kept,)


def test_an_environment_that_is_itself_the_root_is_listed(tmp_path: Path) -> None:
    build(tmp_path, "pyvenv.cfg", "x.py")
    assert files_in(tmp_path) == ("pyvenv.cfg", "x.py")


def test_a_link_within_the_tree_is_followed_once(tmp_path: Path) -> None:
    build(tmp_path, "real/x.py")
    (tmp_path / "alias").symlink_to("real")
    (tmp_path / "other").symlink_to("real")
    (tmp_path / "file.py").symlink_to("real/x.py")
    listing = list_folder(str(tmp_path))
    assert len(listing.files) == 3
    assert {"real/x.py", "file.py"} < set(listing.files)
    assert [each.message for each in listing.problems] == [
        "is a symbolic link to a folder that another one leads to, not followed"
    ]


def test_loops_dangling_links_and_links_out_are_problems(tmp_path: Path) -> None:
    outside = build(tmp_path / "outside", "secret.py")
    root = build(tmp_path / "root", "a/x.py")
    (root / "a" / "up").symlink_to("..")
    (root / "a" / "self").symlink_to("self")
    (root / "self.py").symlink_to("self.py")
    (root / "gone.py").symlink_to("nowhere")
    (root / "gone.txt").symlink_to("nowhere")
    (root / "out").symlink_to(outside)
    (root / "out.py").symlink_to(outside / "secret.py")
    assert files_in(root) == ("a/x.py",)
    assert problems_in(root) == [
        "a/up is a symbolic link to a folder around it, not followed",
        "gone.py is a symbolic link that leads nowhere, not followed",
        "out is a symbolic link out of the project, not followed",
        "out.py is a symbolic link out of the project, not followed",
        "self.py is a symbolic link that leads nowhere, not followed",
    ]


def test_links_between_folders_end(tmp_path: Path) -> None:
    names = [f"d{n}" for n in range(8)]
    build(tmp_path, *(f"{name}/x.py" for name in names))
    for name in names:
        for other in names:
            (tmp_path / name / f"to_{other}").symlink_to(f"../{other}")
    assert len(files_in(tmp_path)) <= 16


def test_what_is_no_regular_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / "pipe")
    assert files_in(tmp_path) == ()
    assert problems_in(tmp_path) == ["pipe.py is no regular file, not read"]


def test_a_folder_called_like_a_module_is_a_folder(tmp_path: Path) -> None:
    assert files_in(build(tmp_path, "x.py/y.py")) == ("x.py/y.py",)


def test_a_folder_that_vanishes_is_a_problem(tmp_path: Path) -> None:
    listing = list_folder(str(tmp_path / "gone"))
    assert [each.message for each in listing.problems] == [
        "cannot be listed: no such file or directory"
    ]


def test_a_name_that_is_no_utf8_is_listed_and_can_be_shown(tmp_path: Path) -> None:
    name = os.fsdecode("函数.py".encode("gbk"))
    build(tmp_path, name)
    listing = list_folder(str(tmp_path))
    assert listing.undecodable == {name}
    assert shown(name) == r"\xba\xaf\xca\xfd.py"
    assert shown("函数.py") == "函数.py"


def test_left_out_folders_are_not_entered(tmp_path: Path) -> None:
    build(tmp_path, "a/x.py", "b/x.py")
    listing = list_folder(str(tmp_path), lambda path: path == "a/")
    assert listing.files == ("b/x.py",)


@pytest.mark.parametrize(
    ("texts", "ignored", "kept"),
    [
        ({"": "*.so\n"}, ["a.so", "x/b.so"], ["a.py"]),
        ({"": "build/\n"}, ["build/x.py", "a/build/x.py"], ["build.py"]),
        ({"": "/build\n"}, ["build/x.py"], ["a/build/x.py"]),
        ({"": "*.py\n!keep.py\n"}, ["x.py"], ["keep.py", "a/keep.py"]),
        ({"": "a/\n!a/keep.py\n"}, ["a/keep.py"], []),
        ({"": "*.py\n", "a/": "!keep.py\n"}, ["x.py", "keep.py"], ["a/keep.py"]),
        ({"a/": "x.py\n"}, ["a/x.py", "a/b/x.py"], ["x.py"]),
        ({"": "# comment\n\n!\nx.py\n"}, ["x.py"], ["y.py"]),
        ({}, [], ["x.py"]),
    ],
)
def test_gitignore_files_nest(texts: dict[str, str], ignored: list[str], kept: list[str]) -> None:
    is_ignored = ignored_by(texts)
    assert [path for path in ignored if not is_ignored(path)] == []
    assert [path for path in kept if is_ignored(path)] == []


def test_the_folder_that_was_named_is_never_itself_ignored() -> None:
    texts = {"": "out/\n*.so\n"}
    assert ignored_by(texts)("out/x.py")
    is_ignored = ignored_by(texts, "out/")
    assert not is_ignored("x.py")
    assert is_ignored("x.so")


@given(st.lists(st.text("ab*?!/[]\\ #.-", max_size=6), max_size=4))
def test_no_pattern_fails(lines: list[str]) -> None:
    ignored_by({"": "\n".join(lines)})("a/b.py")


@pytest.mark.skipif(shutil.which("git") is None, reason="compares with git")
def test_git_ignores_the_same(tmp_path: Path) -> None:
    rng = random.Random(7)  # noqa: S311 - a fixed sequence
    for number in range(150):
        root = tmp_path / str(number)
        texts = _random_gitignores(rng)
        paths = sorted({_random_path(rng) for _ in range(60)} - set(_folders(texts)))
        _lay_out(root, texts)
        is_ignored = ignored_by(texts)
        assert {path for path in paths if is_ignored(path)} == _ignored_by_git(root, paths), texts


_PATTERNS = (
    *(
        "a",
        "b/",
        "/a",
        "a/b",
        "*.py",
        "!*.py",
        "!a",
        "!b/",
        "c.*",
        "**/c",
        "a/**",
        "a/**/c.py",
        "!/a/",
    ),
    *(
        "[ab]",
        "?.py",
        "*",
        "!*/",
        "/*",
        "!c.py",
        "\\!a",
        "a ",
        "# a",
        "b/*",
        "!b/a",
        "b/c.py",
        "a/*/c",
    ),
)


def _random_gitignores(rng: random.Random) -> dict[str, str]:
    folders = rng.sample(["", "a/", "b/", "a/b/"], rng.randint(1, 3))
    return {
        folder: "".join(f"{rng.choice(_PATTERNS)}\n" for _ in range(rng.randint(1, 4)))
        for folder in folders
    }


def _random_path(rng: random.Random) -> str:
    folders = [rng.choice("abc") for _ in range(rng.randint(0, 3))]
    return "/".join([*folders, rng.choice(["a", "b", "c"]) + rng.choice([".py", ".py", ".so"])])


def _folders(texts: Iterable[str]) -> Iterable[str]:
    return (f"{folder}.gitignore" for folder in texts)


def _lay_out(root: Path, texts: dict[str, str]) -> None:
    for folder, text in texts.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / ".gitignore").write_text(text)
    subprocess.run(["git", "init", "-q", root], check=True)


def _ignored_by_git(root: Path, paths: list[str]) -> set[str]:
    answer = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "--stdin"],
        cwd=root,
        input="\n".join(paths),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode in {0, 1}
    return set(answer.stdout.splitlines())
