"""The same requirements, resolved by others: uv for 3.6 and later, pip for 2.7 and 3.6.

Every difference has its row in docs/differences.md, and every row there still occurs.
"""

from __future__ import annotations

import json
import re
import shutil
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import tomli
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.index.cache.store import Store
from audit.index.pip.sources import PYPI
from audit.pages import Page
from audit.resolve.universe import Universe
from tools.facts import ANSWERS, SETS
from tools.ours import Ours, answer, pins
from tools.peers import uv, uv_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.resolve import Target
    from tests.conftest import Program
    from tools.replay import Replay

REQUIREMENTS: dict[str, list[str]] = {
    row["name"]: row["requirements"] for row in tomli.loads(SETS.read_text(encoding="utf-8"))["set"]
}
ANSWERED = json.loads(ANSWERS.read_text(encoding="utf-8"))
PEERS = {"2.7": "pip", "3.6": "uv", "3.7": "uv", "3.9": "uv", "3.10": "uv"}
PIP = "2.7.18", "3.6.15"
"""The versions of Python that pip ran on, which is all that it resolves for."""

DEEP = {"look-ahead", "conflict-boto3"}
"""Sets whose search takes seconds; 3.6 stands for the other runtimes."""
_REFUSED = re.compile("No solution found|Could not find a version|ResolutionImpossible")
"""What uv and pip say where there is no answer, and not where something else went wrong."""


class Difference(NamedTuple):
    """What only we have pinned, and what only the other has; or who of both has an answer."""

    ours: str
    theirs: str


def difference(ours: list[str] | None, theirs: list[str] | str) -> Difference | None:
    if isinstance(theirs, list) and ours is not None:
        mine, others = {*ours} - {*theirs}, {*theirs} - {*ours}
        return Difference(_listed(mine), _listed(others)) if mine or others else None
    if isinstance(theirs, list):
        return Difference("no answer", "an answer")
    if ours is not None:
        return Difference("an answer", "no answer")
    # A peer that failed for another reason than the requirements agrees with nobody.
    return None if _REFUSED.search(theirs) else Difference("no answer", theirs)


def _listed(pinned: set[str]) -> str:
    return ", ".join(pin.replace("==", " ") for pin in sorted(pinned))


class Row(NamedTuple):
    """A cell of docs/differences.md: one set on one runtime, held against one tool."""

    name: str
    runtime: str
    peer: str


def _told() -> Iterator[tuple[Row, Difference]]:
    text = (Path(__file__).parents[1] / "docs" / "differences.md").read_text(encoding="utf-8")
    table = text.partition("| set |")[2].partition("\n\n")[0].splitlines()[2:]
    for line in table:
        *row, ours, theirs, right, why = (cell.strip() for cell in line.strip("|").split("|"))
        assert right in {"ours", "theirs", "both"}
        assert f"- **{why.partition(':')[0]}**: " in text
        for each in product(*(cell.split(", ") for cell in row)):
            yield Row(*each), Difference(ours, theirs)


TOLD = dict(_told())
COMPARED = {
    Row(name, f"Python{python}", mode): answers[f"{mode} {python}"]
    for name, answers in ANSWERED.items()
    for mode, python in [*((mode, python) for python, mode in PEERS.items()), ("pip", "3.6")]
    if f"{mode} {python}" in answers and (python == "3.6" or name not in DEEP)
}


@pytest.mark.parametrize("row", COMPARED, ids="-".join)
def test_the_answer_is_the_peers_or_the_difference_is_told(
    row: Row, ours: Ours, replayed: Replay
) -> None:
    python = row.runtime.removeprefix("Python")
    full_version = dict(zip(("2.7", "3.6"), PIP, strict=True))[python] if row.peer == "pip" else ""
    missed = len(replayed.misses)
    found = pins(answer(ours.target(python, full_version=full_version), REQUIREMENTS[row.name]))
    assert replayed.misses[missed:] == []
    assert difference(found, COMPARED[row]) == TOLD.get(row)


def test_the_program_answers_what_was_compared(
    program: Program, ours: Ours, replayed: Replay, tmp_path: Path
) -> None:
    lines = tmp_path / "requirements.txt"
    lines.write_text("\n".join(REQUIREMENTS["mix2"]))
    options = ("--builtins=ignore", "--no-imports", "--online", "--format=json")
    places = (f"--index-url={replayed.url}", f"--cache-dir={tmp_path / 'cache'}")
    ran = program("check", str(lines), *options, *places)
    for runtime in json.loads(ran.out)["runtimes"]:
        said = sorted(f"{package['name']}=={package['version']}" for package in runtime["packages"])
        assert said == pins(answer(ours.target(runtime["python"]), REQUIREMENTS["mix2"]))


def test_every_row_that_is_told_is_compared() -> None:
    assert TOLD.keys() <= COMPARED.keys()


def test_uv_answered_every_set_on_every_runtime_that_it_knows() -> None:
    pythons = [python for python, mode in PEERS.items() if mode == "uv"]
    asked = {Row(name, f"Python{each}", "uv") for name in REQUIREMENTS for each in pythons}
    assert {row for row in asked if row.name not in DEEP} <= COMPARED.keys()


LIVE = (
    *("requests", "flask", "django", "pandas", "boto3", "celery", "scikit-learn", "elasticsearch"),
    *("kafka", "pymongo", "sqlalchemy", "scrapy", "fastapi", "tencent", "conflict-kombu"),
)


@pytest.mark.network
@pytest.mark.skipif(not shutil.which(uv_command("3.6", "", Path())[0]), reason="no uv")
@pytest.mark.parametrize("name", LIVE)
def test_uv_answers_the_same_over_the_index_of_today_or_takes_what_we_may_not(
    name: str, live: Ours, folder: Path
) -> None:
    for python in (python for python, mode in PEERS.items() if mode == "uv"):
        target = live.target(python)
        found = pins(answer(target, REQUIREMENTS[name]))
        theirs = uv(REQUIREMENTS[name], python, PYPI, folder / "uv")
        # No table can foresee the index of today; what is allowed to differ is known.
        others = {*theirs} - {*(found or ())} if isinstance(theirs, list) else ()
        if difference(found, theirs) is not None:
            assert any(_is_refused(pin, target) for pin in others), (found, theirs)


def _is_refused(pin: str, target: Target) -> bool:
    """Whether a release does not fit a target, or has no wheel that does."""
    name, _, version = pin.partition("==")
    page = target.index.page(canonicalize_name(name))
    assert isinstance(page, Page)
    fitting = Universe(target).offers(page).fitting
    return (Version(version), "wheel") not in {(offer.version, offer.kind) for offer in fitting}


@pytest.fixture(scope="module")
def folder(pytestconfig: pytest.Config) -> Path:
    """Return a folder that pytest keeps from run to run."""
    return pytestconfig.cache.mkdir("index")


@pytest.fixture(scope="module")
def live(folder: Path) -> Iterator[Ours]:
    """Return what resolves over the index of today."""
    store = Store.open(folder / "ours")
    with Ours(f"{PYPI}/", store) as resolving:
        yield resolving
    store.close()
