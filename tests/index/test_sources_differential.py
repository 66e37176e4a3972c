"""Configurations, read by pip itself (as pip-tools sets it up) and by us."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from audit.index.http.login import Netrc, authorization, login_for, proxy_for, without_login
from audit.index.pip.files import config_files
from audit.index.pip.options import PipOptions
from audit.index.pip.sources import PYPI, Sources, read_sources
from audit.model import IndexOption
from audit.requirements import read_requirements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Reads a list of cases from its input and writes what pip makes of each to its output.
ORACLE = """
import contextlib, io, json, os, sys, warnings

warnings.simplefilter("ignore")
from pip._internal.commands import create_command
from pip._internal.configuration import Configuration
from pip._vendor.requests import Request
from pip._vendor.requests.utils import select_proxy
from piptools._compat import parse_requirements
from piptools.repositories import PyPIRepository

URLS = json.loads(sys.argv[1])

def answer(case):
    os.environ.clear()
    os.environ.update(case["environ"])
    repository = PyPIRepository(case["arguments"], cache_dir=".")
    options, finder, session = repository.options, repository.finder, repository.session
    # Of a command of its own: reading the defaults twice would add them up.
    options.require_hashes = create_command("install").parse_args([])[0].require_hashes
    for _ in parse_requirements(
        case["file"], session=session, finder=finder, options=options, constraint=False
    ):
        pass
    settings = {
        url: session.merge_environment_settings(url, dict(session.proxies), False, None, None)
        for url in URLS
    }
    for link in finder.find_links:
        if "://" in link:  # pip learns a login from asking there
            session.prepare_request(Request("GET", link))
    asked = {url: session.prepare_request(Request("GET", url)) for url in URLS}
    control = finder.format_control
    places = dict(Configuration(isolated=False).iter_config_files())
    named = os.environ.get("PIP_CONFIG_FILE")
    files = [f for group in places.values() for f in group if os.path.isfile(f)]
    return {
        "indexes": finder.index_urls,
        "find_links": finder.find_links,
        "trusted": sorted(h for h, _ in session.pip_trusted_origins),
        "verify": [each["verify"] for each in settings.values()],
        "proxies": [select_proxy(url, each["proxies"]) for url, each in settings.items()],
        "logins": [each.headers.get("Authorization") for each in asked.values()],
        "client": session.cert,
        "timeout": session.timeout,
        "trust_env": session.trust_env,
        "no_binary": sorted(control.no_binary),
        "only_binary": sorted(control.only_binary),
        "pre": bool(finder.allow_all_prereleases if hasattr(finder, "allow_all_prereleases")
                    else ":all:" in finder.release_control.all_releases),
        "prefer_binary": bool(finder.prefer_binary),
        "require_hashes": bool(options.require_hashes),
        "files": sorted(set([] if named == os.devnull else files)),
    }

said = io.StringIO()
with contextlib.redirect_stderr(said):
    answers = [answer(case) for case in json.load(sys.stdin)]
json.dump(answers, sys.stdout)
"""
URLS = (
    "https://pypi.org/simple/six/",
    "https://a.example/simple/six/",
    "https://b.example:8443/simple/six/",
    "http://c.example/x.whl",
)


class Case(NamedTuple):
    """A configuration; `{}` in it stands for the case's own folder."""

    environ: Mapping[str, str] = {}
    conf: str | None = None
    """Content of the file that PIP_CONFIG_FILE names; None for no configuration file at all."""
    arguments: tuple[str, ...] = ()
    given: PipOptions = PipOptions()
    """The same as `arguments`."""
    lines: str = ""
    """Of a requirements file."""


