"""The checks of this repository by name, for CI and for hands: `.venv/bin/nox -s types`.

They run in the environment that nox itself is installed in (README.md, "Developing"), so
each is a plain command; `.ci/run` makes that environment anew and runs them all.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import venv
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["style", "types", "layers", "tests"]

BIN = Path(sys.executable).parent
RUNTIMES = f"""
[[runtime]]
name = "Here"
python = "{sys.version_info[0]}.{sys.version_info[1]}"
full-version = "{platform.python_version()}"
full-version-source = "measured"
abi = "cp{sys.version_info[0]}{sys.version_info[1]}"
glibc = "2.17"
machine = "{platform.machine()}"
search-path = ["package", "standard library", "built-ins"]
unpacked-limit = 500_000_000
built-ins = true
source = "noxfile.py"
"""


@nox.session
def style(session: nox.Session) -> None:
    """Lint, and see that the formatter would change nothing."""
    session.run(BIN / "ruff", "check", external=True)
    session.run(BIN / "ruff", "format", "--check", external=True)


@nox.session
def types(session: nox.Session) -> None:
    """Check types strictly, tests included."""
    session.run(BIN / "mypy", external=True)


@nox.session
def layers(session: nox.Session) -> None:
    """Hold the architecture: imports run downwards only."""
    session.run(BIN / "lint-imports", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests under coverage; its floor stands in pyproject.toml."""
    session.run(BIN / "coverage", "run", "-m", "pytest", *session.posargs, external=True)
    session.run(BIN / "coverage", "report", external=True)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel and audit an example with it, installed where nothing else is."""
    with tempfile.TemporaryDirectory() as folder:
        session.run(BIN / "python", "-m", "build", "--wheel", "--outdir", folder, external=True)
        venv.create(Path(folder, "venv"), with_pip=True)
        python = Path(folder, "venv", "bin", "python")
        built = next(Path(folder).glob("*.whl"))
        session.run(python, "-m", "pip", "install", "--quiet", built, external=True)
        session.run(python.with_name("scf-audit"), "examples/clean", external=True)


@nox.session
def itself(session: nox.Session) -> None:
    """Audit this repository with the tool it holds, against the Python it runs on.

    That Python is a platform like any other: a runtime, and what pip lists as its built-ins.
    """
    with tempfile.TemporaryDirectory() as folder:
        runtimes, table = Path(folder, "runtimes.toml"), Path(folder, "libraries.json")
        runtimes.write_text(RUNTIMES, encoding="utf-8")
        pip_list = (BIN / "python", "-m", "pip", "list", "--format=json")
        table.write_text(str(session.run(*pip_list, silent=True, external=True)), encoding="utf-8")
        audit = (BIN / "scf-audit", "pyproject.toml", "--group=dev")
        here = ("--runtimes", str(runtimes), "--table", str(table), "--runtime=Here")
        # The examples are for other Pythons, the cases are wrong on purpose, and the peers of
        # the benchmarks are not installed here.
        apart = ("--exclude=/examples", "--exclude=/tests/cases", "--exclude=/benchmarks")
        session.run(*audit, *here, *apart, *session.posargs, external=True)
