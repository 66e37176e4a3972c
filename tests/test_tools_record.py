from __future__ import annotations

import http.server
import io
import tarfile
import threading
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import urllib3

from audit.runtimes import read_runtimes
from tools.facts import Listed, Project, Said
from tools.likely import likely
from tools.peers import gist, questions
from tools.record import Recording
from tools.reduction import headers, kept, modules, sdist_members
from tools.replay import JSON, Replay
from tools.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

LINUX = "a-1-cp36-cp36m-manylinux1_x86_64.whl"
WINDOWS, MACOS = "a-1-cp36-cp36m-win_amd64.whl", "a-1-cp36-cp36m-macosx_10_9_x86_64.whl"


@pytest.mark.parametrize(
    ("files", "dropped"),
    [
        ([LINUX, WINDOWS, MACOS, "a-1.tar.gz"], [WINDOWS, MACOS]),
        ([WINDOWS, MACOS, "a-1-cp27-cp27m-win32.whl"], ["a-1-cp27-cp27m-win32.whl"]),
        (["a-1.tar.gz", WINDOWS], []),
        (["a-1.zip", "a-1.win32.exe", "a-1-py2.7.egg", "a-1.rpm"], slice(1, None)),
        ([LINUX, "a-1-cp38-cp38-manylinux1_x86_64.whl"], slice(1, None)),
        (["a-1-cp38-cp38-manylinux1_x86_64.whl", "a-1-cp38-cp38-manylinux1_i686.whl"], slice(1, 2)),
        ([LINUX, "a-1-cp36-cp36m-musllinux_1_1_x86_64.whl"], slice(1, None)),
        ([LINUX, "a-1-cp36-cp36m-manylinux2014_aarch64.whl"], slice(1, None)),
        ([LINUX, "a-1-pp36-pypy36_pp73-manylinux1_x86_64.whl"], slice(1, None)),
        ([LINUX, "a-1-cp27-cp27m-manylinux1_x86_64.whl", "a-1-cp36-abi3-linux_x86_64.whl"], []),
        (["a-1-cp310-cp310-manylinux_2_28_x86_64.whl"], []),
        (["a-1-cp312-abi3-manylinux1_x86_64.whl", "a-1-py3-none-any.whl"], slice(0, 1)),
        ([LINUX, "a-2-cp36-cp36m-win_amd64.whl"], []),
        (["a-2004d.tar.gz", "a-1.tar.gz"], []),
    ],
)
def test_a_page_keeps_what_decides(files: list[str], dropped: list[str] | slice) -> None:
    gone = files[dropped] if isinstance(dropped, slice) else dropped
    found = [file.name for file in kept([Listed(name) for name in files])]
    assert found == [name for name in files if name not in gone]


def test_metadata_keeps_the_headers_that_resolving_reads() -> None:
    text = (
        "Metadata-Version: 2.1\nName: a\nVersion: 1\nSummary: s\nLicense: long\n  text\n"
        "Classifier: Topic :: x\nClassifier: Programming Language :: Python :: 3\n"
        'requires-dist: b>1 ; extra == "x"\nProvides-Extra: x\n\nRequires-Dist: no\n'
    )
    assert headers(text) == (
        "Metadata-Version: 2.1\nName: a\nVersion: 1\n"
        "Classifier: Programming Language :: Python :: 3\n"
        'requires-dist: b>1 ; extra == "x"\nProvides-Extra: x\n'
    )


SHARED = "__import__('pkg_resources').declare_namespace(__name__)\n"


@pytest.mark.parametrize(
    ("members", "found"),
    [
        (["a.py", "b/__init__.py", "b/c.py", "d.txt", "e-f/x.py"], ["a.py", "b/__init__.py"]),
        (["_a.cpython-36m-x86_64-linux-gnu.so", "_b.abi3.so"], None),
        (["bare/part.py", "bare/more/__init__.py", "bare/more/x.py"], slice(0, 2)),
        (["shared/__init__.py", "shared/a/__init__.py", "shared/a/x.py"], slice(0, 2)),
    ],
)
def test_a_wheel_keeps_what_can_be_imported(
    members: list[str], found: list[str] | slice | None
) -> None:
    expected = found if isinstance(found, list) else members[found or slice(None)]
    texts = {path: SHARED if path == "shared/__init__.py" else "code" for path in members}
    sizes = {path: len(text) for path, text in texts.items()}
    assert modules(sizes, texts.__getitem__) == {
        path: SHARED if path == "shared/__init__.py" else "" for path in expected
    }


