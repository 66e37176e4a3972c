"""The platform's table of built-in libraries: read, written, compared, checked against itself.

A format is one file here that turns text into `listing.Row`s; `read.py` says which format
a text has, `matrix.py` is the one place where rows become a version matrix.
"""

from audit.table.check import Unmet, self_check
from audit.table.compare import Change, ChangeKind, diff
from audit.table.read import import_table, read_table
from audit.table.write import write_csv

__all__ = [
    "Change",
    "ChangeKind",
    "Unmet",
    "diff",
    "import_table",
    "read_table",
    "self_check",
    "write_csv",
]
