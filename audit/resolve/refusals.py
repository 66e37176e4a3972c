"""Why releases do not fit a runtime, in words that complete "numpy 1.26.4 ..."."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby, product
from typing import TYPE_CHECKING, NamedTuple

from audit.runtimes import wheel_tags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from packaging.version import Version

    from audit.platform import Runtime

YANKED = "is yanked"
MUST_BE_COMPILED = "its source has to be compiled"
"""Nobody proved that it does not run: on the right system it may be built."""
NO_SUCH_HASH = "has no file with the given hash"


class Refusal(NamedTuple):
    """A release that does not fit, and why."""

    version: Version
    reason: str
    place: int
    """Which row of its page it is, counted from 0, the newest."""


class Span(NamedTuple):
    """Releases that follow each other on their page and share the reason for not fitting."""

    first: Version
    last: Version
    releases: int
    """How many they are."""
    reason: str


def spans(refused: Iterable[Refusal]) -> tuple[Span, ...]:
    """Sum up refusals of one page, newest first; a release that is not among them parts a span."""
    newest_first = enumerate(sorted(refused, key=lambda refusal: refusal.place))
    # Within a run, places and positions grow in step.
    runs = groupby(newest_first, key=lambda each: (each[1].reason, each[1].place - each[0]))
    found: list[Span] = []
    for (reason, _), run in runs:
        versions = [refusal.version for _, refusal in run]
        found.append(Span(versions[-1], versions[0], len(versions), reason))
    return tuple(found)


def needs_python(unmet: Iterable[tuple[str, ...]]) -> str:
    """Word what of each file's Requires-Python the runtime does not meet."""
    return f"needs Python {' or '.join(dict.fromkeys(map(', '.join, unmet)))}"


@lru_cache(maxsize=8192)  # the pages of 20 large projects have 2,000 different ones
def expanded(tags: str) -> tuple[str, ...]:
    """Return the single tags that a wheel's name compresses (PEP 425)."""
    if "." not in tags:
        return (tags.lower(),)
    parts = (part.split(".") for part in tags.lower().split("-"))
    return tuple("-".join(each) for each in product(*parts))


def wheels_elsewhere(wheels: Iterable[str], runtime: Runtime) -> str:
    """Word what wheels are for of which the runtime can load none; each is its name's tags.

    The nearest ones are told: the platforms of those for this Python, else the Pythons of
    those for Linux on this machine, else the platforms of all.
    """
    pythons, platforms = _loadable(runtime)
    tags = [each.rpartition("-")[::2] for wheel in wheels for each in expanded(wheel)]
    beside = {platform for python, platform in tags if python in pythons}
    inside = {
        python
        for python, platform in tags
        if platform in platforms or _glibc(platform, runtime.machine) is not None
    }
    if beside:
        words = _platform_words(beside - platforms, runtime)
    elif inside:
        words = _python_words(inside, runtime)
    else:
        words = _platform_words({platform for _, platform in tags}, runtime)
    return f"has wheels for {words or ', '.join(sorted('-'.join(tag) for tag in tags))} only"


@lru_cache(maxsize=64)
def _loadable(runtime: Runtime) -> tuple[frozenset[str], frozenset[str]]:
    """Return the interpreter-abi pairs and the platforms among the runtime's tags."""
    pairs = [tag.rpartition("-")[::2] for tag in wheel_tags(runtime)]
    return frozenset(python for python, _ in pairs), frozenset(platform for _, platform in pairs)


_MANYLINUX = re.compile(r"manylinux(?:_(\d+)_(\d+)|1|2010|2014)_(\w+)")
_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


def _glibc(platform: str, machine: str) -> tuple[int, int] | None:
    """Return the glibc that a platform tag asks for (PEP 600); None for another machine or none."""
    match = _MANYLINUX.fullmatch(platform)
    if match is None or match[3] != machine:
        return None
    if match[1] is None:
        return _LEGACY[platform.partition("_")[0]]
    return int(match[1]), int(match[2])


_SYSTEMS = (
    (re.compile(r"win"), "Windows"),
    (re.compile(r"macosx_"), "macOS"),
    (re.compile(r"musllinux_"), "musl Linux"),
    (re.compile(r"(?:many)?linux(?:1|2010|2014|_\d+_\d+)?_(\w+)"), "Linux on {0}"),
    (re.compile(r"ios_"), "iOS"),
    (re.compile(r"android_"), "Android"),
    (re.compile(r"pyodide_|emscripten_"), "WebAssembly"),
)


def _platform_words(platforms: Collection[str], runtime: Runtime) -> str:
    newer = [_glibc(platform, runtime.machine) for platform in platforms]
    needed = min((glibc for glibc in newer if glibc is not None), default=None)
    if needed is not None:
        return f"glibc {needed[0]}.{needed[1]} and newer"
    systems = {
        words.format(*match.groups()): order
        for platform in sorted(platforms)
        for order, (form, words) in enumerate(_SYSTEMS)
        if (match := form.match(platform))
    }
    return _listed(sorted(systems, key=lambda system: (systems[system], system)))


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


_INTERPRETER = re.compile(r"([a-z]+)(\d)(\d*)")


def _python_words(pythons: Iterable[str], runtime: Runtime) -> str:
    """Word interpreter-abi pairs, oldest first; another major version is all there is to say."""
    own = f"cp{runtime.python.replace('.', '')}"
    words: dict[str, tuple[str, int, int]] = {}
    stable: list[tuple[str, int, int]] = []
    for interpreter, abi in (python.split("-") for python in pythons):
        match = _INTERPRETER.fullmatch(interpreter)
        age = (match[1], int(match[2]), int(match[3] or -1)) if match else (interpreter, 0, 0)
        if abi == "abi3":
            stable.append(age)
        else:
            words[abi if interpreter == own and abi != "none" else interpreter] = age
    if stable:
        kind, major, minor = min(stable)
        words[f"{kind}{major}{max(minor, 0) or ''} and newer"] = kind, major, minor
    majors = {major for kind, major, _ in words.values() if kind in {"cp", "py"}}
    if len(majors) == 1 and runtime.version[0] not in majors:
        return f"Python {majors.pop()}"
    return ", ".join(sorted(words, key=lambda word: (words[word], word)))
