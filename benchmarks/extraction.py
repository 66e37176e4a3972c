"""Times import extraction alone, beside deptry's own extractor in Rust, on the same files.

    python benchmarks/extraction.py [--packages FOLDER] [--rounds N]

Each measurement is one process that reads and extracts every file; start-up is not counted.
Ours gives contexts and alternatives too; what else a run reads of a source is measured by
`benchmarks/source.py`. deptry spreads files over threads, so it is
measured with one thread, which is what our aim refers to, and as it comes.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import statistics
import subprocess
import sys
import sysconfig
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

AIM = 0.6
"""Our time as a share of deptry's with one thread, at most."""
FEWEST = 3000
"""Files that the folder of packages must have, for a figure that means something."""
ROOT = Path(__file__).resolve().parent.parent


class Run(NamedTuple):
    """What one process took."""

    seconds: float
    peak: float
    """Its largest resident size, in MB."""


class Engine(NamedTuple):
    """Something that extracts imports, and the environment that it runs in."""

    name: str
    extractor: str
    threads: str | None = None


ENGINES = (
    Engine("scf-audit", "ours"),
    Engine("deptry, one thread", "deptry", "1"),
    Engine("deptry, as it comes", "deptry"),
)


def main() -> int:
    """Measure, or be one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", type=Path, default=Path(sysconfig.get_path("purelib")))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--extractor", choices=("ours", "deptry"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.extractor:
        print(json.dumps(_extract(options.extractor, json.load(sys.stdin))))
        return 0
    if find_spec("deptry") is None:
        print("deptry is not installed: pip install deptry", file=sys.stderr)
        return 2
    library = Path(sysconfig.get_path("stdlib"))
    packages = _sources(options.packages)
    if len(packages) < FEWEST:
        print(
            f"{options.packages} has {len(packages)} Python files, too few to tell:"
            f" give a folder of {FEWEST} or more with --packages",
            file=sys.stderr,
        )
        return 2
    met = [
        _compare(f"standard library, {library}", _sources(library), options.rounds),
        _compare(f"packages, {options.packages}", packages, options.rounds),
    ]
    return 0 if all(met) else 1


def _sources(folder: Path) -> list[str]:
    """Return the Python files under a folder, but not those of packages installed below it."""
    return sorted(
        str(path)
        for path in folder.rglob("*.py")
        if "site-packages" not in path.relative_to(folder).parts
    )


def _compare(title: str, files: list[str], rounds: int) -> bool:
    """Print the figures for one set of files; return whether the aim is met."""
    size = sum(Path(file).stat().st_size for file in files) / 1e6
    runs: dict[Engine, list[Run]] = {engine: [] for engine in ENGINES}
    for _ in range(rounds):
        for engine, taken in runs.items():
            taken.append(_measure(engine, files))
    print(f"{title}: {len(files)} files, {size:.1f} MB, median of {rounds}")
    ours = statistics.median(run.seconds for run in runs[ENGINES[0]])
    ratios = []
    for engine, taken in runs.items():
        seconds = statistics.median(run.seconds for run in taken)
        ratios.append(ours / seconds)
        print(
            f"  {engine.name:20} {seconds:7.2f} s {size / seconds:7.1f} MB/s"
            f"  ours takes {ratios[-1]:4.2f} of it, peak {max(run.peak for run in taken):4.0f} MB"
        )
    print(
        f"  aim: {AIM} of deptry's time with one thread: {'met' if ratios[1] <= AIM else 'missed'}"
    )
    return ratios[1] <= AIM


def _measure(engine: Engine, files: list[str]) -> Run:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("RAYON_NUM_THREADS", None)
    if engine.threads:
        environment["RAYON_NUM_THREADS"] = engine.threads
    done = subprocess.run(
        [sys.executable, __file__, "--extractor", engine.extractor],
        input=json.dumps(files),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Run(*json.loads(done.stdout))


def _extract(extractor: str, files: list[str]) -> Run:
    if extractor == "ours":
        read = _reader()
        begin = time.perf_counter()
        kept = [read(file, Path(file).read_bytes()) for file in files]
    else:
        logging.disable()  # it warns of files that its parser refuses
        deptry = import_module("deptry.rust")
        begin = time.perf_counter()
        deptry.get_imports_from_py_files(files)
        kept = []
    seconds = time.perf_counter() - begin
    del kept
    return Run(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _reader() -> Callable[[str, bytes], object]:
    """Return what reads the imports of a file, and what they stand under: not all of it."""
    from audit.source.bindings import bindings  # noqa: PLC0415  # not in deptry's process
    from audit.source.encoding import readable  # noqa: PLC0415  # as above
    from audit.source.lexer import imports  # noqa: PLC0415  # as above
    from audit.source.parse import parsed  # noqa: PLC0415  # as above
    from audit.source.syntax import host  # noqa: PLC0415  # as above
    from audit.source.tokens import UndecidedError  # noqa: PLC0415  # as above

    def read(path: str, data: bytes) -> object:
        code, _ = readable(path, data)
        try:
            return imports(code), bindings(code)
        except UndecidedError:
            tree = host.parsed(code)
            return parsed(path, code, None if isinstance(tree, host.Refusal) else tree)

    return read


if __name__ == "__main__":
    sys.exit(main())
