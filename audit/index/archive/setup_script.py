"""What the text of a setup.py tells. It is never run, and may be Python 2 or 3.

Only what is plain to see counts, such as a list that is written out.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Line(NamedTuple):
    """A logical line of Python, without comments, in two forms of the same length."""

    code: str
    """As written."""
    bare: str
    """With strings blanked, so that none is taken for code."""

    @property
    def indent(self) -> int:
        """How many blanks it starts with, a tab counting as eight."""
        expanded = self.bare.expandtabs()
        return len(expanded) - len(expanded.lstrip())


Script = tuple[Line, ...]

_PIECE = re.compile(
    r"(?P<string>'''(?s:.*?)'''|\"\"\"(?s:.*?)\"\"\""
    r"|'(?:[^'\\\n]|\\(?s:.))*'|\"(?:[^\"\\\n]|\\(?s:.))*\")"
    r"|(?P<comment>#[^\n]*)|(?P<joined>\\\n)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>\n)"
)


def read_script(text: str) -> Script:
    """Split Python source into logical lines; what is no Python comes out as some lines.

    A test for Python 2.6 or older counts as none, since no runtime is.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n") + "\n"
    lines: list[Line] = []
    code: list[str] = []
    bare: list[str] = []
    at = depth = 0
    for piece in _PIECE.finditer(text):
        between, found = text[at : piece.start()], piece[0].replace("\n", " ")
        at = piece.end()
        kind = piece.lastgroup
        depth = max(0, depth + (kind == "open") - (kind == "close"))
        found = "" if kind == "comment" else " " if kind == "joined" else found
        code += between, found
        bare += between, "'" * len(found) if kind == "string" else found
        if kind == "end" and not depth:
            lines.append(Line("".join(code).rstrip(), "".join(bare).rstrip()))
            code, bare = [], []
    lines.append(Line("".join(code), "".join(bare)))
    return tuple(
        Line(code, _NEVER.sub(lambda found: "False".ljust(len(found[0])), bare))
        for code, bare in lines
        if bare.strip()
    )


_NEVER = re.compile(r"\bsys\.version_info(?:\[0?:[23]\])?\s*<\s*\(2, ?[0-7](?:, ?0)*,?\)")


_PYTHON = re.compile(
    r"\bpython_requires['\"]?\s*[=:]\s*(?P<quote>['\"])(?P<text>[^'\"]*)(?P=quote)"
)


def requires_python(script: Script) -> str | None:
    """Return its `python_requires` where that is written out."""
    found = [said["text"] for line in script for said in _PYTHON.finditer(line.code)]
    return found[0] if len(set(found)) == 1 else None


_COMPILED = re.compile(
    r"\b(?:ext_modules|cffi_modules|rust_extensions)\b['\"]?(?!\s*[=:]\s*(?:\[\s*\]|None\b))"
)
_COMPILES = re.compile(r"\b\w*Extension\s*\(|\bcythonize\b|\badd_extension\b|\bskbuild\b")


def compiles(script: Script) -> bool:
    """Tell whether it names extension modules, be they optional."""
    return any(_COMPILED.search(line.code) or _COMPILES.search(line.bare) for line in script)


_CONVERTS = re.compile(r"\buse_2to3['\"]?\s*\]?\s*[=:]\s*(?!False\b|0\b)")


def converts(script: Script) -> bool:
    """Tell whether it has setuptools turn Python 2 into Python 3 (`use_2to3`)."""
    return any(_CONVERTS.search(line.code) for line in script)


_STRINGS = re.compile(r"['\"]([\w.]+)['\"]")
_MODULES = re.compile(
    r"\b(?:py_modules|packages)['\"]?\s*[=:]\s*[\[(](?P<list>[^()\[\]]*)[\])]\s*[,)}\n]"
)


def top_names(script: Script) -> frozenset[str]:
    """Return the top-level names of `packages` and `py_modules`, where all are written out."""
    named = 0
    tops: set[str] = set()
    for line in script:
        named += len(re.findall(r"\b(?:py_modules|packages)['\"]?\s*[=:]", line.code))
        for said in _MODULES.finditer(line.code + "\n"):
            named -= 1
            tops |= {name.partition(".")[0] for name in _STRINGS.findall(said["list"])}
    return frozenset() if named else frozenset(tops)
