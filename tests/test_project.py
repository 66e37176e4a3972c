from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.errors import InputError, UsageError
from audit.model import Artefact, Entry, Project
from audit.project import read_project
from audit.project.package import PackageTree
from audit.project.tree import FILE_LIMIT, FolderTree, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        (root / path).write_bytes(data)
    return root


def zipped(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return path


def read(
    *targets: Path | str, handler: str | None = None, exclude: tuple[str, ...] = ()
) -> Project:
    return read_project(list(map(str, targets)), environ={}, handler=handler, exclude=exclude)


def paths(project: Project) -> list[str]:
    return [source.path for source in project.sources]


def problems(project: Project, root: Path) -> list[str]:
    return [str(each).replace(f"{root}/", "") for each in project.problems]


FUNCTION: dict[str, str | bytes] = {
    "requirements.txt": "requests>=2\n-r base.txt\n",
    "base.txt": "six\n",
    "index.py": "import requests\nimport own.a\n",
    "own/a.py": "from . import b\n",
    "own/b.so": b"\x7fELF",
    "own/c.pyc": b"",
    "own/a.pyc": b"",
    "README.md": "",
}


def test_a_requirements_file_brings_its_folder(tmp_path: Path) -> None:
    write(tmp_path, FUNCTION)
    project = read(tmp_path / "requirements.txt")
    assert project.root == str(tmp_path)
    assert [each.name for each in project.declared] == ["requests", "six"]
    assert project.declared_in == (f"{tmp_path}/requirements.txt", f"{tmp_path}/base.txt")
    assert paths(project) == ["index.py", "own/a.py"]
    assert [each.module for each in project.sources[0].imports] == ["requests", "own.a"]
    assert project.files == {"index.py", "own/a.py", "own/b.so", "own/c.pyc"}
    assert project.import_roots == ("",)
    assert project.artefact is Artefact.SOURCE
    assert project.entries == (Entry("index.main_handler"),)
    assert project.problems == ()


def test_a_folder_brings_its_requirements_and_its_pyproject(tmp_path: Path) -> None:
    pyproject = '[project]\nname = "x"\nversion = "1"\ndependencies = ["flask"]\n'
    write(tmp_path, {**FUNCTION, "pyproject.toml": pyproject})
    assert [each.name for each in read(tmp_path).declared] == ["requests", "six", "flask"]
    assert [each.name for each in read(tmp_path / "pyproject.toml").declared] == ["flask"]


def test_a_zip_is_read_as_the_folder_it_was_made_of(tmp_path: Path) -> None:
    folder = read(write(tmp_path / "fn", FUNCTION))
    package = read(zipped(tmp_path / "fn.zip", FUNCTION))
    assert package.artefact is Artefact.PACKAGE
    assert package.sources == folder.sources
    assert package.files == folder.files
    assert package.entries == folder.entries
    assert [each.text for each in package.declared] == [each.text for each in folder.declared]
    assert package.declared_in == (
        f"{tmp_path}/fn.zip/requirements.txt",
        f"{tmp_path}/fn.zip/base.txt",
    )


def test_paths_are_told_as_the_target_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"fn/requirements.txt": "a b\n", "fn/index.py": ""})
    os.truncate(tmp_path / "fn" / "index.py", FILE_LIMIT + 1)
    monkeypatch.chdir(tmp_path)
    project = read("fn/requirements.txt")
    assert project.root == "fn"
    assert {each.at.file for each in project.problems} == {"fn/requirements.txt", "fn/index.py"}
    monkeypatch.chdir(tmp_path / "fn")
    project = read("requirements.txt")
    assert project.root == "."
    assert {each.at.file for each in project.problems} == {"requirements.txt", "index.py"}


