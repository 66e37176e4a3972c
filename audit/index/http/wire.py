"""Connections: one family of urllib3's pools for the process, opened as `Access` says.

Importing this module costs 70 ms, nearly all of it urllib3, which cannot be had in part.
"""

from __future__ import annotations

import importlib.util
import os
import ssl
from threading import Lock
from typing import TYPE_CHECKING, Any
from warnings import filterwarnings

from urllib3 import PoolManager, ProxyManager, Timeout
from urllib3.exceptions import InsecureRequestWarning

from audit.errors import reason
from audit.index.http.login import authorization, is_trusted, proxy_for, without_login

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import BaseHTTPResponse

    from audit.index.http.access import Access

_HOSTS = 20  # whose connections are kept: an index, its file host, a few more of each
_CONNECTIONS = 20


class MisconfiguredError(Exception):
    """The connection cannot even be tried; the text is for the user."""


class Wire:
    """Opens connections and keeps them for the next request. Safe to share by threads."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = Lock()
        self._managers: dict[tuple[str | None, bool], PoolManager] = {}
        self._contexts: dict[bool, ssl.SSLContext] = {}

    def open(self, url: str, headers: Mapping[str, str], *, decode: bool) -> BaseHTTPResponse:
        """Ask once, and return the answer with its body unread; redirects are not followed.

        Raises MisconfiguredError, and urllib3's errors as they come.
        """
        return self._manager(url).request(
            "GET",
            url,
            headers=headers,
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=decode,
        )

    def close(self) -> None:
        """Close the connections that are idle."""
        with self._lock:
            managers = list(self._managers.values())
        for manager in managers:
            manager.clear()

    def _manager(self, url: str) -> PoolManager:
        proxy = proxy_for(url, self._access)
        # The certificates of the system take 27 ms to load: only where one is to be verified.
        is_secure = url.startswith("https:") or (proxy or "").startswith("https:")
        verify = is_secure and not is_trusted(url, self._access)
        with self._lock:
            if (proxy, verify) not in self._managers:
                self._managers[proxy, verify] = self._new_manager(proxy, verify=verify)
            return self._managers[proxy, verify]

    def _new_manager(self, proxy: str | None, *, verify: bool) -> PoolManager:
        options: dict[str, Any] = {
            "num_pools": _HOSTS,
            "maxsize": _CONNECTIONS,
            "block": True,
            "timeout": Timeout(connect=self._access.timeout, read=self._access.timeout),
            "ssl_context": self._context(verify=verify),
        }
        if not verify:
            # The user named the host as trusted; urllib3 would warn of each request to it.
            filterwarnings("ignore", category=InsecureRequestWarning)
        if proxy is None:
            return PoolManager(**options)
        bare, login = without_login(proxy)
        scheme = bare.partition(":")[0]
        if scheme.startswith("socks"):
            return _socks_manager(bare, login, options)
        if scheme not in {"http", "https"}:
            raise MisconfiguredError(f"a proxy of scheme {scheme} cannot be used: give an http one")
        if scheme == "https":
            options["proxy_ssl_context"] = self._context(verify=True)
        sent = {} if login is None else {"Proxy-Authorization": authorization(login)}
        return ProxyManager(bare, proxy_headers=sent, **options)

    def _context(self, *, verify: bool) -> ssl.SSLContext:
        if verify not in self._contexts:
            self._contexts[verify] = _new_context(self._access, verify=verify)
        return self._contexts[verify]


def _new_context(access: Access, *, verify: bool) -> ssl.SSLContext:
    if verify:
        context = _verifying_context(access.ca_file)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    path = access.client_certificate
    if path is not None:
        try:  # an empty password keeps OpenSSL from asking for one on the terminal
            context.load_cert_chain(path, password="")
        except OSError as error:
            raise MisconfiguredError(_unreadable("client certificate", path, error)) from None
    return context


def _verifying_context(path: str | None) -> ssl.SSLContext:
    # Without a path, OpenSSL reads SSL_CERT_FILE, SSL_CERT_DIR and the system's store.
    if path is None:
        return ssl.create_default_context()
    try:
        if os.path.isdir(path):  # noqa: PTH112 - a string from pip's configuration
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        raise MisconfiguredError(_unreadable("CA bundle", path, error)) from None


def _unreadable(what: str, path: str, error: OSError) -> str:
    why = "it is no PEM file for that" if isinstance(error, ssl.SSLError) else reason(error)
    return f"the {what} {path} cannot be used: {why}"


def _socks_manager(
    proxy: str, login: tuple[str, str] | None, options: dict[str, Any]
) -> PoolManager:
    if importlib.util.find_spec("socks") is None:
        raise MisconfiguredError("a SOCKS proxy needs PySocks: install it beside scf-audit")
    from urllib3.contrib.socks import SOCKSProxyManager  # noqa: PLC0415 - needs PySocks

    user, password = login or (None, None)
    return SOCKSProxyManager(proxy, user, password, **options)
