"""SCF303 and SCF301 against real interpreters: small projects that load there or do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.checks.conftest import Misjudged

OLD = "print 'two'\n"
NEW = "three = f'{1}'\n"
REFUSING = "import sys\nif sys.version_info < (3, 7):\n    raise {}\n"

PROGRAMS = """
# a raise under a test of the version
import sys
if sys.version_info < (3, 7):
    raise RuntimeError("needs Python 3.7")

# a function that raises, and is called as the file is loaded
import sys
def check(least=(3, 7)):
    if sys.version_info < (3, 7):
        raise RuntimeError("needs Python 3.7")
check()

# one whose result is kept
import sys
def check():
    if sys.version_info[0] == 2:
        sys.exit("Python 2 is over")
    return 1
found = check()

# one that nobody calls
import sys
def check():
    if sys.version_info < (3, 7):
        raise RuntimeError("needs Python 3.7")

# one that is called under a test that does not hold
import sys
def check():
    if sys.version_info < (3, 7):
        raise RuntimeError("needs Python 3.7")
if sys.version_info >= (3, 7):
    check()

# one in whose place another stands by then
import sys
def check():
    if sys.version_info < (3, 7):
        raise RuntimeError("needs Python 3.7")
if sys.version_info < (3, 7):
    check = int
check()

# one in whose place another is imported
import sys
def check():
    if sys.version_info < (3, 7):
        raise RuntimeError("needs Python 3.7")
from time import time as check
check()

# a generator
import sys
def check():
    if sys.version_info < (3, 7):
        raise RuntimeError("needs Python 3.7")
    yield 1
check()

# an exit with a message
import sys
if sys.version_info[0] == 2: sys.exit("Python 2 is over")

# exits of other names
import sys
if sys.version_info >= (3, 7): exit()
if sys.version_info >= (3,): quit()

# an assert
import sys
assert sys.version_info >= (3, 7), "needs Python 3.7"

# a name bound to the test
import sys
PY2 = sys.version_info[0] == 2
if PY2:
    raise ImportError("no")

# the other branch
import sys
if sys.version_info >= (3, 7):
    import json
elif sys.version_info >= (3, 6):
    pass
else:
    raise RuntimeError

# tests within tests, and in a class
import sys
class C:
    if sys.version_info[0] == 3:
        if sys.version_info[1] < 9:
            raise ValueError("no")

# a minimum with a name
import sys
MINIMUM = (3, 7)
if not hasattr(sys, "version_info") or sys.version_info < MINIMUM:
    raise SystemExit(1)

# what was refused before
import sys
if sys.version_info < (3,):
    raise SystemExit(1)
if sys.version_info < (3,):
    import nothing

# a test of the system that holds, and one that does not
import sys, os
if sys.platform == "win32": raise RuntimeError("no")
if os.name != "posix": raise RuntimeError("no")

# only where it is run
import sys
if __name__ == "__main__":
    if sys.version_info < (3,): sys.exit(1)

# caught where it stands
import sys
try:
    if sys.version_info < (3, 7): raise RuntimeError
except (ValueError, RuntimeError):
    pass

# caught by nobody
import sys
try:
    if sys.version_info < (3, 7): raise RuntimeError
except ValueError:
    pass

# an exit is no Exception
import sys
try:
    if sys.version_info < (3, 7): sys.exit(1)
except Exception:
    pass

# caught, and another raised
import sys
try:
    if sys.version_info < (3, 7): raise RuntimeError
except Exception:
    raise ValueError

# within the handler
def main_handler(event, context):
    import sys
    if sys.version_info < (3, 7):
        raise RuntimeError

# after an answer, within the handler
import sys
def main_handler(event, context):
    if sys.version_info < (3,):
        return 1
    if sys.version_info < (3, 7):
        raise RuntimeError

# in a function that nobody calls
import sys
def f():
    if sys.version_info < (3, 7): raise RuntimeError

# a module that refuses
import refusing_runtime

# a module that refuses, caught
try:
    import refusing_runtime
except RuntimeError:
    pass

# a module that refuses, caught by all
try:
    import refusing_runtime
except:
    pass

