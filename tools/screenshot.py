"""Draw what `scf-audit` prints for the example, as `docs/screenshot.svg`.

    python -m tools.screenshot [--check]

It runs the real command line with colour on, at 100 columns, over the recorded index of
`tools/replay.py`, and draws the output with the standard library alone. Equal output gives an
equal file.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from tools.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
TARGET = "examples/thumbnail/requirements.txt"
COLUMNS = 100

_CHAR, _LINE, _MARGIN, _BAR = 8.4, 20, 18, 34
_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_WORDS = re.compile(r"\S+(?: \S+)*")

_PAGE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}">
<title>{title}</title>
<style>
text {{ font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; \
fill: #c9d1d9 }}
.s1 {{ font-weight: bold; fill: #f0f6fc }} .s2 {{ fill: #8b949e }} .s31 {{ fill: #ff7b72 }}
.s32 {{ fill: #7ee787 }} .s33 {{ fill: #e3b341 }} .s36 {{ fill: #79c0ff }}
</style>
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/>
<circle cx="40" cy="18" r="6" fill="#febc2e"/>
<circle cx="60" cy="18" r="6" fill="#28c840"/>
{body}
</svg>
"""


class Piece(NamedTuple):
    """Words in one style, and the column that they start at."""

    column: int
    style: str
    text: str


def main(argv: list[str] | None = None) -> int:
    """Write the picture, or compare it; return 1 where it differs or there is nothing to draw."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "docs" / "screenshot.svg")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    parser.add_argument("target", nargs="?", default=TARGET)
    options = parser.parse_args(argv)
    output = run(options.target)
    if not output:
        print("the command printed nothing", file=sys.stderr)
        return 1
    command = f"scf-audit {options.target}"
    picture = draw(f"$ {command}\n\n{output}", command)
    if options.check:
        is_there = options.output.exists()
        return int(not is_there or options.output.read_text(encoding="utf-8") != picture)
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(picture, encoding="utf-8")
    return 0


def run(target: str) -> str:
    """Return what the tool prints for a target; its exit code is the example's own affair."""
    foreign = ("NO_COLOR", "PIP_", "SCF_AUDIT_")
    environ = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    # The sizes of replayed files are made up, so they are not to decide.
    with Replay(no_digests=True) as index:
        environ |= {
            "FORCE_COLOR": "1",
            "COLUMNS": str(COLUMNS),
            "PYTHONUTF8": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "SCF_AUDIT_INDEX_URL": index.url,
            "SCF_AUDIT_NO_CACHE": "1",
            "SCF_AUDIT_PYTHON": "none",
        }
        done = subprocess.run(
            [sys.executable, "-m", "audit", target],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
        missed = [path for path in index.misses if path.startswith("/simple/")]
    if missed:
        print(f"not recorded: {', '.join(missed)}", file=sys.stderr)
    return done.stdout


def draw(output: str, title: str) -> str:
    """Return terminal output with colour codes as an SVG picture."""
    lines = output.rstrip("\n").split("\n")
    body = [
        _text(piece, _BAR + _MARGIN + row * _LINE)
        for row, line in enumerate(lines)
        for piece in pieces(line)
    ]
    return _PAGE.format(
        width=2 * _MARGIN + COLUMNS * _CHAR,
        height=_BAR + _MARGIN + len(lines) * _LINE,
        title=escape(title),
        body="\n".join(body),
    )


def pieces(line: str) -> Iterator[Piece]:
    """Split a line at its colour codes and wherever several spaces stand."""
    column, style = 0, ""
    for n, part in enumerate(_SGR.split(line)):
        if n % 2:
            style = "" if part in ("", "0") else part
            continue
        for words in _WORDS.finditer(part):
            yield Piece(column + columns(part[: words.start()]), style, words[0])
        column += columns(part)


def columns(text: str) -> int:
    """Count the columns of a terminal; Chinese characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _text(piece: Piece, y: int) -> str:
    # textLength keeps the columns straight in whatever monospaced font the reader has.
    x, length = _MARGIN + piece.column * _CHAR, columns(piece.text) * _CHAR
    style = f' class="s{piece.style}"' if piece.style else ""
    return f'<text x="{x:g}" y="{y}" textLength="{length:g}"{style}>{escape(piece.text)}</text>'


if __name__ == "__main__":
    sys.exit(main())
