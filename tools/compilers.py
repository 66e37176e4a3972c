"""What real interpreters say of files, and what we say: for tools/confusion.py and tests.

A 3.x speaks with compile(). A 2.7 imports a copy of the file that ends with a line which its
compiler refuses: nothing of it runs, and what import refuses comes first; then it compiles the
bytes, for the stages after that.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOT = Path(__file__).resolve().parent.parent
PYENV = Path.home() / ".pyenv" / "versions"

# Runs under Python 2.7 to 3.13. Reads paths from stdin, prints a line each: what refuses it.
_THEIRS = r"""
import json, os, sys, tempfile, warnings
warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
folder = tempfile.mkdtemp()
copy = os.path.join(folder, "copy_of_it.py")

def compiled(data):
    if sys.version_info[0] == 2:
        compile(data, "it", "exec", 0, True)
    else:
        compile(data, "it", "exec", dont_inherit=True)

def imported(data):
    import imp
    end = b"" if not data or data.endswith((b"\n", b"\r")) else b"\n"
    with open(copy, "wb") as file:
        file.write(data + end + b"from __future__ import no_such_feature\n")
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + len(end)
    try:
        imp.load_source("copy_of_it", copy)
    except SyntaxError as error:
        if "__future__" not in str(error) and "no_such_feature" not in str(error):
            return error
        return error if (error.lineno or 0) <= lines else None
    except Exception as error:
        return error

def refusal(data):
    if sys.version_info[0] == 2:
        error = imported(data)
        if error is not None:
            return error
        if b"\0" in data:
            return None
    try:
        compiled(data)
    except Exception as error:
        return error

for path in json.load(sys.stdin):
    with open(path, "rb") as file:
        error = refusal(file.read())
    row = None if error is None else [getattr(error, "lineno", None), str(error)[:80]]
    print(json.dumps(row))
if os.path.exists(copy):
    os.remove(copy)
os.rmdir(folder)
"""

# Runs under each host, Python 3.10 and newer: what we say of each file for each target.
_OURS = r"""
import json, sys
sys.dont_write_bytecode = True
from audit.source.encoding import readable
from audit.source.syntax import read

request = json.load(sys.stdin)
targets = [tuple(target) for target in request["targets"]]
for path in request["paths"]:
    with open(path, "rb") as file:
        data = file.read()
    constructs = read(data, readable(path, data)[0]).constructs
    row = []
    for target in targets:
        refused = [c for c in constructs if not any(target in span for span in c.pythons)]
        sure = [c for c in refused if not any(target in span for span in c.unsure)]
        found = (sure or refused or [None])[0]
        row.append(found and ["invalid" if sure else "unsure", found.line, found.what])
    print(json.dumps(row))
"""


class Word(NamedTuple):
    """What one side says of a file for one Python."""

    verdict: str
    """`valid`, `invalid` or `unsure`."""
    line: int | None = None
    reason: str = ""


def interpreters() -> dict[tuple[int, int], Path]:
    """Return the interpreters under pyenv by their feature version."""
    found = {}
    for path in sorted(PYENV.glob("[23].*/bin/python")):
        major, minor, *_ = path.parents[1].name.split(".")
        found[int(major), int(minor)] = path
    return dict(sorted(found.items()))


def theirs(interpreter: Path, paths: Sequence[Path]) -> list[Word]:
    """Ask a real interpreter; it compiles and runs nothing."""
    rows = _asked([interpreter, "-E", "-S", "-c", _THEIRS], [str(path) for path in paths])
    return [Word("invalid", *row) if row else Word("valid") for row in rows]


def ours(
    host: Path, targets: Sequence[tuple[int, int]], paths: Sequence[Path]
) -> list[tuple[Word, ...]]:
    """Ask our own reading, run by a host: for each file a word a target."""
    request = {"targets": list(targets), "paths": [str(path) for path in paths]}
    rows = _asked([host, "-c", _OURS], request)
    return [tuple(Word(*word) if word else Word("valid") for word in row) for row in rows]


def _asked(command: Sequence[str | Path], request: object) -> list[Any]:
    import packaging  # noqa: PLC0415 - only its place is asked for

    site = Path(packaging.__file__).parents[1]
    done = subprocess.run(
        [*map(str, command)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{_ROOT}{os.pathsep}{site}", "PYTHONHASHSEED": "0"},
        cwd=tempfile.gettempdir(),
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
