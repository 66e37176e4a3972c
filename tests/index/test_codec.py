"""What the cache keeps comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName

from audit.index.cache import codec
from audit.metadata import parse_metadata
from audit.model import Metadata
from audit.pages import Contents, File, Page, Row, Trait

if TYPE_CHECKING:
    from collections.abc import Callable

_texts = st.text(max_size=8)
_optional = st.none() | _texts
_tuples = st.lists(_texts, max_size=3).map(tuple)
_versions = st.from_regex(r"[0-9]{1,2}\.[0-9]", fullmatch=True)
_traits = st.builds(Trait, _texts, _optional, st.booleans())
_files = st.builds(File, _texts, _texts, st.none() | st.integers(0), _tuples, _optional)


@st.composite
def _pages(draw: st.DrawFn) -> Page:
    signatures = draw(st.lists(st.lists(_traits, max_size=4).map(tuple), max_size=4))
    rows = st.builds(Row, _versions, st.integers(0, len(signatures)))
    return Page(
        name=NormalizedName(draw(_texts)),
        rows=tuple(draw(st.lists(rows, max_size=6))),
        signatures=tuple(signatures),
        unreadable=draw(_tuples),
        sources=draw(_tuples),
        notes=draw(_tuples),
    )


@given(_pages())
def test_a_page_comes_back_as_it_was(page: Page) -> None:
    assert codec.decode_page(codec.encode_page(page)) == page


@given(st.dictionaries(_versions, st.lists(_files, max_size=20).map(tuple), max_size=12))
def test_files_come_back_as_they_were_all_together_and_release_by_release(
    files: dict[str, tuple[File, ...]],
) -> None:
    data = codec.encode_files(files)
    assert codec.KeptFiles(data).all() == files
    kept = codec.KeptFiles(data)
    for version, each in files.items():
        assert kept.of(version) == each
    assert kept.of("no such version") == ()


_requirements = st.sampled_from(
    [
        "requests", "Foo_Bar>=1.0,<2", "foo[b,a]~=1.0; extra == 'x'", "foo (>=1.0)", "foo===1.0-x",
        'foo; python_version < "3" and (sys_platform == "win32" or os_name == \'nt\')',
        "foo @ https://example.com/foo.zip", "foo[x] @ file:///a/foo.zip ; python_version >= '3'",
        "pytz (>dev)", "grpcio (>=1.0<2)", "foo!",
    ]
)  # fmt: skip
_metadata = st.builds(
    lambda read, *told: Metadata(read.requires, *told),
    st.lists(_requirements, max_size=4).map(parse_metadata),
    _optional,
    _tuples,
    _tuples,
    _optional,
    _optional,
    st.booleans(),
    _tuples,
    st.none() | _tuples,
)


@given(_metadata)
def test_metadata_comes_back_as_it_was(metadata: Metadata) -> None:
    assert codec.decode_metadata(codec.encode_metadata(metadata)) == metadata


@given(st.builds(Contents, _tuples, st.integers(0)))
def test_contents_come_back_as_they_were(contents: Contents) -> None:
    assert codec.decode_contents(codec.encode_contents(contents)) == contents


_PAGE = Page(NormalizedName("foo"), (Row("1.0", 0),), ((Trait("py3-none-any"),),))
_FILES = {f"{each}.0": (File("foo.whl", "https://x/foo.whl"),) * 9 for each in range(9)}
_ENTRIES = {
    "page": (codec.encode_page(_PAGE), codec.decode_page),
    "files": (codec.encode_files(_FILES), lambda data: codec.KeptFiles(data).all()),
    "one": (codec.encode_files(_FILES), lambda data: codec.KeptFiles(data).of("8.0")),
    "metadata": (codec.encode_metadata(parse_metadata(["requests"])), codec.decode_metadata),
    "contents": (codec.encode_contents(Contents(("foo",), 1)), codec.decode_contents),
}


@pytest.mark.parametrize("kind", _ENTRIES)
def test_what_another_function_or_schema_wrote_is_foreign(kind: str) -> None:
    decode: Callable[[bytes], object] = _ENTRIES[kind][1]
    foreign = [data for other, (data, _) in _ENTRIES.items() if {kind, other} != {"files", "one"}]
    foreign.remove(_ENTRIES[kind][0])
    newer = b"9" + _ENTRIES[kind][0]
    for data in [*foreign, newer, b"", b"{}", b"\x80\x04N."]:
        with pytest.raises(ValueError, match="that this version wrote"):
            decode(data)


@pytest.mark.parametrize("kind", _ENTRIES)
def test_what_was_cut_short_is_foreign(kind: str) -> None:
    data, decode = _ENTRIES[kind]
    for length in range(len(data)):
        with pytest.raises(ValueError, match="that this version wrote"):
            decode(data[:length])


@pytest.mark.parametrize("kind", [kind for kind in _ENTRIES if kind != "one"])
def test_what_was_damaged_is_foreign(kind: str) -> None:
    data, decode = _ENTRIES[kind]
    for place in range(len(data)):
        damaged = data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
        try:
            read = decode(damaged)
        except ValueError:
            continue
        assert read == decode(data)  # the few bits that deflate does not use


def test_releases_alike_take_a_few_bytes_each() -> None:
    rows = tuple(Row(f"1.{number}.0", 0) for number in range(2500, 0, -1))
    page = _PAGE._replace(rows=rows)
    assert len(codec.encode_page(page)) < 4 * len(rows)
