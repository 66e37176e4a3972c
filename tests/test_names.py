from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from audit.errors import UsageError
from audit.model import Location, Metadata, Vendored
from audit.names import EQUAL_NAME, OWN_FILES, TABLE, own_names, read_import_names
from audit.pages import File
from audit.pins import BuiltIn, Candidate, Pin, Release, Unchecked

TABLE_TEXT = """\
import,distribution,provider,source
yaml,PyYAML,built-in,page
yaml,PyYAML,index,files
qcloud_cos_v5,cos-python-sdk-v5,built-in,page
qcloud_cos,cos-python-sdk-v5,index,files
google.protobuf,protobuf,index,files
google.cloud.storage,google-cloud-storage,index,files
mpl_toolkits,matplotlib,index,files
mpl_toolkits.basemap,basemap,index,files
ruamel.yaml,ruamel.yaml,index,files
PIL,Pillow,index,files
PIL,pillow-simd,index,files
MySQLdb,mysqlclient,index,files
MySQLdb,MySQL-python,built-in,page
cassdk,cassdk,built-in,page
shared.part,one,index,files
shared.part,two,index,files
"""
NAMES = read_import_names(TABLE_TEXT, "import_names.csv")
ONE = Version("1")


def built_in(name: str, *import_names: str) -> BuiltIn:
    metadata = Metadata(import_names=import_names)
    return BuiltIn(name=canonicalize_name(name), version=ONE, metadata=metadata)


def unchecked(name: str) -> Unchecked:
    return Unchecked(name=canonicalize_name(name), version=ONE, reason="offline")


def release(name: str) -> Release:
    return Release(
        name=canonicalize_name(name),
        version=ONE,
        file=File(name=f"{name}.whl", url=f"https://index.invalid/{name}.whl"),
    )


def vendored(name: str, *files: str, at: str = "x-1.dist-info") -> Vendored:
    return Vendored(
        name=canonicalize_name(name),
        version=ONE,
        metadata=Metadata(),
        at=Location(at),
        files=frozenset(files),
    )


def ask(module: str, *candidates: Candidate) -> tuple[str, str] | None:
    pins = [Pin(candidate=candidate, demands=()) for candidate in candidates]
    provided = NAMES.provider(module, pins)
    return None if provided is None else (provided.pin.candidate.name, provided.because)


@pytest.mark.parametrize(
    ("module", "candidates", "answer"),
    [
        ("yaml", [unchecked("pyyaml")], ("pyyaml", TABLE)),
        ("yaml.nodes", [release("pyyaml")], ("pyyaml", TABLE)),
        ("yaml", [built_in("pyyaml")], ("pyyaml", TABLE)),
        ("yaml", [built_in("pyyaml", "yaml", "_yaml")], ("pyyaml", TABLE)),
        ("yamlish", [unchecked("pyyaml")], None),
        ("YAML", [unchecked("pyyaml")], None),
        ("requests.auth", [built_in("requests", "requests")], ("requests", OWN_FILES)),
        ("flask_cors", [unchecked("flask-cors")], ("flask-cors", EQUAL_NAME)),
        ("foo", [unchecked("python-foo")], None),
        ("PIL", [unchecked("pillow")], ("pillow", TABLE)),
        ("PIL", [unchecked("pillow-simd")], ("pillow-simd", TABLE)),
        ("pillow", [unchecked("pillow")], None),
        ("zope.interface", [unchecked("zope-interface")], ("zope-interface", EQUAL_NAME)),
        ("backports.csv", [unchecked("backports.csv")], ("backports-csv", EQUAL_NAME)),
        ("ruamel.yaml.main", [unchecked("ruamel.yaml")], ("ruamel-yaml", TABLE)),
        ("ruamel", [unchecked("ruamel.yaml")], ("ruamel-yaml", TABLE)),
        ("google.protobuf.message", [unchecked("protobuf")], ("protobuf", TABLE)),
        ("cassdk", [unchecked("cassdk")], ("cassdk", TABLE)),
        ("requests", [], None),
    ],
)
def test_a_module_is_provided_by(
    module: str, candidates: list[Candidate], answer: tuple[str, str] | None
) -> None:
    assert ask(module, *candidates) == answer


def test_the_cos_sdk_has_another_import_name_as_built_in_than_from_the_index() -> None:
    platform = built_in("cos-python-sdk-v5", "qcloud_cos")  # metadata: the index's release
    index = unchecked("cos-python-sdk-v5")
    assert ask("qcloud_cos_v5", platform) == ("cos-python-sdk-v5", TABLE)
    assert ask("qcloud_cos", platform) is None
    assert ask("qcloud_cos", index) == ("cos-python-sdk-v5", TABLE)
    assert ask("qcloud_cos_v5", index) is None
    copy = vendored("cos-python-sdk-v5", "qcloud_cos/__init__.py")
    assert ask("qcloud_cos", copy) == ("cos-python-sdk-v5", OWN_FILES)
    assert ask("qcloud_cos_v5", copy) is None


def file_of(name: str, kind: str = ".whl") -> Release:
    file = File(name=f"{name}{kind}", url=f"https://index.invalid/{name}")
    return Release(name=canonicalize_name(name), version=ONE, file=file)


