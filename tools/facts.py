"""What a recording of an index holds: facts about files, and no file of anybody.

One JSON document a line, a line a distribution, compressed with xz. Upload times, digests and
addresses are left out: nothing that resolves reads the first, and the replaying index
(`tools/replay.py`) has its own of the others, since it makes its files up.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "index"
RECORDED = FOLDER / "facts.jsonl.xz"
"""The recording that tests and benchmarks share."""
SETS = FOLDER / "sets.toml"
"""What it was recorded for: sets of requirements by name."""
ANSWERS = FOLDER / "answers.json"
"""What other tools resolved each set to while it was recorded."""


class Listed(NamedTuple):
    """One file of a page."""

    name: str
    requires_python: str | None = None
    yanked: str | None = None
    """The reason, which may be empty; None for a file that is not yanked."""


class Said(NamedTuple):
    """What a file says of itself, reduced to what resolving and importing depend on."""

    metadata: str
    """The headers of METADATA or PKG-INFO that `tools/upstream.py` keeps."""
    members: Mapping[str, str] | None = None
    """Path -> text of the members that decide what can be imported, how a source is built and
    what it requires; None where nobody looked into the file."""


class Project(NamedTuple):
    """A distribution: its page, and what is known of its files."""

    files: tuple[Listed, ...] | None
    """As the index lists them; None where it has no such distribution."""
    said: dict[str, Said]
    """By file name, for the files that somebody asked for."""


class Source(Protocol):
    """Where a replaying index finds its facts."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all distributions, normalised."""

    def files(self, name: str) -> tuple[Listed, ...] | None:
        """Return the files of a distribution; None where there is none.

        Raises KeyError where it is not known whether there is one.
        """

    def said(self, name: str, file: str) -> Said:
        """Return what a file says of itself; raises KeyError where that is not known."""


class Facts:
    """A recording, read whole."""

    def __init__(self, path: Path = RECORDED) -> None:
        self.projects = read(path)
        self._members = {name: _wheel_members(each) for name, each in self.projects.items()}

    def names(self) -> tuple[str, ...]:
        """Return the names of the distributions that exist."""
        return tuple(name for name, each in self.projects.items() if each.files is not None)

    def files(self, name: str) -> tuple[Listed, ...] | None:
        """Return the recorded page; raises KeyError where none was recorded."""
        return self.projects[name].files

    def said(self, name: str, file: str) -> Said:
        """Return what was recorded of a file; raises KeyError where nothing was.

        A wheel that nobody looked into holds what one of another release does.
        """
        said = self.projects[name].said[file]
        return said if said.members is not None else said._replace(members=self._members[name])


def _wheel_members(project: Project) -> Mapping[str, str] | None:
    looked_into = (file for file, said in project.said.items() if said.members is not None)
    wheel = next((file for file in looked_into if file.endswith(".whl")), None)
    return None if wheel is None else project.said[wheel].members


def read(path: Path) -> dict[str, Project]:
    """Read a recording; no project at all where the file does not exist."""
    if not path.exists():
        return {}
    return dict(map(_decoded, lzma.decompress(path.read_bytes()).splitlines()))


def write(path: Path, projects: Mapping[str, Project]) -> None:
    """Write a recording, sorted: equal projects give equal bytes."""
    lines = (_encoded(name, project) for name, project in sorted(projects.items()))
    path.write_bytes(lzma.compress("".join(lines).encode(), preset=9))


def _decoded(line: bytes) -> tuple[str, Project]:
    document = json.loads(line)
    files, said = document["files"], document["said"]
    return document["name"], Project(
        None if files is None else tuple(Listed(*each) for each in files),
        {file: Said(*each) for file, each in said.items()},
    )


def _encoded(name: str, project: Project) -> str:
    document = {"name": name, "files": project.files, "said": dict(sorted(project.said.items()))}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n"
