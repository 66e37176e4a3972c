"""Time scf-audit beside deptry and FawltyDeps, each as a whole process, on the same files.

    python benchmarks/whole.py [--runs N] [--packages FOLDER]

Run it with the Python of an environment that holds all three (`pip install --group bench`).
Runs are interleaved, so that a busy machine slows everyone, and medians are compared: trust
the ratios, not the milliseconds. The inputs are copied into a temporary folder, without
the metadata of packages, so that every tool reads every file as the project's own source:

- small: `examples/thumbnail`, five files;
- library: the standard library of the running Python, its tests included;
- packages: the modules of a folder of installed packages.

The peers extract imports, for one Python, the running one. scf-audit answers for all its
runtimes, and also parses every file for what of it a Python cannot compile and for the members
of the standard library that it uses; `benchmarks/source.py` sets that against its like, and
`benchmarks/extraction.py` the extraction of imports against deptry's. So the aims on large
inputs are for a run that finds in the cache what an earlier one has read of the same files, as
any run but the first does; the first is in the table.
"""

from __future__ import annotations

import argparse
import ast
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
AUDIT, DEPTRY, FAWLTYDEPS = "scf-audit", "deptry", "fawltydeps"
AGAIN = "scf-audit, again"
COMMANDS = {
    AUDIT: (AUDIT, "--offline", "--no-cache", "."),
    AGAIN: (AUDIT, "--offline", "--cache-dir", "../kept", "."),
    # no excludes: by default it leaves out folders named tests
    DEPTRY: (
        DEPTRY,
        "--no-ansi",
        "--requirements-files",
        "requirements.txt",
        "--exclude",
        "^$",
        ".",
    ),
    FAWLTYDEPS: (FAWLTYDEPS, "--check", "--code", ".", "--deps", "requirements.txt"),
}
FINE = {AUDIT: {0, 1, 3}, DEPTRY: {0, 1}, FAWLTYDEPS: {0, 3, 4}, "vermin": {0, 1}}
"""The exit codes of a run that went to its end, whatever it says of the project."""
AIMS = {("small", AUDIT): 1.5, ("library", AGAIN): 0.8, ("packages", AGAIN): 0.8}
"""The most of deptry's time that we may take."""
LEAST_FILES = 3000
"""A smaller folder of packages is copied once more, beside itself."""
MOST_MEGABYTES = 200
MOST_VERSION_MS = 60


class Run(NamedTuple):
    """What one process took."""

    seconds: float
    megabytes: float


class Median(NamedTuple):
    """What a tool takes: the middle of its times, the most of its memory."""

    seconds: float
    megabytes: float


def main() -> None:
    """Measure everything and print one table and the aims."""
    options = arguments((__doc__ or "").splitlines()[0])
    tools = _installed()
    with tempfile.TemporaryDirectory() as folder:
        print("| input | tool | seconds | of deptry's | peak MB |")
        print("|---|---|---:|---:|---:|")
        results = {}
        for name, tree in _trees(Path(folder), options.packages):
            commands = {tool: _command(tool) for tool in tools}
            runs = options.runs * (3 if name == "small" else 1)
            results[name] = measured(commands, tree, runs)
            _print_rows(f"{name}, {count_modules(tree):,} files", results[name])
    start = measured(
        {"python": (sys.executable, "-c", "pass"), AUDIT: (path_of(AUDIT), "--version")},
        ROOT,
        3 * options.runs,
    )
    print()
    _print_aims(results, 1000 * (start[AUDIT].seconds - start["python"].seconds))


def measured(commands: dict[str, tuple[str, ...]], folder: Path, runs: int) -> dict[str, Median]:
    """Run every command in turn, `runs` times after one to warm up."""
    taken: dict[str, list[Run]] = {tool: [] for tool in commands}
    for turn in range(runs + 1):
        for tool, command in commands.items():
            run = timed(command, folder)
            if turn:
                taken[tool].append(run)
    return {
        tool: Median(
            statistics.median(run.seconds for run in done), max(run.megabytes for run in done)
        )
        for tool, done in taken.items()
    }


