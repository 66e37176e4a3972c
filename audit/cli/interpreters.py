"""The real interpreters of one run: which there are, and what came of asking them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from audit.interpreters.found import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.cli.settings import Settings
    from audit.cli.terminal import Terminal
    from audit.code import Ruling
    from audit.index.cache.store import Cache
    from audit.interpreters.asking import Silence
    from audit.interpreters.found import Named


def programs(
    settings: Settings, pythons: Iterable[str], environ: Mapping[str, str]
) -> tuple[Named, ...]:
    """Return the programs to ask for these feature versions; raises UsageError as `named` does."""
    return named(settings.python, pythons, environ, _trees(settings))


def _trees(settings: Settings) -> Iterator[str]:
    """Yield the folders and zips that are audited."""
    for place in filter(None, (*settings.targets, settings.source)):
        is_tree = os.path.isdir(place) or place.endswith(".zip")  # noqa: PTH112 - never raises
        yield place if is_tree else os.path.dirname(place)  # noqa: PTH120 - "" is here


class Inquiry:
    """Asks the interpreters of one run, and knows what a user should be told of them."""

    def __init__(
        self, settings: Settings, pythons: Iterable[str], terminal: Terminal, cache: Cache
    ) -> None:
        """Find them for these feature versions; raises UsageError for what the user gave wrong."""
        # An answer that is given again needs the programs alone.
        from audit.interpreters.known import known  # noqa: PLC0415

        self.pythons = tuple(pythons) if settings.imports else ()
        self.programs = programs(settings, self.pythons, terminal.environ)
        self._interpreters, self._useless = known(self.programs, terminal.environ, cache)
        self._environ = terminal.environ
        self._cache = cache
        self.silences: tuple[Silence, ...] = ()

    def ask(self, files: Iterable[tuple[str, bytes]]) -> Mapping[str, Mapping[str, Ruling | None]]:
        """Return what they say of files, by feature version and path."""
        from audit.interpreters.asking import rulings  # noqa: PLC0415 - as above

        asked = [each for each in self._interpreters if each.python in self.pythons]
        if not asked:
            return {}
        found = rulings(asked, files, self._environ, self._cache)
        self.silences = found.silences
        return found.rulings

    def notes(self, *, verbose: bool) -> Iterator[tuple[str, str]]:
        """Yield kind and message of what is to be told: what a given one left open, above all."""
        for silence in self.silences:
            if verbose or silence.interpreter.is_given:
                yield "warning" if silence.interpreter.is_given else "note", str(silence)
        if verbose:
            asked = {each.python: str(each) for each in self._interpreters}
            for python in self.pythons:
                yield "note", f"interpreter for {python}: {asked.get(python, 'none')}"
            for useless in self._useless:
                yield "note", f"no interpreter: {useless}"
