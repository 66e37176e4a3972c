"""What indexes, find-links pages and folders list of one distribution -> releases and files.

Nothing here asks anybody: bytes and names come in. Where several places list a
distribution, pip takes the union of their files, and so do we.
"""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from packaging.utils import canonicalize_name

from audit.index.listing.filenames import may_be_of, read_name
from audit.index.listing.links import Link, Links, Marker, file_url, gathered, shown
from audit.index.listing.received import read_links
from audit.pages import File, Page, Row, Trait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from audit.index.listing.filenames import Named
    from audit.pages import Signature


class Listed(NamedTuple):
    """What is listed of a distribution: its page, and the files of each row."""

    page: Page
    files: Mapping[str, tuple[File, ...]]
    """Normalised version -> files in the order of the row's signature: wheels by tags, the
    higher build of equal tags first, then sdists by name."""


def read_page(body: bytes, content_type: str, url: str, name: NormalizedName) -> Listed:
    """Read an index's page of a distribution, as JSON or HTML; ValueError if it is no such page.

    `url` is where it was found after redirects. Files whose name tells no release of the
    distribution are unreadable; those that pip does not look at are left out.
    """
    links = read_links(body, content_type, url)
    return _listed(name, links, _index(url, name))


def linked(links: Links, url: str, name: NormalizedName) -> Listed:
    """Return what the links of a find-links page, found at `url`, have of one distribution."""
    return _listed(name, _only(links, name), file_url(url, url))


def folder_page(
    files: Iterable[tuple[str, int | None]], folder_url: str, name: NormalizedName
) -> Listed:
    """Return what a folder, given as names and sizes of its files, has of a distribution."""
    folder = file_url(folder_url, folder_url).rstrip("/")
    written = (
        Link(File(file, quote(file, errors="surrogateescape"), size)) for file, size in files
    )
    links = gathered(written, f"{folder}/", Marker(status=None, reason=None))
    return _listed(name, _only(links, name), folder)


def merged(name: NormalizedName, listed: Sequence[Listed]) -> Listed:
    """Join what several places list of a distribution: give find-links first, as pip does.

    A file that two places list is the first one's. Files that only share the name, since
    their hashes differ or one has none, both stand, so that `--hash` can choose: the later
    place's comes first, because pip 20.3 and newer take that one (measured with pip 23.2 and
    24.2; 18.1 took the first).
    """
    told = [each for each in listed if each.page != Page(name)]
    if len(told) <= 1:
        return told[0] if told else Listed(Page(name), {})
    links = tuple(chain.from_iterable(map(_links, told)))
    page, files = _listed(name, Links(links), "")
    pages = [each.page for each in told]
    return Listed(
        page._replace(
            unreadable=tuple(sorted({file for each in pages for file in each.unreadable})),
            sources=_once(chain.from_iterable(each.sources for each in pages)),
            notes=_once(chain.from_iterable(each.notes for each in pages)),
        ),
        files,
    )


def _links(listed: Listed) -> Iterator[Link]:
    for row in listed.page.rows:
        traits = listed.page.signatures[row.signature]
        for trait, file in zip(traits, listed.files[row.version], strict=True):
            yield Link(file, trait.requires_python, trait.is_yanked)


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _only(links: Links, name: NormalizedName) -> Links:
    """Leave out what belongs to other distributions, as far as it can be told."""

    def concerns(file: str) -> bool:
        return read_name(file, name) is not None or may_be_of(file, name)

    return links._replace(
        links=tuple(each for each in links.links if concerns(each.file.name)),
        unreachable=tuple(each for each in links.unreachable if concerns(each)),
    )


def _index(url: str, name: NormalizedName) -> str:
    """Return the index that a page was found in, or the page itself if that cannot be told."""
    page = urlsplit(file_url(url, url))
    folder, _, last = page.path.rstrip("/").rpartition("/")
    path = folder + "/" if canonicalize_name(last) == name else page.path
    return page._replace(path=path, query="").geturl()


class _Release(NamedTuple):
    """The files of one version as they are gathered, each with what it is for."""

    version: Version
    text: str
    offers: list[tuple[Named, Trait, File]]


def _listed(name: NormalizedName, links: Links, source: str) -> Listed:
    releases, unreadable = _releases(links.links, name)
    unreadable.update(links.unreachable)
    rows: list[Row] = []
    signatures: dict[Signature, int] = {}
    files: dict[str, tuple[File, ...]] = {}
    for release in _newest_first(releases):
        offers = release.offers[::-1]
        offers.sort(key=_place)
        signature = tuple([trait for _, trait, _ in offers])
        rows.append(Row(release.text, signatures.setdefault(signature, len(signatures))))
        files[release.text] = tuple([file for _, _, file in offers])
    is_told = bool(rows or unreadable or links.notes)
    page = Page(
        name=name,
        rows=tuple(rows),
        signatures=tuple(signatures),
        unreadable=tuple(sorted(unreadable)),
        sources=(source,) if is_told else (),
        notes=links.notes,
    )
    return Listed(page, files)


def _releases(links: Iterable[Link], name: NormalizedName) -> tuple[list[_Release], set[str]]:
    releases: dict[str, _Release] = {}
    traits: dict[Trait, Trait] = {}
    names: set[str] = set()
    unreadable: set[str] = set()
    for file, requires_python, is_yanked in links:
        named = read_name(file.name, name)
        if named is None:
            unreadable.add(shown(file.name))
            continue
        release = releases.get(named.text)
        if release is None:
            release = releases[named.text] = _Release(named.version, named.text, [])
        if file.name in names and any(_is_same(file, each) for _, _, each in release.offers):
            continue
        names.add(file.name)
        trait = Trait(named.tags, requires_python, is_yanked)
        release.offers.append((named, traits.setdefault(trait, trait), file))
    return list(releases.values()), unreadable


def _is_same(file: File, other: File) -> bool:
    if file.name != other.name:
        return False
    return not (file.hashes or other.hashes) or not set(file.hashes).isdisjoint(other.hashes)


def _newest_first(releases: list[_Release]) -> list[_Release]:
    """Sort, and join those whose versions are equal though spelled with more or fewer zeros.

    The longer spelling stands, so that the order of files does not matter.
    """
    releases.sort(key=itemgetter(0), reverse=True)
    ordered: list[_Release] = []
    for each in releases:
        if ordered and ordered[-1].version == each.version:
            ordered.append(_joined(ordered.pop(), each))
        else:
            ordered.append(each)
    return ordered


def _joined(one: _Release, other: _Release) -> _Release:
    longer = max(one, other, key=lambda each: len(each.text))
    return longer._replace(offers=one.offers + other.offers)


def _place(offer: tuple[Named, Trait, File]) -> tuple[object, ...]:
    named, (tags, requires_python, is_yanked), file = offer
    return not tags, tags, named.build, requires_python or "", is_yanked, file.name
