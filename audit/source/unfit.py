"""Expressions whose value `json.dumps` refuses: measured under CPython 2.7, 3.6 and 3.10."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from audit.code import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERY = Span((2, 7))
PYTHON_3 = Span((3, 0))


class Unfit(NamedTuple):
    """What a value is that JSON cannot hold, and on which Pythons it cannot."""

    what: str
    """In a phrase: `a set`."""
    pythons: Span = EVERY


DISPLAYS: Mapping[type[ast.AST], str] = {
    ast.Set: "a set",
    ast.SetComp: "a set",
    ast.GeneratorExp: "a generator",
    ast.Lambda: "a function",
    ast.ExceptHandler: "an exception",
}
_RESPONSE, _HTTPX = "a requests.Response", "an httpx.Response"
RESPONSES = frozenset({_RESPONSE, _HTTPX})
_METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "request")
_DATE, _FILE = "a date or time", "an open file"
CALLS: Mapping[str, Unfit] = {
    **{f"requests.{name}": Unfit(_RESPONSE) for name in _METHODS},
    **{f"httpx.{name}": Unfit(_HTTPX) for name in _METHODS},
    **dict.fromkeys(
        ("urllib.request.urlopen", "urllib2.urlopen", "urllib.urlopen"),
        Unfit("an open HTTP response"),
    ),
    **dict.fromkeys(
        ("flask.jsonify", "flask.make_response", "flask.Response"), Unfit("a flask.Response")
    ),
    **dict.fromkeys(("set", "frozenset"), Unfit("a set")),
    **dict.fromkeys(("open", "io.open", "io.BytesIO", "io.StringIO"), Unfit(_FILE)),
    **dict.fromkeys(("iter", "enumerate", "reversed"), Unfit("an iterator")),
    **dict.fromkeys(("map", "filter", "zip"), Unfit("an iterator", PYTHON_3)),
    "range": Unfit("a range", PYTHON_3),
    "bytearray": Unfit("a bytearray"),
    "object": Unfit("an object"),
    **dict.fromkeys(
        ("bytes", "base64.b64encode", "base64.b64decode", "struct.pack", "pickle.dumps"),
        Unfit("bytes", PYTHON_3),
    ),
    **{
        f"datetime.datetime{name}": Unfit(_DATE)
        for name in ("", ".now", ".utcnow", ".today", ".fromtimestamp", ".strptime")
    },
    **dict.fromkeys(("datetime.date", "datetime.date.today", "datetime.timedelta"), Unfit(_DATE)),
    **dict.fromkeys(("uuid.uuid1", "uuid.uuid3", "uuid.uuid4", "uuid.uuid5"), Unfit("a UUID")),
    "decimal.Decimal": Unfit("a Decimal"),
    "collections.deque": Unfit("a deque"),
    "pathlib.Path": Unfit("a Path"),
}
