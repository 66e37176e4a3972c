import sys

if sys.version_info[:2] < (3, 9):
    raise ImportError("the quick way needs Python 3.9")
NAME = "quick"
