"""The edge that looks for deployment configuration: in the project's tree, and above it."""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING

from audit.model import Location, Problem
from audit.project.entries import CONFIGURATIONS, Deployment, Placed
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


def find_deployment(tree: Tree, left_out: Callable[[str], bool], *, is_package: bool) -> Deployment:
    """Read the configuration that deploys a tree: its own, or the nearest above in its repository.

    Where there is no repository, the folder right above is looked at, too. A function counts if
    its code is the tree or a folder of it; in a deployment zip, the zip is the code of every
    function. What is about this platform and no YAML is a problem. `left_out` says which files
    of the tree are taken for absent.
    """
    problems: list[Problem] = []
    own = _within(tree, is_package=is_package)
    for height in range(len(own) + 1):
        below = None if is_package else "/".join(own[len(own) - height :])
        placed: list[Placed] = []
        names = [name for name in CONFIGURATIONS if height or not left_out(name)]
        for path in (f"{'../' * height}{name}" for name in names):
            file = posixpath.normpath(posixpath.join(tree.root, path))
            said = _functions(tree, path, file, is_package=is_package)
            if isinstance(said, Problem):
                problems.append(said)
            else:
                placed += _placed(said, file, below)
        if placed:
            return Deployment(tuple(placed), tuple(problems))
    return Deployment(problems=tuple(problems))


def _within(tree: Tree, *, is_package: bool) -> list[str]:
    """Return the folders that lead to a tree, outermost first, from where configuration counts."""
    within = [part for part in tree.around()[0].split("/") if part]
    root = os.path.realpath(tree.root)
    if within or is_package or os.path.exists(f"{root}/.git"):  # noqa: PTH110 - never raises
        return within
    return [name] if (name := os.path.basename(root)) else []  # noqa: PTH119 - text


def _functions(
    tree: Tree, path: str, file: str, *, is_package: bool
) -> Sequence[Function] | Problem:
    try:
        text = _text(tree, path, is_package=is_package)
    except Unreadable as error:
        return Problem(str(error), Location(file))
    if not _OURS(text, 0, _SEARCHED):
        return ()
    from audit.project.deployment import functions  # noqa: PLC0415 - 25 ms of PyYAML
    from audit.project.yamlnodes import NotYamlError  # noqa: PLC0415 - as above

    try:
        return functions(text)
    except NotYamlError as error:
        return Problem(str(error), Location(file, error.line))


def _text(tree: Tree, path: str, *, is_package: bool) -> str:
    """Return what a file holds, as the tools that deploy it read it; nothing where it is not."""
    if is_package:
        data = tree.read(path) if path in tree.listing().files else b""
    else:
        named = os.path.join(tree.root, path)  # noqa: PTH118 - not normalised: above of a link
        if os.path.isdir(named) or not os.path.lexists(named):  # noqa: PTH112 - never raises
            return ""
        if os.path.exists(named) and not os.path.isfile(named):  # noqa: PTH110, PTH113 - as above
            raise Unreadable("is no regular file, not read")
        data = read_file(named)
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
