from lib import greeting


def main_handler(event, context):
    return "ok"
