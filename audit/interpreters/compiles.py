# ruff: noqa: ANN001, ANN201, ANN202, UP031, UP036 - Python 2.7 runs this too
"""What a real interpreter is given to run: it says which files it compiles, and executes none.

Any Python from 2.7 on understands it. For each file there come a line with its length and its
bytes on stdin; for each a line goes to stdout: `yes`, `no LINE REASON` or `?`.
"""

import sys

if __name__ == "__main__":  # nothing may be imported from the folder that it happens to run in
    sys.path[:] = [path for path in sys.path if path]

import os

_ROOM = 2**31
"""Bytes of memory: deep nesting and compressing codecs must not take all that the machine has."""
_SMALL = 2**20
"""Bytes of a file for which memory does not run out: MemoryError then means nested too deeply."""


def greeting():
    # type: () -> str
    """Return who answers: implementation, version, path."""
    implementation = getattr(sys, "implementation", None)
    name = implementation.name if implementation else sys.subversion[0].lower()  # type: ignore[attr-defined]  # 2.7
    return "scf-audit %s %d.%d.%d %s" % ((name,) + sys.version_info[:3] + (_plain(sys.executable),))  # noqa: RUF005  # as above


def verdict(data):
    # type: (bytes) -> str
    """Say whether an import of these bytes would get past the compiler."""
    if sys.version_info[0] == 2 and b"\0" in data:  # an import reads around it, compile() refuses
        return "?"
    try:
        compile(data, "source.py", "exec", 0, True)  # noqa: FBT003  # 2.7 has no keywords here
        line, reason = 0, ""
    except SyntaxError as error:
        line, reason = error.lineno or 0, error.msg or "invalid syntax"
    except MemoryError:
        if len(data) > _SMALL:
            return "?"
        line, reason = 0, "MemoryError: nested too deeply"
    except Exception as error:  # noqa: BLE001  # whatever it is, an import ends with it
        line, reason = 0, "%s: %s" % (type(error).__name__, error)
    if sys.version_info[0] == 2:
        strange = undeclared(data)
        # The file is read line by line: what is wrong above comes first.
        if strange and not (reason and 0 < line < strange):
            line, reason = strange, "Non-ASCII character, but no encoding declared (PEP 263)"
    return "no %d %s" % (line, _plain(reason)) if reason else "yes"


def undeclared(data):
    # type: (bytes) -> int
    """Return the line of the first byte that Python 2 does not import for want of a coding line.

    0 where there is none. Its compile() takes such bytes for Latin-1; only files are read with
    PEP 263 in full, which looks at the second line only below a blank one or a comment.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return 0
    import re  # noqa: PLC0415  # 5 ms on 2.7

    if not re.search(b"[\x80-\xff]", data):
        return 0
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for line in lines[: 2 if re.match(b"[ \t\f]*(#|$)", lines[0]) else 1]:
        if re.match(b"[ \t\f]*#.*?coding[:=][ \t]*[-\\w.]", line):
            return 0
        if re.search(b"[\x80-\xff]", line):
            break
    return next(n for n, line in enumerate(lines, 1) if re.search(b"[\x80-\xff]", line))


def _plain(text):
    # type: (object) -> str
    """Return text in printable ASCII, without an end of line."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    return ("%s" % (text,))[:500].encode("unicode_escape").decode("ascii").strip()


def _limit_memory():
    # type: () -> None
    try:
        import resource  # noqa: PLC0415  # not there on every system

        resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
    except (ImportError, ValueError, OSError):  # a lower limit is there already
        pass


def _main():
    # type: () -> None
    _limit_memory()
    asked, said = os.fdopen(0, "rb"), os.fdopen(1, "wb")
    answer = greeting()
    while answer:
        said.write(("%s\n" % answer).encode("ascii"))
        said.flush()
        length = asked.readline()
        answer = verdict(asked.read(int(length))) if length else ""


if __name__ == "__main__":
    _main()
