"""Pages of indexes, find-links and folders, read into releases and files."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.utils import NormalizedName
from packaging.version import Version

from audit.index.listing.links import file_url
from audit.index.listing.received import read_links
from audit.index.listing.simple import Listed, folder_page, linked, merged, read_page
from audit.pages import File, Page, Row, Trait

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_FOO = NormalizedName("foo")
_URL = "https://index.example/simple/foo/"
_JSON = "application/vnd.pypi.simple.v1+json"


def _json(*files: Mapping[str, object], **page: object) -> bytes:
    return json.dumps({"meta": {"api-version": "1.4"}, "files": files, **page}).encode()


def _file(name: str, **more: object) -> dict[str, object]:
    return {"filename": name, "url": f"https://files.example/{name}", "hashes": {}, **more}


def _read(body: bytes, content_type: str = _JSON, url: str = _URL) -> Listed:
    return read_page(body, content_type, url, _FOO)


def _names(listed: Listed) -> list[str]:
    return [file.name for files in listed.files.values() for file in files]


def test_a_page_in_json_is_read() -> None:
    listed = _read(
        _json(
            _file("foo-1.0.tar.gz", size=10, hashes={"sha256": "AA"}, yanked="broken"),
            _file(
                "foo-1.1-py3-none-any.whl",
                **{"requires-python": ">=3.6", "core-metadata": {"sha256": "bb"}},
            ),
            _file("foo-1.1.tar.gz", **{"requires-python": ">=3.6", "core-metadata": False}),
        )
    )
    assert listed.page == Page(
        name=_FOO,
        rows=(Row("1.1", 0), Row("1.0", 1)),
        signatures=(
            (Trait("py3-none-any", ">=3.6"), Trait("", ">=3.6")),
            (Trait("", is_yanked=True),),
        ),
        sources=("https://index.example/simple/",),
    )
    base, wheel = "https://files.example", "foo-1.1-py3-none-any.whl"
    assert listed.files == {
        "1.1": (
            File(wheel, f"{base}/{wheel}", metadata="sha256:bb"),
            File("foo-1.1.tar.gz", f"{base}/foo-1.1.tar.gz"),
        ),
        "1.0": (File("foo-1.0.tar.gz", f"{base}/foo-1.0.tar.gz", 10, ("sha256:aa",)),),
    }


def test_a_page_in_html_is_read() -> None:
    listed = _read(
        b"<!DOCTYPE html><html><body>"
        b'<a href="../../files/foo-1.0%2Blocal-py3-none-any.whl#sha256=AA"'
        b' data-requires-python="&gt;=3.6" data-core-metadata="sha256=BB" data-gpg-sig="true">x</a>'
        b'<a href="foo-1.0.tar.gz" data-yanked="" data-dist-info-metadata="true">x</a>'
        b"</body></html>",
        "text/html; charset=utf-8",
    )
    assert listed.page.rows == (Row("1.0+local", 0), Row("1.0", 1))
    assert listed.page.signatures == (
        (Trait("py3-none-any", ">=3.6"),),
        (Trait("", is_yanked=True),),
    )
    assert listed.files["1.0+local"] == (
        File(
            name="foo-1.0+local-py3-none-any.whl",
            url="https://index.example/files/foo-1.0%2Blocal-py3-none-any.whl",
            hashes=("sha256:aa",),
            metadata="sha256:bb",
        ),
    )
    assert listed.files["1.0"][0].metadata == ""


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/octet-stream", "", _JSON, "application/json"]
)
def test_json_is_known_whatever_a_mirror_calls_it(content_type: str) -> None:
    assert _names(_read(b"\xef\xbb\xbf\n" + _json(_file("foo-1.zip")), content_type)) == [
        "foo-1.zip"
    ]


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/octet-stream", "", "TEXT/HTML; Charset='nonsense'"]
)
def test_html_is_known_whatever_a_mirror_calls_it(content_type: str) -> None:
    assert _names(_read(b'\n<a href="foo-1.zip">', content_type)) == ["foo-1.zip"]


@pytest.mark.parametrize(
    ("content_type", "encoding", "head"),
    [
        ("text/html; charset=gbk", "gbk", ""),
        ("text/html", "gbk", '<meta charset="gbk">'),
        ("text/html", "utf-8", ""),
        ("text/html; charset=latin-1", "utf-16", ""),
        ("text/html", "utf-8-sig", ""),
    ],
)
def test_html_is_decoded_as_it_says(content_type: str, encoding: str, head: str) -> None:
    body = f"{head}<a href='中/foo-1.zip'>".encode(encoding)
    assert _read(body, content_type).files["1"][0].url == f"{_URL}{quote('中')}/foo-1.zip"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"<html><body>502 Bad Gateway</body></html>", _JSON, "announced as JSON and is HTML"),
        (b"oops", "application/json", "announced as JSON and is something else"),
        (b"oops", "text/plain", "neither JSON nor HTML"),
        (b" \n", "text/html", "empty"),
        (_json(_file("foo-1.zip"))[:-9], _JSON, "cut short"),
        (b'{"files": \xff}', _JSON, "broken JSON"),
        (b'{"files": ' + b"[" * 200_000, _JSON, "nested too deeply|broken JSON"),
        (b"<html><body><a href='foo-1.zip'>x</a>", "text/html", "cut short"),
        (b'{"info": {}, "releases": {}}', _JSON, "no list of files"),
        (b'{"files": {}}', _JSON, "no list of files"),
        (b'{"files": ["foo-1.zip"]}', _JSON, "no list of files"),
        (_json(meta={"api-version": "2.0"}), _JSON, r"version 2\.0"),
        (_json(meta={"api-version": 1}), _JSON, "version 1 "),
        (_json(meta=[]), _JSON, "version"),
        (_json(), "application/vnd.pypi.simple.v2+json", r"version 2\.0"),
        (b'<meta name="pypi:repository-version" content="2.0">', "text/html", r"version 2\.0"),
        (b"<html><form><input name=password></form></html>", "text/html", "a form or a script"),
    ],
)
def test_what_is_no_page_is_told(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        _read(body, content_type)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.4", "1.99"])
def test_every_minor_version_of_the_api_is_read(version: str) -> None:
    assert _read(_json(_file("foo-1.zip"), meta={"api-version": version})).page.rows


def test_a_page_without_files_is_a_page_without_releases() -> None:
    assert _read(_json()).page == Page(name=_FOO)
    assert _read(b"<html><body><h1>Links for foo</h1></body></html>", "text/html").page.rows == ()


@pytest.mark.parametrize(
    ("said", "metadata"),
    [
        ({"core-metadata": True}, ""),
        ({"core-metadata": {}}, ""),
        ({"core-metadata": {"sha512": "CC", "sha256": "AA"}}, "sha256:aa"),
        ({"core-metadata": {"blake3": "dd"}}, ""),
        ({"core-metadata": False, "dist-info-metadata": True}, None),
        ({"dist-info-metadata": {"sha256": "aa"}}, "sha256:aa"),
        ({"data-dist-info-metadata": {"sha256": "aa"}}, "sha256:aa"),
        ({}, None),
    ],
)
def test_a_metadata_file_is_announced_in_any_of_its_spellings(
    said: dict[str, object], metadata: str | None
) -> None:
    assert _read(_json(_file("foo-1.zip", **said))).files["1"][0].metadata == metadata


@pytest.mark.parametrize(
    ("said", "is_yanked"),
    [("", False), ("reason", True), (True, True), (False, False), (None, False)],
)
def test_json_yanks_by_a_reason_or_a_yes(said: object, is_yanked: bool) -> None:  # noqa: FBT001 - a table
    assert (
        _read(_json(_file("foo-1.zip", yanked=said))).page.signatures[0][0].is_yanked is is_yanked
    )


@pytest.mark.parametrize("attribute", ["data-yanked", 'data-yanked=""', 'data-yanked="reason"'])
def test_html_yanks_by_the_attribute_alone(attribute: str) -> None:
    page = _read(f"<a href=foo-1.zip {attribute}>".encode(), "text/html").page
    assert page.signatures[0][0].is_yanked


@pytest.mark.parametrize("size", [None, -1, True, 1.5, "10"])
def test_a_size_that_is_none_is_unknown(size: object) -> None:
    assert _read(_json(_file("foo-1.zip", size=size))).files["1"][0].size is None


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("foo-1.zip", f"{_URL}foo-1.zip"),
        ("../../p/foo-1.zip", "https://index.example/p/foo-1.zip"),
        ("//cdn.example/foo-1.zip", "https://cdn.example/foo-1.zip"),
        ("http://me:secret@cdn.example:81/foo-1.zip#sha256=aa", "http://cdn.example:81/foo-1.zip"),
        ("HTTPS://cdn.example/foo-1.zip?sig=x", "https://cdn.example/foo-1.zip?sig=x"),
        ("https://cdn.example/a b/é/foo-1.zip", "https://cdn.example/a%20b/%C3%A9/foo-1.zip"),
        ("https://cdn.example/a%20b/foo-1.zip", "https://cdn.example/a%20b/foo-1.zip"),
        ("https://cdn.example/@x/foo-1.zip", "https://cdn.example/@x/foo-1.zip"),
    ],
)
@pytest.mark.parametrize("form", ["json", "html"])
def test_urls_become_absolute_and_lose_credentials(url: str, absolute: str, form: str) -> None:
    as_json = _json({"filename": "foo-1.zip", "url": url})
    body = as_json if form == "json" else f'<a href="{url}">'.encode()
    listed = _read(body, "text/html", "https://user:secret@index.example/simple/foo/")
    assert listed.files["1"][0].url == absolute
    assert "secret" not in repr(listed)


@given(
    st.lists(st.sampled_from(["..", ".", "a", "%20b", "+f", "..c", "d.e", "f g", "", "x:y", "@"]))
    .map("/".join)
    .filter(bool),
    st.sampled_from([_URL, f"{_URL}index.html?x=y", "https://me:secret@h.example", "http://h/a/b"]),
)
@example("//@", _URL)  # a host that is empty beside its credentials
def test_every_url_is_joined_as_the_standard_library_joins_it(url: str, base: str) -> None:
    try:
        joined = file_url(url, base)
    except ValueError:
        parts = urlsplit(urljoin(base, url))
        assert parts.scheme not in {"http", "https"} or not parts.hostname
    else:
        expected = urlsplit(urljoin(base.replace("me:secret@", ""), url))
        assert unquote(joined) == unquote(expected.geturl())


@pytest.mark.parametrize(
    "url", ["file:///etc/foo-1.zip", "ftp://x/foo-1.zip", "http://[x/foo-1.zip", "", None, 5]
)
def test_a_file_that_nobody_can_fetch_is_unreadable(url: object) -> None:
    page = _read(_json({"filename": "foo-1.zip", "url": url})).page
    assert (page.rows, page.unreadable) == ((), ("foo-1.zip",))


def test_a_base_leads_the_relative_links() -> None:
    listed = _read(b'<base href="/files/"><a href="foo-1.zip">', "text/html")
    assert listed.files["1"][0].url == "https://index.example/files/foo-1.zip"


def test_names_that_tell_no_release_are_unreadable_and_what_pip_ignores_is_not_told() -> None:
    names = [
        *("foo-1.0.exe", "foo-1.0.egg", "foo-1.0.zip.asc", "foo-1.0-py3-none-any.whl.metadata"),
        *("foo-1.0-py36+-none-any.whl", "foo-2004d.zip", "bar-1.0.zip", "foo-x\x1b[2J.zip"),
    ]
    page = _read(_json(*(_file(name) for name in names))).page
    assert page.rows == ()
    assert page.unreadable == (
        "bar-1.0.zip",
        "foo-1.0-py36+-none-any.whl",
        "foo-2004d.zip",
        "foo-x\ufffd[2J.zip",
    )


def test_rows_are_newest_first_and_each_version_stands_once_in_its_longest_spelling() -> None:
    names = [
        "foo-1.0.zip",
        "foo-1-py3-none-any.whl",
        "foo-1.0.0.tar.gz",
        "foo-2rc1.zip",
        "foo-0.9.zip",
    ]
    forwards = _read(_json(*(_file(name) for name in names)))
    assert [row.version for row in forwards.page.rows] == ["2rc1", "1.0.0", "0.9"]
    assert [file.name for file in forwards.files["1.0.0"]] == [
        "foo-1-py3-none-any.whl",
        "foo-1.0.0.tar.gz",
        "foo-1.0.zip",
    ]
    assert _read(_json(*(_file(name) for name in reversed(names)))) == forwards


def test_releases_alike_share_a_signature_and_a_higher_build_comes_first() -> None:
    wheels = ["-2-cp36-cp36m-any", "-1-cp36-cp36m-any", "-cp36-cp36m-any", "-cp35-cp35m-any"]
    one = [f"foo-1.0{wheel}.whl" for wheel in wheels]
    two = [f"Foo-1.1{wheel}.whl" for wheel in reversed(wheels)]
    listed = _read(_json(*map(_file, ["foo-1.0.zip", *one, *two, "Foo-1.1.tar.gz"])))
    assert len(listed.page.signatures) == 1
    assert [file.name for file in listed.files["1.0"]] == [
        *(one[3], one[0], one[1], one[2], "foo-1.0.zip"),
    ]


@pytest.mark.parametrize("status", ["quarantined", "archived", "deprecated"])
def test_a_status_is_noted_and_quarantine_offers_nothing(status: str) -> None:
    told = {"status": status, "reason": "malware\n\x1b[2Jfound"}
    as_json = _read(_json(_file("foo-1.zip"), **{"project-status": told}))
    as_html = _read(
        f'<meta name="pypi:project-status" content="{status}">'
        '<meta name="pypi:project-status-reason" content="malware\n\x1b[2Jfound">'
        '<a href="https://files.example/foo-1.zip">'.encode(),
        "text/html",
    )
    assert as_json == as_html
    assert as_json.page.notes == (f"{status} by its index: malware \ufffd[2Jfound",)
    assert bool(as_json.files) is (status != "quarantined")


@pytest.mark.parametrize(
    "told", [{"status": "active"}, {"status": "new"}, {}, "x", None, {"status": []}]
)
def test_other_statuses_are_nothing_to_tell(told: object) -> None:
    assert _read(_json(_file("foo-1.zip"), **{"project-status": told})).page.notes == ()


def test_of_a_find_links_page_only_the_files_of_the_name_count() -> None:
    body = b"".join(
        b"<a href=%s>" % name
        for name in [
            b"foo-1.0.zip",
            b"foo-bar-2.0.zip",
            b"bar-1.0.zip",
            b"?C=N",
            b"../",
            b"foo-1x.zip",
            b"foo_bar-1.0-py3-none-any.whl",
            b"ftp://x/foo-3.zip",
            b"ftp://x/bar-3.zip",
        ]
    )
    place = "https://me:secret@files.example/all.html"
    listed = linked(read_links(body, "text/html", place), place, _FOO)
    assert _names(listed) == ["foo-1.0.zip"]
    assert listed.page.unreadable == ("foo-1x.zip", "foo-3.zip")
    assert listed.page.sources == ("https://files.example/all.html",)


def test_of_a_folder_only_the_files_of_the_name_count() -> None:
    files = [
        ("foo-1.0+a b.zip", 3),
        ("foo-1.0+a.zip", 4),
        ("bar-1.zip", 5),
        ("foo-1.exe", 6),
        ("foo-\udcff.zip", 7),
    ]
    listed = folder_page(files, "file:///srv/my files", _FOO)
    assert listed.files == {
        "1.0+a": (File("foo-1.0+a.zip", "file:///srv/my%20files/foo-1.0%2Ba.zip", 4),)
    }
    assert listed.page.unreadable == ("foo-1.0+a b.zip",)
    assert listed.page.sources == ("file:///srv/my%20files",)


def test_a_place_that_has_nothing_of_the_name_is_no_source() -> None:
    assert folder_page([("bar-1.zip", 1)], "file:///srv", _FOO) == Listed(Page(name=_FOO), {})


def _place(host: str, *files: Mapping[str, object]) -> Listed:
    placed = [{**file, "url": f"https://{host}/{file['filename']}"} for file in files]
    return _read(_json(*placed), url=f"https://{host}/simple/foo/")


def test_places_are_joined() -> None:
    one = _place("one", _file("foo-1.0.zip"), _file("foo-x.zip"))
    two = _place("two", _file("foo-2.0.zip"), _file("foo-1.0-py3-none-any.whl"), _file("foo-y.zip"))
    joined = merged(_FOO, [one, Listed(Page(_FOO), {}), two])
    assert joined.page.sources == ("https://one/simple/", "https://two/simple/")
    assert joined.page.unreadable == ("foo-x.zip", "foo-y.zip")
    assert [row.version for row in joined.page.rows] == ["2.0", "1.0"]
    assert [file.url for file in joined.files["1.0"]] == [
        "https://two/foo-1.0-py3-none-any.whl",
        "https://one/foo-1.0.zip",
    ]


@pytest.mark.parametrize(
    ("first", "second", "hosts"),
    [
        ({"sha256": "aa"}, {"sha256": "AA", "md5": "00"}, ["one"]),
        ({}, {}, ["one"]),
        ({"sha256": "aa"}, {"sha256": "bb"}, ["two", "one"]),
        ({"sha256": "aa"}, {}, ["two", "one"]),
        ({"sha256": "aa"}, {"md5": "aa"}, ["two", "one"]),
    ],
)
def test_one_file_of_two_places_is_the_firsts_and_two_of_one_name_both_stand(
    first: dict[str, str], second: dict[str, str], hosts: list[str]
) -> None:
    one = _place("one", _file("foo-1.0.zip", hashes=first))
    two = _place("two", _file("foo-1.0.zip", hashes=second))
    joined = merged(_FOO, [one, two])
    assert [file.url for file in joined.files["1.0"]] == [
        f"https://{host}/foo-1.0.zip" for host in hosts
    ]


def test_nothing_joined_is_a_page_without_releases() -> None:
    assert merged(_FOO, []) == merged(_FOO, [Listed(Page(_FOO), {})] * 2) == Listed(Page(_FOO), {})


_specifiers = st.sampled_from([None, "", ">=3.6", ">=2.7, !=3.0.*", "<4", "'\"&"])
_listings = st.fixed_dictionaries(
    {
        "filename": st.sampled_from(
            [
                "foo-1.0.zip",
                "foo-1.0-py3-none-any.whl",
                "Foo-2.0+a-1-py2.py3-none-any.whl",
                "foo-1.0-1.tgz",
                "foo-1.0.exe",
                "foo-1.0.egg",
                "bar-1.0.zip",
                "foo-1.1.dev0.tar.bz2",
                "foo-1!1.tar.xz",
            ]
        ),
        "folder": st.sampled_from(
            ["", "a/", "../", "/x/", "https://h.example/y/", "a%20b/", "//g.example/"]
        ),
        "digest": st.sampled_from([None, "aa", "bb"]),
        "requires-python": _specifiers,
        "yanked": st.sampled_from([None, "reason"]),
        "core-metadata": st.sampled_from([None, True, "cc"]),
    }
)


def _as_json(listing: Mapping[str, object]) -> dict[str, object]:
    name, digest, metadata = (listing[key] for key in ("filename", "digest", "core-metadata"))
    return {
        "filename": name,
        "url": f"{listing['folder']}{quote(str(name))}",
        "hashes": {} if digest is None else {"sha256": digest},
        "requires-python": listing["requires-python"],
        "yanked": listing["yanked"] or False,
        "core-metadata": {"sha256": metadata} if isinstance(metadata, str) else metadata,
    }


def _as_html(listing: Mapping[str, object]) -> str:
    digest, metadata = listing["digest"], listing["core-metadata"]
    href = f"{listing['folder']}{quote(str(listing['filename']))}"
    attributes = {
        "href": href if digest is None else f"{href}#sha256={digest}",
        "data-requires-python": listing["requires-python"],
        "data-yanked": listing["yanked"],
        "data-core-metadata": f"sha256={metadata}" if isinstance(metadata, str) else metadata,
    }
    told = (
        f' {name}="{html.escape(str(value).replace("True", "true"))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<a{''.join(told)}>{listing['filename']}</a><br/>"


def _bodies(listings: Sequence[Mapping[str, object]]) -> dict[str, bytes]:
    as_html = "\n".join(map(_as_html, listings))
    return {
        _JSON: _json(*map(_as_json, listings)),
        "text/html": f"<!DOCTYPE html><html><body>{as_html}</body></html>".encode(),
    }


@pytest.fixture(scope="module")
def pip_reads() -> Callable[[bytes, str], set[tuple[object, ...]]]:
    """Read a page with pip's own parser and evaluation of names."""
    from pip._internal.index.collector import IndexContent, parse_links  # noqa: PLC0415 - heavy
    from pip._internal.index.package_finder import (  # noqa: PLC0415 - heavy
        _extract_version_from_fragment,
    )
    from pip._internal.models.wheel import Wheel  # noqa: PLC0415 - heavy
    from pip._internal.utils.filetypes import ARCHIVE_EXTENSIONS  # noqa: PLC0415 - heavy

    def read(body: bytes, content_type: str) -> set[tuple[object, ...]]:
        content = IndexContent(body, content_type, "utf-8", _URL, cache_link_parsing=False)
        found = set[tuple[object, ...]]()
        for link in parse_links(content):
            if link.ext not in ARCHIVE_EXTENSIONS or link.filename.startswith("bar"):
                continue
            stem = link.splitext()[0]
            text = (
                Wheel(link.filename).version
                if link.ext == ".whl"
                else _extract_version_from_fragment(stem, "foo")
            )
            announced = link.metadata_file_data
            metadata = None if announced is None else (announced.hashes or {}).get("sha256", "")
            found.add(
                (
                    link.url_without_fragment,
                    link.filename,
                    Version(str(text)),
                    link.hash,
                    link.requires_python,
                    link.is_yanked,
                    metadata,
                )
            )
        return found

    return read


