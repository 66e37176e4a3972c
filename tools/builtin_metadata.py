"""Write data/builtin_metadata.json: what each built-in requires, and what it imports as.

Run from the repository's root:

    python -m tools.builtin_metadata            write the file
    python -m tools.builtin_metadata --check    compare it with what the index says now

For each pin of data/builtin_libs.csv the file of its release that fits the runtime best is
read: the wheel with the best tag, else the sdist. tools/builtin_facts.toml adds what no
file says. Nothing of a distribution is run.
"""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from audit.runtimes import read_runtimes, wheel_tags
from audit.table import read_table
from tools.archives import describe
from tools.index import IndexFile, IndexUnreachableError, configured_index, download, files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.platform import Library, Matrix, Runtime

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "data" / "builtin_metadata.json"
_ABOUT = "written by tools/builtin_metadata.py from the package index; never edited by hand"
_AT_ONCE = 3  # downloads at a time


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the file; 0 when done or equal, 1 when it differs, 3 without an index."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--index-url", help="default: what pip is configured to use")
    options = parser.parse_args(arguments)
    matrix, runtimes = platform()
    try:
        text = to_json(records(matrix.libraries, runtimes, options.index_url or configured_index()))
    except IndexUnreachableError as error:
        print(f"the index cannot be read: {error}", file=sys.stderr)
        return 3
    if options.check:
        is_current = TARGET.read_text(encoding="utf-8") == text
        print(f"{TARGET.name} {'is current' if is_current else 'differs from the index'}")
        return 0 if is_current else 1
    TARGET.write_text(text, encoding="utf-8", newline="\n")
    return 0


def platform() -> tuple[Matrix, tuple[Runtime, ...]]:
    """Read the shipped table and the runtimes that have built-ins."""
    text = (ROOT / "data" / "runtimes.toml").read_text(encoding="utf-8")
    runtimes = tuple(r for r in read_runtimes(text, "runtimes.toml") if r.has_built_ins)
    table = (ROOT / "data" / "builtin_libs.csv").read_text(encoding="utf-8")
    matrix, _ = read_table("builtin_libs.csv", table, [runtime.name for runtime in runtimes])
    return matrix, runtimes


def records(
    libraries: Iterable[Library], runtimes: Iterable[Runtime], index: str
) -> list[dict[str, Any]]:
    """Ask the index about every cell; cells of a library that agree share one record."""
    known = known_facts()
    columns = {runtime.name: runtime for runtime in runtimes}

    def of_library(library: Library) -> list[dict[str, Any]]:
        listed = files(index, library.key)
        found: list[dict[str, Any]] = []
        for name, version in library.versions.items():
            fact = known.get((library.name, str(version)), {})
            record = _record(library.key, version, fact, listed, columns[name])
            same = next((r for r in found if {**r, "runtimes": [name]} == record), None)
            if same is None:
                found.append(record)
            else:
                same["runtimes"].append(name)
        return found

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [record for some in pool.map(of_library, libraries) for record in some]


def known_facts() -> dict[tuple[str, str], dict[str, Any]]:
    """Return the hand-kept facts by the library and version that the table prints."""
    text = (ROOT / "tools" / "builtin_facts.toml").read_text(encoding="utf-8")
    return {(fact["library"], fact["version"]): fact for fact in tomli.loads(text)["fact"]}


def _record(
    name: str, version: Version, fact: dict[str, Any], listed: Iterable[IndexFile], runtime: Runtime
) -> dict[str, Any]:
    release = Version(fact["release"]) if "release" in fact else version
    file = best_file(listed, release, runtime)
    said = describe(download(file), file.name) if file else None
    return {
        "name": name,
        "version": str(version),
        "runtimes": [runtime.name],
        "file": {"name": file.name, "sha256": file.sha256} if file else None,
        "requires": fact.get("requires") or (list(said.requires) if said else None),
        "requires_python": said.requires_python if said else None,
        "import_names": fact.get("import-names") or list(said.import_names if said else ()),
        "fails": fact.get("fails-on", {}).get(runtime.name),
        "note": fact.get("note") or (said.note if said else "the index has no such release"),
    }


def best_file(listed: Iterable[IndexFile], release: Version, runtime: Runtime) -> IndexFile | None:
    """Return the wheel of a release with the runtime's best tag, else its sdist, else None."""
    ranks = wheel_tags(runtime)
    fitting = []
    for file in listed:
        rank = _rank(file.name, release, ranks)
        if rank is not None:
            fitting.append((rank, file.name, file))
    return min(fitting)[2] if fitting else None


def _rank(name: str, release: Version, ranks: Mapping[str, int]) -> int | None:
    """Return how well a file fits, 0 the best and one more than any tag's for an sdist."""
    try:
        if name.endswith(".whl"):
            _, version, _, tags = parse_wheel_filename(name)
            fitting = [ranks[str(tag)] for tag in tags if str(tag) in ranks]
            return min(fitting) if fitting and version == release else None
        _, version = parse_sdist_filename(name)
    except (InvalidSdistFilename, InvalidWheelFilename):
        return None
    return len(ranks) if version == release else None


def to_json(found: list[dict[str, Any]]) -> str:
    """Lay the records out, one key a line, keys sorted."""
    document = {"about": _ABOUT, "built-ins": found}
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
