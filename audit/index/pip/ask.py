"""pip's own reading of its configuration, by way of pip-tools: the truth, at a price.

Importing it was measured at 300 to 400 ms, so this module is for those who have configured
something that `pip_options` leaves to pip, and its answer is worth remembering.
"""

from __future__ import annotations

import io
import logging
import os
import re
import tempfile
import warnings
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from audit.errors import AuditError
from audit.index.pip.options import PipOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from optparse import Values
    from typing import TextIO

_REFUSED = re.compile(r"(?:value for|configuration: option) (?:--)?(?P<option>[a-z-]+)")


class PipRefusedError(AuditError):
    """pip stops at its configuration; `option` is what it cannot take, where it says so."""

    def __init__(self, option: str | None, cause: BaseException) -> None:
        # The cause's text may repeat a password.
        super().__init__(f"pip refuses its configuration ({type(cause).__name__} in pip install)")
        self.option = option


def ask_pip(environ: Mapping[str, str]) -> tuple[PipOptions, tuple[str, ...]]:
    """Return what pip is configured for in this environment, and what of it we cannot follow.

    The environment is that of the process for as long as it takes, and nothing is printed or
    left behind in the logging of the process. Raises PipRefusedError.
    """
    said = io.StringIO()
    with ExitStack() as stack:
        stack.enter_context(_logging_to(said))
        stack.enter_context(redirect_stderr(said))
        stack.enter_context(redirect_stdout(said))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        try:
            options = _options(environ)
        # pip leaves by SystemExit, and some of its errors are its own.
        except (SystemExit, Exception) as error:  # noqa: BLE001
            found = _REFUSED.search(said.getvalue())
            raise PipRefusedError(found["option"] if found else None, error) from None
    return _understood(options), tuple(_not_followed(options))


def _options(environ: Mapping[str, str]) -> Values:
    # pip's network stack. Its import sets the locale by the environment, so that comes first.
    from piptools.repositories import PyPIRepository  # noqa: PLC0415

    with _environment(environ):
        repository = PyPIRepository([], cache_dir=tempfile.gettempdir())
        parser = repository.command.parser
        usual = parser.get_default_values()
    options: Values = repository.options
    # pip-tools turns this one off for itself.
    options.require_hashes = usual.require_hashes
    # What pip would do unless told otherwise is not what it was told.
    for name in ("index_url", "timeout", "retries"):
        if getattr(options, name) == parser.defaults[name]:
            setattr(options, name, None)
    return options


def _understood(options: Values) -> PipOptions:
    everything = getattr(getattr(options, "release_control", None), "all_releases", ())
    return PipOptions(
        index_url=options.index_url,
        extra_index_url=tuple(options.extra_index_urls or ()),
        find_links=tuple(options.find_links or ()),
        no_index=bool(options.no_index),
        pre=bool(options.pre) or ":all:" in everything,
        prefer_binary=bool(options.prefer_binary),
        require_hashes=bool(options.require_hashes),
        no_binary=tuple(sorted(options.format_control.no_binary)),
        only_binary=tuple(sorted(options.format_control.only_binary)),
        trusted_host=tuple(options.trusted_hosts or ()),
        cert=options.cert,
        client_cert=options.client_cert,
        proxy="" if getattr(options, "no_proxy_env", False) else options.proxy or None,
        timeout=options.timeout,
        retries=options.retries,
    )


def _not_followed(options: Values) -> Iterator[str]:
    """Name the options that choose among releases and that we have no counterpart for."""
    control = getattr(options, "release_control", None)
    if set(getattr(control, "all_releases", ())) - {":all:"}:
        yield "all-releases"
    if getattr(control, "only_final", ()):
        yield "only-final"
    if getattr(options, "uploaded_prior_to", None):
        yield "uploaded-prior-to"


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    """Let the process have this environment: pip reads no other."""
    if environ is os.environ:
        yield
        return
    before = dict(os.environ)
    try:
        _replace(environ)
        yield
    finally:
        _replace(before)


def _replace(environ: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)


@contextmanager
def _logging_to(stream: TextIO) -> Iterator[None]:
    """Catch what pip logs, and take back what its setup_logging() does to the root logger."""
    root = logging.getLogger()
    handlers, level = tuple(root.handlers), root.level
    try:
        root.handlers[:] = [logging.StreamHandler(stream)]
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
