"""Bytes over HTTP: asked again with patience that ends, and never for a host known to be gone."""

from __future__ import annotations

import time
from threading import Event, Lock
from typing import TYPE_CHECKING

from audit import __version__
from audit.index.http.answers import Failed, Fault, Reply, Request
from audit.index.http.login import origin_of, web_url, with_login

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.index.http.access import Access
    from audit.index.http.exchange import Exchange

__all__ = ["Failed", "Reply", "Transport"]

_LONGEST_WAIT = 30.0  # seconds; a host that asks for a longer pause is not waited for
_FIRST_PAUSE = 0.5  # seconds, doubled from try to try, less up to half of it by chance


class Transport:
    """Asks hosts, as pip is configured to. Threads may share one; nothing is loaded before use."""

    def __init__(
        self,
        access: Access,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what hosts may be told. `sleep` waits for seconds, `clock` counts them."""
        self._access = access
        self._closed = Event()
        self._sleep = sleep or self._closed.wait  # close() ends a pause
        self._clock = clock
        self._opening = Lock()
        self._opened: Exchange | None = None
        self._gone: dict[str, Failed] = {}

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, most: int
    ) -> Reply | Failed:
        """Ask for a URL until it answers or patience ends; redirects are followed.

        A body of more than `most` bytes, once decoded, fails. A request for a `Range`, or one
        that says `Accept-Encoding: identity`, gets bytes as they are sent.
        """
        try:
            bare, login = web_url(url)
        except ValueError:
            return Failed("no http or https URL that can be asked")
        access = self._access if login is None else with_login(self._access, bare, login)
        request = Request(bare, _all_headers(headers or {}), most, access)
        tries = 0
        while not self._closed.is_set():
            if known := self._gone.get(origin_of(bare)):
                return known
            outcome = self._exchange().ask(request)
            tries += 1
            if isinstance(outcome, Reply):
                return outcome
            if self._is_final(outcome, tries):
                return self._failed(outcome, tries)
            self._sleep(_pause(tries) if outcome.after is None else outcome.after)
        return Failed("not asked: the run is over")

    def close(self) -> None:
        """Close all connections; who waits for an answer, or asks for one, gets a failure."""
        self._closed.set()
        with self._opening:
            if self._opened is not None:
                self._opened.close()

    def _exchange(self) -> Exchange:
        with self._opening:
            if self._opened is None:
                from audit.index.http.body import Patience  # noqa: PLC0415 - as below
                from audit.index.http.exchange import Exchange  # noqa: PLC0415 - urllib3, 70 ms

                patience = Patience(self._access.timeout, self._clock, self._closed)
                self._opened = Exchange(self._access, patience)
            return self._opened

    def _is_final(self, fault: Fault, tries: int) -> bool:
        too_long = fault.after is not None and fault.after > _LONGEST_WAIT
        return not fault.passes or too_long or tries > self._access.retries

    def _failed(self, fault: Fault, tries: int) -> Failed:
        reason = fault.reason
        if fault.after is not None and fault.after > _LONGEST_WAIT:
            reason += f" and asks to wait {fault.after:,.0f} s"
        if tries > 1:
            reason += f" (tried {tries} times)"
        failed = Failed(reason, fault.status)
        if fault.unreachable:  # the other requests of the run need not each find out
            self._gone[fault.unreachable] = failed
        return failed


def _all_headers(headers: Mapping[str, str]) -> dict[str, str]:
    given = {name.title(): value for name, value in headers.items()}
    # A part of a compressed body could not be decoded.
    encoding = "identity" if "Range" in given else "gzip, deflate"
    return {"User-Agent": f"scf-audit/{__version__}", "Accept-Encoding": encoding, **given}


def _pause(tries: int) -> float:
    from random import uniform  # noqa: PLC0415 - urllib3 has loaded it by now

    longest: float = _FIRST_PAUSE * 2 ** (tries - 1)
    return uniform(longest / 2, longest)  # noqa: S311 - spreads requests, guards nothing
