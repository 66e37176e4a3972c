from ._speedups import escape
