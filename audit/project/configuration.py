"""The edge that looks for deployment configuration: in the project's tree, and above it."""

from __future__ import annotations

import os
import posixpath
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING, NamedTuple

from audit.model import Location, Problem
from audit.project.entries import CONFIGURATIONS, PROGRAMS, Deployment, Placed
from audit.project.tree import Unreadable, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audit.project.deployment import Function
    from audit.project.tree import Tree

_OURS = re.compile(
    r"""(?ix) tencent
    | \bcomponent ["']? \s* : \s* ["']? (?:@serverless/)?
      (?:multi-scf | scf | bottle | django | fastapi | flask | pyramid | tornado) \b"""
).search
"""Whether a text is about this platform; most files of these names are another's."""
_SEARCHED = 100_000
"""Characters that are searched for it."""
_UTF_16 = (BOM_UTF16_BE, BOM_UTF16_LE)


def find_deployment(tree: Tree, left_out: Callable[[str], bool], *, is_package: bool) -> Deployment:
    """Read the configuration that deploys a tree: its own, or the nearest above in its repository.

    Where there is no repository, the folder right above is looked at, too. A function counts if
    its code is the tree or a folder of it; in a deployment zip, the zip is the code of every
    function. What is about this platform and cannot be read is a problem; a program is told only
    where nothing beside it can be read. `left_out` says which files of the tree are taken for
    absent.
    """
    problems: list[Problem] = []
    programs: list[str] = []
    own = _within(tree, is_package=is_package)
    for height in range(len(own) + 1):
        below = None if is_package else "/".join(own[len(own) - height :])
        placed: list[Placed] = []
        there = [
            _File(tree, f"{'../' * height}{name}", is_package)
            for name in (*CONFIGURATIONS, *PROGRAMS)
            if height or not left_out(name)
        ]
        for file in there:
            said = _functions(file)
            if isinstance(said, Problem):
                problems.append(said)
            else:
                placed += _placed(said, file.shown, below)
        if placed:
            return Deployment(tuple(placed), tuple(problems), tuple(programs))
        programs += (file.shown for file in there if file.is_program and _ours(file))
    inner = () if is_package else tuple(_below(tree, left_out))
    return Deployment((), tuple(problems), tuple(programs), inner)


def _below(tree: Tree, left_out: Callable[[str], bool]) -> Iterator[str]:
    """Yield the folders right in a tree whose own configuration deploys a function."""
    try:
        with os.scandir(tree.root) as entries:
            inner = sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return
    for folder in inner:
        paths = (f"{folder}/{name}" for name in CONFIGURATIONS)
        files = (_File(tree, path, is_package=False) for path in paths if not left_out(path))
        said = (_functions(file) for file in files)
        if any(each and not isinstance(each, Problem) for each in said):
            yield posixpath.normpath(posixpath.join(tree.root, folder))


def _within(tree: Tree, *, is_package: bool) -> list[str]:
    """Return the folders that lead to a tree, outermost first, from where configuration counts."""
    within = [part for part in tree.around()[0].split("/") if part]
    root = os.path.realpath(tree.root)
    if within or is_package or os.path.exists(f"{root}/.git"):  # noqa: PTH110 - never raises
        return within
    return [name] if (name := os.path.basename(root)) else []  # noqa: PTH119 - text


class _File(NamedTuple):
    """Where a configuration may be."""

    tree: Tree
    path: str
    """From the tree on."""
    is_package: bool

    @property
    def shown(self) -> str:
        return posixpath.normpath(posixpath.join(self.tree.root, self.path))

    @property
    def is_program(self) -> bool:
        return self.path.endswith(PROGRAMS)


def _functions(file: _File) -> Sequence[Function] | Problem:
    try:
        text = _text(file)
    except Unreadable as error:
        return Problem(str(error), Location(file.shown))
    if file.is_program or not _OURS(text, 0, _SEARCHED):
        return ()
    from audit.project.deployment import functions  # noqa: PLC0415 - 25 ms of PyYAML
    from audit.project.yamlnodes import NotParsedError  # noqa: PLC0415 - as above

    try:
        return functions(text, is_json=file.path.endswith(".json"))
    except NotParsedError as error:
        return Problem(str(error), Location(file.shown, error.line))


def _ours(file: _File) -> bool:
    """Whether a file that can be read is about this platform."""
    try:
        return _OURS(_text(file), 0, _SEARCHED) is not None
    except Unreadable:
        return False


def _text(file: _File) -> str:
    """Return what a file holds, as the tools that deploy it read it; nothing where it is not.

    Raises Unreadable, for UTF-16 too: no such tool reads it.
    """
    tree, path, is_package = file
    if is_package:
        data = tree.read(path) if path in tree.listing().files else b""
    else:
        named = os.path.join(tree.root, path)  # noqa: PTH118 - not normalised: above of a link
        if os.path.isdir(named) or not os.path.lexists(named):  # noqa: PTH112 - never raises
            return ""
        if os.path.exists(named) and not os.path.isfile(named):  # noqa: PTH110, PTH113 - as above
            raise Unreadable("is no regular file, not read")
        data = read_file(named)
    if data.startswith(_UTF_16) and _OURS(data.decode("utf-16", "replace"), 0, _SEARCHED):
        raise Unreadable("is UTF-16, which no tool that deploys it reads; save it as UTF-8")
    return data.decode("utf-8-sig", "replace")


def _placed(functions: Sequence[Function], file: str, below: str | None) -> Iterator[Placed]:
    for each in functions:
        folder = _folder(each, below)
        if folder is not None:
            yield Placed(each, file, folder)


def _folder(function: Function, below: str | None) -> str | None:
    """Return a function's code as seen from the tree, which lies `below` its configuration.

    None where it is neither the tree nor within; the tree itself where `below` is None, and
    where the folder is not known.
    """
    said = function.folder
    if below is None or (said is not None and said.is_open and not below):
        return ""
    if said is None or said.is_open:
        return None
    inner = f"{said.text}/" if said.text else ""
    outer = f"{below}/" if below else ""
    if not inner.startswith(outer) or inner.startswith(("../", "/")):
        return None
    return inner.removeprefix(outer)
