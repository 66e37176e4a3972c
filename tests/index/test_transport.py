"""What the transport gets out of servers that behave and of servers that do not."""

from __future__ import annotations

import gzip
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from audit import __version__
from audit.index.http.access import Access
from audit.index.http.login import authorization
from audit.index.http.transport import Failed, Reply, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.index.conftest import Loopback

PLENTY = 10**6
LOGIN = ("user", "s3cret")
Connect: TypeAlias = Callable[..., Transport]


@pytest.fixture
def naps() -> list[float]:
    """Return the seconds that were slept, in their order; in truth nobody sleeps."""
    return []


@pytest.fixture
def connect(naps: list[float]) -> Iterator[Connect]:
    opened: list[Transport] = []

    def connect(**access: Any) -> Transport:  # noqa: ANN401 - the fields of Access
        opened.append(Transport(Access(**{"timeout": 5.0, **access}), sleep=naps.append))
        return opened[-1]

    yield connect
    for transport in opened:
        transport.close()


def replied(answer: Reply | Failed) -> Reply:
    assert isinstance(answer, Reply), answer
    return answer


def reason(answer: Reply | Failed) -> str:
    assert isinstance(answer, Failed), answer
    return answer.reason


BODY = b"0123456789" * 10_000


@pytest.mark.parametrize(
    ("how", "asked", "status", "body"),
    [
        ({}, {}, 200, BODY),
        ({"gzip": True}, {}, 200, BODY),
        ({"chunked": True}, {}, 200, BODY),
        ({"gzip": True, "chunked": True}, {}, 200, BODY),
        ({"etag": '"1"'}, {"If-None-Match": '"1"'}, 304, b""),
        ({"etag": '"2"'}, {"If-None-Match": '"1"'}, 200, BODY),
        ({"status": 404}, {}, 404, b""),
        ({"status": 410}, {}, 410, b""),
        ({"ranges": True, "gzip": True}, {"Range": "bytes=0-3"}, 206, b"0123"),
        ({"ranges": True}, {"range": "bytes=-2"}, 206, b"89"),
        ({"ranges": True}, {"Range": "bytes=200000-"}, 416, b""),
        ({"gzip": True}, {"Range": "bytes=0-3"}, 200, BODY),
    ],
)
def test_an_answer_is_returned_whole(
    loopback: Loopback, how: dict[str, Any], asked: dict[str, str], status: int, body: bytes
) -> None:
    loopback.serve("/page", BODY, **how)
    transport = Transport(Access())
    reply = replied(transport.get(loopback.url("/page"), asked, most=PLENTY))
    transport.close()
    assert (reply.url, reply.status, reply.body) == (loopback.url("/page"), status, body)
    assert len(loopback.asked) == 1


def test_headers_are_named_in_lower_case(loopback: Loopback, connect: Connect) -> None:
    loopback.serve("/page", headers={"Content-TYPE": "text/x", "Cache-Control": "max-age=600"})
    headers = replied(connect().get(loopback.url("/page"), most=PLENTY)).headers
    assert (headers["content-type"], headers["cache-control"]) == ("text/x", "max-age=600")


def test_a_server_learns_the_program_and_nothing_of_the_user(
    loopback: Loopback, connect: Connect
) -> None:
    connect().get(loopback.url(), {"accept": "text/html"}, most=PLENTY)
    assert loopback.asked[0].headers == {
        "host": loopback.host,
        "user-agent": f"scf-audit/{__version__}",
        "accept-encoding": "gzip, deflate",
        "accept": "text/html",
    }


def test_a_part_of_a_file_is_asked_for_uncompressed(loopback: Loopback, connect: Connect) -> None:
    connect().get(loopback.url(), {"range": "bytes=0-3"}, most=PLENTY)
    assert loopback.asked[0].headers["range"] == "bytes=0-3"
    assert loopback.asked[0].headers["accept-encoding"] == "identity"