@pytest.mark.parametrize(
    ("module", "made", "shown", "evidence"),
    [
        pytest.param("dateutil.tz", file_of("python-dateutil"), ["dateutil"], OWN_FILES, id="any"),
        pytest.param("yaml", file_of("pyyaml"), ["yaml"], OWN_FILES, id="better than the table"),
        pytest.param("yaml", file_of("pyyaml"), ["snake"], None, id="against the table"),
        pytest.param("yaml", file_of("pyyaml"), [], None, id="no modules at all"),
        pytest.param("foo", file_of("foo"), ["bar"], None, id="against an equal name"),
        pytest.param("foo", file_of("foo"), [], None, id="no module of an equal name"),
        pytest.param("foo", file_of("foo", ".tar.gz"), ["bar"], None, id="a source that shows it"),
        pytest.param("foo", file_of("foo", ".tar.gz"), [], EQUAL_NAME, id="a source that does not"),
        pytest.param("yaml", file_of("pyyaml", ".zip"), ["_yaml"], TABLE, id="still to be built"),
        pytest.param(
            "google.cloud.storage.blob",
            file_of("anything"),
            ["google.cloud.storage", "google.cloud.other"],
            OWN_FILES,
            id="a part of a namespace",
        ),
        pytest.param("google.cloud", file_of("x"), ["google.cloud.storage"], OWN_FILES, id="above"),
        pytest.param("google.api", file_of("x"), ["google.cloud.storage"], None, id="beside it"),
    ],
)
def test_what_the_file_of_a_release_shows_is_what_it_provides(
    module: str, made: Release, shown: list[str], evidence: str | None
) -> None:
    names = NAMES._replace(by_release={made: tuple(shown)})
    provided = names.provider(module, [Pin(candidate=made, demands=())])
    assert (provided and provided.because) == evidence


def test_the_longest_known_part_of_a_name_decides() -> None:
    protobuf, storage = built_in("protobuf", "google"), unchecked("google-cloud-storage")
    assert ask("google.cloud.storage", protobuf, storage) == ("google-cloud-storage", TABLE)
    assert ask("google.cloud.storage", protobuf) is None
    assert ask("google.protobuf", protobuf, storage) == ("protobuf", TABLE)
    assert ask("mpl_toolkits.mplot3d", unchecked("matplotlib")) == ("matplotlib", TABLE)
    assert ask("mpl_toolkits.basemap", unchecked("matplotlib")) is None
    assert ask("shared.part", vendored("two", "shared/__init__.py")) == ("two", OWN_FILES)
    assert ask("shared.part", vendored("three", "shared/__init__.py")) is None


def test_what_is_packed_comes_before_a_built_in_on_the_path() -> None:
    there = built_in("pillow", "PIL")
    assert ask("PIL", there, release("pillow-simd")) == ("pillow-simd", TABLE)
    assert ask("PIL", there, release("PIL")) == ("pillow", OWN_FILES)


def test_own_files_are_better_evidence_than_an_equal_name() -> None:
    assert ask("spam", unchecked("spam"), vendored("eggs", "spam.py")) == ("eggs", OWN_FILES)


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["six.py"], {"six"}),
        (["pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py"], {"pkg"}),
        (["google/protobuf/__init__.py", "google/protobuf/x/y.py"], {"google.protobuf"}),
        (["_yaml.cpython-36m-x86_64-linux-gnu.so", "yaml/__init__.py"], {"_yaml", "yaml"}),
        (["cv2/cv2.abi3.so", "data/model.bin", "bin/tool", "x-1.dist-info/RECORD"], {"cv2.cv2"}),
        (["not-a-module.py"], set()),
        ([], set()),
    ],
)
def test_the_names_of_a_vendored_copy_are_its_outermost_packages(
    files: list[str], names: set[str]
) -> None:
    assert own_names(vendored("x", *files)) == names
    below = [f"lib/{file}" for file in files]
    assert own_names(vendored("x", *below, at="lib/x-1.dist-info")) == names


def test_a_suggestion_names_what_to_install_from_the_index() -> None:
    assert NAMES.suggest("yaml.nodes") == "pyyaml"
    assert NAMES.suggest("PIL") == "pillow"
    assert NAMES.suggest("MySQLdb") == "mysqlclient"
    assert NAMES.suggest("cassdk") == "cassdk"


def test_an_equal_name_is_suggested_only_when_it_is_known() -> None:
    assert NAMES.suggest("flask_cors.core") is None
    assert NAMES.suggest("flask_cors.core", {canonicalize_name("flask-cors")}) == "flask-cors"


def test_rows_tell_that_a_name_depends_on_the_provider() -> None:
    assert [row.provider for row in NAMES.rows("qcloud_cos_v5.client")] == ["built-in"]
    assert NAMES.rows("unheard.of") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected the header"),
        ("module,dist\n", "expected the header"),
        ("import,distribution,provider\nyaml,PyYAML,conda\n", "t.csv:2: provider is 'conda'"),
        ("import,distribution,provider\nyaml,,index\n", "t.csv:2: expected an import name"),
        ("import,distribution,provider\nyaml\n", "t.csv:2: expected an import name"),
    ],
)
def test_a_table_of_another_form_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_import_names(text, "t.csv")


@given(st.from_regex(r"[a-z]{1,5}(_[a-z]{1,5}){0,2}", fullmatch=True))
def test_without_a_row_an_equal_name_provides_the_module_and_all_below_it(name: str) -> None:
    table = read_import_names("import,distribution,provider\n", "t.csv")
    pin = Pin(candidate=unchecked(name), demands=())
    for module in (name, f"{name}.sub"):
        provided = table.provider(module, [pin])
        assert provided is not None
        assert provided.import_name == name
    assert table.provider(f"x{name}", [pin]) is None
