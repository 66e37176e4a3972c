"""Anchors and facts of HTML pages."""

from __future__ import annotations

import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audit.index.listing import anchors
from audit.index.listing.anchors import read_anchors

_HEAD = '<!DOCTYPE html>\n<html><head><meta name="pypi:repository-version" content="1.1">'
_PAGE = (
    f"{_HEAD}<title>Links for x</title></head>\n<body><h1>x</h1>\n"
    '<a href="x-1.zip#sha256=aa" data-requires-python="&gt;=3.6,&lt;4">x-1.zip</a><br />\n'
    "</body></html>"
)


def test_a_page_as_indexes_write_it_is_read_the_short_way() -> None:
    page = anchors._plain(_PAGE)  # noqa: SLF001 - that it is the short way is the point
    assert page is not None
    assert page.anchors == ({"href": "x-1.zip#sha256=aa", "data-requires-python": ">=3.6,<4"},)
    assert page.facts == {"pypi:repository-version": "1.1"}


@pytest.mark.parametrize(
    ("body", "hrefs"),
    [
        ("<A HREF='x-1.zip'>", ["x-1.zip"]),
        ("<a href=x-1.zip data-yanked>", ["x-1.zip"]),
        ('<a\n  href = "x-1.zip"\n>', ["x-1.zip"]),
        ('<!-- <a href="no.zip"> --><a href="x-1.zip">', ["x-1.zip"]),
        ('<script>"<a href=\'no.zip\'>"</script><a href="x-1.zip">', ["x-1.zip"]),
        ('<p title=\'<a href="no.zip">\'><a href="x-1.zip">', ["x-1.zip"]),
        ('<a href="x-1.zip" data-requires-python="<4">', ["x-1.zip"]),
        ("<a name=top><a href=''>", [None, ""]),
        ("1 < 2 <a href='x-1.zip'", []),
    ],
)
def test_anchors_in_any_spelling_are_read(body: str, hrefs: list[str | None]) -> None:
    assert [each.get("href") for each in read_anchors(body).anchors] == hrefs


def test_the_first_base_counts() -> None:
    page = read_anchors('<base target="_top"><BASE href="/files/"><base href="/other/">')
    assert page.base == "/files/"


@pytest.mark.parametrize(
    "text", ["<html><body><a href='x'>", "<HTML><a href='x'>x</a>\n<a hr", "<!-- x"]
)
def test_a_page_without_its_end_is_cut_short(text: str) -> None:
    with pytest.raises(ValueError, match="cut short"):
        read_anchors(text)


_values = st.text("ab&;<>'=\" \n/#é", max_size=6)
_names = st.sampled_from(["href", "data-yanked", "data-requires-python", "name", "content"])
_elements = st.builds(
    lambda tag, attributes, end: (
        f"<{tag}"
        + "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        + end
    ),
    st.sampled_from(["a", "meta", "a", "A", "base", "p", "br", "form"]),
    st.dictionaries(_names, _values, max_size=3),
    st.sampled_from([">", " >", "/>", " />", ">x</a>", ""]),
)
_others = st.sampled_from(
    [
        "<!-- ",
        " -->",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<br>",
        "x",
        "<",
        "</a>",
        "&lt;",
    ]
)


@given(st.lists(_elements | _others, max_size=8).map("".join))
@example('<title>a</title></title><a href="x">')
@example('</title><title><a href="x"></title>')
def test_the_short_way_reads_what_the_parser_reads(text: str) -> None:
    page = anchors._plain(text)  # noqa: SLF001 - the two ways are compared
    if page is not None:
        assert page == anchors._any(text)  # noqa: SLF001 - as above
