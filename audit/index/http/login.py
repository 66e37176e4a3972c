"""Who is told which credentials, through which proxy: what pip, and requests in it, would decide.

Credentials are for one host. They are looked up anew for each hop of a redirect, so that none
goes to a host that they are not meant for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from audit.errors import reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

    from audit.index.http.access import Access

    Login = tuple[str, str]

_ADDRESS_BITS = 32
_PORTS = {"http": 80, "https": 443}


class Netrc(NamedTuple):
    """What a netrc file says. Its text is not for showing: it holds secrets."""

    logins: Mapping[str, Login] = {}
    """Host, or `default` -> user and password."""
    problem: str | None = None
    """Why the file is not used, for the user."""

    def __repr__(self) -> str:
        return "Netrc(...)"


def read_netrc(path: str | None) -> Netrc:
    """Read a netrc file; one that is broken is not used at all, as in requests, but told."""
    if path is None:
        return Netrc()
    from netrc import NetrcParseError, netrc  # noqa: PLC0415 - shlex, for the few that have one

    try:
        hosts = netrc(path).hosts
    except NetrcParseError as error:  # its message may quote a password
        return Netrc(problem=f"{path} is not used: line {error.lineno} cannot be understood")
    except OSError as error:
        return Netrc(problem=f"{path} is not used: {reason(error)}")
    except ValueError:
        return Netrc(problem=f"{path} is not used: it is not UTF-8")
    return Netrc(
        {
            host: (user or account or "", password or "")
            for host, (user, account, password) in hosts.items()
        }
    )


def web_url(url: str) -> tuple[str, Login | None]:
    """Split an http or https URL into what may be shown and sent, and its user and password.

    The fragment goes as well. Raises ValueError where the URL is another, or broken.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.port == 0:
        raise ValueError(url)
    return without_login(url)


def without_login(url: str) -> tuple[str, Login | None]:
    """Split any URL in the same way, without a look at its scheme."""
    parts = urlsplit(url)
    userinfo, at, _ = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=host_of(url), fragment="").geturl()
    user, _, password = userinfo.partition(":")
    return bare, (unquote(user), unquote(password)) if at else None


def host_of(url: str) -> str:
    """Return the host of a URL, in lower case and with the port that the URL names."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def origin_of(url: str) -> str:
    """Return the scheme and host of a URL without credentials."""
    return f"{urlsplit(url).scheme}://{host_of(url)}"


def login_for(url: str, access: Access, netrc: Netrc) -> Login | None:
    """Return the user and password that may be sent to the host of a URL without any.

    What the configuration says goes before netrc; only a user without a password looks there
    first, as in pip. What came with an https URL is not sent over http.
    """
    parts = urlsplit(url)
    host = next((host for host in _spellings(parts) if host in access.credentials), "")
    if parts.scheme == "http" and host in access.https_only:
        return None
    found = access.credentials.get(host)
    if found is not None and found[1]:
        return found
    return netrc.logins.get(parts.hostname or "") or netrc.logins.get("default") or found


def with_login(access: Access, url: str, login: Login) -> Access:
    """Return what may be sent where for a URL that came with its own user and password."""
    host = host_of(url)
    secret = access.https_only | {host} if url.startswith("https:") else access.https_only - {host}
    return access._replace(credentials={**access.credentials, host: login}, https_only=secret)


def authorization(login: Login) -> str:
    """Return the value of the header for basic authentication (RFC 7617).

    Latin-1 as requests writes it; UTF-8 for what is not in it, where requests gives up.
    """
    from base64 import b64encode  # noqa: PLC0415 - only where there are credentials

    text = ":".join(login)
    try:
        encoded = text.encode("latin-1")
    except UnicodeEncodeError:
        encoded = text.encode()
    return f"Basic {b64encode(encoded).decode('ascii')}"


def is_trusted(url: str, access: Access) -> bool:
    """Whether a host's certificate is not to be verified; one named without port is on any."""
    parts = urlsplit(url)
    return not access.trusted_hosts.isdisjoint({*_spellings(parts), parts.hostname})


def proxy_for(url: str, access: Access) -> str | None:
    """Return the URL of the proxy to ask for a URL, or None where its host is asked directly."""
    proxy = access.proxies.get(urlsplit(url).scheme) or access.proxies.get("all")
    if not proxy or _is_direct(url, access.no_proxy):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _spellings(parts: SplitResult) -> tuple[str, ...]:
    # `host` and `host:443` are one place for https, whichever the configuration wrote.
    host = parts.netloc.rpartition("@")[2].lower()
    standard = f":{_PORTS.get(parts.scheme, '')}"
    if parts.port is None:
        return host, host + standard
    return host, host.removesuffix(standard)


def _is_direct(url: str, no_proxy: str) -> bool:
    """Whether `no_proxy` names the host: itself, a domain that it is in, or a network."""
    host = urlsplit(url).hostname or ""
    entries = [entry for entry in no_proxy.replace(" ", "").split(",") if entry]
    if no_proxy == "*":
        return True
    # The first two rules are of requests, for names and addresses, the third is of urllib,
    # which requests asks as well: a dot in front does not matter, nor does case.
    address = _address(host) if entries else None
    if address is None:
        # Until 2.33 requests took any end of a name, so that `a.example` meant `ba.example` too.
        domains = tuple(f".{entry.lstrip('.')}" for entry in entries)
        found = f".{host}".endswith(domains) or f".{host_of(url)}".endswith(domains)
    else:
        found = any(entry == host or _holds(entry, address) for entry in entries)
    return found or f".{host}".endswith(tuple(f".{each.lstrip('.').lower()}" for each in entries))


def _address(host: str) -> int | None:
    import socket  # noqa: PLC0415 - only behind a proxy

    try:
        return int.from_bytes(socket.inet_aton(host), "big")
    except (OSError, UnicodeError):
        return None


def _holds(network: str, address: int) -> bool:
    start, slash, bits = network.partition("/")
    first = _address(start)
    if not slash or first is None or not bits.isdecimal() or not 1 <= int(bits) <= _ADDRESS_BITS:
        return False
    return (first ^ address) >> (_ADDRESS_BITS - int(bits)) == 0
