import sys

DEBUG = False
PY2 = sys.version_info[0] == 2

if PY2:
    text_type = unicode
    string_types = (basestring,)
else:
    text_type = str
