try:
    import simplejson as json
except ImportError:
    import json

try:
    from urllib.parse import quote
except ImportError:
    from urllib import quote


def main_handler(event, context):
    return "ok"
