"""A package index on loopback that replays a recording, for tests and benchmarks.

    python -m tools.replay [--facts FILE] [--delay SECONDS] [--port N]

It serves what a good index serves: pages as JSON (PEP 691) or HTML (PEP 503) by the Accept
header, metadata beside the files (PEP 714), ranges, gzip, ETag and max-age. What it lists was
recorded; the files are made up (`tools/synthesis.py`), and so are their digests and sizes. A
request that the recording cannot answer is a miss: it gets 404, and its path is in `misses`,
for `python -m tools.record --add`.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote

from packaging.utils import canonicalize_name

from tools.facts import RECORDED, Facts
from tools.loopback import Answer, Loopback, packable
from tools.synthesis import archive

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.facts import Listed, Source

JSON = "application/vnd.pypi.simple.v1+json"
_ABSENT = Answer(b"404: not here", status=404)


class Manner(NamedTuple):
    """How the index behaves."""

    html_only: bool = False
    """Pages are HTML whatever is asked for."""
    no_metadata: bool = False
    """No metadata beside files: neither announced nor there."""
    no_range: bool = False
    """Files come whole only."""
    no_cache_headers: bool = False
    """Neither ETag nor Cache-Control."""
    no_digests: bool = False
    """Pages give neither digests nor sizes: what the files are is still to be recorded."""


class Replay:
    """A replaying index: `with Replay() as index: index.url`, the URL for `--index-url`.

    `source` is a recording or its path, `delay` the seconds before each answer, `manner` the
    fields of `Manner`.
    """

    def __init__(
        self, source: Source | Path = RECORDED, *, delay: float = 0.0, port: int = 0, **manner: bool
    ) -> None:
        self.source = Facts(source) if isinstance(source, Path) else source
        self.manner = Manner(**manner)
        self.asked: list[str] = []
        """The path of every request so far."""
        self.misses: list[str] = []
        """The paths among them that the recording cannot answer."""
        self._made: dict[tuple[str, ...], Answer] = {}
        self._loopback = Loopback(self._answer, delay=delay, port=port)
        self._running = ExitStack()
        self.root = self._loopback.root
        self.url = f"{self.root}/simple/"

    def __enter__(self) -> Replay:  # noqa: PYI034 - Self is 3.11's
        self._running.enter_context(self._loopback)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _answer(self, path: str, accept: str) -> Answer:
        self.asked.append(path)
        try:
            match [unquote(part) for part in path.split("/")]:
                case ["", "simple", ""]:
                    return self._root()
                case ["", "simple", name, *rest] if rest in ([], [""]):
                    wanted = canonicalize_name(name)
                    if name != wanted or not rest:
                        return Answer(status=301, location=f"{self.url}{wanted}/")
                    is_json = JSON in accept and not self.manner.html_only
                    return self._once(self._page, wanted, JSON if is_json else "text/html")
                case ["", "files", name, file]:
                    return self._once(self._file, name, file)
                case _:
                    return _ABSENT
        except KeyError:
            self.misses.append(path)
            return _ABSENT

    def _once(self, make: Callable[..., Answer], *key: str) -> Answer:
        """Make an answer, unless it was made before."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = make(*key)
        return made

    def _age(self, age: str) -> str | None:
        return None if self.manner.no_cache_headers else age

    def _root(self) -> Answer:
        links = "".join(f'<a href="{name}/">{name}</a>\n' for name in self.source.names())
        return packable(f"<!DOCTYPE html>\n{links}".encode(), "text/html", self._age("max-age=600"))

    def _page(self, name: str, form: str) -> Answer:
        files = self.source.files(name)
        if files is None:
            return _ABSENT
        rows = [self._row(name, file) for file in files]
        body = _json(name, rows) if form == JSON else _html(name, rows)
        return packable(body.encode(), form, self._age("max-age=600"))

    def _row(self, name: str, file: Listed) -> dict[str, Any]:
        """Return what a page says of a file, under the keys of PEP 691."""
        row: dict[str, Any] = {
            "filename": file.name,
            "url": f"{self.root}/files/{name}/{quote(file.name)}",
            "hashes": {},
            "requires-python": file.requires_python,
            "yanked": False if file.yanked is None else file.yanked or True,
        }
        content, metadata = (None, None) if self.manner.no_digests else self._known(name, file.name)
        if content is not None:
            row["size"] = len(content)
        if not self.manner.no_digests:
            # Nobody can fetch a file that is not known, so its digest is any that is its own.
            row["hashes"] = {"sha256": _sha256(content or file.name.encode())}
        if file.name.endswith(".whl") and not self.manner.no_metadata:
            row["core-metadata"] = {"sha256": _sha256(metadata)} if metadata else True
        return row

    def _known(self, name: str, file: str) -> tuple[bytes | None, bytes | None]:
        try:
            said = self.source.said(name, file)
        except KeyError:
            return None, None
        return archive(file, said), said.metadata.encode()

    def _file(self, name: str, file: str) -> Answer:
        whole = file.removesuffix(".metadata")
        if file != whole and (self.manner.no_metadata or not whole.endswith(".whl")):
            return _ABSENT
        said = self.source.said(name, whole)
        age = self._age("max-age=31536000, immutable")
        if file != whole:
            return packable(said.metadata.encode(), "application/octet-stream", age)
        content = archive(file, said)
        return Answer(content, "application/octet-stream", age, ranges=not self.manner.no_range)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(name: str, rows: list[dict[str, Any]]) -> str:
    files = [{key: value for key, value in row.items() if value is not None} for row in rows]
    return json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": files})


def _html(name: str, rows: list[dict[str, Any]]) -> str:
    links = "".join(f"<a {_attributes(row)}>{row['filename']}</a><br/>\n" for row in rows)
    head = f"<!DOCTYPE html>\n<html><head><title>{name}</title></head>"
    return f"{head}\n<body>\n{links}</body></html>\n"


def _attributes(row: dict[str, Any]) -> str:
    digest = "".join(f"#{kind}={value}" for kind, value in row["hashes"].items())
    attributes = {"href": row["url"] + digest}
    if row["requires-python"] is not None:
        attributes["data-requires-python"] = row["requires-python"]
    if row["yanked"] is not False:
        attributes["data-yanked"] = "" if row["yanked"] is True else row["yanked"]
    if "core-metadata" in row:
        known = row["core-metadata"]
        attributes["data-core-metadata"] = "true" if known is True else f"sha256={known['sha256']}"
    return " ".join(f'{key}="{html.escape(value)}"' for key, value in attributes.items())


def main() -> None:
    """Serve until standard input ends; then report the misses."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--facts", type=Path, default=RECORDED, metavar="FILE")
    parser.add_argument("--delay", type=float, default=0.025, help="seconds before each answer")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    with Replay(arguments.facts, delay=arguments.delay, port=arguments.port) as index:
        print(index.url, flush=True)
        sys.stdin.read()
    for path in dict.fromkeys(index.misses):
        print(path)


if __name__ == "__main__":
    main()
