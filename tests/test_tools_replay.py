from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from tools.facts import ANSWERS, Facts, Listed, Project, Said, read, write
from tools.facts import SETS as SETS_FILE
from tools.peers import pin, uv, uv_command
from tools.replay import JSON, Replay
from tools.synthesis import archive

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEEL = "Zope.Thing-1.0-py2.py3-none-any.whl"
SDIST = "zope.thing-0.9.tar.gz"
METADATA = "Metadata-Version: 2.1\nName: zope.thing\nVersion: 1.0\nRequires-Dist: six\n"
PKG_INFO = "Metadata-Version: 1.1\nName: zope.thing\nVersion: 0.9\n"
PROJECTS = {
    "zope-thing": Project(
        (
            Listed(SDIST),
            Listed("zope.thing-1.1.tar.gz"),
            Listed("zope.thing-0.8.zip", "<3", 'broken & "bad"'),
            Listed(WHEEL, ">=2.7,!=3.0.*", ""),
        ),
        {
            WHEEL: Said(METADATA, {"zope/thing/__init__.py": ""}),
            SDIST: Said(
                PKG_INFO,
                {
                    "zope/thing.py": "",
                    "zope.thing.egg-info/PKG-INFO": "",
                    "zope.thing.egg-info/requires.txt": "six\n\n[x]\nflask\n",
                    "setup.py": "",
                },
            ),
        },
    ),
    "gone": Project(None, {}),
}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("facts") / "facts.jsonl.xz"
    write(path, PROJECTS)
    return path


@pytest.fixture(scope="module")
def index(facts: Path) -> Iterator[Replay]:
    with Replay(facts) as running:
        yield running


def got(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=fields)) as response:  # noqa: S310 - on loopback
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def page(index: Replay) -> dict[str, dict[str, Any]]:
    _, _, body = got(f"{index.url}zope-thing/", Accept=JSON)
    return {file["filename"]: file for file in json.loads(body)["files"]}


def test_a_wheel_that_nobody_looked_into_holds_what_another_release_does(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    said = {SDIST: Said("", {"setup.py": ""}), WHEEL: Said("", {"x.py": ""}), "new.whl": Said("a")}
    write(path, {"a": Project((), said), "b": Project((), {"b.whl": Said("b")})})
    facts = Facts(path)
    assert facts.said("a", "new.whl") == Said("a", {"x.py": ""})
    assert facts.said("b", "b.whl") == Said("b")


def test_what_is_written_is_read_and_equal_facts_are_equal_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write(one, PROJECTS)
    write(two, dict(reversed(PROJECTS.items())))
    assert read(one) == PROJECTS
    assert one.read_bytes() == two.read_bytes()
    assert read(tmp_path / "none") == {}


def test_a_page_says_what_was_recorded(index: Replay) -> None:
    files = page(index)
    assert list(files) == [file.name for file in PROJECTS["zope-thing"].files or ()]
    assert files[WHEEL]["requires-python"] == ">=2.7,!=3.0.*"
    assert files[WHEEL]["yanked"] is True
    assert files["zope.thing-0.8.zip"]["yanked"] == 'broken & "bad"'
    assert files[SDIST]["yanked"] is False
    assert "requires-python" not in files[SDIST]


@pytest.mark.parametrize("file", [WHEEL, SDIST])
def test_a_whole_file_has_the_digest_and_the_size_of_its_page(index: Replay, file: str) -> None:
    row = page(index)[file]
    _, _, content = got(row["url"])
    assert row["hashes"] == {"sha256": hashlib.sha256(content).hexdigest()}
    assert row["size"] == len(content)


def test_metadata_is_announced_with_the_digest_of_what_is_served(index: Replay) -> None:
    row = page(index)[WHEEL]
    _, _, content = got(f"{row['url']}.metadata")
    assert content.decode() == METADATA
    assert row["core-metadata"] == {"sha256": hashlib.sha256(content).hexdigest()}


def test_html_says_the_same_as_json(index: Replay) -> None:
    _, headers, body = got(f"{index.url}zope-thing/", Accept="text/html")
    row = page(index)[WHEEL]
    assert headers["Content-Type"] == "text/html"
    assert (
        f'<a href="{row["url"]}#sha256={row["hashes"]["sha256"]}" '
        'data-requires-python="&gt;=2.7,!=3.0.*" data-yanked="" '
        f'data-core-metadata="sha256={row["core-metadata"]["sha256"]}">{WHEEL}</a>'
    ) in body.decode()
    assert 'data-yanked="broken &amp; &quot;bad&quot;"' in body.decode()


def test_a_page_is_sent_once_and_then_confirmed(index: Replay) -> None:
    url = f"{index.url}zope-thing/"
    _, headers, body = got(url, Accept=JSON)
    assert headers["Cache-Control"] == "max-age=600"
    status, _, again = got(url, Accept=JSON, If_None_Match=headers["ETag"])
    assert (status, again) == (304, b"")
    status, _, html = got(url, Accept="text/html", If_None_Match=headers["ETag"])
    assert (status, html == body) == (200, False)


def test_pages_and_metadata_come_gzipped_to_who_accepts_it(index: Replay) -> None:
    for path in ("simple/zope-thing/", f"files/zope-thing/{WHEEL}.metadata"):
        url = f"{index.root}/{path}"
        _, headers, body = got(url, Accept_Encoding="gzip, deflate")
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body) == got(url)[2]


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-100", 206, slice(-100, None)),
        ("bytes=-9999999", 206, slice(None)),
        ("bytes=0-9999999", 206, slice(None)),
        ("bytes=0-1,5-6", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=9999999-", 416, slice(0, 0)),
    ],
)
def test_parts_of_a_file_can_be_asked_for(
    index: Replay, asked: str, status: int, part: slice
) -> None:
    url = page(index)[WHEEL]["url"]
    whole = got(url)[2]
    found, headers, body = got(url, Range=asked)
    assert (found, body) == (status, whole[part])
    if status == 206:
        first = whole.index(body)
        said = f"bytes {first}-{first + len(body) - 1}/{len(whole)}"
        assert headers["Content-Range"] == said


