"""Time resolution alone: no start, no network, no cache to read, no report to lay out.

    python -m benchmarks.solving [--builtins prefer] [--slowest N]

Run it from the repository's root. Every set of `tests/data/index/sets.toml` is resolved for
every runtime in one process, twice: the first time an index has to be asked, the second time
it knows all answers, and CPU time is taken. Nothing else may run in the process, so the index
replays its recording in another one.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from audit.resolve.target import Preference
from benchmarks.resolution import ROOT, replaying
from tools.ours import Ours, answer

if TYPE_CHECKING:
    from audit.resolve import Target

STUDIED = 19
"""The first sets are those of the study whose aim this is; the others look for trouble."""


class Case(NamedTuple):
    """What one resolution took."""

    milliseconds: float
    name: str
    python: str


def main() -> None:
    """Measure, and print averages and the slowest cases."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--builtins", choices=[each.value for each in Preference], default="ignore")
    parser.add_argument("--slowest", type=int, default=5, help="cases to print (default: 5)")
    arguments = parser.parse_args()
    sets = tomli.loads((ROOT / "tests/data/index/sets.toml").read_text(encoding="utf-8"))["set"]
    with replaying(delay=0.0) as index, Ours(index) as ours:
        preference = Preference(arguments.builtins)
        targets = {python: ours.target(python, preference) for python in ours.runtimes}
        _, cases = [_cases(sets, targets) for _ in range(2)]
    studied = {each["name"] for each in sets[:STUDIED]}
    _print(f"the study's {STUDIED} sets (aim: 10)", [c for c in cases if c.name in studied])
    _print("all sets, with those that look for trouble", cases)
    for case in sorted(cases, reverse=True)[: arguments.slowest]:
        print(f"- {case.name} on {case.python}: {case.milliseconds:.0f} ms")


def _cases(sets: list[dict[str, Any]], targets: dict[str, Target]) -> list[Case]:
    return [
        Case(_took(target, each["requirements"]), each["name"], python)
        for each in sets
        for python, target in targets.items()
    ]


def _took(target: Target, requirements: list[str]) -> float:
    begin = time.process_time()
    answer(target, requirements)
    return (time.process_time() - begin) * 1000


def _print(what: str, cases: list[Case]) -> None:
    taken = [case.milliseconds for case in cases]
    mean, middle = statistics.mean(taken), statistics.median(taken)
    print(f"{what}: {mean:.1f} ms CPU on average, {middle:.1f} ms median")


if __name__ == "__main__":
    main()