@pytest.mark.parametrize(
    ("setup", "others", "words"),
    [
        ("setup(name='a')", [], ""),
        ("setup(ext_modules=[x])", [], "ext_modules"),
        ("setup()", ["a/_fast.pyx"], "ext_modules"),
        ("setup(install_requires=['six'])", [], "install_requires"),
        ("setup(install_requires=['six'])", ["a.egg-info/PKG-INFO"], ""),
        (
            "if sys.version_info < (3,):\n    requires.append('six')",
            ["a.egg-info/requires.txt"],
            "sys.version_info",
        ),
    ],
)
def test_an_sdist_keeps_the_words_that_matter(setup: str, others: list[str], words: str) -> None:
    texts = {"setup.py": setup, "a/__init__.py": "", **dict.fromkeys(others, "six\n")}
    found = sdist_members({path: len(text) for path, text in texts.items()}, texts.__getitem__)
    kept_texts = {path: "" if path.endswith("PKG-INFO") else "six\n" for path in others}
    expected = {path: text for path, text in kept_texts.items() if "egg-info" in path}
    assert found == {"a/__init__.py": "", **expected, "setup.py": words}


def test_packages_below_src_are_found() -> None:
    assert list(sdist_members({"src/a/__init__.py": 1, "docs/conf.py": 1}, str)) == [
        "docs/conf.py",
        "src/a/__init__.py",
        "setup.py",
    ]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and keeps what was asked."""

    def __init__(self, asked: list[str], *connection: object, directory: str) -> None:
        self.asked = asked
        super().__init__(*connection, directory=directory)  # type: ignore[arg-type]  # what the server gives

    def do_GET(self) -> None:
        self.asked.append(self.path)
        asked, path = self.headers.get("Range"), self.translate_path(self.path)
        if asked is None:
            super().do_GET()
            return
        with open(path, "rb") as file:  # noqa: PTH123 - translate_path gives a string
            content = file.read()
        first, last = asked.removeprefix("bytes=").split("-")
        start = int(first) if first else max(0, len(content) - int(last))
        stop = int(last) + 1 if first else len(content)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(content)}")
        self.send_header("Content-Length", str(stop - start))
        self.end_headers()
        self.wfile.write(content[start:stop])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that goes away, since a file is too large for it


METADATA = "Name: a\nVersion: 1\nRequires-Dist: six\n"


def files(folder: Path) -> None:
    """Lay an index out: a wheel with metadata beside it, one without, an sdist, a large one."""
    page, packages = folder / "simple" / "a", folder / "packages"
    page.mkdir(parents=True)
    packages.mkdir()
    for name in ("a-1-py3-none-any.whl", "a-2-py3-none-any.whl"):
        with zipfile.ZipFile(packages / name, "w") as wheel:
            wheel.writestr("large.bin", bytes(range(256)) * 1000)  # METADATA is not in the tail
            wheel.writestr("a-1.dist-info/METADATA", METADATA)
            wheel.writestr("a/__init__.py", "x = 1")
            wheel.writestr("more.bin", bytes(range(256)) * 1000)
    (packages / "a-1-py3-none-any.whl.metadata").write_text(METADATA, encoding="utf-8")
    with tarfile.open(packages / "a-1.tar.gz", "w:gz") as tar:
        for path, text in {
            "./a-1/PKG-INFO": METADATA,
            "./a-1/a.py": "",
            "./a-1/setup.py": "",
        }.items():
            info = tarfile.TarInfo(path)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    (packages / "a-2.tar.gz").write_bytes(bytes(10_000_001))
    names = sorted(path.name for path in packages.iterdir() if path.suffix != ".metadata")
    links = [
        f'<a href="../../packages/{name}#md5=1" data-requires-python="&gt;=3">' for name in names
    ]
    (page / "index.html").write_text("\n".join(links) + "<a data-yanked href=x/a-3.zip>", "utf-8")


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[tuple[Upstream, list[str]]]:
    files(tmp_path)
    asked: list[str] = []
    handler = partial(Handler, asked, directory=str(tmp_path))
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        upstream = Upstream(f"http://127.0.0.1:{server.server_port}/simple/")
        yield upstream, asked
        upstream.close()
        server.shutdown()
        thread.join()


def test_each_page_and_file_is_asked_for_once(upstream: tuple[Upstream, list[str]]) -> None:
    index, asked = upstream
    projects: dict[str, Project] = {}
    recording = Recording(projects, index)
    for _ in range(2):
        assert recording.files("none") is None
        assert recording.files("a") == (
            Listed("a-1-py3-none-any.whl", ">=3"),
            Listed("a-1.tar.gz", ">=3"),
            Listed("a-2-py3-none-any.whl", ">=3"),
            Listed("a-2.tar.gz", ">=3"),
            Listed("a-3.zip", None, ""),
        )
        assert recording.said("a", "a-1-py3-none-any.whl") == Said(METADATA)
        assert recording.said("a", "a-1.tar.gz") == Said(METADATA, {"a.py": "", "setup.py": ""})
    assert sorted(asked) == [
        "/packages/a-1-py3-none-any.whl.metadata",
        "/packages/a-1.tar.gz",
        "/simple/a/",
        "/simple/none/",
    ]
    assert list(projects) == ["none", "a"]


def test_a_wheel_without_metadata_beside_it_is_read_in_parts(
    upstream: tuple[Upstream, list[str]],
) -> None:
    index, _ = upstream
    recording = Recording({}, index)
    found = recording.said("a", "a-2-py3-none-any.whl")
    assert found == Said(METADATA, {"a/__init__.py": ""})


def test_a_tool_that_resolves_over_a_recording_makes_it_grow(
    upstream: tuple[Upstream, list[str]],
) -> None:
    recording = Recording({}, upstream[0])
    with Replay(recording, no_digests=True) as index, urllib3.PoolManager() as http:
        page = http.request("GET", f"{index.url}a/", headers={"Accept": JSON}).json()
        assert [file["hashes"] for file in page["files"]] == [{}] * 5
        assert "size" not in page["files"][0]
        url = page["files"][0]["url"]
        assert http.request("GET", f"{url}.metadata").data.decode() == METADATA
        assert http.request("GET", page["files"][3]["url"]).status == 404
    assert recording.names() == ("a",)
    assert list(recording.projects["a"].said) == ["a-1-py3-none-any.whl"]


def test_a_pin_is_looked_into(upstream: tuple[Upstream, list[str]]) -> None:
    index, _ = upstream
    recording = Recording({}, index)
    recording.said("a", "a-1-py3-none-any.whl")
    recording.look_into(["a==1", "a==2"])
    assert recording.projects["a"].said == {
        "a-1-py3-none-any.whl": Said(METADATA, {"a/__init__.py": ""})
    }


@pytest.mark.parametrize("file", ["a-2.tar.gz", "a-3.zip", "a-9.zip"])
def test_what_is_too_large_or_not_there_stays_unknown(
    upstream: tuple[Upstream, list[str]], file: str
) -> None:
    recording = Recording({}, upstream[0])
    with pytest.raises(KeyError):
        recording.said("a", file)


def test_what_a_replay_missed_can_be_added(upstream: tuple[Upstream, list[str]]) -> None:
    recording = Recording({}, upstream[0])
    recording.add("/files/a/a-1-py3-none-any.whl.metadata")
    recording.add("/simple/none/")
    assert list(recording.projects["a"].said) == ["a-1-py3-none-any.whl"]
    with pytest.raises(SystemExit, match="/x: neither a page nor a file"):
        recording.add("/x")


RUNTIMES = read_runtimes(
    (Path(__file__).parent.parent / "data" / "runtimes.toml").read_text(encoding="utf-8"), "data"
)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (
            [Listed("a-1-py3-none-any.whl"), Listed("a-2-py3-none-any.whl")],
            {"a-2-py3-none-any.whl"},
        ),
        (
            [Listed("a-1-py2-none-any.whl"), Listed("a-2.tar.gz")],
            {"a-1-py2-none-any.whl", "a-2.tar.gz"},
        ),
        (
            [Listed("a-2.tar.gz", None, ""), Listed("a-3rc1.zip"), Listed("a-1-1.zip")],
            {"a-1-1.zip"},
        ),
        ([Listed("a-2.zip", ">=3.12"), Listed("a-1.zip", "~=2.7")], {"a-1.zip"}),
        ([Listed("a-2004d.zip"), Listed("a-1.zip")], {"a-1.zip"}),
        (
            [Listed("a-2-cp27-cp27mu-manylinux1_x86_64.whl"), Listed(f"a-1{LINUX[3:]}")],
            {"a-2-cp27-cp27mu-manylinux1_x86_64.whl", f"a-1{LINUX[3:]}"},
        ),
    ],
)
def test_the_newest_files_that_fit_are_likely(files: list[Listed], found: set[str]) -> None:
    assert likely(files, RUNTIMES) == found
    assert likely(files[::-1], RUNTIMES) == likely(files, RUNTIMES)


@pytest.mark.parametrize(
    ("row", "modes"),
    [
        ({}, {"uv", "uv only-binary", "pip", "pip prefer-binary"}),
        ({"pip": False}, {"uv", "uv only-binary"}),
        ({"pip": False, "lowest": True}, {"uv", "uv only-binary", "uv lowest"}),
    ],
)
def test_a_set_says_which_tools_are_asked(row: dict[str, bool], modes: set[str]) -> None:
    asked = {mode for mode, _ in questions(row)}
    assert {"uv"} <= asked <= modes  # pip only where there is a real interpreter for it
    assert asked >= {mode for mode in modes if mode.startswith("uv")}


def test_a_failure_is_kept_without_noise_and_places() -> None:
    said = "DEPRECATION: old\nERROR: none of http://127.0.0.1:123/simple/a/\n  fits\nWARNING: pip"
    assert gist(said) == "ERROR: none of /simple/a/ fits"
    assert len(gist("x" * 1000)) == 300