def test_a_connection_serves_many_requests_and_heads(index: Replay) -> None:
    import urllib3  # noqa: PLC0415 - the only test that needs it

    with urllib3.PoolManager(retries=False) as http:
        for method, path, status in [
            ("HEAD", "/simple/zope-thing/", 200),
            ("GET", "/simple/none/", 404),
            ("GET", "/simple/gone/", 404),
            ("GET", "/simple/Zope.Thing", 301),
            ("GET", "/simple/", 200),
        ]:
            response = http.request(method, index.root + path)
            assert (response.status, path) == (status, path)
        assert http.connection_from_url(index.root).num_connections == 1


def test_a_name_leads_to_its_normalised_page(index: Replay) -> None:
    assert got(f"{index.url}Zope_Thing")[2] == got(f"{index.url}zope-thing/")[2]


def test_only_what_the_recording_does_not_know_is_a_miss(facts: Path) -> None:
    with Replay(facts) as index:
        paths = (
            "/simple/gone/",
            "/simple/unknown/",
            "/files/zope-thing/zope.thing-1.1.tar.gz",
            f"/files/zope-thing/{SDIST}.metadata",
            "/elsewhere",
        )
        assert [got(index.root + path)[0] for path in paths] == [404] * 5
        assert index.misses == list(paths[1:3])
        assert index.asked == list(paths)


@pytest.mark.parametrize(
    "lacking", ["", "html_only", "no_metadata", "no_range", "no_cache_headers"]
)
def test_an_index_can_lack_what_a_good_one_has(facts: Path, lacking: str) -> None:
    with Replay(facts, **({lacking: True} if lacking else {})) as index:
        _, headers, body = got(f"{index.url}zope-thing/", Accept=JSON)
        file = f"{index.root}/files/zope-thing/{WHEEL}"
        found = {
            "html_only": headers["Content-Type"] != JSON,
            "no_metadata": b"core-metadata" not in body,
            "no_range": got(file, Range="bytes=0-9")[0] == 200,
            "no_cache_headers": headers.keys().isdisjoint({"ETag", "Cache-Control"}),
        }
        assert [name for name, lacks in found.items() if lacks] == ([lacking] if lacking else [])
        assert (got(f"{file}.metadata")[0] == 404) is (lacking == "no_metadata")


def test_an_answer_is_as_late_as_asked_for(facts: Path) -> None:
    import time  # noqa: PLC0415 - the only test that waits

    with Replay(facts, delay=0.5) as index, ThreadPoolExecutor(8) as pool:
        begin = time.perf_counter()
        list(pool.map(got, [index.url] * 8))
        taken = time.perf_counter() - begin
    assert 0.5 <= taken < 8 * 0.5


def test_a_made_up_wheel_is_a_wheel() -> None:
    with zipfile.ZipFile(io.BytesIO(archive(WHEEL, PROJECTS["zope-thing"].said[WHEEL]))) as wheel:
        assert wheel.testzip() is None
        members = {name: wheel.read(name).decode() for name in wheel.namelist()}
    info = "Zope.Thing-1.0.dist-info"
    assert members["zope/thing/__init__.py"] == ""
    assert members[f"{info}/METADATA"] == METADATA
    assert "Tag: py2.py3-none-any\n" in members[f"{info}/WHEEL"]
    assert [line.split(",")[0] for line in members[f"{info}/RECORD"].splitlines()] == list(members)


