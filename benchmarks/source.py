"""Time the analysis of sources: of a typical function, beside vermin, and from the cache.

    python -m benchmarks.source [--runs N] [--packages FOLDER]

Run it in the checkout with the Python of an environment that holds both (`pip install .`).
Runs are interleaved and medians compared: trust the ratios, not the milliseconds. The inputs
are copied into a temporary folder:

- function: twenty files, a handler with some of requests beside it and two of Python 2;
- library: the standard library of the running Python, its tests included;
- packages: the modules of a folder of installed packages.

vermin tells for each file the oldest Python that runs it: from syntax, and from the members of
the standard library. Ours tells that for every Python of the platform's runtimes, and imports
with what they stand under. Whole processes are compared, one on one processor each and both as
they come; `scf-audit` is the whole audit, which vermin has nothing to set against.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from benchmarks.whole import (
    AUDIT,
    ROOT,
    arguments,
    copy_modules,
    count_modules,
    measured,
    path_of,
    print_aim,
)

VERMIN = "vermin"
ANALYSIS = (sys.executable, "-m", "benchmarks.analysing")
FUNCTION_SECONDS = 0.15
LEAST_GAIN = 10
"""How many times faster than a first run a second one is to be."""
REQUESTS = (
    *("__init__", "adapters", "api", "auth", "compat", "cookies", "exceptions"),
    *("hooks", "models", "sessions", "status_codes", "structures", "utils"),
)
"""Modules of requests, as pip has them."""
PYTHON_2 = {
    "legacy.py": """\
# -*- coding: utf-8 -*-
import urllib2
import ConfigParser
from StringIO import StringIO


def load(path):
    parser = ConfigParser.SafeConfigParser()
    try:
        parser.readfp(StringIO(open(path).read()))
    except ConfigParser.Error, error:
        print >>sys.stderr, "cannot read %s: %s" % (path, error)
        raise ValueError, "no configuration"
    if parser.defaults().has_key("mode"):
        mode = int(parser.get("DEFAULT", "mode"), 8) | 0644
    return dict((k, unicode(v)) for k, v in parser.items("main") if k <> "mode")
""",
    "report.py": """\
import string


def table(rows, (width, height)):
    for number, row in enumerate(rows[:height]):
        print string.join([`cell`.ljust(width) for cell in row], u"|"),
        exec "rows[number] = None"
    return sorted(rows, lambda a, b: cmp(a, b)), 10L
""",
}


class Ratio(NamedTuple):
    """Our time as a share of vermin's."""

    one: float
    default: float


def main() -> None:
    """Measure everything and print tables and aims."""
    options = arguments((__doc__ or "").splitlines()[0])
    if find_spec(VERMIN) is None:
        sys.exit(f"no {VERMIN} beside {sys.executable}: pip install .")
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["SCF_AUDIT_PYTHON"] = "none"  # vermin asks no interpreters either
    with tempfile.TemporaryDirectory() as folder:
        trees = _trees(Path(folder), options.packages)
        print("| input | tool | seconds | of vermin's, one process | of vermin's, as it comes |")
        print("|---|---|---:|---:|---:|")
        ratios = {}
        for name, tree in trees.items():
            runs = options.runs * (3 if name == "function" else 1)
            ratios[name] = _beside_vermin(f"{name}, {count_modules(tree):,} files", tree, runs)
        print("\n| input | cold s | warm s | cold / warm |\n|---|---:|---:|---:|")
        gains = {name: _gain(name, tree, options.runs) for name, tree in trees.items()}
        print()
        function = {
            "one process": _analysis(trees["function"], "one", 5 * options.runs),
            "as it comes": _analysis(trees["function"], "spread", 5 * options.runs),
        }
        _print_aims(function, ratios, gains)


def _trees(folder: Path, packages: Path) -> dict[str, Path]:
    trees = {name: folder / name for name in ("function", "library", "packages")}
    _copy_function(trees["function"])
    copy_modules(Path(sysconfig.get_path("stdlib")), trees["library"])
    copy_modules(packages, trees["packages"])
    return trees


def _copy_function(target: Path) -> None:
    shutil.copytree(ROOT / "examples" / "thumbnail", target)
    pip = find_spec("pip")
    if pip is None or pip.origin is None:
        sys.exit(f"no pip beside {sys.executable}, whose copy of requests is measured")
    for name in REQUESTS:
        copy = target / "requests" / f"{name}.py"
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(Path(pip.origin).parent / "_vendor" / "requests" / copy.name, copy)
    for path, text in PYTHON_2.items():
        (target / path).write_text(text)


def _beside_vermin(title: str, tree: Path, runs: int) -> Ratio:
    """Print the whole processes of both, and return what ours takes of vermin's time."""
    vermin = (path_of(VERMIN), "-q", "--no-tips")
    commands = {
        "vermin, one process": (*vermin, "--processes", "1", "."),
        "vermin, as it comes": (*vermin, "."),
        "our analysis, one process": (*ANALYSIS, str(tree), "one"),
        "our analysis, as it comes": (*ANALYSIS, str(tree), "spread"),
        "scf-audit, the whole audit": (path_of(AUDIT), "--offline", "--no-cache", "."),
    }
    seconds = {name: run.seconds for name, run in measured(commands, tree, runs).items()}
    theirs = (seconds["vermin, one process"], seconds["vermin, as it comes"])
    for name, taken in seconds.items():
        print(f"| {title} | {name} | {taken:.2f} |", end="")
        print("".join(f" {taken / each:.2f} |" for each in theirs))
    return Ratio(
        seconds["our analysis, one process"] / theirs[0],
        seconds["our analysis, as it comes"] / theirs[1],
    )


def _gain(name: str, tree: Path, runs: int) -> float:
    """Print what a first and a second run take from the cache, and return their ratio."""
    cold, warm = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as cache:
            cold.append(_analysis(tree, "spread", 1, cache))
            warm.append(_analysis(tree, "spread", 3, cache))
    first, second = statistics.median(cold), statistics.median(warm)
    print(f"| {name} | {first:.3f} | {second:.3f} | {first / second:.1f} |")
    return first / second


def _analysis(tree: Path, processes: str, runs: int, *cache: str) -> float:
    """Return the seconds of the analysis alone."""
    command = (*ANALYSIS, str(tree), processes, *cache)
    outputs = (subprocess.run(command, capture_output=True, check=True) for _ in range(runs))
    return statistics.median(float(done.stdout) for done in outputs)


def _print_aims(
    function: dict[str, float], ratios: dict[str, Ratio], gains: dict[str, float]
) -> None:
    for how, seconds in function.items():
        told = f"function, {how}: {seconds:.3f} s"
        print_aim(told, f"below {FUNCTION_SECONDS}", met=seconds < FUNCTION_SECONDS)
    for name, ratio in ratios.items():
        print_aim(f"{name}: {ratio.one:.2f} of vermin's time", "at most 1", met=ratio.one <= 1)
        told = f"{name}: {ratio.default:.2f} of vermin's time, both as they come"
        print_aim(told, "at most 1", met=ratio.default <= 1)
    for name, gain in gains.items():
        told = f"{name}: {gain:.1f} times faster from the cache"
        print_aim(told, f"at least {LEAST_GAIN}", met=gain >= LEAST_GAIN)


if __name__ == "__main__":
    main()
