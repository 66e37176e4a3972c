"""PubGrub and resolvelib search alike: the same pins, over what a real index lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tomli

from audit.resolve.target import Preference
from tools.facts import SETS
from tools.ours import answer, pins

if TYPE_CHECKING:
    from audit.resolve.engine import Engine
    from tools.ours import Ours

REQUIREMENTS: dict[str, list[str]] = {
    row["name"]: row["requirements"] for row in tomli.loads(SETS.read_text(encoding="utf-8"))["set"]
}
HARD = {"look-ahead", "conflict-boto3", "conflict-markupsafe"}
"""resolvelib takes up to a minute to refute these; PubGrub under four seconds."""


@pytest.mark.parametrize("name", sorted(REQUIREMENTS.keys() - HARD))
def test_two_engines_give_the_same_pins(name: str, ours: Ours, oracle: Engine) -> None:
    for python, runtime in ours.runtimes.items():
        # Without built-ins, a runtime resolves alike whether they are preferred or ignored.
        for preference in (Preference.PREFER, Preference.IGNORE)[: 1 + runtime.has_built_ins]:
            target = ours.target(python, preference)
            found = pins(answer(target, REQUIREMENTS[name]))
            assert pins(answer(target, REQUIREMENTS[name], oracle)) == found, (python, preference)
