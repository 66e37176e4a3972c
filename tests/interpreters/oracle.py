# ruff: noqa: ANN001, ANN201, ANN202, UP031, UP036 - Python 2.7 runs this too
"""Prints for each file named on stdin whether the import of the running Python would compile it.

Python 2 has that only in one with the execution. What is imported there is a copy with one more
line, from which no code comes: a feature of the future that does not exist. Complaints of the
tokenizer and the parser come before that one; those of the compiler, compile() has.
"""

import os
import sys


def is_valid(path):  # type: (str) -> bool
    """Whether the file gets past tokenizer, parser and compiler."""
    with open(path, "rb") as file:  # noqa: PTH123  # 2.7
        data = file.read()
    try:
        if sys.version_info[0] == 2:
            return _is_parsed(data) and compile(data, path, "exec", 0, True) is not None  # noqa: FBT003  # 2.7 takes no keywords here
        from importlib.machinery import SourceFileLoader  # noqa: PLC0415  # not in 2.7

        SourceFileLoader("m", path).source_to_code(data, path)
    except Exception:  # noqa: BLE001  # whatever it is
        return False
    return True


def _is_parsed(data):  # type: (bytes) -> bool
    import imp  # noqa: PLC0415  # gone in 3.12

    copy = "copy_%d.py" % os.getpid()
    with open(copy, "wb") as file:  # noqa: PTH123  # 2.7
        file.write(data + b"\nfrom __future__ import no_such_feature\n")
    try:
        imp.load_source("copy", copy)
    except SyntaxError as error:
        message = str(error)
        return "no_such_feature" in message or "must occur at the beginning" in message
    return True


if __name__ == "__main__":
    for name in sys.stdin.read().split("\n"):
        sys.stdout.write("%d\n" % is_valid(name))
