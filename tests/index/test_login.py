"""Who is told which credentials, through which proxy; held against the requests in pip."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.index.http.access import Access
from audit.index.http.login import (
    Netrc,
    authorization,
    is_trusted,
    login_for,
    proxy_for,
    read_netrc,
    web_url,
    with_login,
)

if TYPE_CHECKING:
    from pathlib import Path

# The oracle, which has no types.
AUTH, SESSIONS, UTILS = (
    import_module(f"pip._vendor.requests.{name}") for name in ("auth", "sessions", "utils")
)
basic_auth: Any = AUTH._basic_auth_str  # noqa: SLF001 - what HTTPBasicAuth writes
session: Any = SESSIONS.Session()
utils: Any = UTILS

NOBODY = Netrc()
LOGIN = ("user", "s3cret")


@pytest.mark.parametrize(
    ("user", "password"),
    [LOGIN, ("user", ""), ("", "token"), ("me@work", "p:/% "), ("jos\xe9", "\xfc\xdf")],
)
def test_the_header_is_that_of_requests(user: str, password: str) -> None:
    assert authorization((user, password)) == basic_auth(user, password)


def test_a_password_beyond_latin_1_is_sent_as_utf_8() -> None:
    assert authorization(("u", "\u5bc6")) == "Basic dTrlr4Y="


@pytest.mark.parametrize(
    "userinfo",
    ["user:s3cret@", "me%40work:p%3A%2F%25@", "user:@", "token@", ":token@", "a:b:c@", "a@b:c@"],
)
def test_userinfo_is_decoded_as_by_requests(userinfo: str) -> None:
    url, login = web_url(f"https://{userinfo}pypi.example:8443/simple/?a=b#sha256=1")
    assert url == "https://pypi.example:8443/simple/?a=b"
    user, password = utils.get_auth_from_url(f"https://{userinfo}pypi.example/")
    # requests takes a user alone for no login, which pip amends with an empty password.
    assert login == ((user, password) if password or ":" in userinfo else ("token", ""))


def test_a_url_without_userinfo_has_no_login() -> None:
    assert web_url("http://PyPI.example/x") == ("http://pypi.example/x", None)


NETRC = """
machine pypi.example login user password s3cret
machine token.example account acc password "two words"
machine other.example
login o password p
"""


@pytest.mark.parametrize("default", ["", "default login anonymous password mail"])
@pytest.mark.parametrize(
    "url",
    [
        "https://pypi.example/simple/",
        "http://pypi.example:8080/simple/",
        "https://token.example/",
        "https://other.example/",
        "https://sub.pypi.example/",
        "https://example/",
    ],
)
def test_netrc_is_read_as_requests_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, default: str, url: str
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(NETRC + default)
    monkeypatch.setenv("NETRC", str(netrc))  # the one way to tell requests
    assert login_for(url, Access(), read_netrc(str(netrc))) == utils.get_netrc_auth(url)


@pytest.mark.parametrize(
    "content",
    [b"machine pypi.example login user s3cret", b"s3cret", b"machine a login b password \xff"],
)
def test_a_broken_netrc_is_a_note_and_no_crash(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "netrc"
    path.write_bytes(content)
    netrc = read_netrc(str(path))
    assert netrc.logins == {}
    assert netrc.problem is not None
    assert netrc.problem.startswith(f"{path} is not used: ")
    assert "s3cret" not in netrc.problem


def test_an_absent_netrc_is_a_note_and_no_netrc_is_none(tmp_path: Path) -> None:
    problem = read_netrc(str(tmp_path / "absent")).problem
    assert problem == f"{tmp_path / 'absent'} is not used: no such file or directory"
    assert read_netrc(None) == NOBODY


@pytest.mark.parametrize(
    ("credentials", "url", "expected"),
    [
        ({"a.example": LOGIN}, "https://a.example/x", LOGIN),
        ({"a.example": LOGIN}, "https://A.example/x", LOGIN),
        ({"a.example": LOGIN}, "https://a.example:443/x", LOGIN),
        ({"a.example": LOGIN}, "http://a.example:80/x", LOGIN),
        ({"a.example:443": LOGIN}, "https://a.example/x", LOGIN),
        ({"a.example:8080": LOGIN}, "http://a.example:8080/x", LOGIN),
        ({"[::1]:8080": LOGIN}, "http://[::1]:8080/x", LOGIN),
        ({"a.example:443": LOGIN}, "http://a.example/x", None),
        ({"a.example": LOGIN}, "https://a.example:8443/x", None),
        ({"a.example": LOGIN}, "https://files.a.example/x", None),
        ({"a.example": LOGIN}, "https://example/x", None),
        ({"a.example": LOGIN}, "https://netrc.example/x", ("net", "rc")),
        ({"netrc.example": LOGIN}, "https://netrc.example/x", LOGIN),
        ({"netrc.example": ("token", "")}, "https://netrc.example/x", ("net", "rc")),
        ({"a.example": ("token", "")}, "https://a.example/x", ("token", "")),
    ],
)
def test_credentials_are_for_their_host(
    credentials: dict[str, tuple[str, str]], url: str, expected: tuple[str, str] | None
) -> None:
    netrc = Netrc({"netrc.example": ("net", "rc")})
    assert login_for(url, Access(credentials=credentials), netrc) == expected


def test_credentials_of_an_https_url_are_not_sent_over_http() -> None:
    access = with_login(Access(), "https://a.example/simple/", LOGIN)
    assert login_for("https://a.example/f.whl", access, NOBODY) == LOGIN
    assert login_for("http://a.example/f.whl", access, Netrc({"a.example": LOGIN})) is None
    plain = with_login(access, "http://a.example/simple/", LOGIN)
    assert login_for("http://a.example/f.whl", plain, NOBODY) == LOGIN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://a.example/1", "https://a.example/2"),
        ("https://a.example/1", "https://a.example:443/2"),
        ("https://a.example:443/1", "https://a.example/2"),
        ("https://a.example/1", "https://a.example:8443/2"),
        ("https://a.example:8443/1", "https://a.example:8443/2"),
        ("https://a.example:8443/1", "https://a.example/2"),
        ("https://a.example/1", "https://b.example/2"),
        ("https://a.example/1", "https://a.example.evil/2"),
        ("https://a.example/1", "https://evil.a.example/2"),
        ("https://a.example/1", "http://a.example/2"),
        ("https://a.example/1", "http://a.example:443/2"),
        ("https://a.example:8443/1", "http://a.example:8443/2"),
        ("http://a.example/1", "https://a.example/2"),
        ("http://a.example/1", "https://a.example:443/2"),
        ("http://a.example:80/1", "http://a.example/2"),
        ("http://a.example/1", "http://a.example:8080/2"),
        ("http://a.example:8080/1", "https://a.example/2"),
    ],
)
def test_a_redirect_strips_credentials_where_requests_strips_them(old: str, new: str) -> None:
    access = with_login(Access(), old, LOGIN)
    is_stripped = login_for(new, access, NOBODY) is None
    assert is_stripped == session.should_strip_auth(old, new)


@pytest.mark.parametrize(
    ("trusted", "url", "expected"),
    [
        ("a.example", "https://a.example/", True),
        ("a.example", "https://a.example:8443/", True),
        ("a.example:8443", "https://a.example:8443/", True),
        ("a.example:8443", "https://a.example/", False),
        ("a.example", "https://b.a.example/", False),
    ],
)
def test_a_trusted_host_is_so_on_its_port_or_on_all(
    trusted: str, url: str, *, expected: bool
) -> None:
    assert is_trusted(url, Access(trusted_hosts=frozenset({trusted}))) == expected


HOSTS = ["a.example", "b.a.example", "ba.example", "10.1.2.3", "localhost", "127.0.0.1", "[::1]"]
ENTRIES = [
    *("*", "a.example", ".a.example", "A.example", "example", "a.example:8080", " a.example "),
    *("10.0.0.0/8", "10.1.2.0/24", "10.1.2.3", "10.1.2.3/32", "10.2.0.0/16", "2.3", "0.0.0.0/0"),
    *("localhost", "127.0.0.0/8", "::1", "", "/", "10.0.0.0/x", "a.example/8", "."),
]


def _is_direct(url: str, no_proxy: str) -> bool:
    return proxy_for(url, Access(proxies={"http": "http://p"}, no_proxy=no_proxy)) is None


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("port", ["", ":8080"])
def test_each_form_of_no_proxy_is_understood_as_by_requests(host: str, port: str) -> None:
    url = f"http://{host}{port}/simple/"
    theirs = {entry: utils.should_bypass_proxies(url, no_proxy=entry) for entry in ENTRIES}
    assert {entry: _is_direct(url, entry) for entry in ENTRIES} == theirs


@given(st.sampled_from(HOSTS), st.lists(st.sampled_from(ENTRIES), max_size=3).map(",".join))
def test_no_proxy_is_understood_as_by_requests(host: str, no_proxy: str) -> None:
    url = f"http://{host}/simple/"
    assert _is_direct(url, no_proxy) == utils.should_bypass_proxies(url, no_proxy=no_proxy)


@pytest.mark.parametrize(
    ("proxies", "url", "expected"),
    [
        ({"http": "http://p:1"}, "http://a.example/", "http://p:1"),
        ({"http": "http://p:1"}, "https://a.example/", None),
        ({"https": "p:1"}, "https://a.example/", "http://p:1"),
        ({"all": "http://p", "http": "http://q"}, "http://a.example/", "http://q"),
        ({"all": "http://p"}, "https://a.example/", "http://p"),
        ({}, "https://a.example/", None),
    ],
)
def test_the_proxy_is_that_of_the_scheme(
    proxies: dict[str, str], url: str, expected: str | None
) -> None:
    assert "no_proxy" not in os.environ  # nothing is read from the environment
    assert proxy_for(url, Access(proxies=proxies)) == expected
