from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.index.conftest import Runs, Stall

SECRET = "s3cr3t-pa55"  # noqa: S105 - of nobody


def test_several_indexes_are_one_and_who_shares_a_name_is_said_once(
    run: Runs, stall: Stall, other_stall: Stall
) -> None:
    stall.wheel("alpha", "1.0", "beta", "gamma")
    stall.wheel("beta", "1.0")
    other_stall.wheel("beta", "2.0")
    other_stall.wheel("gamma", "3.0")
    for each in (stall, other_stall):
        for name in list(each.rows):
            each.page(name)
    options = ("--extra-index-url", other_stall.url())
    outcome = run("alpha\n", *options)
    assert outcome.packages == {"alpha": "1.0", "beta": "2.0", "gamma": "3.0"}
    shared = [line for line in outcome.err.splitlines() if "index" in line and "beta" in line]
    (line,) = shared
    assert line == (
        "scf-audit: warning: on more than one index, with different files: beta; "
        "pip takes the newest of all, so whoever owns the name on one can replace it"
    )
    assert run("alpha\n", *options).err == outcome.err
    assert "different files" not in run("alpha\n", *options, "--quiet").err


def test_a_mirror_beside_its_index_is_no_reason_to_warn(
    run: Runs, stall: Stall, other_stall: Stall
) -> None:
    for each in (stall, other_stall):
        each.wheel("alpha", "1.0")
    stall.wheel("alpha", "2.0")  # the mirror lags behind
    for each in (stall, other_stall):
        each.page("alpha")
    outcome = run("alpha\n", "--extra-index-url", other_stall.url())
    assert outcome.packages == {"alpha": "2.0"}
    assert "different files" not in outcome.err


@pytest.mark.parametrize("place", ["--index-url", "--extra-index-url", "--find-links"])
def test_what_one_place_says_is_not_all_while_another_does_not_answer(
    run: Runs, stall: Stall, other_stall: Stall, place: str
) -> None:
    stall.wheel("alpha", "1.0")
    stall.page("alpha")
    url = other_stall.server.url("/broken/")
    for path in ("/broken/", "/broken/alpha/"):
        other_stall.server.serve(path, status=500)
    index = ("--index-url", url, "--extra-index-url", stall.url())
    if place != "--index-url":
        index = ("--index-url", stall.url(), place, url)
    outcome = run("alpha\n", index=index)
    assert (outcome.code, outcome.verdict) == (3, "unknown")
    assert f"{other_stall.server.host} answered 500" in outcome.said


def test_a_page_of_links_is_fetched_once_for_all_names(run: Runs, stall: Stall) -> None:
    links = [stall.wheel("alpha", "1.0", "beta"), stall.sdist("beta", "2.0")]
    page = "".join(f'<a href="{url}">x</a>' for url in links).encode()
    stall.server.serve("/links.html", page, headers={"Content-Type": "text/html"})
    where = ("--no-index", "--find-links", stall.server.url("/links.html"))
    outcome = run("alpha\n", index=where)
    assert (outcome.packages, outcome.verdict) == ({"alpha": "1.0", "beta": "2.0"}, "vendor")
    assert stall.server.paths().count("/links.html") == 1
    assert not [path for path in stall.server.paths() if path.startswith("/simple/alpha")]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"status": 404}, "/links.html answered 404"),
        ({"body": b"{"}, "/links.html is no page of links"),
    ],
)
def test_a_page_of_links_that_is_none_leaves_all_undecided(
    run: Runs, stall: Stall, how: dict[str, Any], said: str
) -> None:
    stall.server.serve("/links.html", **how)
    where = ("--no-index", "--find-links", stall.server.url("/links.html?token=" + SECRET))
    stall.server.serve("/links.html?token=" + SECRET, **how)
    outcome = run("alpha\n", index=where)
    assert outcome.verdict == "unknown"
    assert said in outcome.said
    assert SECRET not in outcome.said + outcome.err


def save(stall: Stall, url: str, folder: Path) -> Path:
    path = folder / url.rpartition("/")[2]
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stall.server.body(url.removeprefix(stall.server.url(""))))
    return path


def test_a_folder_of_distributions_is_read_without_a_request(
    run: Runs, stall: Stall, other_stall: Stall, tmp_path: Path
) -> None:
    for url in (stall.wheel("alpha", "1.0", "beta"), stall.sdist("beta", "2.0", "gamma")):
        save(stall, url, tmp_path / "dist")
    outcome = run("alpha\n", index=("--no-index", "--find-links", str(tmp_path / "dist")))
    assert outcome.verdict == "blocked"
    assert "gamma" in outcome.said
    assert not stall.server.asked
    save(stall, stall.wheel("gamma", "1"), tmp_path / "dist")
    rebuilt = other_stall.wheel("alpha", "1.0", "gamma")
    save(other_stall, rebuilt, tmp_path / "dist")  # of the old one, nothing was kept
    outcome = run("alpha\n", index=("--no-index", "--find-links", str(tmp_path / "dist")))
    assert outcome.packages == {"alpha": "1.0", "gamma": "1"}