def test_a_body_asked_for_as_it_is_stays_as_it_was_sent(
    loopback: Loopback, connect: Connect
) -> None:
    sdist = gzip.compress(b"a tar file")
    loopback.serve("/a.tar.gz", sdist, headers={"Content-Encoding": "gzip"})
    url = loopback.url("/a.tar.gz")
    assert replied(connect().get(url, {"accept-encoding": "identity"}, most=99)).body == sdist
    assert replied(connect().get(url, most=99)).body == b"a tar file"


# What fails, how often it is tried, and what the user reads; {} is the host.
FAILURES: list[tuple[dict[str, Any], int, str]] = [
    ({"status": 401}, 1, "{} asks for credentials (401): put them into the index URL or ~/.netrc"),
    ({"status": 403}, 1, "{} forbids it (403)"),
    ({"status": 407}, 1, "the proxy asks for credentials (407): put them into its URL"),
    ({"status": 400}, 1, "{} answered 400"),
    ({"status": 429}, 4, "{} answered 429 (tried 4 times)"),
    ({"status": 500}, 4, "{} answered 500 (tried 4 times)"),
    ({"status": 503}, 4, "{} answered 503 (tried 4 times)"),
    ({"status": 501}, 1, "{} answered 501"),
    ({"status": 302}, 1, "{} answered 302"),
    ({"status": 204}, 1, "{} answered 204"),
    ({"pause": 60}, 4, "no answer from {} within 0.5 s (tried 4 times)"),
    ({"hangs_up": True}, 4, "{} closed the connection without an answer (tried 4 times)"),
    ({"raw": b"SSH-2.0\r\n"}, 4, "{} does not answer in HTTP (tried 4 times)"),
    ({"cut": 1000}, 4, "the answer of {} broke off after 1,000 of 100,000 bytes (tried 4 times)"),
    ({"cut": 10, "chunked": True}, 4, "the answer of {} broke off after 10 bytes (tried 4 times)"),
    (
        {"cut": 10, "gzip": True, "headers": {"Content-Length": "500"}},
        4,
        "the answer of {} broke off after 10 of 500 bytes (tried 4 times)",
    ),
    (
        {"headers": {"Content-Length": "100007"}},
        4,
        "the answer of {} stopped coming after 100,000 of 100,007 bytes (tried 4 times)",
    ),
    (
        {"headers": {"Content-Encoding": "gzip"}},
        4,
        "the answer of {} is not compressed as it says (tried 4 times)",
    ),
    (
        {"headers": {"Content-Encoding": "br"}},
        1,
        "the answer of {} is compressed as nobody asked for: br",
    ),
    (
        {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
        1,
        "{} redirects to what is no http or https URL",
    ),
    (
        {"status": 307, "headers": {"Location": "http://[broken"}},
        1,
        "{} redirects to what is no http or https URL",
    ),
    ({"status": 301, "headers": {"Location": "/page"}}, 11, "{} redirects more than 10 times"),
]


def _timeout(how: dict[str, Any]) -> float:
    # Short only for those who let one wait: a machine that is busy lets one wait as well.
    return 0.5 if "pause" in how or "100007" in str(how) else 20.0


@pytest.mark.parametrize(("how", "tries", "told"), FAILURES, ids=lambda each: str(each)[:60])
def test_each_failure_is_told_in_its_own_words(
    loopback: Loopback, connect: Connect, how: dict[str, Any], tries: int, told: str
) -> None:
    loopback.serve("/page", BODY, **how)
    transport = connect(timeout=_timeout(how))
    assert reason(transport.get(loopback.url("/page"), most=PLENTY)) == told.format(loopback.host)
    assert len(loopback.asked) == tries


@pytest.mark.parametrize("how", [how for how, *_ in FAILURES], ids=lambda each: str(each)[:60])
def test_no_failure_tells_a_secret(
    loopback: Loopback, connect: Connect, how: dict[str, Any]
) -> None:
    loopback.serve("/page?token=s3cret", BODY, **how)
    loopback.serve("/page", BODY, **how)
    url = loopback.url("/page?token=s3cret", userinfo="user:s3cret@")
    failed = connect(timeout=_timeout(how), retries=0).get(url, most=PLENTY)
    assert isinstance(failed, Failed)
    assert "s3cret" not in repr(failed)
    assert loopback.asked[0].headers["authorization"] == authorization(LOGIN)


def test_a_failure_in_passing_is_not_the_last_word(
    loopback: Loopback, connect: Connect, naps: list[float]
) -> None:
    loopback.serve("/page", status=503)
    loopback.serve("/page", hangs_up=True)
    loopback.serve("/page", b"12345", cut=2)
    loopback.serve("/page", b"12345")
    assert replied(connect().get(loopback.url("/page"), most=5)).body == b"12345"
    assert len(loopback.asked) == 4
    assert [0.25 <= naps[0] <= 0.5, 0.5 <= naps[1] <= 1, 1 <= naps[2] <= 2] == [True] * 3


def test_a_404_is_an_answer_and_an_unknown_host_is_none(
    loopback: Loopback, connect: Connect
) -> None:
    assert replied(connect().get(loopback.url("/absent"), most=1)).status == 404
    told = reason(connect(retries=0).get("http://no-such-host.invalid/", most=1))
    assert told == "no-such-host.invalid cannot be found (DNS)"


def test_a_host_that_takes_no_connection_is_given_up_once_for_all(
    connect: Connect, naps: list[float]
) -> None:
    transport = connect()
    url = "http://127.0.0.1:1/"  # nobody listens there
    told = "no connection to 127.0.0.1:1: connection refused (tried 4 times)"
    assert reason(transport.get(url, most=1)) == told
    assert reason(transport.get(url + "other", most=1)) == told
    assert len(naps) == 3


@pytest.mark.parametrize("told", ["7", "Fri, 31 Dec 1999 23:59:59 GMT", "soon", ""])
def test_a_pause_that_a_host_asks_for_is_made(
    loopback: Loopback, connect: Connect, naps: list[float], told: str
) -> None:
    loopback.serve("/page", status=429, headers={"Retry-After": told})
    loopback.serve("/page", b"yes")
    assert replied(connect().get(loopback.url("/page"), most=3)).body == b"yes"
    assert naps == {"7": [7], "Fri, 31 Dec 1999 23:59:59 GMT": [0]}.get(told, naps)
    assert len(naps) == 1


def test_a_pause_that_is_too_long_is_told_and_not_made(
    loopback: Loopback, connect: Connect, naps: list[float]
) -> None:
    loopback.serve("/page", status=503, headers={"Retry-After": "3600"})
    told = reason(connect().get(loopback.url("/page"), most=3))
    assert told == f"{loopback.host} answered 503 and asks to wait 3,600 s"
    assert naps == []


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (BODY, {}),
        (BODY, {"endless": True}),
        (bytes(10**7), {"gzip": True}),
        (bytes(10**7), {"gzip": True, "chunked": True}),
    ],
)
def test_too_large_a_body_is_not_taken_in(
    loopback: Loopback, connect: Connect, body: bytes, how: dict[str, Any]
) -> None:
    loopback.serve("/page", body, **how)
    failed = connect().get(loopback.url("/page"), most=50_000)
    assert failed == Failed(f"the answer of {loopback.host} has more than 50,000 bytes", 200)


