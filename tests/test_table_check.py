from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name

from audit.built_ins import read_built_in_metadata
from audit.metadata import parse_metadata
from audit.runtimes import marker_environment, read_runtimes
from audit.shipped import BUILT_IN_METADATA, RUNTIMES, TABLE, data_text
from audit.table import read_table, self_check

ENVIRONMENTS = {
    runtime.name: marker_environment(runtime)
    for runtime in read_runtimes(data_text(RUNTIMES), RUNTIMES)
}


def test_the_shipped_set_lacks_what_is_known_and_nothing_else() -> None:
    matrix, _ = read_table(TABLE, data_text(TABLE), list(ENVIRONMENTS))
    known = read_built_in_metadata(data_text(BUILT_IN_METADATA))
    found = self_check(matrix, known, ENVIRONMENTS)
    assert [
        (unmet.library, unmet.runtime, unmet.requirement.name, unmet.found) for unmet in found
    ] == [
        ("tensorboard", "Python3.6", "markdown", None),
        ("cryptography", "Python2.7", "ipaddress", None),
    ]
    assert str(found[0]) == (
        "tensorboard 1.9.0 wants markdown>=2.6.8, markdown is not built in on Python3.6"
    )


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("b", []),
        ("b>=1", []),
        ("B>=2", ["a 1 wants B>=2, B 1.5rc1 is built in on Python3.6"]),
        ("c", ["a 1 wants c, c is not built in on Python3.6"]),
        ("c; python_version < '3'", []),
        ("c; extra == 'x'", []),
        ("c ; sys_platform == 'linux2'", []),
        ("c[x]; python_full_version >= '3.6.0'", [
            'a 1 wants c[x]; python_full_version >= "3.6.0", c is not built in on Python3.6'
        ]),
    ],
)  # fmt: skip
def test_a_built_in_is_held_to_what_its_runtime_asks(requirement: str, said: list[str]) -> None:
    matrix, _ = read_table("t", "library,Python3.6\na,1\nb,1.5rc1\n", list(ENVIRONMENTS))
    metadata = {(canonicalize_name("a"), "Python3.6"): parse_metadata([requirement])}
    assert [str(unmet) for unmet in self_check(matrix, metadata, ENVIRONMENTS)] == said


def test_runtimes_that_were_not_asked_for_are_not_checked() -> None:
    matrix, _ = read_table("t", "library,Python3.6\na,1\n", list(ENVIRONMENTS))
    metadata = {(canonicalize_name("a"), "Python3.6"): parse_metadata(["b"])}
    assert self_check(matrix, metadata, {"Python2.7": ENVIRONMENTS["Python2.7"]}) == ()
