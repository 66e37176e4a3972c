from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.index.conftest import Runs, Stall

LOGIN_PAGE = b"<html><head><title>Sign in</title></head><body><a href='/login'>go</a></body></html>"

HASTY = ("--timeout", "0.2")
"""For runs that are to fail, which they do also where a machine is busy."""

UNDECIDED = {
    "time-out": {"pause": 60},
    "500": {"status": 500},
    "401": {"status": 401},
    "403": {"status": 403},
    "416": {"status": 416},
    "truncated": {"cut": 30},
    "broken JSON": {"body": b'{"meta": {"api-version": "1.0"}, "files": ['},
    "empty": {"body": b""},
    "HTML as JSON": {"body": LOGIN_PAGE},
    "login page": {"body": LOGIN_PAGE, "headers": {"Content-Type": "text/html"}},
    "text": {"body": b"come back later", "headers": {"Content-Type": "text/plain"}},
    "another API": {"body": b'{"meta": {"api-version": "2.0"}, "files": []}'},
    "redirects for ever": {"status": 302, "headers": {"Location": "/simple/alpha/"}},
    "redirect to a file": {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
    "redirect to a login": {"status": 302, "headers": {"Location": "/login"}},
    "slow drip": {"body": b"x" * 1000, "drip": 0.02},
    "endless": {"body": b"x" * 100_000, "endless": True},
    "huge": {"headers": {"Content-Length": str(1 << 40)}},
    "hangs up": {"hangs_up": True},
    "no HTTP": {"raw": b"hello\r\n\r\n"},
    "compressed otherwise": {"headers": {"Content-Encoding": "br"}},
}


@pytest.mark.parametrize("how", [pytest.param(how, id=name) for name, how in UNDECIDED.items()])
def test_a_page_that_cannot_be_had_is_undecided_and_right_once_it_is_back(
    run: Runs, stall: Stall, how: dict[str, Any]
) -> None:
    stall.wheel("alpha", "1.0")
    stall.server.serve("/login", LOGIN_PAGE, headers={"Content-Type": "text/html"})
    headers = {"Content-Type": "application/vnd.pypi.simple.v1+json", **how.get("headers", {})}
    stall.server.serve("/simple/alpha/", **{"body": b"{}", **how, "headers": headers})
    failed = run("alpha\n", *HASTY)
    assert (failed.code, failed.verdict, failed.packages) == (3, "unknown", {"alpha": None})
    assert "127.0.0.1" in failed.said
    assert "not in the cache" in run("alpha\n", "--offline").said
    stall.server.withdraw("/simple/alpha/")
    stall.page("alpha")
    mended = run("alpha\n")
    assert (mended.code, mended.verdict, mended.packages) == (0, "vendor", {"alpha": "1.0"})


PASSING = {
    "time-out": {"pause": 60},
    "503": {"status": 503},
    "429": {"status": 429, "headers": {"Retry-After": "0"}},
    "truncated": {"cut": 30},
    "hangs up": {"hangs_up": True},
}


@pytest.mark.parametrize("how", [pytest.param(how, id=name) for name, how in PASSING.items()])
@pytest.mark.parametrize("part", ["/simple/alpha/", ".metadata"])
def test_what_fails_in_passing_is_asked_for_again(
    run: Runs, stall: Stall, how: dict[str, Any], part: str
) -> None:
    url = stall.wheel("alpha", "1.0", "beta")
    stall.wheel("beta", "2.0")
    path = part if part.startswith("/") else url.removeprefix(stall.server.url("")) + part
    stall.server.withdraw(path)
    stall.server.serve(path, **{"body": b"{}" * 50, **how})
    if part.startswith("/"):
        stall.page("alpha")
    else:
        stall.page("alpha")
        says = "Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\nRequires-Dist: beta\n"
        stall.server.serve(path, says.encode())
    stall.page("beta")
    outcome = run("alpha\n", "--timeout", "2", "--retries", "1")
    assert outcome.packages == {"alpha": "1.0", "beta": "2.0"}
    assert outcome.verdict == "vendor"
    assert stall.server.paths().count(path) == 2


def test_an_absent_name_is_a_conflict_and_no_longer_one_once_it_is_there(
    run: Runs, stall: Stall
) -> None:
    absent = run("alpha\n")
    assert (absent.code, absent.verdict) == (1, "blocked")
    assert run("alpha\n", "--offline").verdict == "blocked"  # as the index last said
    stall.wheel("alpha", "1.0")
    stall.page("alpha")
    assert run("alpha\n").packages == {"alpha": "1.0"}


def test_a_page_that_moved_is_read_where_it_is(run: Runs, stall: Stall) -> None:
    stall.wheel("alpha", "1.0")
    stall.rows["alpha"][0]["url"] = "../../files/alpha-1.0-py2.py3-none-any.whl"
    stall.server.serve("/simple/alpha/", status=301, headers={"Location": "/a/b/alpha/"})
    moved = {"meta": {"api-version": "1.0"}, "files": stall.rows["alpha"]}
    stall.server.serve("/a/b/alpha/", json.dumps(moved).encode())
    outcome = run("alpha\n")
    assert outcome.packages == {"alpha": "1.0"}
    assert "/a/files/alpha-1.0-py2.py3-none-any.whl.metadata" in stall.server.paths()


LYING = b"Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\n"
BESIDE = {
    "absent": {"status": 404},
    "forbidden": {"status": 403},
    "wrong hash": {"body": LYING},
    "500": {"status": 500},
    "truncated": {"body": LYING, "cut": 9},
    "endless": {"body": LYING * 1000, "endless": True},
}


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("how", [pytest.param(how, id=name) for name, how in BESIDE.items()])
def test_where_the_metadata_beside_a_wheel_is_no_good_the_wheel_is_read(
    run: Runs, stall: Stall, how: dict[str, Any], *, ranges: bool
) -> None:
    url = stall.wheel("alpha", "1.0", "beta", ranges=ranges)
    stall.mishap(f"{url}.metadata", **how)
    stall.wheel("beta", "2.0")
    for name in ("alpha", "beta"):
        stall.page(name)
    assert run("alpha\n").packages == {"alpha": "1.0", "beta": "2.0"}
    assert len(stall.asked("alpha-1.0-py2.py3-none-any.whl")) <= 4
    stall.server.close()
    assert run("alpha\n").packages == {"alpha": "1.0", "beta": "2.0"}


@pytest.mark.parametrize(
    "said",
    [LOGIN_PAGE, b"", LYING.replace(b"alpha", b"other"), LYING.replace(b"1.0", b"9")],
    ids=["HTML", "empty", "another name", "another version"],
)
def test_what_answers_where_no_metadata_was_announced_need_not_be_metadata(
    run: Runs, stall: Stall, said: bytes
) -> None:
    url = stall.wheel("alpha", "1.0", "beta", beside=False)
    stall.server.serve(url.removeprefix(stall.server.url("")) + ".metadata", said)
    stall.wheel("beta", "2.0")
    for name in ("alpha", "beta"):
        stall.page(name, html=True)
    assert run("alpha\n").packages == {"alpha": "1.0", "beta": "2.0"}


def test_a_plain_mirror_without_anything_beside_its_files_does(run: Runs, stall: Stall) -> None:
    names = [f"n{number}" for number in range(9)]
    for name, after in zip(names, [*names[1:], "sdist"], strict=True):
        stall.wheel(name, "1.0", after, beside=False, ranges=False)
        stall.page(name, html=True)
    stall.sdist("sdist", "3")
    stall.page("sdist", html=True)
    outcome = run("n0\n")
    assert outcome.packages == {**dict.fromkeys(names, "1.0"), "sdist": "3"}
    assert outcome.verdict == "vendor"
    assert len(stall.asked(".metadata")) == 4  # then the mirror is believed to have none
    whole = stall.asked(".whl")
    assert len(whole) - 4 == len(names)
    stall.server.close()
    assert run("n0\n").packages == outcome.packages


@pytest.mark.parametrize("how", [{"status": 404}, {"status": 500}, {"cut": 100}, {"pause": 60}])
def test_a_wheel_that_cannot_be_read_is_undecided_until_it_can(
    run: Runs, stall: Stall, how: dict[str, Any]
) -> None:
    url = stall.wheel("alpha", "1.0", "beta", beside=False)
    stall.mishap(url, **how)
    stall.page("alpha")
    stall.wheel("beta", "2.0")
    stall.page("beta")
    failed = run("alpha\n", *HASTY)
    assert (failed.code, failed.verdict) == (3, "unknown")
    assert "alpha-1.0-py2.py3-none-any.whl" in failed.said
    stall.mishap(url, ranges=True)
    assert run("alpha\n").packages == {"alpha": "1.0", "beta": "2.0"}


def test_a_release_that_has_only_an_sdist_says_what_it_requires(run: Runs, stall: Stall) -> None:
    url = stall.sdist("alpha", "1.0", "beta")
    stall.wheel("beta", "2.0")
    for name in ("alpha", "beta"):
        stall.page(name)
    content = stall.server.body(url.removeprefix(stall.server.url("")))
    stall.mishap(url, body=content + b"\0")
    wrong = run("alpha\n")
    assert (wrong.code, wrong.verdict) == (3, "unknown")
    assert "alpha-1.0.tar.gz is not the file that its index means: its hash differs" in wrong.said
    stall.mishap(url, body=content)
    outcome = run("alpha\n")
    assert (outcome.packages, outcome.verdict) == ({"alpha": "1.0", "beta": "2.0"}, "vendor")
    assert len(stall.asked(".tar.gz")) == 3  # twice the wrong one, as a transfer may be at fault


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("said", ["Name: other\nVersion: 1.0\n", "Name: alpha\nVersion: 9\n"])
def test_a_wheel_that_says_to_be_of_another_release_is_undecided(
    run: Runs, stall: Stall, said: str, *, ranges: bool
) -> None:
    stall.wheel("alpha", "1.0", beside=False, ranges=ranges, says=f"Metadata-Version: 2.1\n{said}")
    stall.page("alpha")
    outcome = run("alpha\n")
    assert (outcome.code, outcome.verdict) == (3, "unknown")
    assert "its file name that of alpha 1.0" in outcome.said


def test_a_wheel_that_came_whole_is_the_one_that_the_index_means(run: Runs, stall: Stall) -> None:
    stall.wheel("alpha", "1.0", "beta", beside=False, ranges=False)
    stall.page("alpha")
    stall.rows["alpha"][0]["hashes"] = {"sha256": "0" * 64}
    stall.server.withdraw("/simple/alpha/")
    stall.page("alpha")
    outcome = run("alpha\n")
    assert (outcome.code, outcome.verdict) == (3, "unknown")
    assert "is not the file that its index means: its hash differs" in outcome.said


def test_what_one_index_says_of_a_hash_is_not_taken_for_what_another_has(
    run: Runs, stall: Stall, other_stall: Stall
) -> None:
    url = stall.wheel("alpha", "1.0", "beta")
    stall.wheel("beta", "2.0")
    for name in ("alpha", "beta"):
        stall.page(name)
    wheel = stall.server.body(url.removeprefix(stall.server.url("")))
    path = "/simple/files/alpha-1.0-py2.py3-none-any.whl"
    other_stall.server.serve(path, wheel, ranges=True)
    other_stall.server.serve(f"{path}.metadata", LYING)
    other_stall.rows["alpha"] = [{**stall.rows["alpha"][0], "core-metadata": True}]
    other_stall.page("alpha")
    lied = run("alpha\n", index=("--index-url", other_stall.url()))
    assert lied.packages == {"alpha": "1.0"}
    assert run("alpha\n").packages == {"alpha": "1.0", "beta": "2.0"}
