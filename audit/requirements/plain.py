"""Lines of plain PEP 508, and plain includes, read with packaging alone: most need no more.

pip's parser brings its network stack and costs 0.3 s to import. What is taken here, pip
takes too and understands alike, and what is refused here, it refuses: a property test holds
both. Everything else is left to pip.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from audit.model import Include, Problem
from audit.requirements.archive import is_archive

if TYPE_CHECKING:
    from audit.model import Declared
    from audit.requirements.document import Document
    from audit.requirements.lines import Line


# `-r FILE` and `-c FILE` with a path that neither a shell nor a URL would read otherwise.
_INCLUDE = re.compile(
    r"(?:-(?:r|(c)) *|--(?:requirement|(constraint))[ =])([A-Za-z0-9_./][A-Za-z0-9_./+-]*)"
)


def read_line(line: Line, document: Document) -> Declared | Include | Problem | None:
    """Return what the line says or why it says nothing, and None where only pip can tell."""
    at = document.at(line.number)
    include = _INCLUDE.fullmatch(line.text)
    if include is not None:
        constraint = bool(include[1] or include[2])
        return Include(path=include[3], at=at, constraint=constraint)
    requirement = _requirement(line.text)
    if requirement is not None:
        return document.declare(requirement, line.written, at)
    fault = (
        why_refused(line.text, line.written) if _is_surely_no_option_or_path(line.text) else None
    )
    return None if fault is None else Problem(fault, at)


def why_refused(text: str, written: str) -> str | None:
    """Say why a line is no requirement and what may be meant, as `advice.explain` does."""
    # Many patterns, that a file without fault does not pay for.
    from audit.requirements.advice import explain  # noqa: PLC0415

    return explain(text, written)


def _is_surely_no_option_or_path(text: str) -> bool:
    # A typo is worth no import of pip; these characters are what pip gives a meaning to.
    if text.startswith((".", "-")) or " -" in text or set(text) & set("/\\:;@("):
        return False
    return not is_archive(text) and text.isprintable()


@lru_cache(maxsize=4096)
def _requirement(text: str) -> Requirement | None:
    # pip breaks a line at the first word that starts with a dash, even inside quotes.
    if text.startswith("-") or " -" in text:
        return None
    # pip before 24.1 takes some of what stands in brackets, and not all.
    head = text.partition(";")[0].rstrip()
    if "(" in head:
        return None
    # pip takes `x-1.0.zip` for a file though it is a valid name.
    if "@" not in head and is_archive(head):
        return None
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    if requirement.url is not None and not _is_plain(requirement.url):
        return None
    return requirement


def _is_plain(url: str) -> bool:
    # pip ends a URL at the first semicolon, packaging at a blank before it; without a scheme
    # it is a path; brackets may be an IPv6 address and #egg= a name, which pip checks.
    return url.isprintable() and "://" in url and "egg=" not in url and not set(url) & set(";[]")