def _facts(listed: Listed) -> set[tuple[object, ...]]:
    return {
        (
            file.url,
            file.name,
            Version(row.version),
            file.sha256,
            trait.requires_python,
            trait.is_yanked,
            None if file.metadata is None else file.metadata.removeprefix("sha256:"),
        )
        for row in listed.page.rows
        for file, trait in zip(
            listed.files[row.version], listed.page.signatures[row.signature], strict=True
        )
    }


@given(st.lists(_listings, max_size=6, unique_by=lambda each: each["filename"]))
def test_a_page_says_what_pip_reads_of_it_in_json_and_html_alike(
    pip_reads: Callable[[bytes, str], set[tuple[object, ...]]], listings: list[dict[str, object]]
) -> None:
    ours = {}
    for content_type, body in _bodies(listings).items():
        listed = ours[content_type] = _read(body, content_type)
        assert _facts(listed) == pip_reads(body, content_type)
    assert ours[_JSON] == ours["text/html"]


@given(st.lists(_listings, max_size=8))
def test_order_and_division_of_a_page_do_not_matter(listings: list[dict[str, object]]) -> None:
    distinct = list({str(each["filename"]): each for each in listings}.values())
    half = len(distinct) // 2
    whole = _read(_bodies(distinct)[_JSON])
    parts = [_read(_bodies(part)[_JSON]) for part in (distinct[half:], distinct[:half])]
    assert merged(_FOO, parts) == whole == _read(_bodies(distinct[::-1])[_JSON])


@pytest.mark.network
def test_the_index_lists_the_same_in_json_and_html() -> None:
    import http.client  # noqa: PLC0415 - this test alone asks anybody

    name = NormalizedName("zope-interface")
    pages = {}
    for form in ("json", "html"):
        connection = http.client.HTTPSConnection("pypi.org", timeout=30)
        accepted = {"Accept": f"application/vnd.pypi.simple.v1+{form}"}
        connection.request("GET", f"/simple/{name}/", headers=accepted)
        answer = connection.getresponse()
        announced, body = answer.headers["Content-Type"], answer.read()
        connection.close()
        url = f"https://pypi.org/simple/{name}/"
        pages[form] = announced, read_page(body, announced, url, name).page
    assert "5.0.0" in [row.version for row in pages["html"][1].rows]
    if "json" not in pages["json"][0]:
        pytest.skip(f"the index here answers {pages['json'][0]} where JSON is asked for")
    assert pages["json"][1] == pages["html"][1]
