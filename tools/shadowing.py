"""Write data/shadowing.csv: what happens where a release comes before the standard library.

    python -m tools.shadowing [NAME ...] [--interpreters FOLDER] [-o FILE]

Each release that tools/shadowing.toml names is installed by the pip of a real interpreter, forced
where it says that it is for others, and by the pip of another where its own cannot: this runs
its setup.py. With that folder first on the path, as a package is on the platform, the interpreter
imports a few modules that most programs load, then those of the standard library that the
folder hides. With NAMEs only their rows are made anew.

Effects: `syntax` and `breaks` are an import that fails, `changes` is a copy that lacks some of
what the standard library's has, `harmless` is everything else. Releases between two that were
measured and agree are taken to agree as well.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli
from stdlib_list import stdlib_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_HERE = Path(__file__).resolve()
_DEFAULT_OUTPUT = _HERE.parent.parent / "data" / "shadowing.csv"
_DEFAULT_INTERPRETERS = Path.home() / ".pyenv" / "versions"
_HEADER = ["distribution", "versions", "python", "effect", "module", "told", "interpreter"]
_PYTHONS = ("2.7", "3.6", "3.7", "3.9", "3.10")
_MOST_NAMED = 3
_ALONE = ("--no-deps", "--ignore-requires-python")
_PATIENCE = 180  # seconds

# Runs under Python 2.7 to 3.10, the folder first on its path. Prints JSON.
_ASK = r"""
from __future__ import print_function
import os, sys

folder = sys.argv[1]
answer = {"version": sys.version.split()[0], "failed": None, "errors": {}, "hidden": {}}
for name in sys.argv[2].split():
    try:
        __import__(name)
    except BaseException as error:
        answer["failed"] = [name, type(error).__name__, str(error).split("\n")[0]]
        break

def members(prefix, thing, top=None):
    import inspect
    public = getattr(thing, "__all__", None) if top and prefix.count(".") == 1 else None
    for name in dir(thing):
        value = getattr(thing, name, None)
        if name.startswith("_") or inspect.ismodule(value) or name not in (public or [name]):
            continue
        # What a module imports for itself is no promise of it.
        origin = getattr(value, "__module__", None)
        if top and isinstance(origin, str) and origin.split(".")[0].lstrip("_") != top:
            continue
        whole = prefix + name
        yield whole
        if inspect.isclass(value) and prefix.count(".") < 3:
            for inner in members(whole + ".", value):
                yield inner
        try:
            parameters = inspect.signature(value).parameters.values()
        except Exception:
            continue
        yield whole + "()"
        for each in parameters:
            yield "%s(%s)" % (whole, {2: "*args", 4: "**"}.get(each.kind, each.name))

def submodules(name, module):
    for place in getattr(module, "__path__", ()):
        for entry in os.listdir(place):
            stem, dot, suffix = entry.partition(".")
            is_package = os.path.exists(os.path.join(place, entry, "__init__.py"))
            if (suffix == "py" and stem != "__init__") or is_package:
                yield "%s.%s" % (name, stem)

for name in sys.argv[3].split() if answer["failed"] is None else ():
    try:
        __import__(name)
    except BaseException as error:
        answer["errors"][name] = [name, type(error).__name__, str(error).split("\n")[0]]
        continue
    module = sys.modules[name]
    source = getattr(module, "__file__", None) or ""
    known = set(members(name + ".", module)) | set(submodules(name, module))
    own = set(members(name + ".", module, name.split(".")[0])) | set(submodules(name, module))
    answer["hidden"][name] = [os.path.realpath(source), sorted(known), sorted(own)]
