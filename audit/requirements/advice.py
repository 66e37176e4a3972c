"""Why a line is no requirement, and what was probably meant.

Nothing is repaired: a user's own line means what it says or is a problem.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from audit.requirements.document import shown
from audit.requirements.poetry import caret, tilde

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LONGEST = 80
"""Characters of a line about which a guess is worth making."""

_VERSION = re.compile(r"(?:[<>]=?|[=!~]=)\s*([^\s,;()=<>!~'\"]+)")

_REPAIRS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^(?:sudo )?(?:python3? -m )?pip3? install "), ""),
    (re.compile(r"^[\"']|[\"'],?$|,$"), ""),
    (re.compile(r"^([\w.-]+)\s*=\s*(\d[\w.]*)=\w+$"), r"\1==\2"),  # conda: name=version=build
    (re.compile(r"=>"), ">="),
    (re.compile(r"=<"), "<="),
    (re.compile(r"^([^;=<>!~]*[^;=<>!~\s])\s*=\s*(?=[^=<>~])"), r"\1=="),
    (re.compile(r"^([\w.-]+(?:\[[^\]]*\])?)\s+v?(\d[\w.]*)\s*(?=$|;)"), r"\1==\2"),
    (re.compile(r"\^\s*(\d+(?:\.\d+)*)"), lambda found: caret(found[1])),
    (re.compile(r"~\s*(\d+(?:\.\d+)*)"), lambda found: tilde(found[1])),
    (re.compile(r"~=\s*(\d+)(?=$|[,;\s])"), r"~=\1.0"),
    (re.compile(r"([<>]=?)\s*(\d+(?:\.\d+)*)\.\*"), r"\1\2"),
    (re.compile(r"~=\s*(\d+(?:\.\d+)*\.\*)"), r"==\1"),
    (re.compile(r"(python_version\s*[<>=!]+\s*)(\d[\d.]*)"), r'\1"\2"'),
    (re.compile(r"\s*&&?\s*"), ","),
    (re.compile(r"(?:==|@|:)\s*latest$"), ""),
)


def explain(text: str, written: str | None = None) -> str | None:
    """Say why `text` is no PEP 508 requirement and what it may mean; None where it is one.

    `written` is shown in its place where it differs: it holds no secrets.
    """
    reason = _fault(text)
    if reason is None:
        return None
    reason = _bad_version(text) or reason
    message = f"not a requirement: {shown(written or text)}: {reason[:1].lower()}{reason[1:]}"
    if written not in {None, text}:
        return message
    meant = next((guess for guess in _guesses(text) if _fault(guess) is None), None)
    return message if meant is None else f"{message}; did you mean {meant}"


def _fault(text: str) -> str | None:
    try:
        Requirement(text)
    except InvalidRequirement as error:
        return str(error).partition("\n")[0]
    return None


def _bad_version(text: str) -> str | None:
    for version in _VERSION.findall(text.partition(";")[0]):
        try:
            Version(version.removesuffix(".*"))
        except InvalidVersion:
            return f"{shown(version)} is not a version"
    return None


def _guesses(text: str) -> Iterator[str]:
    if len(text) > _LONGEST:
        return
    # Full-width punctuation becomes what it stands for.
    guess = unicodedata.normalize("NFKC", text).strip()
    if guess != text:
        yield guess
    for pattern, replacement in _REPAIRS:
        repaired = pattern.sub(replacement, guess).strip()
        if repaired != guess:
            yield repaired
        guess = repaired
