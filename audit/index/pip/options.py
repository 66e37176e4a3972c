"""pip's options about where releases come from: the values, and PIP_* variables that say them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class PipOptions(NamedTuple):
    """What one layer of configuration says: pip's own, or our command line.

    None, False and empty mean that it says nothing. Values are as written: they may hold
    credentials, so they are never shown.
    """

    index_url: str | None = None
    extra_index_url: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    pre: bool = False
    prefer_binary: bool = False
    require_hashes: bool = False
    no_binary: tuple[str, ...] = ()
    """Each as pip takes it: names with commas, `:all:` or `:none:`."""
    only_binary: tuple[str, ...] = ()
    trusted_host: tuple[str, ...] = ()
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    """Empty where no proxy is to be used, whatever the environment says."""
    timeout: float | None = None
    retries: int | None = None

    def __repr__(self) -> str:
        return "PipOptions(...)"

    def over(self, below: PipOptions) -> PipOptions:
        """Lay these options over others as pip lays its command line over its configuration.

        What can be given several times adds up, what can be given once replaces.
        """
        return PipOptions._make(map(_laid, self, below))


def _laid(upper: object, lower: object) -> object:
    match upper, lower:
        case tuple(), tuple():
            return (*lower, *upper)
        case ((None | False), _):
            return lower
        case _:
            return upper


def options_in(environ: Mapping[str, str]) -> PipOptions | None:
    """Read the PIP_* variables as pip reads them; None where it takes pip itself to tell.

    That is where a value is not what the option takes, where two spellings of one option
    meet, and for the few that are rare enough to be left to pip. Variables that say nothing
    about where releases come from (PIP_NO_INPUT, PIP_DISABLE_PIP_VERSION_CHECK) do not count,
    neither do empty ones.
    """
    values: dict[str, object] = {}
    for variable, text in environ.items():
        prefix, name = variable[:4], variable[4:]
        option = name.lower().replace("_", "-")
        if prefix != "PIP_" or not text or option not in _KINDS:
            continue
        field, read = _KINDS[option]
        value = read(text)
        if value is None or field in values:
            return None
        values[field] = value
    if {"no_binary", "only_binary"} <= values.keys():  # the later one wins, of two variables
        return None
    return PipOptions(**values)  # type: ignore[arg-type]  # each reader makes what its field holds


_TRUE = frozenset({"y", "yes", "t", "true", "on", "1"})
_FALSE = frozenset({"n", "no", "f", "false", "off", "0"})


def _flag(text: str) -> bool | None:
    word = text.lower()
    return word in _TRUE if word in _TRUE | _FALSE else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _one(text: str) -> tuple[str, ...] | None:
    return None if text.startswith("-") else (text,)


def _path(text: str) -> str | None:
    # pip resolves `~`, and what is relative against the working directory.
    return text if text.startswith("/") and ".." not in text else None


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() and text.isascii() else None


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() else None


def _pip_tells(_text: str) -> None:
    return None


_KINDS: Mapping[str, tuple[str, Callable[[str], object | None]]] = {
    "index-url": ("index_url", str),
    "extra-index-url": ("extra_index_url", _words),
    "find-links": ("find_links", _words),
    "no-index": ("no_index", _flag),
    "pre": ("pre", _flag),
    "prefer-binary": ("prefer_binary", _flag),
    "require-hashes": ("require_hashes", _flag),
    "no-binary": ("no_binary", _one),
    "only-binary": ("only_binary", _one),
    "trusted-host": ("trusted_host", _words),
    "cert": ("cert", _path),
    "client-cert": ("client_cert", _path),
    "proxy": ("proxy", str),
    "timeout": ("timeout", _seconds),
    "default-timeout": ("timeout", _seconds),
    "retries": ("retries", _count),
    "pypi-url": ("index_url", _pip_tells),
    "all-releases": ("pre", _pip_tells),
    "only-final": ("pre", _pip_tells),
    "uploaded-prior-to": ("pre", _pip_tells),
    "no-proxy-env": ("proxy", _pip_tells),
}
