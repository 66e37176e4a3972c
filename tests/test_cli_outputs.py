from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from audit.cli.outputs import Output, check_places, plan, write_file
from audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FORMATS = ("text", "json", "markdown")


@pytest.mark.parametrize(
    ("wishes", "outputs"),
    [
        ([], [("text", None)]),
        (["-"], [("text", None)]),
        (["a.txt"], [("text", "a.txt")]),
        (["json=a"], [("json", "a"), ("text", None)]),
        (["json=a", "markdown=b"], [("json", "a"), ("markdown", "b"), ("text", None)]),
        (["json=a", "b"], [("json", "a"), ("text", "b")]),
        (["json=a", "-"], [("json", "a"), ("text", None)]),
        (["./x=1"], [("text", "./x=1")]),
        (["json=x=1"], [("json", "x=1"), ("text", None)]),
    ],
)
def test_a_plain_file_takes_the_report_and_a_format_adds_one(
    wishes: list[str], outputs: list[tuple[str, str | None]]
) -> None:
    planned = plan(wishes, "text", FORMATS)

    assert [(output.format, output.file) for output in planned] == outputs


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (["jsn=a"], "-o: no format 'jsn'; did you mean json? (a file of that name: ./jsn=a)"),
        (
            ["xml=a"],
            "-o: no format 'xml'; known: text, json, markdown (a file of that name: ./xml=a)",
        ),
        (["json="], "-o json=: a file is missing"),
        ([""], "-o: a file is missing"),
        (["a", "a"], "-o: two reports would go to a"),
        (["json=a", "text=./b/../a"], "-o: two reports would go to a"),
        (["json=-"], "-o: two reports would go to standard output"),
        (["-", "-"], "-o: two reports would go to standard output"),
    ],
)
def test_what_cannot_be_meant_is_refused(wishes: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan(wishes, "text", FORMATS)

    assert str(caught.value) == message


def to(file: Path) -> list[Output]:
    return [Output(format="json", file=str(file))]


def test_a_place_where_no_file_can_be_is_told_before_the_work(tmp_path: Path) -> None:
    given = tmp_path / "requirements.txt"
    given.touch()

    check_places(to(tmp_path / "new.json"), [str(given)])
    for file, message in [
        (tmp_path / "missing" / "a.json", f"no folder {tmp_path / 'missing'}"),
        (tmp_path, "is a folder"),
        (given, "it is an input, and would be overwritten"),
    ]:
        with pytest.raises(UsageError) as caught:
            check_places(to(file), [str(given)])
        assert str(caught.value) == f"-o {file}: {message}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize(
    "make", [lambda p: p.mkdir(0o555) or p / "a", lambda p: p.touch(0o444) or p]
)
def test_a_place_without_permission_is_told_before_the_work(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with pytest.raises(UsageError, match="permission denied"):
        check_places(to(make(tmp_path / "closed")), [])


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "报告.json"
    file.write_text("old and longer than the new one")

    write_file(str(file), "新\n")

    assert file.read_bytes() == "新\n".encode()
    assert os.listdir(tmp_path) == [file.name]  # noqa: PTH208  # names are what matters


def test_a_new_file_has_the_permissions_that_the_umask_gives(tmp_path: Path) -> None:
    (tmp_path / "by hand").touch()

    write_file(str(tmp_path / "report"), "")

    assert (tmp_path / "report").stat().st_mode == (tmp_path / "by hand").stat().st_mode


def test_a_file_that_is_there_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "report"
    file.touch()
    file.chmod(0o640)

    write_file(str(file), "new")

    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")

    write_file(str(tmp_path / "link"), "new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    before = os.stat(os.devnull).st_mode  # noqa: PTH116  # a device, not a file of ours

    write_file(os.devnull, "text")

    assert os.stat(os.devnull).st_mode == before  # noqa: PTH116  # see above


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "gone"

    with pytest.raises(UsageError) as caught:
        write_file(str(folder / "report"), "new")

    assert str(caught.value) == (
        f"-o {folder / 'report'}: cannot be written: no such file or directory"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_lone_surrogate_of_a_file_name_does_not_stop_a_report(tmp_path: Path) -> None:
    write_file(str(tmp_path / "report"), "a\udcffb")

    assert (tmp_path / "report").read_bytes() == b"a\\udcffb"
