"""A report as text, one module a format.

A renderer is a pure function of a report and a canvas. Its module is loaded when its
format is asked for, so that `--format json` does not pay for tabulate.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.render.canvas import Canvas
    from audit.report import Report

    Renderer = Callable[[Report, Canvas], str]


def _in_module(name: str, function: str = "render") -> Renderer:
    def render(report: Report, canvas: Canvas) -> str:
        module = import_module(f"audit.render.{name}")
        rendered: str = getattr(module, function)(report, canvas)
        return rendered

    return render


FORMATS: Mapping[str, Renderer] = MappingProxyType(
    {
        "text": _in_module("text"),
        "json": _in_module("jsonformat"),
        "markdown": _in_module("markdown"),
        "github": _in_module("github"),
    }
)
"""What `--format` accepts, and the renderer of each."""

PLANS: Mapping[str, Renderer] = MappingProxyType(
    {
        "requirements": _in_module("plan", "requirements"),
        "constraints": _in_module("plan", "constraints"),
    }
)
"""What `--format` accepts beside, for a report of one runtime: files that pip reads."""


def render(report: Report, format: str, canvas: Canvas) -> str:  # noqa: A002 - the option's name
    """Return a report in one of `FORMATS` or `PLANS`, with a newline at its end.

    Raises KeyError for any other format.
    """
    return {**FORMATS, **PLANS}[format](report, canvas)
