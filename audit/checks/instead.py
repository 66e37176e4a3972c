"""What to write or pack in place of what a standard library lacks, in words to paste."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from audit.checks.wording import building, vendoring
from audit.packages import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.assessment import Assessment
    from audit.remedies import Remedy


def instead(assessment: Assessment, remedy: Remedy, name: str = "") -> str:
    """Return the code, and the command that packs the distribution if it is not there.

    `name` is what an expression uses, which a statement cannot stand in place of.
    """
    code = f"in its place: {remedy.code}"
    if name and remedy.code.startswith(_STATEMENTS):
        _, dot, last = name.rpartition(".")  # a built-in name stays as it is
        here = f"; and here: {last}" if dot else ""
        code = f"first in the file: {remedy.code}{here}"
    if not remedy.distribution:
        return code
    name = canonicalize_name(Requirement(remedy.distribution).name)
    there = {pin.candidate.name for pin in chosen(assessment.resolution)}
    there |= {copy.name for copy in assessment.project.vendored}
    if name in there and remedy.code:
        return code
    command = building if remedy.is_source else vendoring
    packing = command(assessment, remedy.distribution)
    return f"{code}; and pack it: {packing}" if remedy.code else packing


_STATEMENTS = ("try: ", "from ")


def binding(assessment: Assessment, remedy: Remedy, module: str, names: Sequence[str]) -> Remedy:
    """Return a remedy for a module as one for `from module import names`, which binds those.

    Without names it is `import module`, which is used in full; the remedy binds the last part.
    """
    if not names:
        last = module.rpartition(".")[2]
        is_shorter = last != module and remedy.code.startswith(_STATEMENTS)
        return (
            remedy._replace(code=f"{remedy.code}; and {last} for {module}")
            if is_shorter
            else remedy
        )
    return remedy._replace(code=" / ".join(_codes(assessment, remedy, module, names)))


def _codes(
    assessment: Assessment, remedy: Remedy, module: str, names: Sequence[str]
) -> Iterator[str]:
    python, rest = assessment.runtime.python, []
    for name in names:
        known = assessment.remedies.of(f"{module}.{name}", python)
        if known is not None and known.code.startswith(_STATEMENTS) and not known.distribution:
            yield known.code
        else:
            rest.append(name)
    halves = _HALVES(remedy.code)
    dotted = [_dotted(half) for half in halves.groups()] if halves else []
    if rest and module in dotted:
        there, here = (f"from {each} import {', '.join(rest)}" for each in dotted)
        yield f"try: {there} / except ImportError: {here}"
    elif rest:
        yield remedy.code


_HALVES = re.compile(r"try: ([^;]+) / except ImportError: ([^;]+)(?:; .+)?").fullmatch
_IMPORT = re.compile(r"(?:from (\S+) )?import (\S+)(?: as \S+)?").fullmatch


def _dotted(statement: str) -> str:
    """Return the module that a statement imports: `a.b` for `from a import b as c`."""
    match = _IMPORT(statement)
    return ".".join(filter(None, match.groups())) if match else ""