def test_a_wheel_that_nobody_looked_into_has_a_package_of_its_name() -> None:
    said = Said(METADATA)
    with zipfile.ZipFile(io.BytesIO(archive(WHEEL, said))) as wheel:
        assert "zope_thing/__init__.py" in wheel.namelist()


@pytest.mark.parametrize("ending", [".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"])
def test_a_made_up_sdist_has_what_was_recorded(ending: str) -> None:
    said = PROJECTS["zope-thing"].said[SDIST]
    content = archive(f"zope.thing-0.9{ending}", said)
    assert content == archive(f"zope.thing-0.9{ending}", said)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        texts = {}
        for name in tar.getnames():
            member = tar.extractfile(name)
            assert member is not None
            texts[name.removeprefix("zope.thing-0.9/")] = member.read().decode()
    assert texts["PKG-INFO"] == PKG_INFO == texts["zope.thing.egg-info/PKG-INFO"]
    assert texts["zope.thing.egg-info/requires.txt"] == "six\n\n[x]\nflask\n"
    assert "install_requires=['six']" in texts["setup.py"]
    assert "extras_require={'x': ['flask']}" in texts["setup.py"]


@pytest.mark.parametrize(
    ("words", "there", "absent"),
    [
        ("", "name='zope.thing'", "install_requires"),
        ("ext_modules", "ext_modules=[Extension(", "install_requires"),
        ("install_requires", "install_requires=list(", "ext_modules"),
        ("sys.version_info", "if sys.version_info", "ext_modules"),
    ],
)
def test_a_setup_py_says_the_words_that_were_recorded(words: str, there: str, absent: str) -> None:
    content = archive("zope.thing-0.9.zip", Said(PKG_INFO, {"setup.py": words}))
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        text = zipped.read("zope.thing-0.9/setup.py").decode()
    assert there in text
    assert absent not in text


def test_as_a_program_it_tells_its_url_and_its_misses(facts: Path) -> None:
    with subprocess.Popen(
        (sys.executable, "-m", "tools.replay", "--facts", str(facts), "--delay", "0"),
        cwd=Path(__file__).parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as served:
        assert served.stdout is not None
        url = served.stdout.readline().strip()
        assert [got(f"{url}{name}/")[0] for name in ("zope-thing", "none", "none")] == [
            200,
            404,
            404,
        ]
        said, _ = served.communicate(timeout=30)
    assert said == "/simple/none/\n"
    assert served.returncode == 0


def test_pip_takes_what_is_served(facts: Path, tmp_path: Path) -> None:
    environ = {"PIP_CONFIG_FILE": os.devnull, "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    target = tmp_path / "target"
    with Replay(facts) as index:
        command = (sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check")
        options = ("--no-cache-dir", "--no-deps", "--target", str(target), "--index-url", index.url)
        subprocess.run(
            (*command, "install", "--quiet", *options, "zope.thing==1.0"),
            env=environ,
            check=True,
            timeout=60,
        )
    assert (target / "zope" / "thing" / "__init__.py").exists()
    assert not index.misses


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (WHEEL, "zope-thing==1.0"),
        ("functools32-3.2.3-2.tar.gz", "functools32==3.2.3.post2"),
        ("a-b-1.0.0.tar.bz2", "a-b==1.0.0"),
        ("jsonpath-rw-1.4.0.tgz", "jsonpath-rw==1.4.0"),
    ],
)
def test_a_file_name_is_a_pin(file: str, expected: str) -> None:
    assert pin(file) == expected


RECORDED = Facts()
SETS = {row["name"]: row for row in tomli.loads(SETS_FILE.read_text(encoding="utf-8"))["set"]}
ANSWERED = json.loads(ANSWERS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SETS)
def test_every_pin_of_a_recorded_answer_can_be_replayed(name: str) -> None:
    found = [answer for answer in ANSWERED[name].values() if isinstance(answer, list)]
    for one in {one for answer in found for one in answer}:
        project = RECORDED.projects[one.partition("==")[0]]
        listed = {file.name for file in project.files or ()}
        assert project.said.keys() <= listed
        assert one in set(map(pin, project.said)), one


def test_no_recorded_answer_names_a_place_on_the_machine_that_recorded() -> None:
    text = ANSWERS.read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    assert str(Path.home()) not in text


@pytest.mark.skipif(not shutil.which(uv_command("3.6", "", Path())[0]), reason="no uv")
@pytest.mark.parametrize("name", ["requests", "tensorflow", "conflict-kombu"])
def test_uv_answers_over_the_replay_as_over_the_index(name: str, tmp_path: Path) -> None:
    with Replay(RECORDED) as index:
        answer = uv(SETS[name]["requirements"], "3.6", index.url, tmp_path)
    assert index.misses == []
    assert answer == ANSWERED[name]["uv 3.6"]