def test_a_body_of_just_the_limit_is_taken(loopback: Loopback, connect: Connect) -> None:
    loopback.serve("/page", BODY, gzip=True)
    assert replied(connect().get(loopback.url("/page"), most=len(BODY))).body == BODY


@pytest.mark.parametrize("chunked", [False, True])
def test_a_drip_is_ended(loopback: Loopback, *, chunked: bool) -> None:
    loopback.serve("/page", BODY[:500], drip=0.01, chunked=chunked)
    ticks = count()  # a second from one byte to the next
    transport = Transport(Access(timeout=2), clock=lambda: next(ticks))
    told = reason(transport.get(loopback.url("/page"), most=PLENTY))
    transport.close()
    assert told == f"the answer of {loopback.host} comes too slowly: 9 bytes in 9 s"


@pytest.mark.parametrize(("seconds", "is_taken"), [(0.5, True), (8, False)])
def test_a_slow_line_is_not_taken_for_a_drip(
    loopback: Loopback, seconds: float, *, is_taken: bool
) -> None:
    ticks = count(step=seconds)  # from one part of at most 64 KiB to the next
    transport = Transport(Access(timeout=2, retries=0), clock=lambda: next(ticks))
    loopback.serve("/page", bytes(4 * PLENTY))
    answer = transport.get(loopback.url("/page"), most=4 * PLENTY)
    transport.close()
    assert isinstance(answer, Reply) == is_taken


