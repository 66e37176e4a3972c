"""What a refusal of the host means for the other Pythons."""

from __future__ import annotations

import re

from audit.code import Construct, Span
from audit.source.syntax.host import HOST, Refusal
from audit.source.syntax.versions import ALWAYS, PYTHON_2

_NEWER = (Span((HOST[0], HOST[1] + 1)),)
_INSIDE = "(?:list|set|dict) comprehension|generator expression"
_ONCE = (
    (f"'yield' inside (?:{_INSIDE})", (Span((2, 0), (3, 8)),)),
    ("cannot delete __debug__", (Span((2, 0), (3, 10)),)),
    (
        "(?:yield|await) expression'? can ?not be used within an annotation",
        (Span((3, 7), (3, 10)),),
    ),
    ("named expression'? can ?not be used within an annotation", (Span((3, 8), (3, 10)),)),
    (
        "is (?:assigned to|used prior to) (?:before )?(?:global|nonlocal) declaration",
        (Span((2, 0), (3, 6)),),
    ),
    (r"import \* only allowed at module level", (PYTHON_2,)),
)
"""What some Python compiles that the host refuses after its parser: the message, and which."""


def construct(refusal: Refusal) -> Construct:
    """Return what no Python compiles that the host can speak for; newer ones may.

    Some refusals are known to be younger than the grammar: then older Pythons compile it.
    """
    if refusal.too_much:
        return Construct(refusal.line, refusal.message, (), (ALWAYS,))
    for pattern, spans in _ONCE:
        if re.search(pattern, refusal.message):
            return Construct(refusal.line, refusal.message, spans)
    unsure = (*_PERHAPS, *_NEWER) if _GENERATOR in refusal.message else _NEWER
    return Construct(refusal.line, refusal.message, (), unsure)


_GENERATOR = "Generator expression must be parenthesized"
_PERHAPS = (Span((2, 0), (3, 7)),)
"""Those that took `f(x for x in y,)`: the parser stops there, so that the rest is not known."""
