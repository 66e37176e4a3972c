"""What pyproject.toml and setup.cfg tell of an sdist: what a build would read of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name

from audit.metadata import requires_txt_lines
from audit.model import Declared, Supports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.model import Statement

_PYPROJECT = "pyproject.toml"
_SETUP_CFG = "setup.cfg"


class Found(NamedTuple):
    """Requirements as lines of Requires-Dist."""

    lines: tuple[str, ...]
    unsure: str | None = None
    """Why these may not be all."""


def requirements(texts: Mapping[str, str]) -> Found | None:
    """Return what they say it requires, None where they leave that to setup.py."""
    found = _of_pyproject(texts) if _PYPROJECT in texts else None
    return _of_setup_cfg(texts) if found is None else found


def _of_pyproject(texts: Mapping[str, str]) -> Found | None:
    data = _pyproject(texts)
    if data is None:
        return Found((), f"its {_PYPROJECT} cannot be read")
    project = _table(data, "project")
    if "dependencies" in _list(project, "dynamic"):
        if _table(data, "tool", "setuptools", "dynamic", "dependencies"):
            return Found((), "what it requires is read from other files when it is built")
        is_elsewhere = "setup.py" in texts or _SETUP_CFG in texts
        return None if is_elsewhere else Found((), "its build computes what it requires")
    poetry = _table(data, "tool", "poetry")
    if not project and not poetry:
        return None
    lines = _lines(texts, ())
    extras = (*_table(project, "optional-dependencies"), *_table(poetry, "extras"))
    sections = [
        f"[{extra}]\n" + "\n".join(_lines(texts, (extra,))[len(lines) :]) for extra in extras
    ]
    return Found((*lines, *requires_txt_lines("\n".join(sections))))


def _lines(texts: Mapping[str, str], groups: tuple[str, ...]) -> tuple[str, ...]:
    declared = (each for each in _statements(texts, groups) if isinstance(each, Declared))
    return tuple(str(each.requirement) for each in declared)


def _statements(texts: Mapping[str, str], groups: tuple[str, ...]) -> tuple[Statement, ...]:
    from audit.requirements.document import Document  # noqa: PLC0415 - for few sdists only
    from audit.requirements.pyproject import read  # noqa: PLC0415 - as above

    return read(Document(_PYPROJECT, texts.get(_PYPROJECT, ""), environ={}, groups=groups))


def _pyproject(texts: Mapping[str, str]) -> Mapping[str, object] | None:
    """Return the document, empty where there is none, None where it is no TOML."""
    import tomli  # noqa: PLC0415 - 10 ms, and only where an sdist is read

    try:
        return tomli.loads(texts.get(_PYPROJECT, ""))
    except (tomli.TOMLDecodeError, RecursionError):
        return None


def _table(data: object, *path: str) -> Mapping[str, object]:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _list(table: Mapping[str, object], key: str) -> list[object]:
    value = table.get(key)
    return value if isinstance(value, list) else []


def _of_setup_cfg(texts: Mapping[str, str]) -> Found | None:
    sections = _setup_cfg(texts)
    if sections is None:
        return Found((), f"its {_SETUP_CFG} cannot be read")
    written = sections.get("options", {}).get("install_requires")
    if written is None:
        return None
    if written.strip().startswith("file:"):
        return Found((), "what it requires is read from other files when it is built")
    extras = sections.get("options.extras_require", {})
    parts = [written, *(f"[{extra}]\n{lines}" for extra, lines in extras.items())]
    return Found(requires_txt_lines("\n".join(parts).replace(";\n", "\n")))


def _setup_cfg(texts: Mapping[str, str]) -> Mapping[str, Mapping[str, str]] | None:
    """Return its sections, none where there is no such file, None where it is damaged."""
    import configparser  # noqa: PLC0415 - 6 ms, and only where an sdist is read

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(texts.get(_SETUP_CFG, ""))
    except configparser.Error:
        return None
    return {name: {k: v or "" for k, v in parser.items(name)} for name in parser.sections()}


def requires_python(texts: Mapping[str, str]) -> str | None:
    """Return the Pythons that they say it runs on."""
    if _PYPROJECT in texts:
        for each in _statements(texts, ()):
            if isinstance(each, Supports):
                return str(each.specifier)
    return (_setup_cfg(texts) or {}).get("options", {}).get("python_requires")


_COMPILING = frozenset(
    {
        *("cffi", "cmake", "cython", "cython-build", "hatch-cython", "hatch-mypyc", "maturin"),
        *("meson-python", "mypy", "nanobind", "ninja", "oldest-supported-numpy", "py-build-cmake"),
        *("pybind11", "scikit-build", "scikit-build-core", "setuptools-golang", "setuptools-rust"),
        *("sip", "swig"),
    }
)
"""Build requirements of distributions that have extension modules."""


def compiles(texts: Mapping[str, str]) -> bool:
    """Tell whether the build that they ask for makes extension modules, be they optional."""
    data = _pyproject(texts) or {}
    requires = (str(each) for each in _list(_table(data, "build-system"), "requires"))
    names = {canonicalize_name(_name(each)) for each in requires}
    is_poetry_built = bool(_table(data, "tool", "poetry").get("build"))
    has_modules = bool(_list(_table(data, "tool", "setuptools"), "ext-modules"))
    return "Cargo.toml" in texts or bool(names & _COMPILING) or is_poetry_built or has_modules


def _name(requirement: str) -> str:
    ends = (
        at for at, letter in enumerate(requirement) if not (letter.isalnum() or letter in "-_.")
    )
    return requirement[: next(ends, len(requirement))]
