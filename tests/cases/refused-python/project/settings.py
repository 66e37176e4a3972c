try:
    import quick
except ImportError:
    import plain as quick

NAME = quick.NAME