def test_one_connection_serves_one_request_after_the_other(
    loopback: Loopback, connect: Connect
) -> None:
    transport = connect()
    loopback.serve("/page", BODY, etag='"1"', ranges=True)
    loopback.serve("/chunks", BODY, chunked=True)
    loopback.serve("/gzip", BODY, gzip=True)
    loopback.serve("/absent", BODY, status=404)
    loopback.serve("/moved", b"moved", status=301, headers={"Location": "/page"})
    for path in ("/page", "/chunks", "/gzip", "/absent", "/moved", "/empty"):
        replied(transport.get(loopback.url(path), most=PLENTY))
    for headers in ({"If-None-Match": '"1"'}, {"Range": "bytes=0-1"}, {"Range": "bytes=999999-"}):
        replied(transport.get(loopback.url("/page"), headers, most=PLENTY))
    # The page of the 404 is larger than what is read aside: that connection is not kept.
    assert (len(loopback.asked), loopback.connections) == (10, 2)


def test_threads_share_twenty_connections(loopback: Loopback, connect: Connect) -> None:
    transport = connect()
    loopback.serve("/page", BODY, pause=0.02)
    with ThreadPoolExecutor(40) as threads:
        answers = threads.map(
            lambda _: transport.get(loopback.url("/page"), most=PLENTY), range(100)
        )
    assert {replied(answer).body for answer in answers} == {BODY}
    assert loopback.connections <= 20


def test_what_was_not_read_to_its_end_keeps_no_place_in_the_pool(
    loopback: Loopback, connect: Connect
) -> None:
    transport = connect(retries=0)
    loopback.serve("/endless", BODY, endless=True)
    loopback.serve("/error", BODY * 10, status=500)
    loopback.serve("/page", b"yes")
    for path in ("/endless", "/error") * 12:
        assert isinstance(transport.get(loopback.url(path), most=9), Failed)
    assert replied(transport.get(loopback.url("/page"), most=9)).body == b"yes"


def test_a_redirect_leads_to_the_last_hop(
    loopback: Loopback, elsewhere: Loopback, connect: Connect
) -> None:
    away = elsewhere.url("/b/?x=1#sha256=0", userinfo="their:own@")
    loopback.serve("/a", status=302, headers={"Location": away})
    elsewhere.serve("/b/?x=1", status=308, headers={"Location": "../c"})
    elsewhere.serve("/c", BODY, ranges=True)
    reply = replied(connect().get(loopback.url("/a"), {"Range": "bytes=0-2"}, most=3))
    assert (reply.url, reply.status, reply.body) == (elsewhere.url("/c"), 206, b"012")
    assert not any("authorization" in asked.headers for asked in elsewhere.asked)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a/", "http://", "http://[::1", "http://a:b/", "/simple/", ""],
)
def test_only_http_is_spoken(connect: Connect, url: str) -> None:
    assert reason(connect().get(url, most=1)) == "no http or https URL that can be asked"


