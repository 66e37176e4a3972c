"""Which releases fit which runtime: rows from real pages, laws, and pip's own choice."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version
from pip._internal.index.collector import IndexContent, parse_links
from pip._internal.index.package_finder import CandidateEvaluator, LinkEvaluator, LinkType
from pip._internal.models.candidate import InstallationCandidate
from pip._internal.models.link import Link
from pip._internal.models.target_python import TargetPython
from pip._vendor.packaging.specifiers import SpecifierSet
from pip._vendor.packaging.tags import compatible_tags, cpython_tags

from audit.pages import File, Page, Row, Trait
from audit.resolve.fitness import Hashes, Offer, Selection, Terms, offers, read_optional_extensions
from audit.resolve.refusals import YANKED, spans
from audit.runtimes import wheel_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.platform import Runtime

_DATA = Path(__file__).parents[2] / "data"
_ANY = Selection()
_COMPILES = "and its source has to be compiled"
_NO_FILE = "has no file with the given hash"


def _page(releases: Mapping[str, str], name: str = "demo") -> Page:
    """Make a page of `version: "file file"`, a file being `tags@requires-python!` or `sdist`."""
    signatures = {version: tuple(map(_trait, text.split())) for version, text in releases.items()}
    distinct = tuple(dict.fromkeys(signatures.values()))
    newest_first = sorted(signatures, key=Version, reverse=True)
    return Page(
        name=canonicalize_name(name),
        rows=tuple(Row(each, distinct.index(signatures[each])) for each in newest_first),
        signatures=distinct,
    )


def _trait(text: str) -> Trait:
    """Read `tags@requires-python!`: the exclamation mark for yanked, both ends optional."""
    tags, _, needed = text.removesuffix("!").partition("@")
    return Trait("" if tags == "sdist" else tags, needed or None, text.endswith("!"))


def _fitting(
    page: Page, runtime: Runtime, selection: Selection = _ANY, optional: str = ""
) -> list[str]:
    """Return `version kind file` of each release that fits."""
    terms = Terms(runtime, selection, frozenset(map(canonicalize_name, optional.split())))
    found = offers(page, terms).fitting
    return [f"{offer.text} {offer.kind} {offer.file}" for offer in found]


def _why(page: Page, runtime: Runtime, selection: Selection = _ANY) -> dict[str, str]:
    refused = offers(page, Terms(runtime, selection)).refused
    return {str(refusal.version): refusal.reason for refusal in refused}


_PANDAS = {
    "2.3.3": "cp310-cp310-macosx_11_0_arm64@>=3.9"
    " cp310-cp310-manylinux_2_24_x86_64.manylinux_2_28_x86_64@>=3.9"
    " cp310-cp310-musllinux_1_2_x86_64@>=3.9 cp310-cp310-win_amd64@>=3.9 sdist@>=3.9",
    "2.3.2": "cp310-cp310-macosx_11_0_arm64@>=3.9"
    " cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64@>=3.9 sdist@>=3.9",
}
_EXCLUDING = "@>=2.7,!=3.0.*,!=3.1.*,!=3.2.*,!=3.3.*,!=3.4.*,!=3.5.*,!=3.6.*"
_PYCRYPTODOME = {
    "3.24.1": f"cp27-cp27mu-manylinux2010_x86_64{_EXCLUDING}"
    f" cp37-abi3-manylinux2014_x86_64{_EXCLUDING}"
    f" sdist{_EXCLUDING}",
    "3.21.0": "cp27-cp27mu-manylinux2010_x86_64 cp36-abi3-manylinux2014_x86_64 sdist",
}
_GREENLET = {
    "3.5.6": "cp310-cp310-manylinux_2_24_x86_64.manylinux_2_28_x86_64@>=3.10 sdist@>=3.10",
    "3.2.5": "cp310-cp310-manylinux2014_x86_64.manylinux_2_17_x86_64@>=3.9 sdist@>=3.9",
}
_OPENCV = {
    "5.0.0.93": "cp37-abi3-manylinux2014_x86_64@>=3.6 cp37-abi3-win_amd64@>=3.6 sdist@>=3.6",
    "4.6.0.66": "cp36-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64@>=3.6 sdist@>=3.6",
    "4.3.0.38": "cp36-cp36m-manylinux2014_x86_64 cp38-cp38-win32 sdist",
    "4.3.0.36": "cp36-cp36m-manylinux2014_x86_64",
    "4.2.0.32": "cp27-cp27m-manylinux1_x86_64 cp27-cp27mu-manylinux1_x86_64"
    " cp36-cp36m-manylinux1_x86_64",
}
_TENSORFLOW = {
    "1.9.0": "cp27-cp27mu-manylinux1_x86_64 cp33-cp33m-manylinux1_x86_64"
    " cp36-cp36m-manylinux1_x86_64 cp36-cp36m-win_amd64",
}
_SCANDIR = {"1.10.0": "cp27-cp27m-win32 cp37-cp37m-win_amd64 sdist", "1.5": "sdist"}


@pytest.mark.parametrize(
    ("releases", "python", "first"),
    [
        (_PANDAS, "3.10", "2.3.2 wheel 1"),
        (_PYCRYPTODOME, "2.7", "3.24.1 wheel 0"),
        (_PYCRYPTODOME, "3.6", "3.21.0 wheel 1"),
        (_PYCRYPTODOME, "3.7", "3.24.1 wheel 1"),
        (_GREENLET, "3.10", "3.2.5 wheel 0"),
        (_OPENCV, "3.7", "5.0.0.93 wheel 0"),
        (_OPENCV, "3.6", "4.6.0.66 wheel 0"),
        (_OPENCV, "2.7", "4.2.0.32 wheel 1"),
        (_TENSORFLOW, "2.7", "1.9.0 wheel 0"),
        (_TENSORFLOW, "3.6", "1.9.0 wheel 2"),
        (_SCANDIR, "2.7", "1.5 sdist 0"),
    ],
)
def test_the_newest_release_that_really_fits_comes_first(
    releases: dict[str, str], python: str, first: str, runtimes: Mapping[str, Runtime]
) -> None:
    assert _fitting(_page(releases), runtimes[python])[0] == first


@pytest.mark.parametrize(
    ("releases", "python", "version", "reason"),
    [
        (
            _PANDAS,
            "3.10",
            "2.3.3",
            f"has wheels for glibc 2.24 and newer only, {_COMPILES}",
        ),
        (_PANDAS, "3.6", "2.3.3", "needs Python >=3.9"),
        (_PYCRYPTODOME, "3.6", "3.24.1", "needs Python !=3.6.*"),
        (_GREENLET, "3.9", "3.5.6", "needs Python >=3.10"),
        (
            _OPENCV,
            "3.6",
            "5.0.0.93",
            f"has wheels for cp37 and newer only, {_COMPILES}",
        ),
        (
            _OPENCV,
            "2.7",
            "4.3.0.38",
            f"has wheels for Python 3 only, {_COMPILES}",
        ),
        (_OPENCV, "2.7", "4.3.0.36", "has wheels for Python 3 only"),
        (_OPENCV, "3.10", "4.2.0.32", "has wheels for cp27, cp36 only"),
        (_TENSORFLOW, "3.10", "1.9.0", "has wheels for cp27, cp33, cp36 only"),
        (
            _SCANDIR,
            "2.7",
            "1.10.0",
            f"has wheels for Windows only, {_COMPILES}",
        ),
    ],
)
def test_a_release_that_does_not_fit_says_why(
    releases: dict[str, str],
    python: str,
    version: str,
    reason: str,
    runtimes: Mapping[str, Runtime],
) -> None:
    assert _why(_page(releases), runtimes[python])[version] == reason


@pytest.mark.parametrize(
    ("files", "python", "fits"),
    [
        ("cp27-cp27mu-manylinux1_x86_64", "2.7", "wheel 0"),
        ("cp27-cp27m-manylinux1_x86_64", "2.7", "has wheels for cp27m only"),
        ("cp27-cp27mu-manylinux1_i686", "2.7", "has wheels for Linux on i686 only"),
        ("cp27-cp27mu-manylinux1_x86_64.manylinux2010_x86_64", "2.7", "wheel 0"),
        ("py2.py3-none-any", "2.7", "wheel 0"),
        ("py3-none-any", "2.7", "has wheels for Python 3 only"),
        ("py3-none-any sdist", "2.7", "sdist 1"),
        ("py3-none-any sdist@>=2.7", "2.7", "sdist 1"),
        ("py3-none-any@>=2.7 sdist", "2.7", "sdist 1"),
        ("py3-none-any@>=3.6 sdist", "2.7", "needs Python >=3.6"),
        ("py3-none-any@>=3.7 sdist", "3.6", "needs Python >=3.7"),
        ("py2-none-any sdist", "3.6", "sdist 1"),
        ("py2-none-any", "3.6", "has wheels for Python 2 only"),
        ("cp36-abi3-manylinux1_x86_64", "3.6", "wheel 0"),
        ("cp36-abi3-manylinux1_x86_64", "3.10", "wheel 0"),
        ("cp37-abi3-manylinux1_x86_64", "3.6", "has wheels for cp37 and newer only"),
        ("cp37-abi3-win32 cp39-abi3-linux_x86_64", "3.6", "has wheels for cp39 and newer only"),
        ("cp36-cp36m-musllinux_1_1_x86_64 cp36-cp36m-manylinux2014_aarch64", "3.6",
         "has wheels for musl Linux and Linux on aarch64 only"),
        ("cp39-cp39-win32 cp310-cp310-macosx_11_0_arm64", "3.6",
         "has wheels for Windows and macOS only"),
        ("cp39-cp39-manylinux_2_28_x86_64 cp310-cp310-win32", "3.6", "has wheels for cp39 only"),
        ("pp39-pypy39_pp73-manylinux2014_x86_64", "3.9", "has wheels for pp39 only"),
        ("cp36-cp36m-any", "3.6", "has wheels for cp36-cp36m-any only"),
        ("sdist", "2.7", "sdist 0"),
        ("sdist@>=3.6.8", "3.6", "needs Python >=3.6.8"),
        ("sdist@<3.6.8", "3.6", "sdist 0"),
        ("sdist@>=3.6,<3.7", "3.7", "needs Python <3.7"),
        ("sdist@no-python", "3.6", "sdist 0"),
        ("sdist@>=2.7.*", "2.7", "sdist 0"),
        ("py3-none-any@>=3.10 cp36-cp36m-win32@>=3.8", "3.6", "needs Python >=3.10 or >=3.8"),
        ("py3-none-any@>=3.10 cp37-cp37m-win32", "3.6", "has wheels for Windows only"),
        ("py3-none-any@>=3.8 cp37-cp37m-win32 sdist", "3.6", "sdist 2"),
        ("PY3-NONE-ANY", "3.6", "wheel 0"),
        ("PY2-NONE-ANY sdist", "3.6", "sdist 1"),
        ("", "3.6", "has no files"),
    ],
)  # fmt: skip
def test_one_release_fits_or_says_why(
    files: str, python: str, fits: str, runtimes: Mapping[str, Runtime]
) -> None:
    page = _page({"1.0": files})
    found = [*_fitting(page, runtimes[python]), *_why(page, runtimes[python]).values()]
    assert found in ([f"1.0 {fits}"], [fits])


@pytest.mark.parametrize(
    ("files", "python", "best"),
    [
        ("py3-none-any cp36-cp36m-manylinux1_x86_64 sdist", "3.6", 1),
        ("cp36-cp36m-manylinux1_x86_64 cp36-cp36m-manylinux2014_x86_64", "3.6", 1),
        ("cp36-cp36m-linux_x86_64 cp36-cp36m-manylinux1_x86_64", "3.6", 1),
        ("cp36-cp36m-manylinux2010_x86_64 cp36-cp36m-manylinux_2_12_x86_64", "3.6", 1),
        ("cp35-abi3-manylinux1_x86_64 cp36-abi3-manylinux1_x86_64", "3.6", 1),
        ("py2.py3-none-any py3-none-any", "3.6", 0),
        ("sdist py3-none-any", "3.6", 1),
        ("py3-none-any! sdist", "3.6", 1),
        ("cp36-cp36m-manylinux1_x86_64! py3-none-any", "3.6", 1),
        ("cp36-cp36m-manylinux1_x86_64@>=3.7 py3-none-any", "3.6", 1),
    ],
)
def test_of_one_release_the_best_file_is_offered(
    files: str, python: str, best: int, runtimes: Mapping[str, Runtime]
) -> None:
    (offer,) = offers(_page({"1.0": files}), Terms(runtimes[python])).fitting
    assert offer.file == best


def test_wheels_come_before_newer_sdists_and_pre_releases_and_yanked_ones_last(
    runtimes: Mapping[str, Runtime],
) -> None:
    releases = {
        "5.0": "py3-none-any!",
        "4.1rc1": "sdist",
        "4.0b2": "py3-none-any",
        "3.0": "sdist",
        "2.0": "py3-none-any",
        "2.0.post1": "py3-none-any",
        "1!0.5": "sdist",
        "2.0+local": "py3-none-any",
        "1.0.dev3": "py3-none-any",
        "0.9": "sdist!",
    }
    order = [each.split()[0] for each in _fitting(_page(releases), runtimes["3.6"])]
    finals = ["2.0.post1", "2.0+local", "2.0", "1!0.5", "3.0"]
    assert order == [*finals, "4.0b2", "1.0.dev3", "4.1rc1", "5.0", "0.9"]


def test_with_pre_a_pre_release_counts_as_final(runtimes: Mapping[str, Runtime]) -> None:
    page = _page({"2.0rc1": "py3-none-any", "1.0": "py3-none-any"})
    without = offers(page, Terms(runtimes["3.6"])).fitting
    with_pre = offers(page, Terms(runtimes["3.6"], Selection(pre=True))).fitting
    assert [(offer.text, offer.is_preview) for offer in without] == [
        ("1.0", False),
        ("2.0rc1", True),
    ]
    assert [(offer.text, offer.is_preview) for offer in with_pre] == [
        ("2.0rc1", False),
        ("1.0", False),
    ]


def test_an_optional_extension_needs_no_compiler(runtimes: Mapping[str, Runtime]) -> None:
    fitting = _fitting(_page(_SCANDIR, "scandir"), runtimes["2.7"], optional="ScanDir")
    assert fitting == ["1.10.0 sdist 2", "1.5 sdist 0"]


_ALL = frozenset({":all:"})
_DEMO = frozenset({"demo"})
_OTHER = frozenset({"other"})


@pytest.mark.parametrize(
    ("files", "selection", "fits"),
    [
        ("py3-none-any sdist", Selection(no_binary=_ALL), "sdist 1"),
        ("py3-none-any sdist", Selection(no_binary=_OTHER), "wheel 0"),
        ("py3-none-any sdist", Selection(no_binary=_ALL, only_binary=_DEMO), "wheel 0"),
        ("py3-none-any sdist", Selection(no_binary=_DEMO, only_binary=_ALL), "sdist 1"),
        ("py3-none-any sdist", Selection(prefer_binary=True), "wheel 0"),
        ("py3-none-any", Selection(no_binary=_DEMO), "is kept out by --no-binary"),
        ("sdist", Selection(only_binary=_DEMO), "is kept out by --only-binary"),
        ("sdist", Selection(only_binary=_ALL), "is kept out by --only-binary"),
        ("py2-none-any sdist", Selection(only_binary=_ALL),
         "has wheels for Python 2 only, and its source is kept out by --only-binary"),
        ("cp36-cp36m-win32 sdist", Selection(only_binary=_ALL),
         "has wheels for Windows only, and its source is kept out by --only-binary"),
        ("cp36-cp36m-manylinux1_x86_64 sdist", Selection(no_binary=_ALL),
         f"is kept out by --no-binary, {_COMPILES}"),
        ("cp36-cp36m-win32@>=3.7 sdist@>=3.6", Selection(),
         "would come as source, but its source has to be compiled"),
    ],
)  # fmt: skip
def test_pip_options_keep_files_out(
    files: str, selection: Selection, fits: str, runtimes: Mapping[str, Runtime]
) -> None:
    page = _page({"1.0": files})
    found = [
        *_fitting(page, runtimes["3.6"], selection),
        *_why(page, runtimes["3.6"], selection).values(),
    ]
    assert found in ([f"1.0 {fits}"], [fits])


def _hashes(allowed: str, *files: str) -> Hashes:
    """Allow digests of the files of every release, each with the hashes that it is given."""
    listed = tuple(File(str(n), "", hashes=tuple(each.split())) for n, each in enumerate(files))
    return Hashes(frozenset(allowed.split()), lambda _: listed)


@pytest.mark.parametrize(
    ("files", "hashes", "fits"),
    [
        ("py3-none-any sdist", _hashes("sha256:a", "sha256:a", "sha256:b"), "wheel 0"),
        ("py3-none-any sdist", _hashes("sha256:b", "sha256:a", "sha256:b"), "sdist 1"),
        ("py3-none-any sdist", _hashes("sha256:c", "sha256:a", "sha256:b"), _NO_FILE),
        ("py3-none-any sdist", _hashes("", "sha256:a", "sha256:b"), _NO_FILE),
        ("py3-none-any sdist", _hashes("sha256:b", "", "sha256:b"), "sdist 1"),
        ("py3-none-any sdist", _hashes("sha256:c", "", "sha256:b"), "wheel 0 unverified"),
        ("py3-none-any sdist", _hashes("sha256:c", "md5:a", "sha256:b"), "wheel 0 unverified"),
        ("py3-none-any sdist", _hashes("md5:a sha256:c", "md5:a sha256:a", ""), "wheel 0"),
        ("py3-none-any cp37-cp37m-win32", _hashes("sha256:b", "sha256:a", "sha256:b"),
         "has wheels for Windows only"),
        ("cp37-cp37m-win32 py3-none-any", _hashes("sha256:a", "sha256:a", ""),
         "wheel 1 unverified"),
        ("cp37-cp37m-win32", _hashes("sha256:z", "sha256:a"), "has wheels for Windows only"),
    ],
)  # fmt: skip
def test_a_hash_leaves_only_the_files_that_have_it_or_cannot_be_compared(
    files: str, hashes: Hashes, fits: str, runtimes: Mapping[str, Runtime]
) -> None:
    found = offers(_page({"1.0": files}), Terms(runtimes["3.6"]), hashes)
    told = [
        f"{offer.kind} {offer.file}{' unverified' if offer.is_unverified else ''}"
        for offer in found.fitting
    ]
    assert [*told, *(refusal.reason for refusal in found.refused)] == [fits]


def test_files_are_read_only_for_a_hash_and_only_of_releases_that_fit(
    runtimes: Mapping[str, Runtime],
) -> None:
    asked: list[str] = []

    def files(version: str) -> tuple[File, ...]:
        asked.append(version)
        return (File("", "", hashes=("sha256:a",)),)

    page = _page({"2.0": "sdist@>=3.8", "1.0": "sdist"})
    offers(page, Terms(runtimes["3.6"]), Hashes(frozenset({"sha256:a"}), files))
    assert asked == ["1.0"]


def test_releases_with_one_reason_are_summed_up_as_spans(runtimes: Mapping[str, Runtime]) -> None:
    releases = {f"4.{minor}": "py3-none-any@>=3.8" for minor in range(3)}
    releases |= {
        "3.0": "py3-none-any",
        "2.1": "sdist@>=3.8",
        "2.0": "sdist@>=3.9",
        "5.0": "sdist@>=3.9",
    }
    found = spans(offers(_page(releases), Terms(runtimes["3.6"])).refused)
    assert [(str(s.first), str(s.last), s.releases, s.reason) for s in found] == [
        ("5.0", "5.0", 1, "needs Python >=3.9"),
        ("4.0", "4.2", 3, "needs Python >=3.8"),
        ("2.1", "2.1", 1, "needs Python >=3.8"),
        ("2.0", "2.0", 1, "needs Python >=3.9"),
    ]


def test_a_fitting_release_parts_a_span_and_a_yanked_one_can_join(
    runtimes: Mapping[str, Runtime],
) -> None:
    page = _page({"3": "py2-none-any", "2": "py3-none-any!", "1": "py2-none-any"})
    found = offers(page, Terms(runtimes["3.6"]))
    assert [span.releases for span in spans(found.refused)] == [1, 1]
    joined = spans([*found.refused, found.fitting[0].refused(YANKED)])
    assert [span.reason for span in joined][1] == YANKED
    assert len(joined) == 3


_TAGS = st.sampled_from(
    (
        "py2.py3-none-any", "py3-none-any", "py2-none-any", "cp36-none-any", "py36-none-any",
        "cp27-cp27mu-manylinux1_x86_64.manylinux2010_x86_64", "cp27-cp27m-manylinux1_x86_64",
        "cp36-cp36m-manylinux_2_17_x86_64.manylinux2014_x86_64", "cp36-cp36m-linux_x86_64",
        "cp36-abi3-manylinux_2_12_x86_64", "cp37-abi3-manylinux2014_x86_64", "cp36-abi3-win32",
        "cp310-cp310-manylinux_2_24_x86_64", "cp310-cp310-manylinux_2_5_x86_64.manylinux1_x86_64",
        "cp310-cp310-musllinux_1_1_x86_64", "py3-none-manylinux1_x86_64", "py3-none-win_amd64",
        "cp34.cp35.cp36-abi3-manylinux1_x86_64", "cp39-cp39-manylinux2014_aarch64", "sdist",
    )
)  # fmt: skip
_NEEDED = st.sampled_from(
    ("", "", "@>=3.6", "@>=2.7", "@>=2.7,!=3.6.*", "@<3", "@<3.10", "@>=3.6.2", "@nonsense")
)
_FILES = st.tuples(_TAGS, _NEEDED, st.sampled_from(("", "", "!"))).map("".join)
_RELEASES = st.lists(_FILES, min_size=1, max_size=6, unique_by=lambda file: file.split("@")[0]).map(
    " ".join
)
_PAGES = st.dictionaries(
    st.sampled_from(("1.0", "1.1", "1.1.post1", "2.0rc1", "2.0", "2.0+cu1", "1!0.1", "3.0.dev1")),
    _RELEASES,
    min_size=1,
)
_PYTHONS = st.sampled_from(("2.7", "3.6", "3.7", "3.9", "3.10"))
_FAST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@given(releases=_PAGES, python=_PYTHONS)
@_FAST
def test_every_release_either_fits_or_is_refused(
    releases: dict[str, str], python: str, runtimes: Mapping[str, Runtime]
) -> None:
    page = _page(releases)
    found = offers(page, Terms(runtimes[python]))
    places = [*(offer.place for offer in found.fitting), *(each.place for each in found.refused)]
    assert sorted(places) == list(range(len(page.rows)))
    assert sum(span.releases for span in spans(found.refused)) == len(found.refused)


@given(releases=_PAGES, python=_PYTHONS)
@_FAST
def test_a_release_fits_whatever_others_its_page_has(
    releases: dict[str, str], python: str, runtimes: Mapping[str, Runtime]
) -> None:
    together = {each.split()[0] for each in _fitting(_page(releases), runtimes[python])}
    alone = {
        version
        for version, files in releases.items()
        if _fitting(_page({version: files}), runtimes[python])
    }
    assert together == alone


class _Pip:
    """pip's own choice among the files of a release on a runtime.

    It sorts by the order of tags that pip sees when it runs there: given platforms as
    options, it would move manylinux2010 and manylinux1 forward.
    """

    def __init__(self, name: str, runtime: Runtime) -> None:
        known = dict.fromkeys(tag.rpartition("-")[2] for tag in wheel_tags(runtime))
        platforms = [platform for platform in known if platform != "any"]
        python = TargetPython(
            platforms=platforms,
            py_version_info=tuple(map(int, runtime.full_version.split("."))),
            abis=[runtime.abi],
            implementation="cp",
        )
        interpreter = f"cp{runtime.python.replace('.', '')}"
        tags = [
            *cpython_tags(runtime.version, [runtime.abi], platforms),
            *compatible_tags(runtime.version, interpreter, platforms),
        ]
        formats = frozenset({"binary", "source"})
        canonical: Any = canonicalize_name(name)  # pip has a packaging of its own
        self._name = name
        self._links = LinkEvaluator(name, canonical, formats, python, allow_yanked=True)
        self._best = CandidateEvaluator(name, tags, SpecifierSet())

    def best(self, links: Sequence[Link]) -> Link | None:
        found = [
            InstallationCandidate(self._name, version, link)
            for link in links
            for kind, version in [self._links.evaluate_link(link)]
            if kind is LinkType.candidate
        ]
        best = self._best.compute_best_candidate(found).best_candidate
        return None if best is None else best.link


def _agree(offer: Offer | None, chosen: Link | None, ours: Link | None) -> bool:
    """Whether pip chooses as we do; of sdists, we refuse more than pip."""
    if offer is None:
        return chosen is None or not chosen.is_wheel
    assert chosen is not None
    if offer.is_yanked and not chosen.is_yanked:
        return not chosen.is_wheel
    return chosen == ours if offer.kind == "wheel" else not chosen.is_wheel


@given(releases=_PAGES, python=_PYTHONS)
@_FAST
def test_pip_chooses_the_same_file(
    releases: dict[str, str], python: str, runtimes: Mapping[str, Runtime]
) -> None:
    page = _page(releases)
    offered = {offer.text: offer for offer in offers(page, Terms(runtimes[python])).fitting}
    pip = _Pip("demo", runtimes[python])
    for row in page.rows:
        links = [_link(row.version, trait) for trait in page.signatures[row.signature]]
        offer = offered.get(row.version)
        assert _agree(offer, pip.best(links), None if offer is None else links[offer.file])


def _link(version: str, trait: Trait) -> Link:
    end = f"-{trait.tags}.whl" if trait.tags else ".tar.gz"
    return Link(
        f"https://index.test/demo-{version}{end}",
        requires_python=trait.requires_python,
        yanked_reason="withdrawn" if trait.is_yanked else None,
    )


@pytest.mark.network
@pytest.mark.parametrize("name", ["cryptography", "greenlet", "opencv-python", "pycryptodome"])
def test_pip_chooses_the_same_file_on_real_pages(
    name: str, runtimes: Mapping[str, Runtime]
) -> None:
    url = f"https://pypi.org/simple/{name}/"
    with urllib.request.urlopen(url, timeout=60) as answer:
        kind, body = answer.headers.get_content_type(), answer.read()
    releases: dict[Version, list[Link]] = {}
    for link in parse_links(IndexContent(body, kind, None, url)):
        version = _version_of(link)
        if version is not None:
            releases.setdefault(version, []).append(link)
    assert len(releases) > 40
    page = _page(
        {str(version): " ".join(map(_written, links)) for version, links in releases.items()}, name
    )
    for runtime in runtimes.values():
        offered = {offer.version: offer for offer in offers(page, Terms(runtime)).fitting}
        pip = _Pip(name, runtime)
        for version, links in releases.items():
            offer = offered.get(version)
            ours = None if offer is None else links[offer.file]
            assert _agree(offer, pip.best(links), ours), (runtime.name, version)


def _version_of(link: Link) -> Version | None:
    try:
        if link.is_wheel:
            return parse_wheel_filename(link.filename)[1]
        return parse_sdist_filename(link.filename)[1]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None


def _written(link: Link) -> str:
    """Write a link as `_trait` reads it."""
    tags = "-".join(link.filename[:-4].split("-")[-3:]) if link.is_wheel else "sdist"
    needed = "".join((link.requires_python or "").split())
    return f"{tags}@{needed}{'!' if link.is_yanked else ''}"


def test_the_shipped_list_of_optional_extensions_is_sorted_and_read() -> None:
    text = (_DATA / "optional_extensions.csv").read_text(encoding="utf-8")
    names = [line.partition(",")[0] for line in text.splitlines()[1:]]
    assert names == sorted(names, key=str.lower)
    read = read_optional_extensions(text)
    assert len(read) == len(names)
    assert {"scandir", "zope-interface", "crcmod"} <= read
    assert "distribution" not in read
