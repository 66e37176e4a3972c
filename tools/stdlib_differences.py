"""Write data/stdlib_differences.json: where stdlib-list and real interpreters disagree.

    python tools/stdlib_differences.py [INTERPRETER ...] [-o FILE]

Without arguments it asks every interpreter under ~/.pyenv/versions. Each says which modules
it has: the built-in ones, the files in its library folders, and what it finds of the rest
when asked for it by name. A difference that `_KINDS` does not explain stops the tool: a person
decides what it is.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from stdlib_list import stdlib_list

_HERE = Path(__file__).resolve()
_DEFAULT_OUTPUT = _HERE.parent.parent / "data" / "stdlib_differences.json"

# Runs under Python 2.7 to 3.13. Reads the names to look for from stdin, prints JSON.
_ASK = r"""
from __future__ import print_function
import json, os, sys

answer, sys.stdout = sys.stdout, open(os.devnull, "w")  # `import this` prints
sys.stderr = sys.stdout
listed = json.loads(sys.stdin.read())
library = os.path.realpath(os.path.dirname(os.__file__))

def walk(folder, prefix):
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        stem = name.split(".")[0]
        if name.endswith((".py", ".so")):
            if stem != "__init__":
                yield prefix + stem
        elif os.path.exists(os.path.join(path, "__init__.py")):
            yield prefix + name
            for found in walk(path, prefix + name + "."):
                yield found

def can_import(name):
    try:
        if sys.version_info[0] == 2:
            __import__(name)
            return True
        import importlib.util
        try:
            return importlib.util.find_spec(name) is not None
        except ValueError:  # in sys.modules without a spec
            return True
    except BaseException:
        return sys.modules.get(name) is not None

found = set(sys.builtin_module_names)
for root in sys.path:
    inside = os.path.realpath(root).startswith(library)
    if root and inside and "site-packages" not in root and os.path.isdir(root):
        found.update(walk(root, ""))
found.update(filter(can_import, getattr(sys, "stdlib_module_names", ())))

# Modules that exist in sys.modules alone, such as os.path and email.MIMEText of Python 2.
for name in sorted(found):
    if "." not in name and not name.startswith(("test", "_test", "antigravity", "this", "idlelib")):
        can_import(name + ".x")  # imports its parent, the module itself
can_import("xml.parsers.expat.x")
tops = set(name.split(".")[0] for name in found)
found.update(n for n, m in list(sys.modules.items()) if m is not None and n.split(".")[0] in tops)
found.update(name for name in listed if name not in found and can_import(name))
json.dump([sys.version.split()[0], sorted(found)], answer)
"""

# What a difference is, by the first pattern that matches the whole module name.
_KINDS = {
    "test": r"(test|lib2to3\.tests|idlelib\.idle_test|\w+\.tests?|\w+\.\w+\.tests?)(\..*)?"
    r"|_(ctypes_)?test\w*|_xx\w+|xx\w+|__p?hello__(\..*)?",
    "windows": r"_?winreg|winsound|msvcrt|_?msi(lib)?|nt|_overlapped|_winapi|_wmi"
    r"|distutils\.command\.bdist_msi|_pyrepl\.(windows|base)_eventqueue",
    "macos": r"Carbon(\..*)?|_scproxy|_apple_support|ColorPicker|EasyDialogs|FrameWork|MacOS"
    r"|MiniAEFrame|Nav|PixMapWrapper|W|aepack|aetools|aetypes|applesingle|autoGIL|buildtools"
    r"|cfmfile|findertools|gensuitemodule|ic|icopen|macerrors|macostools|macresource|videoreader",
    "unix": r"AL|DEVICE|FL|GL|SUNAUDIODEV|al|cd|fl|flp|fm|gl|imgfile|jpeg|sunaudiodev",
    "linux": r"CDROM|DLFCN|IN|TYPES",
    "build": r"dl|imageop|fpectl",
    "unbuilt": r"_?gdbm|_?dbm|_bsddb|_hashlib|_uuid",
    "alias": r"email\.\w*(MIME|[A-Z])\w*|email\.mime\.\w+|typing\.(io|re)|os\.path"
    r"|xml\.parsers\.expat\.(errors|model)|pyexpat\.(errors|model)",
    "phantom": r"encodings\.(__builtin__|codecs|encodings)|json\.(_json|json|re|struct|sys)"
    r"|lib\.libpython3"
    r"|_sysconfigdata_x86_64_conda_\w+|distutils\.(_collections|_functools|_macos_compat|py3\dcompat)"
    r"|distutils\.command\.(bdist_packager|_framework_compat|py37compat)"
    r"|xml\.parsers\.expat\.(errors|model)\.\w+",
    "micro": r"idlelib\.\w+",
    "extension": r"_\w+|pyexpat",
}


def main(arguments: list[str]) -> int:
    """Ask the interpreters and write the file; 1 where there is none to ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("interpreters", nargs="*", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=_DEFAULT_OUTPUT)
    options = parser.parse_args(arguments)
    interpreters = options.interpreters or sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    if not interpreters:
        print("no interpreter: name some", file=sys.stderr)
        return 1
    measured: dict[str, str] = {}
    pythons: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for interpreter in interpreters:
        version = _version(interpreter)
        listed = set(stdlib_list(version))
        measured[version], real = modules_of(interpreter, sorted(listed))
        for module in sorted(listed ^ real):
            pythons[_kind(module), _change(module, module in real), module].append(version)
    _write(options.output, measured, pythons)
    return 0


def _version(interpreter: Path) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run(
        [interpreter, "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def modules_of(interpreter: Path, listed: list[str]) -> tuple[str, set[str]]:
    """Return an interpreter's full version and its modules; `listed` are names to try as well."""
    with tempfile.TemporaryDirectory() as empty:
        answer = subprocess.run(
            [interpreter, "-E", "-s", "-c", _ASK],
            check=True,
            capture_output=True,
            text=True,
            cwd=empty,
            input=json.dumps(listed),
        ).stdout
    version, modules = json.loads(answer)
    return version, {name for name in modules if all(map(str.isidentifier, name.split(".")))}


def _kind(module: str) -> str:
    for kind, pattern in _KINDS.items():
        if re.fullmatch(pattern, module):
            return kind
    raise SystemExit(f"{module}: no kind explains it; add it to _KINDS")


def _change(module: str, exists: bool) -> str:  # noqa: FBT001 - which side has it is the question
    if exists:
        return "add"
    return "keep" if _kind(module) == "unbuilt" else "remove"


def _write(
    output: Path, measured: dict[str, str], pythons: dict[tuple[str, str, str], list[str]]
) -> None:
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (kind, change, module), versions in pythons.items():
        groups[kind, change, " ".join(sorted(versions, key=_order))].append(module)
    rows = [
        {"change": change, "kind": kind, "pythons": versions, "modules": " ".join(sorted(modules))}
        for (kind, change, versions), modules in sorted(groups.items())
    ]
    document = {
        "about": "where stdlib-list and CPython on Linux differ; tools/stdlib_differences.py",
        "measured": dict(sorted(measured.items(), key=lambda item: _order(item[0]))),
        "differences": rows,
    }
    output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{output}: {len(pythons)} modules in {len(rows)} groups")


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
