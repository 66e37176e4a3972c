"""The platform's runtimes: read from their table, and what markers and wheels see of them.

Nothing here looks at the Python that runs it: a runtime owns its whole marker
environment and its whole list of wheel tags.
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import tomli
from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

from audit.errors import UsageError
from audit.platform import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packaging.markers import Marker

_SERIES = re.compile(r"[23]\.[0-9]{1,2}")
_MICRO = re.compile(r"[23]\.[0-9]{1,2}\.[0-9]{1,2}")
_GLIBC = re.compile(r"2\.[0-9]{1,2}")


def read_runtimes(text: str, source: str) -> tuple[Runtime, ...]:
    """Read a file of the form of `data/runtimes.toml`; `source` names it in messages.

    Raises UsageError where the file is no TOML or a `[[runtime]]` lacks or mistypes a field.
    """
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise UsageError(f"{source}: not TOML: {error}") from None
    rows = document.get("runtime")
    if not isinstance(rows, list) or not rows:
        raise UsageError(f"{source}: no [[runtime]] in it")
    runtimes = tuple(_runtime(row, f"{source}: runtime {n}") for n, row in enumerate(rows, 1))
    names = [runtime.name for runtime in runtimes]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{source}: runtime {name} is there twice")
    return runtimes


def _runtime(row: object, place: str) -> Runtime:
    if not isinstance(row, dict):
        raise UsageError(f"{place}: expected a table")
    python = _field(row, "python", place, _SERIES)
    full_version = _field(row, "full-version", place, _MICRO)
    if not full_version.startswith(f"{python}."):
        raise UsageError(f"{place}: full-version {full_version} is no {python}")
    limit = row.get("unpacked-limit")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit <= 0:
        raise UsageError(f"{place}: unpacked-limit: expected a number of bytes")
    search_path = row.get("search-path")
    if not isinstance(search_path, list) or not all(isinstance(x, str) for x in search_path):
        raise UsageError(f"{place}: search-path: expected a list of strings")
    built_ins = row.get("built-ins")
    if not isinstance(built_ins, bool):
        raise UsageError(f"{place}: built-ins: expected true or false")
    major, minor = _field(row, "glibc", place, _GLIBC).split(".")
    return Runtime(
        name=_field(row, "name", place),
        python=python,
        full_version=full_version,
        abi=_field(row, "abi", place),
        glibc=(int(major), int(minor)),
        machine=_field(row, "machine", place),
        search_path=tuple(search_path),
        unpacked_limit=limit,
        has_built_ins=built_ins,
        source=_field(row, "source", place),
    )


def _field(
    row: Mapping[str, Any], key: str, place: str, form: re.Pattern[str] | None = None
) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{place}: {key}: expected a string")
    if form is not None and not form.fullmatch(value):
        raise UsageError(f"{place}: {key}: {value!r} is not of the expected form")
    return value


def select(names: Sequence[str], runtimes: Sequence[Runtime]) -> tuple[Runtime, ...]:
    """Return the runtimes that the names mean, in the order of the table; all for no name.

    `Python3.6`, `python3.6`, `py36`, `cp36` and `3.6` mean one; `python3` and `python2` mean
    the newest of that major version that has built-ins, as the platform's own table does;
    `all` means every one.
    Raises UsageError for a name that means none, with the nearest one that exists.
    """
    every = not names or any(name.strip().lower() == "all" for name in names)
    wanted = {_named(name, runtimes).name for name in names if name.strip().lower() != "all"}
    return tuple(runtime for runtime in runtimes if every or runtime.name in wanted)


def _named(name: str, runtimes: Sequence[Runtime]) -> Runtime:
    written = name.strip().lower()
    spelling = re.sub(r"^(python|py|cp)[-_ ]?", "", written)
    for runtime in runtimes:
        if written == runtime.name.lower():
            return runtime
    for runtime in runtimes:
        if spelling in {runtime.python, runtime.python.replace(".", "")}:
            return runtime
    by_age = sorted(runtimes, key=lambda runtime: runtime.version, reverse=True)
    for runtime in by_age:
        if runtime.has_built_ins and spelling == runtime.python.split(".")[0]:
            return runtime
    known = [runtime.name for runtime in runtimes]
    spelled = {known_name.lower(): known_name for known_name in known}
    near = difflib.get_close_matches(f"python{spelling}", spelled, n=1, cutoff=0.8)
    hint = f"did you mean {spelled[near[0]]}?" if near else f"known: {', '.join(known)}"
    raise UsageError(f"no runtime {name!r}; {hint}")


@lru_cache(maxsize=64)
def marker_environment(runtime: Runtime) -> Mapping[str, str]:
    """Return every marker variable of PEP 508 as the runtime's own interpreter has it.

    CPython 2.7 has no `sys.implementation`, so its `implementation_name` is empty and its
    `implementation_version` is `0`, as `packaging` on 2.7 answers; its `sys.platform` is
    `linux2`. The kernel is CentOS 7's series; its build string is not published.
    """
    is_python2 = runtime.version < (3, 0)
    return {
        "implementation_name": "" if is_python2 else "cpython",
        "implementation_version": "0" if is_python2 else runtime.full_version,
        "os_name": "posix",
        "platform_machine": runtime.machine,
        "platform_python_implementation": "CPython",
        "platform_release": "3.10.0",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": runtime.full_version,
        "python_version": runtime.python,
        "sys_platform": "linux2" if is_python2 else "linux",
    }


def marker_holds(marker: Marker | None, runtime: Runtime, extra: str = "") -> bool:
    """Whether a marker selects its requirement on the runtime.

    A comparison or a variable that PEP 508 leaves undefined counts as selected: a demand
    too many is shown, a demand too few would pass in silence.
    """
    if marker is None:
        return True
    try:
        return marker.evaluate({**marker_environment(runtime), "extra": extra})
    except (UndefinedComparison, UndefinedEnvironmentName):
        return True


@lru_cache(maxsize=64)
def wheel_tags(runtime: Runtime) -> Mapping[str, int]:
    """Return the wheel tags that the runtime can load, each with its rank, 0 the best fit."""
    # Costs some 15 ms of imports, and only projects with vendored or indexed wheels need it.
    from packaging.tags import compatible_tags, cpython_tags  # noqa: PLC0415

    platforms = list(_platforms(runtime))
    interpreter = f"cp{runtime.python.replace('.', '')}"
    tags = (
        *cpython_tags(runtime.version, abis=[runtime.abi], platforms=platforms),
        *compatible_tags(runtime.version, interpreter=interpreter, platforms=platforms),
    )
    return {str(tag): rank for rank, tag in enumerate(dict.fromkeys(tags))}


def _platforms(runtime: Runtime) -> Iterator[str]:
    """Yield platform tags, newest glibc first (PEP 600, with the aliases of PEP 513, 571, 599)."""
    legacy = {(2, 17): "manylinux2014", (2, 12): "manylinux2010", (2, 5): "manylinux1"}
    major, newest = runtime.glibc
    # manylinux_2_5 is the oldest that PEP 600 defines for x86_64.
    for minor in range(newest, 4, -1):
        yield f"manylinux_{major}_{minor}_{runtime.machine}"
        if (major, minor) in legacy:
            yield f"{legacy[major, minor]}_{runtime.machine}"
    yield f"linux_{runtime.machine}"