print(repr(answer))  # json may be what does not work
"""

_ON_PYTHON_2 = "re json logging email collections subprocess unittest"
_ON_PYTHON_3 = _ON_PYTHON_2.replace("email", "typing email") + " concurrent.futures asyncio"


class Measured(NamedTuple):
    """What one release does to one interpreter."""

    release: str
    effect: str
    module: str
    """The module of the standard library that is hidden, or whose import fails; may be empty."""
    told: str
    interpreter: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--interpreters", type=Path, default=_DEFAULT_INTERPRETERS)
    parser.add_argument("-o", "--output", type=Path, default=_DEFAULT_OUTPUT)
    options = parser.parse_args(arguments)
    releases = tomli.loads(_HERE.with_suffix(".toml").read_text(encoding="utf-8"))
    chosen = options.names or list(releases)
    kept = [row for row in _rows(options.output) if row[0] not in chosen]
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            for python in _PYTHONS:
                interpreter = _interpreter(options.interpreters, python)
                found = list(_measure(interpreter, name, releases[name], Path(folder)))
                kept += merged(name, python, found)
    _write(options.output, kept)
    return 0


def _interpreter(folder: Path, python: str) -> Path:
    found = sorted(folder.glob(f"{python}.*/bin/python"))
    if not found:
        sys.exit(f"no interpreter of Python {python} in {folder}")
    return found[-1]


def _measure(
    interpreter: Path, name: str, releases: Iterable[str], scratch: Path
) -> Iterator[Measured]:
    for release in releases:
        requirement = f"{name}=={release}"
        folder, reason = _installed(interpreter, requirement, scratch, _ALONE)
        if folder is None:
            print(f"{interpreter}: {requirement}: {reason}", file=sys.stderr)
            continue
        measured = effect(interpreter, release, folder, scratch)
        if "No module named" in measured.told:  # what it requires itself is not shadowing
            folder, reason = _installed(interpreter, requirement, scratch, ())
            measured = effect(interpreter, release, folder, scratch) if folder else measured
        if _says_nothing(measured):
            print(f"{interpreter}: {requirement}: {measured.told}", file=sys.stderr)
            continue
        print(interpreter, name, *measured, file=sys.stderr)
        yield measured


def _says_nothing(measured: Measured) -> bool:
    """Whether it may be otherwise: a dependency is not there, or another Python's files are none.

    importlib 1.0.4 installs nothing on the Pythons that have it, and its module on others.
    """
    _, is_missing, name = measured.told.partition("No module named ")
    lacks_dependency = name.strip("'").partition(".")[0] not in stdlib_list("2.7")
    is_borrowed = " with the files " in measured.interpreter
    return bool(is_missing and lacks_dependency) or (is_borrowed and not measured.module)


def _installed(
    interpreter: Path, requirement: str, scratch: Path, options: Sequence[str]
) -> tuple[Path | None, str]:
    """Return the folder of a release: by the interpreter's own pip, else by another's."""
    others = sorted(path for path in scratch.glob(f"*/{requirement}/{len(options)}"))
    folder = scratch / interpreter.parent.parent.name / requirement / str(len(options))
    reason = _install(interpreter, requirement, folder, (scratch, options))
    if not reason and folder.is_dir():
        return folder, ""
    return (others[0], "") if others else (None, reason)


def _install(
    interpreter: Path, requirement: str, folder: Path, how: tuple[Path, Sequence[str]]
) -> str:
    """Install into a folder; return why that failed, empty where it did not."""
    scratch, more = how
    options = ["-q", "--no-compile", "--target", str(folder), *more]
    command = [str(interpreter), "-m", "pip", "install", *options, requirement]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_CACHE_DIR": str(scratch / "cache")}
    ran = subprocess.run(
        command, env={**clean, **settings}, capture_output=True, text=True, check=False
    )
    errors = [line for line in ran.stderr.splitlines() if "error:" in line.lower()]
    return "" if ran.returncode == 0 else errors[-1] if errors else "pip failed"


def effect(interpreter: Path, release: str, folder: Path, scratch: Path) -> Measured:
    """Return what the files in a folder, which lies within `scratch`, do to an interpreter."""
    names = sorted(_modules(folder, folder)) if folder.is_dir() else []
    usual = _ask(interpreter, scratch / "nothing", names)
    here = _ask(interpreter, folder, usual["hidden"])
    by, packer = f"CPython {here['version']}", folder.relative_to(scratch).parts[0]
    by += f" with the files that {packer} installs" if packer != here["version"] else ""
    for module, kind, message in filter(None, (here["failed"], *here["errors"].values())):
        effect = "syntax" if kind in {"SyntaxError", "IndentationError"} else "breaks"
        said = message.replace(f"{folder}/", "").replace(str(folder), "").split(" (/")[0]
        return Measured(release, effect, module, f"import {module} fails with {kind}: {said}", by)
    loaded = {name: here["hidden"][name][0] for name in usual["hidden"]}
    hidden = [name for name in loaded if loaded[name].startswith(str(folder.resolve()))]
    if not hidden:
        return Measured(release, "harmless", "", "hides no module", by)
    for module in hidden:
        lacking = _lacking(set(usual["hidden"][module][2]), set(here["hidden"][module][1]))
        if lacking:
            return Measured(release, "changes", module, f"{module} {_lacks(lacking)}", by)
    return Measured(release, "harmless", hidden[0], f"{hidden[0]} lacks nothing public", by)


def _lacking(usual: set[str], here: set[str]) -> set[str]:
    """Return what a copy has not; parameters only of what is a function in both."""
    missing = set()
    for name in usual - here:
        function, is_parameter, parameter = name.partition("(")
        takes_any = f"{function}(**)" in here and parameter != "*args)"
        if not is_parameter or (f"{function}()" in here and not takes_any):
            missing.add(name)
    return missing


def _lacks(names: Iterable[str]) -> str:
    """Name what is missing, that which is easiest to know again first."""
    ranked = sorted(names, key=lambda name: ("(" in name, name.count("."), name))
    told = [name.partition(".")[2] for name in ranked[:_MOST_NAMED]]
    more = len(ranked) - len(told)
    return f"lacks {', '.join(told)}" + (f" and {more} more" if more else "")


def _modules(folder: Path, root: Path) -> Iterator[str]:
    """Yield the modules in a folder, dotted, those of packages' packages too."""
    for path in sorted(folder.iterdir()):
        stem = path.name.partition(".")[0]
        if (path / "__init__.py").is_file():
            yield ".".join(path.relative_to(root).parts)
            yield from _modules(path, root)
        elif path.suffix in {".py", ".so"} and stem != "__init__":
            yield ".".join((*path.relative_to(root).parts[:-1], stem))


