"""What holds at a line of a requirements file, and what its options change, as with pip."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from audit.index.pip.addresses import Said
from audit.index.pip.formats import Formats
from audit.resolve.fitness import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.model import IndexOption, Problem


class Scope(NamedTuple):
    """The places to look at and what may be taken there. Its text is not for showing."""

    indexes: tuple[Said, ...] = ()
    find_links: tuple[Said, ...] = ()
    no_index: bool = False
    """Whether indexes stay forgotten, whatever a later line says."""
    trusted_hosts: tuple[str, ...] = ()
    formats: Formats = Formats()
    prefer_binary: bool = False
    pre: bool = False
    require_hashes: bool = False
    problems: tuple[Problem, ...] = ()

    def __repr__(self) -> str:
        return "Scope(...)"

    def selection(self) -> Selection:
        """Return what may be taken."""
        return Selection(
            no_binary=self.formats.no_binary,
            only_binary=self.formats.only_binary,
            prefer_binary=self.prefer_binary,
            pre=self.pre,
            require_hashes=self.require_hashes,
        )

    def with_formats(self, no_binary: tuple[Said, ...], only_binary: tuple[Said, ...]) -> Scope:
        """Return it with more `--no-binary` and `--only-binary`, given together."""
        try:
            formats = self.formats.with_values(
                [said.text for said in no_binary], [said.text for said in only_binary]
            )
        except ValueError as error:
            fault = next(x for x in (*no_binary, *only_binary) if x.text.startswith("-"))
            return self._replace(problems=(*self.problems, fault.problem(str(error))))
        return self._replace(formats=formats)


def laid_over(scope: Scope, options: Iterable[IndexOption]) -> Scope:
    """Return what holds after the last line of requirements files, given their options."""
    for _, line in groupby(options, key=lambda option: option.at):
        scope = _after(scope, tuple(line))
    return scope


def _after(scope: Scope, line: tuple[IndexOption, ...]) -> Scope:
    said = {
        name: tuple(Said(name, option.value, option.at) for option in line if option.name == name)
        for name in {option.name for option in line}
    }
    hosts = (each.text for each in said.get("trusted-host", ()))
    scope = scope._replace(
        indexes=_indexes(scope, said),
        find_links=(*scope.find_links, *said.get("find-links", ())),
        no_index=scope.no_index or "no-index" in said,
        trusted_hosts=(*scope.trusted_hosts, *hosts),
        prefer_binary=scope.prefer_binary or "prefer-binary" in said,
        pre=scope.pre or "pre" in said or _frees_all(said),
        require_hashes=scope.require_hashes or "require-hashes" in said,
        problems=(*scope.problems, *_not_followed(said)),
    )
    return scope.with_formats(said.get("no-binary", ()), said.get("only-binary", ()))


def _indexes(scope: Scope, said: dict[str, tuple[Said, ...]]) -> tuple[Said, ...]:
    """Return the indexes after a line; an `--index-url` drops all that were there before."""
    if scope.no_index or "no-index" in said:
        return ()
    first = tuple(each for each in said.get("index-url", ())[-1:] if each.text)
    return (first or scope.indexes) + said.get("extra-index-url", ())


def _frees_all(said: dict[str, tuple[Said, ...]]) -> bool:
    return any(":all:" in each.text.split(",") for each in said.get("all-releases", ()))


def _not_followed(said: dict[str, tuple[Said, ...]]) -> list[Problem]:
    """Tell of options that choose among releases by their name: they have no counterpart here."""
    freed = [each for each in said.get("all-releases", ()) if each.text != ":all:"]
    return [each.problem("is not followed") for each in (*freed, *said.get("only-final", ()))]
