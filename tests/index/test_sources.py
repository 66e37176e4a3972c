from __future__ import annotations

import logging
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pip
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.cli.options import index_options
from audit.errors import UsageError
from audit.index.pip.ask import PipRefusedError, ask_pip
from audit.index.pip.config import configured, decode, encode
from audit.index.pip.files import config_files, settings_key
from audit.index.pip.formats import Formats
from audit.index.pip.options import PipOptions, options_in
from audit.index.pip.sources import PYPI, Sources, read_sources
from audit.model import IndexOption, Location

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET = "s3cret"  # noqa: S105  # not one
NO_FILES = {"PIP_CONFIG_FILE": os.devnull, "HOME": "/nonexistent"}


class Memory(dict[str, bytes]):
    """What is kept between runs, in memory."""

    def put(self, key: str, value: bytes) -> None:
        self[key] = value


def conf(tmp_path: Path, text: str) -> dict[str, str]:
    """Return an environment whose pip.conf says this."""
    (tmp_path / "pip.conf").write_text(text)
    return {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}


def line(name: str, value: str, file: str = "requirements.txt", number: int = 1) -> IndexOption:
    return IndexOption(name=name, value=value, at=Location(file, number))


def told(sources: Sources) -> str:
    return f"{sources!r} {sources.problems} {[str(each) for each in sources.problems]}"


def test_without_any_configuration_pypi_is_asked() -> None:
    sources = read_sources(NO_FILES)
    assert sources == Sources(indexes=(f"{PYPI}/",))


def test_a_plain_environment_needs_no_pip(tmp_path: Path) -> None:
    script = (
        "import os, sys; from audit.index.pip import sources; sources.read_sources(os.environ);"
        "print([name for name in ('pip', 'piptools', 'configparser') if name in sys.modules])"
    )
    plain = {"PIP_INDEX_URL": "https://a.example/", "PIP_TIMEOUT": "9", "PIP_NO_INPUT": "maybe"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**NO_FILES, **plain, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"PIP_INDEX_URL": "https://a.example"}, PipOptions(index_url="https://a.example")),
        ({"PIP_EXTRA_INDEX_URL": " a\tb\n c "}, PipOptions(extra_index_url=("a", "b", "c"))),
        ({"PIP_NO_INDEX": "ON", "PIP_PRE": "0"}, PipOptions(no_index=True)),
        ({"PIP_RETRIES": "0"}, PipOptions(retries=0)),
        ({"PIP_DEFAULT_TIMEOUT": "180"}, PipOptions(timeout=180.0)),
        ({"XPIP_PROXY": "x", "PIP_PROXY": "", "PIP_NO_INPUT": "maybe"}, PipOptions()),
    ],
)
def test_plain_variables_are_understood(variables: Mapping[str, str], expected: PipOptions) -> None:
    assert options_in(variables) == expected


@pytest.mark.parametrize(
    "variables",
    [
        {"PIP_NO_INDEX": "maybe"},
        {"PIP_TIMEOUT": "1e3"},
        {"PIP_RETRIES": "-1"},
        {"PIP_TIMEOUT": "1", "PIP_DEFAULT_TIMEOUT": "2"},
        {"PIP_NO_BINARY": ":all:", "PIP_ONLY_BINARY": "six"},
        {"PIP_CERT": "relative.pem"},
        {"PIP_UPLOADED_PRIOR_TO": "2020-01-01"},
        {"PIP_PYPI_URL": "https://a.example"},
    ],
)
def test_what_only_pip_can_tell_is_left_to_pip(variables: Mapping[str, str]) -> None:
    assert options_in(variables) is None


VALUES = st.sampled_from(
    [
        "",
        "1",
        "no",
        "YES",
        "2",
        "six",
        "six,Zope.x",
        ":all:",
        ":none:",
        "a b",
        " https://h/s ",
        "/x",
    ]
)
NAMES = st.sampled_from([name for name in PipOptions._fields if name != "client_cert"])