CASES = {
    "nothing": Case(),
    "index": Case({"PIP_INDEX_URL": "https://a.example/simple"}),
    "indexes": Case(
        {"PIP_INDEX_URL": "https://a.example/s/", "PIP_EXTRA_INDEX_URL": "https://b.example/s\n {}"}
    ),
    "empty variables": Case({"PIP_INDEX_URL": "", "PIP_NO_INDEX": "", "PIP_TIMEOUT": ""}),
    "another spelling": Case({"PIP_PYPI_URL": "https://a.example/simple"}),
    "no index": Case({"PIP_NO_INDEX": "Yes", "PIP_FIND_LINKS": "{}/wheels https://a.example/l"}),
    "no index, not": Case({"PIP_NO_INDEX": "off", "PIP_PRE": "1", "PIP_PREFER_BINARY": "t"}),
    "home": Case({"PIP_FIND_LINKS": "~/wheels"}),
    "hashes": Case({"PIP_REQUIRE_HASHES": "true"}),
    "hashes in a file": Case(conf="[install]\nrequire-hashes = true\n"),
    "only binary": Case({"PIP_ONLY_BINARY": ":all:"}),
    "no binary": Case({"PIP_NO_BINARY": "Zope.Interface,six"}),
    "both": Case({"PIP_ONLY_BINARY": ":all:", "PIP_NO_BINARY": "six"}),
    "credentials": Case(
        {"PIP_INDEX_URL": "https://us%40er:p%3Aw@a.example/simple"},
        lines="--extra-index-url https://token@b.example:8443/simple",
    ),
    "credentials of links": Case(lines="-i https://u:p@a.example/s\n-f http://v:w@c.example/\n"),
    "hosts": Case(
        {"PIP_TRUSTED_HOST": "a.example B.example:8443"}, lines="--trusted-host c.example"
    ),
    "certificates": Case({"PIP_CERT": "{}/ca.pem", "PIP_CLIENT_CERT": "{}/me.pem"}),
    "certificates of two": Case({"PIP_CERT": "{}/ca.pem", "REQUESTS_CA_BUNDLE": "{}/other.pem"}),
    "curl's certificates": Case({"CURL_CA_BUNDLE": "{}/other.pem"}),
    "both bundles": Case(
        {"CURL_CA_BUNDLE": "{}/ca.pem", "REQUESTS_CA_BUNDLE": "{}/other.pem"},
    ),
    "proxies": Case({"HTTPS_PROXY": "http://p:1", "http_proxy": "q:2", "NO_PROXY": "a.example"}),
    "all proxies": Case({"ALL_PROXY": "http://u:w@p:1", "no_proxy": ".example:8443,c.example"}),
    "no proxy in lower case": Case({"HTTPS_PROXY": "http://p:1", "https_proxy": ""}),
    "a proxy in lower case": Case({"https_proxy": "http://q:2", "HTTPS_PROXY": "http://p:1"}),
    "proxy of a request": Case({"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}),
    "proxy of pip": Case({"PIP_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:1"}),
    "patience": Case({"PIP_DEFAULT_TIMEOUT": "180"}),
    "impatience": Case({"PIP_TIMEOUT": "0.5"}),
    "file": Case(
        conf="[global]\nindex-url = https://a.example/s\nextra_index_url =\n  https://b.example/s\n"
        "  https://c.example/s\n[install]\nno-binary = six\ntrusted-host = b.example\n"
        "[download]\nindex-url = https://d.example/s\n"
    ),
    "file and variables": Case(
        {"PIP_INDEX_URL": "https://c.example/s"},
        conf="[install]\nindex-url = https://a.example/s\n[global]\nfind-links = {}/wheels\n"
        "timeout = 7\nprefer-binary = 1\npre = yes\n",
    ),
    "arguments over a file": Case(
        conf="[global]\nindex-url = https://a.example/s\nextra-index-url = https://b.example/s\n"
        "find-links = {}/wheels\ntrusted-host = x\nno-binary = six,attrs\n",
        arguments=(
            "--index-url=https://c.example/s",
            "--extra-index-url=https://d.example/s",
            "--find-links=https://e.example/l",
            "--trusted-host=y",
            "--only-binary=six",
            "--timeout=3",
            "--pre",
        ),
        given=PipOptions(
            index_url="https://c.example/s",
            extra_index_url=("https://d.example/s",),
            find_links=("https://e.example/l",),
            trusted_host=("y",),
            only_binary=("six",),
            timeout=3.0,
            pre=True,
        ),
    ),
    "no index given": Case(
        {"PIP_EXTRA_INDEX_URL": "https://a.example/s"},
        arguments=("--no-index",),
        given=PipOptions(no_index=True),
        lines="-i https://b.example/s\n--extra-index-url https://b.example/s",
    ),
    "lines": Case(
        {"PIP_EXTRA_INDEX_URL": "https://a.example/s"},
        lines="--extra-index-url https://c.example/s\n-f wheels\n-f {}/wheels\n--pre\n"
        "--prefer-binary\n--require-hashes\n",
    ),
    "an index in lines": Case(
        {"PIP_EXTRA_INDEX_URL": "https://a.example/s"},
        lines="--extra-index-url https://b.example/s\n-i https://c.example/s\n"
        "-i https://d.example/s --extra-index-url https://e.example/s\n",
    ),
    "no index in lines": Case(
        lines="-f wheels\n-i https://a.example/s --no-index\n-i https://b.example/s\n"
    ),
    "formats in lines": Case(
        {"PIP_NO_BINARY": "six,attrs"},
        lines="--only-binary six\n--no-binary Zope.Interface\n--only-binary :all:\n"
        "--no-binary numpy\n",
    ),
    "formats in one line": Case(lines="--only-binary :all: --no-binary numpy,six"),
    "formats in one line, the other": Case(lines="--only-binary numpy --no-binary :all:"),
    "variables in lines": Case(
        {"TOKEN": "u:p%21", "HOST": "a.example"}, lines="-i https://${TOKEN}@${HOST}/s"
    ),
    "users": Case({"XDG_CONFIG_HOME": "{}/xdg", "PIP_CONFIG_FILE": "{}/none.conf"}),
    "users of old": Case({"PIP_CONFIG_FILE": "{}/none.conf"}),
    "everybody": Case({"XDG_CONFIG_DIRS": "{}/x:{}/xdg", "PIP_CONFIG_FILE": "{}/none.conf"}),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    made = {name: tmp_path_factory.mktemp("case") for name in CASES}
    for name, folder in made.items():
        for path in ("wheels", "xdg/pip", "home/wheels", "home/.pip"):
            (folder / path).mkdir(parents=True)
        for path in ("ca.pem", "other.pem", "me.pem"):
            (folder / path).touch()
        (folder / "xdg/pip/pip.conf").write_text("[global]\nindex-url = https://xdg.example/s\n")
        (folder / "home/.pip/pip.conf").write_text("[global]\nindex-url = https://old.example/s\n")
        (folder / "pip.conf").write_text((CASES[name].conf or "").replace("{}", str(folder)))
        (folder / "requirements.txt").write_text(CASES[name].lines.replace("{}", str(folder)))
    return made


def environ_of(case: Case, folder: Path) -> dict[str, str]:
    chosen = "/dev/null" if case.conf is None else f"{folder}/pip.conf"
    environ = {"HOME": f"{folder}/home", "PATH": "/usr/bin", "PIP_CONFIG_FILE": chosen}
    said = {name: value.replace("{}", str(folder)) for name, value in case.environ.items()}
    return environ | said


@pytest.fixture(scope="module")
def answers(folders: Mapping[str, Path]) -> Mapping[str, Any]:
    cases = [
        {
            "environ": environ_of(case, folders[name]),
            "arguments": case.arguments,
            "file": f"{folders[name]}/requirements.txt",
        }
        for name, case in CASES.items()
    ]
    done = subprocess.run(
        [sys.executable, "-c", ORACLE, json.dumps(URLS)],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


def sources_of(case: Case, folder: Path) -> Sources:
    environ = environ_of(case, folder)
    file = folder / "requirements.txt"
    said = read_requirements(str(file), file.read_bytes(), environ=environ)
    options = [each for each in said if isinstance(each, IndexOption)]
    return read_sources(environ, options, case.given)


def place(url: str, home: Path) -> str:
    """Spell a place as we do."""
    path = url.replace("~", str(home), 1) if url.startswith("~") else url
    return without_login(f"file://{path}" if path.startswith("/") else path)[0]


def lower(url: str) -> str:
    return url.replace(urlsplit(url).netloc, urlsplit(url).netloc.lower())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of pip's parser of lines
def test_pip_and_we_understand_the_same(
    name: str, folders: Mapping[str, Path], answers: Mapping[str, Any]
) -> None:
    pip, ours = answers[name], sources_of(CASES[name], folders[name])
    access, home = ours.access, folders[name] / "home"

    assert not ours.problems
    indexes = [lower(place(url, home)) for url in pip["indexes"]]
    assert list(ours.indexes) == [f"{url.removesuffix('/')}/" for url in indexes]
    links = dict.fromkeys(place(url, home) for url in pip["find_links"])
    assert list(ours.find_links) == list(links)
    named = {host.partition(":")[0].lower() for host in access.trusted_hosts}
    assert named == {host.lower() for host in pip["trusted"]}
    assert access.client_certificate == pip["client"]
    assert access.timeout == pip["timeout"]
    assert [proxy_for(url, access) for url in URLS] == [
        proxy if not proxy or "://" in proxy else f"http://{proxy}" for proxy in pip["proxies"]
    ]
    logins = [login_for(url, access, Netrc()) for url in URLS]
    assert [login and authorization(login) for login in logins] == pip["logins"]
    selection = ours.selection
    assert sorted(selection.no_binary) == pip["no_binary"]
    assert sorted(selection.only_binary) == pip["only_binary"]
    assert selection.pre == pip["pre"]
    assert selection.prefer_binary == pip["prefer_binary"]
    assert selection.require_hashes == pip["require_hashes"]
    if not access.proxies or not pip["trust_env"]:  # pip before 26 reads both with its own proxy
        assert {access.ca_file or True} == set(pip["verify"])


@pytest.mark.parametrize("name", CASES)
def test_every_file_that_pip_reads_is_known(
    name: str, folders: Mapping[str, Path], answers: Mapping[str, Any]
) -> None:
    environ = environ_of(CASES[name], folders[name])
    found = set(config_files(environ))
    assert set(answers[name]["files"]) <= found
    if environ["PIP_CONFIG_FILE"] == "/dev/null":
        assert not found


def test_the_usual_index_is_that_of_pip(answers: Mapping[str, Any]) -> None:
    assert answers["nothing"]["indexes"] == [PYPI]
