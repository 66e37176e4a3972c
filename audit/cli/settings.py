"""What one `check` was asked for: the command line over the configuration over defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.config import Config, find_config, load_config
from audit.errors import UsageError
from audit.index.pip.options import PipOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every option of `check`, decided; an empty tuple and None mean "not limited"."""

    targets: tuple[str, ...]
    runtime: tuple[str, ...] = ()
    format: str = "text"
    output: tuple[str, ...] = ()
    fail_on: str = "error"
    ignore: tuple[str, ...] = ()
    builtins: str = "prefer"
    offline: bool = False
    imports: bool = True
    source: str | None = None
    exclude: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    handler: str | None = None
    python: tuple[str, ...] = ()
    runtimes: str | None = None
    table: str | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    cache_dir: str | None = None
    no_cache: bool = False
    refresh: bool = False
    pip: PipOptions = field(default_factory=PipOptions)
    """Where releases come from, as far as the command line or the configuration says."""
    config: str | None = None
    """The configuration file that was read."""


def decide(given: Mapping[str, Any], config: Config) -> Settings:
    """Lay what was given over what is configured; an option not given is None or empty."""
    names = [each.name for each in fields(Settings)]
    pip = PipOptions(**_said(PipOptions._fields, given, config))
    return Settings(**{**_said(names, given, config), "pip": pip, "config": config.file or None})


def _said(names: Iterable[str], given: Mapping[str, Any], config: Config) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in names:
        for value in (given.get(name), getattr(config, name, None)):
            if value is not None and value != ():
                values[name] = value
                break
    return values


def configuration(file: str | None, targets: tuple[str, ...]) -> Config:
    """Read `--config FILE`, or the configuration nearest to the first target.

    Raises UsageError where it cannot be read or is wrong, and for a FILE without our table.
    """
    if file is None:
        first = targets[0]
        folder = first if Path(first).is_dir() else os.path.dirname(first)  # noqa: PTH120  # Path("") is "."
        return find_config(folder) or Config(file="")
    config = load_config(file)
    if config is None:
        raise UsageError(f"{file}: no [tool.scf-audit] in it")
    return config
