from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.cli.settings import Settings, configuration, decide
from audit.config import Config
from audit.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = Config(file="")


def test_what_nobody_sets_has_its_default() -> None:
    assert decide({"targets": ("a",)}, NOTHING) == Settings(targets=("a",))


def test_an_option_that_is_not_given_comes_from_the_configuration() -> None:
    config = Config(file="c.toml", runtime=("py36",), offline=True, imports=False)

    settings = decide({"targets": ("a",), "runtime": (), "offline": None, "imports": None}, config)

    assert settings == Settings(
        targets=("a",), runtime=("py36",), offline=True, imports=False, config="c.toml"
    )


def test_the_command_line_overrides_the_configuration() -> None:
    config = Config(file="c.toml", runtime=("py36",), offline=True, format="json")

    settings = decide(
        {"targets": ("a",), "runtime": ("py27",), "offline": False, "format": "text"}, config
    )

    assert (settings.runtime, settings.offline, settings.format) == (("py27",), False, "text")


def test_the_configuration_is_sought_where_the_first_target_is(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.scf-audit]\nhandler = "a.b"\n')
    (tmp_path / "requirements.txt").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".scf-audit.toml").write_text('handler = "c.d"\n')

    for target in (tmp_path, tmp_path / "requirements.txt", tmp_path / "missing.txt"):
        assert configuration(None, (str(target), str(elsewhere))).handler == "a.b"
    assert configuration(None, (str(elsewhere), str(tmp_path))).handler == "c.d"


def test_a_named_configuration_is_the_only_one(tmp_path: Path) -> None:
    (tmp_path / ".scf-audit.toml").write_text('handler = "a.b"\n')
    (tmp_path / "ci.toml").write_text("offline = true\n")

    config = configuration(str(tmp_path / "ci.toml"), (str(tmp_path),))

    assert config == Config(file=str(tmp_path / "ci.toml"), offline=True)


def test_a_named_configuration_must_hold_ours(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")

    with pytest.raises(UsageError, match=r"pyproject.toml: no \[tool.scf-audit\] in it"):
        configuration(str(tmp_path / "pyproject.toml"), (str(tmp_path),))
