"""What the index has of a distribution, where nothing of it meets a clash's demands."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from packaging.version import Version

from audit.model import Declared
from audit.pages import Page
from audit.pins import Obstacle, Release, Stock
from audit.resolve.index import NothingMore
from audit.resolve.ladder import Ladder
from audit.resolve.refusals import YANKED, spans
from audit.resolve.target import Preference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from audit.pins import Demand
    from audit.resolve.fitness import Offers
    from audit.resolve.refusals import Refusal
    from audit.resolve.universe import Universe

_PREVIEW = "is a pre-release, taken only where a requirement names one"


def stock(universe: Universe, name: NormalizedName, demands: Iterable[Demand]) -> Stock | None:
    """Return what there is of a distribution; None where that is not why the demands clash.

    So it is where no index was asked, or where the demands exclude each other by themselves.
    """
    page = _page(universe, name)
    if page is None:
        return None
    offers = universe.offers(page)
    finals = [o.version for o in offers.fitting if not (o.is_preview or o.is_yanked)]
    versions = [Version(row.version) for row in page.rows]
    facts = Stock(
        newest=next(
            (each for each in versions if not each.is_prerelease), max(versions, default=None)
        ),
        newest_fitting=max(finals, default=None),
        notes=page.notes,
    )
    misfits = tuple(_misfits(universe, demands))
    if misfits:
        return facts._replace(obstacles=misfits)
    each = _admitted(page, demands)
    every = reduce(and_, each)
    if not every:
        return None if all(each) else facts
    refused = _refused(offers, every)
    return facts._replace(obstacles=_summed_up(refused)) if refused else None


def _page(universe: Universe, name: NormalizedName) -> Page | None:
    """Return the page of a name, if it has been asked for already."""
    target, listing = universe.target, universe.listing(name)
    if not listing.is_open or listing.unlisted is not None:
        return None
    required = target.preference is Preference.REQUIRE and name in target.built_ins
    if required or isinstance(target.index, NothingMore):
        return None
    page = target.index.page(name)
    return page if isinstance(page, Page) else None


def _misfits(universe: Universe, demands: Iterable[Demand]) -> Iterator[Obstacle]:
    """Yield the files that lines name and the runtime cannot use."""
    for demand in demands:
        beside = demand.asker.file if isinstance(demand.asker, Declared) else None
        file = demand.requirement.url or beside
        release = universe.target.index.direct(demand.name, file) if file else None
        reason = universe.misfit(release) if isinstance(release, Release) else None
        if isinstance(release, Release) and reason is not None:
            yield Obstacle(release.version, release.version, 1, reason)


def _admitted(page: Page, demands: Iterable[Demand]) -> list[int]:
    """Return bits of the page's rows: what each line admits, and some release of each asker."""
    ladder = Ladder([Version(row.version) for row in page.rows])
    askers: dict[object, int] = {}
    for demand in demands:
        asker = demand.asker if isinstance(demand.asker, Declared) else demand.asker.name
        admitted = ladder.admitted(demand.requirement.specifier)
        askers[asker] = askers.get(asker, 0) | admitted
    return [*askers.values()]


def _refused(offers: Offers, among: int) -> list[Refusal]:
    """Return why none of some rows can be had; nothing where one can."""
    rows = [each for each in offers.fitting if among >> each.place & 1]
    if any(not (offer.is_yanked or offer.is_preview) for offer in rows):
        return []
    withdrawn = [each.refused(YANKED if each.is_yanked else _PREVIEW) for each in rows]
    return [*withdrawn, *(each for each in offers.refused if among >> each.place & 1)]


def _summed_up(refused: Iterable[Refusal]) -> tuple[Obstacle, ...]:
    """Sum up refusals as spans of versions, over gaps: whatever lies between is not asked for."""
    ordered = sorted(refused, key=lambda refusal: refusal.place)
    finals = [refusal for refusal in ordered if not refusal.version.is_prerelease] or ordered
    closed_up = (refusal._replace(place=place) for place, refusal in enumerate(finals))
    return tuple(Obstacle(*span) for span in spans(closed_up))
