"""Keeps Python from telling our user what the audited code is warned about."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quiet() -> Iterator[None]:
    """Parse or compile without a word about an invalid escape, or a number that runs into one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
