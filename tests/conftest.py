"""What all tests share: which of them run here, and the program to run in-process."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--network",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="run the tests that ask the package index too (default: only where CI is set)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--network"):
        return
    skipped = pytest.mark.skip(reason="asks the package index: give --network")
    for item in items:
        if "network" in item.keywords:
            item.add_marker(skipped)


class Ran(NamedTuple):
    """What the program said and ended with."""

    code: int
    out: str
    err: str


class Program(Protocol):
    """The program as a function of its arguments, the folder it runs in and its environment."""

    def __call__(
        self, *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> Ran: ...


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    """Run `scf-audit` in this process, with streams of its own and an empty environment."""
    from audit.cli import main  # noqa: PLC0415  # coverage has to be measuring by then

    def run(
        *arguments: str, cwd: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> Ran:
        if cwd is not None:
            monkeypatch.chdir(cwd)
        out, err = io.StringIO(), io.StringIO()
        code = main(arguments, stdout=out, stderr=err, environ=environ or {})
        return Ran(code, out.getvalue(), err.getvalue())

    return run