def _ask(interpreter: Path, folder: Path, names: Iterable[str]) -> dict[str, Any]:
    loaded = _ON_PYTHON_2 if "/2.7" in str(interpreter) else _ON_PYTHON_3
    # -S: what is installed for the interpreter is neither standard library nor the platform's.
    command = [str(interpreter), "-s", "-S", "-c", _ASK, str(folder), loaded, " ".join(names)]
    ran = subprocess.run(
        command,
        env={"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )
    if ran.returncode != 0:
        sys.exit(f"{interpreter} does not say what it has: {ran.stderr}")
    return dict(ast.literal_eval(ran.stdout.splitlines()[-1]))


def merged(name: str, python: str, found: Iterable[Measured]) -> Iterator[list[str]]:
    """Yield a row for each run of releases that agree, in order of version."""
    for (effect, module), run in groupby(found, key=lambda each: (each.effect, each.module)):
        first, last = (releases := [*run])[0], releases[-1]
        one = len(releases) == 1
        versions = f"=={first.release}" if one else f">={first.release},<={last.release}"
        yield [name, versions, python, effect, module, last.told, last.interpreter]


def _rows(path: Path) -> list[list[str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file) if row and row != _HEADER]


def _write(path: Path, rows: Iterable[list[str]]) -> None:
    order = {python: number for number, python in enumerate(_PYTHONS)}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADER)
        ordered: list[list[str]] = sorted(rows, key=lambda row: (row[0], order[row[2]]))
        writer.writerows(ordered)


if __name__ == "__main__":
    sys.exit(main())
