"""SCF302 against real interpreters: small programs that load there or do not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

PYENV = Path.home() / ".pyenv" / "versions"
PYTHONS = ("2.7", "3.6", "3.7", "3.9", "3.10")

# Runs under Python 2.7 to 3.10: which of the programs fail when they are loaded.
RUN = r"""
from __future__ import print_function
import json, os, sys, types, warnings
warnings.simplefilter("ignore")
answer, sys.stdout = sys.stdout, open(os.devnull, "w")
failed = {}
for name, program in json.loads(sys.stdin.read()).items():
    module = types.ModuleType("index")
    try:
        exec(compile(program, name, "exec", 0, 1), module.__dict__)
    except SyntaxError:
        failed[name] = "syntax"
    except (AttributeError, ImportError, LookupError, NameError, TypeError) as error:
        failed[name] = str(error)
    except SystemExit:
        pass
json.dump(failed, answer)
"""

PROGRAMS = """
# a member of a module
import os
os.getcwdu()

# text that is encoded, and decoded again
u"a".encode("utf-8").decode("utf-8")

# what comes after a name of Python 2 where a handler names that error
import sys
try:
    reload(sys)
    sys.setdefaultencoding("utf-8")
except NameError:
    pass

# the same where that name is bound before
import sys
from imp import reload
try:
    reload(sys)
    sys.setdefaultencoding("utf-8")
except NameError:
    pass

# what takes the place of a name of Python 2
try:
    reload
except NameError:
    from importlib import reload
reload(__import__("json"))

# the same by a call
try:
    reload(__import__("json"))
except NameError:
    import importlib
    importlib.reload(__import__("json"))

# a name that one of three brings
try:
    from importlib import reload
except ImportError:
    try:
        from imp import reload
    except ImportError:
        pass
callable(reload)

# imports after a name of Python 2
try:
    unicode
    from urllib import quote
except NameError:
    from urllib.parse import quote

# a member under an alias
import os as system
system.getcwdu

# a member that a name is bound to
import os
find = os.getcwdu
find()

# a member that is everywhere
import os
os.getcwd()

# a module within a package
import os.path as path
path.commonpath(["/a"])

# a package imported by its inner module
import os.path
os.getcwdu()

# a class of a module
import datetime
datetime.datetime.fromisoformat("2020-01-01")

# a class that is imported
from datetime import datetime
datetime.fromisoformat("2020-01-01")

# a name that is imported
from datetime import timezone

# a name that is imported with another
from time import time, monotonic

# a name that is imported in a function which nobody calls
def f():
    from time import monotonic

# a name that is imported where it may fail
try:
    from itertools import izip
except ImportError:
    izip = zip

# a name that is imported, or else from another place
try:
    from collections.abc import Mapping
except ImportError:
    from collections import Mapping

# a name that is imported, and the failure raised again
try:
    from itertools import izip
except ImportError:
    raise

# the wrong failure caught
try:
    from itertools import izip
except ValueError:
    pass

# an argument by keyword
import os, tempfile
os.makedirs(tempfile.mkdtemp(), exist_ok=True)

# an argument of a function that is imported
from subprocess import run
run(["true"], capture_output=True)

# an argument of a class
import subprocess
subprocess.Popen(["true"], encoding="utf-8").wait()

# an argument of a method of what a class makes
import subprocess
child = subprocess.Popen(["true"])
child.wait(timeout=5)

# an argument that was taken once
sorted([2, 1], cmp=lambda a, b: a - b)

# an argument of a built-in function
open("/dev/null", encoding="utf-8").close()

# an argument of the like in another module
import io
io.open("/dev/null", encoding="utf-8").close()

# a function of the project with that name
def open(path, encoding):
    return path
open("x", encoding="y")

# a method of a display
{}.has_key(1)

# a method of a variable that is a display
known = {}
known.has_key(1)

# a method of a variable that is two things
known = {}
known = type("Own", (), {"has_key": lambda self, key: True})()
known.has_key(1)

# a method of what a built-in type makes
known = dict(a=1)
known.iteritems()

# a method of an instance of a module
import os
os.environ.has_key("A")

# a method of a class of a module
from collections import defaultdict
defaultdict(int).iteritems()

# a method of text
"a".decode("utf-8")

# a method of text that is Unicode everywhere
from __future__ import unicode_literals
"a".isdecimal()

# a method of marked text
u"a".isdecimal()

# a method of text that is bytes on 2.7
"a".isdecimal()

# a method of bytes
b"a".format()

# a built-in name
unicode("a")

# a built-in name in a class
class A(object):
    text = basestring

# a built-in name in a decorator's argument
def made(kind):
    return lambda function: function
@made(unicode)
def f():
    pass

# a built-in name as a default
def f(kind=long):
    return unichr(1)

# a built-in name in a function which nobody calls
def f():
    return unicode

# a built-in name in a lambda which nobody calls
f = lambda: xrange(3)

# a built-in name in a comprehension
[xrange(each) for each in (1,)]

