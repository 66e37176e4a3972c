"""What of a project the platform calls: what its deployment configuration names, or the default."""

from __future__ import annotations

import posixpath
import shlex
from typing import TYPE_CHECKING, NamedTuple

from audit.errors import UsageError
from audit.model import DEFAULT_HANDLER, Deployed, Entry, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from audit.code import Source
    from audit.project.deployment import Function


CONFIGURATIONS = (
    *("serverless.yml", "serverless.yaml", "serverless.json"),
    *("template.yaml", "template.yml", "template.json"),
)
"""What files of deployment configuration are called."""
PROGRAMS = ("serverless.js", "serverless.ts")
"""The same, for those that have to be run to be read, which is not done."""


class Placed(NamedTuple):
    """A function that a configuration deploys from the project's tree."""

    function: Function
    file: str
    """The configuration, as a user can open it."""
    folder: str
    """Its code, relative to the project root; empty or ending in `/`."""

    @property
    def at(self) -> Location:
        """Where the configuration names the handler, or else the function."""
        handler = self.function.handler
        return Location(self.file, handler.line if handler else self.function.line)


class Deployment(NamedTuple):
    """What the configuration says of a project."""

    functions: tuple[Placed, ...] = ()
    problems: tuple[Problem, ...] = ()
    programs: tuple[str, ...] = ()
    """Configurations that only say what they deploy when they are run."""
    below: tuple[str, ...] = ()
    """Where nothing deploys the tree: the folders right in it that have a configuration."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The package folders, relative to the project root; each empty or ending in `/`."""
        return tuple(dict.fromkeys(each.folder for each in self.functions))

    def folders_in(self, files: Collection[str]) -> tuple[str, ...]:
        """Return those of the folders that have a file; the project's root where none has."""
        return tuple(each for each in self.folders if _has_file(each, files)) or ("",)

    @property
    def deployed_on(self) -> tuple[Deployed, ...]:
        """The runtimes that it names, each once."""
        found: dict[str, Deployed] = {}
        for each in self.functions:
            said = each.function.runtime
            if said is not None:
                found.setdefault(said.text, Deployed(said.text, Location(each.file, said.line)))
        return tuple(found.values())


def _has_file(folder: str, files: Collection[str]) -> bool:
    return any(path.startswith(folder) for path in files)