@settings(max_examples=25, deadline=None)  # pip takes ten milliseconds for each
@given(st.dictionaries(NAMES.map(lambda name: f"PIP_{name.upper()}"), VALUES, max_size=4))
def test_what_is_understood_is_understood_as_by_pip(variables: Mapping[str, str]) -> None:
    ours = options_in(variables)
    if ours is None:
        return
    try:
        its, _ = ask_pip({**NO_FILES, **variables})
    except PipRefusedError:  # a host that is none, say: it matches no URL
        return
    assert formats(ours) == formats(its)
    assert ours._replace(no_binary=(), only_binary=()) == its._replace(no_binary=(), only_binary=())


def formats(options: PipOptions) -> Formats:
    return Formats().with_values(options.no_binary, options.only_binary)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("index-url = x\n", ":1: pip cannot read it: no [section] before the first key"),
        (
            f"[global]\nindex-url = x\nindex-url = {SECRET}\n",
            ":3: pip cannot read it: index-url is there twice",
        ),
        ("[global]\n[global]\n", ":2: pip cannot read it: [global] is there twice"),
        (f"[global]\n{SECRET}\n", ":2: pip cannot read it: expected key = value"),
        (
            f"[global]\n[install]\nno_index: {SECRET}\n",
            ":3: pip refuses the value of no-index",
        ),
        (f"[global]\ntimeout = {SECRET}\n", ":2: pip refuses the value of timeout"),
        (
            f"[install]\ntimeout = {SECRET}\n[global]\ntimeout = 1\n[list]\ntimeout = x\n",
            ":2: pip refuses the value of timeout",
        ),
    ],
)
def test_a_configuration_that_pip_refuses_is_one_message_and_nobody_is_asked(
    text: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    environ = conf(tmp_path, text)
    sources = read_sources(environ)
    (problem,) = sources.problems
    assert str(problem) == f"{environ['PIP_CONFIG_FILE']}{message}"
    assert sources.unasked == f"pip's configuration cannot be read: {problem}"
    assert SECRET not in told(sources)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("variable", "value"), [("PIP_NO_INDEX", SECRET), ("PIP_DEFAULT_TIMEOUT", f"9{SECRET}")]
)
def test_a_variable_that_pip_refuses_is_named(variable: str, value: str) -> None:
    sources = read_sources({**NO_FILES, variable: value})
    assert sources.unasked is not None
    (problem,) = sources.problems
    assert problem.message.startswith("pip refuses the value of")
    assert problem.at.file.startswith("PIP_")
    assert SECRET not in told(sources)


@pytest.mark.skipif(int(pip.__version__.partition(".")[0]) < 26, reason="of pip 26")
@pytest.mark.parametrize(
    ("option", "value"),
    [("only-final", "six"), ("all-releases", "six"), ("uploaded-prior-to", "2024-01-01")],
)
def test_what_of_a_configuration_is_not_followed_is_told(
    option: str, value: str, tmp_path: Path
) -> None:
    environ = conf(tmp_path, f"[install]\n{option} = {value}\n")
    sources = read_sources(environ)
    (problem,) = sources.problems
    assert str(problem) == f"{environ['PIP_CONFIG_FILE']}:2: {option} is not followed"
    assert sources.indexes == (f"{PYPI}/",)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_bytes(b"[global]\nindex-url = \xff\n")
    environ = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    (problem,) = read_sources(environ).problems
    assert problem.message.startswith("pip cannot read it: not ")


def test_asking_pip_leaves_the_process_as_it_was(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(5)
    environ = dict(os.environ)
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.root.manager.disable, warnings.filters[:])
    ask_pip(conf(tmp_path, "[global]\nindex-url = https://a.example/\nverbose = 3\n"))
    after = (list(root.handlers), root.level, logging.root.manager.disable, warnings.filters[:])
    assert before == after
    assert environ == os.environ
    assert capfd.readouterr() == ("", "")


def test_the_answer_of_pip_is_kept_and_used(tmp_path: Path) -> None:
    environ = conf(tmp_path, "[global]\nextra-index-url = https://a.example/s\n")
    kept = Memory()
    first = read_sources(environ, kept=kept)
    assert first.indexes == (f"{PYPI}/", "https://a.example/s/")
    ((key, value),) = kept.items()
    kept[key] = value.replace(b"a.example", b"kept.example")
    assert read_sources(environ, kept=kept).indexes[1] == "https://kept.example/s/"


def test_what_pip_refuses_is_not_kept(tmp_path: Path) -> None:
    environ, kept = conf(tmp_path, "[global]\nno-index = maybe\n"), Memory()
    assert read_sources(environ, kept=kept) == read_sources(environ, kept=kept)
    assert not kept


