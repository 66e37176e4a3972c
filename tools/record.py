"""Record the index that tests and benchmarks replay (`tools/replay.py`).

    python -m tools.record                       resolve the sets of sets.toml; answers that
                                                 are there already are not asked for again
    python -m tools.record --set NAME ...        resolve these sets, whatever is there
    python -m tools.record --add PATH ...        add what a replay missed: its `misses`
    python -m tools.record --likely              add the newest files that fit each runtime
    python -m tools.record --run COMMAND ...     run a command; {index} becomes the index's URL

Real tools resolve against a loopback index that asks the real one for whatever is not
recorded yet, each page and each file once, and hands on what it will replay: pages without
what no runtime can use, made-up files. Their answers are kept beside the facts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import tomli

from audit.runtimes import read_runtimes
from tools.facts import ANSWERS, RECORDED, SETS, Listed, Project, Said, read, write
from tools.index import configured_index
from tools.likely import likely
from tools.peers import answer, pin, questions
from tools.reduction import kept
from tools.replay import Replay
from tools.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audit.platform import Runtime


class Recording:
    """Facts that grow: what is not known is asked of the real index."""

    def __init__(self, projects: dict[str, Project], upstream: Upstream) -> None:
        self.projects = projects
        self._upstream = upstream
        self._locks: defaultdict[tuple[str, ...], threading.Lock] = defaultdict(threading.Lock)

    def names(self) -> tuple[str, ...]:
        """Return the names recorded so far."""
        return tuple(name for name, each in self.projects.items() if each.files is not None)

    def files(self, name: str) -> tuple[Listed, ...] | None:
        """Return the page of a distribution; None where the index has none."""
        with self._locks[name,]:
            if name not in self.projects:
                files = self._upstream.page(name)
                self.projects[name] = Project(None if files is None else kept(files), {})
        return self.projects[name].files

    def said(self, name: str, file: str) -> Said:
        """Return what a file of a page says; raises KeyError where it cannot be had."""
        if file not in {listed.name for listed in self.files(name) or ()}:
            raise KeyError(file)
        known = self.projects[name].said
        with self._locks[name, file]:
            if file not in known:
                known[file] = self._upstream.said(name, file)
        return known[file]

    def look_into(self, pins: Iterable[str]) -> None:
        """Record what the wheels of these pins hold, of those whose metadata was asked for."""
        for chosen in sorted(set(pins)):
            name = chosen.partition("==")[0]
            for file, said in self.projects[name].said.items():
                if said.members is None and pin(file) == chosen:
                    looked = self._upstream.looked_into(name, file)
                    self.projects[name].said[file] = said._replace(members=looked.members)

    def add_likely(self, runtimes: Sequence[Runtime]) -> None:
        """Record what is likely to be asked of the distributions that were asked about."""
        for name, project in list(self.projects.items()):
            if project.said:
                for file in sorted(likely(project.files or (), runtimes)):
                    with suppress(KeyError):  # an sdist too large to be looked into
                        self.said(name, file)

    def add(self, path: str) -> None:
        """Record what a path of a replaying index stands for."""
        match [unquote(part) for part in urlsplit(path).path.split("/")]:
            case ["", "simple", name, *_]:
                self.files(name)
            case ["", "files", name, file]:
                self.said(name, file.removesuffix(".metadata"))
            case _:
                sys.exit(f"{path}: neither a page nor a file of a replaying index")


def main(arguments: Sequence[str] | None = None) -> None:
    """Record, and write what was recorded even where that ends early."""
    options = _options(arguments)
    upstream = Upstream(options.index_url or configured_index())
    recording = Recording(read(RECORDED), upstream)
    try:
        with Replay(recording, no_digests=True) as index:
            if options.add:
                _add(recording, options.add)
            elif options.likely:
                recording.add_likely(_runtimes())
            elif options.run:
                command = [part.replace("{index}", index.url) for part in options.run]
                subprocess.run(command, check=False)
            else:
                _resolve(recording, index.url, options.set)
    finally:
        write(RECORDED, recording.projects)
        print(f"{upstream.requests} requests, {len(recording.projects)} distributions")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index-url", help="default: what pip is configured to use")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--add", nargs="+", default=[], metavar="PATH")
    parser.add_argument("--likely", action="store_true")
    parser.add_argument("--run", nargs=argparse.REMAINDER, metavar="COMMAND")
    return parser.parse_args(arguments)


def _runtimes() -> tuple[Runtime, ...]:
    path = Path(__file__).resolve().parent.parent / "data" / "runtimes.toml"
    return read_runtimes(path.read_text(encoding="utf-8"), path.name)


def _add(recording: Recording, paths: Iterable[str]) -> None:
    for path in paths:
        try:
            recording.add(path)
        except KeyError:
            print(f"{path}: the index has no such file, or it is too large")


def _resolve(recording: Recording, index: str, names: Sequence[str]) -> None:
    """Let the peers resolve sets; keep their answers, and look into what they chose."""
    known = json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.exists() else {}
    for row in tomli.loads(SETS.read_text(encoding="utf-8"))["set"]:
        if names and row["name"] not in names:
            continue
        found = {} if names else known.get(row["name"], {})
        with tempfile.TemporaryDirectory() as cache:
            for mode, python in questions(row):
                key = f"{mode} {python}"
                if key not in found:
                    found[key] = answer(row["requirements"], mode, python, index, Path(cache))
        known[row["name"]] = found
        pins = {
            one for answered in found.values() if isinstance(answered, list) for one in answered
        }
        recording.look_into(pins)
        text = json.dumps(known, indent=1, sort_keys=True, ensure_ascii=False)
        ANSWERS.write_text(text + "\n", encoding="utf-8")
        print(f"{row['name']}: {len(found)} answers, {len(pins)} pins", flush=True)


if __name__ == "__main__":
    main()