def test_several_targets_are_one_project(tmp_path: Path) -> None:
    write(tmp_path, {"fn/index.py": "", "fn/requirements.txt": "a\n", "common.txt": "b\n"})
    project = read(tmp_path / "fn", tmp_path / "common.txt")
    assert [each.name for each in project.declared] == ["a", "b"]
    assert project.root == f"{tmp_path}/fn"
    package = zipped(tmp_path / "fn.zip", {"index.py": "", "requirements.txt": "c\n"})
    project = read(tmp_path / "common.txt", package)
    assert [each.name for each in project.declared] == ["b", "c"]
    assert project.artefact is Artefact.PACKAGE
    assert paths(project) == ["index.py"]


def test_a_folder_outside_of_the_first_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.py": "", "b/x.py": "", "a/in/x.py": ""})
    with pytest.raises(UsageError, match="audit it on its own"):
        read(tmp_path / "a", tmp_path / "b")
    assert len(read(tmp_path / "a", tmp_path / "a" / "in").sources) == 2


def test_a_source_layout_has_two_import_roots(tmp_path: Path) -> None:
    write(tmp_path, {"src/pkg/__init__.py": ""})
    assert read(tmp_path).import_roots == ("",)
    write(tmp_path, {"pyproject.toml": ""})
    assert read(tmp_path).import_roots == ("", "src")
    write(tmp_path, {"src/__init__.py": ""})
    assert read(tmp_path).import_roots == ("",)


def test_another_folder_may_be_the_root_of_imports(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "six\n", "code/index.py": "import six\n", "other.py": ""})
    target = str(tmp_path / "requirements.txt")
    project = read_project([target], environ={}, source=str(tmp_path / "code"))
    assert paths(project) == ["index.py"]
    assert project.entries == (Entry("index.main_handler"),)
    assert [each.name for each in project.declared] == ["six"]
    with pytest.raises(UsageError, match="no such folder"):
        read_project([target], environ={}, source=str(tmp_path / "gone"))


def test_without_imports_no_source_is_read(tmp_path: Path) -> None:
    write(tmp_path, FUNCTION)
    project = read_project([str(tmp_path)], environ={}, scan_imports=False)
    assert project.sources == ()
    assert "index.py" in project.files


def test_the_handler_is_the_platforms_default_unless_given(tmp_path: Path) -> None:
    write(tmp_path, {"app/index.py": ""})
    assert read(tmp_path).entries == ()
    assert read(tmp_path, handler="app.index.run").entries == (Entry("app.index.run"),)


def test_what_git_ignores_is_not_scanned_but_can_be_imported(tmp_path: Path) -> None:
    write(tmp_path, {".git/HEAD": "", ".gitignore": "config.py\n", "fn/.gitignore": "/gen/\n"})
    write(tmp_path, {"fn/config.py": "", "fn/gen/x.py": "", "fn/index.py": ""})
    project = read(tmp_path / "fn")
    assert paths(project) == ["index.py"]
    assert "config.py" in project.files


def test_excluded_files_are_taken_for_absent(tmp_path: Path) -> None:
    write(
        tmp_path, {"index.py": "", "tests/x.py": "", "a/gen_x.py": "", "six.dist-info/RECORD": ""}
    )
    project = read(tmp_path, exclude=("tests/", "gen_*.py", "*.dist-info"))
    assert project.files == {"index.py"}
    assert project.problems == ()
    package = zipped(tmp_path / "fn.zip", {"index.py": "", "tests/x.py": ""})
    assert read(package, exclude=("tests/",)).files == {"index.py"}


def test_files_of_vendored_distributions_are_not_scanned(tmp_path: Path) -> None:
    write(tmp_path, {"index.py": "", "six.py": "import nothing\n"})
    write(tmp_path, {"six-1.dist-info/METADATA": "Name: six\nVersion: 1\n"})
    project = read(tmp_path)
    assert paths(project) == ["index.py"]
    assert [each.name for each in project.vendored] == ["six"]
    assert project.packed == ()
    write(tmp_path, {"index.py": "import six\n"})
    again = read(tmp_path)
    assert paths(again) == ["index.py"]
    assert [each.path for each in again.packed] == ["six.py"]


