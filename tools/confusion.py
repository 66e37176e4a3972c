"""Write docs/syntax.md: what audit.source.syntax says of real files, and what interpreters say.

    python -m tools.confusion [FOLDER ...] [--host PYTHON ...] [--sample N] [--memo FILE] [-o FILE]

The files are the standard libraries of the interpreters under ~/.pyenv/versions, with their test
data, some of what is installed there, and every Python file below the folders: each content once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tools.compilers import PYENV, Word, interpreters, ours, theirs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ROOT = Path(__file__).resolve().parent.parent


class Comparison(NamedTuple):
    """Both sides on one Python, by the numbers of the files."""

    table: Counter[tuple[str, str]]
    """(ours, theirs) -> how many files."""
    same_line: int
    """Where both refuse: at the same line."""
    misses: tuple[int, ...]
    """Those on which we are sure, and wrong."""

    @property
    def agreement(self) -> float:
        """The share of files on which both say the same, of those on which we say something."""
        right = self.table["valid", "valid"] + self.table["invalid", "invalid"]
        said = sum(count for (our, _), count in self.table.items() if our != "unsure")
        return right / max(1, said)


def corpus(folders: Iterable[Path] = ()) -> list[Path]:
    """Return the files to compare: each content once, in a fixed order."""
    library: list[Path] = []
    installed: list[Path] = []
    for interpreter in interpreters().values():
        for path in _sources(next(interpreter.parents[1].glob("lib/python*"))):
            (installed if "site-packages" in path.parts else library).append(path)
    chosen = random.Random(0).sample(installed, min(_INSTALLED, len(installed)))  # noqa: S311 - a fixed choice
    first: dict[bytes, Path] = {}
    for path in (*library, *chosen, *(path for folder in folders for path in _sources(folder))):
        first.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    return list(first.values())


_INSTALLED = 2500


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if path.is_file())


def compare(our: Sequence[Word], their: Sequence[Word]) -> Comparison:
    """Compare what both sides say of the same files for one Python."""
    pairs = list(zip(our, their, strict=True))
    both = [pair for pair in pairs if pair[0].verdict == pair[1].verdict == "invalid"]
    return Comparison(
        table=Counter((one.verdict, other.verdict) for one, other in pairs),
        same_line=sum(one.line == other.line for one, other in both),
        misses=tuple(
            n
            for n, (one, other) in enumerate(pairs)
            if one.verdict not in {other.verdict, "unsure"}
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare all files for all Pythons and hosts, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--host", action="append", type=Path, help="Python that runs our side")
    parser.add_argument("--sample", type=int, help="compare so many files of all")
    parser.add_argument("--memo", type=Path, help="file that keeps what interpreters said")
    parser.add_argument("-o", "--output", type=Path, default=_ROOT / "docs" / "syntax.md")
    given = parser.parse_args(arguments)
    paths = corpus(given.folders)
    if given.sample:
        paths = random.Random(0).sample(paths, given.sample)  # noqa: S311 - a fixed choice
    truth = {
        target: _remembered(given.memo, interpreter, paths)
        for target, interpreter in interpreters().items()
    }
    hosts = given.host or [Path(sys.executable)]
    sections = [_section(host, paths, truth) for host in hosts]
    text = _HEAD.format(files=len(paths), megabytes=sum(p.stat().st_size for p in paths) / 1e6)
    given.output.write_text(text + "\n".join(sections), encoding="utf-8")
    return 0


def _remembered(memo: Path | None, interpreter: Path, paths: Sequence[Path]) -> list[Word]:
    """Ask an interpreter what it was not asked before."""
    if memo is None:
        return theirs(interpreter, paths)
    kept: dict[str, Any] = json.loads(memo.read_text()) if memo.exists() else {}
    keys = [f"{interpreter} {path}" for path in paths]
    new = [(key, path) for key, path in zip(keys, paths, strict=True) if key not in kept]
    for (key, _), word in zip(new, theirs(interpreter, [path for _, path in new]), strict=True):
        kept[key] = list(word)
    memo.write_text(json.dumps(kept))
    return [Word(*kept[key]) for key in keys]


_HEAD = """\
# Which Pythons compile a file: our word against theirs

Written by `tools/confusion.py`: {files} files ({megabytes:.0f} MB), each content once, of the
standard libraries of all interpreters at hand with their test data, and of installed packages.
*Theirs* is `compile()` of the real interpreter; for 2.7 what import says first, and then its
`compile()` of the bytes. *Unsure* is our word for what a Python newer than the one that reads may
compile all the same; agreement is told of the rest.

*Line* is the share of files that both refuse at the same line. Ours is the first line of the file
with anything that the target lacks. An interpreter stops elsewhere for two reasons: its parser
comes before its compiler, so that a lower line with what the parser lacks hides
`from __future__ import annotations` above it; and 3.6 and 3.7 count lines within an f-string.

Beyond what these files hold, `tests/data/syntax/snippets.txt` has every construct in a few words
with the Pythons that compile it, and `tests/source/syntax/test_snippets.py` names the few of them
that are told wrong: what one Python alone took by accident, and `async` or `await` as a name
beside coroutines. Not looked at are characters and their names that came with a newer Unicode,
limits that are a build's own (nesting, digits of a number), and codecs that came later.

Why the misses below are left: 2.7 takes a string between two imports from `__future__`
(`badsyntax_future10.py`); before 3.13 a comprehension in a class did not find a private name of
its function (`test_named_expressions.py`); and 3.12.1 fails on an f-string by a bug of its own.
"""


def _section(host: Path, paths: Sequence[Path], truth: Mapping[tuple[int, int], list[Word]]) -> str:
    said = ours(host, list(truth), paths)
    done = subprocess.run([host, "--version"], capture_output=True, text=True, check=True)
    lines = [
        f"\n## Read by {done.stdout.strip()}\n",
        (
            "| target | agreement | valid, both | invalid, both | ours valid, theirs not"
            " | ours invalid, theirs valid | unsure | line |"
        ),
        "|---|---|---|---|---|---|---|---|",
    ]
    missed: list[str] = []
    for column, (target, their) in enumerate(truth.items()):
        our = [row[column] for row in said]
        result = compare(our, their)
        lines.append(_row(target, result))
        missed += [_miss(target, paths[n], our[n], their[n]) for n in result.misses]
    listed = ["\nMisses, each file and target:\n", *missed] if missed else ["\nNo miss.\n"]
    return "\n".join([*lines, *listed]) + "\n"


def _row(target: tuple[int, int], result: Comparison) -> str:
    table = result.table
    unsure = table["unsure", "valid"] + table["unsure", "invalid"]
    refused = table["invalid", "invalid"]
    cells = (
        f"{target[0]}.{target[1]}",
        f"{result.agreement:.3%}",
        table["valid", "valid"],
        refused,
        table["valid", "invalid"],
        table["invalid", "valid"],
        unsure,
        f"{result.same_line / max(1, refused):.1%}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _miss(target: tuple[int, int], path: Path, our: Word, their: Word) -> str:
    name = path.relative_to(PYENV) if path.is_relative_to(PYENV) else path
    return (
        f"- {target[0]}.{target[1]} `{name}`: ours {our.verdict} ({our.reason}, {our.line}),"
        f" theirs {their.verdict} ({their.reason}, {their.line})"
    )


if __name__ == "__main__":
    sys.exit(main())
