"""Interpreters in whole runs: which are found, what is told of them, what an answer rests on."""

from __future__ import annotations

import io
import os
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from audit.cli.interpreters import Inquiry, programs
from audit.cli.memo import Answer, Memo, grounds_of
from audit.cli.settings import Settings
from audit.cli.terminal import Terminal
from audit.code import Ruling
from audit.config import read_config
from audit.errors import UsageError
from audit.index.cache.store import MemoryStore
from audit.model import Project
from audit.project import read_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.conftest import Program
    from tests.interpreters.conftest import Fake


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, in an environment in which the interpreters on PATH count."""
    monkeypatch.delenv("SCF_AUDIT_PYTHON")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "requirements.txt").write_text("")
    (folder / "index.py").write_text("import os\n")
    return folder


def hello(python: str, *answer: str) -> tuple[str, ...]:
    loop = 'while read length; do head -c "$length" >/dev/null'
    return (f"echo scf-audit cpython {python}.99 {{me}}", loop, *(answer or ("echo yes",)), "done")


def on(folder: Path) -> dict[str, str]:
    return {"PATH": os.pathsep.join((str(folder), os.defpath))}


def test_verbose_tells_who_was_asked(
    program: Program, project: Path, fake: Fake, tmp_path: Path
) -> None:
    path = fake("bin/python3.6", *hello("3.6"))
    broken = fake("bin/python3.7", "exit 127")
    environ = on(tmp_path / "bin")
    asked = ("--runtime", "3.6", "--runtime", "3.7", "--runtime", "2.7")
    ran = program(*asked, "-v", ".", cwd=project, environ=environ)
    lines = ran.err.splitlines()
    assert f"scf-audit: note: interpreter for 3.6: Python 3.6.99 ({path})" in lines
    assert "scf-audit: note: interpreter for 3.7: none" in lines
    reason = "gives no version: it ended with exit code 127"
    assert f"scf-audit: note: no interpreter: {broken}: {reason}" in lines
    assert program(*asked, ".", cwd=project, environ=environ).err == ""


def test_none_asks_nobody(program: Program, project: Path, fake: Fake, tmp_path: Path) -> None:
    fake("bin/python3.6", f"touch {tmp_path}/started", *hello("3.6"))
    program("--python", "none", ".", cwd=project, environ=on(tmp_path / "bin"))
    program("--no-imports", ".", cwd=project, environ=on(tmp_path / "bin"))
    assert not (tmp_path / "started").exists()
    program(".", cwd=project, environ=on(tmp_path / "bin"))
    assert (tmp_path / "started").exists()


def test_an_interpreter_in_the_project_is_not_started(
    program: Program, project: Path, fake: Fake, tmp_path: Path
) -> None:
    fake("project/bin/python3.6", f"touch {tmp_path}/started", *hello("3.6"))
    program(".", cwd=project, environ=on(project / "bin"))
    program("requirements.txt", cwd=project, environ=on(project / "bin"))
    program("index.zip", "--source", ".", cwd=project, environ=on(project / "bin"))
    assert not (tmp_path / "started").exists()
    ran = program("--python", "bin/python3.6", ".", "-v", cwd=project)  # the user says so
    assert (tmp_path / "started").exists()
    assert "Python 3.6.99" in ran.err


@pytest.mark.parametrize("options", [(), ("--no-imports",)], ids=["imports", "none"])
def test_a_given_one_that_is_another_version_stops_the_run(
    program: Program, project: Path, fake: Fake, options: tuple[str, ...]
) -> None:
    path = fake("python", *hello("3.9"))
    ran = program("--python", f"3.6={path}", *options, ".", cwd=project)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (f"scf-audit: error: --python 3.6={path}: is Python 3.9.99, not 3.6\n")


def test_the_silence_of_a_given_one_is_told(
    program: Program, project: Path, fake: Fake, tmp_path: Path
) -> None:
    path = fake("bin/python3.6", *hello("3.6", "exit 3"))
    silence = f"Python 3.6.99 ({path}) gave no answer on index.py: it ended with exit code 3\n"
    given = ("--python", f"3.6={path}", ".")
    assert program(*given, cwd=project).err == f"scf-audit: warning: {silence}"
    assert program(*given, "-q", cwd=project).err == ""
    environ = on(tmp_path / "bin")
    assert program(".", cwd=project, environ=environ).err == ""
    assert f"note: {silence}" in program(".", "-v", cwd=project, environ=environ).err


def test_the_environment_can_name_several(
    program: Program, project: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [fake("my pythons/a", *hello("3.6")), fake("my pythons/b", *hello("3.7"))]
    monkeypatch.setenv("SCF_AUDIT_PYTHON", os.pathsep.join((f"3.6={paths[0]}", paths[1], "none")))
    said = program("-v", ".", cwd=project).err
    assert f"interpreter for 3.6: Python 3.6.99 ({paths[0]})" in said
    assert f"interpreter for 3.7: Python 3.7.99 ({paths[1]})" in said


def test_migrate_asks_for_both_runtimes(program: Program, project: Path, fake: Fake) -> None:
    path = fake("python", *hello("3.6"))
    move = ("--from", "3.6", "--to", "3.9")
    ran = program("migrate", *move, "--python", f"3.6={path}", "-v", ".", cwd=project)
    assert f"interpreter for 3.6: Python 3.6.99 ({path})" in ran.err
    assert "interpreter for 3.9: none" in ran.err


def test_a_project_cannot_name_a_program() -> None:
    with pytest.raises(UsageError, match="unknown key 'python'"):
        read_config('python = "3.6=./evil"\n', ".scf-audit.toml")


def test_the_folder_of_a_zip_is_not_what_is_audited(fake: Fake, tmp_path: Path) -> None:
    path = fake("home/bin/python3.6")
    with zipfile.ZipFile(tmp_path / "home" / "package.zip", "w") as package:
        package.writestr("index.py", "")
    environ = on(tmp_path / "home" / "bin")
    zipped = Settings(targets=(str(tmp_path / "home" / "package.zip"),))
    assert [each.path for each in programs(zipped, ["3.6"], environ)] == [path]
    beside = Settings(targets=(str(tmp_path / "home" / "requirements.txt"),))
    assert programs(beside, ["3.6"], environ) == ()


def test_a_project_is_read_with_what_was_ruled(project: Path) -> None:
    (project / "gone.py").symlink_to("gone.py")
    ruling = Ruling("invalid syntax", 1, "Python 3.6.15 (/usr/bin/python3.6)")
    seen: dict[str, bytes] = {}

    def ask(files: Iterable[tuple[str, bytes]]) -> Mapping[str, Mapping[str, Ruling | None]]:
        seen.update(files)
        return {"3.6": dict.fromkeys(seen, ruling)}

    read = read_project([str(project)], environ={}, ask=ask)
    assert seen == {"index.py": b"import os\n"}
    assert read.rulings == {"3.6": {"index.py": ruling}}
    assert read_project([str(project)], environ={}).rulings == {}


def test_only_versions_of_the_runtimes_are_asked_about_files(
    project: Path, fake: Fake, tmp_path: Path
) -> None:
    given = (f"3.12={fake('new', *hello('3.12'))}", fake("old", *hello("3.6")))
    settings = Settings(targets=(str(project),), python=given)
    terminal = Terminal(io.StringIO(), io.StringIO(), {})
    inquiry = Inquiry(settings, ("3.6", "3.9"), terminal, MemoryStore())
    assert inquiry.ask([("index.py", b"")]) == {"3.6": {"index.py": None}}


ANSWER = Answer(reports=("the report\n",), notes=(), code=0)
LATER = time.time() + 3600


def _memo(cache: MemoryStore, environ: dict[str, str], **changed: Any) -> Memo:  # noqa: ANN401  # one type an option
    settings = Settings(**{"targets": ("requirements.txt",), **changed})
    return Memo(cache, settings, Terminal(io.StringIO(), io.StringIO(), environ))


def test_a_kept_answer_rests_on_the_interpreters_that_were_found(
    project: Path, fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    fake("bin/python3.6", "exit 1")
    (tmp_path / "empty").mkdir()
    environ = {"PATH": os.pathsep.join((str(tmp_path / "empty"), str(tmp_path / "bin")))}
    cache = MemoryStore()
    grounds = grounds_of(
        Project(root=".", declared_in=("requirements.txt",), declared=()), (), LATER, LATER
    )
    assert grounds is not None
    settings = Settings(targets=("requirements.txt",))
    pythons = ("3.6", "3.9")
    rests = grounds.resting_on(pythons, programs(settings, pythons, environ))
    _memo(cache, environ).keep(ANSWER, rests)

    assert _memo(cache, environ).find() == ANSWER
    assert _memo(cache, environ, python=("none",)).find() is None
    assert _memo(cache, {"PATH": str(tmp_path / "empty")}).find() is None
    fake("bin/python3.7", "exit 1")
    assert _memo(cache, environ).find() == ANSWER
    fake("bin/python3.6", "exit 1", "true")
    assert _memo(cache, environ).find() is None
    fake("bin/python3.6", "exit 1")
    os.utime(tmp_path / "bin" / "python3.6", (1, 1))
    assert _memo(cache, environ).find() is None


def test_a_kept_answer_is_not_given_where_a_given_interpreter_is_gone(
    project: Path, fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    given = (fake("python", "exit 1"),)
    cache = MemoryStore()
    grounds = grounds_of(
        Project(root=".", declared_in=("requirements.txt",), declared=()), (), LATER, LATER
    )
    assert grounds is not None
    settings = Settings(targets=("requirements.txt",), python=given)
    rests = grounds.resting_on(["3.6"], programs(settings, ["3.6"], {}))
    _memo(cache, {}, python=given).keep(ANSWER, rests)
    assert _memo(cache, {}, python=given).find() == ANSWER
    (tmp_path / "python").unlink()
    assert _memo(cache, {}, python=given).find() is None