def test_every_python_file_counts_also_one_that_cannot_be_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"index.py": "import os\n", "null.py": b"import a\0\n", "gbk.py": "# 中".encode("gbk")},
    )
    (tmp_path / "huge.py").touch()
    os.truncate(tmp_path / "huge.py", FILE_LIMIT + 1)
    project = read(tmp_path)
    assert paths(project) == ["gbk.py", "huge.py", "index.py", "null.py"]
    told = {each.at.file: each.message for each in project.problems}
    assert told[f"{tmp_path}/huge.py"] == (
        f"is too large to be read: {FILE_LIMIT + 1:,} bytes, the limit is {FILE_LIMIT:,}"
    )


def test_a_file_name_that_is_no_utf8_is_read_and_can_be_printed(tmp_path: Path) -> None:
    name = os.fsdecode("函数.py".encode("gbk"))
    write(tmp_path, {name: "import six\n"})
    project = read(tmp_path)
    assert paths(project) == [r"\xba\xaf\xca\xfd.py"]
    assert project.sources[0].imports[0].module == "six"


def test_a_file_that_vanishes_while_reading_is_unreadable(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    tree = FolderTree(str(tmp_path))
    (path,) = tree.listing().files
    (tmp_path / "a.py").unlink()
    with pytest.raises(Unreadable, match="cannot be read: no such file or directory"):
        tree.read(path)


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        ("gone.txt", UsageError, "gone.txt: no such file or folder"),
        ("https://host/requirements.txt", UsageError, "download it first"),
        ("index.py", UsageError, "expected requirements, a folder or a deployment zip"),
        ("binary.txt", InputError, "is no text: it holds null bytes"),
        ("broken.zip", InputError, "cannot be read as a zip"),
        ("n" * 300, UsageError, "no such file or folder"),
        ("index.py/below.txt", UsageError, "no such file or folder"),
    ],
)
def test_a_target_that_cannot_be_one_stops_the_run(
    tmp_path: Path, target: str, error: type[Exception], message: str
) -> None:
    write(tmp_path, {"index.py": "", "binary.txt": b"\x7fELF\0\0", "broken.zip": b"PK\x03\x04x"})
    with pytest.raises(error, match=message):
        read(target if "://" in target else f"{tmp_path}/{target}")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder where nothing named closed may be read, by a user who is not root."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        write(root, {"index.py": "", "closed.txt": "", "closed/requirements.txt": ""})
        write(root, {"requirements.txt": "six\n-r closed.txt\n", "closed.py": ""})
        read(root)  # imports what is imported late: the other user may not
        for path in root.glob("closed*"):
            path.chmod(0)
        user = os.geteuid()
        os.seteuid(65534 if user == 0 else user)
        yield root
        os.seteuid(user)
        (root / "closed").chmod(0o755)


def test_what_may_not_be_read_is_a_problem(closed: Path) -> None:
    project = read(closed)
    assert paths(project) == ["closed.py", "index.py"]
    assert [each.name for each in project.declared] == ["six"]
    assert problems(project, closed) == [
        "requirements.txt:2: closed.txt cannot be read: permission denied",
        "closed: cannot be listed: permission denied",
        "closed.py: cannot be read: permission denied",
    ]


@pytest.mark.parametrize("target", ["closed.txt", "closed", "closed/requirements.txt"])
def test_a_target_without_permission_is_unreadable_input(closed: Path, target: str) -> None:
    with pytest.raises(InputError, match="permission denied"):
        read(closed / target)


def test_utf16_is_text(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "six\r\n".encode("utf-16")})
    assert [each.name for each in read(tmp_path / "requirements.txt").declared] == ["six"]


def test_an_empty_file_declares_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": ""})
    project = read(tmp_path / "requirements.txt")
    assert project.declared == ()
    assert project.declared_in == (f"{tmp_path}/requirements.txt",)
    assert project.problems == ()


