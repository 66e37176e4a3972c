"""Programs that are no interpreters, and those that are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import pytest

PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"


class Fake(Protocol):
    """Makes a program out of lines of shell; `{me}` stands for its own path."""

    def __call__(self, path: Path | str, *lines: str) -> str: ...


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    def make(path: Path | str, *lines: str) -> str:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(("#!/bin/sh", *lines, "")).replace("{me}", str(file))
        file.write_text(text)
        file.chmod(0o755)
        return str(file)

    return make


@pytest.fixture(scope="session")
def real() -> dict[str, str]:
    """Return the interpreters under pyenv, feature version to path."""
    found = {}
    for python in ("2.7", "3.6", "3.7", "3.9", "3.10", "3.13"):
        for path in sorted(PYENV.glob(f"{python}.*/bin/python")):
            found[python] = str(path)
    if not found:
        pytest.skip("no interpreters under pyenv")
    return found
