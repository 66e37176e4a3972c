"""Time scf-audit beside uv, pip-compile and pip, each as whole processes, on one index.

    python -m benchmarks.resolution [--runs N] [--set NAME ...] [--builtins ignore] [--real]

Run it from the repository's root with the Python of an environment that holds all four
(`pip install --group bench`). The index is the replaying one, 25 ms a request, in a process of
its own so that its CPU time is nobody's; `--real` takes the one that pip is configured to use.
Runs are interleaved, so that a busy machine slows everyone, and medians are compared: trust
the ratios, not the seconds.

- scf-audit answers for its five runtimes in one run;
- uv, which cannot do 2.7, runs once for each of the other four, with one cache;
- pip-compile and `pip install --dry-run` answer for one Python, the running one;
- look-ahead is one runtime, Python3.6, for scf-audit and uv alike.

Cold is with an empty cache, warm with the one of the cold run and a comment added to the
requirements, so that no memo of the whole run answers; again is with nothing changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import tomli

from tools.peers import PYTHONS, uv_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SETS = ("requests", "flask", "boto3", "scrapy", "mix2", "look-ahead")
AUDIT, UV, PIP_COMPILE, PIP = "scf-audit", "uv", "pip-compile", "pip"
STATES = ("cold", "warm", "again")
FINE = {AUDIT: {0, 1}}
"""The exit codes of a run that went to its end; of the others it is 0."""


class Aim(NamedTuple):
    """The most that we may take, as a ratio."""

    state: str
    measure: str
    peer: str
    most: float


AIMS = (
    Aim("cold", "seconds", UV, 0.6),
    Aim("cold", "cpu", UV, 1.1),
    Aim("cold", "megabytes", UV, 1.3),
    Aim("warm", "seconds", UV, 2.0),
    Aim("again", "seconds", UV, 1.0),
    Aim("cold", "seconds", PIP_COMPILE, 0.5),
)
LOOK_AHEAD_AIMS = (Aim("cold", "seconds", UV, 3.0), Aim("warm", "seconds", UV, 3.0))


class Run(NamedTuple):
    """What the processes of a run took: seconds of all, memory of the largest."""

    seconds: float
    cpu: float
    megabytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A project of nothing but requirements, and the index and caches that a tool is run with."""

    folder: Path
    """Holds the project's folder and, beside it, what the tools write."""
    index: str
    builtins: str
    is_one: bool
    """Whether one runtime is asked for, instead of all."""

    def commands(self, tool: str) -> tuple[tuple[str, ...], ...]:
        """Return the commands that make up a run of a tool."""
        cache = self.folder / "caches" / tool
        options = ("--index-url", self.index, "--cache-dir", str(cache))
        match tool:
            case "scf-audit":
                runtime = ("--runtime", "Python3.6") if self.is_one else ()
                command = (_path(AUDIT), "check", "requirements.txt", "--builtins", self.builtins)
                return ((*command, *options, *runtime),)
            case "uv":
                pythons = ("3.6",) if self.is_one else tuple(PYTHONS)
                return tuple(uv_command(each, self.index, cache) for each in pythons)
            case "pip-compile":
                # A file of its own: pip-compile replaces it, and would replace /dev/null too.
                output = ("--output-file", "../compiled.txt", "--upgrade", "requirements.txt")
                return ((_path(PIP_COMPILE), "--quiet", "--no-config", *options, *output),)
            case _:
                pip = (sys.executable, "-m", "pip", "install", "--dry-run", "--quiet")
                return ((*pip, "--ignore-installed", *options, "-r", "requirements.txt"),)

    @property
    def requirements(self) -> Path:
        """The one file of the project."""
        return self.folder / "project" / "requirements.txt"

    def run(self, tool: str) -> Run:
        """Run a tool to its end, its output dropped; a failure ends the benchmark."""
        runs = [self._timed(tool, command) for command in self.commands(tool)]
        return Run(
            sum(run.seconds for run in runs),
            sum(run.cpu for run in runs),
            max(run.megabytes for run in runs),
        )

    def _timed(self, tool: str, command: tuple[str, ...]) -> Run:
        ours = {key: value for key, value in os.environ.items() if not key.startswith(_SETTINGS)}
        environ = {**ours, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        said = self.folder / "said"
        begin = time.perf_counter()
        with (
            self.requirements.open(encoding="utf-8") as requirements,
            said.open("w", encoding="utf-8") as output,
        ):
            process = subprocess.Popen(
                command,
                cwd=self.requirements.parent,
                env=environ,
                stdin=requirements,
                stdout=subprocess.DEVNULL,
                stderr=output,
            )
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)  # it is reaped: tell Popen
        if process.returncode not in FINE.get(tool, {0}):
            text = said.read_text(encoding="utf-8", errors="replace")
            sys.exit(f"exit code {process.returncode} of {' '.join(command)}\n{text[-2000:]}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


_SETTINGS = ("PIP_", "UV_", "SCF_AUDIT_", "PYTHON")  # no byte code would be written, say
Medians = dict[tuple[str, str], Run]
"""State and tool -> the middle of its runs."""


def main() -> None:
    """Measure every set, print a table, the ratios and the aims."""
    arguments = _arguments()
    known = tomli.loads((ROOT / "tests/data/index/sets.toml").read_text(encoding="utf-8"))["set"]
    requirements = {row["name"]: row["requirements"] for row in known}
    tools = _installed()
    with _index(is_real=arguments.real) as index:
        print("| set | tool | state | seconds | CPU s | peak MB | of uv's seconds |")
        print("|---|---|---|---:|---:|---:|---:|")
        results = {}
        for name in arguments.set:
            results[name] = medians = _measured(name, requirements[name], tools, index, arguments)
            _print_rows(name, medians)
    print()
    for name, medians in results.items():
        _print_aims(name, medians)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs a set (default: 3)")
    parser.add_argument("--set", nargs="+", default=SETS, metavar="NAME", help="default: six")
    parser.add_argument("--builtins", default="ignore", help="ours: ignore as uv has none")
    parser.add_argument("--real", action="store_true", help="ask the configured index itself")
    return parser.parse_args()


def _measured(
    name: str, lines: Iterable[str], tools: Iterable[str], index: str, options: argparse.Namespace
) -> Medians:
    """Run all tools in turn: cold, warm and again, as often as asked; the first turn warms up."""
    is_one = name == "look-ahead"
    used = [tool for tool in tools if tool in {AUDIT, UV} or not is_one]
    taken: dict[tuple[str, str], list[Run]] = {}
    for turn in range(options.runs + 1):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(
                folder=Path(folder), index=index, builtins=options.builtins, is_one=is_one
            )
            for state in STATES:
                comment = "" if state == "cold" else "# warm\n"
                text = comment + "\n".join((*lines, ""))
                bench.requirements.parent.mkdir(exist_ok=True)
                if state != "again":  # a file that is written to, is another file
                    bench.requirements.write_text(text, encoding="utf-8")
                for tool in used:
                    run = bench.run(tool)
                    if turn:
                        taken.setdefault((state, tool), []).append(run)
    return {key: _median(runs) for key, runs in taken.items()}


def _median(runs: list[Run]) -> Run:
    return Run(*(statistics.median(column) for column in zip(*runs, strict=True)))


@contextmanager
def _index(*, is_real: bool) -> Iterator[str]:
    """Yield the URL of the index."""
    if is_real:
        command = "from tools.index import configured_index; print(configured_index())"
        asked = subprocess.run(
            (sys.executable, "-c", command), cwd=ROOT, capture_output=True, text=True, check=True
        )
        yield asked.stdout.strip()
        return
    with replaying(delay=0.025) as url:
        yield url


@contextmanager
def replaying(*, delay: float) -> Iterator[str]:
    """Yield the URL of the replaying index, in a process of its own; say what it lacked."""
    with subprocess.Popen(
        (sys.executable, "-m", "tools.replay", "--delay", str(delay)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None  # noqa: S101 - it is a pipe
        try:
            yield server.stdout.readline().strip()
        finally:
            misses, _ = server.communicate()
            for path in misses.splitlines():
                print(f"not recorded: {path}", file=sys.stderr)


def _installed() -> list[str]:
    """Return the tools that are here; ours must be."""
    there = {PIP: True, UV: bool(shutil.which(uv_command("3.6", "", Path())[0]))}
    for tool in (AUDIT, PIP_COMPILE):
        there[tool] = Path(_path(tool)).exists()
    if not there[AUDIT]:
        sys.exit(f"no {AUDIT} beside {sys.executable}: pip install --editable .")
    for tool, is_there in there.items():
        if not is_there:
            print(f"no {tool}: pip install --group bench", file=sys.stderr)
    return [tool for tool in (AUDIT, UV, PIP_COMPILE, PIP) if there[tool]]


def _path(tool: str) -> str:
    """Name the tool of the running Python's environment, so that no other one is measured."""
    return str(Path(sys.executable).with_name(tool))


def _print_rows(name: str, medians: Medians) -> None:
    for (state, tool), run in medians.items():
        peer = medians.get((state, UV))
        ratio = f"{run.seconds / peer.seconds:.2f}" if peer else ""
        print(
            f"| {name} | {tool} | {state} | {run.seconds:.2f} | {run.cpu:.2f} "
            f"| {run.megabytes:.0f} | {ratio} |",
            flush=True,
        )


def _print_aims(name: str, medians: Medians) -> None:
    for aim in LOOK_AHEAD_AIMS if name == "look-ahead" else AIMS:
        peer = medians.get((aim.state, aim.peer))
        if peer is None:
            continue
        ratio = getattr(medians[aim.state, AUDIT], aim.measure) / getattr(peer, aim.measure)
        met = "met" if ratio <= aim.most else "MISSED"
        print(
            f"- {name}, {aim.state}: {ratio:.2f} of {aim.peer}'s {aim.measure} "
            f"(aim: at most {aim.most}) {met}"
        )


if __name__ == "__main__":
    main()