def entries_of(
    handler: str | None,
    deployment: Deployment,
    files: Collection[str],
    sources: Sequence[Source],
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Return what the platform calls, and what the configuration leaves open about it.

    `handler` is what the user names: it stands. Else it is what the configuration names, and
    the default wherever its function is there, too: many a configuration is older than the code.

    Raises UsageError for a `handler` that names no function.
    """
    if handler is not None:
        entry = _given(handler, deployment.folders_in(files), files)
        return (entry,), tuple(_doubts(deployment.functions, files))
    functions = [each for each in deployment.functions if _is_python(each, files)]
    unread = tuple(map(_not_run, deployment.programs))
    if not functions:
        if "index.py" in files:
            return (Entry(DEFAULT_HANDLER),), unread
        return (), (*unread, *_apart(deployment.below))
    named = [(each, each.function.handler) for each in functions]
    doubts = (
        Problem(f"the handler {said.text} is not known here, give --handler", each.at)
        for each, said in named
        if said is not None and said.is_open
    )
    problems = (*unread, *_doubts(functions, files), *doubts)
    entries = (
        Entry(said.text, each.folder, each.at, _runtime(each.function))
        for each, said in named
        if said is not None and not said.is_open
    )
    return tuple(dict.fromkeys((*entries, *_defaults(functions, files, sources)))), problems


def _given(handler: str, folders: Sequence[str], files: Collection[str]) -> Entry:
    file, _, function = handler.partition(".")
    if not file or not function:
        raise UsageError(f"handler {handler!r}: expected FILE.FUNCTION, as in {DEFAULT_HANDLER}")
    entries = [Entry(handler, folder) for folder in folders]
    return next((each for each in entries if each.file in files), entries[0])


def _not_run(file: str) -> Problem:
    return Problem(
        "what is deployed is said by a program, which is not run: handler and runtime are not "
        "taken from it",
        Location(file),
        "name them: --handler FILE.FUNCTION --runtime NAME",
    )


def _is_python(placed: Placed, files: Collection[str]) -> bool:
    """Whether a function is, or may be, one of Python: by its entry file without a runtime."""
    runtime, handler = placed.function.runtime, placed.function.handler
    if runtime is not None and not runtime.is_open:
        return True
    return handler is None or handler.is_open or Entry(handler.text, placed.folder).file in files


def _doubts(placed: Sequence[Placed], files: Collection[str]) -> Iterator[Problem]:
    """Yield what of the code is not seen, or not as the platform sees it."""
    for each in placed:
        said, runtime = each.function.folder, each.function.runtime
        at = Location(each.file, said.line if said else each.function.line)
        if said is not None and said.is_open:
            yield Problem(f"the code folder {said.text} is not known here", at)
        elif runtime is not None and not _has_file(each.folder, files) and "index.py" not in files:
            yield Problem(f"the code folder {each.folder or './'} has no Python file", at)
    folders = dict.fromkeys(each.folder for each in placed if _has_file(each.folder, files))
    if len(folders) > 1:
        named = ", ".join(folder or "./" for folder in folders)
        alone = dict.fromkeys(_alone(each) for each in placed if each.folder in folders)
        yield Problem(
            f"functions with code folders of their own ({named}) were audited as one package",
            Location(placed[0].file),
            _each(alone),
        )


def _apart(folders: Sequence[str]) -> Iterator[Problem]:
    """Yield that what is deployed folder by folder was read as if it were one function."""
    if folders:
        others = f", like {', '.join(folders[1:_MOST])}" if len(folders) > 1 else ""
        yield Problem(
            f"is deployed by a configuration of its own{others}, and was audited with the rest as "
            "one package",
            Location(folders[0]),
            _each([f"`scf-audit {shlex.quote(folder)}`" for folder in folders]),
        )


def _each(commands: Collection[str]) -> str:
    more = f" and {len(commands) - _MOST} more" if len(commands) > _MOST else ""
    return f"audit each by itself: {', '.join(list(commands)[:_MOST])}{more}"


_MOST = 8
"""How many commands a message holds."""


def _alone(placed: Placed) -> str:
    """Return the command that audits one function: its folder, for its handler and runtime."""
    function = placed.function
    folder = "" if function.folder is None or function.folder.is_open else function.folder.text
    place = posixpath.normpath(posixpath.join(posixpath.dirname(placed.file), folder))
    said = (("--handler", function.handler), ("--runtime", function.runtime))
    known = (f" {option} {shlex.quote(x.text)}" for option, x in said if x and not x.is_open)
    return f"`scf-audit {shlex.quote(place)}{''.join(known)}`"


def _runtime(function: Function) -> str | None:
    said = function.runtime
    return None if said is None or said.is_open else said.text


def _defaults(
    functions: Sequence[Placed], files: Collection[str], sources: Sequence[Source]
) -> Iterator[Entry]:
    """Yield the default where it is there and not named, unless no handler is called.

    At the project's root, too, where a code folder is not there: both were seen in samples of
    the platform's own.
    """
    named = {
        (each.function.handler.text, each.folder) for each in functions if each.function.handler
    }
    folders = {folder for _, folder in named if (DEFAULT_HANDLER, folder) not in named}
    folders |= {"" for _, folder in named if not _has_file(folder, files)}
    there = {
        source.path
        for source in sources
        if any(each.name == "main_handler" for each in source.definitions)
    }
    for folder in sorted(folders):
        entry = Entry(DEFAULT_HANDLER, folder)
        if entry.file in there:
            yield entry
