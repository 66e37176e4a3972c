"""Where things stand in a TOML document: tomli gives values without their lines.

A second, small reading of a text that tomli has found valid, so nothing is checked again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tomli

if TYPE_CHECKING:
    from collections.abc import Iterator

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a document to a value."""

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|'[^']*')'''
    r"""|(?P<skip>\#[^\n]*|[^\S\n]+)"""
    r"""|(?P<mark>[\[\]{}=,.\n])"""
    r"""|(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.DOTALL,
)


def value_lines(text: str) -> dict[Path, int]:
    """Return the line of every table, key and list element of a valid document."""
    return _Reading(text).document()


class _Reading:
    """One pass over the tokens."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        self._tokens = _tokens(text)
        self.current, self.line = "", 0
        self._advance()

    def _advance(self) -> str:
        passed = self.current
        self.current, self.line = next(self._tokens, ("", 0))
        return passed

    def document(self) -> dict[Path, int]:
        table: Path = ()
        while self.current:
            if self.current == "\n":
                self._advance()
            elif self.current == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _header(self) -> Path:
        line = self.line
        self._advance()
        several = self.current == "["
        if several:
            self._advance()
        path: Path = ()
        parts = self._key()
        for position, part in enumerate(parts, start=1):
            path = (*path, part)
            self.lines.setdefault(path, line)
            if several and position == len(parts):
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path = (*path, self._tables[path])
                self.lines.setdefault(path, line)
        while self.current == "]":
            self._advance()
        return path

    def _key(self) -> list[str]:
        parts = [_key_part(self._advance())]
        while self.current == ".":
            self._advance()
            parts.append(_key_part(self._advance()))
        return parts

    def _pair(self, table: Path) -> None:
        line = self.line
        path = table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        self._advance()  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self.line)
        if self.current == "[":
            self._list(path)
        elif self.current == "{":
            self._inline_table(path)
        else:
            while self.current and self.current not in ",]}\n":
                self._advance()

    def _list(self, path: Path) -> None:
        self._advance()
        position = 0
        while self.current != "]":
            if self.current in ",\n":
                self._advance()
                continue
            self._value((*path, position))
            position += 1
        self._advance()

    def _inline_table(self, path: Path) -> None:
        self._advance()
        while self.current != "}":
            if self.current in ",\n":
                self._advance()
                continue
            self._pair(path)
        self._advance()


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "skip":
            yield found[0], line
        line += found[0].count("\n")


def _key_part(token: str) -> str:
    return next(iter(tomli.loads(f"{token}=0"))) if token[0] in "\"'" else token
