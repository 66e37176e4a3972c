"""CONTRIBUTING.md names files and symbols; each of them is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LINES = re.split(r"\n(?=\||\d\. |\n)", TEXT)
"""Table rows, steps and paragraphs: what is said in one breath."""


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def _paths(text: str) -> list[str]:
    return [
        word
        for word in _quoted(text)
        if re.fullmatch(r"[\w./-]*(/|\.(py|toml|md|csv))[\w/]*", word)
    ]


def _modules(text: str) -> list[str]:
    """Return the modules of `audit` that a line names, `NAME` standing for each that is there."""
    found = []
    for path in _paths(text):
        if path.startswith("audit/"):
            for file in sorted(ROOT.glob(path.rstrip("/").replace("NAME", "[a-z]*"))):
                parts = file.relative_to(ROOT).with_suffix("").parts
                found.append(".".join(part for part in parts if part != "__init__"))
    return found


@pytest.mark.parametrize(
    "path", sorted({path for path in _paths(TEXT) if not path.startswith(".venv/")})
)
def test_every_path_is_there(path: str) -> None:
    assert list(ROOT.glob(path.rstrip("/").replace("NAME", "[a-z]*"))), path


@pytest.mark.parametrize(
    ("symbol", "modules"),
    [
        (symbol, _modules(line))
        for line in LINES
        for symbol in _quoted(line)
        if re.fullmatch(r"[A-Za-z]\w+", symbol) and _modules(line)
    ],
)
def test_every_symbol_is_where_it_is_said_to_be(symbol: str, modules: list[str]) -> None:
    assert any(hasattr(import_module(module), symbol) for module in modules), modules


def test_every_module_has_its_row() -> None:
    tops = {
        f"audit/{path.name}/" if path.is_dir() else f"audit/{path.name}"
        for path in (ROOT / "audit").iterdir()
        if path.is_dir() or path.suffix == ".py"
    }
    generated = {"audit/__init__.py", "audit/__main__.py", "audit/__pycache__/"}

    assert sorted(tops - generated - set(_paths(TEXT))) == []


def test_each_of_the_four_recipes_ends_in_a_test() -> None:
    recipes = TEXT.partition("## Recipes")[2].split("\n### ")[1:]

    assert [recipe.splitlines()[0] for recipe in recipes] == [
        "Add a runtime",
        "Add a check",
        "Add a format",
        "Add a source of requirements",
    ]
    for recipe in recipes:
        assert any(path.startswith("tests/") for path in _paths(recipe)), recipe


def test_every_check_is_in_the_tuple() -> None:
    from audit.checks import RULES  # noqa: PLC0415  # with the modules it lists

    rules = []
    for file in sorted((ROOT / "audit" / "checks").glob("[a-z]*.py")):
        module = vars(import_module(f"audit.checks.{file.stem}"))
        rules += [value.code for value in module.values() if type(value).__name__ == "Rule"]

    assert sorted(set(rules)) == sorted(rule.code for rule in RULES)
