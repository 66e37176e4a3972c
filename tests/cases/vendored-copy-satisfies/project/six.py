__version__ = "1.16.0"
PY2 = False