def test_a_folder_can_be_an_index(run: Runs, stall: Stall, tmp_path: Path) -> None:
    root = tmp_path / "index"
    save(stall, stall.wheel("alpha", "1.0", "beta"), root / "alpha")
    wheel = save(stall, stall.wheel("beta", "2.0"), tmp_path / "elsewhere")
    (root / "beta").mkdir()
    link = f'<a href="../../elsewhere/{wheel.name}">{wheel.name}</a>'
    (root / "beta" / "index.html").write_text(link)
    outcome = run("alpha\n", index=("--index-url", root.as_uri()))
    assert (outcome.packages, outcome.verdict) == ({"alpha": "1.0", "beta": "2.0"}, "vendor")
    assert run("absent\n", index=("--index-url", root.as_uri())).verdict == "blocked"
    gone = run("alpha\n", index=("--index-url", (tmp_path / "gone").as_uri()))
    assert (gone.verdict, gone.packages) == ("unknown", {"alpha": None})
    assert "cannot be read" in gone.said


def test_without_an_index_nothing_is_there(run: Runs) -> None:
    assert run("alpha\n", index=("--no-index",)).verdict == "blocked"


@pytest.mark.parametrize("way", ["URL", "netrc", "requirements"])
def test_credentials_open_an_index_and_are_told_to_nobody_else(
    run: Runs, stall: Stall, other_stall: Stall, tmp_path: Path, way: str
) -> None:
    login = ("me", SECRET)
    stall.wheel("alpha", "1.0", "beta", login=login)
    path = "/simple/files/alpha-1.0-py2.py3-none-any.whl.metadata"
    stall.mishap(stall.server.url(path), login=login)
    other = other_stall.wheel("beta", "2.0")
    stall.rows["beta"] = [{**other_stall.rows["beta"][0], "url": other}]
    for name in ("alpha", "beta"):
        stall.page(name, login=login)
    lines, environ = "alpha\n", {"HOME": str(tmp_path)}
    index: tuple[str, ...] = ("--index-url", stall.url())
    match way:
        case "URL":
            index = ("--index-url", stall.url(f"me:{SECRET}@"))
        case "requirements":
            lines, index = f"--index-url {stall.url(f'me:{SECRET}@')}\nalpha\n", ()
        case _:
            (tmp_path / ".netrc").write_text(f"machine 127.0.0.1\nlogin me\npassword {SECRET}\n")
    outcome = run(lines, index=index, environ=environ)
    assert outcome.packages == {"alpha": "1.0", "beta": "2.0"}
    wrong = run(lines.replace(SECRET, "wrong-" + SECRET), index=index, environ=environ)
    basic = base64.b64encode(f"me:{SECRET}".encode())
    for told in (repr(outcome), repr(wrong), repr(run("gamma\n", index=index, environ=environ))):
        assert SECRET not in told
    for form in ("text", "markdown", "github"):
        ran = run.said(*run.command(lines, "--format", form, "-v", index=index), environ=environ)
        assert "alpha" in ran.out
        assert SECRET not in ran.out + ran.err
    assert SECRET.encode() not in run.kept()
    assert basic not in run.kept()
    assert not [
        asked
        for asked in other_stall.server.asked
        if way != "netrc" and "authorization" in asked.headers
    ]


def test_a_refused_login_says_what_to_do(run: Runs, stall: Stall) -> None:
    stall.wheel("alpha", "1.0")
    stall.page("alpha", login=("me", SECRET))
    assert "asks for credentials (401): put them into the index URL" in run("alpha\n").said
    wrong = ("--index-url", stall.url("me:nonsense@"))
    assert "refuses the credentials given for it (401)" in run("alpha\n", index=wrong).said


def test_what_a_signature_lends_access_to_is_not_kept(run: Runs, stall: Stall) -> None:
    url = stall.wheel("alpha", "1.0", "beta", beside=False)
    row = stall.rows["alpha"][0]
    row["url"] = f"{row['url']}?signature={SECRET}"
    stall.server.serve(row["url"], stall.server.body(url.removeprefix(stall.server.url(""))))
    stall.wheel("beta", "2.0")
    for name in ("alpha", "beta"):
        stall.page(name)
    for _ in range(2):
        outcome = run("alpha\n")
        assert outcome.packages == {"alpha": "1.0", "beta": "2.0"}
        assert SECRET not in repr(outcome)
    assert SECRET.encode() not in run.kept()
    assert stall.asked("/alpha/") == ["/simple/alpha/"] * 2
    assert len(stall.asked("signature")) == 1  # what it says is kept, under its hash


