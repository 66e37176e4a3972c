"""Whether the text of a module is for one major version of Python alone, by its statements."""

from __future__ import annotations

import re

from audit.index.archive.setup_script import read_script

_PYTHON_2 = re.compile(
    r"^\s*except\s+(?:[\w.]+|\([^()]*\))\s*,\s*\w+\s*:"
    r"|(?:^|[;:])\s*print\s+(?:>>|['\"\w])"
    r"|(?:^|[;:])\s*raise\s+[\w.]+\s*,\s*\S"
    r"|(?:^|[;:])\s*exec\s+['\"\w]"
    r"|`"
)
_PYTHON_3 = re.compile(
    r"\bdef\s+\w+\s*\(.*\)\s*->"
    r"|\bdef\s+\w+\s*\((?:[^=()]*,)?\s*\*?\w+\s*:"
    r"|\bdef\s+\w+\s*\((?:[^()]*,)?\s*\*\s*,"
    r"|(?:^|[;:])\s*nonlocal\s"
    r"|(?:^|[;:])\s*raise\s.*\sfrom\s"
    r"|\byield\s+from\s"
    r"|\basync\s+(?:def|for|with)\s"
    r"|\bclass\s+\w+\s*\(.*\bmetaclass\s*="
    r"|\b(?:[fF][rR]?|[rR][fF])''"
    r"|:="
)


def is_python_2(text: str) -> bool:
    """Tell whether it prints, raises, catches or quotes in a way that ended with Python 2."""
    return any(_PYTHON_2.search(line.bare) for line in read_script(text))


def is_python_3(text: str) -> bool:
    """Tell whether it has what no Python 2 reads, such as annotations and f-strings."""
    return any(_PYTHON_3.search(line.bare) for line in read_script(text))