# a built-in name that a comprehension binds
[unicode for unicode in (1,)]

# a built-in name that is a parameter
def f(unicode):
    return unicode
f(1)

# a built-in name that is bound where it fails
try:
    unicode
except NameError:
    unicode = str
unicode(1)

# a built-in name where the failure is caught
try:
    text = unicode
except NameError:
    text = str

# a built-in name where another failure is caught
try:
    text = unicode
except AttributeError:
    text = str

# a built-in name where every failure is caught
try:
    text = unicode
except Exception:
    text = str

# a member where the failure is caught
import os
try:
    here = os.getcwdu()
except AttributeError:
    here = os.getcwd()

# a member where every way fails on some
import string
try:
    table = string.maketrans
except AttributeError:
    table = string.capwords.nothing if 0 else string.letters

# a member where the failure is suppressed
import contextlib, os
with contextlib.suppress(AttributeError):
    os.getcwdu()

# a member in the else of a try
import os
try:
    os.getcwd()
except AttributeError:
    pass
else:
    os.getcwdu()

# a member in the finally of a try
import os
try:
    pass
finally:
    os.getcwdu()

# a member in a loop
import os
for each in (1, 2):
    os.getcwdu()

# a member asked for by hasattr
import os
if hasattr(os, "getcwdu"):
    os.getcwdu()
else:
    os.getcwd()

# a member asked for by getattr
import os
here = getattr(os, "getcwdu", os.getcwd)()

# a member asked for in an expression
import os
here = os.getcwdu() if hasattr(os, "getcwdu") else os.getcwd()

# a member asked for with and
import os
here = hasattr(os, "getcwdu") and os.getcwdu()

# behind a clause that goes on, and one that leaves
import sys
if sys.version_info >= (3, 7):
    pass
elif sys.version_info >= (3,):
    sys.exit()
unicode

# under a version test
import sys, os
if sys.version_info[0] == 2:
    os.getcwdu()

# under the wrong version test
import sys, os
if sys.version_info[0] == 3:
    os.getcwdu()

# in the else of a version test
import sys, os
if sys.version_info >= (3, 0):
    os.getcwd()
else:
    os.getcwdu()

# under a name for the version
import sys, os
PY3 = sys.version_info[0] >= 3
if not PY3:
    os.getcwdu()

# in an expression with a version test
import sys
text = unicode if sys.version_info[0] < 3 else str

# in an expression with the wrong version test
import sys
text = unicode if sys.version_info[0] > 2 else str

# after a version test and and
import sys
text = sys.version_info < (3,) and unicode

# after a version test and or
import sys
text = sys.version_info >= (3,) or unicode

# after a version test that leaves
import sys
def text():
    if sys.version_info >= (3,):
        return str
    return unicode
text()

# after a version test that exits
import sys
if sys.version_info >= (3,):
    sys.exit()
unicode

# after an assertion
import sys
assert sys.version_info > (2,)
unicode

# under a type checker
try:
    from typing import TYPE_CHECKING
except ImportError:
    TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

# another module in the handler's way
try:
    import Queue as queue
except ImportError:
    import queue
queue.Queue.put

# a member of the module that is there
try:
    import collections.abc as c
except ImportError:
    import collections as c
c.Mapping

# a member of the module by version
import sys
if sys.version_info >= (3, 3):
    import collections.abc as c
else:
    import collections as c
c.Mapping

# a member of the wrong module by version
import sys
if sys.version_info < (3, 99):
    import collections as c
else:
    import collections.abc as c
c.Mapping

# what is used where an import failed
try:
    from string import maketrans
except ImportError:
    maketrans = str.maketrans

# what is used where an import failed, with the failure of another
try:
    import nowhere
except ImportError:
    unicode

# a member that the file sets itself
import sys
sys.maxint = 5
sys.maxint

# a name in a class of the project
class os(object):
    getcwdu = None
os.getcwdu

# a name that is local to a function
import os
def f():
    class os(object):
        getcwdu = None
    return os.getcwdu
f()

# a name that a loop binds
import os
for os in (type("Own", (), {"getcwdu": 1}),):
    os.getcwdu

# a module that is deleted from the standard library later
import inspect
inspect.getargspec

# a constant
import string
string.letters

# a function that became another's
import time
time.clock

# types
import types
types.StringType

# a class of typing
import typing
typing.Literal

# a class of typing by name
from typing import Optional, Literal

# the index of a built-in class
kind = list[int]

# the index of a list
first = [1][0]

# the index of a variable called like a class
list = [1]
list[0]

# an annotation with an index
exec(compile("def f(x: list[int]): pass", "f", "exec")) if 0 else None

# the index of a class of a module
import os
os.PathLike[str]

# streams
import sys
sys.stdout.buffer if 0 else None
sys.stdin.encoding

# an exception as a base
class Missing(FileNotFoundError):
    pass

# a builtin of later
breakpoint

# a module's function by getattr of two
import os
try:
    getattr(os, "getcwdu")
