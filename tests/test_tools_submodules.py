"""`tools.submodules`: what an interpreter tells of itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.submodules import submodules


@pytest.mark.interpreters
def test_the_python_that_runs_the_tests_can_be_asked() -> None:
    python = "{}.{}".format(*sys.version_info)
    found = submodules({python: Path(sys.executable)})
    assert found["logging.handlers"][""] == "."
    assert "logging.config" in found["logging.handlers"]["+"].split()
    assert found["xml.dom.minidom"][""] == "."
    assert "os.path" not in found
    assert "json.decoder" not in found
