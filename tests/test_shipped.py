from __future__ import annotations

import csv
import json

import pytest
from packaging.utils import canonicalize_name

from audit.built_ins import read_built_in_metadata
from audit.errors import InputError
from audit.names import read_import_names
from audit.shipped import BUILT_IN_METADATA, IMPORT_NAMES, TABLE, data_text
from audit.table import read_table

RUNTIMES = ("Python3.6", "Python2.7")
BUILT_INS, _ = read_table(TABLE, data_text(TABLE), RUNTIMES)
CELLS = {(library.key, name) for library in BUILT_INS.libraries for name in library.versions}
RECORDS = json.loads(data_text(BUILT_IN_METADATA))["built-ins"]
METADATA = read_built_in_metadata(data_text(BUILT_IN_METADATA))
NAMES = read_import_names(data_text(IMPORT_NAMES), IMPORT_NAMES)
GONE = canonicalize_name("tencentcloud-sdk-python")


def test_every_built_in_cell_has_one_record_of_its_version() -> None:
    found = [(record["name"], runtime) for record in RECORDS for runtime in record["runtimes"]]
    assert sorted(found) == sorted(CELLS)
    for record in RECORDS:
        for runtime in record["runtimes"]:
            assert str(BUILT_INS.version(record["name"], runtime)) == record["version"]


def test_every_built_in_has_metadata_but_those_the_index_lacks() -> None:
    lacking = CELLS - set(METADATA)
    assert lacking == {(GONE, runtime) for runtime in RUNTIMES}
    assert len(METADATA) == len(CELLS) - 2
    for key in lacking:
        assert METADATA.get(key) is None
        assert METADATA.note(key) == "gone from the index; tencentserverless 0.1.4 pins it"
    for key in CELLS:
        assert METADATA.import_names(key), key


def test_metadata_is_that_of_the_file_that_fits_the_runtime() -> None:

    def requires(name: str, runtime: str) -> set[str]:
        found = METADATA[canonicalize_name(name), runtime].requires
        return {requirement.name for requirement in found}

    only_2 = {"mock", "backports.weakref", "enum34"}
    assert requires("tensorflow", "Python2.7") - requires("tensorflow", "Python3.6") == only_2
    assert requires("grpcio", "Python2.7") == {"six", "futures", "enum34"}
    assert requires("grpcio", "Python3.6") == {"six"}
    assert requires("html5lib", "Python3.6") == {"six"}


def test_what_had_to_be_repaired_is_noted() -> None:
    noted = {key[0] for key in METADATA if METADATA[key].notes}
    assert noted == {"tensorflow-serving-api"}


def test_parsed_metadata_is_kept() -> None:
    key = (canonicalize_name("requests"), "Python3.6")
    assert METADATA[key] is METADATA[key]


@pytest.mark.parametrize("key", [("no-such-library", "Python3.6"), ("requests", "Python3.9")])
def test_what_is_not_built_in_has_no_metadata(key: tuple[str, str]) -> None:
    name, runtime = canonicalize_name(key[0]), key[1]
    assert METADATA.get((name, runtime)) is None
    assert METADATA.import_names((name, runtime)) == ()
    assert METADATA.note((name, runtime)) is None


def test_the_platforms_cos_sdk_imports_by_other_names_than_the_indexs() -> None:
    names = ("qcloud_cos", "qcloud_cos_v4", "qcloud_cos_v5")
    key = canonicalize_name("cos-python-sdk-v5")
    assert METADATA.import_names((key, "Python3.6")) == names
    rows = NAMES.by_distribution[key]
    assert {row.import_name for row in rows if row.provider == "built-in"} == set(names)
    assert {row.import_name for row in rows if row.provider == "index"} == {"qcloud_cos"}


@pytest.mark.parametrize(
    ("import_name", "distributions"),
    [
        ("yaml", ["pyyaml"]),
        ("PIL", ["pillow"]),
        ("Crypto", ["pycryptodome", "pycrypto"]),
        ("MySQLdb", ["mysqlclient", "mysql-python"]),
        ("psycopg2", ["psycopg2-binary", "psycopg2"]),
        ("google.protobuf", ["protobuf"]),
        ("attr", ["attrs"]),
        ("attrs", ["attrs"]),
    ],
)
def test_import_names_are_found_in_order_of_preference(
    import_name: str, distributions: list[str]
) -> None:
    assert [row.distribution for row in NAMES.by_import[import_name]] == distributions


def test_import_names_are_sorted_and_no_row_is_there_twice() -> None:
    rows = list(csv.reader(data_text("import_names.csv").splitlines()))
    assert rows[0] == ["import", "distribution", "provider", "source"]
    keys = [tuple(row[:3]) for row in rows[1:]]
    assert len(keys) == len(set(keys)) > 400
    names = [key[0] for key in keys]
    assert names == sorted(names, key=lambda name: (name.lower(), name))
    assert {row[3] for row in rows[1:]} == {"files", "platform", "usage"}


def test_import_names_agree_with_the_files_of_built_ins() -> None:
    by_distribution = NAMES.by_distribution
    for record in RECORDS:
        if record["name"] == "cos-python-sdk-v5":
            continue
        tops = {name.partition(".")[0] for name in record["import_names"]}
        for row in by_distribution.get(record["name"], ()):
            assert row.import_name.partition(".")[0] in tops, row


def test_a_missing_data_file_says_what_is_wrong() -> None:
    with pytest.raises(InputError, match=r"incomplete: data file nothing\.csv is missing"):
        data_text("nothing.csv")
