from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.failing import failing as unable
from audit.loading import Loaded, loading, reached
from audit.model import DEFAULT_HANDLER, Entry, Location, Project
from audit.own import OwnModules
from audit.report import Context, ImportedModule, ImportSite, Met
from audit.runtimes import read_runtimes
from audit.shipped import RUNTIMES, data_text
from audit.source.read import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.platform import Runtime


@pytest.fixture(scope="module")
def runtimes() -> Mapping[str, Runtime]:
    return {each.python: each for each in read_runtimes(data_text(RUNTIMES), RUNTIMES)}


def _project(files: Mapping[str, str]) -> Project:
    return Project(
        root=".",
        declared_in=(),
        declared=(),
        sources=tuple(read_source(path, text.encode())[0] for path, text in files.items()),
        files=frozenset(files),
        entries=(Entry(DEFAULT_HANDLER),),
    )


def _loaded(
    code: str, runtimes: Mapping[str, Runtime], python: str = "3.6", failing: tuple[int, ...] = ()
) -> Loaded:
    """How `index.py` with some code loads `other.py`; imports on the failing lines find nothing."""
    files = {
        "index.py": code,
        "other.py": "",
        "both.py": "import other\n",
        "broken.py": "import other\nthis is no Python\n",
        "through.py": "import broken\n",
        "refusing.py": "import sys\nimport other\nassert sys.version_info < (3,)\n",
    }
    project = _project(files)
    sites = tuple(ImportSite(Location("index.py", line), Context.GUARDED) for line in failing)
    modules = (ImportedModule("absent", Met.IGNORED, None, "", sites),)
    runtime = runtimes[python]
    unloadable = unable(project, OwnModules(files, [""]), runtime)
    found = loading(project, OwnModules(files, [""]), runtime, modules, unloadable)
    assert found is not None
    return found.of("other.py")


@pytest.mark.parametrize(
    ("code", "loaded"),
    [
        ("import other\n", Loaded.SURELY),
        ("from other import x\n", Loaded.SURELY),
        ("import both\n", Loaded.SURELY),
        ("import sys\n", Loaded.NEVER),
        ("def f():\n    import other\n", Loaded.CALLED),
        ("def f():\n    import both\n", Loaded.CALLED),
        ("def main_handler(event, context):\n    import other\n", Loaded.SURELY),
        ("if DEBUG:\n    import other\n", Loaded.PERHAPS),
        ("import sys\nif sys.version_info[0] == 2:\n    import other\n", Loaded.NEVER),
        ("import sys\nif sys.version_info[0] == 3:\n    import other\n", Loaded.SURELY),
        ("if __name__ == '__main__':\n    import other\n", Loaded.NEVER),
        ("try:\n    import other\nexcept ImportError:\n    pass\n", Loaded.SURELY),
        ("try:\n    import json\nexcept ImportError:\n    import other\n", Loaded.CALLED),
        ("try:\n    import other\nexcept SyntaxError:\n    import json\n", Loaded.SURELY),
        ("import broken\n", Loaded.SURELY),
        ("try:\n    import broken\nexcept ImportError:\n    pass\n", Loaded.SURELY),
        ("try:\n    import broken\nexcept SyntaxError:\n    pass\n", Loaded.CALLED),
        ("try:\n    import refusing\nexcept:\n    pass\n", Loaded.SURELY),
        ("try:\n    import through\nexcept:\n    pass\n", Loaded.CALLED),
        ("try:\n    import broken\nexcept SyntaxError:\n    import other\n", Loaded.SURELY),
        ("try:\n    import broken\nexcept Exception:\n    import other\n", Loaded.SURELY),
        ("try:\n    import refusing\nexcept AssertionError:\n    import both\n", Loaded.SURELY),
        ("try:\n    import json\nexcept SyntaxError:\n    import other\n", Loaded.NEVER),
        ("try:\n    import json\nexcept KeyError:\n    import other\n", Loaded.PERHAPS),
        (
            "try: import broken\nexcept ImportError: import other\nexcept SyntaxError: pass\n",
            Loaded.CALLED,
        ),
        (
            "try: import broken\nexcept SyntaxError: pass\nelse: import other\n",
            Loaded.CALLED,
        ),
        ("import sys\nif sys.version_info > (3,): sys.exit()\nimport other\n", Loaded.NEVER),
        ("import sys\nif sys.version_info < (3,): sys.exit()\nimport other\n", Loaded.SURELY),
    ],
)
def test_how_a_file_is_loaded_depends_on_what_is_around_its_import(
    code: str, loaded: Loaded, runtimes: Mapping[str, Runtime]
) -> None:
    assert _loaded(code, runtimes) is loaded


def test_a_test_of_the_version_is_decided_for_each_runtime(
    runtimes: Mapping[str, Runtime],
) -> None:
    code = "import sys\nif sys.version_info[0] == 2:\n    import other\n"
    assert _loaded(code, runtimes, "2.7") is Loaded.SURELY


def test_an_alternative_is_loaded_where_what_comes_before_it_is_not_found(
    runtimes: Mapping[str, Runtime],
) -> None:
    code = "try:\n    import absent\nexcept ImportError:\n    import other\n"
    assert _loaded(code, runtimes, failing=(2,)) is Loaded.SURELY


def test_what_a_try_survives_is_told_apart(runtimes: Mapping[str, Runtime]) -> None:
    files = {
        "index.py": "try: import through\nexcept SyntaxError: pass\n",
        "through.py": "import broken\n",
        "broken.py": "import other\nthis is no Python\n",
        "other.py": "",
    }
    project = _project(files)
    own, runtime = OwnModules(files, [""]), runtimes["3.6"]
    unloadable = unable(project, own, runtime)

    found = loading(project, own, runtime, (), unloadable)

    assert found is not None
    assert found.surely == {"index.py", "through.py"}
    assert found.survived == {"through.py", "broken.py", "other.py"}
    assert reached(project, own, runtime, unloadable) == frozenset({"index.py", "through.py"})


def test_without_a_handler_nothing_is_told(runtimes: Mapping[str, Runtime]) -> None:
    project = Project(root=".", declared_in=(), declared=())
    assert loading(project, OwnModules([], [""]), runtimes["3.6"], ()) is None


@pytest.mark.parametrize(
    ("code", "spared"),
    [
        ("try: import both\nexcept ImportError: pass\n", {"both.py", "other.py"}),
        ("try: import both\nexcept ImportError: both = None\n", {"both.py", "other.py"}),
        ("try: import both\nexcept Exception: pass\n", {"both.py", "other.py"}),
        ("try: import both\nexcept ImportError: pass\nimport other\n", {"both.py"}),
        ("try: import both\nexcept ImportError: import absent\n", set[str]()),
        ("try: import both\nexcept ImportError: raise\n", set[str]()),
        ("try: import both\nexcept SyntaxError: pass\n", set[str]()),
        ("try: import json\nexcept ImportError: import both\n", set[str]()),
        ("import both\n", set[str]()),
        ("try: import turning\nexcept ImportError: pass\n", set[str]()),
    ],
)
def test_files_that_may_as_well_fail_to_import_are_told_apart(
    code: str, spared: set[str], runtimes: Mapping[str, Runtime]
) -> None:
    files = {
        "index.py": code,
        "both.py": "import other\n",
        "turning.py": "try: import other\nexcept ImportError: raise SystemExit\n",
        "other.py": "",
    }
    project = _project(files)

    found = loading(project, OwnModules(files, [""]), runtimes["3.6"], ())

    assert found is not None
    assert found.spared == spared