except AttributeError:
    pass

# a global
def f():
    global unicode
    unicode = str
f()
unicode

# a walrus of names in nested functions
def f():
    def g():
        import os
        return os
    return g
f()

# a conditional import in a class
class A(object):
    try:
        from itertools import imap
    except ImportError:
        imap = map

# a member through a module of the library that imports it
import os
os.path.join

# a builtin by its module
try:
    import builtins
except ImportError:
    import __builtin__ as builtins
builtins.open

# a print statement of what is formatted later
print ("%s") % ""

# reload and set the default encoding
import sys
reload(sys)
sys.setdefaultencoding("utf-8")

# a removed method of a thread
import threading
threading.Thread().isAlive()

# asyncio
import asyncio
asyncio.run

# removed by 3.9
import base64
base64.encodestring

# in a while
import sys
while sys.version_info[0] == 2:
    unicode
    break

# types that a value joins
Number = int | None

# types that a value joins where that works
import sys
if sys.version_info >= (3, 10):
    Number = int | str

# types that a value joins, and the failure caught
try:
    Number = int | None
except TypeError:
    Number = int

# dicts that are joined
first = {"a": 1}
second = dict(b=2)
first | second

# a print statement into a file
import sys
print >>sys.stderr, "x"

# a decorator without parentheses
import functools
@functools.lru_cache
def f():
    pass

# a decorator with parentheses
import functools
@functools.lru_cache()
def f():
    pass

# the encoding of JSON that is written
import json
json.dumps({}, encoding="utf-8")

# the encoding of JSON that is read
import json
json.loads("{}", encoding="utf-8")

# a comparison to sort by
[2, 1].sort(cmp=None)

# an argument that Python 2 overlooks
import logging
del logging.root.handlers[:]
logging.basicConfig(handlers=[])

# an argument that C took by position alone
"a b".split(maxsplit=1)

# a codec of Python 2 for text
"x".encode("hex")

# a codec of Python 2 under a name and in other letters
text = "x"
text.encode("Base64_codec")

# a codec of Python 2 for bytes
b"78".decode("hex")

# a codec that every Python has
"x".encode("utf-8")
b"x".decode("latin-1", "replace")

# a codec of Python 2, and who does without
try:
    "x".encode("zlib")
except LookupError:
    pass

# what stands under a test for what Linux lacks
import os, select
if hasattr(select, "kqueue"):
    os.getcwdu()
    select.kevent

# what stands under a test for what Linux lacks, turned around
import os, select
if not hasattr(select, "kqueue"):
    os.getcwdu()

# a test for a function, which tells nothing of its arguments
import subprocess
if hasattr(subprocess, "run"):
    subprocess.run(["true"], capture_output=True)
"""

UNTOLD = """
# a name that is imported, or else from the wrong place
try:
    from itertools import izip as z
except ImportError:
    from itertools import nothing as z

# another module under one name
try:
    import queue
except ImportError:
    import Queue as queue
queue.SimpleQueue

# a name from a star import
from itertools import *
izip
"""
"""What fails on some Python and is not told: nobody knows of the name there."""


def programs(text: str = PROGRAMS) -> dict[str, str]:
    parts = (part.partition("\n") for part in ("\n" + text).split("\n# ")[1:])
    return {name: body.strip() + "\n" for name, _, body in parts}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, str]]:
    """Which programs fail, and how, for each Python at hand."""
    found = {}
    for python in PYTHONS:
        for interpreter in PYENV.glob(f"{python}.*/bin/python"):
            answer = subprocess.run(
                [interpreter, "-E", "-s", "-c", RUN],
                input=json.dumps(programs(PROGRAMS + UNTOLD)),
                capture_output=True,
                text=True,
                check=True,
            )
            found[python] = json.loads(answer.stdout)
    return found


@pytest.mark.interpreters
@pytest.mark.parametrize("name", programs())
def test_what_fails_is_told(
    told: Callable[..., Any], outcomes: dict[str, dict[str, str]], name: str
) -> None:
    source = programs()[name]
    for python, failed in outcomes.items():
        if failed.get(name) == "syntax":
            continue
        findings = [
            finding
            for code in ("SCF201", "SCF202", "SCF302")
            for finding in told(code, sources={"index.py": source}, runtimes=(python,))
        ]
        errors = [finding for finding in findings if finding[0].startswith("error")]
        assert bool(errors) is (name in failed), (python, failed.get(name), findings)
        assert all(finding[0].startswith(("error", "warning ready")) for finding in findings)


@pytest.mark.interpreters
@pytest.mark.parametrize("name", programs(UNTOLD))
def test_what_is_known_not_to_be_told(
    told: Callable[..., Any], outcomes: dict[str, dict[str, str]], name: str
) -> None:
    source = programs(UNTOLD)[name]
    missed = [
        python
        for python, failed in outcomes.items()
        if name in failed and not told("SCF302", sources={"index.py": source}, runtimes=(python,))
    ]
    assert missed or not outcomes
