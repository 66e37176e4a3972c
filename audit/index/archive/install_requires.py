"""What a setup.py gives as `install_requires`, and whether the running Python chooses it."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from audit.index.archive.setup_script import Line, Script

_REQUIRES = re.compile(r"\binstall_requires\b(?:['\"]\s*\]?)?\s*(?:\+?=(?!=)|:)\s*")
_NAME = "install_requires"
_ALTERED = re.compile(r"\binstall_requires\b(?:['\"]\s*\])?\.")
_NAMED = re.compile(r"\binstall_requires\b")


def is_named(script: Script) -> bool:
    """Tell whether it mentions `install_requires` at all."""
    return any(_NAMED.search(line.code) for line in script)


def written_out(script: Script) -> tuple[str, ...] | None:
    """Return its `install_requires` where it is one list that is written out, else None."""
    values = [value for line in script for value in _values(line) if value[1] != _NAME]
    if len(values) != 1 or any(_ALTERED.search(line.code) for line in script):
        return None
    code, bare = values[0]
    if bare.isidentifier():
        changing = _changes({bare})
        changed = [line for line in script if changing.search(line.code)]
        assigned = _ASSIGNED.match(changed[0].bare) if len(changed) == 1 else None
        if assigned is None or assigned["name"] != bare or changed[0].indent:
            return None
        code = changed[0].code[assigned.start("value") :]
    return _strings(code)


def _strings(code: str) -> tuple[str, ...] | None:
    import ast  # noqa: PLC0415 - 5 ms, and only for the few sdists without static metadata

    try:
        value = ast.literal_eval(code.strip())
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(value, str):
        return tuple(value.split("\n"))
    is_list = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return tuple(value) if is_list else None


def _values(line: Line) -> Iterator[tuple[str, str]]:
    """Yield what is given as `install_requires` on a line, in both forms."""
    for found in islice(_REQUIRES.finditer(line.code), _MOST_VALUES):
        depth, end = 0, found.end()
        for end, letter in enumerate(line.bare[found.end() :], start=found.end()):  # noqa: B007
            depth += (letter in "([{") - (letter in ")]}")
            if depth < 0 or (depth == 0 and letter == ","):
                break
        else:
            end = len(line.bare)
        yield line.code[found.end() : end].strip(), line.bare[found.end() : end].strip()


_MOST_VALUES = 50  # on one line, which a person would give one

_TEST = (
    r"\bsys\.(?:version\w*|hexversion|platform)\b|\bversion_info\b|\bos\.name\b|\bplatform\.\w+\("
    r"|\b(?:is_?)?(?:PY|py)(?:THON|thon)?_?[23]\w*\b|\bpython_?version\w*"
)
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_ASSIGNED = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*\+?=(?!=)(?P<value>.*)")
_MOST_NAMES = 200  # more are nothing that a person wrote
_ROUNDS = 4  # how far a list is followed through other names


def is_computed(script: Script) -> bool:
    """Tell whether what it requires depends on the Python that runs it.

    That is where a test of the Python or the platform, or an import that may fail, decides on
    anything that ends up in `install_requires`.
    """
    names = _feeding(script)
    test = _test(script)
    if len(names) > _MOST_NAMES:
        return True
    if any(test.search(bare) for line in script for _, bare in _values(line)):
        return True
    changes = _changes(names)
    function = re.compile(rf"\s*def (?:{'|'.join(names)})\b")
    is_assigned = any(
        (said := _ASSIGNED.match(line.bare))
        and said["name"] in names
        and test.search(said["value"])
        for line in script
    )
    return is_assigned or any(
        (place.is_tested and changes.search(line.code))
        or (place.is_feeding and test.search(line.bare))
        for line, place in _placed(script, test, function)
    )


def _feeding(script: Script) -> frozenset[str]:
    """Return the names from which `install_requires` is made."""
    names = {_NAME}
    for line in script:
        names.update(word for _, bare in _values(line) for word in _WORD.findall(bare))
    assigned = [said for line in script if (said := _ASSIGNED.match(line.bare))]
    for _ in range(_ROUNDS):
        names.update(
            word
            for said in assigned
            if said["name"] in names
            for word in _WORD.findall(said["value"])
        )
    return frozenset(names)


def _changes(names: Collection[str]) -> re.Pattern[str]:
    own = r"\binstall_requires|" if _NAME in names else ""
    how = (
        r"(?:\s*\+?=(?!=)|\.(?:append|extend|insert|remove|pop|update|add)\b|['\"]\s*\]?\s*[:=+.])"
    )
    return re.compile(rf"(?:{own}(?<![\w.])(?:{'|'.join(sorted(names))}))\b{how}")


def _test(script: Script) -> re.Pattern[str]:
    """Return what tells a test of the running Python, names that hold one included."""
    known = re.compile(_TEST)
    said = (_ASSIGNED.match(line.bare) for line in script)
    held = {each["name"] for each in said if each and known.search(each["value"])}
    held_too = (rf"\b{name}\b" for name in sorted(held)[:_MOST_NAMES])
    return re.compile("|".join([_TEST, *held_too]))


class _Place(NamedTuple):
    """What is around a line."""

    indent: int
    is_tested: bool
    """Whether it only runs on some Pythons."""
    is_feeding: bool
    """Whether it is in a function that requirements come from."""


_NOWHERE = _Place(-1, is_tested=False, is_feeding=False)
_OPENS = re.compile(r"\s*(?:if|elif|else|try|except|finally|for|while|with|def|class)\b")
_GOES_ON = re.compile(r"\s*(?:elif|else|except|finally)\b")
_EXCEPT = re.compile(
    r"\s*except\s*(?::|.*\b(?:ImportError|ModuleNotFoundError|NameError|AttributeError|Exception)\b)"
)


def _placed(
    script: Script, test: re.Pattern[str], function: re.Pattern[str]
) -> Iterator[tuple[Line, _Place]]:
    around = [_NOWHERE]
    for line in script:
        left = _NOWHERE
        while around[-1].indent >= line.indent:
            left = around.pop()
        outer = around[-1]
        if not _OPENS.match(line.bare):
            yield line, outer
            continue
        goes_on = left.is_tested and left.indent == line.indent and _GOES_ON.match(line.bare)
        tests = goes_on or _EXCEPT.match(line.bare) or test.search(line.bare)
        place = _Place(
            indent=line.indent,
            is_tested=outer.is_tested or bool(tests),
            is_feeding=outer.is_feeding or function.match(line.bare) is not None,
        )
        around.append(place)
        yield line, place
