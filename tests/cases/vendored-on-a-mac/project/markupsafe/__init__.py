try:
    from markupsafe._speedups import escape
except ImportError:
    from markupsafe._native import escape
