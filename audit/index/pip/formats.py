"""Which distributions may come as wheels and as source: pip's `--no-binary`, `--only-binary`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALL, _NONE = ":all:", ":none:"


class Formats(NamedTuple):
    """Normalised names, or `:all:`; a name is in one of the two at most."""

    no_binary: frozenset[str] = frozenset()
    only_binary: frozenset[str] = frozenset()

    def with_values(self, no_binary: Iterable[str], only_binary: Iterable[str]) -> Formats:
        """Add values of both options, given together: `:all:` first, so that names except.

        Raises ValueError for one that pip refuses.
        """
        said = [(value, False) for value in no_binary] + [(value, True) for value in only_binary]
        result = self
        for value, is_only in sorted(said, key=lambda each: _ALL not in each[0].split(",")):
            result = result._with(value, is_only=is_only)
        return result

    def _with(self, value: str, *, is_only: bool) -> Formats:
        # As pip's FormatControl: a later name takes it from the other option, `:none:` empties
        # the option, and nothing counts after `:all:` but where a `:none:` follows.
        if value.startswith("-"):
            raise ValueError("expected names, :all: or :none:")
        target, other = (set(self[is_only]), set(self[not is_only]))
        names = value.split(",")
        while _ALL in names:
            target, other = {_ALL}, set()
            names = names[names.index(_ALL) + 1 :]
            if _NONE not in names:
                names = []
        for name in filter(None, map(str.strip, names)):
            if name == _NONE:
                target = set()
            else:
                target.add(canonicalize_name(name))
                other.discard(canonicalize_name(name))
        pair = (frozenset(other), frozenset(target))
        return Formats(*(pair if is_only else reversed(pair)))
