"""Alternatives and tests around imports, held against what Python itself does with them."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.failing import failing
from audit.finder import Answer, Finder, surroundings
from audit.imports import Imports, Use, meet, survey
from audit.model import Project
from audit.names import ImportNames
from audit.platform import Runtime
from audit.report import Context, Met
from audit.source.read import read_source
from audit.source.stdlib import StandardLibrary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
ABSENT = ("no_such_a", "no_such_b")


def runtime(python: str = HERE) -> Runtime:
    return Runtime(
        name=f"Python{python}",
        python=python,
        full_version=f"{python}.0",
        abi=f"cp{python.replace('.', '')}",
        glibc=(2, 17),
        machine="x86_64",
        search_path=(),
        unpacked_limit=1,
        has_built_ins=False,
        source="test",
    )


def imports_of(code: str, *, python: str = HERE, live: Iterable[str] | None = None) -> Imports:
    files = {"index.py": textwrap.dedent(code), "broken.py": "this is no Python\n"}
    read = [read_source(path, text.encode()) for path, text in files.items()]
    assert not any(problems for _, problems in read)
    project = Project(
        root=".",
        declared_in=(),
        declared=(),
        sources=tuple(source for source, _ in read),
        files=frozenset(files),
    )
    library = StandardLibrary(measured=("2.7", "3.6"), differences=())
    around = surroundings(project, library, ImportNames(by_import={}, by_distribution={}))
    here = runtime(python)
    reached = None if live is None else frozenset(live)
    surveyed = survey(project.root, project.sources, around)
    unloadable = failing(project, around.own, here)
    return meet(surveyed, Finder(around, here, ()), here, reached, unloadable)


def statuses(found: Imports) -> dict[str, str]:
    return {module.module: module.status.value for module in found.modules}


def fails_at_load(found: Imports) -> list[str]:
    return [use.answer.module for use in found.unmet if use.function is None and use.certain]


def block(depth: int) -> st.SearchStrategy[list[str]]:
    statement = st.sampled_from(["import json", "import sys", "import no_such_a", "pass"]) | (
        st.sampled_from(["import no_such_b", "import os, no_such_a", "from os import path"])
    )
    simple = statement.map(lambda line: [line])
    if depth == 0:
        return simple
    inner = block(depth - 1)
    attempt = st.builds(
        attempted, inner, handlers=st.lists(handler(inner), min_size=1, max_size=2), other=inner
    )
    test = st.sampled_from(["sys.version_info[0] == 2", "sys.version_info >= (3,)"])
    branching = st.builds(branched, test, inner, inner)
    function = inner.map(lambda body: ["def function():", *indented(body)])
    parts = st.lists(simple | attempt | branching | function, min_size=1, max_size=3)
    return parts.map(lambda blocks: [line for part in blocks for line in part])


def handler(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    heads = st.sampled_from(["except ImportError:", "except Exception as e:"])
    tails = st.sampled_from([[], [], ["raise"]])
    return st.builds(lambda head, body, tail: [head, *indented(body + tail)], heads, inner, tails)


def attempted(body: list[str], handlers: list[list[str]], other: list[str]) -> list[str]:
    return [
        "try:",
        *indented(body),
        *(line for each in handlers for line in each),
        "else:",
        *indented(other),
    ]


def branched(test: str, body: list[str], other: list[str]) -> list[str]:
    return [f"if {test}:", *indented(body), "else:", *indented(other)]


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def loads(code: str) -> bool:
    def fake_import(name: str, *_: object) -> ModuleType:
        if name in ABSENT:
            raise ImportError(name)
        return sys if name == "sys" else sys.modules["os"]

    scope = {
        "__import__": fake_import,
        "ImportError": ImportError,
        "Exception": Exception,
        "ValueError": ValueError,
    }
    try:
        exec(code, {"__builtins__": scope, "sys": sys})  # noqa: S102 - the point: Python's own word
    except ImportError:
        return False
    return True


@given(block(3))
def test_a_file_is_said_to_load_exactly_when_python_loads_it(lines: list[str]) -> None:
    code = "import sys\n" + "\n".join(lines) + "\n"
    assert (not fails_at_load(imports_of(code))) == loads(code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(
            "try:\n  import json\nexcept ImportError:\n  import no_such_a as json\n",
            {"json": "stdlib", "no_such_a": "ignored"},
            id="the body is met, so the handler never runs",
        ),
        pytest.param(
            "try:\n  import no_such_a\nexcept ImportError:\n  no_such_a = None\n",
            {"no_such_a": "ignored"},
            id="a handler that does without",
        ),
        pytest.param(
            "try:\n  import no_such_a\nexcept ImportError:\n  import no_such_b\n",
            {"no_such_a": "missing", "no_such_b": "missing"},
            id="every branch is missing",
        ),
        pytest.param(
            "try:\n  import no_such_a\nexcept ImportError:\n  raise\n",
            {"no_such_a": "missing"},
            id="a handler that raises is no alternative",
        ),
        pytest.param(
            "try:\n  import no_such_a\nexcept ImportError:\n"
            "  try:\n    import no_such_b\n  except ImportError:\n    import json\n",
            {"json": "stdlib", "no_such_a": "ignored", "no_such_b": "ignored"},
            id="alternatives within alternatives",
        ),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  import no_such_a\n",
            {"typing": "stdlib", "no_such_a": "ignored"},
            id="for the type checker alone",
        ),
        pytest.param(
            "if __name__ == '__main__':\n  import no_such_a\n",
            {"no_such_a": "ignored"},
            id="for a script, which a handler's module is not",
        ),
    ],
)
def test_what_an_import_counts_as(code: str, expected: dict[str, str]) -> None:
    assert statuses(imports_of(code)) == expected


@pytest.mark.parametrize(
    ("python", "expected"),
    [
        ("2.7", {"urllib2": "stdlib", "urllib.request": "ignored", "sys": "stdlib"}),
        ("3.6", {"urllib2": "ignored", "urllib.request": "stdlib", "sys": "stdlib"}),
    ],
)
def test_a_version_test_is_evaluated_for_the_runtime(python: str, expected: dict[str, str]) -> None:
    code = """
        import sys
        PY2 = sys.version_info[0] == 2
        if PY2:
            import urllib2
        else:
            import urllib.request
    """
    found = imports_of(code, python=python)
    assert statuses(found) == expected
    contexts = {m.module: m.sites[0].context for m in found.modules}
    assert contexts["urllib2"] is Context.VERSION


@pytest.mark.parametrize(
    ("python", "status", "expected"),
    [("2.7", "ignored", Context.TOP), ("3.6", "stdlib", Context.TOP)],
)
def test_what_a_test_before_it_leaves_is_not_come_to(
    python: str, status: str, expected: Context
) -> None:
    code = """
        import sys
        if sys.version_info < (3,):
            raise RuntimeError
        import json
    """
    module = imports_of(code, python=python).modules[0]
    assert (module.module, module.status.value) == ("json", status)
    assert [site.context for site in module.sites] == [expected]


@pytest.mark.parametrize(
    ("handlers", "expected", "unmet"),
    [
        ("except Exception: import no_such_a", "local", [("no_such_a", True)]),
        ("except SyntaxError: import no_such_a", "local", [("no_such_a", True)]),
        ("except ImportError: import no_such_a", "local", []),
        ("except KeyError: import no_such_a", "local", [("no_such_a", False)]),
        (
            "except ImportError: import no_such_a\nexcept Exception: import no_such_b",
            "local",
            [("no_such_b", True)],
        ),
        ("except Exception: import os", "ignored", []),
        ("except Exception: raise", "local", []),
    ],
)
def test_an_own_file_that_fails_leads_to_the_handler_that_catches_it(
    handlers: str, expected: str, unmet: list[tuple[str, bool]]
) -> None:
    found = imports_of(f"try:\n  try: import broken\n  except ValueError: pass\n{handlers}\n")
    assert statuses(found)["broken"] == expected
    assert [(use.answer.module, use.certain) for use in found.unmet] == unmet


def only_use(code: str, *, live: Iterable[str] | None = None) -> Use:
    (use,) = imports_of(code, live=live).unmet
    return use


def test_an_import_in_a_function_names_the_outermost_function() -> None:
    use = only_use("def outer():\n  def inner():\n    import no_such_a\n")
    assert (use.function, use.certain) == ("outer", True)


def test_an_import_under_a_test_of_something_else_is_uncertain() -> None:
    assert not only_use("import os\nif os.environ:\n  import no_such_a\n").certain


def test_a_file_that_the_handler_does_not_load_is_not_live() -> None:
    assert not only_use("import no_such_a\n", live=["other.py"]).live
    assert only_use("import no_such_a\n", live=["index.py"]).live


@pytest.mark.parametrize(
    ("python", "status"), [("2.7", Met.MISSING), ("3.6", Met.STDLIB), ("3.10", Met.STDLIB)]
)
def test_a_submodule_named_after_from_is_looked_up_too(python: str, status: Met) -> None:
    (module,) = imports_of("from urllib import request\n", python=python).modules
    assert module.status is status


def test_the_same_module_is_one_row_with_every_place() -> None:
    (module,) = imports_of("import json\nimport json.decoder\ndef f():\n  import json\n").modules[
        :1
    ]
    assert [(site.at.line, site.context) for site in module.sites] == [
        (1, Context.TOP),
        (4, Context.FUNCTION),
    ]


def test_an_answer_says_which_of_several_imports_on_a_line_is_missing() -> None:
    found = imports_of("import os, no_such_a, json\n")
    assert [use.answer for use in found.unmet] == [Answer("no_such_a", Met.MISSING)]
