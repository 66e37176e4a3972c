"""The index behind the resolver's Protocol: every question asked once, many at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from audit.index.found import Found
from audit.index.http.transport import Transport
from audit.index.listings import Listings
from audit.index.once import Once, Question
from audit.index.releases import Releases
from audit.pages import File
from audit.pins import Release
from audit.resolve.index import Unasked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packaging.utils import NormalizedName

    from audit.index.cache.store import Cache
    from audit.index.once import Watch
    from audit.index.pip.sources import Sources
    from audit.model import Metadata, Problem
    from audit.pages import Contents, Page
    from audit.resolve.fitness import Selection

_Answer = TypeVar("_Answer")

_VCS = ("git", "hg", "svn", "bzr")
_URL = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)


class Client:
    """An `Index` over HTTP, disk and cache. Any thread may ask; `close` when all is answered."""

    def __init__(
        self,
        sources: Callable[[], Sources],
        cache: Cache,
        *,
        offline: bool = False,
        watch: Watch | None = None,
    ) -> None:
        """Take where to ask and where answers are kept; neither is touched before a question.

        `watch` is told how many answers came and how many are due.
        """
        self._sources = sources
        self._cache = cache
        self._offline = offline
        self._once = Once(watch)
        self._opening = Lock()
        self._edge: _Edge | None = None
        self._is_lacking = False
        self._is_closed = False

    def _opened(self) -> _Edge:
        with self._opening:
            if self._edge is None:
                sources = self._sources()
                transport = Transport(sources.access)
                if self._is_closed:
                    transport.close()
                self._edge = _Edge(
                    sources,
                    transport,
                    Listings(sources, transport, self._cache, offline=self._offline),
                    Releases(transport, self._cache, offline=self._offline),
                )
            return self._edge

    @property
    def selection(self) -> Selection:
        """What the user's options for pip leave of the files."""
        return self._opened().sources.selection

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong about where to ask; empty where nobody had to be asked."""
        return () if self._edge is None else self._edge.sources.problems

    @property
    def shared(self) -> tuple[NormalizedName, ...]:
        """Names that were asked about and of which two indexes have different files, sorted."""
        return () if self._edge is None else self._edge.listings.shared

    @property
    def oldest(self) -> float | None:
        """When the oldest page was stored that was used because of --offline; since 1970."""
        return None if self._edge is None else self._edge.listings.oldest

    @property
    def good_until(self) -> float:
        """Until when the cache would give all answers of this run again; 0 where it would not."""
        if self._edge is None or self._is_lacking:
            return 0.0
        return self._edge.listings.fresh_until

    def close(self) -> None:
        """Ask nothing more; what is under way is not waited for."""
        self._once.close()
        with self._opening:
            self._is_closed = True
            if self._edge is not None:
                self._edge.transport.close()

    def page(self, name: NormalizedName) -> Page | Unasked:
        """Return what is listed of a distribution."""
        found = self._found(name)
        return found.page if isinstance(found, Found) else found

    def files(self, name: NormalizedName, version: str) -> tuple[File, ...]:
        """Return the files of a release."""
        found = self._found(name)
        return found.files(version) if isinstance(found, Found) else ()

    def _found(self, name: NormalizedName) -> Found | Unasked:
        return self._once.answer(self._page_question(name))

    def metadata(self, release: Release) -> Metadata | Unasked:
        """Return what a file of a release says of it."""
        return self._told(self._once.answer(self._metadata_question(release)))

    def contents(self, release: Release) -> Contents | Unasked:
        """Return what a file of a release installs."""
        return self._told(self._once.answer(self._contents_question(release)))

    def _told(self, answer: _Answer) -> _Answer:
        self._is_lacking = self._is_lacking or isinstance(answer, Unasked)
        return answer

    def direct(self, name: NormalizedName, url: str) -> Release | Unasked:
        """Return the release that a URL or a path leads to, told by the name of the file there."""
        from audit.index.listing.filenames import read_name  # noqa: PLC0415 - seldom asked
        from audit.index.listing.links import fragment_hashes  # noqa: PLC0415 - as above

        parts = urlsplit(url if _URL.match(url) else Path(url).absolute().as_uri())
        scheme = parts.scheme.partition("+")[0]
        if scheme in _VCS:
            return Unasked(f"{scheme} repositories are not read: what it holds is not known")
        if scheme not in {"http", "https", "file"}:
            return Unasked(f"a URL of the scheme {scheme} is not read")
        file = unquote(parts.path.rpartition("/")[2])
        named = read_name(file, name)
        if named is None:
            return Unasked(
                f"{file or 'its URL'} is not named as a release of {name}, and nothing is built"
            )
        host = parts.netloc.rpartition("@")[2]
        bare = urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
        self._opened().releases.lend(bare, urlunsplit(parts._replace(fragment="")))
        return Release(name, named.version, File(file, bare, hashes=fragment_hashes(url)))

    def expect(self, names: Iterable[NormalizedName], releases: Iterable[Release] = ()) -> None:
        """Begin to fetch what will be asked for."""
        for name in names:
            self._once.begin(self._page_question(name))
        for release in releases:
            self._once.begin(self._metadata_question(release))

    def expect_contents(self, releases: Iterable[Release]) -> None:
        """Begin to fetch what releases install."""
        for release in releases:
            self._once.begin(self._contents_question(release))

    def _page_question(self, name: NormalizedName) -> Question[Found | Unasked]:
        return Question(
            ("page", name),
            lambda: self._opened().listings.kept(name),
            lambda: self._opened().listings.find(name),
        )

    def _metadata_question(self, release: Release) -> Question[Metadata | Unasked]:
        return Question(
            ("metadata", _place(release)),
            lambda: self._opened().releases.kept_metadata(release),
            lambda: self._opened().releases.metadata(release),
        )

    def _contents_question(self, release: Release) -> Question[Contents | Unasked]:
        return Question(
            ("contents", _place(release)),
            lambda: self._opened().releases.kept_contents(release),
            lambda: self._opened().releases.contents(release),
        )


@dataclass(frozen=True, slots=True)
class _Edge:
    """What a client works with, once it has been asked something."""

    sources: Sources
    transport: Transport
    listings: Listings
    releases: Releases


def _place(release: Release) -> str:
    """Tell files apart: two lines may give one URL with different hashes."""
    return "#".join((release.file.url, *release.file.hashes))
