"""What other resolvers answer to a set of requirements: uv for 3.6 and later, pip for 2.7 and 3.6.

pip resolves for the Python that runs it only, so it needs real ones; the last of its releases
that runs on each is fetched as a wheel, and run as it is.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from tools.synthesis import PACKINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Answer = list[str] | str
    """Pins, sorted; or what a tool said that found none."""

PYTHONS = {"3.6": "3.6.1", "3.7": "3.7.2", "3.9": "3.9.10", "3.10": "3.10.4"}
"""The versions that uv is asked for: those of data/runtimes.toml."""
PIPS = {"2.7": "20.3.4", "3.6": "21.3.1"}
"""The last pip for a Python; 20.3.4 has the resolver of today, where it is asked to."""
UV_MODES: Mapping[str, tuple[str, ...]] = {
    "uv": (),
    "uv only-binary": ("--only-binary", ":all:"),
    "uv lowest": ("--resolution", "lowest-direct"),
}
PIP_MODES: Mapping[str, tuple[str, ...]] = {"pip": (), "pip prefer-binary": ("--prefer-binary",)}
_PATIENCE = 240  # seconds
_SAID = 300  # characters that are kept of a failure


def questions(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the modes and Pythons that a row of sets.toml is to be answered for."""
    uv_modes = [mode for mode in UV_MODES if mode != "uv lowest" or row.get("lowest")]
    pip_modes = PIP_MODES if row.get("pip", True) else ()
    pips = [python for python in PIPS if _interpreter(python)]
    return [*product(uv_modes, PYTHONS), *product(pip_modes, pips)]


def answer(requirements: Sequence[str], mode: str, python: str, index: str, cache: Path) -> Answer:
    """Let a tool resolve requirements in one of its modes for a Python."""
    if mode in UV_MODES:
        return uv(requirements, python, index, cache, UV_MODES[mode])
    program = (_interpreter(python) or "", f"{_pip_wheel(PIPS[python])}/pip", "download", "--quiet")
    options = ("--use-feature=2020-resolver",) if python == "2.7" else ()
    return pip((*program, *options, *PIP_MODES[mode], *requirements), index)


def uv_command(python: str, index: str, cache: Path) -> tuple[str, ...]:
    """Return the command that resolves what standard input requires, for a runtime."""
    beside = Path(sys.executable).with_name("uv")
    return (
        str(beside if beside.exists() else "uv"),
        *("pip", "compile", "--no-config", "--quiet", "--no-header", "--no-annotate"),
        *("--python", sys.executable, "--no-build-isolation"),  # the index has no build tools
        *("--python-version", PYTHONS[python], "--python-platform", "x86_64-manylinux2014"),
        *("--default-index", index, "--cache-dir", str(cache), "-"),
    )


def uv(
    requirements: Sequence[str], python: str, index: str, cache: Path, options: Sequence[str] = ()
) -> Answer:
    """Ask uv to resolve for a runtime, as if its Python ran."""
    command = (*uv_command(python, index, cache), *options)
    ran = _ran(command, "\n".join(requirements))
    if ran.returncode:
        return gist(ran.stderr)
    lines = (line.partition(";")[0].strip() for line in ran.stdout.splitlines())
    return sorted(line for line in lines if "==" in line)


def pip(command: Sequence[str], index: str) -> Answer:
    """Let a pip download what it would install; `command` lacks only where from and where to."""
    with tempfile.TemporaryDirectory() as folder:
        options = ("--isolated", "--disable-pip-version-check", "--no-cache-dir")
        ran = _ran((*command, *options, "--index-url", index, "--dest", folder))
        if ran.returncode:
            return gist(ran.stderr)
        return sorted(pin(path.name) for path in Path(folder).iterdir())


def gist(said: str) -> str:
    """Return the beginning of a failure, without warnings and addresses of this machine."""
    lines = [line for line in said.splitlines() if not line.startswith(_NOISE)]
    text = " ".join(" ".join(lines).split())
    return re.sub(r"http://127\.0\.0\.1:\d+", "", text)[:_SAID]


_NOISE = ("DEPRECATION:", "WARNING:", "You should consider upgrading")


def pin(file: str) -> str:
    """Return the pin of a file; the version of an sdist begins with the first digit after a `-`.

    packaging would split `functools32-3.2.3-2.tar.gz` at the last `-`.
    """
    if file.endswith(".whl"):
        name, version, *_ = parse_wheel_filename(file)
        return f"{name}=={version}"
    stem = file.removesuffix(next(ending for ending in PACKINGS if file.endswith(ending)))
    written, number = re.split(r"-(?=\d)", stem, maxsplit=1)
    return f"{canonicalize_name(written)}=={Version(number)}"


def _pip_wheel(version: str) -> Path:
    """Return a wheel of pip, downloaded unless it is there."""
    folder = Path(tempfile.gettempdir()) / "scf-audit-downloads"
    found = list(folder.glob(f"pip-{version}-*.whl"))
    if not found:
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
        subprocess.run((*command, "--dest", folder, f"pip=={version}"), check=True)
        found = list(folder.glob(f"pip-{version}-*.whl"))
    return found[0]


def _interpreter(python: str) -> str | None:
    """Return an interpreter of a series: pyenv's, else the one on PATH, else None."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = sorted(versions.glob(f"{python}.*/bin/python"))
    return str(found[-1]) if found else shutil.which(f"python{python}")


def _ran(command: Sequence[str], stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a tool as nobody has configured it."""
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))
    }
    environ |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        return subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            env=environ,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        said = f"no answer within {_PATIENCE} s"
        return subprocess.CompletedProcess(command, 1, "", said)
