"""What an sdist says of itself without being built: nothing of it is run or written to disk.

Of 62 sdists that 2.7 and 3.6 would get, 46 have egg-info, and 39 of 40 such answers equalled
what running their setup.py under the runtime gave; none of those without had requirements.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from packaging.utils import canonicalize_name

from audit.index.archive import build_files, install_requires, setup_script
from audit.index.archive.archives import ArchiveError
from audit.index.archive.members import Members, read_members
from audit.index.archive.modules import (
    MOST_INIT,
    dotted,
    import_names,
    says_shared,
    shared_packages,
)
from audit.index.archive.statements import is_python_2
from audit.index.archive.wheel import with_identity
from audit.metadata import metadata_of, read_headers, requires_txt_lines
from audit.pages import Contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from audit.index.archive.setup_script import Script
    from audit.metadata import Headers
    from audit.model import Metadata

_T = TypeVar("_T")

_TOLD = frozenset({"PKG-INFO", "Cargo.toml", "pyproject.toml", "setup.cfg", "setup.py"})
_TOLD_IN_EGG_INFO = frozenset(
    {"PKG-INFO", "namespace_packages.txt", "requires.txt", "top_level.txt"}
)
_LARGEST_SCRIPT = 200_000  # bytes; ruamel.yaml's has 40,000
_DEEPEST = 4  # folders around an egg-info or a namespace's __init__.py


class Sdist(NamedTuple):
    """An sdist, read; paths are below its one folder."""

    name: NormalizedName
    version: Version
    sizes: Mapping[str, int]
    texts: Mapping[str, str]
    egg_info: str | None
    """The folder that setuptools left, in a form that ends in `/`; None where there is none."""
    headers: Headers
    script: Script
    """Its setup.py; empty where it has none."""
    modules: Mapping[str, str] = {}
    """Its modules, where it does not say for which Pythons it is."""

    def left(self, name: str) -> str:
        """Return the text of a file that setuptools left in its egg-info; empty where none is."""
        return "" if self.egg_info is None else self.texts.get(self.egg_info + name, "")


def read_sdist(content: bytes, name: NormalizedName, version: Version) -> Sdist:
    """Read an sdist; name and version are those of its file name.

    ArchiveError says why it cannot be read, or what about it is past all measure.
    """
    packed = read_members(content, _is_wanted)
    members = _without_root(packed)
    if members.sizes.get("setup.py", 0) > _LARGEST_SCRIPT:
        raise ArchiveError(f"its setup.py has more than {_LARGEST_SCRIPT // 1000} kB")
    egg_info = _egg_info(members, name)
    said = members.texts.get("PKG-INFO") or members.texts.get(f"{egg_info or ''}PKG-INFO", "")
    sdist = Sdist(
        name=name,
        version=version,
        sizes=members.sizes,
        texts=members.texts,
        egg_info=egg_info,
        headers=read_headers(said),
        script=setup_script.read_script(members.texts.get("setup.py", "")),
    )
    if metadata_of(sdist.headers).classified or _says_python(sdist):
        return sdist
    due = frozenset(_modules(packed.sizes))
    modules = read_members(content, lambda path, _: path in due)
    return sdist._replace(modules={path: modules.texts[path] for path in sorted(due)})


def _is_wanted(path: str, size: int) -> bool:
    folder, _, base = path.rpartition("/")
    depth = path.count("/")
    if base in _TOLD and depth <= 1:
        return True
    if depth > _DEEPEST:
        return False
    if base == "__init__.py":
        return 0 < size <= MOST_INIT
    return base in _TOLD_IN_EGG_INFO and folder.endswith(".egg-info")


_MOST_MODULES = 2_000_000  # bytes; those of most have less than 200,000


def _modules(sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield the modules that would be installed, the outermost first, as far as is worth it."""
    left = _MOST_MODULES
    for path in sorted(sizes, key=lambda path: (path.count("/"), path)):
        folders = path.split("/")[1:-1]
        inside = not any(map(_NOT_INSTALLED.fullmatch, folders)) and "python2" not in folders
        if path.endswith(".py") and not path.endswith("/setup.py") and inside:
            left -= sizes[path]
            if left < 0:
                return
            yield path


def _without_root(members: Members) -> Members:
    """Take away the folder that holds everything (PEP 517); what lies beside it is litter."""
    tops = sorted({path.partition("/")[0] for path in members.sizes if "/" in path})
    for telling in ("PKG-INFO", "setup.py", "pyproject.toml"):
        if telling in members.sizes:
            return members
        for top in tops:
            if f"{top}/{telling}" in members.sizes:
                return _below(members, f"{top}/")
    return _below(members, f"{tops[0]}/") if len(tops) == 1 else members


def _below(members: Members, root: str) -> Members:
    return Members(_cut(members.sizes, root), _cut(members.texts, root))


def _cut(paths: Mapping[str, _T], root: str) -> dict[str, _T]:
    return {path[len(root) :]: each for path, each in paths.items() if path.startswith(root)}


def _egg_info(members: Members, name: NormalizedName) -> str | None:
    """Return the folder of its own egg-info; an sdist's tests may hold others."""
    folders = {
        path[: path.rindex("/") + 1]
        for path in members.texts
        if re.search(r"(?:^|/)[^/]+\.egg-info/[^/]+$", path)
    }

    def rank(folder: str) -> tuple[bool, int, str]:
        base = folder.removesuffix(".egg-info/").rpartition("/")[2]
        return canonicalize_name(base.partition("-")[0]) != name, folder.count("/"), folder

    own = [folder for folder in folders if not rank(folder)[0] or folder.count("/") == 1]
    return min(own, key=rank, default=None)


