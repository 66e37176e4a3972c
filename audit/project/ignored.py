"""What git would ignore: `.gitignore` files, their nesting and their order."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    _Pattern = tuple[re.Pattern[str], bool]
    """What a line matches, and whether that is then ignored or taken back."""

GITIGNORE = ".gitignore"
_FOLDER_MARK = "ps_d"  # pathspec's name, through 0.12 to 1.1; a test compares with git


def ignored_by(texts: Mapping[str, str], within: str = "") -> Callable[[str], bool]:
    """Return a test for paths, from the text of each `.gitignore` by its folder.

    Folders are empty or end in `/`; so does a path that is a folder. Paths are asked for
    relative to the folder `within`, which is itself never ignored. As in git (gitignore(5))
    the innermost file that says something decides, its last line first, and nothing below an
    ignored folder is taken back. `.git/info/exclude` and a user's own settings do not count:
    the answer is the same for everyone.
    """
    if not any(text.strip() for text in texts.values()):
        return lambda _path: False
    innermost_first = sorted(texts, key=len, reverse=True)
    specs = [(folder, _patterns(texts[folder].splitlines())) for folder in innermost_first]
    known: dict[str, bool] = {}

    def is_ignored(path: str) -> bool:
        for folder in _folders_around(path, len(within)):
            if folder not in known:
                known[folder] = _says(specs, folder)
            if known[folder]:
                return True
        return _says(specs, path)

    return lambda path: is_ignored(within + path)


def _folders_around(path: str, start: int) -> Iterator[str]:
    """Yield the folders of a path that begin after `start`, outermost first."""
    end = path.find("/", start)
    while 0 <= end < len(path) - 1:
        yield path[: end + 1]
        end = path.find("/", end + 1)


def _says(specs: Iterable[tuple[str, Sequence[_Pattern]]], path: str) -> bool:
    for folder, patterns in specs:
        if path.startswith(folder) and path != folder:
            for regex, is_ignored in reversed(patterns):
                if _means(regex, path[len(folder) :]):
                    return is_ignored
    return False


def _means(regex: re.Pattern[str], path: str) -> bool:
    # pathspec also matches what lies below a folder that a pattern means, and marks the
    # folder's slash; git asks for each folder first, and then for what is in it alone.
    for match in regex.finditer(path):
        if _FOLDER_MARK not in regex.groupindex:
            return match.end() < len(path) or not path.endswith("/")  # `a/**` is not `a/`
        if match[_FOLDER_MARK] is None or match.end() == len(path):
            return True
    return False


def _patterns(lines: Iterable[str]) -> list[_Pattern]:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - 18 ms, and few folders need it

    found: list[_Pattern] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # re's, of a set such as `[[]`
        for line in lines:
            # git passes over a pattern that means nothing, such as `!`; scanning what one
            # that pathspec cannot compile would leave out errs on the safe side.
            with suppress(ValueError, re.error):
                patterns = GitIgnoreSpec.from_lines([line]).patterns
                found += [(each.regex, bool(each.include)) for each in patterns if each.regex]
    return found
