"""What a handler returns that is plainly no JSON; against json.dumps of real interpreters."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from audit.code import Returned, Routine
from audit.source.definitions import definitions

PYENV = Path("/root/.pyenv/versions")
HEAD = (
    "import requests, datetime, decimal, uuid, collections, io, base64, struct, json\n"
    "from datetime import datetime as dt, date\n"
    "class Own: pass\n"
    "class Derived(dict): pass\n"
)


def told(body: str, head: str = HEAD) -> list[tuple[str, int]]:
    """Return what is told of a handler's body: phrase and first Python on which it is no JSON."""
    return [(each.what, each.pythons.first[0]) for each in returned(body, head)]


def returned(body: str, head: str = HEAD) -> tuple[Returned, ...]:
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    code = f"{head}def f(event, context):\n{lines}\n"
    found = definitions(ast.parse(code), code.encode())
    (value,) = (each.value for each in found if each.name == "f")
    assert isinstance(value, Routine)
    return value.returned


VALUES = [
    ("{1}", "a set", 2),
    ("{x for x in [1]}", "a set", 2),
    ("set()", "a set", 2),
    ("frozenset([1])", "a set", 2),
    ("(x for x in [])", "a generator", 2),
    ("lambda: 1", "a function", 2),
    ("b'x'", "bytes", 3),
    ("u'x'.encode('utf-8')", "bytes", 3),
    ("json.dumps({}).encode()", "bytes", 3),
    ("base64.b64encode(b'x')", "bytes", 3),
    ("struct.pack('<I', 1)", "bytes", 3),
    ("bytearray(b'x')", "a bytearray", 2),
    ("range(3)", "a range", 3),
    ("map(str, [1])", "an iterator", 3),
    ("zip([1], [2])", "an iterator", 3),
    ("enumerate([])", "an iterator", 2),
    ("iter([])", "an iterator", 2),
    ("dt.now()", "a date or time", 2),
    ("datetime.datetime.utcnow()", "a date or time", 2),
    ("date.today()", "a date or time", 2),
    ("datetime.timedelta(1)", "a date or time", 2),
    ("uuid.uuid4()", "a UUID", 2),
    ("collections.deque()", "a deque", 2),
    ("open('/dev/null')", "an open file", 2),
    ("io.BytesIO()", "an open file", 2),
    ("object()", "an object", 2),
    ("Own()", "an instance of Own", 2),
    ("{'a': {1}}", "a set in a dict", 2),
    ("[1, [dt.now()]]", "a date or time in a list", 2),
    ("({'a': 1}, {2})", "a set in a tuple", 2),
    ("{'price': decimal.Decimal(1)}", "a Decimal in a dict", 2),
    ("{1} if context else 2", "a set", 2),
]
FINE = [
    "{'a': [1, 2.5, None, True, 'x', (1, 2)]}",
    "event",
    "Derived()",
    "sorted({1})",
    "list(range(3))",
    "dict(a=1)",
    "str(dt.now())",
    "dt.now().isoformat()",
    "json.dumps({'a': 1})",
    "decimal.Decimal(1)",
    "requests.get('x').json()",
    "requests.get('x').text",
    "json.JSONEncoder().encode(event)",
    "collections.OrderedDict()",
    "b'x'.decode()",
    "{1}.pop()",
    "len({1})",
    "{1: 2}",
    "[x for x in {1}]",
]


@pytest.mark.parametrize(("value", "what", "first"), VALUES)
def test_what_is_plainly_no_json_is_told(value: str, what: str, first: int) -> None:
    assert told(f"return {value}") == [(what, first)]
    assert told(f"result = {value}\nreturn result") == [(what, first)]


@pytest.mark.parametrize("value", FINE)
def test_what_may_be_json_is_not_told(value: str) -> None:
    assert told(f"return {value}") == []
    assert told(f"result = {value}\nreturn result") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("r = requests.get('x')\nreturn r", ["a requests.Response"]),
        ("r = requests.get('x')\nreturn {'body': r.content}", ["bytes in a dict"]),
        ("import requests as q\nreturn q.post('x')", ["a requests.Response"]),
        ("r = {1}\nr = 2\nreturn r", []),
        (
            "if event: r = requests.get(1)\nelse: r = requests.post(1)\nreturn r",
            ["a requests.Response"],
        ),
        ("r = set()\nfor r in event: pass\nreturn r", []),
        ("def r(): pass\nr = {1}\nreturn r", []),
        ("if event: return {1}\nreturn {2}", ["a set"]),
        ("def inner(): return {1}\nreturn 2", []),
        ("class C:\n  def m(self): return {1}\nreturn 2", []),
        ("try: pass\nexcept E as e: return e", ["an exception"]),
        ("try: pass\nexcept E as e: return str(e)", []),
        ("try: pass\nexcept E as e: e = 1\nreturn e", []),
        ("set = list\nreturn set()", []),
        ("a = b\nb = a\nreturn a", []),
        ("a = [a, a]\nb = [a, a]\nreturn [b, b]", []),
        ("return", []),
        ("event = {1}\nreturn event", []),
        ("global g\ng = {1}\nreturn g", []),
        ("for x in y: return {1}", ["a set"]),
        ("with x as y:\n  while 1:\n    return b''", ["bytes"]),
    ],
)
def test_a_name_is_followed_where_it_is_one_thing(body: str, expected: list[str]) -> None:
    assert [what for what, _ in told(body)] == expected


def test_a_coroutine_of_the_module_is_told_and_a_name_of_its_own_is_not_the_builtin() -> None:
    head = "async def work(e): pass\ndef set(): return 1\nfrom x import open\n"
    assert told("return work(event)", head) == [("a coroutine that nobody awaits", 2)]
    assert told("return set()", head) == []
    assert told("return open('x')", head) == []


def test_the_line_is_that_of_the_return() -> None:
    (found,) = returned("x = {1}\nreturn x")
    assert found.line == HEAD.count("\n") + 3


@pytest.mark.interpreters
@pytest.mark.parametrize("version", ["2.7.18", "3.6.15", "3.10.13"])
def test_what_is_told_agrees_with_json_dumps_of_a_real_interpreter(version: str) -> None:
    python = PYENV / version / "bin/python"
    if not python.exists():
        pytest.skip(f"no {python}")
    head = HEAD.replace("requests, ", "")
    fine = [value for value in FINE if "requests" not in value and "Decimal" not in value]
    values = [value for value, _, _ in VALUES]
    script = (
        f"# -*- coding: utf-8 -*-\nevent = context = {{}}\n{head}"
        "def dumped(make):\n"
        "    try:\n        json.dumps(make(), ensure_ascii=False)\n        return 1\n"
        "    except TypeError:\n        return 0\n"
        + "".join(f"print(dumped(lambda: ({value})))\n" for value in (*values, *fine))
    )
    script = script.replace("({1} if context else 2)", "({1} if not context else 2)")
    ran = subprocess.run(
        [str(python), "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    expected = [int(int(version[0]) < first) for _, _, first in VALUES] + [1] * len(fine)
    assert [int(line) for line in ran.stdout.split()] == expected
