from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.errors import UsageError
from audit.interpreters.found import Named, named, stamps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.interpreters.conftest import Fake


def found(
    *folders: Path | str,
    given: Sequence[str] = (),
    pythons: Sequence[str] = ("3.6",),
    tree: str = "/nowhere",
) -> list[str]:
    environ = {"PATH": os.pathsep.join(map(str, folders))}
    return [program.path for program in named(given, pythons, environ, [tree])]


def test_programs_of_a_name_come_in_the_order_of_path(fake: Fake, tmp_path: Path) -> None:
    second = fake("b/python3.6")
    first = fake("a/python3.6")
    newer = fake("b/python3.9")
    (tmp_path / "c").symlink_to(tmp_path / "a")
    assert found(*(tmp_path / name for name in ("none", "a", "c", "b"))) == [first, second]
    both = found(tmp_path / "a", tmp_path / "b", pythons=("3.9", "3.6", "2.7"))
    assert both == [newer, first, second]


def test_no_other_name_is_taken(fake: Fake, tmp_path: Path) -> None:
    for name in ("python", "python3", "python3.6m", "python3.60", "pypy3.6"):
        fake(f"bin/{name}")
    assert found(tmp_path / "bin") == []


def test_what_cannot_be_run_is_passed_over(fake: Fake, tmp_path: Path) -> None:
    (tmp_path / "folder" / "python3.6").mkdir(parents=True)
    Path(fake("plain/python3.6")).chmod(0o644)
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "python3.6").symlink_to("python3.6")
    assert found(tmp_path / "folder", tmp_path / "plain", tmp_path / "loop") == []
    good = fake("good/python3.6")
    places = [tmp_path / name for name in ("folder", "plain", "loop", "good")]
    assert found(*places) == [good]


@pytest.mark.parametrize("folder", ["", ".", "bin", "../project/bin"])
def test_a_relative_folder_of_path_is_never_looked_into(
    fake: Fake, tmp_path: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("project/bin/python3.6")
    fake("project/python3.6")
    monkeypatch.chdir(tmp_path / "project")
    assert found(folder) == []


def test_nothing_is_taken_from_what_is_audited(fake: Fake, tmp_path: Path) -> None:
    inside = fake("project/.venv/bin/python3.6")
    outside = fake("project2/python3.6")
    (tmp_path / "link").symlink_to(tmp_path / "project" / ".venv" / "bin")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "python3.6").symlink_to(inside)
    project = tmp_path / "project"
    unsafe = (project / ".venv" / "bin", tmp_path / "link", tmp_path / "links")
    assert found(*unsafe, tree=str(project)) == []
    assert found(*unsafe, outside.rpartition("/")[0], tree=str(project)) == [outside]
    assert found(*unsafe, tree="/") == []
    (tmp_path / "way").symlink_to(project)
    assert found(*unsafe, tree=str(tmp_path / "way")) == []


def test_shims_of_pyenv_stand_for_the_newest_of_what_is_installed(
    fake: Fake, tmp_path: Path
) -> None:
    fake("shims/python3.6", "exit 127")
    fake("shims/python3.9", "exit 127")
    fake("versions/3.6.9/bin/python3.6")
    newest = fake("versions/3.6.15/bin/python3.6")
    fake("versions/3.60.1/bin/python3.60")
    assert found(tmp_path / "shims", pythons=("3.6", "3.9")) == [newest]
    own = fake("bin/python3.9")
    assert found(tmp_path / "shims", tmp_path / "bin", pythons=("3.6", "3.9")) == [newest, own]


@pytest.mark.parametrize("version", ["3.6", "36", "py36", "cp36", "Python3.6", "python-3.6"])
def test_a_given_one_comes_before_path(fake: Fake, tmp_path: Path, version: str) -> None:
    given = fake("my python=/python")
    fake("bin/python3.6")
    other = fake("bin/python3.7")
    assert found(tmp_path / "bin", given=[f"{version}={given}"], pythons=("3.6", "3.7")) == [
        given,
        other,
    ]


def test_a_path_alone_may_have_an_equals_sign(fake: Fake, tmp_path: Path) -> None:
    given = fake("a=b/python")
    assert named([given], (), {}, ()) == (Named(given, None, given),)


@pytest.mark.parametrize("given", ["3.6", "py36", "python3.6", "3.6=python3.6", "3.6=3.6"])
def test_a_name_or_a_version_is_looked_for_on_path_alone(
    fake: Fake, tmp_path: Path, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("project/python3.6")
    monkeypatch.chdir(tmp_path / "project")
    with pytest.raises(UsageError, match=r"^--python .*: no python3.6 on PATH$"):
        found(given=[given])
    there = fake("bin/python3.6")
    assert named([given], (), {"PATH": str(tmp_path / "bin")}, ()) == (Named(there, "3.6", given),)


def test_none_takes_nothing_from_path(fake: Fake, tmp_path: Path) -> None:
    fake("bin/python3.6")
    given = fake("python")
    assert found(tmp_path / "bin", given=["none"]) == []
    assert found(tmp_path / "bin", given=["none", f"3.7={given}"]) == [given]


def test_a_path_is_relative_to_where_one_is(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = fake("venv/bin/python")
    monkeypatch.chdir(tmp_path)
    assert found(given=["3.6=venv/bin/python"]) == [given]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("3.6=/no/such", "--python 3.6=/no/such: no such file"),
        ("/no/such", "--python /no/such: no such file"),
        ("3.6=/", "--python 3.6=/: is a folder"),
        ("3.6=./plain", "--python 3.6=./plain: cannot be run, the file is not executable"),
        ("three=x", "--python three=x: expected VERSION=PATH, as in 3.6=/usr/bin/python3.6"),
        ("3.6=", "--python 3.6=: no program on PATH"),
        ("", "--python : no program on PATH"),
        ("nosuch", "--python nosuch: no nosuch on PATH"),
    ],
)
def test_what_is_given_and_cannot_be_is_refused(
    tmp_path: Path, given: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").touch(0o644)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as refused:
        named([given], ("3.6",), {}, ())
    assert str(refused.value) == reason


def test_a_stamp_changes_with_the_file_behind_a_link(fake: Fake, tmp_path: Path) -> None:
    target = fake("target")
    (tmp_path / "python3.6").symlink_to(target)
    programs = [Named(str(tmp_path / "python3.6"), "3.6")]
    before = stamps(programs)
    assert stamps(programs) == before
    fake("target", "exit 1")
    assert stamps(programs) != before
    Path(target).unlink()
    assert "gone" in stamps(programs)[0]
