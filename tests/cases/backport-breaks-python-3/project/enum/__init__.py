class Enum(object):
    """A stand-in for the backport."""
