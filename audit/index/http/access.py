"""How hosts are reached: credentials, proxies, certificates and patience, as pip is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Access(NamedTuple):
    """What a connection needs beside its URL. Its text is not for showing: it holds secrets."""

    credentials: Mapping[str, tuple[str, str]] = {}
    """Host, with its port where the URL has one -> user and password, from URLs of the
    configuration; a netrc file answers for other hosts."""
    netrc: str | None = None
    """Path of the netrc file, or None where there is none."""
    trusted_hosts: frozenset[str] = frozenset()
    """Hosts, some with a port, whose certificate is not verified (pip's --trusted-host)."""
    ca_file: str | None = None
    """CA bundle; None for what the system trusts."""
    client_certificate: str | None = None
    """PEM file with certificate and key (pip's --client-cert)."""
    proxies: Mapping[str, str] = {}
    """Scheme -> proxy URL, credentials included."""
    no_proxy: str = ""
    """Hosts that are asked directly, in the form of the variable of that name."""
    timeout: float = 15.0
    """Seconds to wait for a connection, and for each part of an answer."""
    retries: int = 3
    """How often a request that failed in passing is tried again."""
    https_only: frozenset[str] = frozenset()
    """Those hosts of `credentials` that came with an https URL: nothing is sent over http."""

    def __repr__(self) -> str:
        return "Access(...)"
