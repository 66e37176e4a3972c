from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from audit.code import Import, Source
from audit.source.local import (
    Found,
    Importer,
    LocalModules,
    NotFound,
    importer_of,
    local_modules,
)

PYENV = Path.home() / ".pyenv" / "versions"
PYTHONS = {"2.7.18": (2, 7), "3.6.15": (3, 6), "3.10.13": (3, 10)}
TREE = local_modules(
    {
        "index.py",
        "actions/__init__.py",
        "actions/Utils.py",
        "actions/mail.py",
        "plain/one.py",
        "plain/deep/two.py",
        "plain/pack/__init__.py",
        "fast.cpython-36m-x86_64-linux-gnu.so",
        "any.so",
        "stable.abi3.so",
        "old/oldmodule.so",
        "old/__init__.py",
        "win.pyd",
        "six.py",
        "both.py",
        "both/__init__.py",
        "src/inner/__init__.py",
    },
    ("", "src"),
)


def where(
    module: str, version: tuple[int, int] = (3, 6), importer: str = "", level: int = 0
) -> str:
    found = TREE.find(
        module, version=version, importer=Importer(path=importer) if importer else None, level=level
    )
    return found.path if isinstance(found, Found) else f"no: {found.reason}"


@pytest.mark.parametrize(
    ("module", "version", "answer"),
    [
        ("index", (2, 7), "index.py"),
        ("actions.mail", (2, 7), "actions/mail.py"),
        ("inner", (3, 6), "src/inner/__init__.py"),
        ("both", (3, 6), "both/__init__.py"),
        ("plain", (3, 6), "plain/"),
        ("plain.one", (3, 10), "plain/one.py"),
        ("plain.deep.two", (3, 6), "plain/deep/two.py"),
        ("plain.one", (2, 7), "no: the folder plain/ has no __init__.py, which Python 2 needs"),
        ("fast", (3, 6), "fast.cpython-36m-x86_64-linux-gnu.so"),
        (
            "fast",
            (3, 7),
            "no: fast.cpython-36m-x86_64-linux-gnu.so is for another Python or system",
        ),
        ("any", (2, 7), "any.so"),
        ("any", (3, 10), "any.so"),
        ("stable", (3, 10), "stable.abi3.so"),
        ("stable", (2, 7), "no: stable.abi3.so is for another Python or system"),
        ("old.old", (2, 7), "old/oldmodule.so"),
        ("old.old", (3, 6), "no: old/ has no module old"),
        ("win", (3, 6), "no: win.pyd is for Windows"),
        (
            "actions.utils",
            (3, 6),
            (
                "no: the name is spelled otherwise in actions/Utils.py,"
                " and Linux tells upper from lower case"
            ),
        ),
        ("index.sub", (3, 6), "no: index.py is no package"),
        ("actions.nothing", (3, 6), "no: actions/ has no module nothing"),
        ("requests", (3, 6), "no: no file of the project is called that"),
        ("six.moves.urllib.parse", (2, 7), "six.py"),
        ("", (3, 6), "no: no file of the project is called that"),
    ],
)
def test_an_import_finds(module: str, version: tuple[int, int], answer: str) -> None:
    assert where(module, version) == answer


@pytest.mark.parametrize(
    ("module", "level", "importer", "answer"),
    [
        ("mail", 1, "actions/Utils.py", "actions/mail.py"),
        ("mail", 1, "actions/__init__.py", "actions/mail.py"),
        ("", 1, "actions/mail.py", "actions/__init__.py"),
        ("one", 2, "plain/deep/two.py", "plain/one.py"),
        ("", 1, "src/inner/__init__.py", "src/inner/__init__.py"),
        ("mail", 1, "index.py", "no: a relative import needs a package around its file"),
        ("x", 2, "actions/mail.py", "no: a relative import goes beyond the outermost package"),
    ],
)
def test_a_relative_import_finds(module: str, level: int, importer: str, answer: str) -> None:
    assert where(module, (3, 6), importer, level) == answer


def test_implicit_relative_imports_work_on_python_2_alone() -> None:
    assert where("mail", (2, 7), "actions/Utils.py") == "actions/mail.py"
    assert where("mail", (3, 6), "actions/Utils.py").startswith("no: ")
    absolute = Importer(path="actions/Utils.py", absolute=True)
    assert isinstance(TREE.find("mail", version=(2, 7), importer=absolute), NotFound)


def test_a_missing_module_that_is_not_alike_to_anything_has_nothing_near() -> None:
    missing = TREE.find("requests", version=(3, 6))
    assert isinstance(missing, NotFound)
    assert missing.near is None
    alike = TREE.find("actions.utils", version=(3, 6))
    assert isinstance(alike, NotFound)
    assert alike.near == "actions/Utils.py"


def test_a_folder_without_init_may_be_hidden_by_a_package_elsewhere() -> None:
    hidden, own = (TREE.find(name, version=(3, 6)) for name in ("plain.pack", "actions.mail"))
    assert isinstance(hidden, Found)
    assert hidden.namespace
    assert isinstance(own, Found)
    assert not own.namespace


def test_what_is_imported_from_a_package_may_be_an_attribute_but_not_of_a_bare_folder() -> None:
    def loads(module: str, *names: str) -> tuple[str, ...] | None:
        statement = Import(module=module, names=names, line=1)
        found = TREE.find_import(statement, version=(3, 6))
        return found.loads if isinstance(found, Found) else None

    assert loads("actions", "mail", "VERSION") == ("actions/__init__.py", "actions/mail.py")
    assert loads("actions.mail", "send") == ("actions/__init__.py", "actions/mail.py")
    assert loads("plain", "one") == ("plain/one.py",)
    assert loads("plain", "nothing") is None
    assert loads("plain", "*") == ()
    assert loads("six.moves", "urllib") == ("six.py",)


