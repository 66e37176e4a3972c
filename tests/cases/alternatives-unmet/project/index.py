try:
    import ujson as json
except ImportError:
    import simplejson as json


def main_handler(event, context):
    return "ok"
