import sys

import six

PY3 = sys.version_info[0] == 3

if six.PY2:
    import ConfigParser
else:
    import configparser

if sys.version_info < (3,):
    import urllib2
else:
    import urllib.request

if PY3:
    import queue
else:
    import Queue


def main_handler(event, context):
    return "ok"
