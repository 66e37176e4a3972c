"""The checks: each looks at one runtime's facts and yields findings, and nothing else.

A new check is a file with a `Rule` and a function, and its line in `CHECKS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from audit.checks import (
    conflict,
    copies,
    extras,
    from_source,
    handler,
    members,
    missing,
    needless,
    own_names,
    packed,
    provider_names,
    python_2,
    refusing,
    replaced,
    shadowing,
    signature,
    size,
    syntax,
    undeclared,
    unread,
    unsupported,
    unused,
    vendoring,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audit.assessment import Assessment
    from audit.report import Finding, Rule


class Check(NamedTuple):
    """A function that finds, and the rules that its findings may carry."""

    find: Callable[[Assessment], Iterator[Finding]]
    rules: tuple[Rule, ...]


CHECKS = (
    Check(unread.find, (unread.RULE,)),
    Check(conflict.find, (conflict.RULE,)),
    Check(replaced.find, (replaced.REPLACED, replaced.CLOSURE)),
    Check(vendoring.find, (vendoring.RULE,)),
    Check(from_source.find, (from_source.RULE,)),
    Check(copies.find, (copies.UNSATISFYING, copies.UNFIT, copies.HOLLOW)),
    Check(needless.find, (needless.RULE,)),
    Check(unsupported.find, (unsupported.RULE,)),
    Check(extras.find, (extras.RULE,)),
    Check(missing.find, (missing.MISSING, missing.ABSENT)),
    Check(python_2.find, (python_2.RULE,)),
    Check(provider_names.find, (provider_names.RULE,)),
    Check(syntax.find, (syntax.RULE,)),
    Check(refusing.find, (refusing.RULE,)),
    Check(members.find, (members.RULE,)),
    Check(packed.find, (packed.RULE,)),
    Check(undeclared.find, (undeclared.RULE,)),
    Check(unused.find, (unused.RULE,)),
    Check(shadowing.find, (shadowing.RULE,)),
    Check(own_names.find, (own_names.RULE,)),
    Check(handler.find, (handler.RULE,)),
    Check(signature.find, (signature.RULE,)),
    Check(size.find, (size.RULE,)),
)

RULES = tuple(sorted((rule for check in CHECKS for rule in check.rules), key=lambda r: r.code))