# a module that refuses, caught as something else
try:
    import refusing_runtime
except ImportError:
    pass

# a module that refuses with an ImportError
try:
    import refusing_import
except ImportError:
    pass

# a module that exits
try:
    import refusing_exit
except Exception:
    pass

# a module that exits, caught
try:
    import refusing_exit
except SystemExit:
    pass

# a module that imports one which refuses
import through

# a module that imports one which refuses, caught
try:
    import through
except RuntimeError:
    pass

# what fails before a refusal
try:
    import late
except RuntimeError:
    pass

# the other module, where one refuses
try:
    import refusing_import
except ImportError:
    import old

# a module that does not compile
import old

# a module that does not compile, caught
try:
    import old
except SyntaxError:
    pass

# a module that does not compile, caught with others
try:
    import old
except (ImportError, SyntaxError):
    pass

# a module that does not compile, caught by all
try:
    import old
except Exception:
    pass

# a module that does not compile, caught bare
try:
    import old
except:
    old = None

# a module that does not compile, and the wrong exception
try:
    import old
except ImportError:
    pass

# a module that does not compile, and the failure raised again
try:
    import old
except SyntaxError:
    raise

# one of two modules compiles
try:
    import new
except SyntaxError:
    import old

# one of two modules compiles, the other way round
try:
    import old
except Exception:
    import new

# one of two modules compiles, and the wrong handler
try:
    import old
except ImportError:
    import nothing
except SyntaxError:
    import new

# the other module is not there
try:
    import old
except Exception:
    import nothing

# the other module is not there, by the name of the exception
try:
    import old
except SyntaxError:
    import nothing

# what comes after where it works
try:
    import old
except SyntaxError:
    pass
else:
    import new

# what does not compile, within another try
try:
    try:
        import old
    except ImportError:
        import nothing
except SyntaxError:
    pass

# a suppressed failure
import sys
if sys.version_info >= (3, 4):
    from contextlib import suppress
    with suppress(SyntaxError):
        import old

# an import in the handler
def main_handler(event, context):
    try:
        import old
    except SyntaxError:
        import new

# an early return before an import
import sys
def main_handler(event, context):
    if sys.version_info < (3,):
        return 1
    import asyncio

# an early return of all but one
import sys
def main_handler(event, context):
    if sys.version_info >= (3,):
        pass
    else:
        return 1
    import asyncio

# an early return that is not taken
import sys
def main_handler(event, context):
    if sys.version_info >= (3, 7):
        return 1
    elif sys.version_info >= (3, 6):
        return 2
    import asyncio

# an import after the file has ended itself
import sys
if sys.version_info < (3,):
    sys.exit("no")
import asyncio

# an early continue
import sys
def main_handler(event, context):
    for each in (1, 2):
        if sys.version_info < (3,):
            continue
        import asyncio
"""
HANDLER = "\ndef main_handler(event, context):\n    return 1\n"
HELPERS = {
    "old.py": OLD,
    "new.py": NEW,
    "refusing_runtime.py": REFUSING.format("RuntimeError('no')"),
    "refusing_import.py": REFUSING.format("ImportError('no')"),
    "refusing_exit.py": REFUSING.format("SystemExit"),
    "late.py": "import nothing\n" + REFUSING.format("RuntimeError('no')"),
    "through.py": "import refusing_runtime\n",
}


def _projects() -> dict[str, dict[str, str]]:
    found = {}
    for text in PROGRAMS.strip().split("\n\n# "):
        name, _, code = text.removeprefix("# ").partition("\n")
        if "main_handler" not in code:
            code += HANDLER
        found[name] = {"index.py": code} | {
            path: helper for path, helper in HELPERS.items() if path[:-3] in code
        }
        if "through.py" in found[name]:
            found[name]["refusing_runtime.py"] = HELPERS["refusing_runtime.py"]
    return found


@pytest.mark.interpreters
@pytest.mark.parametrize("python", ["2.7", "3.6", "3.7", "3.9", "3.10"])
def test_a_project_is_blocked_where_an_interpreter_cannot_load_it(
    python: str, misjudged: Misjudged
) -> None:
    assert misjudged(python, _projects()) == {}
