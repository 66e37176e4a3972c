from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from audit.render.rows import MOST_ROWS, matrix_rows, shown
from audit.report import Met, Status

if TYPE_CHECKING:
    from audit.report import Report


def _texts(report: Report) -> dict[str, list[str]]:
    return {row.label: [cell.text for cell in row.cells] for row in matrix_rows(report)}


def test_rows_are_requirements_then_what_they_bring_in_then_imports(small: Report) -> None:
    assert _texts(small) == {
        "requests>=2.18": ["built-in 2.18.4", "built-in 2.21.0", *["vendor 2.27.1"] * 3],
        "flask>=2": ["conflict", "conflict", *["vendor ?"] * 3],
        "pyyaml": ["excluded", "excluded", "-", "-", "-"],
        "certifi (for requests)": ["-", "-", *["vendor 2021.10.8"] * 3],
        "import requests": ["built-in 2.18.4", "built-in 2.21.0", *["vendor 2.27.1"] * 3],
        "import yaml": ["missing"] * 5,
    }


@pytest.mark.parametrize("status", list(Status))
def test_every_status_of_a_requirement_has_a_cell(small: Report, status: Status) -> None:
    part = small.runtimes[1]
    package = part.packages[0]._replace(status=status, version="1.0")
    (row,) = matrix_rows(small._replace(runtimes=(part._replace(packages=(package,), imports=()),)))
    expected = {
        Status.BUILTIN: "built-in 1.0",
        Status.VENDORED: "vendored 1.0",
        Status.VENDOR: "vendor 1.0",
        Status.EXCLUDED: "excluded",
        Status.CONFLICT: "conflict",
        Status.UNKNOWN: "vendor ?",
    }
    assert row.cells[0].text == expected[status]


@pytest.mark.parametrize("met", list(Met))
def test_every_way_an_import_is_met_has_a_cell(small: Report, met: Met) -> None:
    part = small.runtimes[1]
    module = part.imports[2]._replace(status=met)
    rows = _texts(small._replace(runtimes=(part._replace(packages=(), imports=(module,)),)))
    expected = {
        Met.STDLIB: None,
        Met.LOCAL: None,
        Met.IGNORED: None,
        Met.VENDORED: ["vendored"],
        Met.BUILTIN: ["built-in"],
        Met.VENDOR: ["vendor ?"],
        Met.MISSING: ["missing"],
        Met.UNKNOWN: ["unknown"],
    }
    assert rows.get("import yaml") == expected[met]


def test_a_module_of_the_standard_library_is_shown_where_a_runtime_lacks_it(small: Report) -> None:
    json_there, json_absent = (
        part._replace(packages=(), imports=(part.imports[0]._replace(status=status),))
        for part, status in zip(small.runtimes, (Met.STDLIB, Met.MISSING), strict=False)
    )
    assert _texts(small._replace(runtimes=(json_there, json_absent))) == {
        "import json": ["stdlib", "missing"]
    }


def test_a_module_that_its_distribution_lacks_is_missing(small: Report) -> None:
    part = small.runtimes[1]
    lacking = part.imports[1]._replace(module="requests.odd", status=Met.MISSING)
    rows = _texts(small._replace(runtimes=(part._replace(imports=(lacking,)),)))
    assert rows["import requests.odd"] == ["missing"]


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_module_with_two_providers_the_worse_is_shown(small: Report, order: int) -> None:
    part = small.runtimes[1]
    shared = part.imports[1]
    imports = (shared, shared._replace(provider=None, status=Met.MISSING))[::order]
    rows = _texts(small._replace(runtimes=(part._replace(imports=imports),)))
    assert rows["import requests"] == ["missing"]


def test_an_indirect_distribution_that_is_there_already_needs_no_row(small: Report) -> None:
    part = small.runtimes[1]
    indirect = part.packages[0]._replace(declared=())
    assert _texts(small._replace(runtimes=(part._replace(packages=(indirect,), imports=()),))) == {}


def test_a_distribution_that_many_ask_for_names_the_first(small: Report) -> None:
    part = small.runtimes[2]
    askers = tuple(canonicalize_name(name) for name in ("requests", "urllib3", "idna"))
    certifi = part.packages[2]._replace(required_by=askers)
    rows = _texts(small._replace(runtimes=(part._replace(packages=(certifi,), imports=()),)))
    assert list(rows) == ["certifi (for requests and 2 more)"]


def test_lines_about_one_name_share_a_row(small: Report) -> None:
    part = small.runtimes[1]
    first, second = part.packages[:2]
    both = first._replace(declared=first.declared + second.declared)
    rows = _texts(small._replace(runtimes=(part._replace(packages=(both,), imports=()),)))
    assert list(rows) == ["requests>=2.18, flask>=2"]


def test_a_long_matrix_keeps_what_needs_a_look(big: Report) -> None:
    rows, left_out = shown(matrix_rows(big))
    assert len(rows) == MOST_ROWS
    assert left_out == 10_000 - MOST_ROWS
    assert rows[0].label == "import library1"
    assert rows[1].label == "import library10"
    assert rows[-1].label == "import zzz"


def test_a_short_matrix_is_shown_whole(small: Report) -> None:
    rows = matrix_rows(small)
    assert shown(rows) == (rows, 0)