def test_requirements_may_come_from_standard_input(tmp_path: Path) -> None:
    write(tmp_path, {"base.txt": "flask\n", "index.py": ""})
    code = (
        "from audit.project import read_project\n"
        "p = read_project(['-'], environ={})\n"
        "print(p.root, *[f'{d.at} {d.text}' for d in p.declared], len(p.sources))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="six\n-r base.txt\n",
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[0] == ". -:1 six base.txt:1 flask 1"


def test_requirements_may_come_from_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    write(tmp_path, {"cwd/index.py": ""})
    monkeypatch.chdir(tmp_path / "cwd")
    writer = threading.Thread(target=pipe.write_text, args=["six\n"])
    writer.start()
    project = read(pipe)
    writer.join()
    assert [each.name for each in project.declared] == ["six"]
    assert paths(project) == ["index.py"]


# Zips with bad intentions.


def hostile(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name
    return info


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../evil.py", "a member that unpacks outside of the package, left out"),
        ("a/../../evil.py", "a member that unpacks outside of the package, left out"),
        ("/etc/evil.py", "a member that unpacks outside of the package, left out"),
        ("..\\evil.py", "a member that unpacks outside of the package, left out"),
        ("a\\b.py", "a member with a name that does not unpack on Linux as meant, left out"),
        ("", "a member with a name that does not unpack on Linux as meant, left out"),
    ],
)
def test_members_that_reach_outside_are_problems(tmp_path: Path, name: str, message: str) -> None:
    with zipfile.ZipFile(tmp_path / "fn.zip", "w") as package:
        package.writestr(hostile(name), "")
        package.writestr("index.py", "")
    project = read(tmp_path / "fn.zip")
    assert [each.message for each in project.problems] == [message]
    assert project.files == {"index.py"}


def test_a_link_in_a_zip_is_a_problem(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "fn.zip", "w") as package:
        package.writestr(info, "/etc/passwd")
    project = read(tmp_path / "fn.zip")
    assert problems(project, tmp_path) == ["fn.zip/link.py: a symbolic link in a zip, left out"]
    assert project.sources == ()


def test_a_zip_in_a_zip_is_a_problem(tmp_path: Path) -> None:
    project = read(zipped(tmp_path / "fn.zip", {"index.py": "", "inner.zip": b"PK"}))
    assert problems(project, tmp_path) == ["fn.zip/inner.zip: a zip in the zip: not looked into"]


def test_an_encrypted_member_is_a_problem(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "fn.zip", {"index.py": "import os"}).read_bytes())
    data[6] |= 1  # the flags of the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and of the list of members
    (tmp_path / "fn.zip").write_bytes(data)
    project = read(tmp_path / "fn.zip")
    assert problems(project, tmp_path) == ["fn.zip/index.py: is encrypted"]
    assert paths(project) == ["index.py"]


def test_a_damaged_member_is_a_problem(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "fn.zip", {"index.py": "import os" * 9}).read_bytes())
    data[40] ^= 0xFF
    (tmp_path / "fn.zip").write_bytes(data)
    (problem,) = read(tmp_path / "fn.zip").problems
    assert problem.message.startswith("cannot be unpacked: ")


def test_every_cut_of_a_zip_is_an_error_or_a_problem(tmp_path: Path) -> None:
    data = zipped(tmp_path / "fn.zip", {"index.py": "import os", "a/b.py": ""}).read_bytes()
    for end in range(4, len(data), 3):
        (tmp_path / "fn.zip").write_bytes(data[:end])
        with pytest.raises(InputError):
            read(tmp_path / "fn.zip")


def test_a_zip_bomb_does_not_fill_memory(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("x.py", "w") as x,
    ):
        for _ in range(FILE_LIMIT // 2**20 + 1):
            x.write(bytes(2**20))
    (tmp_path / "fn.zip").write_bytes(bomb.getvalue())
    with pytest.raises(Unreadable, match="is too large to be read"):
        PackageTree(str(tmp_path / "fn.zip")).read("x.py")


def test_all_members_together_have_a_limit(tmp_path: Path) -> None:
    tree = PackageTree(str(zipped(tmp_path / "fn.zip", {"a.py": "x" * 100, "b.py": "y" * 100})))
    tree.left = 150
    assert len(tree.read("a.py")) == 100
    with pytest.raises(Unreadable, match="the zip unpacks to more than"):
        tree.read("b.py")
