"""What became of a request that got no usable answer, in words for the user.

The words name the host, never a path or a query, which may hold secrets.
"""

from __future__ import annotations

import re
import ssl
from http import HTTPStatus
from http.client import HTTPException

from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

from audit.index.http.answers import Fault
from audit.index.http.login import host_of, origin_of

_PASSING = {429, 500, 502, 503, 504}
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
_PROXY_ASKS = "the proxy asks for credentials (407): put them into its URL"


def error_fault(error: Exception, url: str, timeout: float) -> Fault:
    """Say what an error before the answer means; `timeout` is in seconds."""
    host = host_of(url)
    match error:
        case ProxyError():
            return _proxy_fault(error, url)
        case SSLError():
            return _tls_fault(error, host)
        case ConnectTimeoutError():  # the family of all that keeps a connection from coming about
            return Fault(_unconnected(error, host, timeout), unreachable=origin_of(url))
        case ReadTimeoutError():
            return Fault(f"no answer from {host} within {timeout:g} s")
        case ProtocolError():
            return _protocol_fault(error, host)
        case _:  # what urllib3 and the socket find wrong with a host's name, above all
            return Fault(f"{host} cannot be asked: check its name", passes=False)


def broken_body(error: Exception, host: str, got: int, length: int | None) -> Fault:
    """Say why a body ended early, after `got` bytes of `length`, if that is known."""
    size = f"{got:,} bytes" if length is None else f"{got:,} of {length:,} bytes"
    match error:
        case ReadTimeoutError():
            return Fault(f"the answer of {host} stopped coming after {size}")
        case DecodeError():
            return Fault(f"the answer of {host} is not compressed as it says")
        case _:
            return Fault(f"the answer of {host} broke off after {size}")


def status_fault(status: int, host: str, *, sent_login: bool, note: str | None) -> Fault:
    """Say what a status means that is no answer; `note` tells why netrc was not used."""
    match status:
        case 401 if sent_login:
            return Fault(f"{host} refuses the credentials given for it (401)", 401, passes=False)
        case 401:
            asks = f"{host} asks for credentials (401): put them into the index URL or ~/.netrc"
            return Fault(asks + (f"; {note}" if note else ""), 401, passes=False)
        case 403:
            return Fault(f"{host} forbids it (403)", 403, passes=False)
        case 407:
            return Fault(_PROXY_ASKS, 407, passes=False)
        case _:
            return Fault(f"{host} answered {status}", status, passes=status in _PASSING)


def _unconnected(error: ConnectTimeoutError, host: str, timeout: float) -> str:
    match error:
        case NameResolutionError():
            return f"{host} cannot be found (DNS)"
        case NewConnectionError(__cause__=OSError(strerror=str(why))):
            return f"no connection to {host}: {why.lower()}"
        case NewConnectionError():
            return f"no connection to {host}"
        case _:
            return f"no connection to {host} within {timeout:g} s"


def _proxy_fault(error: ProxyError, url: str) -> Fault:
    original = error.original_error
    if refused := _TUNNEL.search(str(original)):
        status = int(refused[1])
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return Fault(_PROXY_ASKS, status, passes=False)
        return Fault(f"the proxy answered {status}", status, passes=status in _PASSING)
    if isinstance(original, SSLError):
        return _tls_fault(original, "the proxy")
    return Fault("no connection to the proxy", unreachable=origin_of(url))


def _tls_fault(error: SSLError, host: str) -> Fault:
    cause = error.args[0] if error.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        why = cause.verify_message or "the names differ"
        return Fault(f"the certificate of {host} is not trusted: {why}", passes=False)
    why = getattr(cause, "reason", None) or "it ended early"
    return Fault(f"no secure connection to {host}: {str(why).lower().replace('_', ' ')}")


def _protocol_fault(error: ProtocolError, host: str) -> Fault:
    cause = error.args[1] if len(error.args) > 1 else None
    if isinstance(cause, HTTPException) and not isinstance(cause, ConnectionError):
        return Fault(f"{host} does not answer in HTTP")
    return Fault(f"{host} closed the connection without an answer")
