import lib


def main_handler(event, context):
    return "ok"
