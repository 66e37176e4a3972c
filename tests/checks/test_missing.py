"""SCF201 and SCF202, word for word: imports that nothing meets, and when that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Artefact

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.resolve.index import Index

HANDLER = "index.main_handler"
URLLIB2 = "in its place: try: import urllib2 / except ImportError: import urllib.request as urllib2"
ASYNCIO = "try: import asyncio / except ImportError: what Python 2.7 has in its place"
REQUEST = (
    "in its place: try: import urllib.request as request / "
    "except ImportError: import urllib2 as request"
)
ADD = "add what provides nowhere to the requirements, or its files to the package"
CP311 = "cp311-cp311-manylinux_2_17_x86_64"


def handler(body: str) -> str:
    return f"def main_handler(event, context):\n    {body}\n"


@pytest.mark.parametrize(
    ("sources", "head", "message"),
    [
        pytest.param(
            {"index.py": "import json\nimport nowhere\n"},
            "error blocked index.py:2 nowhere",
            "no module nowhere on Python3.6",
            id="where the handler's file is loaded",
        ),
        pytest.param(
            {"index.py": handler("import nowhere")},
            "error blocked index.py:2 nowhere",
            "no module nowhere on Python3.6",
            id="in the handler itself",
        ),
        pytest.param(
            {"index.py": "def other():\n    import nowhere\n"},
            "warning ready index.py:2 nowhere",
            "no module nowhere on Python3.6; it fails when other() is called",
            id="in another function",
        ),
        pytest.param(
            {"index.py": "import own\n", "own.py": handler("import nowhere")},
            "warning ready own.py:2 nowhere",
            "no module nowhere on Python3.6; it fails when main_handler() is called",
            id="in a function that is only called like the handler",
        ),
        pytest.param(
            {"index.py": "", "tool.py": "import nowhere\n"},
            "warning ready tool.py:1 nowhere",
            "no module nowhere on Python3.6; tool.py is not loaded by index.main_handler",
            id="in a file that the handler does not load",
        ),
        pytest.param(
            {"index.py": "import own\n", "own.py": "import nowhere\n"},
            "error blocked own.py:1 nowhere",
            "no module nowhere on Python3.6",
            id="in a file that it loads",
        ),
        pytest.param(
            {"index.py": "import os\nif os.environ:\n    import nowhere\n"},
            "warning unknown index.py:3 nowhere",
            "no module nowhere on Python3.6; it stands under a test that cannot be decided",
            id="under a test of something else",
        ),
        pytest.param(
            {
                "index.py": "def other():\n    import nowhere\nimport os\n"
                "if os.environ:\n    import nowhere\nimport nowhere.within\n"
            },
            "error blocked index.py:6 nowhere",
            "no module nowhere on Python3.6",
            id="once, at the place that weighs most",
        ),
    ],
)
def test_where_an_import_stands_decides_how_much_it_weighs(
    told: Callable[..., Any], sources: dict[str, str], head: str, message: str
) -> None:
    assert told("SCF201", sources=sources, entry=HANDLER) == [(head, message, ADD)]


PUT = "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))\n"
AWAY = "; unless the code puts the folder of lib/nowhere.py on sys.path by then"
MOVE = "--ignore SCF201:nowhere, if it does; else move lib/nowhere.py to the root of the package"


@pytest.mark.parametrize(
    ("before", "file", "told_as"),
    [
        (PUT, "lib/nowhere.py", ("warning unknown", AWAY, MOVE)),
        (
            "import site\nsite.addsitedir('lib')\n",
            "lib/nowhere.py",
            ("warning unknown", AWAY, MOVE),
        ),
        (PUT, "lib/nowhere_else.py", ("error blocked", "", ADD)),
        ("import sys\nsys.path_hooks\n", "lib/nowhere.py", ("error blocked", "", ADD)),
    ],
)
def test_a_module_in_a_folder_that_the_code_may_put_on_the_path_is_not_known_to_be_missing(
    told: Callable[..., Any], before: str, file: str, told_as: tuple[str, str, str]
) -> None:
    sources = {"index.py": f"{before}import nowhere\n", file: ""}
    head, more, remedy = told_as
    assert told("SCF201", sources=sources, entry=HANDLER) == [
        (f"{head} index.py:3 nowhere", f"no module nowhere on Python3.6{more}", remedy)
    ]


def test_without_a_known_handler_every_file_counts(told: Callable[..., Any]) -> None:
    case = {"sources": {"tool.py": "import nowhere\n"}}
    assert told("SCF201", **case) == [
        ("error blocked tool.py:1 nowhere", "no module nowhere on Python3.6", ADD)
    ]


@pytest.mark.parametrize(
    ("requirements", "ending"),
    [
        ("a\n", "a, not checked"),
        ("a\nb\n", "a or b, not checked"),
        ("a\nb\nc\nd\n", "a, b, c or d, not checked"),
        ("a\nb\nc\nd\ne\n", "a, b, c or 2 more, not checked"),
    ],
)
def test_a_distribution_that_was_not_checked_may_bring_the_module(
    told: Callable[..., Any], requirements: str, ending: str
) -> None:
    case = {"sources": {"index.py": "import nowhere\n"}, "requirements": requirements}
    message = f"no module nowhere on Python3.6; unless it comes with {ending}"
    assert told("SCF201", **case) == [("warning unknown index.py:1 nowhere", message, ADD)]


def test_nothing_can_bring_a_module_to_a_finished_package(told: Callable[..., Any]) -> None:
    case = {"sources": {"index.py": "import nowhere\n"}, "requirements": "a\n"}
    ((head, message, _),) = told("SCF201", artefact=Artefact.PACKAGE, root="f.zip", **case)
    assert (head, message) == (
        "error blocked f.zip/index.py:1 nowhere",
        "no module nowhere on Python3.6",
    )


@pytest.mark.parametrize(
    ("code", "case", "module", "because", "requirement"),
    [
        pytest.param("import yaml\n", {}, "yaml", "", "'pyyaml'", id="from the table"),
    ],
)
def test_the_remedy_packs_what_is_known_to_provide_the_module(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    pip: Callable[..., str],
    code: str,
    case: dict[str, Any],
    module: str,
    because: str,
    requirement: str,
) -> None:
    assert told("SCF201", sources={"index.py": code}, **case) == [
        (
            f"error blocked index.py:1 {module}",
            f"no module {module} on Python3.6{because}",
            pip("X").replace("'X'", requirement),
        )
    ]


def test_a_name_that_is_merely_equal_is_suggested_only_where_it_is_a_built_in_elsewhere(
    told: Callable[..., Any],
) -> None:
    ((_, _, remedy),) = told("SCF201", sources={"index.py": "import nowhere\n"})
    assert "pip install" not in remedy


def test_what_only_the_platform_has_under_that_name_is_packed_and_renamed(
    told: Callable[..., Any], pip: Callable[..., str]
) -> None:
    case = {"sources": {"index.py": "import qcloud_cos_v5\n"}, "runtimes": ["3.7"]}
    assert told("SCF201", **case) == [
        (
            "error blocked index.py:1 qcloud_cos_v5",
            "no module qcloud_cos_v5 on Python3.7",
            "import it as SCF204 says, and pack it: " + pip("cos-python-sdk-v5", "3.7"),
        )
    ]


MEND = "mend the name, or add the file to the package"
DOTS = "mend the name, or add the file; at the root of the package, leave out the dots"


@pytest.mark.parametrize(
    ("sources", "head", "message", "remedy"),
    [
        pytest.param(
            {"index.py": "from . import own\n", "own.py": ""},
            "error blocked index.py:1 .",
            '"from . import ..." fails on Python2.7; '
            "a relative import needs a package around its file",
            DOTS,
            id="relative at the root",
        ),
        pytest.param(
            {"index.py": "import a.b\n", "a/__init__.py": "", "a/b.py": "from ..c import d\n"},
            "error blocked a/b.py:1 ..c",
            '"from ..c import ..." fails on Python2.7; '
            "a relative import goes beyond the outermost package",
            DOTS,
            id="relative beyond the outermost package",
        ),
        pytest.param(
            {"index.py": "import a\n", "a/__init__.py": "from .c import d\n"},
            "error blocked a/__init__.py:1 .c",
            '"from .c import ..." fails on Python2.7; a/ has no module c',
            DOTS,
            id="relative to nothing",
        ),
        pytest.param(
            {"index.py": "import a.c\n", "a/__init__.py": ""},
            "error blocked index.py:1 a.c",
            "no module a.c on Python2.7; a/ has no module c",
            MEND,
            id="not in an own package",
        ),
        pytest.param(
            {"index.py": "import utils\n", "Utils.py": ""},
            "error blocked index.py:1 utils",
            "no module utils on Python2.7; the name is spelled otherwise in Utils.py, "
            "and Linux tells upper from lower case",
            MEND,
            id="another case of letters",
        ),
        pytest.param(
            {"index.py": "import actions.mail\n", "actions/mail.py": ""},
            "error blocked index.py:1 actions",
            "no module actions on Python2.7; "
            "the folder actions/ has no __init__.py, which Python 2 needs",
            MEND,
            id="a folder that is a package on Python 3 only",
        ),
    ],
)
def test_an_own_module_that_is_not_there_says_what_is_nearly_it(
    told: Callable[..., Any], sources: dict[str, str], head: str, message: str, remedy: str
) -> None:
    found = told("SCF201", sources=sources, entry=HANDLER, runtimes=["2.7"])
    assert found == [(head, message, remedy)]


@pytest.mark.parametrize(
    ("python", "code", "module", "span", "instead"),
    [
        ("3.6", "import urllib2\n", "urllib2", "2.7", URLLIB2),
        ("2.7", "import asyncio\n", "asyncio", "3.4 to {newest}", ASYNCIO),
        ("2.7", "from urllib import request\n", "urllib.request", "3.4 to {newest}", REQUEST),
    ],
)
def test_a_standard_library_module_of_another_python(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    newest: str,
    python: str,
    code: str,
    module: str,
    span: str,
    instead: str,
) -> None:
    span = span.format(newest=newest)
    found = told("SCF202", sources={"index.py": code}, runtimes=[python])
    assert found == [
        (
            f"error blocked index.py:1 {module}",
            f"no module {module} on Python{python}; the standard library has it on Python {span}",
            instead,
        )
    ]
    assert told("SCF201", sources={"index.py": code}, runtimes=[python]) == []


def test_a_backport_is_offered_and_may_come_with_what_was_not_checked(
    told: Callable[..., Any], pip: Callable[..., str], newest: str
) -> None:
    case = {"sources": {"index.py": "import enum, asyncio\n"}, "runtimes": ["2.7"]}
    asyncio, enum = told("SCF202", requirements="a\n", **case)
    assert enum == (
        "warning unknown index.py:1 enum",
        (
            "no module enum on Python2.7; the standard library has it on Python 3.4 to "
            f"{newest}; "
            "unless it comes with a, not checked"
        ),
        pip("enum34==1.1.10", "2.7"),
    )
    assert asyncio[0] == "error blocked index.py:1 asyncio"


@pytest.mark.parametrize("code", ["SCF201", "SCF202"])
@pytest.mark.parametrize(
    ("source", "case"),
    [
        pytest.param("import json\n", {}, id="standard library"),
        pytest.param("import six\n", {"built_ins": {"six 1.12.0": ()}}, id="built-in"),
        pytest.param("import six\n", {"vendored": {"six 1.12.0": {}}}, id="vendored"),
        pytest.param("import six\n", {"requirements": "six\n"}, id="to be vendored"),
        pytest.param("import own\n", {"files": ["own.so"]}, id="own extension module"),
        pytest.param("try:\n    import no\nexcept ImportError:\n    no = 1\n", {}, id="guarded"),
        pytest.param("import sys\nif sys.version_info[0] == 2:\n    import no\n", {}, id="other"),
        pytest.param("if __name__ == '__main__':\n    import no\n", {}, id="script"),
    ],
)
def test_an_import_that_is_met_or_never_runs(
    told: Callable[..., Any], code: str, source: str, case: dict[str, Any]
) -> None:
    assert told(code, sources={"index.py": source}, **case) == []


YAML = {"index.py": "import yaml\n"}
FILES: dict[str, dict[str, Any]] = {
    "a 1": {"names": ["a"]},
    "b 1": {"names": ["b.c"]},
    "old 1": {"names": ["old"], "tags": ""},
    "pyyaml 5": {"names": ["yaml"]},
    "pyyaml 6": {"names": ["yaml", "_yaml"], "requires_python": ">=3.8"},
    "nowhere 2": {"names": ["nowhere"]},
}


@pytest.mark.parametrize(
    ("files", "head", "ending"),
    [
        pytest.param({}, "error blocked", "", id="all files are known"),
        pytest.param(
            {"a 1": {}},
            "warning unknown",
            "; unless it comes with a, whose files could not be read "
            "(a-1-py2.py3-none-any.whl is broken)",
            id="a file that cannot be read",
        ),
        pytest.param(
            {"a 1": {}, "b 1": {}},
            "warning unknown",
            "; unless it comes with a or b, whose files could not be read",
            id="two of them",
        ),
        pytest.param(
            {"a 1": {"names": ["a"], "tags": "", "unsure": "its setup.py is not run"}},
            "warning unknown",
            "; unless it comes with a, of which not all is known",
            id="a source that may bring in more",
        ),
        pytest.param(
            {"a 1": {"names": [], "tags": ""}},
            "warning unknown",
            "; unless it comes with a, of which not all is known",
            id="a source that shows no modules",
        ),
        pytest.param(
            {"a 1": {"names": ["a"], "tags": "", "compiles": True}},
            "error blocked",
            "",
            id="a source to compile that shows them",
        ),
        pytest.param({"a 1": {"names": []}}, "error blocked", "", id="a wheel without modules"),
    ],
)
def test_what_is_missing_is_proven_by_the_files_of_all_that_is_pinned(
    told: Callable[..., Any],
    shelf: Callable[..., Index],
    files: dict[str, Any],
    head: str,
    ending: str,
) -> None:
    index = shelf({"a": {"1": ("b",)}, "b": {"1": ()}}, {**FILES, **files})
    case = {"sources": {"index.py": "import nowhere\n"}, "requirements": "a\n"}
    assert told("SCF201", index=index, **case) == [
        (f"{head} index.py:1 nowhere", f"no module nowhere on Python3.6{ending}", ADD)
    ]


def test_what_was_not_checked_and_what_cannot_be_read_are_both_named(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    case = {"sources": {"index.py": "import nowhere\n"}, "requirements": "a\nelsewhere\n"}
    ((_, message, _),) = told("SCF201", index=shelf({"a": {"1": ()}}), **case)
    assert message == (
        "no module nowhere on Python3.6; unless it comes with elsewhere, not checked, or with a, "
        "whose files could not be read (a-1-py2.py3-none-any.whl is broken)"
    )


def test_a_relative_import_comes_with_nothing(told: Callable[..., Any]) -> None:
    case = {"sources": {"index.py": "from .gone import x\n"}, "requirements": "a\n"}
    ((head, _, _),) = told("SCF201", **case)
    assert head == "error blocked index.py:1 .gone"


def test_what_a_conflict_would_bring_is_not_missing_for_sure(told: Callable[..., Any]) -> None:
    case = {"sources": YAML, "requirements": "pyyaml<5\npyyaml>6\n"}
    ((head, message, _),) = told("SCF201", **case)
    assert head == "warning unknown index.py:1 yaml"
    assert message.endswith("; unless it comes with pyyaml, which is in a conflict")
    ((head, _, _),) = told("SCF201", artefact=Artefact.PACKAGE, **case)
    assert head == "error blocked index.py:1 yaml"


@pytest.mark.parametrize(
    ("stock", "files", "runtime", "told_of", "requirement"),
    [
        pytest.param(
            {"pyyaml": {"5": (), "6": ()}},
            {},
            "3.6",
            "; pyyaml 5 has it",
            "'pyyaml==5'",
            id="the newest that fits the runtime",
        ),
        pytest.param(
            {"pyyaml": {"5": (), "6": ()}},
            {},
            "3.9",
            "; pyyaml 6 has it",
            "'pyyaml==6'",
            id="on another runtime",
        ),
        pytest.param(
            {"pyyaml": {"5": (), "6": ("b>=1",)}},
            {"pyyaml 6": {"names": ["yaml"]}},
            "3.6",
            "; pyyaml 5 has it",
            "'pyyaml==5'",
            id="and goes with the requirements",
        ),
        pytest.param(
            {"pyyaml": {"5": ()}},
            {"pyyaml 5": {}},
            "3.6",
            "; pyyaml 5 has it",
            "'pyyaml==5'",
            id="the table's word where its file cannot be read",
        ),
        pytest.param(
            {"pyyaml": {"5": ()}},
            {"pyyaml 5": {"names": ["snakeyaml"]}},
            "3.6",
            "",
            "'pyyaml'",
            id="nothing where its file says otherwise",
        ),
    ],
)
def test_the_requirement_to_add_is_named_at_a_version_that_fits(  # noqa: PLR0913, PLR0917  # a row and fixtures
    told: Callable[..., Any],
    pip: Callable[..., str],
    shelf: Callable[..., Index],
    stock: dict[str, Any],
    files: dict[str, Any],
    runtime: str,
    told_of: str,
    requirement: str,
) -> None:
    rest = {"a": {"1": ("b<1",)}, "b": {"0.9": (), "1": ()}}
    index = shelf({**rest, **stock}, {**FILES, "b 0.9": {"names": ["b"]}, **files})
    case = {"sources": YAML, "requirements": "a\n", "runtimes": [runtime]}
    assert told("SCF201", index=index, **case) == [
        (
            "error blocked index.py:1 yaml",
            f"no module yaml on Python{runtime}{told_of}",
            pip("X", runtime).replace("'X'", requirement),
        )
    ]


def test_a_suggestion_that_comes_as_source_is_built_by_the_runtimes_python(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    index = shelf({"pyyaml": {"5": ()}}, {"pyyaml 5": {"names": ["yaml"], "tags": ""}})
    ((_, _, remedy),) = told("SCF201", sources=YAML, index=index)
    assert remedy == "python3.6 -m pip install --no-deps --target . 'pyyaml==5'"


def test_a_suggestion_that_fits_nowhere_or_clashes_says_so(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    none = shelf({"pyyaml": {"6": ()}}, {"pyyaml 6": {"tags": "cp311-cp311-win_amd64"}})
    ((_, message, remedy),) = told("SCF201", sources=YAML, index=none)
    assert message.endswith("; no release of pyyaml fits")
    assert remedy == "choose a runtime that pyyaml has releases for, or do without it"
    clashing = shelf(
        {"a": {"1": ("b<1",)}, "b": {"0.9": (), "1": ()}, "pyyaml": {"5": ("b>=1",)}},
        {**FILES, "b 0.9": {"names": ["b"]}},
    )
    case = {"sources": YAML, "requirements": "a\n"}
    ((_, message, remedy),) = told("SCF201", index=clashing, **case)
    assert message.endswith("; pyyaml 5 has it, which clashes with the requirements")
    assert remedy == "add pyyaml to the requirements to see what is against it"


def test_an_equal_name_is_a_guess_and_needs_the_module_in_its_files(
    told: Callable[..., Any], pip: Callable[..., str], shelf: Callable[..., Index]
) -> None:
    case = {"sources": {"index.py": "import nowhere\n"}}
    index = shelf({"nowhere": {"2": ()}}, FILES)
    assert told("SCF201", index=index, **case) == [
        (
            "error blocked index.py:1 nowhere",
            "no module nowhere on Python3.6; nowhere 2 on the index has a module of that name",
            f"if that is the one that is meant: {pip('nowhere==2')}",
        )
    ]
    for other in ({"nowhere 2": {"names": ["somewhere"]}}, {}):
        ((_, message, remedy),) = told("SCF201", index=shelf({"nowhere": {"2": ()}}, other), **case)
        assert (message, remedy) == ("no module nowhere on Python3.6", ADD)


def test_a_line_that_its_marker_leaves_out_is_named(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    case = {"sources": YAML, "requirements": "PyYAML>=4; python_version>='3.7'\n"}
    left_out = "PyYAML>=4; python_version>='3.7' (requirements.txt:1) does not apply here"
    ((_, message, _),) = told("SCF201", **case)
    assert message == f"no module yaml on Python3.6; {left_out}"
    ((_, message, _),) = told("SCF201", index=shelf({"pyyaml": {"5": ()}}, FILES), **case)
    assert message == f"no module yaml on Python3.6; pyyaml 5 has it; {left_out}"


def test_a_guess_in_a_namespace_is_made_for_its_longest_part(
    told: Callable[..., Any], pip: Callable[..., str], shelf: Callable[..., Index]
) -> None:
    stock = {"google": {"9": ()}, "google-thing": {"2": ()}}
    index = shelf(stock, {"google-thing 2": {"names": ["google.thing"]}})
    ((_, _, remedy),) = told("SCF201", sources={"index.py": "import google.thing.x\n"}, index=index)
    assert remedy == f"if that is the one that is meant: {pip('google-thing==2')}"


def test_what_is_required_already_is_not_suggested_again(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    index = shelf({"pyyaml": {"4": (), "5": ()}}, {**FILES, "pyyaml 4": {"names": ["yaml"]}})
    case = {"sources": YAML, "requirements": "pyyaml<5\npyyaml>=5\n", "index": index}
    ((_, message, remedy),) = told("SCF201", **case)
    assert message == (
        "no module yaml on Python3.6; unless it comes with pyyaml, which is in a conflict"
    )
    assert remedy == "end the conflict on pyyaml first"


def test_a_release_that_no_longer_has_the_module_is_not_packed_again(
    told: Callable[..., Any], shelf: Callable[..., Index]
) -> None:
    # setuptools 82 has no pkg_resources any more.
    index = shelf({"setuptools": {"82": ()}}, {"setuptools 82": {"names": ["setuptools"]}})
    sources = {"index.py": "import pkg_resources\n"}
    ((head, _, remedy),) = told("SCF201", sources=sources, requirements="setuptools\n", index=index)
    assert head == "error blocked index.py:1 pkg_resources"
    assert remedy == ("setuptools 82 has none: try an older one, setuptools<82 in the requirements")


def test_a_copy_that_lacks_the_module_does_not_stand_for_the_release_that_has_it(
    told: Callable[..., Any], pip: Callable[..., str], shelf: Callable[..., Index]
) -> None:
    copy = {"pyyaml 5": {"files": ["pyyaml/__init__.py"]}}
    index = shelf({"pyyaml": {"5": ()}}, FILES)
    ((_, message, remedy),) = told("SCF201", sources=YAML, vendored=copy, index=index)
    assert message == "no module yaml on Python3.6; pyyaml 5 has it"
    assert remedy == pip("pyyaml==5")