_STATIC = (2, 2)
_CHOOSES = "its setup.py chooses what it requires by the Python that runs it"
_MAY_CHANGE = "its metadata says that a build may change what it requires"
_NOT_RUN = "its setup.py computes what it requires, and is not run"


def sdist_metadata(sdist: Sdist) -> Metadata:
    """Return what it says of itself; `unsure` says where only a build would tell all.

    In this order: metadata 2.2 that no build changes (PEP 643), what setuptools wrote when the
    sdist was made, the files that a build would read, and a list written out in setup.py.
    """
    found = _requirements(sdist)
    headers = sdist.headers._replace(
        requires_dist=found.lines,
        requires_python=_says_python(sdist),
    )
    metadata = metadata_of(headers)._replace(
        unsure=found.unsure,
        compiles=setup_script.compiles(sdist.script) or build_files.compiles(sdist.texts),
        python_2=_python_2(sdist),
    )
    return with_identity(metadata, sdist.headers, sdist.name, sdist.version)


def _requirements(sdist: Sdist) -> build_files.Found:
    if _is_static(sdist.headers):
        return build_files.Found(sdist.headers.requires_dist)
    if sdist.egg_info is not None or sdist.headers.requires_dist:
        lines = requires_txt_lines(sdist.left("requires.txt")) or sdist.headers.requires_dist
        return build_files.Found(lines, _doubt(sdist))
    found = build_files.requirements(sdist.texts)
    if found is not None:
        return found
    if not install_requires.is_named(sdist.script):
        return build_files.Found(())
    listed = install_requires.written_out(sdist.script)
    if listed is None or install_requires.is_computed(sdist.script):
        return build_files.Found(listed or (), _NOT_RUN)
    return build_files.Found(listed)


def _doubt(sdist: Sdist) -> str | None:
    if install_requires.is_computed(sdist.script):
        return _CHOOSES
    # setuptools says so of all that setup.py gives, whatever it is; there setup.py was read.
    is_open = sdist.egg_info is None and "requires-dist" in sdist.headers.dynamic
    return _MAY_CHANGE if is_open else None


def _is_static(headers: Headers) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)", headers.metadata_version or "")
    is_new = numbers is not None and (int(numbers[1]), int(numbers[2])) >= _STATIC
    return is_new and "requires-dist" not in headers.dynamic


def _says_python(sdist: Sdist) -> str | None:
    return (
        sdist.headers.requires_python
        or read_headers(sdist.left("PKG-INFO")).requires_python
        or build_files.requires_python(sdist.texts)
        or setup_script.requires_python(sdist.script)
    )


def _python_2(sdist: Sdist) -> str | None:
    """Say what shows that it is Python 2, of an sdist that does not say or is to be converted."""
    if setup_script.converts(sdist.script):
        return "its setup.py converts it from Python 2, which setuptools 58 and newer refuse"
    found = (path for path, text in sdist.modules.items() if is_python_2(text))
    path = next(found, None)
    return None if path is None else f"its {path.rpartition('/')[2]} is Python 2"


_ROOTS = ("src/", "lib/", "python/", "python3/", "python2/", "")
_NOT_INSTALLED = re.compile(
    r"(setup|conf|\w*_setup|tests?(_.*)?|runtests|docs?|examples?|scripts?|tools|build|benchmarks?)"
)


def sdist_contents(sdist: Sdist) -> Contents:
    """Return what installing it would give, as far as its files tell.

    What lies where packages lie; `top_level.txt`, where there is one, says which count, else a
    setup.py in which packages and modules are written out. Its size leaves out what a build adds.
    """
    declared = frozenset(sdist.left("top_level.txt").split())
    if declared:
        return _located(sdist, declared.__contains__, declared)
    written = setup_script.top_names(sdist.script)
    found = _located(sdist, written.__contains__)
    return found if found.import_names else _located(sdist, _may_be_installed)


def _located(
    sdist: Sdist, is_own: Callable[[str], bool], declared: frozenset[str] = frozenset()
) -> Contents:
    """Return what lies in the first place that holds any of its top-level names."""
    for root in _ROOTS:
        paths = _cut(sdist.sizes, root)
        shared = _shared(sdist, root, paths)
        names = import_names(paths, shared)
        own = {name for name in names if is_own(name.partition(".")[0])}
        if own:
            tops = {name.partition(".")[0] for name in own}
            unpacked = sum(size for path, size in paths.items() if _top(path) in tops)
            # What top_level.txt has and no file shows is an extension module, still to be built.
            names = tuple(sorted(own | (declared - tops)))
            return Contents(names, unpacked, _kept(sdist, shared))
    return Contents(tuple(sorted(declared)), sum(sdist.sizes.values()))


def _kept(sdist: Sdist, shared: Iterable[str]) -> tuple[str, ...]:
    """Leave out the namespaces whose `__init__.py` setuptools does not install."""
    left_out = sdist.left("namespace_packages.txt").split()
    return tuple(name for name in dotted(shared) if name not in left_out)


def _may_be_installed(top: str) -> bool:
    return _NOT_INSTALLED.fullmatch(top) is None


def _shared(sdist: Sdist, root: str, paths: Iterable[str]) -> tuple[str, ...]:
    return shared_packages(paths, lambda path: says_shared(sdist.texts.get(root + path, "")))


def _top(path: str) -> str:
    first, slash, _ = path.partition("/")
    return first if slash else first.partition(".")[0]