def test_a_host_of_an_impossible_name_is_told(connect: Connect) -> None:
    assert reason(connect().get("http://a..b/x", most=1)) == "a..b cannot be asked: check its name"


def test_credentials_of_the_configuration_are_sent_at_once(
    loopback: Loopback, connect: Connect
) -> None:
    loopback.serve("/page", b"yes", login=LOGIN)
    transport = connect(credentials={loopback.host: LOGIN})
    assert replied(transport.get(loopback.url("/page"), most=3)).body == b"yes"
    assert len(loopback.asked) == 1


def test_credentials_of_a_url_are_decoded_and_not_shown(
    loopback: Loopback, connect: Connect
) -> None:
    loopback.serve("/page", b"yes", login=("me@work", "p:a/s s"))
    reply = replied(connect().get(loopback.url("/page", "me%40work:p%3Aa%2Fs%20s@"), most=3))
    assert reply.url == loopback.url("/page")


def test_refused_credentials_are_told_apart_from_missing_ones(
    loopback: Loopback, connect: Connect
) -> None:
    loopback.serve("/page", login=LOGIN)
    failed = connect().get(loopback.url("/page", "user:wrong@"), most=3)
    assert failed == Failed(f"{loopback.host} refuses the credentials given for it (401)", 401)


def test_credentials_go_to_no_other_host_and_are_there_again_at_home(
    loopback: Loopback, elsewhere: Loopback, connect: Connect
) -> None:
    loopback.serve("/a", status=302, headers={"Location": elsewhere.url("/b")})
    elsewhere.serve("/b", status=302, headers={"Location": loopback.url("/c")})
    loopback.serve("/c", b"yes", login=LOGIN)
    transport = connect(credentials={loopback.host: LOGIN})
    assert replied(transport.get(loopback.url("/a"), most=3)).body == b"yes"
    assert "authorization" in loopback.asked[0].headers
    assert "authorization" not in elsewhere.asked[0].headers


