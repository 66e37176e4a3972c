from . import helpers


def main_handler(event, context):
    return "ok"