@pytest.mark.parametrize("value", [b"", b"{}", b"[0, {}]", b"[1, {", b'[1, {"no": 1}]', b"\xff"])
def test_what_is_no_answer_of_pip_is_asked_again(tmp_path: Path, value: bytes) -> None:
    environ = conf(tmp_path, "[global]\nindex-url = https://a.example/s\n")
    kept = Memory({settings_key(environ, configured(environ).files): value})
    assert read_sources(environ, kept=kept).indexes == ("https://a.example/s/",)


def test_a_changed_file_or_variable_is_another_answer(tmp_path: Path) -> None:
    kept = Memory()
    for host in ("a", "b"):
        environ = conf(tmp_path, f"[global]\nindex-url = https://{host}.example/\n")
        assert read_sources(environ, kept=kept).indexes == (f"https://{host}.example/",)
        environ["PIP_INDEX_URL"] = "https://c.example"
        assert read_sources(environ, kept=kept).indexes == ("https://c.example/",)


@pytest.mark.parametrize(
    "text",
    [
        f"index-url = https://user:{SECRET}@a.example/",
        f"index-url = https://{SECRET}@a.example/",
        f"find-links = https://a.example/?token={SECRET}",
        f"proxy = user:{SECRET}@a.example:80",
    ],
)
def test_a_secret_is_never_kept(tmp_path: Path, text: str) -> None:
    kept = Memory()
    read_sources(conf(tmp_path, f"[global]\n{text}\n"), kept=kept)
    assert not kept


@given(st.none() | st.text("ab:/"), st.lists(st.text("ab/,.")).map(tuple), st.none() | st.floats(0))
def test_what_is_kept_comes_back(
    url: str | None, links: tuple[str, ...], timeout: float | None
) -> None:
    options = PipOptions(index_url=url, find_links=links, timeout=timeout, no_index=True)
    assert decode(encode(options) or b"") == options


@pytest.mark.parametrize(
    ("given_options", "message"),
    [
        (PipOptions(index_url=""), "--index-url: neither a URL nor a path that exists: ''"),
        (PipOptions(index_url="pypi.org/simple"), "--index-url: neither a URL nor a path"),
        (
            PipOptions(index_url=f"ftp://me:{SECRET}@h.example/"),
            "--index-url: ftp:// is not http, https or file: 'ftp://****@h.example/'",
        ),
        (PipOptions(extra_index_url=("https://h:99999/",)), "--extra-index-url: not a URL"),
        (PipOptions(extra_index_url=("https:///simple",)), "--extra-index-url: no host:"),
        (PipOptions(extra_index_url=("https://a b/",)), "--extra-index-url: not a URL"),
        (PipOptions(find_links=("no/such/folder",)), "--find-links: neither a URL nor a path"),
        (PipOptions(find_links=("file://host/x",)), "--find-links: a file of another host"),
        (PipOptions(cert="no/such.pem"), "--cert: no such file: 'no/such.pem'"),
        (PipOptions(client_cert="no/such.pem"), "--client-cert: no such file: 'no/such.pem'"),
        (PipOptions(no_binary=("-x",)), "--no-binary: expected names, :all: or :none:"),
        (PipOptions(index_url=f"me:{SECRET}@h.example"), "--index-url: neither a URL nor a path"),
        (PipOptions(index_url=f"x://u:{SECRET}/@{SECRET}@h/"), "--index-url: "),
        (PipOptions(index_url=f"x://h/?{SECRET}"), "--index-url: x:// is not"),
    ],
)
def test_what_is_wrong_on_our_command_line_stops_the_run(
    given_options: PipOptions, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_sources(NO_FILES, given=given_options)
    assert str(caught.value).startswith(message)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PIP_INDEX_URL": "pypi.org"}, "PIP_INDEX_URL: neither a URL nor a path"),
        ({"PIP_CERT": "/no/such.pem"}, "PIP_CERT: no such file: '/no/such.pem'"),
        ({"REQUESTS_CA_BUNDLE": "/no.pem"}, "REQUESTS_CA_BUNDLE: no such file: '/no.pem'"),
        ({"PIP_FIND_LINKS": "/no/such"}, "PIP_FIND_LINKS: neither a URL nor a path"),
    ],
)
def test_what_is_wrong_in_the_environment_is_a_problem(
    environ: Mapping[str, str], message: str
) -> None:
    (problem,) = read_sources({**NO_FILES, **environ}).problems
    assert str(problem).startswith(message)


