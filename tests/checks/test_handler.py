"""SCF411 and SCF412, word for word: the handler that the platform calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.handler import entries_on
from audit.model import Artefact, Entry, Location, Problem, Project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from audit.platform import Runtime

HANDLER = "index.main_handler"
FINE = "def main_handler(event, context): return 'ok'\n"
ANSWER = "the platform answers 437, handler not found"
FAILS = "every call ends with 430, user code exception caught"


def test_a_handler_that_is_there_is_not_told(told: Callable[..., Any]) -> None:
    for code in ("SCF411", "SCF412"):
        assert told(code, sources={"index.py": FINE}, entry=HANDLER) == []
        assert told(code, sources={"app.py": ""}) == []


@pytest.mark.parametrize(
    ("source", "others"),
    [
        ("from app import run as main_handler", {"app.py": "def run(e, c): pass"}),
        ("from app import *", {"app.py": "from core import main_handler", "core.py": FINE}),
        ("from pkg.a import main_handler", {"pkg/__init__.py": "", "pkg/a.py": FINE}),
        ("from pkg import main_handler", {"pkg/__init__.py": "from .a import *", "pkg/a.py": FINE}),
        ("def run(e, c): pass\nmain_handler = run", {}),
        ("main_handler = lambda e, c: 1", {}),
        ("main_handler = make(app)", {}),
        ("from requests import main_handler", {}),
        ("import sys\nif sys.version_info[0] == 3:\n  def main_handler(e, c): pass", {}),
        (f"try:\n  import a\nexcept ImportError:\n  {FINE}", {}),
        ("main_handler = None\n" + FINE, {}),
        ("def main_handler(e): pass\n" + FINE, {}),
        ("class main_handler(Base): pass", {}),
        ("@wrap\ndef main_handler(e): pass", {}),
        ("def setup():\n  global main_handler", {}),
        ("a = b\nb = a\nmain_handler = a", {}),
    ],
)
def test_a_handler_may_be_bound_in_any_way(
    told: Callable[..., Any], source: str, others: dict[str, str]
) -> None:
    sources = {"index.py": source, **others}
    assert told("SCF411", sources=sources, entry=HANDLER) == []
    assert told("SCF412", sources=sources, entry=HANDLER) == []


WRITE = "write def main_handler(event, context) in index.py, or name another: --handler FILE.NAME"


@pytest.mark.parametrize(
    ("sources", "head", "why", "remedy"),
    [
        pytest.param(
            {"index.py": ""}, "index.py -", "index.py has no main_handler", WRITE, id="none"
        ),
        pytest.param(
            {"index.py": "def handler(e, c): pass\ndef main(e, c): pass\ndef f(e): pass"},
            "index.py -",
            "index.py has no main_handler; there is index.handler and index.main",
            "--handler index.handler, and set the function's handler to it",
            id="others",
        ),
        pytest.param(
            {"app.py": FINE, "src/index.py": FINE, "a/b/index.py": FINE},
            "- -",
            (
                "there is no index.py at the root of the package, but src/index.py; "
                "there is app.main_handler"
            ),
            "if that folder is what is deployed: scf-audit src",
            id="the file in a folder",
        ),
        pytest.param(
            {"app.py": FINE},
            "- -",
            "there is no index.py; there is app.main_handler",
            "--handler app.main_handler, and set the function's handler to it",
            id="no file",
        ),
        pytest.param(
            {"index.py": f"import sys\nif sys.version_info[0] == 2:\n  {FINE}"},
            "index.py -",
            "index.py has no main_handler",
            WRITE,
            id="for another Python",
        ),
        pytest.param(
            {"index.py": "if __name__ == '__main__':\n  from app import main_handler"},
            "index.py -",
            "index.py has no main_handler",
            WRITE,
            id="as a script alone",
        ),
        pytest.param(
            {"index.py": FINE + "del main_handler"},
            "index.py -",
            "index.py has no main_handler",
            WRITE,
            id="deleted",
        ),
        pytest.param(
            {"index.py": "from app import main_handler", "app.py": "def f(e, c): pass"},
            "index.py -",
            "index.py:1 imports main_handler from app.py, which has none; there is app.f",
            "--handler app.f, and set the function's handler to it",
            id="imported from where it is not",
        ),
        pytest.param(
            {"index.py": "from app import *", "app.py": "def _f(e, c): pass"},
            "index.py -",
            "index.py has no main_handler; there is app._f",
            "--handler app._f, and set the function's handler to it",
            id="star",
        ),
    ],
)
def test_a_handler_that_is_not_there_is_an_error(
    told: Callable[..., Any], sources: dict[str, str], head: str, why: str, remedy: str
) -> None:
    message = f"no handler {HANDLER}: {why}; {ANSWER}"
    expected = [(f"error blocked {head}", message, remedy)]
    assert told("SCF411", sources=sources, entry=HANDLER) == expected
    assert told("SCF412", sources=sources, entry=HANDLER) == []


UNNAMED = (
    "which handler is called is not known, so every file was audited as if it were loaded: "
    "there is no index.py, and no configuration names one; there is "
)


@pytest.mark.parametrize(
    ("sources", "there", "remedy"),
    [
        pytest.param(
            {"thumb.py": FINE}, "thumb.main_handler", "--handler thumb.main_handler", id="beside"
        ),
        pytest.param(
            {"a b/index.py": FINE},
            "index.main_handler in a b/",
            "scf-audit 'a b'",
            id="in a folder",
        ),
        pytest.param(
            {"b/index.py": FINE, "a/src/index.py": FINE, "c/index.py": FINE, "a/index.py": ""},
            "index.main_handler in b/ and in 2 more",
            "scf-audit b",
            id="in folders",
        ),
    ],
)
def test_a_handler_that_nothing_names_is_told(
    told: Callable[..., Any], sources: dict[str, str], there: str, remedy: str
) -> None:
    assert told("SCF411", sources=sources) == [("warning ready - -", UNNAMED + there, remedy)]


def test_a_zip_of_the_folder_around_the_code_has_no_handler(told: Callable[..., Any]) -> None:
    sources = {"demo/index.py": FINE}
    ((head, message, remedy),) = told(
        "SCF411", sources=sources, entry=HANDLER, artefact=Artefact.PACKAGE
    )
    assert head == "error blocked - -"
    assert "at the root of the package, but demo/index.py" in message
    assert remedy == "zip what is in the folder: cd demo && zip -r ../function.zip ."


@pytest.mark.parametrize(
    ("handler", "folder", "why", "remedy"),
    [
        ("app.run", "", "there is no app.py", "the handler in s.yml:5 to index.main_handler"),
        (HANDLER, "src/", "there is no src/index.py", "the code folder in s.yml to ./"),
    ],
)
def test_configuration_may_be_older_than_the_code(
    told: Callable[..., Any], handler: str, folder: str, why: str, remedy: str
) -> None:
    configured = Entry(handler, folder, Location("s.yml", 5), "Python3.6")
    message = (
        f"no handler {handler}: {why}; index.py has main_handler, which was audited in its place; "
        f"as it is configured, {ANSWER}"
    )
    fields = {"sources": {"index.py": FINE}, "entries": (configured,), "entry": HANDLER}
    expected = [("warning ready s.yml:5 -", message, f"set {remedy}")]
    assert told("SCF411", **fields) == expected


def test_a_name_that_something_unread_may_bind_is_not_decided(told: Callable[..., Any]) -> None:
    sources = {"index.py": "\nfrom wechatpy import *\n"}
    why = "whether index.py has main_handler is not known: index.py:2 imports * from wechatpy"
    message = f"no handler {HANDLER}: {why}; {ANSWER}"
    expected = [("warning unknown index.py -", message, WRITE)]
    assert told("SCF411", sources=sources, entry=HANDLER) == expected


def test_a_file_in_a_folder_is_not_what_the_platform_documents(told: Callable[..., Any]) -> None:
    sources = {"src/index.py": FINE}
    ((head, message, remedy),) = told("SCF411", sources=sources, entry=f"src/{HANDLER}")
    assert head == "warning unknown src/index.py -"
    assert message.endswith("the platform documents files at the root of the package alone")
    assert remedy.startswith("echo 'from src.index import main_handler' > handler.py")


def test_dots_name_no_folder(told: Callable[..., Any]) -> None:
    sources = {"app/index.py": FINE}
    ((head, message, remedy),) = told("SCF411", sources=sources, entry=f"app.{HANDLER}")
    assert head == "error blocked - -"
    assert "the first dot names the file, app.py, not app/index.py" in message
    assert remedy == "echo 'from app.index import main_handler as main_handler' > index.py"


@pytest.mark.parametrize(
    "case",
    [
        {"sources": {"index.py": "x = f'{1}'\n"}, "runtimes": ["2.7"]},
        {"sources": {"index.py": ""}, "problems": (Problem("no Python", Location("index.py", 1)),)},
        {"files": ["index.py"]},
    ],
)
def test_a_file_that_is_not_read_or_not_compiled_is_told_elsewhere(
    told: Callable[..., Any], case: dict[str, Any]
) -> None:
    assert told("SCF411", **case, entry=HANDLER) == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("def main_handler(event): pass", "takes one argument"),
        ("def main_handler(): pass", "takes no argument"),
        ("def main_handler(a, b, c): pass", "takes 3 arguments"),
        ("def main_handler(a, b, c, *d): pass", "takes at least 3 arguments"),
        ("def main_handler(a, b=1, *, c): pass", "wants c by name"),
        ("def main_handler(a=1): pass", "takes 0 to 1 arguments"),
        ("class main_handler: pass", "takes no argument"),
        ("main_handler = lambda: 1", "takes no argument"),
    ],
)
def test_a_handler_that_cannot_be_called_with_two_is_an_error(
    told: Callable[..., Any], source: str, what: str
) -> None:
    message = f"the handler {HANDLER} {what}, and is called with 2: event and context; {FAILS}"
    expected = [("error blocked index.py:1 -", message, "def main_handler(event, context):")]
    assert told("SCF412", sources={"index.py": source}, entry=HANDLER) == expected


def test_what_cannot_be_called_is_an_error(told: Callable[..., Any]) -> None:
    sources = {"index.py": "from pkg import main_handler", "pkg/main_handler.py": FINE}
    ((head, message, _),) = told("SCF412", sources=sources, entry=HANDLER)
    assert head == "error blocked index.py:1 -"
    assert message == f"the handler {HANDLER} is a module, which cannot be called; {FAILS}"


def test_what_cannot_be_called_in_one_case_alone_is_not_decided(told: Callable[..., Any]) -> None:
    source = f"if x:\n  def main_handler(e): pass\nelse:\n  {FINE}"
    ((head, _, _),) = told("SCF412", sources={"index.py": source}, entry=HANDLER)
    assert head == "warning unknown index.py:2 -"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("async def main_handler(e, c): pass", "a coroutine"),
        ("def main_handler(e, c): yield e", "a generator"),
        ("async def main_handler(e, c): yield e", "an asynchronous generator"),
    ],
)
def test_a_handler_of_which_nothing_runs_is_not_decided(
    told: Callable[..., Any], source: str, what: str
) -> None:
    ((head, message, _),) = told("SCF412", sources={"index.py": source}, entry=HANDLER)
    assert head == "warning unknown index.py:1 -"
    assert message.startswith(f"the handler {HANDLER} gives {what}: nothing of it has run then")


@pytest.mark.parametrize(
    ("python", "source", "way"),
    [
        (
            "3.6",
            "async def main_handler(e, c): pass",
            "asyncio.get_event_loop().run_until_complete",
        ),
        ("3.7", "async def main_handler(e, c): pass", "asyncio.run"),
        ("2.7", "def main_handler(e, c): yield e", "list"),
    ],
)
def test_what_gives_the_result_is_there_on_the_runtime(
    told: Callable[..., Any], python: str, source: str, way: str
) -> None:
    sources = {"index.py": source}
    ((_, _, remedy),) = told("SCF412", sources=sources, entry=HANDLER, runtimes=(python,))
    assert f", and in it {way}(...) of what is " in remedy


def test_what_is_no_json_is_a_warning_where_it_is_returned(told: Callable[..., Any]) -> None:
    sources = {
        "index.py": "from app import run as main_handler",
        "app.py": "import requests\ndef run(e, c):\n  r = requests.get('x')\n  return r\n",
    }
    built_ins: Mapping[str, tuple[str, ...]] = {"requests 2.21.0": ()}
    told_ = told("SCF412", sources=sources, entry=HANDLER, built_ins=built_ins)
    message = (
        f"the handler {HANDLER} returns a requests.Response, which is no JSON; who calls it and "
        "waits gets 430, user code exception caught"
    )
    remedy = "return response.json() or response.text"
    assert told_ == [("warning ready app.py:4 -", message, remedy)]


def test_bytes_are_json_on_python_2_alone(told: Callable[..., Any]) -> None:
    sources = {"index.py": "def main_handler(e, c): return b'x'\n"}
    for python, found in (("2.7", 0), ("3.6", 1), ("3.10", 1)):
        assert len(told("SCF412", sources=sources, entry=HANDLER, runtimes=[python])) == found


def test_what_is_deployed_on_a_runtime_is_called_there(runtimes: Mapping[str, Runtime]) -> None:
    old, new = Entry("a.f", runtime="python2.7"), Entry("b.f", runtime="Python3.6")
    anywhere = Entry("c.f")
    project = Project(root=".", declared_in=(), declared=(), entries=(old, new))
    assert entries_on(project, runtimes["2.7"]) == (old,)
    assert entries_on(project, runtimes["3.6"]) == (new,)
    assert entries_on(project, runtimes["3.10"]) == (old, new)
    project = project._replace(entries=(old, anywhere))
    assert entries_on(project, runtimes["3.6"]) == (anywhere,)
