"""Where distributions come from: pip's configuration, our command line, lines in requirements.

Over what pip is configured for come the options of our command line, as over pip its own,
then the lines of requirements files in their order.
"""

from __future__ import annotations

import os
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import UsageError
from audit.index.http.access import Access
from audit.index.pip.addresses import Address, Said, index_address, link_address
from audit.index.pip.config import configured
from audit.index.pip.faults import place_of
from audit.index.pip.files import expanded
from audit.index.pip.options import PipOptions
from audit.index.pip.scope import Scope, laid_over
from audit.index.pip.surroundings import ca_bundle, netrc, proxies
from audit.model import Location, Problem
from audit.resolve.fitness import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from audit.index.pip.config import Configured, Kept
    from audit.model import IndexOption

PYPI = "https://pypi.org/simple"
_LONGEST_WAIT = 3600.0


class Sources(NamedTuple):
    """Who is asked for distributions, how they are reached, and what may be taken of them."""

    indexes: tuple[str, ...]
    """Base URLs that end with `/`, without credentials, in pip's order; empty for --no-index."""
    find_links: tuple[str, ...] = ()
    """Pages of links, and `file:` URLs of folders, without credentials."""
    access: Access = Access()
    selection: Selection = Selection()
    problems: tuple[Problem, ...] = ()
    unasked: str | None = None
    """Why nobody may be asked: it is not known who it should be. Asking others would tell
    them private names, and would call absent what they do not have."""


def read_sources(
    environ: Mapping[str, str],
    options: Sequence[IndexOption] = (),
    given: PipOptions = PipOptions(),  # noqa: B008  # immutable
    kept: Kept | None = None,
) -> Sources:
    """Read where distributions come from.

    `options` are the lines of requirements files in their order, with `${NAME}` expanded;
    `given` is our command line. What pip makes of its own configuration is remembered in
    `kept`, unless it may hold a secret.

    Raises UsageError for what is wrong in `given`; anything else that is wrong is a problem.
    """
    base = configured(environ, kept)
    layers = _Layers(_Layer(base.options, _places(base, environ)), _Layer(given, _flag))
    scope = laid_over(_first(layers), options)
    addresses = [index_address(said, environ) for said in scope.indexes]
    links = [link_address(said, environ) for said in scope.find_links]
    access, faults = _access(layers, scope, environ)
    found = tuple(each for each in (*addresses, *links) if isinstance(each, Address))
    problems = (
        *base.problems,
        *scope.problems,
        *(each for each in (*addresses, *links) if isinstance(each, Problem)),
        *faults,
        *_clashes(found),
    )
    _refuse_own(problems)
    return Sources(
        indexes=_urls(addresses),
        find_links=_urls(links),
        access=_with_logins(access, found),
        selection=scope.selection(),
        problems=problems,
        unasked=_unasked(base, scope, found),
    )


class _Layer(NamedTuple):
    """Options with the place of each, for messages."""

    options: PipOptions
    place: Callable[[str], Location]

    def said(self, option: str) -> tuple[Said, ...]:
        value: object = getattr(self.options, option.replace("-", "_"))
        texts = value if isinstance(value, tuple) else () if value is None else (value,)
        return tuple(Said(option, text, self.place(option)) for text in texts)


class _Layers(NamedTuple):
    configured: _Layer
    given: _Layer

    def said(self, option: str) -> tuple[Said, ...]:
        """Return all values of an option that adds up."""
        return self.configured.said(option) + self.given.said(option)

    def last(self, option: str) -> Said | None:
        """Return the value of an option that replaces."""
        return next(reversed(self.said(option)), None)


def _places(base: Configured, environ: Mapping[str, str]) -> Callable[[str], Location]:
    return lambda option: place_of(option, environ, base.files)


def _flag(option: str) -> Location:
    return Location(f"--{option}")