def timed(command: tuple[str, ...], folder: Path) -> Run:
    """Run a command to its end, its output dropped; a crash ends the benchmark."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)  # it is reaped: tell Popen
    if process.returncode not in FINE.get(Path(command[0]).name, {0}):
        sys.exit(f"exit code {process.returncode} of {' '.join(command)} in {folder}")
    return Run(seconds, usage.ru_maxrss / 1024)


def arguments(description: str) -> argparse.Namespace:
    """Return what a benchmark that reads large trees is to do."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--runs",
        type=int,
        default=3,
        help="runs per large input, 3 times as many of small (default: 3)",
    )
    parser.add_argument(
        "--packages",
        type=Path,
        default=Path(sysconfig.get_path("purelib")),
        metavar="FOLDER",
        help="a folder of installed packages (default: the running Python's)",
    )
    return parser.parse_args()


def _trees(folder: Path, packages: Path) -> list[tuple[str, Path]]:
    """Copy the inputs, each with a requirements file, into a folder; return them by name."""
    small, library, installed = folder / "small", folder / "library", folder / "packages"
    shutil.copytree(ROOT / "examples" / "thumbnail", small)
    copy_modules(Path(sysconfig.get_path("stdlib")), library)
    copy_modules(packages, installed)
    if count_modules(installed) < LEAST_FILES:
        copy_modules(packages, installed / "again")
    for tree in (library, installed):
        shutil.copy(ROOT / "examples" / "clean" / "requirements.txt", tree)
    return [("small", small), ("library", library), ("packages", installed)]


def copy_modules(source: Path, target: Path) -> None:
    """Copy the Python files of a folder, all but the packages installed inside it.

    Files that the running Python cannot parse stay behind: FawltyDeps stops at the first.
    """
    # a process of its own: the peak memory of a child counts from that of its parent
    process = multiprocessing.get_context("fork").Process(target=_copied, args=(source, target))
    process.start()
    process.join()


def _copied(source: Path, target: Path) -> None:
    for path in source.rglob("*.py"):
        relative = path.relative_to(source)
        if "site-packages" not in relative.parts and _parses(path):
            copy = target / relative
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _parses(path: Path) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            return False
    return True


def count_modules(tree: Path) -> int:
    """Count the Python files below a folder."""
    return sum(1 for _ in tree.rglob("*.py"))


def _installed() -> list[str]:
    """Return the tools that are here; ours must be."""
    missing = [tool for tool in COMMANDS if not shutil.which(_command(tool)[0])]
    if AUDIT in missing:
        sys.exit(f"no {AUDIT} beside {sys.executable}: pip install --editable .")
    for tool in missing:
        print(f"no {tool}: pip install --group bench", file=sys.stderr)
    return [tool for tool in COMMANDS if tool not in missing]


def _command(tool: str) -> tuple[str, ...]:
    name, *options = COMMANDS[tool]
    return (path_of(name), *options)


def path_of(tool: str) -> str:
    """Name the tool of the running Python's environment, so that no other one is measured."""
    return str(Path(sys.executable).with_name(tool))


def _print_rows(name: str, medians: dict[str, Median]) -> None:
    for tool, median in medians.items():
        ratio = f"{median.seconds / medians[DEPTRY].seconds:.2f}" if DEPTRY in medians else ""
        print(f"| {name} | {tool} | {median.seconds:.2f} | {ratio} | {median.megabytes:.0f} |")


def _print_aims(results: dict[str, dict[str, Median]], version_ms: float) -> None:
    for (name, tool), most in AIMS.items():
        if DEPTRY in results[name]:
            ratio = results[name][tool].seconds / results[name][DEPTRY].seconds
            told = f"{name}, {tool}: {ratio:.2f} of deptry's time"
            print_aim(told, f"at most {most}", met=ratio <= most)
    ours = (medians[tool] for medians in results.values() for tool in (AUDIT, AGAIN))
    peak = max(median.megabytes for median in ours)
    print_aim(f"memory: {peak:.0f} MB", f"below {MOST_MEGABYTES}", met=peak < MOST_MEGABYTES)
    print_aim(
        f"--version: {version_ms:.0f} ms over `python -c pass`",
        f"at most {MOST_VERSION_MS}",
        met=version_ms <= MOST_VERSION_MS,
    )


def print_aim(measured_as: str, aim: str, *, met: bool) -> None:
    """Say of an aim whether it is met."""
    print(f"- {measured_as} (aim: {aim}) {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    main()
