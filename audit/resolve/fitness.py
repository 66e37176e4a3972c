"""Which releases of a page fit a runtime, with which file, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from audit.resolve.bestfile import Fit, Rules, best_file, ranking, why_none
from audit.resolve.refusals import NO_SUCH_HASH, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audit.pages import File, Page, Row, Signature
    from audit.platform import Runtime


class Selection(NamedTuple):
    """What pip's options leave of an index's files. Names are normalised, or `:all:`."""

    no_binary: frozenset[str] = frozenset()
    only_binary: frozenset[str] = frozenset()
    prefer_binary: bool = False
    pre: bool = False
    """Whether pre-releases count as final ones (`--pre`)."""
    require_hashes: bool = False


class Terms(NamedTuple):
    """What a file has to suit."""

    runtime: Runtime
    selection: Selection = Selection()
    optional_extensions: frozenset[NormalizedName] = frozenset()
    """Distributions whose sdist installs as pure Python where nothing can be compiled."""


class Hashes(NamedTuple):
    """The files that `--hash` allows of a distribution."""

    allowed: frozenset[str]
    """Each `algorithm:digest`, in lower case."""
    files: Callable[[str], Sequence[File]]
    """Returns the files of a row by its version, in the order of its signature."""


class Offer(NamedTuple):
    """A release that fits, with its best file."""

    version: Version
    text: str
    """The version as its row has it."""
    file: int
    """Which of the signature's files, counted from 0."""
    kind: str
    """`wheel` or `sdist`."""
    is_preview: bool
    """Whether it is a pre-release, and those do not count as final."""
    is_yanked: bool
    """Withdrawn (PEP 592): for `==` and `===` only."""
    place: int
    """Which row of its page it is."""
    is_unverified: bool = False
    """Whether a hash is asked for and the index gives none to compare: only a download tells."""

    def refused(self, reason: str) -> Refusal:
        """Return what it is to whoever may not take it, for a reason such as `YANKED`."""
        return Refusal(self.version, reason, self.place)


@dataclass(frozen=True, kw_only=True)  # without slots: the refusals are kept in its __dict__
class Offers:
    """The releases of a page as a runtime sees them: each fits or is refused."""

    fitting: tuple[Offer, ...]
    """In order of preference."""
    page: Page = field(repr=False)
    rules: Rules = field(repr=False)
    hashes: Hashes | None = field(repr=False)

    @cached_property
    def refused(self) -> tuple[Refusal, ...]:
        """The other releases, newest first; worked out once asked for: few are."""
        fitting = {offer.place for offer in self.fitting}
        reasons: dict[int, str] = {}
        found: list[Refusal] = []
        for place, row in enumerate(self.page.rows):
            if place in fitting:
                continue
            signature = self.page.signatures[row.signature]
            if self.hashes is not None and best_file(signature, self.rules) is not None:
                reason = _why_not_with_hash(row, signature, self.hashes, self.rules)
            else:
                if row.signature not in reasons:
                    reasons[row.signature] = why_none(signature, self.rules)
                reason = reasons[row.signature]
            found.append(Refusal(_version(row.version)[0], reason, place))
        return tuple(found)


def offers(page: Page, terms: Terms, hashes: Hashes | None = None) -> Offers:
    """Tell which releases of a page fit, in order of preference, and why the others do not.

    Finals come before pre-releases and yanked releases last; among each, wheels come before
    sdists, which is all that pip's --prefer-binary could ask for, and newer before older.
    """
    rules = _rules(page.name, terms)
    # Hundreds of releases share a signature: 2,554 of botocore have ten.
    fits = [best_file(signature, rules) for signature in page.signatures]
    fitting: list[Offer] = []
    for place, row in enumerate(page.rows):
        fit = fits[row.signature]
        if fit is not None and hashes is not None:
            fit = _with_hash(row, page.signatures[row.signature], hashes, rules)
        if fit is not None:
            version, is_prerelease = _version(row.version)
            is_preview = is_prerelease and not terms.selection.pre
            fitting.append(
                Offer(
                    version,
                    row.version,
                    fit.file,
                    fit.kind,
                    is_preview,
                    fit.is_yanked,
                    place,
                    fit.is_unverified,
                )
            )
    fitting.sort(key=_preference)
    return Offers(fitting=tuple(fitting), page=page, rules=rules, hashes=hashes)


def _preference(offer: Offer) -> tuple[bool, bool, bool]:
    """Sort offers that are newest first already."""
    return offer.is_yanked, offer.is_preview, offer.kind != "wheel"


@lru_cache(maxsize=1 << 15)  # every runtime reads the same pages, and one costs 4 us
def _version(text: str) -> tuple[Version, bool]:
    """Return a version, and whether it is a pre-release."""
    version = Version(text)
    return version, version.is_prerelease


def read_optional_extensions(text: str) -> frozenset[NormalizedName]:
    """Read a file of the form of `data/optional_extensions.csv`: a header, then names first."""
    names = (line.partition(",")[0].strip() for line in text.splitlines()[1:])
    return frozenset(canonicalize_name(name) for name in names if name)


def _rules(name: NormalizedName, terms: Terms) -> Rules:
    """Apply the options as pip does: a name outranks `:all:`, and only-binary no-binary."""
    selection = terms.selection
    scope = name if name in selection.only_binary | selection.no_binary else ":all:"
    only_binary = scope in selection.only_binary
    return Rules(
        runtime=terms.runtime,
        rank=ranking(terms.runtime),
        takes_wheels=only_binary or scope not in selection.no_binary,
        takes_sdists=not only_binary,
        is_optional=name in terms.optional_extensions,
    )


def _with_hash(row: Row, signature: Signature, hashes: Hashes, rules: Rules) -> Fit | None:
    """Choose among the files with an allowed hash, else among those that cannot be compared.

    pip keeps the latter too, and finds out when it has downloaded one.
    """
    allowed, silent = _compared(row, hashes)
    fit = best_file(signature, rules, allowed)
    if fit is None:
        fit = best_file(signature, rules, silent)
        return None if fit is None else fit._replace(is_unverified=True)
    return fit


def _why_not_with_hash(row: Row, signature: Signature, hashes: Hashes, rules: Rules) -> str:
    allowed, silent = _compared(row, hashes)
    return why_none(signature, rules, allowed or silent) if allowed or silent else NO_SUCH_HASH


def _compared(row: Row, hashes: Hashes) -> tuple[list[int], list[int]]:
    """Return the files with an allowed hash, and those without one that could be compared."""
    allowed: list[int] = []
    silent: list[int] = []
    algorithms = {digest.partition(":")[0] for digest in hashes.allowed}
    if not algorithms:
        return allowed, silent
    for place, file in enumerate(hashes.files(row.version)):
        if not hashes.allowed.isdisjoint(file.hashes):
            allowed.append(place)
        elif algorithms.isdisjoint(digest.partition(":")[0] for digest in file.hashes):
            silent.append(place)
    return allowed, silent
