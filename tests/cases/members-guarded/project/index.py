import os
import sys

try:
    from string import maketrans
except ImportError:
    maketrans = str.maketrans
try:
    text = unicode
except NameError:
    text = str
try:
    import urllib2
except ImportError:
    import urllib.request as urllib2

PY3 = sys.version_info[0] == 3


def main_handler(event, context):
    here = os.getcwd() if PY3 else os.getcwdu()
    if hasattr(event, "has_key"):
        here = event.has_key("a")
    if PY3:
        return here
    return reduce(max, [1]), xrange(3)