def test_what_is_wrong_in_a_line_is_a_problem_and_the_rest_holds() -> None:
    options = (
        line("extra-index-url", f"https://u:{SECRET}@${{UNSET}}/", number=3),
        line("extra-index-url", "https://a.example/", number=4),
        line("only-final", "six", number=5),
        line("no-binary", "-x", number=6),
    )
    sources = read_sources(NO_FILES, options)
    assert [str(each) for each in sources.problems] == [
        "requirements.txt:5: only-final: is not followed",
        "requirements.txt:6: no-binary: expected names, :all: or :none:",
        "requirements.txt:3: extra-index-url: the environment variable UNSET is not set",
    ]
    assert sources.indexes == (f"{PYPI}/", "https://a.example/")
    assert sources.unasked is None
    assert SECRET not in told(sources)


def test_nobody_is_asked_where_the_only_index_cannot_be() -> None:
    sources = read_sources(NO_FILES, [line("index-url", "https://${TOKEN}@h/")])
    assert (sources.indexes, sources.unasked is None) == ((), False)
    nothing = read_sources(NO_FILES, given=PipOptions(no_index=True))
    assert (nothing.indexes, nothing.unasked) == ((), None)


@pytest.mark.parametrize(
    ("url", "index", "login"),
    [
        ("https://h.example", "https://h.example/", None),
        ("HTTPS://u:p@H.example:8443/s", "https://h.example:8443/s/", ("u", "p")),
        ("https://u%40x:p%2Fw@h.example/s/", "https://h.example/s/", ("u@x", "p/w")),
        ("https://token@h.example/", "https://h.example/", ("token", "")),
        ("https://u:p@[::1]:80/", "https://[::1]:80/", ("u", "p")),
        ("http://h.example/s#part", "http://h.example/s/", None),
        ("file:///tmp/simple", "file:///tmp/simple/", None),
    ],
)
def test_credentials_leave_the_url(url: str, index: str, login: tuple[str, str] | None) -> None:
    sources = read_sources(NO_FILES, given=PipOptions(index_url=url))
    assert sources.indexes == (index,)
    assert sources.access.credentials == ({} if login is None else {index.split("/")[2]: login})


def test_nothing_shows_a_secret() -> None:
    url = f"https://me:{SECRET}@h.example/"
    options = PipOptions(index_url=url, find_links=(url,), proxy=f"http://me:{SECRET}@p.example")
    sources = read_sources({**NO_FILES, "PIP_EXTRA_INDEX_URL": url}, given=options)
    assert SECRET in sources.access.credentials["h.example"]
    assert SECRET not in f"{told(sources)} {options!r} {configured({'PIP_PROXY': SECRET})!r}"


def test_two_logins_of_one_host_are_told_and_the_first_is_used() -> None:
    options = PipOptions(
        index_url="https://a:1@h.example/x", extra_index_url=("https://b:2@h.example/y",)
    )
    sources = read_sources(NO_FILES, given=options)
    assert sources.access.credentials == {"h.example": ("a", "1")}
    (problem,) = sources.problems
    assert str(problem) == "h.example: has two logins, of which the first is used"


def test_a_login_from_https_is_for_https_alone_unless_both_are_named() -> None:
    secure, plain = "https://a:1@h.example/x", "http://a:1@h.example/y"
    one = read_sources(NO_FILES, given=PipOptions(index_url=secure))
    assert one.access.https_only == {"h.example"}
    both = read_sources(NO_FILES, given=PipOptions(index_url=secure, find_links=(plain,)))
    assert both.access.https_only == frozenset()