class TestDirect:
    """Files that a line of the project names itself."""

    def test_a_wheel_beside_the_requirements_file(
        self, run: Runs, stall: Stall, tmp_path: Path
    ) -> None:
        save(stall, stall.wheel("alpha", "1.0", "beta"), tmp_path / "wheels")
        stall.wheel("beta", "2.0")
        stall.page("beta")
        outcome = run("./wheels/alpha-1.0-py2.py3-none-any.whl\n")
        assert (outcome.packages, outcome.verdict) == ({"alpha": "1.0", "beta": "2.0"}, "vendor")

    @pytest.mark.parametrize("kind", ["wheel", "sdist"])
    @pytest.mark.parametrize("place", ["disk", "host"])
    def test_a_url_with_the_right_or_a_wrong_hash(
        self, run: Runs, stall: Stall, tmp_path: Path, place: str, kind: str
    ) -> None:
        url = getattr(stall, kind)("alpha", "1.0", "beta")
        stall.wheel("beta", "2.0")
        stall.page("beta")
        right = stall.rows["alpha"][0]["hashes"]["sha256"]
        if place == "disk":
            url = save(stall, url, tmp_path / "wheels").as_uri()
        plain = run(f"alpha @ {url}\n")
        assert (plain.packages, plain.verdict) == ({"alpha": "1.0", "beta": "2.0"}, "vendor")
        assert run(f"alpha @ {url}#sha256={right}\n").packages == plain.packages
        wrong = run(f"alpha @ {url}#sha256={'0' * 64}\n")
        assert (wrong.code, wrong.verdict) == (3, "unknown")
        assert "is not the file that its line means: its hash differs" in wrong.said

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("git+https://github.com/x/alpha@main", "git repositories are not read"),
            ("{}/archive/main.zip", "main.zip is not named as a release of alpha"),
            ("{}/files/beta-1.0-py3-none-any.whl", "is not named as a release of alpha"),
            ("{}/absent/alpha-1.0-py3-none-any.whl", "its index answers 404"),
            ("{}/files/alpha-1.0.tar.gz", "alpha-1.0.tar.gz cannot be read: not a tar"),
            ("ftp://host/alpha-1.0.tar.gz", "a URL of the scheme ftp is not read"),
        ],
    )
    def test_what_cannot_be_read_is_undecided(
        self, run: Runs, stall: Stall, url: str, said: str
    ) -> None:
        stall.server.serve("/files/alpha-1.0.tar.gz", b"nothing of the kind")
        outcome = run(f"alpha @ {url.format(stall.server.url(''))}\n")
        assert (outcome.code, outcome.verdict) == (3, "unknown")
        assert said in outcome.said

    def test_a_wheel_for_another_python_is_a_conflict_that_says_so(
        self, run: Runs, stall: Stall
    ) -> None:
        url = stall.server.url("/files/alpha-1.0-cp39-cp39-manylinux1_x86_64.whl")
        outcome = run(f"alpha @ {url}\n")
        assert (outcome.code, outcome.verdict) == (1, "blocked")
        assert "cp39" in outcome.said

    def test_credentials_in_its_url_are_sent_and_not_told(self, run: Runs, stall: Stall) -> None:
        url = stall.wheel("alpha", "1.0", login=("me", SECRET))
        line = f"alpha @ {url.replace('://', f'://me:{SECRET}@')}\n"
        outcome = run(line)
        assert (outcome.packages, outcome.verdict) == ({"alpha": "1.0"}, "vendor")
        assert SECRET not in repr(outcome)
        assert SECRET.encode() not in run.kept()


def test_a_quarantined_name_says_so(run: Runs, stall: Stall) -> None:
    stall.wheel("alpha", "1.0")
    page = {
        "meta": {"api-version": "1.4"},
        "project-status": {"status": "quarantined", "reason": "malware"},
        "files": stall.rows["alpha"],
    }
    stall.server.serve("/simple/alpha/", json.dumps(page).encode())
    outcome = run("alpha\n")
    assert (outcome.code, outcome.verdict) == (1, "blocked")
    assert "quarantined by its index: malware" in outcome.said


def test_a_name_whose_files_cannot_be_read_says_so(run: Runs, stall: Stall) -> None:
    for file in ("alpha-2004d.tar.gz", "alpha-1.0-py36+-none-any.whl"):
        stall.rows["alpha"].append({"filename": file, "url": f"/f/{file}", "hashes": {}})
    stall.page("alpha")
    outcome = run("alpha\n")
    assert (outcome.code, outcome.verdict) == (1, "blocked")
    listed = "alpha-1.0-py36+-none-any.whl, alpha-2004d.tar.gz"
    assert f"none of its files is named as a release: {listed}" in outcome.said