def _first(layers: _Layers) -> Scope:
    """Return what holds before the first line of a requirements file."""
    options = layers.given.options.over(layers.configured.options)
    index = layers.last("index-url") or Said("index-url", PYPI, Location("pip's default"))
    scope = Scope(
        indexes=() if options.no_index else (index, *layers.said("extra-index-url")),
        find_links=layers.said("find-links"),
        no_index=options.no_index,
        trusted_hosts=options.trusted_host,
        prefer_binary=options.prefer_binary,
        pre=options.pre,
        require_hashes=options.require_hashes,
    )
    for layer in layers:
        scope = scope.with_formats(layer.said("no-binary"), layer.said("only-binary"))
    return scope


def _access(
    layers: _Layers, scope: Scope, environ: Mapping[str, str]
) -> tuple[Access, tuple[Problem, ...]]:
    options = layers.given.options.over(layers.configured.options)
    # pip 26 leaves the environment aside where a proxy is configured, also an empty one.
    trusts_environment = options.proxy is None
    around = proxies(environ) if trusts_environment else proxies({})
    own = {"http": options.proxy, "https": options.proxy} if options.proxy else {}
    # A bundle in the environment beats pip's `cert`, as in requests; not our user's own flag.
    bundle = ca_bundle(environ) if trusts_environment else None
    authority = next(iter(layers.given.said("cert")), bundle) or layers.last("cert")
    ca_file, no_authority = _file(authority, environ)
    client, no_client = _file(layers.last("client-cert"), environ)
    usual = Access()
    access = Access(
        netrc=netrc(environ),
        trusted_hosts=frozenset(host.lower() for host in scope.trusted_hosts),
        ca_file=ca_file,
        client_certificate=client,
        proxies={**around.by_scheme, **own},
        no_proxy=around.exceptions,
        timeout=_wait(options.timeout, usual.timeout),
        retries=usual.retries if options.retries is None else max(0, options.retries),
    )
    return access, tuple(each for each in (no_authority, no_client) if each is not None)


def _wait(seconds: float | None, usual: float) -> float:
    return seconds if seconds is not None and 0 < seconds <= _LONGEST_WAIT else usual


def _file(said: Said | None, environ: Mapping[str, str]) -> tuple[str | None, Problem | None]:
    if said is None:
        return None, None
    path = os.path.abspath(expanded(said.text, environ))  # noqa: PTH100  # resolve() follows links
    if os.path.exists(path):  # noqa: PTH110  # exists() raises in a folder we may not search
        return path, None
    return None, said.problem(f"no such file: {said.text!r}")


def _urls(addresses: Iterable[Address | Problem]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.url for each in addresses if isinstance(each, Address)))


def _with_logins(access: Access, addresses: Sequence[Address]) -> Access:
    """Add who logs in where: of several URLs of a host the first, so an index before a link."""
    logins = {each.host: each.login for each in reversed(addresses) if each.login is not None}
    plain = {each.host for each in addresses if each.login and each.url.startswith("http:")}
    return access._replace(credentials=logins, https_only=frozenset(logins.keys() - plain))


def _clashes(addresses: Sequence[Address]) -> tuple[Problem, ...]:
    """Tell where a host is given two logins: pip chooses by the path, we take the first."""
    with_login = [each for each in addresses if each.login is not None]
    ordered = sorted(with_login, key=lambda each: each.host)
    return tuple(
        Problem("has two logins, of which the first is used", Location(host))
        for host, group in groupby(ordered, key=lambda each: each.host)
        if len({each.login for each in group}) > 1
    )


def _unasked(base: Configured, scope: Scope, found: Sequence[Address]) -> str | None:
    if base.is_refused:
        return f"pip's configuration cannot be read: {base.problems[0]}"
    if (scope.indexes or scope.find_links) and not found:
        return "none of the indexes is one that can be asked"
    return None


def _refuse_own(problems: Iterable[Problem]) -> None:
    for problem in problems:
        if problem.at.file.startswith("--"):
            raise UsageError(str(problem))