def source(path: str, *imports: Import) -> Source:
    return Source(path=path, imports=imports)


def test_a_source_tells_whether_its_imports_are_absolute() -> None:
    future = Import(module="__future__", names=("absolute_import",), line=1)
    assert importer_of(source("a/b.py", future)) == Importer(path="a/b.py", absolute=True)
    assert not importer_of(source("a/b.py")).absolute


# Differential: random trees, and what real interpreters find in them.

_NAMES = ("aa", "bb", "cc", "Aa")
_ASK = """
from __future__ import print_function
import json, sys
answers = []
sys.dont_write_bytecode = True
def ask(roots, importer, statement):
    for name in [n for n in sys.modules if n.split(".")[0] in ("aa", "bb", "cc", "Aa")]:
        del sys.modules[name]
    sys.path_importer_cache.clear()
    sys.path[:0] = roots
    asked = []
    sys.ask = lambda scope: asked.append(attempt(scope, statement))
    try:
        __import__(importer)
    except BaseException:
        asked.append(None)
    del sys.path[:len(roots)]
    return asked[0] if asked else None
def attempt(scope, statement):
    try:
        exec(statement, scope)
    except (ImportError, ValueError, SystemError) as error:  # each stands for "relative: no"
        broken = "ELF" in str(error) or "file too short" in str(error)
        return str(error).split(":")[0] if broken else "no"
    return "yes"
print(json.dumps([ask(*question) for question in json.load(sys.stdin)]))
"""
# Only one file at a time asks; it must find itself being the importer.
_FILE = "import sys\nif __name__ == {name!r}: sys.ask(globals())\n"


def _random_files(rng: random.Random) -> set[str]:
    suffixes = (
        ".py",
        ".py",
        ".py",
        ".so",
        ".abi3.so",
        ".cpython-36m-x86_64-linux-gnu.so",
        "module.so",
    )
    files = set()
    for _ in range(rng.randint(2, 9)):
        folders = [rng.choice(_NAMES) for _ in range(rng.randint(0, 3))]
        if rng.random() < 0.2:
            folders.insert(0, "src")
        name = (
            "__init__.py"
            if folders and rng.random() < 0.45
            else rng.choice(_NAMES) + rng.choice(suffixes)
        )
        files.add("/".join([*folders, name]))
    return files


def _dotted(path: str) -> str:
    name = path.removeprefix("src/").removesuffix(".py").removesuffix("__init__")
    return name.strip("/").replace("/", ".")


def _random_statement(rng: random.Random) -> tuple[str, Import]:
    dotted = ".".join(rng.choice(_NAMES) for _ in range(rng.randint(1, 3)))
    kind = rng.randint(0, 3)
    if kind == 0:
        name = rng.choice(_NAMES)
        return f"from . import {name}", Import(module="", names=(name,), level=1, line=1)
    if kind == 1:
        level = rng.randint(1, 2)
        return f"from {'.' * level}{dotted} import *", Import(
            module=dotted, names=("*",), level=level, line=1
        )
    return f"import {dotted}", Import(module=dotted, line=1)


@pytest.mark.interpreters
@pytest.mark.parametrize("interpreter", PYTHONS)
def test_real_interpreters_find_the_same(interpreter: str, tmp_path: Path) -> None:
    python = PYENV / interpreter / "bin" / "python"
    if not python.exists():
        pytest.skip(f"no Python {interpreter} under {PYENV}")
    rng = random.Random(interpreter)  # noqa: S311 - a fixed sequence
    questions, expected, shown = [], [], []
    for number in range(500):
        files = _random_files(rng)
        root = tmp_path / str(number)
        candidates = sorted(path for path in files if path.endswith(".py"))
        importer = rng.choice(candidates) if candidates else "aa.py"
        files.add(importer)
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(
                _FILE.format(name=_dotted(importer)) if file == importer else ""
            )
        text, statement = _random_statement(rng)
        local = local_modules(files, ("", "src"))
        questions.append(([str(root), str(root / "src")], _dotted(importer), text))
        expected.append(_expect(local, importer, statement, PYTHONS[interpreter]))
        shown.append((sorted(files), importer, text))
    answer = subprocess.run(
        [python, "-E", "-s", "-c", _ASK],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    real = [
        (each and each.removeprefix(f"{tmp_path}/").partition("/")[2]) or each
        for each in json.loads(answer.stdout)
    ]
    asked = [each for each in zip(shown, expected, real, strict=True) if each[2] is not None]
    assert len(asked) > 150
    assert {"yes", "no"} <= {each[2] for each in asked}
    assert [each for each in asked if each[2] not in each[1]] == []


def _expect(
    local: LocalModules, importer: str, statement: Import, version: tuple[int, int]
) -> set[str]:
    """Say what the interpreter may answer: yes, no, or the extension module it tries to load."""
    found = local.find_import(statement, version=version, importer=Importer(path=importer))
    if isinstance(found, Found) and statement.names not in {(), ("*",)}:
        # Nothing defines attributes here, so what `from . import x` names must be a module.
        name = ".".join([*local.package_of(importer), *statement.names])
        found = local.find(name, version=version)
    path = found.path if isinstance(found, Found) else found.near
    if path is not None and path.endswith(".so"):
        return {path} if isinstance(found, Found) else {"no", path}
    return {"yes"} if isinstance(found, Found) else {"no"}
