"""What real interpreters have in their standard library: members, and arguments by keyword."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stdlib_list import short_versions, stdlib_list
from vermin import Config, rules  # type: ignore[import-untyped]  # has no types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Version = tuple[int, int]
    Since = tuple[Version | None, Version | None]

_ASK = Path(__file__).with_name("member_differences.script")
HAS, LACKS, UNTOLD = "+-?"

# No function needs them, or what they hold is their own business.
_LEFT_OUT = re.compile(
    r".*\._.*|(?:_.*|tests?|.*_test|idlelib|lib2to3|turtle(?:demo)?|[Tt]kinter|antigravity|this|ensurepip"
    r"|pydoc(?:_data)?|encodings|distutils|lib|lib-tk|pip|venv|bsddb|compiler|hotshot|posix|sre_\w+"
    r"|symbol|token|tokenize|opcode|dis|pdb|pickletools|dummy_threading|macpath|pyexpat|builtins"
    r"|__builtin__)(?:\..*)?"
    r"|(?:asyncio|concurrent\.futures|multiprocessing|unittest|ctypes|xml\.dom)"
    r"\.(?!dom\.minidom|mock|util|pool|managers|shared_memory|wintypes)\w+(?:\..*)?|sqlite3\.dbapi2|\w+\.tests?(?:\..*)?"
)
# What of these there is depends on the C libraries and the kernel that Python was built with.
_BUILT_APART = frozenset(
    {
        "curses",
        "errno",
        "fcntl",
        "hashlib",
        "locale",
        "mmap",
        "os",
        "pickle",
        "readline",
        "resource",
    }
    | {"select", "signal", "socket", "sqlite3", "ssl", "syslog", "termios", "time", "tty", "zlib"}
)
# Of these a name that no Linux has belongs to another system.
_OF_SYSTEMS = frozenset({"", "ctypes", "os", "select", "socket", "ssl", "sys"})
_STATEMENTS = frozenset({"exec", "print"})  # of Python 2, and called alike there
_OF_PRINT = frozenset({"print.__mod__", "print.__rshift__"})  # `print("%s") % x`, `print >>f, x`
# Arguments that a function hands on as `**kwargs`, or that C takes without telling: each in a call.
_CALLS = {
    # Codecs that turn text into text, or bytes into bytes, and stand as an argument of their own.
    "bytes.decode(base64)": "b'eA=='.decode('base64')",
    "bytes.decode(hex)": "b'78'.decode('hex')",
    **{
        f"str.encode({codec})": f"'x'.encode('{codec}')"
        for codec in ("base64", "bz2", "hex", "quopri", "rot13", "uu", "zip", "zlib")
    },
    "functools:lru_cache(user_function)": "lru_cache(max)(1, 2)",
    "json:dump(encoding)": "dump({}, open(os.devnull, 'w'), encoding='utf-8')",
    "json:dumps(encoding)": "dumps({}, encoding='utf-8')",
    "json:load(encoding)": "load(io.StringIO(u'{}'), encoding='utf-8')",
    "json:loads(encoding)": "loads('{}', encoding='utf-8')",
    "list.sort(cmp)": "[].sort(cmp=None)",
    "logging:basicConfig(encoding)": "basicConfig(encoding='utf-8', filename=os.devnull)",
    "logging:basicConfig(errors)": "basicConfig(errors=None, filename=os.devnull)",
    "logging:basicConfig(force)": "basicConfig(force=True)",
    "logging:basicConfig(handlers)": "basicConfig(handlers=[])",
    "logging:basicConfig(style)": "basicConfig(style='%')",
    "str.split(maxsplit)": "''.split(maxsplit=1)",
    "str.split(sep)": "''.split(sep=' ')",
    "str.splitlines(keepends)": "''.splitlines(keepends=True)",
}
_CONSTANT = re.compile(r"(?:\w+\.)*[A-Z_][A-Z0-9_]*").fullmatch


RULES: Mapping[str, Since] = rules.MOD_MEM_REQS(Config())
KEYWORD_RULES: Mapping[tuple[str, str], Since] = rules.KWARGS_REQS(Config())


class Asked(NamedTuple):
    """What one interpreter answered."""

    version: str
    python: str
    states: Mapping[str, str]
    """Member -> `+`, `-` or `?`, by the name it has with its module."""
    keywords: Mapping[str, tuple[frozenset[str], bool]]
    """Callable -> the arguments that can be named, and whether others may be too."""
    called: Mapping[str, str] = {}
    """`function(argument)` -> `+` or `-`, by what a call with it came to."""


def ask(interpreters: Iterable[Path]) -> list[Asked]:
    """Ask interpreters what they have, then what they lack of all that is known."""
    modules = _modules()
    surveys = {path: _answer(path, {"modules": modules}) for path in interpreters}
    names: dict[str, set[str]] = defaultdict(set)
    for _, found in surveys.values():
        for module, rows in found.items():
            names[module].update(rows)
    # For `int | None`, `type[int]`, `{} | {}`, and what Python 2 has as a statement.
    names[""] |= {"type.__or__", "type.__class_getitem__", "dict.__or__", *_OF_PRINT}
    _add_rules(names)
    wanted = {module: sorted(rows) for module, rows in sorted(names.items())}
    return [
        _read(survey, _answer(path, {"modules": modules, "names": wanted, "calls": _CALLS}), wanted)
        for path, survey in surveys.items()
    ]


def _modules() -> list[str]:
    listed = set().union(*(stdlib_list(python) for python in short_versions))
    # `""` stands for the built-in names; Python 2 has some modules under two names.
    return ["", *sorted(name for name in listed if not _LEFT_OUT.fullmatch(name))]


def _add_rules(names: dict[str, set[str]]) -> None:
    """Add the members that vermin knows, to be looked for in every interpreter."""
    for full in RULES:
        parts = full.split(".")
        for end in range(len(parts) - 1, -1, -1):
            module = ".".join(parts[:end])
            known = end or len(parts) == 1 or parts[0] in names[""]
            if module in names and known and not any(part.startswith("_") for part in parts):
                names[module].add(".".join(parts[end:]))
                break


def _answer(interpreter: Path, question: object) -> Any:  # noqa: ANN401 - what JSON holds
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [interpreter, "-E", "-s", "-c", _ASK.read_text(encoding="utf-8")],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=empty,
            input=json.dumps(question),
        )
    return json.loads(done.stdout)


def _read(survey: Any, second: Any, wanted: Mapping[str, Sequence[str]]) -> Asked:  # noqa: ANN401 - what JSON holds
    version, found = survey
    return Asked(
        version=version,
        python=".".join(version.split(".")[:2]),
        states={
            _whole(module, name): state
            for module, states in second[1].items()
            for name, state in zip(wanted[module], states, strict=True)
        },
        keywords={
            _whole(module, name): (frozenset(told[0]), told[1])
            for module, rows in found.items()
            for name, told in rows.items()
            if told is not None
        },
        called=second[2],
    )


def _whole(module: str, name: str) -> str:
    # A colon tells where the module ends.
    return f"{module}:{name}" if module else name


def patterns(asked: Sequence[Asked]) -> dict[str, str]:
    """Return for each member one sign a Python: `+` has it, `-` lacks it, `?` is not told."""
    found = {}
    for name in sorted(set().union(*(each.states for each in asked))):
        module, _, inner = name.rpartition(":")
        pattern = "".join(each.states.get(name, UNTOLD) for each in asked)
        if module in _BUILT_APART and _CONSTANT(inner):
            pattern = pattern.replace(LACKS, UNTOLD)
        # What no class has is set on its instances, most often.
        elsewhere = module in _OF_SYSTEMS and "." not in inner and not _CONSTANT(inner)
        if (HAS in pattern or elsewhere) and name not in _STATEMENTS:
            found[name] = pattern
    return found


def keyword_patterns(asked: Sequence[Asked]) -> dict[str, str]:
    """Return the like for arguments by keyword: `module:function(keyword)`."""
    named: dict[str, set[str]] = defaultdict(set)
    for each in asked:
        for function, (keywords, _) in each.keywords.items():
            named[function] |= keywords
    for function, keyword in KEYWORD_RULES:
        for known in {_at_module(function, place) for place in range(function.count(".") + 1)}:
            if known in named:
                named[known].add(keyword)
    for name in set().union(*(each.called for each in asked)):
        function, _, keyword = name[:-1].partition("(")
        named[function].add(keyword)
    found = {
        f"{function}({keyword})": "".join(_passes(each, function, keyword) for each in asked)
        for function, keywords in sorted(named.items())
        for keyword in sorted(keywords)
        if not keyword.startswith("_") and keyword not in {"self", "cls"}
    }
    return {name: pattern for name, pattern in found.items() if {HAS, LACKS} & {*pattern}}


def _at_module(name: str, place: int) -> str:
    parts = name.split(".")
    return _whole(".".join(parts[:place]), ".".join(parts[place:]))


def _passes(each: Asked, function: str, keyword: str) -> str:
    called = each.called.get(f"{function}({keyword})")
    if called:
        return called
    if function not in each.keywords:
        return UNTOLD
    keywords, others = each.keywords[function]
    if keyword in keywords:
        return HAS
    return UNTOLD if others else LACKS
