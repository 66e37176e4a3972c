"""What pip is configured for: read here where that is plain, else by pip, and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from audit.index.pip.faults import faults_of, place_of
from audit.index.pip.files import config_files, settings_key
from audit.index.pip.options import PipOptions, options_in
from audit.model import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHEMA = 1
_ANYWHERE = Location("pip's configuration")


class Kept(Protocol):
    """Where pip's answers are kept between runs; only such that hold no secret."""

    def get(self, key: str) -> bytes | None:
        """Return what was put there, or None."""

    def put(self, key: str, value: bytes) -> None:
        """Keep it."""


class Configured(NamedTuple):
    """What pip is configured for, and what could not be understood of it."""

    options: PipOptions
    files: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_refused: bool = False
    """Whether pip stops at its configuration: who it would ask is not known then."""


def configured(environ: Mapping[str, str], kept: Kept | None = None) -> Configured:
    """Return what pip is configured for in this environment.

    Without a configuration file, and with variables as most write them, that takes no pip.
    Otherwise pip is asked by way of pip-tools, unless `kept` holds its answer.
    """
    files = config_files(environ)
    plain = options_in(environ)
    if not files and plain is not None:
        return Configured(plain)
    key = settings_key(environ, files)
    known = decode(kept.get(key) or b"") if kept is not None else None
    if known is not None:
        return Configured(known, files)
    found = _asked(environ, files)
    if kept is not None and not found.problems and (text := encode(found.options)) is not None:
        kept.put(key, text)
    return found


def _asked(environ: Mapping[str, str], files: tuple[str, ...]) -> Configured:
    from audit.index.pip.ask import PipRefusedError, ask_pip  # noqa: PLC0415  # tempfile, logging

    faults = faults_of(files)
    try:
        options, ignored = ask_pip(environ)
    except PipRefusedError as error:
        at = place_of(error.option, environ, files) if error.option else _ANYWHERE
        what = f"pip refuses the value of {error.option}" if error.option else str(error)
        problems = faults or (Problem(what, at),)
        return Configured(PipOptions(), files, problems, is_refused=True)
    problems = tuple(
        Problem(f"{name} is not followed", place_of(name, environ, files)) for name in ignored
    )
    return Configured(options, files, faults + problems)


def encode(options: PipOptions) -> bytes | None:
    """Return options as bytes to keep, or None where they may hold a secret."""
    urls = (options.index_url, *options.extra_index_url, *options.find_links, options.proxy)
    if any(set(url) & set("@?$") for url in urls if url):
        return None
    import json  # noqa: PLC0415  # as hashlib

    return json.dumps([_SCHEMA, options._asdict()]).encode()


def decode(text: bytes) -> PipOptions | None:
    """Return what `encode` made of options; None for anything else."""
    import json  # noqa: PLC0415  # as hashlib

    try:
        schema, values = json.loads(text)
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return PipOptions(**fields) if schema == _SCHEMA else None
    except (ValueError, TypeError, AttributeError):
        return None
