"""One try at a request: hop by hop along its redirects, each told no more than it may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from urllib3 import Retry
from urllib3.exceptions import HTTPError, InvalidHeader

from audit.index.http.answers import Fault, Reply
from audit.index.http.body import Limits, read_body
from audit.index.http.faults import error_fault, status_fault
from audit.index.http.login import authorization, host_of, login_for, read_netrc, web_url
from audit.index.http.wire import MisconfiguredError, Wire

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from audit.index.http.access import Access
    from audit.index.http.answers import Request
    from audit.index.http.body import Patience

_REDIRECTS = 10
_ASIDE = 2**16  # bytes read of a body that nobody wants, so that the connection can be kept


class _Moved(NamedTuple):
    location: str
    status: int


class Exchange:
    """Asks hosts and reads what they answer. Safe to share by threads."""

    def __init__(self, access: Access, patience: Patience) -> None:
        self._wire = Wire(access)
        self._netrc = read_netrc(access.netrc)
        self._patience = patience

    def ask(self, request: Request) -> Reply | Fault:
        """Ask once, following redirects."""
        url, was_secure = request.url, False
        for _ in range(_REDIRECTS + 1):
            is_secure = url.startswith("https:")
            was_secure = was_secure or is_secure
            hop = self._hop(url, request, may_log_in=is_secure or not was_secure)
            if not isinstance(hop, _Moved):
                return hop
            try:
                url, _ = web_url(urljoin(url, hop.location))
            except ValueError:
                away = f"{host_of(url)} redirects to what is no http or https URL"
                return Fault(away, hop.status, passes=False)
        return Fault(f"{host_of(request.url)} redirects more than {_REDIRECTS} times", passes=False)

    def close(self) -> None:
        """Close the connections that are idle."""
        self._wire.close()

    def _hop(self, url: str, request: Request, *, may_log_in: bool) -> Reply | Fault | _Moved:
        login = login_for(url, request.access, self._netrc) if may_log_in else None
        sent = {} if login is None else {"Authorization": authorization(login)}
        try:
            response = self._wire.open(url, {**request.headers, **sent}, decode=request.is_decoded)
        except MisconfiguredError as error:
            return Fault(str(error), passes=False)
        except (HTTPError, OSError, ValueError) as error:
            return error_fault(error, url, self._patience.timeout)
        try:
            return self._heard(response, url, request.most, sent_login=login is not None)
        finally:  # what was not read to its end is closed, and its place in the pool freed
            response.close()
            response.release_conn()

    def _heard(
        self, response: BaseHTTPResponse, url: str, most: int, *, sent_login: bool
    ) -> Reply | Fault | _Moved:
        headers = {name.lower(): response.headers[name] for name in response.headers}
        match response.status:
            case 200 | 206 as status:
                body = self._body(response, host_of(url), most)
                if isinstance(body, Fault):
                    return body._replace(status=status)
                return Reply(url, status, headers, body)
            case 304 | 404 | 410 | 416 as status:
                self._body(response, "", _ASIDE)
                return Reply(url, status, headers, b"")
            case 301 | 302 | 303 | 307 | 308 as status if "location" in headers:
                self._body(response, "", _ASIDE)
                return _Moved(headers["location"], status)
            case status:
                note = self._netrc.problem
                fault = status_fault(status, host_of(url), sent_login=sent_login, note=note)
                return fault._replace(after=_asked_wait(response))

    def _body(self, response: BaseHTTPResponse, host: str, most: int) -> bytes | Fault:
        return read_body(response, host, Limits(most, self._patience))


def _asked_wait(response: BaseHTTPResponse) -> float | None:
    """Return the seconds of Retry-After, given as such or as a date (RFC 9110, 10.2.3)."""
    try:
        return Retry().get_retry_after(response)
    except InvalidHeader:
        return None
