from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Told = Callable[..., list[tuple[str, str, str]]]

REFUSING = "import sys\nif sys.version_info < (3, 7):\n    raise RuntimeError('needs 3.7')\n"
HANDLER = "def main_handler(event, context): return 1\n"
REMOVE = "remove the test before {}, if the code works on Python 3.6"


def test_a_file_that_refuses_the_runtime_blocks_it(told: Told) -> None:
    found = told(
        "SCF303",
        sources={"index.py": REFUSING + HANDLER},
        entry="index.main_handler",
        runtimes=("3.6", "2.7", "3.7", "3.9"),
    )
    assert found == [
        (
            "error blocked index.py:3 -",
            "index.py refuses Python3.6: RuntimeError: needs 3.7",
            "deploy to Python3.7 or Python3.9, which the code takes; or "
            + REMOVE.format("index.py:3"),
        )
    ]


def test_on_other_runtimes_nothing_is_said(told: Told) -> None:
    sources = {"index.py": REFUSING + HANDLER}
    assert told("SCF303", sources=sources, runtimes=("3.7",)) == []


@pytest.mark.parametrize(
    ("index", "severity", "reason"),
    [
        ("import other", "error blocked", ""),
        ("if DEBUG: import other", "warning unknown", "it is loaded under a test"),
        ("def f(): import other", "warning ready", "only a function that is called"),
        ("", "warning ready", "other.py is not loaded by the handler"),
        ("try: import other\nexcept RuntimeError: pass", "warning ready", "the `try` around"),
        ("try: import other\nexcept ImportError: pass", "error blocked", ""),
    ],
)
def test_how_it_is_loaded_decides_what_it_means(
    index: str, severity: str, reason: str, told: Told
) -> None:
    sources = {"index.py": f"{index}\n{HANDLER}", "other.py": REFUSING}
    ((head, message, _),) = told("SCF303", sources=sources, entry="index.main_handler")
    assert head == f"{severity} other.py:3 -"
    assert reason in message
    assert ("; " in message) is bool(reason)


@pytest.mark.parametrize(
    ("code", "head", "message"),
    [
        (
            "if sys.version_info < (3, 7) and not os.environ.get('X'): sys.exit(1)",
            "warning unknown index.py:1 -",
            "index.py may refuse Python3.6: SystemExit; the test before it cannot be decided",
        ),
        (
            "def main_handler(event, context):\n  if sys.version_info < (3, 7): raise E('x')",
            "error blocked index.py:2 -",
            "main_handler() in index.py refuses Python3.6: E: x",
        ),
        (
            "if sys.version_info < (3, 7): os._exit(1)",
            "error blocked index.py:1 -",
            "index.py refuses Python3.6: os._exit",
        ),
        (
            "if sys.platform.startswith('linux'): raise ImportError('Windows only')",
            "error blocked index.py:1 -",
            "index.py refuses Python3.6: ImportError: Windows only",
        ),
    ],
)
def test_what_it_says_is_told(code: str, head: str, message: str, told: Told) -> None:
    handler = "" if "main_handler" in code else HANDLER
    sources = {"index.py": f"{code}\n{handler}"}
    found = told("SCF303", sources=sources, entry="index.main_handler")
    assert [each[:2] for each in found] == [(head, message)]


@pytest.mark.parametrize(
    "code",
    [
        "if not os.environ.get('X'): sys.exit(1)",
        "if sys.version_info < (3, 7):\n  if not os.environ.get('X'): sys.exit(1)",
        "if __name__ == '__main__' and sys.version_info < (3, 7): sys.exit(1)",
        "if TYPE_CHECKING and sys.version_info < (3, 7): raise E",
        "if sys.platform == 'win32': raise E",
        "if numpy.__version__ < '1.2': raise E",
        "def f():\n  if sys.version_info < (3, 7): raise E",
        "if sys.version_info < (3, 7): raise E\nf'{x'",
    ],
)
def test_what_has_nothing_to_do_with_the_runtime_is_not_told(code: str, told: Told) -> None:
    sources = {"index.py": f"{code}\n{HANDLER}"}
    assert told("SCF303", sources=sources, entry="index.main_handler") == []


def test_a_file_for_another_system_matters_where_it_is_loaded(told: Told) -> None:
    windows = "import sys\nif sys.platform != 'win32': raise ImportError('win32 only')\n"
    index = "if sys.platform == 'win32': import console\n" + HANDLER
    sources = {"console.py": windows, "index.py": index}
    assert told("SCF303", sources=sources) == []
    assert told("SCF303", sources=sources, entry="index.main_handler") == []
    sources["index.py"] = "import console\n" + HANDLER
    ((head, _, _),) = told("SCF303", sources=sources, entry="index.main_handler")
    assert head == "error blocked console.py:2 -"


def test_without_a_handler_it_is_an_error_except_in_a_setup(told: Told) -> None:
    sources = {"setup.py": REFUSING, "package/__init__.py": REFUSING}
    found = told("SCF303", sources=sources)
    assert [head for head, _, _ in found] == ["error blocked package/__init__.py:3 -"]
