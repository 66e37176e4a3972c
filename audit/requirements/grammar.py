"""pip's own parser, by way of pip-tools, for one line: the only place that imports either.

One line at a time, because pip-tools' generator ends at the first bad line; a line of its
own bounds the cost and keeps its number. The text comes from memory, and names that pip
would look up on the disk or in the environment must not reach it.
"""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from optparse import Values

    from pip._internal.network.session import PipSession
    from pip._internal.req import InstallRequirement

_ESCAPED = "$%7B"
_UNKNOWN = re.compile(r"no such option: (\S+)")
_FORMER_OPTIONS = frozenset(
    {
        "--allow-all-external",
        "--allow-external",
        "--allow-unverified",
        "--always-unzip",
        "--global-option",
        "--install-option",
        "--no-use-wheel",
        "--process-dependency-links",
        "--use-wheel",
    }
)


def parse_options(text: str) -> Values:
    """Parse the options of a line as pip does; ValueError says what is wrong with them."""
    from pip._internal.req.req_file import (  # noqa: PLC0415 - loads pip's network stack
        OptionParsingError,
        get_line_parser,
    )

    with _quiet():
        try:
            return get_line_parser(None)(text)[1]
        except OptionParsingError as error:
            raise ValueError(_option_fault(error.msg)) from None


def _option_fault(message: str) -> str:
    message = message.partition("error: ")[2] or message
    if not (unknown := _UNKNOWN.search(message)):
        message = message.strip().rstrip(".")
        return f"{message[:1].lower()}{message[1:]}"
    option = unknown[1].partition("=")[0]
    if option in _FORMER_OPTIONS:
        return f"{option} is no longer known to pip: remove it"
    return f"{option} is no option that pip knows in a requirements file"


class Parsed(NamedTuple):
    """A requirement as pip reads it."""

    requirement: str | None
    """As PEP 508; None where only building what stands at `url` would tell its name."""
    url: str
    """Empty where an index is to be asked."""
    marker: str
    hashes: tuple[str, ...]
    editable: bool


def parse_requirement(text: str) -> Parsed:
    """Read one requirement with pip-tools; ValueError says why pip refuses it."""
    with _quiet():
        from piptools._compat import (  # noqa: PLC0415 - loads pip's network stack
            parse_requirements,
        )

    # The blank keeps a backslash at the end from being a continuation, the escape keeps pip
    # from looking at the real environment.
    session = _OneLine(f"{text.replace('${', _ESCAPED)} ")
    with _quiet():
        try:
            (read,) = parse_requirements(_OneLine.url, session=cast("PipSession", session))
        except Exception as error:  # noqa: BLE001 - pip's parser raises far more than its own errors
            raise ValueError(_requirement_fault(error)) from None
    url = read.link.url.replace(_ESCAPED, "${") if read.link else ""
    marker = str(read.markers or "")
    return Parsed(
        requirement=_spelled(read, url, marker),
        url=url,
        marker=marker,
        hashes=hash_values(read.hash_options),
        editable=read.editable,
    )


def _spelled(read: InstallRequirement, url: str, marker: str) -> str | None:
    # pip keeps extras, link and marker beside the name.
    if read.req is None:
        return None
    text = str(read.req).replace(_ESCAPED, "${")
    if url and not read.req.url and not read.req.specifier:
        extras = f"[{','.join(sorted(read.extras))}]" if read.extras else ""
        text = f"{read.req.name}{extras} @ {url}"
    return f"{text} ; {marker}" if marker else text


def hash_values(options: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return pip's hash options, a list for each algorithm, as `algorithm:digest`."""
    return tuple(f"{name}:{digest}" for name, digests in options.items() for digest in digests)


def _requirement_fault(error: Exception) -> str:
    if found := re.search(r"error: (?s:.*)", getattr(error, "msg", "") or str(error)):
        return _option_fault(found[0])
    if "InvalidEggFragment" in str(error):
        return "what follows #egg= is not a name: write name @ URL"
    message = str(error).partition("\n")[0].partition(" (from line ")[0].rstrip(".")
    return f"pip refuses it: {message}"


class _OneLine:
    """Stands in for pip's session and for its answer: a file of one line, held in memory."""

    url = "file:///line"
    status_code = 200
    reason = ""

    def __init__(self, text: str) -> None:
        self.text = text

    def get(self, _url: str) -> _OneLine:
        return self


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pip from printing usage and deprecations: what matters of them is in its errors."""
    with redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
