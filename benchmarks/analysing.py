"""The source analysis of one run, in a process of its own: `benchmarks/source.py` times it.

    python -m benchmarks.analysing FOLDER {one,spread} [CACHE]

It prints the seconds from the first file on, with the loading of what nothing but the analysis
needs. `one` keeps to one process; CACHE is the folder of a cache to use.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import audit.model
from audit.shipped import MEMBER_DIFFERENCES, STDLIB_DIFFERENCES, data_text
from audit.source.rules import read_members
from audit.source.stdlib import read_differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.project.kept import Read

LOADED = audit.model
"""What a run has loaded before it comes to sources."""


def main() -> None:
    """Analyse every Python file of a folder."""
    folder, processes, *cache = sys.argv[1:]
    gc.disable()  # as the command line does
    paths = sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*.py"))
    if processes == "one":
        print(_one_by_one(folder, paths))
    else:
        print(_as_a_run_does(folder, paths, *cache))


def _reader() -> Callable[[str, bytes], Read]:
    """Return what reads a source, as for the platform that is shipped."""
    library = read_differences(data_text(STDLIB_DIFFERENCES))
    members = read_members(data_text(MEMBER_DIFFERENCES), library)

    def read(path: str, data: bytes) -> Read:
        from audit.source.read import read_source  # noqa: PLC0415 - loading it counts

        return read_source(path, data, members)

    return read


def _one_by_one(folder: str, paths: list[str]) -> float:
    read = _reader()
    begin = time.perf_counter()
    for path in paths:
        read(path, Path(folder, path).read_bytes())
    return time.perf_counter() - begin


def _as_a_run_does(folder: str, paths: list[str], cache: str = "") -> float:
    from audit.cli.kept import KeptSources  # noqa: PLC0415 - the half of a run, of no use to `one`
    from audit.index.cache.store import Store  # noqa: PLC0415 - as above
    from audit.project.reading import read_sources  # noqa: PLC0415 - as above
    from audit.project.tree import FolderTree  # noqa: PLC0415 - as above

    read = _reader()
    begin = time.perf_counter()
    store = Store.open(Path(cache)) if cache else None
    read_sources(FolderTree(folder), paths, read, KeptSources(store) if store else None)
    if store is not None:
        store.close()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
