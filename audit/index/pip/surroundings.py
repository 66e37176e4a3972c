"""What the environment says about reaching hosts: proxies, CA bundle, netrc file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from audit.index.pip.addresses import Said
from audit.index.pip.files import expanded, home
from audit.model import Location

if TYPE_CHECKING:
    from collections.abc import Mapping


class Proxies(NamedTuple):
    """Where requests go instead. Its text is not for showing."""

    by_scheme: Mapping[str, str]
    exceptions: str = ""

    def __repr__(self) -> str:
        return "Proxies(...)"


def proxies(environ: Mapping[str, str]) -> Proxies:
    """Return the proxies that requests, and so pip, takes from the environment.

    The lower-case variable wins, also an empty one, and `all_proxy` stands for both schemes.
    HTTP_PROXY of a CGI process is what its client sent, so it does not count.
    """
    found = {name.lower(): text for name, text in environ.items() if name.lower() in _VARIABLES}
    if "REQUEST_METHOD" in environ:
        found.pop("http_proxy", None)
    found |= {name: environ[name] for name in _VARIABLES if name in environ}
    found = {name: text for name, text in found.items() if text}
    if not found.keys() - {"no_proxy"} and sys.platform in {"darwin", "win32"}:
        found |= _system()
    by_scheme = {
        scheme: text
        for scheme in ("http", "https")
        if (text := found.get(f"{scheme}_proxy") or found.get("all_proxy"))
    }
    return Proxies(by_scheme, environ.get("no_proxy") or environ.get("NO_PROXY") or "")


_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def _system() -> dict[str, str]:
    # These systems have settings of their own for it; 15 ms that others need not pay.
    from urllib.request import getproxies  # noqa: PLC0415

    return {f"{scheme}_proxy": text for scheme, text in getproxies().items()}


def ca_bundle(environ: Mapping[str, str]) -> Said | None:
    """Return the CA bundle of the environment, which with requests beats pip's `cert`.

    SSL_CERT_FILE and SSL_CERT_DIR are OpenSSL's own: it follows them where no bundle is named.
    """
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if path := environ.get(name):
            return Said(name, path, Location(name))
    return None


def netrc(environ: Mapping[str, str]) -> str | None:
    """Return the netrc file that requests would read, None where there is none."""
    named = environ.get("NETRC")
    usual = (f"{home(environ)}/.netrc", f"{home(environ)}/_netrc")
    places = usual if named is None else (expanded(named, environ),)
    return next((place for place in places if os.path.exists(place)), None)  # noqa: PTH110  # exists() raises in a folder we may not search
