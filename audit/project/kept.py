"""What is read of sources, kept from run to run by the content of a file.

The same program reads the same of the same bytes, wherever they lie.
"""

from __future__ import annotations

import json
import sys
import zlib
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import audit
from audit.code import Source
from audit.model import Problem
from audit.project.codec import members_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from hashlib import _Hash

Read = tuple[Source, tuple[Problem, ...]]
"""A source, and what of it could not be read."""


class Kept(Protocol):
    """Where bytes are kept by key. Nothing raises: what fails costs time, never an answer."""

    def find(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """Return what is kept under those of the keys that have anything."""

    def put(self, key: str, value: bytes) -> None:
        """Keep a value under a key."""


_SCHEMA = 1
"""Goes up when what is kept changes in a way that the digest of the program does not show."""
_LIBRARIES = ("stdlib_list", "tree_sitter", "tree_sitter_python", "vermin")
"""What the reading of sources rests on beside Python."""


def program_digest() -> _Hash:
    """Return a digest of this program as far as it reads sources, which takes 3 ms.

    Its own code and data count by content: a checkout changes without a new version.
    """
    said = (_SCHEMA, audit.__version__, sys.implementation.name, *sys.version_info, *_releases())
    digest = sha256(repr(said).encode())
    package = Path(audit.__file__).parent
    own = [package / "code.py", package / "model.py", *(package / "source").rglob("*.py")]
    data = (path for each in (package, package.parent) for path in (each / "data").glob("*"))
    for file in sorted([*own, *data]):
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest


def _releases() -> Iterator[str]:
    """Yield the folders named after the releases of libraries: asking importlib takes 15 ms."""
    for name in _LIBRARIES:
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent.parent
            with suppress(OSError):  # a folder that may be searched and not listed
                yield from sorted(path.name for path in folder.glob(f"{name}-*"))


def key_of(program: _Hash, content: bytes) -> str:
    """Return the key of what a program reads of a file with this content."""
    digest = program.copy()
    digest.update(content)
    return digest.hexdigest()


def moved(read: Read, path: str) -> Read:
    """Return what would be read of the same bytes in another file."""
    source, problems = read
    there = [
        each._replace(at=each.at._replace(file=path)) if each.at.file == source.path else each
        for each in problems
    ]
    return source._replace(path=path), tuple(there)


_MEMBERS = members_of(Read)


def encode(read: Read) -> bytes:
    """Write what was read as bytes, without where the file lies."""
    text = json.dumps(_MEMBERS.write(moved(read, "")), separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), level=1)


def decode(value: bytes) -> Read | None:
    """Read what `encode` wrote, as of a file without a path; None for anything else."""
    try:
        found = json.loads(zlib.decompress(value).decode("utf-8", "surrogatepass"))
        read: Read = _MEMBERS.read(found)
    except (ValueError, TypeError, RecursionError, zlib.error):
        return None
    return read