def test_a_redirect_from_https_to_http_takes_no_credentials_along(
    secure: Loopback, loopback: Loopback, connect: Connect, identity: Path, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"  # for a host on any port
    netrc.write_text("machine 127.0.0.1 login user password s3cret\n")
    transport = connect(netrc=str(netrc), ca_file=str(identity))
    secure.serve("/a", status=302, headers={"Location": loopback.url("/b")})
    loopback.serve("/b", status=302, headers={"Location": secure.url("/c")})
    secure.serve("/c", b"yes", login=LOGIN)
    assert replied(transport.get(secure.url("/a"), most=3)).body == b"yes"
    assert "authorization" not in loopback.asked[0].headers
    replied(transport.get(loopback.url("/absent"), most=3))  # asked for itself: as pip does
    assert loopback.asked[1].headers["authorization"] == authorization(LOGIN)


def test_a_broken_netrc_is_told_where_it_matters_without_its_words(
    loopback: Loopback, connect: Connect, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1\n  login user\n  s3cret\n")
    loopback.serve("/page", login=LOGIN)
    transport = connect(netrc=str(netrc))
    told = reason(transport.get(loopback.url("/page"), most=3))
    assert f"~/.netrc; {netrc} is not used: line " in told
    assert "s3cret" not in told
    assert replied(transport.get(loopback.url("/absent"), most=3)).status == 404


def test_an_untrusted_certificate_is_told_and_not_tried_again(
    secure: Loopback, connect: Connect, naps: list[float]
) -> None:
    told = reason(connect().get(secure.url("/page"), most=3))
    assert told.startswith(f"the certificate of {secure.host} is not trusted: self")
    assert naps == []


def test_a_certificate_for_another_name_is_not_trusted(
    secure: Loopback, connect: Connect, identity: Path
) -> None:
    url = secure.url("/page").replace("127.0.0.1", "localhost")
    told = reason(connect(ca_file=str(identity)).get(url, most=3))
    assert "is not trusted: hostname mismatch" in told.lower()


@pytest.mark.parametrize("trusted", ["127.0.0.1", "{}"])
def test_a_trusted_host_is_not_verified_and_nothing_is_warned_of(
    secure: Loopback, connect: Connect, trusted: str
) -> None:
    secure.serve("/page", b"yes")
    transport = connect(trusted_hosts=frozenset({trusted.format(secure.host)}))
    assert replied(transport.get(secure.url("/page"), most=3)).body == b"yes"


def test_a_client_certificate_is_shown_to_who_asks(
    secure: Loopback, connect: Connect, identity: Path
) -> None:
    assert secure.tls is not None
    secure.tls.load_verify_locations(identity)
    secure.tls.verify_mode = ssl.CERT_REQUIRED
    secure.serve("/page", b"yes")
    bare, shown = (
        connect(ca_file=str(identity), client_certificate=certificate, retries=0)
        for certificate in (None, str(identity))
    )
    assert isinstance(bare.get(secure.url("/page"), most=3), Failed)
    assert replied(shown.get(secure.url("/page"), most=3)).body == b"yes"


def test_plain_http_needs_no_certificates(loopback: Loopback, connect: Connect) -> None:
    transport = connect(ca_file="/absent")
    assert replied(transport.get(loopback.url("/absent"), most=3)).status == 404


@pytest.mark.parametrize(
    ("access", "told"),
    [
        ({"ca_file": "{}/absent"}, "the CA bundle {}/absent cannot be used: no such file"),
        ({"ca_file": "{}/text"}, "the CA bundle {}/text cannot be used: it is no PEM file for"),
        ({"client_certificate": "{}/text"}, "the client certificate {}/text cannot be used: it is"),
    ],
)
def test_an_unusable_certificate_file_is_named(
    secure: Loopback, connect: Connect, tmp_path: Path, access: dict[str, str], told: str
) -> None:
    (tmp_path / "text").write_text("no certificate")
    given = {name: value.format(tmp_path) for name, value in access.items()}
    assert reason(connect(**given).get(secure.url(), most=3)).startswith(told.format(tmp_path))


def test_https_spoken_to_a_plain_server_is_told(loopback: Loopback, connect: Connect) -> None:
    url = loopback.url("/page").replace("http:", "https:")
    told = reason(connect(retries=0).get(url, most=3))
    assert told == f"no secure connection to {loopback.host}: wrong version number"


def test_a_proxy_is_asked_with_its_own_credentials(proxy: Loopback, connect: Connect) -> None:
    proxy.serve("http://pypi.example/simple/", b"yes")
    transport = connect(
        proxies={"http": proxy.url("", "me:p%40ss@")}, credentials={"pypi.example": LOGIN}
    )
    assert replied(transport.get("http://pypi.example/simple/", most=3)).body == b"yes"
    headers = proxy.asked[0].headers
    assert headers["proxy-authorization"] == authorization(("me", "p@ss"))
    assert headers["authorization"] == authorization(LOGIN)


def test_https_goes_through_a_tunnel_that_learns_no_credentials(
    proxy: Loopback, connect: Connect, identity: Path
) -> None:
    proxy.serve("pypi.example:443")
    proxy.serve("/simple/", b"yes", login=LOGIN)
    transport = connect(
        proxies={"https": proxy.url("", "me:pass@")},
        credentials={"pypi.example": LOGIN},
        ca_file=str(identity),
    )
    assert replied(transport.get("https://pypi.example/simple/", most=3)).body == b"yes"
    tunnel, page = proxy.asked
    assert tunnel.headers["proxy-authorization"] == authorization(("me", "pass"))
    assert "authorization" not in tunnel.headers
    assert "proxy-authorization" not in page.headers


def test_a_proxy_can_be_spoken_to_over_tls_if_it_is_trusted(
    secure: Loopback, connect: Connect, identity: Path
) -> None:
    url = "http://pypi.example/simple/"
    secure.serve(url, b"yes")
    proxies = {"http": secure.url("")}
    told = reason(connect(proxies=proxies).get(url, most=3))
    assert told.startswith("the certificate of the proxy is not trusted: self")
    trusting = connect(proxies=proxies, ca_file=str(identity))
    assert replied(trusting.get(url, most=3)).body == b"yes"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (407, "the proxy asks for credentials (407): put them into its URL"),
        (403, "the proxy answered 403"),
        (502, "the proxy answered 502 (tried 2 times)"),
    ],
)
def test_a_tunnel_that_is_refused_is_told(
    proxy: Loopback, connect: Connect, status: int, told: str
) -> None:
    proxy.serve("pypi.example:443", status=status)
    transport = connect(proxies={"https": proxy.host}, retries=1)
    assert reason(transport.get("https://pypi.example/", most=3)) == told


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://user:s3cret@127.0.0.1:1", "no connection to the proxy"),
        ("127.0.0.1:1", "no connection to the proxy"),
        ("gopher://127.0.0.1:1", "a proxy of scheme gopher cannot be used: give an http one"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told(connect: Connect, url: str, told: str) -> None:
    transport = connect(proxies={"http": url}, retries=0)
    assert reason(transport.get("http://pypi.example/", most=3)).startswith(told)


@pytest.mark.skipif(find_spec("socks") is not None, reason="PySocks is installed")
def test_a_socks_proxy_names_what_it_needs(connect: Connect) -> None:
    transport = connect(proxies={"all": "socks5://user:s3cret@127.0.0.1:1"})
    told = reason(transport.get("http://pypi.example/", most=3))
    assert told == "a SOCKS proxy needs PySocks: install it beside scf-audit"


def test_a_host_of_no_proxy_is_asked_directly(
    loopback: Loopback, proxy: Loopback, connect: Connect
) -> None:
    transport = connect(proxies={"all": proxy.host}, no_proxy="example.com, 127.0.0.0/8")
    replied(transport.get(loopback.url("/absent"), most=3))
    assert (loopback.paths(), proxy.paths()) == (["/absent"], [])


def test_closing_ends_a_pause_and_all_that_follows(loopback: Loopback) -> None:
    transport = Transport(Access())
    loopback.serve("/page", status=503, headers={"Retry-After": "25"})
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(transport.get, loopback.url("/page"), most=3)
        while not loopback.asked:
            time.sleep(0.005)
        transport.close()
        assert reason(waiting.result(timeout=5)) == "not asked: the run is over"
    assert reason(transport.get(loopback.url("/page"), most=3)) == "not asked: the run is over"
    assert len(loopback.asked) == 1


def test_closing_ends_an_answer_that_goes_on(loopback: Loopback) -> None:
    transport = Transport(Access())
    loopback.serve("/page", BODY, drip=0.01)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(transport.get, loopback.url("/page"), most=PLENTY)
        while not loopback.asked:
            time.sleep(0.005)
        transport.close()
        assert reason(waiting.result(timeout=5)).endswith("the run is over")


def test_nothing_is_loaded_before_the_first_request() -> None:
    code = (
        "import sys; from audit.index.http.transport import Transport;"
        "from audit.index.http.access import Access; Transport(Access()).close();"
        "print({'urllib3', 'ssl', 'http.client', 'email', 'socket', 'json'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout == "set()\n"


def test_what_holds_secrets_does_not_show_them() -> None:
    access: Mapping[str, Any] = {
        "credentials": {"a": LOGIN},
        "proxies": {"http": "http://s3cret@b"},
    }
    assert "s3cret" not in repr(Access(**access)) + repr(Transport(Access(**access)))