def test_links_are_looked_for_beside_their_file_then_here(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    file = str(tmp_path / "requirements.txt")
    beside, here = line("find-links", "wheels", file), line("find-links", "tests", file, 2)
    sources = read_sources(NO_FILES, [beside, here])
    assert sources.find_links == ((tmp_path / "wheels").as_uri(), (Path.cwd() / "tests").as_uri())


def test_a_folder_can_be_an_index(tmp_path: Path) -> None:
    sources = read_sources(NO_FILES, given=PipOptions(index_url=str(tmp_path)))
    assert sources.indexes == (f"{tmp_path.as_uri()}/",)


def test_our_own_certificate_beats_the_environment(tmp_path: Path) -> None:
    own, other = tmp_path / "own.pem", tmp_path / "other.pem"
    own.touch()
    other.touch()
    environ = {**NO_FILES, "REQUESTS_CA_BUNDLE": str(other), "PIP_CERT": str(own)}
    assert read_sources(environ).access.ca_file == str(other)
    assert read_sources(environ, given=PipOptions(cert=str(own))).access.ca_file == str(own)


def test_our_own_proxy_puts_the_environment_aside() -> None:
    bundle = {"REQUESTS_CA_BUNDLE": __file__}
    environ = {**NO_FILES, **bundle, "HTTPS_PROXY": "http://p:1", "NO_PROXY": "x"}
    one = read_sources(environ, given=PipOptions(proxy="http://q:1")).access
    assert (one.proxies, one.no_proxy) == ({"http": "http://q:1", "https": "http://q:1"}, "")
    none = read_sources(environ, given=PipOptions(proxy="")).access
    assert (none.proxies, none.ca_file) == ({}, None)


@pytest.mark.parametrize(
    ("platform", "variables", "file"),
    [
        ("darwin", {}, "Library/Application Support/pip/pip.conf"),
        ("darwin", {}, ".config/pip/pip.conf"),
        ("darwin", {}, ".pip/pip.conf"),
        ("darwin", {"XDG_DATA_HOME": "~/x"}, "x/pip/pip.conf"),
        ("win32", {}, "AppData/Roaming/pip/pip.ini"),
        ("win32", {"APPDATA": "{}/y"}, "y/pip/pip.ini"),
        ("win32", {"PROGRAMDATA": "{}/z"}, "z/pip/pip.ini"),
        ("linux", {}, ".config/pip/pip.conf"),
        ("linux", {"XDG_CONFIG_HOME": " "}, ".config/pip/pip.conf"),
        ("linux", {"XDG_CONFIG_DIRS": "~/a:~/b"}, "b/pip/pip.conf"),
    ],
)
def test_the_files_of_each_platform_are_known(
    platform: str, variables: Mapping[str, str], file: str, tmp_path: Path
) -> None:
    said = {name: value.replace("{}", str(tmp_path)) for name, value in variables.items()}
    # The home folder of Windows has a variable of its own, which tests do not have there.
    environ = {"HOME": str(tmp_path), "APPDATA": f"{tmp_path}/AppData/Roaming", **said}
    before = config_files(environ, platform)
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).touch()
    assert {*config_files(environ, platform)} - {*before} == {str(tmp_path / file)}
    assert config_files({**environ, "PIP_CONFIG_FILE": os.devnull}, platform) == ()


@pytest.mark.parametrize(
    ("environ", "files", "expected"),
    [
        ({}, (), None),
        ({}, (".netrc", "_netrc"), ".netrc"),
        ({}, ("_netrc",), "_netrc"),
        ({"NETRC": "~/mine"}, ("mine", ".netrc"), "mine"),
        ({"NETRC": "~/mine"}, (".netrc",), None),
    ],
)
def test_the_netrc_file_is_that_of_requests(
    environ: Mapping[str, str], files: tuple[str, ...], expected: str | None, tmp_path: Path
) -> None:
    for file in files:
        (tmp_path / file).touch()
    found = read_sources({**NO_FILES, "HOME": str(tmp_path), **environ}).access.netrc
    assert found == (expected and str(tmp_path / expected))


def test_the_command_line_has_an_option_for_what_pip_has() -> None:
    @click.command()
    @index_options
    def command(**values: object) -> None:
        options = PipOptions(**values)  # type: ignore[arg-type]  # click makes what each field holds
        click.echo(read_sources(NO_FILES, given=options).indexes)

    names = {param.name for param in command.params}
    assert names == set(PipOptions._fields) - {"prefer_binary", "require_hashes"}
    with pytest.raises(SystemExit) as ended:
        command.main(["-i", "https://a.example", "--extra-index-url", "https://b.example", "--pre"])
    assert ended.value.code == 0
    assert command.make_context("x", []).params["index_url"] is None
