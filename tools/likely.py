"""Which files of a page a resolver is likely to ask about: the newest that fit a runtime."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from audit.metadata import lenient_specifier
from audit.runtimes import wheel_tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.platform import Runtime
    from tools.facts import Listed


def likely(files: Iterable[Listed], runtimes: Iterable[Runtime]) -> set[str]:
    """Return the newest wheel that fits each runtime, and the newest sdist where none does."""
    newest_first = sorted(filter(_is_final, files), key=lambda file: _version(file.name))[::-1]
    return {
        file
        for runtime in runtimes
        for file in _best([file.name for file in newest_first if _admits(file, runtime)], runtime)
    }


def _best(names: list[str], runtime: Runtime) -> Iterator[str]:
    ranks = wheel_tags(runtime)
    for name in names:
        wheels = [
            (min(ranks[tag] for tag in _tags(other) & ranks.keys()), other)
            for other in names
            if _version(other) == _version(name) and _tags(other) & ranks.keys()
        ]
        if wheels:
            yield min(wheels)[1]
            return
    yield from names[:1]


def _is_final(file: Listed) -> bool:
    return file.yanked is None and not _version(file.name).is_prerelease


def _admits(file: Listed, runtime: Runtime) -> bool:
    specifier, _ = lenient_specifier(file.requires_python or "")
    return specifier is None or specifier.contains(runtime.full_version)


def _version(file: str) -> Version:
    """Return the version of a file, one that sorts below all others where it is no version."""
    stem = re.split(r"-(?=\d)", re.sub(r"\.(whl|zip|tgz|tar\.\w+)$", "", file), maxsplit=1)
    try:
        return Version(stem[-1].partition("-")[0] if file.endswith(".whl") else stem[-1])
    except InvalidVersion:
        return Version("0.dev0")


def _tags(file: str) -> set[str]:
    if not file.endswith(".whl"):
        return set()
    *_, pythons, abis, platforms = file.removesuffix(".whl").split("-")
    return {
        f"{python}-{abi}-{platform}"
        for python in pythons.split(".")
        for abi in abis.split(".")
        for platform in platforms.split(".")
    }
