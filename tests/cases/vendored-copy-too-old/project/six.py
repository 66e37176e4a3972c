__version__ = "1.10.0"
PY2 = False
